"""What a record is called."""

from __future__ import annotations

import pytest

from app.settings import naming


@pytest.mark.parametrize(
    ("texts", "called"),
    [
        ({"id": "2", "userName": "guest", "userLevel": "Viewer"}, "guest"),
        ({"id": "1", "name": "Door", "userName": "ops"}, "Door"),
        ({"id": "1", "channelName": "Yard"}, "Yard"),
        ({"id": "1", "hostName": "", "ipAddress": "10.0.0.7", "userName": "ftp"}, "10.0.0.7"),
        ({"hostName": "time.example", "ipAddress": "0.0.0.0"}, "time.example"),
        ({"ipAddress": "0.0.0.0", "portNo": "80"}, ""),
        ({"url": "/", "host/ipAddress": "10.0.0.9"}, "10.0.0.9"),
        ({"List/Point[1]/name": "corner"}, ""),
        ({"block/name": "of the block"}, ""),
        ({"name": "x" * 60}, "x" * 39 + "…"),
        ({"id": "7", "level": "3"}, ""),
        ({"id": "1", "enabled": "true", "protocol": "HTTPS", "portNo": "443"}, "HTTPS"),
        ({"protocolName": "ftp", "ipAddress": "10.0.0.7"}, "10.0.0.7"),
        ({"transport/protocol": "tcp"}, ""),
    ],
)
def test_what_it_holds_names_it(texts: dict[str, str], called: str) -> None:
    assert naming.held_name(texts) == called


def test_the_kind_stands_beside_it() -> None:
    assert naming.labelled("guest", "User 2") == "guest (User 2)"
    assert naming.labelled("", "User 2") == "User 2"

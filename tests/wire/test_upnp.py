"""Description documents, good and otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ProtocolError
from app.wire.upnp import LIMIT, Description, read_description

GOOD = (
    b'<?xml version="1.0"?>\n<root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major></specVersion>'
    b"<device><deviceType>urn:x:device:Basic:1</deviceType><friendlyName> Gate &amp; yard </friendlyName>"
    b"<manufacturer>Maker</manufacturer><modelName>M1</modelName><modelNumber>9</modelNumber>"
    b"<serialNumber>S1</serialNumber><UDN>uuid:1</UDN><presentationURL>http://127.14.0.1/</presentationURL>"
    b"</device></root>"
)


def test_reads() -> None:
    assert read_description(GOOD) == Description(
        "urn:x:device:Basic:1", "Gate & yard", "Maker", "M1", "9", "S1", "uuid:1", "http://127.14.0.1/"
    )


def test_missing_elements_are_empty() -> None:
    assert read_description(b"<root><device/></root>") == Description()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><body>Login</body></html>",
        b"<root><service/></root>",
        b'{"device": 1}',
        GOOD[:200],
        b"<root><device>" + b"<a>" * 100 + b"</a>" * 100 + b"</device></root>",
        b"<root><device>" + b"<a/>" * 10_000 + b"</device></root>",
        b"<root>" + b" " * LIMIT + b"<device/></root>",
        b'<!DOCTYPE r [<!ENTITY a "b">]><root><device><UDN>&a;</UDN></device></root>',
    ],
)
def test_others_are_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_description(data)


@given(st.binary(max_size=60), st.integers(0, len(GOOD)), st.integers(0, 40))
def test_damage_never_surprises(noise: bytes, at: int, cut: int) -> None:
    try:
        read_description(GOOD[:at] + noise + GOOD[at + cut :])
    except ProtocolError:
        return

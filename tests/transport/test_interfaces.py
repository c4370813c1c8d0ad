"""Which local addresses may be used. Nothing is sent here."""

from __future__ import annotations

import pytest

from app.errors import InvalidSetting
from app.transport.interfaces import VARIABLE, LocalInterface, allowed_interfaces, local_interfaces


def test_this_computer_has_its_loopback() -> None:
    known = local_interfaces()
    loopback = [each for each in known if each.address == "127.0.0.1"]
    assert [each.prefix for each in loopback] == [8]
    assert loopback[0].is_loopback
    assert allowed_interfaces(None, {}) == known


def test_by_name_and_by_address() -> None:
    lo = next(each for each in local_interfaces() if each.address == "127.0.0.1")
    assert lo in allowed_interfaces(lo.name, {})
    assert allowed_interfaces("127.0.0.1", {}) == (lo,)
    assert allowed_interfaces(" 127.0.0.1 , 127.0.0.1,", {}) == (lo,)


def test_any_loopback_address() -> None:
    assert allowed_interfaces("127.14.0.9", {}) == (LocalInterface("lo", "127.14.0.9", 8),)


def test_variable_counts_unless_the_option_is_there() -> None:
    assert [i.address for i in allowed_interfaces(None, {VARIABLE: "127.14.0.8"})] == ["127.14.0.8"]
    assert [i.address for i in allowed_interfaces("127.14.0.9", {VARIABLE: "127.14.0.8"})] == ["127.14.0.9"]


@pytest.mark.parametrize("text", ["nowhere0", "198.51.100.7", "127.0.0.1,nowhere0", "", " , ", "127.0.0.300"])
def test_unknown_ones_are_refused(text: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        allowed_interfaces(text, {})
    assert "127.0.0.1" in caught.value.hint


def test_reach() -> None:
    interface = LocalInterface("eth7", "192.168.1.5", 24)
    assert interface.reaches("192.168.1.64")
    assert not interface.reaches("192.168.2.64")
    assert not interface.reaches("cam.local")
    assert LocalInterface("lo", "127.0.0.1", 8).reaches("127.200.3.4")

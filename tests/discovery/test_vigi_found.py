"""Simulated VIGI cameras found by every way there is: broadcast, one address, a range; each of them listed once."""

from __future__ import annotations

import pytest

from app.discovery import Discovery
from app.errors import Unreachable
from app.families import families
from app.model.device import Address, DeviceState, Found
from app.transport.dialer import NetworkDialer, loopback_only
from app.transport.interfaces import LocalInterface
from tests.families.vigi_rig import camera

pytestmark = pytest.mark.anyio

LO = LocalInterface("lo", "127.0.0.1", 8)


def searching(**options: object) -> Discovery:
    return Discovery(families(), NetworkDialer(allowed=loopback_only), (LO,), window=0.5, **options)


def at(discovery: Discovery, host: str) -> list[Found]:
    return [each for each in discovery.found if each.address.host == host]


async def test_found_in_three_ways_it_is_one_row() -> None:
    async with camera("127.67.80.1") as address, searching() as discovery:
        await discovery.scan_once()
        (heard,) = at(discovery, address.host)
        assert (heard.family, heard.source, heard.address) == ("vigi", "odp", address)
        assert heard.name
        assert heard.mac.count(":") == 5
        added = await discovery.add(Address(address.host, address.port))
        assert await discovery.sweep("127.67.80.0-2") == 1
        (row,) = at(discovery, address.host)
        assert (row.mac, row.name, added.address) == (heard.mac, heard.name, address)
        assert not row.conflict


@pytest.mark.parametrize("quirk", ["odp_wrong_checksum", "odp_foreign_serial", "odp_web_port"])
async def test_odd_answers_are_understood(quirk: str) -> None:
    """A broadcast's answer need not have our number, the checksum of answers is unknown, 80 is a web page's port."""
    async with camera("127.67.80.5", quirk) as address, searching() as discovery:
        await discovery.scan_once()
        rows = at(discovery, address.host)
        assert [row.family for row in rows] == ["vigi"]


async def test_a_camera_as_it_leaves_the_factory_needs_setup() -> None:
    async with camera("127.67.80.9", "factory_default") as address, searching() as discovery:
        await discovery.scan_once()
        (row,) = at(discovery, address.host)
        assert row.state is DeviceState.NEEDS_SETUP


async def test_a_silent_one_is_found_by_its_address_and_by_a_range() -> None:
    async with camera("127.67.80.13", "no_odp") as address, searching() as discovery:
        await discovery.scan_once()
        assert not at(discovery, address.host)
        found = await discovery.add(Address(address.host))
        assert (found.family, found.source) == ("vigi", "address")
        discovery.forget(found)
        assert await discovery.sweep(f"{address.host}/32") == 1
        assert at(discovery, address.host)[0].source == "range"
        with pytest.raises(Unreachable):
            await discovery.add(Address("127.67.80.14"))

"""Laws of the list, whatever is heard in whatever order."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.discovery.registry import MISSED_SCANS, Changes, Registry
from app.model.device import Address, DeviceState, Found


def heard(host: str, now: float, *, serial: str = "", mac: str = "", **more: object) -> Found:
    found = Found(
        Address(host, 80), "test", "v1", "", "", serial, mac, "", DeviceState.FOUND, "ssdp", "127.0.0.1", now, now
    )
    return replace(found, **more)


pytestmark = pytest.mark.anyio


async def test_newer_texts_win_and_silence_keeps_the_old() -> None:
    registry = Registry()
    registry.see(heard("127.14.0.1", 1, serial="A", name="Gate"), 100, searchable=True)
    registry.see(heard("127.14.0.1", 5, serial="", name="Dock", firmware="2"), 100, searchable=True)
    (row,) = registry.found
    assert (row.serial, row.name, row.firmware, row.first_seen, row.last_seen) == ("A", "Dock", "2", 1, 5)


async def test_another_device_at_the_same_address_inherits_nothing() -> None:
    registry = Registry()
    registry.see(heard("127.14.0.1", 1, serial="A", name="Gate"), 100, searchable=True)
    registry.see(heard("127.14.0.2", 2, serial="A"), 100, searchable=True)
    assert all(row.conflict for row in registry.found)
    registry.see(heard("127.14.0.1", 5, serial="B"), 100, searchable=True)
    row = registry.get(Address("127.14.0.1", 80))
    assert row
    assert (row.serial, row.name, row.first_seen, row.conflict) == ("B", "", 5, "")
    assert all(not row.conflict for row in registry.found), "the conflict is over for the other one too"


async def test_unknown_answer_does_not_take_the_family_away() -> None:
    registry = Registry()
    registry.see(heard("127.14.0.1", 1, serial="A"), 100, searchable=True)
    registry.see(heard("127.14.0.1", 5, family="", state=DeviceState.UNKNOWN), 100, searchable=True)
    (row,) = registry.found
    assert (row.family, row.serial, row.state, row.last_seen) == ("test", "A", DeviceState.FOUND, 5)


async def test_mac_ties_as_well_and_case_does_not_matter() -> None:
    registry = Registry()
    registry.see(heard("127.14.0.1", 1, mac="AA:BB"), 100, searchable=True)
    registry.see(heard("127.14.0.2", 2, mac="aa:bb"), 100, searchable=True)
    assert ["MAC address" in row.conflict for row in registry.found] == [True, True]


async def test_moved_before_it_was_missed() -> None:
    """A new lease: the camera shows up elsewhere while its old row is still thought alive."""
    registry = Registry()
    registry.see(heard("127.14.0.1", 1, serial="A"), 100, searchable=True)
    registry.see(heard("127.14.0.2", 10, serial="A"), 100, searchable=True)
    for n in range(MISSED_SCANS):
        registry.touch(Address("127.14.0.2", 80), 20 + n, 100, searchable=True)
        registry.scan_ended(20 + n)
    (row,) = registry.found
    assert row.address.host == "127.14.0.2"
    assert not row.conflict


async def test_two_live_ones_stay_two_even_when_one_is_lost() -> None:
    registry = Registry()
    registry.see(heard("127.14.0.1", 1, serial="A"), 100, searchable=True)
    registry.see(heard("127.14.0.2", 10, serial="A"), 100, searchable=True)
    registry.touch(Address("127.14.0.1", 80), 11, 100, searchable=True)
    registry.lose(Address("127.14.0.1", 80))
    states = [row.state for row in registry.found]
    assert states == [DeviceState.LOST, DeviceState.FOUND]


async def test_placeholder_serial_of_hundreds_is_quick_and_short() -> None:
    registry = Registry()
    for n in range(600):
        registry.see(heard(f"127.14.{n // 250}.{n % 250}", n, serial="00000000"), 1000, searchable=True)
    assert {row.conflict for row in registry.found} == {"Many other addresses claim the same serial number."}


async def test_batches() -> None:
    registry = Registry()
    told: list[Changes] = []
    registry.subscribe(told.append)
    for n in range(200):
        registry.see(heard(f"127.14.0.{n}", 1), 100, searchable=True)
    registry.forget(Address("127.14.0.7", 80))
    assert told == []
    async with asyncio.timeout(10):
        while not told:
            await asyncio.sleep(0.01)
    assert len(told) == 1
    assert len(told[0].added) == 199
    registry.touch(Address("127.14.0.1", 80), 2, 100, searchable=True)
    registry.flush()
    assert told[1:] == [Changes()], "a sign of life is no news"
    registry.close()


_STEP = st.tuples(
    st.sampled_from(["see", "touch", "lose", "forget", "age", "scan", "flush"]),
    st.integers(1, 5),
    st.sampled_from(["", "A", "B"]),
    st.sampled_from(["", "m1", "m2"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_STEP, max_size=60))
def test_laws(steps: list[tuple[str, int, str, str]]) -> None:
    asyncio.run(_play(steps))


async def _play(steps: list[tuple[str, int, str, str]]) -> None:
    registry = Registry()
    mirror: dict[Address, Found] = {}

    def follow(changes: Changes) -> None:
        for found in changes.added:
            assert found.address not in mirror
            mirror[found.address] = found
        for found in changes.changed:
            assert found.address in mirror
            mirror[found.address] = found
        for found in changes.removed:
            del mirror[found.address]

    registry.subscribe(follow)
    for now, (what, host, serial, mac) in enumerate(steps):
        address = Address(f"127.14.0.{host}", 80)
        if what == "see":
            registry.see(heard(address.host, now, serial=serial, mac=mac), now + 20, searchable=True)
        elif what == "touch":
            registry.touch(address, now, now + 20, searchable=True)
        elif what == "lose":
            registry.lose(address)
        elif what == "forget":
            registry.forget(address)
        elif what == "age":
            registry.age(now)
        elif what == "scan":
            registry.scan_ended(now - 5)
        else:
            registry.flush()
        _check(registry)
    registry.flush()
    now_listed = {row.address: replace(row, last_seen=0) for row in registry.found}
    assert {address: replace(row, last_seen=0) for address, row in mirror.items()} == now_listed
    registry.close()


def _check(registry: Registry) -> None:
    """A row speaks of a conflict exactly when another live row claims its serial or MAC."""
    for row in registry.found:
        others = [
            other
            for other in registry.found
            if other.address != row.address
            and other.state is not DeviceState.LOST
            and ((row.serial and row.serial == other.serial) or (row.mac and row.mac == other.mac))
        ]
        assert bool(row.conflict) == bool(others), (row, others)

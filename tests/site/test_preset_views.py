"""Pictures of presets in the site file: kept with their camera, also when two of them turn out to be one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.site import schema
from app.site.identity import Identity
from app.site.preset_views import LARGEST
from app.site.records import Sighting
from app.site.recovery import recovered
from app.site.site import Site

pytestmark = pytest.mark.anyio


def sighting(serial: str, address: str, mac: str = "") -> Sighting:
    return Sighting(Identity.of(serial, mac, address), address, "any")


async def test_they_are_kept_and_forgotten(tmp_path: Path) -> None:
    site = await Site.open(tmp_path / "s.camwright")
    one = await site.devices.remember(sighting("SERIAL-1", "a:80"))
    other = await site.devices.remember(sighting("SERIAL-2", "b:80"))
    await site.preset_views.keep(one.id, "3", b"old", (10, 5))
    await site.preset_views.keep(one.id, "3", b"new", (144, 81), name="Gate")
    await site.preset_views.keep(one.id, "4", b"four", (144, 81))
    await site.preset_views.keep(one.id, "3", b"second eye", (1, 1), channel=2)
    await site.close()
    site = await Site.open(tmp_path / "s.camwright")
    found = await site.preset_views.of(one.id)
    assert {key: view.body for key, view in found.items()} == {"3": b"new", "4": b"four"}
    assert (found["3"].width, found["3"].height) == (144, 81)
    assert await site.preset_views.of(other.id) == {}
    await site.preset_views.forget(one.id, "3")
    assert list(await site.preset_views.of(one.id)) == ["4"]
    with pytest.raises(ValueError, match="too large"):
        await site.preset_views.keep(one.id, "5", bytes(LARGEST + 1), (1, 1))
    await site.close()


async def test_two_that_are_one_share_them(tmp_path: Path) -> None:
    site = await Site.open(tmp_path / "s.camwright")
    by_mac = await site.devices.remember(sighting("", "a:80", "44:47:cc:00:00:01"))
    by_serial = await site.devices.remember(sighting("SERIAL-1", "b:80"))
    await site.preset_views.keep(by_mac.id, "1", b"one", (1, 1))
    await site.preset_views.keep(by_serial.id, "2", b"two", (1, 1))
    await site.preset_views.keep(by_mac.id, "2", b"hidden", (1, 1))
    joined = await site.devices.remember(sighting("SERIAL-1", "c:80", "44:47:cc:00:00:01"))
    assert set(await site.preset_views.of(joined.id)) == {"1", "2"}
    assert len(await site.devices.all()) == 1
    await site.close()


async def test_a_file_of_before_gets_the_table_and_it_can_be_recovered(tmp_path: Path) -> None:
    path = tmp_path / "old.camwright"
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        schema.migrate(old, schema.MIGRATIONS[:-1])
    site = await Site.open(path)
    device = await site.devices.remember(sighting("SERIAL-1", "a:80"))
    await site.preset_views.keep(device.id, "1", b"one", (1, 1))
    await site.close()
    assert recovered(path).rows["preset_views"] == 1

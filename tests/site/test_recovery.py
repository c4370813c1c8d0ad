from __future__ import annotations

import asyncio
import contextlib
import os
import random
import runpy
import shutil
import signal
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import SiteDamaged, SiteError
from app.site import salvage, schema
from app.site.opening import open_database
from app.site.records import ChangeState
from app.site.recovery import recover, recovered
from app.site.site import Site

intent = runpy.run_path(str(Path(__file__).with_name("writer.py")))["intent"]
COUNT = 60


def rows_of(path: Path) -> dict[str, set[tuple]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return {name: set(connection.execute(f"SELECT * FROM {name}").fetchall()) for name in schema.TABLES}


async def fill(path: Path, large: bool = True) -> None:
    site = await Site.open(path)
    for number in range(COUNT):
        entry = await site.history.begin(intent("name", number))
        await site.history.finish(entry, ChangeState.DONE, after=f"after {number} ".encode() * 100)
    device = (await site.devices.all())[0]
    await site.devices.add_note(device.id, "Ladder needed, größer als sonst ☂")
    await site.ladder.learn("f", "m", "1", "/one", "whole")
    if large:  # many overflow pages
        await site.snapshots.add(device.id, "before", device.first_seen, 3, random.Random(1).randbytes(60_000))
    await site.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "site.camwright"
    asyncio.run(fill(path))
    return path


@pytest.fixture
def damaged(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(whole, tmp_path / "site.camwright"))


def usable(path: Path) -> None:
    """A site file like any other."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []

    async def use() -> None:
        site = await Site.open(path)
        try:
            assert await site.file.checked() is None
            entries = await site.history.page(1000)
            new = await site.history.begin(intent("new", 1))
            assert new > max((entry.id for entry in entries), default=0)
        finally:
            await site.close()

    asyncio.run(use())


def test_all_of_a_whole_file_is_copied(damaged):
    before = damaged.read_bytes()
    result = recovered(damaged)
    assert result.path.name == "site-recovered.camwright"
    assert rows_of(result.path) == rows_of(damaged)
    assert sum(result.rows.values()) == sum(map(len, rows_of(damaged).values()))
    assert damaged.read_bytes() == before
    usable(result.path)
    assert recover(damaged).name == "site-recovered-2.camwright"
    assert recover(result.path).name == "site-recovered-3.camwright"


@pytest.mark.skipif(os.name == "nt", reason="needs fork")
def test_what_is_only_in_the_write_ahead_log_is_copied_too(tmp_path):
    path = tmp_path / "site.camwright"
    child = os.fork()
    if child == 0:  # ends without closing, as a crash does
        asyncio.run(_leave_open(path))
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    log = path.with_name(path.name + "-wal")
    assert log.stat().st_size > 100_000
    copy = Path(shutil.copy(path, tmp_path / "copy.camwright"))
    shutil.copy(log, tmp_path / "copy.camwright-wal")
    found = rows_of(recover(copy))
    assert found == rows_of(path)
    assert len(found["change_sets"]) == COUNT
    usable(tmp_path / "copy-recovered.camwright")


async def _leave_open(path: Path) -> None:
    site = await Site.open(path)
    for number in range(COUNT):
        entry = await site.history.begin(intent("name", number))
        await site.history.finish(entry, ChangeState.DONE)
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_page_that_is_lost_costs_its_own_rows_only(damaged, whole):
    known = rows_of(whole)
    all_of_them = sum(map(len, known.values()))
    raw = whole.read_bytes()
    most = 0
    for page in range(0, len(raw) // 4096, 5):
        broken = bytearray(raw)
        broken[page * 4096 : (page + 1) * 4096] = os.urandom(4096)
        damaged.write_bytes(broken)
        found = rows_of(recover(damaged))
        lost = all_of_them - sum(len(known[name] & found[name]) for name in known)
        assert len(known["change_sets"]) - len({row[0] for row in found["change_sets"]}) <= 20, page
        most = max(most, lost)
    assert most <= 90  # the fullest page: fields of change sets


def test_the_head_of_the_file_is_not_needed(damaged, whole):
    raw = bytearray(damaged.read_bytes())
    raw[:100] = bytes(100)
    damaged.write_bytes(raw)
    opened = open_database(damaged)
    with contextlib.closing(opened.connection):
        assert isinstance(opened.problem, SiteDamaged)
        assert opened.read(lambda connection: connection.execute("SELECT count(*) FROM change_sets").fetchone()) == (
            COUNT,
        )
        with pytest.raises(SiteDamaged, match="damaged"):
            opened.write(lambda connection: connection.execute("DELETE FROM notes"))
    found = recover(damaged)
    assert rows_of(found) == rows_of(whole)
    usable(found)


@pytest.mark.parametrize("part", [0.1, 0.25, 0.5, 0.75, 0.9, 0.99])
def test_a_file_that_was_cut_gives_what_is_left(damaged, whole, part):
    raw = damaged.read_bytes()
    damaged.write_bytes(raw[: int(len(raw) * part)])
    found = recover(damaged)
    old, new = rows_of(whole), rows_of(found)
    usable(found)
    assert new["documents"] <= old["documents"]
    kept = sum(len(old[name] & new[name]) for name in old)
    assert kept >= sum(map(len, old.values())) * (part - 0.5)


def test_rows_whose_owners_are_lost_are_kept(damaged):
    with contextlib.closing(sqlite3.connect(damaged)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("DELETE FROM devices")
        connection.execute("DELETE FROM device_keys")
        connection.execute("DELETE FROM change_sets WHERE id = 7")
        connection.execute("DELETE FROM documents WHERE id = 1")
    found = recover(damaged)
    usable(found)
    rows = rows_of(found)
    assert len(rows["change_sets"]) == COUNT + 1  # with the new one of `usable`
    assert {"sn-name-0", "sn-name-4", "127.23.0.9:80"} <= {row[3] for row in rows["device_keys"]}
    assert len(rows["notes"]) == 1


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_flipped_bytes_never_stop_it(whole, tmp_path_factory, data):
    raw = bytearray(whole.read_bytes())
    for _ in range(data.draw(st.integers(1, 30))):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    path = tmp_path_factory.mktemp("flip") / "site.camwright"
    path.write_bytes(raw)

    async def look() -> None:  # opening never raises anything but SiteError, and never changes a damaged file
        try:
            site = await Site.open(path)
        except SiteError:
            return
        try:
            await site.file.checked()
            await site.devices.all()
            for entry in await site.history.page(1000):
                await site.history.documents(entry.id)
        except SiteError:
            return
        finally:
            await site.close()

    asyncio.run(look())
    found = recover(path)
    known, kept = rows_of(whole), rows_of(found)
    assert len(kept["change_sets"] & known["change_sets"]) >= COUNT // 3
    with contextlib.closing(sqlite3.connect(found)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    shutil.rmtree(path.parent)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=20_000), st.binary(max_size=9000))
def test_any_bytes_are_read_without_an_error(database, log):
    list(salvage.rows(salvage.Pages(database, log, 4096)))


def test_nothing_to_read_is_said(tmp_path):
    path = tmp_path / "noise.camwright"
    path.write_bytes(os.urandom(50_000))
    with pytest.raises(SiteError, match="could be read"):
        recover(path)
    with pytest.raises(SiteError, match="cannot be read"):
        recover(tmp_path / "missing.camwright")
    assert [each.name for each in tmp_path.iterdir()] == ["noise.camwright"]


def test_what_was_deleted_does_not_come_back(tmp_path):
    path = tmp_path / "site.camwright"

    async def work() -> None:
        site = await Site.open(path)
        device = await site.devices.remember(intent("name", 1).device)
        notes = [await site.devices.add_note(device.id, f"Gone {n} " * 50) for n in range(50)]
        for note in notes[:-1]:
            await site.devices.delete_note(note.id)
        await site.close()

    asyncio.run(work())
    assert len(rows_of(recover(path))["notes"]) == 1

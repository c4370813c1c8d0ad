from __future__ import annotations

import asyncio
import contextlib
import os
import random
import runpy
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.errors import SiteError
from app.site import connecting, file, history, owner, schema
from app.site.file import SiteFile, default_path
from app.site.identity import Identity
from app.site.opening import open_database
from app.site.records import ChangeState, Sighting
from app.site.site import Site

WRITER = Path(__file__).with_name("writer.py")
ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.anyio


def start_writer(path: Path, count: int, name: str, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(WRITER), str(path), str(count), name, *more],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def sql(path: Path, statement: str, *given: object) -> list[tuple]:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement, given).fetchall()


def seen(serial: str = "SN-0001", mac: str = "", address: str = "10.0.0.1:80", **more: str) -> Sighting:
    return Sighting(Identity.of(serial, mac, address), address, **more)


async def test_a_new_file_is_ours_and_safe(open_site, place):
    async with open_site() as site:
        assert await site.file.checked() is None
        assert await site.devices.all() == ()
    assert sql(place, "PRAGMA application_id") == [(schema.APPLICATION_ID,)]
    assert sql(place, "PRAGMA user_version") == [(schema.LATEST,)]
    assert sql(place, "PRAGMA journal_mode") == [("wal",)]
    if os.name == "posix":
        assert place.stat().st_mode & 0o077 == 0


async def test_writes_are_on_the_disk_before_they_return(open_site):
    async with open_site() as site:

        def pragmas(connection):
            return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "foreign_keys")]

        assert await site.file.read(pragmas) == [2, 1]


def test_recovery_can_tell_the_tables_apart(place):
    """What `salvage` depends on, see `schema`."""
    with contextlib.closing(open_database(place).connection) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert set(names) - {"sqlite_sequence"} == set(schema.TABLES)
        widths = [len(schema.columns(connection, name)) for name in schema.TABLES]
        assert len(set(widths)) == len(widths)
        assert all(schema.columns(connection, name)[0] == "id" for name in schema.TABLES)


async def test_devices_are_joined_and_everything_moves_with_them(open_site):
    async with open_site() as site:
        one = await site.devices.remember(seen("SN-0001", "", name="Gate"))
        two = await site.devices.remember(seen("", "00:11:22:33:44:55", "10.0.0.2:80", model="M-2"))
        await site.devices.add_note(two.id, "Ladder needed")
        await site.devices.place(two.id, "Roof")
        both = await site.devices.remember(seen("SN-0001", "00:11:22:33:44:55", "10.0.0.3:80"))
        assert both.id == one.id
        assert (both.name, both.place, both.addresses[0]) == ("Gate", "Roof", "10.0.0.3:80")
        assert len(both.identity.keys) == 5
        assert [note.text for note in await site.devices.notes(one.id)] == ["Ladder needed"]
        assert len(await site.devices.all()) == 1
        clash = await site.devices.remember(seen("SN-0009", "00:11:22:33:44:55", "10.0.0.3:80"))
        assert clash.conflicts == ("2 serial numbers: sn-0001, sn-0009",)
        with pytest.raises(SiteError):
            await site.devices.get(99)


async def test_the_ladder_and_snapshots_are_remembered(open_site):
    async with open_site() as site:
        device = await site.devices.remember(seen())
        await site.ladder.learn("f", "m", "1", "/one", "whole document")
        await site.ladder.learn("f", "m", "1", "/one", "partial")
        kept = await site.snapshots.add(device.id, "before", device.first_seen, 2, b"{}" * 5000)
    async with open_site() as site:
        assert await site.ladder.rung("f", "m", "1", "/one") == "partial"
        assert await site.ladder.rung("f", "m", "2", "/one") is None
        assert await site.ladder.rungs("f", "m", "1") == {"/one": "partial"}
        assert await site.snapshots.of(device.id) == (kept,)
        assert await site.snapshots.body(kept.id) == b"{}" * 5000
        await site.snapshots.delete(kept.id)
        with pytest.raises(SiteError):
            await site.snapshots.body(kept.id)


# Files of others, of other versions


async def test_a_newer_file_is_read_and_not_written(open_site, place):
    async with open_site() as site:
        await site.devices.remember(seen())
    sql(place, f"PRAGMA user_version = {schema.LATEST + 1}")
    before = place.read_bytes()
    async with open_site() as site:
        assert "newer" in str(await site.file.checked())
        assert len(await site.devices.all()) == 1
        with pytest.raises(SiteError, match="newer"):
            await site.devices.remember(seen("SN-0002"))
    assert place.read_bytes() == before


async def test_other_peoples_files_are_left_alone(open_site, place):
    place.parent.mkdir()
    sql(place, "CREATE TABLE songs (id INTEGER PRIMARY KEY)")
    before = place.read_bytes()
    with pytest.raises(SiteError, match="not a site file"):
        await Site.open(place)
    assert place.read_bytes() == before
    place.write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(SiteError):
        await Site.open(place)
    assert place.read_bytes() == b"Dear diary, " * 1000


async def test_a_place_that_cannot_be_is_said(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(SiteError, match="cannot be made"):
        await Site.open(tmp_path / "file" / "below.camwright")
    with pytest.raises(SiteError):
        await Site.open(tmp_path)


async def test_the_file_is_backed_up_before_a_migration(open_site, place, monkeypatch):
    async with open_site() as site:
        await site.devices.remember(seen())
    steps = (*schema.MIGRATIONS, ("ALTER TABLE devices RENAME COLUMN place TO spot",))
    monkeypatch.setattr(schema, "LATEST", len(steps))
    monkeypatch.setattr(schema.migrate, "__defaults__", (steps,))
    database = open_database(place)
    assert schema.version(database.connection) == len(steps)
    database.connection.close()
    (backup,) = place.parent.glob(f"*.v{len(steps) - 1}-*.bak")
    assert sql(backup, "PRAGMA user_version") == [(len(steps) - 1,)]
    assert sql(backup, "SELECT place FROM devices") == [("",)]
    assert sql(place, "SELECT spot FROM devices") == [("",)]


async def test_a_migration_that_fails_changes_nothing(open_site, place, monkeypatch):
    async with open_site() as site:
        await site.devices.remember(seen())
    steps = (*schema.MIGRATIONS, ("DROP TABLE notes", "CREATE TABLE devices (id INTEGER)"))
    monkeypatch.setattr(schema, "LATEST", len(steps))
    monkeypatch.setattr(schema.migrate, "__defaults__", (steps,))
    with pytest.raises(SiteError):
        open_database(place)
    assert sql(place, "PRAGMA user_version") == [(len(steps) - 1,)]
    assert sql(place, "SELECT count(*) FROM notes") == [(0,)]


def test_the_place_of_the_file(monkeypatch, tmp_path):
    monkeypatch.setenv("CAMWRIGHT_SITE", str(tmp_path / "x.camwright"))
    assert default_path() == tmp_path / "x.camwright"
    monkeypatch.delenv("CAMWRIGHT_SITE")
    assert default_path().name == "default.camwright"
    assert "camwright" in default_path().parts


# Two at once


async def test_two_processes_write_and_nothing_is_lost(open_site, place):
    writers = [start_writer(place, 40, name) for name in ("left", "right")]  # both also make the file
    async with open_site() as site:
        revision = await site.file.revision()
        said = [await asyncio.to_thread(writer.communicate, timeout=100) for writer in writers]
        assert all(writer.returncode == 0 for writer in writers)
        async with asyncio.timeout(30):
            assert await site.file.wait_for_change(revision, 0.01) != revision
        entries = await site.history.page(1000)
        assert len(entries) == 80
        assert {entry.state for entry in entries} == {ChangeState.DONE}
        numbers = {int(line.split()[1]) for text, _ in said for line in text.splitlines() if line.startswith("done")}
        assert numbers == {entry.id for entry in entries}
        assert len(await site.devices.all()) == 10


async def test_own_writes_change_the_revision_too(open_site):
    async with open_site() as site:
        before = await site.file.revision()
        assert await site.file.revision() == before
        await site.devices.remember(seen())
        assert await site.file.revision() != before


async def test_a_file_that_another_program_holds_is_said(open_site, place, monkeypatch):
    monkeypatch.setattr(connecting, "BUSY_SECONDS", 0.05)
    async with open_site() as site:
        await site.file.checked()
        with contextlib.closing(sqlite3.connect(place, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(SiteError, match="Another program"):
                await site.devices.remember(seen())
            assert await site.devices.all() == ()
            other.execute("ROLLBACK")
        await site.devices.remember(seen())


async def test_a_closed_file_says_so(open_site):
    async with open_site() as site:
        pass
    with pytest.raises(SiteError, match="closed"):
        await site.devices.all()
    await site.close()


async def test_whoever_waits_may_go_and_the_writing_goes_on(open_site):
    async with open_site() as site:
        await site.file.checked()
        task = asyncio.create_task(site.devices.remember(seen()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with open_site() as site:  # closing waits for it
        assert len(await site.devices.all()) == 1


# Killed, full


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
async def test_a_writer_killed_at_any_instant_leaves_a_whole_file(open_site, place):
    luck = random.Random(23)
    begun: set[int] = set()
    done: set[int] = set()
    for turn in range(6):
        writer = start_writer(place, 0, f"turn{turn}")
        assert writer.stdout is not None
        for _ in range(luck.randrange(1, 60)):
            word, number = (await asyncio.to_thread(writer.stdout.readline)).split()
            (begun if word == "begun" else done).add(int(number))
        await asyncio.sleep(luck.random() * 0.02)
        writer.send_signal(signal.SIGKILL)
        rest, _ = await asyncio.to_thread(writer.communicate)
        for word, _, number in (line.partition(" ") for line in rest.splitlines() if line[-1:].isdigit()):
            (begun if word == "begun" else done).add(int(number))
        async with open_site() as site:
            assert await site.file.checked() is None
            entries = {entry.id: entry for entry in await site.history.page(10_000)}
            assert begun <= set(entries)  # what was reported as written is there
            assert all(entries[number].state is ChangeState.DONE for number in done)
            assert not [e for e in entries.values() if e.state is ChangeState.SENDING]
            unknown = [e for e in entries.values() if e.state is ChangeState.UNKNOWN]
            assert len(unknown) <= turn + 1  # at most one was under way in each turn
            assert all(len(entry.fields) == 1 for entry in entries.values())
            for entry in unknown:
                assert "ended" in entry.error
                assert (await site.history.documents(entry.id))[0]


async def test_what_is_being_sent_elsewhere_is_not_settled_too_early(open_site, monkeypatch):
    intent = runpy.run_path(str(WRITER))["intent"]
    async with open_site() as site:
        mine = await site.history.begin(intent("mine", 1))
    async with open_site() as site:  # this process lives
        assert (await site.history.get(mine)).state is ChangeState.SENDING
    monkeypatch.setattr(owner, "host", lambda: "another computer")
    async with open_site() as site:  # of another computer nobody knows
        assert (await site.history.get(mine)).state is ChangeState.SENDING
    monkeypatch.setattr(history, "LONGEST_SENDING", -history.LONGEST_SENDING)
    async with open_site() as site:
        assert (await site.history.get(mine)).state is ChangeState.UNKNOWN
        await site.history.finish(mine, ChangeState.DONE)  # it did come back
        assert (await site.history.get(mine)).state is ChangeState.DONE


def test_a_process_that_is_gone_is_known_to_be():
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert not owner.is_alive(child.pid)
    assert owner.is_alive(os.getpid())
    assert not owner.is_alive(0)


@pytest.mark.skipif(os.name == "nt", reason="needs a limit on file sizes")
@pytest.mark.parametrize("limit", [200_000, 234_567, 400_000])
async def test_a_full_disk_is_said_and_harms_nothing(open_site, place, limit):
    writer = start_writer(place, 0, "full", str(limit))
    said, _ = await asyncio.to_thread(writer.communicate, timeout=100)
    assert writer.returncode == 0, said
    *lines, last = said.splitlines()
    assert last.startswith("refused SiteError")
    assert "nothing was written" in last
    begun = {int(line.split()[1]) for line in lines if line.startswith("begun")}
    assert begun
    async with open_site() as site:
        assert await site.file.checked() is None
        entries = await site.history.page(10_000)
        assert {entry.id for entry in entries} == begun
        await site.devices.remember(seen())  # there is room again


async def test_damage_found_while_working_stops_the_writing(open_site, place):
    async with open_site() as site:
        for number in range(300):
            await site.devices.remember(seen(f"SN-{number:05}", address=f"10.0.1.{number}:80"))
    raw = bytearray(place.read_bytes())
    for at in range(len(raw) // 8192 * 4096, len(raw) - 4096, 4096):  # the tables themselves stay known
        raw[at : at + 200] = b"\xa5" * 200
    place.write_bytes(raw)
    site = await Site.open(place)
    try:
        problem = await site.file.checked()
        assert problem is not None
        assert "damaged" in problem.summary
        assert "recover" in problem.hint
        with pytest.raises(SiteError, match="damaged"):
            await site.devices.remember(seen())
    finally:
        await site.close()
    assert place.read_bytes() == bytes(raw)


async def test_reads_do_not_wait_for_the_check_and_writes_do(open_site, place, monkeypatch):
    gate = threading.Event()
    order = []
    real = file.look_through

    def late(database):
        gate.wait(60)
        real(database)
        order.append("checked")

    monkeypatch.setattr(file, "look_through", late)
    opened = await SiteFile.open(place)
    try:
        assert await opened.read(lambda connection: connection.execute("SELECT 1").fetchone()) == (1,)
        writing = asyncio.create_task(opened.write(lambda connection: order.append("written")))
        # Another read is done by then: what did not wait would have been written.
        assert await opened.read(lambda connection: connection.execute("SELECT 2").fetchone()) == (2,)
        gate.set()
        await writing
        assert order == ["checked", "written"]
    finally:
        gate.set()
        await opened.close()

"""A damaged site file, however it was damaged: what can be read of it is read, nothing is written to it, and a whole
one takes its place with nothing lost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import runpy
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.errors import SiteDamaged, SiteError
from app.site import mending, recovery, schema
from app.site.records import ChangeState
from app.site.site import Site

HERE = Path(__file__).parent
intent = runpy.run_path(str(HERE / "writer.py"))["intent"]
COUNT = 60
posix = pytest.mark.skipif(os.name == "nt", reason="needs fork, signals and modes of files")
pytestmark = pytest.mark.anyio


async def fill(path: Path, name: str = "name", count: int = COUNT) -> Site:
    site = await Site.open(path)
    for number in range(count):
        entry = await site.history.begin(intent(name, number))
        await site.history.finish(entry, ChangeState.DONE, after=f"after {number} ".encode() * 100)
    device = (await site.devices.all())[0]
    await site.devices.add_note(device.id, f"Ladder needed for {name}")
    return site


async def closed(path: Path, name: str = "name", count: int = COUNT) -> None:
    await (await fill(path, name, count)).close()


def killed(path: Path, name: str = "name", count: int = COUNT) -> None:
    """As a crash leaves it: the last entries are in the log beside it."""
    child = os.fork()
    if child == 0:

        async def work() -> None:
            await fill(path, name, count)
            os.kill(os.getpid(), signal.SIGKILL)

        asyncio.run(work())
    os.waitpid(child, 0)
    assert path.with_name(path.name + "-wal").stat().st_size


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "site.camwright"
    asyncio.run(closed(path))
    return path


@pytest.fixture
def place(kept, tmp_path) -> Path:
    return Path(shutil.copy(kept, tmp_path / "site.camwright"))


def zero_head(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(100))


def zero_middle(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2 // 4096 * 4096)
        file.write(bytes(8 * 4096))


def cut(path: Path) -> None:
    os.truncate(path, int(path.stat().st_size * 0.6))


def cut_short(path: Path) -> None:
    os.truncate(path, 5 * 4096 + 77)


def strew(path: Path) -> None:
    luck = random.Random(5)
    raw = bytearray(path.read_bytes())
    for _ in range(200):
        raw[luck.randrange(len(raw))] = luck.randrange(256)
    path.write_bytes(raw)


@pytest.mark.parametrize("damage", [zero_head, zero_middle, cut, cut_short, strew])
async def test_what_can_be_read_is_read_and_a_whole_file_takes_its_place(place, damage):
    damage(place)
    broken = place.read_bytes()
    site = await Site.open(place, stand_in=True)
    try:
        assert isinstance(await site.file.checked(), SiteDamaged)
        shown = {entry.id for entry in await site.history.page(1000)}
        devices = len(await site.devices.all())
        with pytest.raises(SiteDamaged):
            await site.history.begin(intent("new", 1))
        assert place.read_bytes() == broken
        said: list[SiteError | None] = []
        site.file.follow(said.append)
        told: list[tuple[int, int]] = []
        mended = await site.mend(lambda done, total: told.append((done, total)))
        assert said[-1] is site.file.problem is None
        assert told[-1][0] == told[-1][1] == len(told)
        assert mended.kept == place.with_name("site-damaged.camwright")
        assert mended.kept.read_bytes() == broken
        assert mended.entries >= len(shown)
        # The same site goes on in it, in this process.
        assert {entry.id for entry in await site.history.page(1000)} == shown
        assert len(await site.devices.all()) == devices
        assert await site.history.begin(intent("new", 1)) > max(shown, default=0)
    finally:
        await site.close()
    assert sorted(each.name for each in place.parent.iterdir()) == ["site-damaged.camwright", "site.camwright"]
    site = await Site.open(place)
    try:
        assert await site.file.checked() is None
        assert len(await site.history.page(1000)) == len(shown) + 1
    finally:
        await site.close()


async def test_a_head_that_is_gone_costs_nothing(place):
    zero_head(place)
    site = await Site.open(place)
    try:
        assert {entry.id for entry in await site.history.page(1000)} == set(range(1, COUNT + 1))
        device = (await site.devices.all())[0]
        assert [note.text for note in await site.devices.notes(device.id)] == ["Ladder needed for name"]
        assert (await site.history.documents(7))[1]
    finally:
        await site.close()


@pytest.mark.parametrize("content", [b"Dear diary, " * 1000, random.Random(2).randbytes(50_000), b"hello"])
async def test_a_file_in_which_nothing_can_be_read_is_put_aside(tmp_path, content):
    place = tmp_path / "site.camwright"
    place.write_bytes(content)
    with pytest.raises(SiteDamaged, match="nothing that Camwright can read"):
        await Site.open(place)
    site = await Site.open(place, stand_in=True)
    try:
        assert await site.history.page() == ()
        with pytest.raises(SiteDamaged):
            await site.history.begin(intent("new", 1))
        assert place.read_bytes() == content
        mended = await site.mend()
        assert (mended.kept.read_bytes(), mended.entries) == (content, 0)
        assert await site.history.begin(intent("new", 1)) == 1
    finally:
        await site.close()


async def test_an_empty_file_is_a_new_one(tmp_path):
    place = tmp_path / "site.camwright"
    place.touch()
    site = await Site.open(place)
    try:
        assert await site.file.checked() is None
        assert await site.history.begin(intent("new", 1)) == 1
    finally:
        await site.close()


@posix
async def test_a_log_beside_an_empty_file_is_not_thrown_away(tmp_path):
    """SQLite itself deletes it."""
    place = tmp_path / "site.camwright"
    killed(place)
    os.truncate(place, 0)
    site = await Site.open(place, stand_in=True)
    try:
        assert "log beside it" in site.file.problem.detail
        assert len(await site.history.page(1000)) == COUNT
        mended = await site.mend()
        assert mended.kept.with_name(mended.kept.name + "-wal").stat().st_size
        assert len(await site.history.page(1000)) == COUNT
    finally:
        await site.close()


@posix
async def test_the_log_of_another_file_is_not_written_into_this_one(place, tmp_path):
    other = tmp_path / "other" / "site.camwright"
    other.parent.mkdir()
    killed(other, "other", 20)
    log = place.with_name("site.camwright-wal")
    shutil.copy(other.with_name("site.camwright-wal"), log)
    before, foreign = place.read_bytes(), log.read_bytes()
    site = await Site.open(place)
    try:
        assert isinstance(site.file.problem, SiteDamaged)
        assert "another file" in site.file.problem.detail
        assert len(await site.history.page(1000)) == COUNT
        assert place.read_bytes() == before
    finally:
        await site.close()
    assert (place.read_bytes(), log.read_bytes()) == (before, foreign)  # closing did not mix them either
    site = await Site.open(place)
    try:
        mended = await site.mend()
        assert mended.kept.read_bytes() == before
        assert mended.kept.with_name(mended.kept.name + "-wal").read_bytes() == foreign
        entries = await site.history.page(1000)
        assert len(entries) == COUNT
        device = (await site.devices.all())[0]
        assert [note.text for note in await site.devices.notes(device.id)] == ["Ladder needed for name"]
    finally:
        await site.close()


@posix
async def test_the_log_of_a_crash_is_the_files_own(tmp_path):
    place = tmp_path / "site.camwright"
    await closed(place, count=5)
    killed(place)
    site = await Site.open(place)
    try:
        assert await site.file.checked() is None
        assert len(await site.history.page(1000)) == COUNT + 5
    finally:
        await site.close()


async def test_files_that_must_not_be_replaced_are_not(place, tmp_path):
    with contextlib.closing(sqlite3.connect(place)) as connection, connection:
        connection.execute(f"PRAGMA user_version = {schema.LATEST + 1}")
    songs = tmp_path / "songs.db"
    with contextlib.closing(sqlite3.connect(songs)) as connection, connection:
        connection.execute("CREATE TABLE songs (id INTEGER PRIMARY KEY)")
    folder = tmp_path / "folder"
    folder.mkdir()
    for path, words in ((place, "newer Camwright"), (songs, "not a site file"), (folder, "cannot be made")):
        before = path.read_bytes() if path.is_file() else b""
        site = await Site.open(path, stand_in=True)
        try:
            problem = await site.file.checked()
            assert words in problem.summary
            assert not isinstance(problem, SiteDamaged)
            with pytest.raises(SiteError, match=words):
                await site.history.begin(intent("new", 1))
            with pytest.raises(SiteError, match=words):
                await site.mend()
            assert words in site.file.problem.summary
        finally:
            await site.close()
        assert (path.read_bytes() if path.is_file() else b"") == before
    assert not list(tmp_path.glob("*damaged*"))


@posix
async def test_without_room_for_the_new_file_the_damaged_one_stays(place, monkeypatch):
    zero_head(place)
    broken = place.read_bytes()
    limited = sqlite3.connect

    def no_room(target, *given, **named):
        connection = limited(target, *given, **named)
        if "recovering" in str(target):
            connection.execute("PRAGMA max_page_count = 30")
        return connection

    monkeypatch.setattr(sqlite3, "connect", no_room)
    site = await Site.open(place)
    try:
        with pytest.raises(SiteError, match="disk is full"):
            await site.mend()
        assert isinstance(site.file.problem, SiteDamaged)
        assert len(await site.history.page(1000)) == COUNT
    finally:
        await site.close()
    assert place.read_bytes() == broken
    assert [each.name for each in place.parent.iterdir()] == ["site.camwright"]


async def test_it_can_be_stopped(place):
    zero_head(place)
    broken = place.read_bytes()
    stop = threading.Event()

    def tell(done: int, total: int) -> None:
        stop.set()
        raise recovery.Stopped("enough")

    site = await Site.open(place)
    try:
        with pytest.raises(SiteError, match="enough"):
            await site.mend(tell)
        assert stop.is_set()
        assert len(await site.history.page(1000)) == COUNT
    finally:
        await site.close()
    assert place.read_bytes() == broken
    assert [each.name for each in place.parent.iterdir()] == ["site.camwright"]


@posix
async def test_a_file_that_another_process_has_open_is_not_replaced(place):
    """Another window that has not found the damage yet would go on in the file that was put aside."""
    reader = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT count(*) FROM ladder').fetchone();"
        "print('open', flush=True); sys.stdin.read(); c.close()"
    )
    with contextlib.closing(sqlite3.connect(place)) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'notes'").fetchone()[0]
    with place.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xa5" * 4096)
    command = [sys.executable, "-c", reader, str(place)]
    site = await Site.open(place)
    try:
        assert isinstance(await site.file.checked(), SiteDamaged)
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout.readline() == "open\n"
            with pytest.raises(SiteError, match="Another program has"):
                await site.mend()
            other.stdin.close()
            assert other.wait(60) == 0
        assert (await site.mend()).kept is not None
    finally:
        await site.close()


async def test_whoever_comes_second_finds_it_mended(place):
    zero_head(place)
    one, other = await Site.open(place), await Site.open(place)
    try:
        assert (await one.mend()).kept is not None
        assert isinstance(other.file.problem, SiteDamaged)
        assert (await other.mend()).kept is None
        assert other.file.problem is None
        assert await other.history.begin(intent("new", 1)) == COUNT + 1
    finally:
        await other.close()
        await one.close()
    assert len(list(place.parent.glob("*damaged*"))) == 1


@posix
async def test_killed_at_any_step_of_it_everything_is_still_there(tmp_path):
    source = tmp_path / "source" / "site.camwright"
    source.parent.mkdir()
    await closed(source)
    killed(source, count=20)
    zero_middle(source)
    with contextlib.closing(recovery.view(source)) as view:
        expected = {row[0] for row in view.execute("SELECT id FROM change_sets")}
    assert set(range(COUNT + 1, COUNT + 21)) <= expected  # these are in the log alone
    steps = 0
    for step in range(1, 100):
        place = tmp_path / str(step) / "site.camwright"
        shutil.copytree(source.parent, place.parent)
        mender = [sys.executable, str(HERE / "mender.py"), str(place), str(step)]
        done = await asyncio.to_thread(
            subprocess.run,
            mender,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
        )
        assert done.returncode == (0 if done.stdout else -signal.SIGKILL), done.stderr
        site = await Site.open(place, stand_in=True)
        try:
            if await site.file.checked() is not None:
                assert {entry.id for entry in await site.history.page(1000)} == expected, step
                await site.mend()
            assert {entry.id for entry in await site.history.page(1000)} == expected, step
            assert await site.history.begin(intent("new", 1)) == COUNT + 21
        finally:
            await site.close()
        shutil.rmtree(place.parent)
        if done.stdout:
            break
        steps += 1
    assert steps >= 8  # the new file, the kept one, the log, the swap: all of them were passed


def test_every_row_that_recovery_finds_is_in_the_mended_file(place):
    zero_head(place)
    with contextlib.closing(recovery.view(place)) as view:
        expected = {name: set(view.execute(f"SELECT * FROM {name}").fetchall()) for name in schema.TABLES}
    mending.mend(place, lambda done, total: None)
    with contextlib.closing(sqlite3.connect(place)) as connection:
        found = {name: set(connection.execute(f"SELECT * FROM {name}").fetchall()) for name in schema.TABLES}
    assert found == expected

"""The window on a site file that is damaged in every way: it says so, shows what is left, sends nothing, and recovers
it by a button, by the palette and by keys. Real files, the window's own way up."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import runpy
import shutil
import sqlite3
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aio import until
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest

from app.errors import SiteError
from app.site import recovery, schema
from app.site.credentials import MemoryVault
from app.site.records import ChangeState
from app.site.site import Site
from ui.bridge.messages import Level, Messages
from ui.dialogs.confirm import ConfirmSheet
from ui.main import _attach
from ui.panes.site_trouble import SiteTrouble
from ui.window import Window

intent = runpy.run_path(str(Path(__file__).parents[1] / "site" / "writer.py"))["intent"]
COUNT = 30
pytestmark = [pytest.mark.gui, pytest.mark.timeout(180)]


async def write(path: Path, name: str = "Gate") -> None:
    site = await Site.open(path)
    for number in range(COUNT):
        entry = await site.history.begin(intent(name, number))
        await site.history.finish(entry, ChangeState.DONE, after=f"after {number} ".encode() * 100)
    await site.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "site.camwright"
    asyncio.run(write(path))
    return path


@pytest.fixture
def path(whole, tmp_path) -> Path:
    return Path(shutil.copy(whole, tmp_path / "site.camwright"))


@pytest.fixture
def opened(run, theme, tmp_path):
    """An async context: the window on this file, its strip, and the messages."""

    @contextlib.asynccontextmanager
    async def open_on(path: Path) -> AsyncIterator[tuple[Window, SiteTrouble, Messages]]:
        messages = Messages()
        settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
        window = Window(messages, settings, theme, "Warehouse 4")
        window.show()
        given = {"site_file": path, "vault": MemoryVault(), "interfaces": "127.0.0.1", "try_demo": None}
        async with AsyncExitStack() as stack:
            await _attach(window, messages, settings, theme, stack, **given)
            yield window, window.findChild(SiteTrouble), messages
        window.close()
        window.deleteLater()

    return open_on


def overwrite(path: Path, at: float, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(int(path.stat().st_size * at) // 4096 * 4096)
        file.write(data)


def foreign_log(path: Path) -> None:
    other = path.with_name("other.camwright")
    with contextlib.closing(sqlite3.connect(other, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size = {schema.PAGE_SIZE}")
        connection.execute("PRAGMA journal_mode = WAL")
        schema.migrate(connection)
        shutil.copy(f"{other}-wal", f"{path}-wal")
    other.unlink()


DAMAGE = {
    "head zeroed": lambda path: overwrite(path, 0, bytes(100)),
    "middle zeroed": lambda path: overwrite(path, 0.5, bytes(8 * 4096)),
    "truncated": lambda path: os.truncate(path, int(path.stat().st_size * 0.6)),
    "random bytes": lambda path: path.write_bytes(random.Random(3).randbytes(60_000)),
    "log of another file": foreign_log,
    "a text file": lambda path: path.write_text("Dear diary, " * 1000),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_said_and_recovered_by_the_button(run, opened, path, damage):
    DAMAGE[damage](path)
    broken = path.read_bytes()

    async def go() -> None:
        async with opened(path) as (window, trouble, messages):
            site = window.context.site_file
            assert trouble.banner.isVisible()
            assert "site.camwright is damaged" in trouble.banner.text.text()
            assert "not sent to cameras" in trouble.banner.text.text()
            left = len(await site.history.page(1000))
            assert left >= {"random bytes": 0, "a text file": 0, "truncated": 10}.get(damage, COUNT - 15)
            with pytest.raises(SiteError):
                await site.history.begin(intent("new", 1))
            if left:
                await until(lambda: window.pane.model.devices())  # those that it remembers
            QTest.mouseClick(trouble.banner.button, Qt.MouseButton.LeftButton)
            sheet = window.findChild(ConfirmSheet)
            assert str(path) in sheet.body.itemAt(0).widget().text()
            QTest.mouseClick(sheet.enter, Qt.MouseButton.LeftButton)
            await until(lambda: not trouble.is_busy)
            await until(lambda: not trouble.banner.isVisible())
            (said,) = (each.text for each in messages.all if each.level is Level.INFO)
            assert str(path.with_name("site-damaged.camwright")) in said
            assert len(await site.history.page(1000)) == left
            assert await site.history.begin(intent("new", 1)) > 0
        assert path.with_name("site-damaged.camwright").read_bytes() == broken

    run(go())


def test_by_keys_alone_with_a_way_back(run, opened, path, no_clicks):
    DAMAGE["head zeroed"](path)

    async def go() -> None:
        async with opened(path) as (window, trouble, _):
            trouble.banner.button.setFocus()
            assert trouble.banner.button.hasFocus()
            QTest.keyClick(trouble.banner.button, Qt.Key.Key_Space)
            sheet = window.findChild(ConfirmSheet)
            await until(sheet.isVisible)
            QTest.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
            await until(lambda: not sheet.isVisible())
            assert not trouble.is_busy
            window.open_palette()
            await until(window.palette_list.isVisible)
            QTest.keyClicks(window.focusWidget(), "recover the site")
            await until(lambda: window.palette_list.list.currentIndex().isValid())
            QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
            await until(lambda: window.findChild(ConfirmSheet) not in (None, sheet))
            sheet = window.findChild(ConfirmSheet)
            sheet.enter.setFocus()
            QTest.keyClick(sheet.enter, Qt.Key.Key_Space)
            await until(lambda: not trouble.banner.isVisible())
            assert window.context.site_file.file.problem is None

    run(go())


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write to everything; nobody may not."""
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(mine)


@pytest.fixture
def no_clicks(monkeypatch):
    monkeypatch.setattr(QTest, "mouseClick", None)


def test_it_shows_how_far_it_is_and_can_be_cancelled(run, opened, path, monkeypatch):
    DAMAGE["head zeroed"](path)
    broken = path.read_bytes()
    gate, reached = threading.Event(), threading.Event()
    write = recovery.write

    def slowly(path, target, tell):
        def held(done: int, total: int) -> None:
            if done == total // 2:
                reached.set()
                assert gate.wait(60)
            tell(done, total)

        return write(path, target, held)

    async def go() -> None:
        async with opened(path) as (window, trouble, messages):
            monkeypatch.setattr(recovery, "write", slowly)
            trouble.ask()
            QTest.mouseClick(window.findChild(ConfirmSheet).enter, Qt.MouseButton.LeftButton)
            await until(reached.is_set)
            await until(lambda: trouble.progress.value() > 30)
            assert trouble.progress.isVisible()
            assert trouble.cancel.hasFocus()
            QTest.keyClick(trouble.cancel, Qt.Key.Key_Space)
            gate.set()
            await until(lambda: not trouble.is_busy)
            assert "Stopped" in messages.all[-1].text
            assert trouble.banner.button.isVisible()
            assert not trouble.progress.isVisible()
            assert len(await window.context.site_file.history.page(1000)) == COUNT
        assert path.read_bytes() == broken
        assert not path.with_name("site-damaged.camwright").exists()

    run(go())


def test_damage_that_is_found_while_it_works_is_said_at_once(run, opened, path):
    async def go() -> None:
        async with opened(path) as (window, trouble, _):
            assert not trouble.banner.isVisible()
            site = window.context.site_file
            with pytest.raises(SiteError):
                await site.file.write(_stumble)
            assert trouble.banner.isVisible()
            assert len(await site.history.page(1000)) == COUNT

    run(go())


def _stumble(connection: sqlite3.Connection) -> None:
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    raise error


def test_an_empty_file_is_a_new_one(run, opened, tmp_path):
    path = tmp_path / "empty.camwright"
    path.touch()

    async def go() -> None:
        async with opened(path) as (window, trouble, messages):
            assert not trouble.banner.isVisible()
            assert await window.context.site_file.history.begin(intent("new", 1)) == 1
            assert not messages.all

    run(go())


@pytest.mark.parametrize("case", ["newer", "folder", "somebody else's"])
def test_what_must_not_be_replaced_has_no_button(run, opened, path, case):
    words = "cannot be made"
    if case == "newer":
        words = "newer Camwright"
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(f"PRAGMA user_version = {schema.LATEST + 1}")
    else:
        path.unlink()
        if case == "folder":
            path.mkdir()
        else:
            words = "not a site file"
            with contextlib.closing(sqlite3.connect(path)) as connection, connection:
                connection.execute("CREATE TABLE songs (id INTEGER PRIMARY KEY)")

    async def go() -> None:
        async with opened(path) as (window, trouble, messages):
            assert trouble.banner.isVisible()
            assert not trouble.banner.button.isVisible()
            assert words in trouble.banner.text.text()
            assert any(words in each.text for each in messages.all)
            assert not list(trouble.palette_entries())
            site = window.context.site_file
            assert len(await site.history.page(1000)) == (COUNT if case == "newer" else 0)
            with pytest.raises(SiteError, match=words):
                await site.history.begin(intent("new", 1))

    run(go())


@pytest.mark.skipif(sys.platform == "win32", reason="needs modes of files")
@pytest.mark.parametrize("case", ["file", "folder"])
def test_a_file_that_may_only_be_read(run, opened, whole, case):
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are closed to others
        path = Path(shutil.copy(whole, Path(folder) / "site.camwright"))
        path.chmod(0o444)
        path.parent.chmod(0o555 if case == "folder" else 0o777)

        async def go() -> None:
            with as_nobody():
                async with opened(path) as (window, trouble, _):
                    assert trouble.banner.isVisible()
                    assert not trouble.banner.button.isVisible()
                    assert "can only be read" in trouble.banner.text.text()
                    site = window.context.site_file
                    assert len(await site.history.page(1000)) == COUNT
                    with pytest.raises(SiteError, match="can only be read"):
                        await site.history.begin(intent("new", 1))

        run(go())
        path.parent.chmod(0o755)

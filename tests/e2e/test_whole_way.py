"""The whole way once, for real: simulated cameras in processes of their own, found on loopback, opened, seen, changed
and proven in the very window of the demo, with mouse and keyboard."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest
from aio import until
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton, QWidget

from app.families.base import Credentials, Maintenance
from app.model.device import Address, DeviceState
from app.settings.changes import Verdict
from app.video.frame import StreamPhase
from ui.bridge.messages import Level
from ui.demo import DemoCamera, DemoSite
from ui.main import play_demo
from ui.models.status import Login
from ui.pages.device import DevicePage
from ui.pages.live import LivePage
from ui.pages.overview import OverviewPage
from ui.pages.settings import SettingsPage
from ui.palette import ENTRY_ROLE, Palette, PaletteEntry
from ui.theme import Theme
from ui.window import Window

pytestmark = [pytest.mark.gui, pytest.mark.timeout(300)]

CTRL = Qt.KeyboardModifier.ControlModifier
MAIN = "Main stream"
BITRATE, NAME, REBOOTS = "Video/vbrUpperCap", "channelName", "Video/SmartCodec/enabled"
QUIRKS = (f"clamps={BITRATE}:256:4000", f"ignores_field={NAME}", "reboot_seconds=1")


def _leads_there(palette: Palette, words: str) -> bool:
    """Whether Enter would go to what every word names."""
    entry: PaletteEntry | None = palette.list.currentIndex().data(ENTRY_ROLE)
    if entry is None:
        return False
    said = f"{entry.title} {entry.place}".casefold()
    return all(word in said for word in words.casefold().split())


class Technician:
    """What a person does at the window; every wait is for something that can be seen there."""

    def __init__(self, window: Window) -> None:
        self.window = window

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    def type(self, text: str) -> None:
        QTest.keyClicks(QApplication.focusWidget(), text)

    def click(self, widget: QWidget) -> None:
        assert widget.isVisible(), widget
        assert widget.isEnabled(), widget
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def click_row(self, address: Address) -> None:
        pane = self.window.pane
        place = pane.list.visualRect(pane.model.index_of(address)).center()
        QTest.mouseClick(pane.list.viewport(), Qt.MouseButton.LeftButton, pos=place)

    async def go_to(self, words: str) -> None:
        """Ctrl+K, the words, and Enter once what they mean is on top: the camera may still be saying what it has."""
        palette = self.window.palette_list
        self.key(Qt.Key.Key_K, CTRL)
        await until(palette.isVisible)
        QTest.keyClicks(palette.line, words)
        await until(lambda: _leads_there(palette, words))
        QTest.keyClick(palette.line, Qt.Key.Key_Return)
        await until(palette.isHidden)

    async def open_tab(self, page: DevicePage, kind: type) -> QWidget:
        at = next(number for number, each in enumerate(page.pages) if isinstance(each, kind))
        QTest.mouseClick(page.tabs, Qt.MouseButton.LeftButton, pos=page.tabs.tabRect(at).center())
        await until(lambda: page.current_page is page.pages[at])
        return page.pages[at]

    async def field(self, settings: SettingsPage, path: str, title: str) -> QWidget:
        """Finds a field with Ctrl+F and lands in its editor."""
        self.key(Qt.Key.Key_F, CTRL)
        await until(settings.panel.search.hasFocus)
        self.type(title)
        self.key(Qt.Key.Key_Return)
        await until(lambda: settings.panel.form.row(path) is not None)
        row = settings.panel.form.row(path)
        self.click(row.editor)
        return row.editor

    async def enter(self, settings: SettingsPage, path: str, title: str, text: str) -> None:
        await self.field(settings, path, title)
        self.key(Qt.Key.Key_A, CTRL)
        self.type(text)


async def session_of(tech: Technician, address: Address) -> DevicePage:
    await until(lambda: tech.window.pane.model.device(address) is not None)
    tech.click_row(address)
    await until(lambda: tech.window.device_page(address) is not None)
    return tech.window.device_page(address)


async def overview(tech: Technician, page: DevicePage, camera: DemoCamera) -> None:
    shown = page.current_page
    assert isinstance(shown, OverviewPage)
    await until(lambda: shown.facts.values)
    assert shown.facts.values["model"].text() == camera.model
    assert shown.facts.values["serial"].text()
    await until(lambda: not shown.picture.picture.pixmap().isNull())
    assert shown.picture.size_text.text() == "1280 × 720"


async def change_and_prove(tech: Technician, page: DevicePage) -> None:
    await tech.go_to(f"settings {page.name}")
    await until(lambda: isinstance(page.current_page, SettingsPage))
    settings = page.current_page
    await until(lambda: settings.tree.model.nodes)
    await tech.go_to(MAIN)
    await until(lambda: settings.panel.shows_form and settings.panel.title.text() == MAIN)
    assert settings.bar.isHidden()
    await tech.enter(settings, BITRATE, "bit", "99999999")
    await until(settings.bar.isVisible)
    assert not settings.bar.apply.isEnabled(), "a value out of range cannot be sent"
    await tech.enter(settings, BITRATE, "bit", "1536")
    await until(settings.bar.apply.isEnabled)
    assert settings.bar.text.text() == f"1 change on {page.name}"
    await tech.enter(settings, NAME, "name", "Dock 2 & ramp")
    await until(lambda: settings.bar.text.text() == f"2 changes on {page.name}")
    assert page.head.word.text() == "2 changes"
    await review(tech, settings)
    tech.key(Qt.Key.Key_Return, CTRL)
    await until(lambda: settings.edits.count == 0 and not settings.writer.active)
    assert verdicts(settings) == {BITRATE: Verdict.KEPT, NAME: Verdict.KEPT}
    assert settings.bar.text.text() == "2 kept"
    document = settings.edits.document(settings.panel.resource)
    assert (document.field(BITRATE).text, document.field(NAME).text) == ("1536", "Dock 2 & ramp")


async def review(tech: Technician, settings: SettingsPage) -> None:
    tech.click(settings.bar.review)
    await until(lambda: settings.sheet is not None)
    held = settings.edits.document(settings.panel.resource).field(NAME).text
    said = {label.text() for label in settings.sheet.findChildren(QLabel)}
    assert {"2048 kbps", "1536 kbps", held, "Dock 2 & ramp"} <= said, said
    (fold,) = (each for each in settings.sheet.findChildren(QPushButton) if each.text() == "Show raw request")
    tech.click(fold)
    request = settings.sheet.findChild(QPlainTextEdit).toPlainText()
    assert request.startswith("PUT ")
    assert "1536" in request
    assert "Dock 2 &amp; ramp" in request


def verdicts(settings: SettingsPage) -> dict[str, Verdict]:
    rows = ((path, settings.panel.form.row(path)) for path in (BITRATE, NAME, REBOOTS))
    return {path: row.proof.verdict for path, row in rows if row is not None and row.proof is not None}


async def live(tech: Technician, page: DevicePage) -> None:
    shown = await tech.open_tab(page, LivePage)
    await until(lambda: shown.view.status is not None and shown.view.status.phase is StreamPhase.PLAYING)
    await until(lambda: shown.view.painted > 3)
    place = QPoint(shown.view.width() // 2, shown.view.height() // 2)
    first = shown.view.grab().toImage()
    assert first.pixelColor(place).isValid()
    await until(lambda: shown.view.grab().toImage() != first)  # it moves
    tech.key(Qt.Key.Key_I)
    assert shown.view.is_statistics_shown
    await until(lambda: shown.player.stats().fps > 0)
    stats = shown.player.stats()
    assert (stats.codec.lower().replace(".", ""), stats.width, stats.height) == ("h264", 1280, 720)
    assert stats.corrupt == 0
    player = shown.player
    await tech.open_tab(page, OverviewPage)
    await until(lambda: player.status.phase is StreamPhase.STOPPED)


async def log_in_by_hand(tech: Technician, camera: DemoCamera) -> DevicePage:
    page = await session_of(tech, camera.address)
    await until(lambda: page.door.sheet is not None and page.door.sheet.isVisible())
    await until(page.door.sheet.password.hasFocus)
    tech.type("not-this-one")
    tech.key(Qt.Key.Key_Return)
    await until(lambda: page.standing.login is Login.REFUSED)
    assert "tries left" in page.door.sheet.banner.text()
    assert ": 4" in page.door.sheet.banner.text(), "the camera must have seen one try, not more"
    tech.key(Qt.Key.Key_A, CTRL)
    tech.type(camera.credentials.password)
    tech.key(Qt.Key.Key_Return)
    await until(lambda: page.standing.login is Login.OPEN)
    return page


async def quirks(tech: Technician, page: DevicePage) -> None:
    """A camera that clamps one field and ignores another says so at the fields."""
    settings = await tech.open_tab(page, SettingsPage)
    await until(lambda: settings.tree.model.nodes)
    await tech.go_to(MAIN)
    await until(lambda: settings.panel.shows_form and settings.panel.title.text() == MAIN)
    await tech.enter(settings, BITRATE, "bit", "4096")
    await tech.enter(settings, NAME, "name", "Nobody keeps this")
    await tech.field(settings, REBOOTS, "smart")  # a switch: finding it by a click sets it
    await until(lambda: settings.edits.count == 3)
    tech.click(settings.bar.apply)
    await until(lambda: settings.edits.count == 0 and not settings.writer.active)
    settings.panel.search.clear()
    for path in (BITRATE, NAME, REBOOTS):
        settings.jump(settings.panel.resource, path)
        await until(lambda p=path: settings.panel.form.row(p) is not None)
    said = verdicts(settings)
    assert (said[BITRATE], said[NAME], said[REBOOTS]) == (Verdict.ADJUSTED, Verdict.IGNORED, Verdict.KEPT)
    remarks = [remark.text for path in (BITRATE, NAME) for remark in settings.panel.form.row(path).remarks]
    assert any("4000" in text and "4096" in text for text in remarks), remarks
    assert settings.panel.reboot.isVisible()


async def reboot(tech: Technician, page: DevicePage) -> None:
    """The camera goes, the list says so, and it comes back."""
    settings = page.current_page
    assert page.session.offer(Maintenance) is not None
    states: list[DeviceState] = []

    def hear(changes: object) -> None:
        states.extend(f.state for f in changes.changed if f.address == page.found.address)

    stop = tech.window.context.discovery.subscribe(hear)
    tech.click(settings.panel.reboot.button)
    await until(lambda: DeviceState.LOST in states, 60)
    await until(lambda: states[-1] is DeviceState.FOUND, 60)
    stop()
    kept = settings.edits.document(settings.panel.resource)
    tech.click(settings.panel.refresh)
    await until(lambda: settings.edits.document(kept.resource) is not kept, 60)
    assert settings.edits.document(kept.resource).field(BITRATE).text == "4000"


def test_the_whole_way(qapp: QApplication, look: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CAMWRIGHT_SITE", str(tmp_path / "must-not-be-used.site"))
    before = {thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)}
    children = set(psutil.Process().children(recursive=True))
    seen: dict[str, object] = {}

    async def script(window: Window, theme: Theme, cameras: tuple[DemoCamera, ...]) -> int:
        del theme
        seen["loop"], seen["window"] = asyncio.get_running_loop(), window
        tech = Technician(window)
        odd = DemoSite(1, "127.29.2.1", quirks=QUIRKS)
        try:
            strange = (await odd.start())[0]
            await until(lambda: all(window.pane.model.device(each.address) for each in (*cameras, strange)), 60)
            page = await session_of(tech, cameras[0].address)
            await until(lambda: page.standing.login is Login.OPEN)  # the vault knows the password
            await overview(tech, page, cameras[0])
            await change_and_prove(tech, page)
            await live(tech, page)
            page = await log_in_by_hand(tech, strange)
            await quirks(tech, page)
            await reboot(tech, page)
            seen["errors"] = [message.text for message in window.context.messages.all if message.level is Level.ERROR]
        finally:
            window.close()
            odd.stop()
        return 0

    assert play_demo(2, script, "127.29.1.1") == 0
    assert seen["errors"] == []
    assert asyncio.all_tasks(seen["loop"]) == set()
    assert set(psutil.Process().children(recursive=True)) <= children
    left = {thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)} - before
    for thread in left:
        thread.join(20)
    assert not [thread for thread in left if thread.is_alive()]
    assert not (tmp_path / "must-not-be-used.site").exists()


def test_devices_are_remembered(qapp: QApplication, look: None, tmp_path: Path) -> None:
    """A second start lists what was opened in the first, before anybody answers and when nobody does."""
    seen: list[dict[Address, DeviceState]] = []

    async def first(window: Window, theme: Theme, cameras: Sequence[DemoCamera]) -> int:
        tech = Technician(window)
        page = await session_of(tech, cameras[0].address)
        await until(lambda: page.standing.login is Login.OPEN)
        seen.append({cameras[0].address: page.found.state})
        window.close()
        return 0

    async def second(window: Window, theme: Theme, cameras: Sequence[DemoCamera]) -> int:
        (old,) = seen[0]
        assert old not in {camera.address for camera in cameras}
        await until(lambda: window.pane.model.device(old) is not None)
        await until(lambda: window.context.discovery.progress.done)
        seen.append({old: window.pane.model.device(old).state})
        window.close()
        return 0

    assert play_demo(1, first, "127.29.4.1", tmp_path / "kept.site") == 0
    assert play_demo(1, second, "127.29.5.1", tmp_path / "kept.site") == 0
    assert list(seen[1].values()) == [DeviceState.LOST]


def test_credentials_never_show() -> None:
    assert "secret" not in repr(DemoCamera(Address("127.29.1.1"), "M", Credentials("admin", "secret")))

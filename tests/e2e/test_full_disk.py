"""The whole window on a full disk: what cannot be written down is not sent, what was sent is told, nothing half written
stands under a name that somebody chose, and the window goes on once there is room.

A limit on the size of files stands for the full disk: it needs no privileges, and it is lifted again."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from aio import until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.families.base import SettingsTree
from app.site.history import History
from app.site.records import ChangeState
from app.video.frame import StreamPhase
from ui.bridge.messages import Level
from ui.demo import DemoCamera
from ui.main import play_demo
from ui.pages.device import DevicePage
from ui.pages.history import HistoryPage
from ui.pages.live import LivePage
from ui.pages.maintenance import MaintenancePage
from ui.pages.settings import SettingsPage
from ui.theme import Theme
from ui.window import Window

if sys.platform == "win32":
    pytest.skip("needs a limit on file sizes", allow_module_level=True)
import resource

pytestmark = [pytest.mark.gui, pytest.mark.timeout(300)]
MAIN, RATE = "/ISAPI/Streaming/channels/101", "Video/vbrUpperCap"


@contextlib.contextmanager
def full() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def click(widget: object) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


async def page_of(device: DevicePage, kind: type) -> object:
    device.show_page(kind.title)
    await until(lambda: isinstance(device.current_page, kind))
    return device.current_page


async def edited(page: SettingsPage, text: str) -> None:
    await until(lambda: page.tree.model.nodes)
    page.jump(MAIN, RATE)
    await until(lambda: page.panel.resource == MAIN and page.edits.document(MAIN) is not None)
    page.edits.document(MAIN).set_text(RATE, text)
    await until(lambda: page.edits.count == 1 and page.bar.apply.isEnabled())


async def held(device: DevicePage) -> str:
    document = await device.session.offer(SettingsTree).load(MAIN)
    return document.text(RATE)


def complaints(window: Window) -> list[str]:
    said = [message for message in window.context.messages.all if message.level is not Level.INFO]
    return [f"{message.text} {message.hint}" for message in said]


async def applying(window: Window, device: DevicePage) -> None:
    page = await page_of(device, SettingsPage)
    before = await held(device)
    await edited(page, "1024")
    with full():
        click(page.bar.apply)
        await until(lambda: "was not changed" in page.bar.text.text() and not page.writer.active)
        assert "Nothing was sent" in page.bar.text.text()
        assert "is full" in page.bar.text.text()
        assert page.edits.count == 1  # it waits in the form
    assert await held(device) == before
    click(page.bar.apply)
    await until(lambda: "kept" in page.bar.text.text() and not page.writer.active)
    assert await held(device) == "1024"


async def applying_without_room_for_the_outcome(
    window: Window, device: DevicePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await page_of(device, SettingsPage)
    await edited(page, "1500")
    finish = History.finish

    async def without_room(self: History, *given: object, **named: object) -> None:
        with full():
            await finish(self, *given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(History, "finish", without_room)
        click(page.bar.apply)
        await until(lambda: "kept" in page.bar.text.text() and not page.writer.active)
    assert await held(device) == "1500"
    assert any("outcome is not in the history" in each and "is full" in each for each in complaints(window))
    (newest, *_) = await window.context.site_file.history.page(1)
    assert newest.state is ChangeState.SENDING  # the next start calls it unknown


async def saving(window: Window, device: DevicePage, folder: Path) -> None:
    page = await page_of(device, MaintenancePage)
    await until(lambda: page.rows)
    row = next(row for key, row in page.rows.items() if key.endswith("configurationData"))
    target = folder / "saved.cfg"
    target.write_bytes(b"the one from last year")
    page.ask_target = lambda name: str(target)
    with full():
        click(row.buttons[0])
        await until(lambda: row.said.isVisible() and not page.is_busy)
        assert f"The disk is full: {target} cannot be written." in row.said.text()
    assert target.read_bytes() == b"the one from last year"
    click(row.buttons[0])
    await until(lambda: "Saved as" in row.said.text())
    assert target.read_bytes() != b"the one from last year"


async def exporting(window: Window, folder: Path) -> None:
    window.compare_settings()
    sheet, target = window._sheet, folder / "settings.json"
    with full():
        sheet.export_to(target)
        await until(lambda: "The disk is full" in sheet.banner.text.text())
    assert not target.exists()
    sheet.export_to(target)
    await until(target.exists)
    window.close_sheet()


async def a_picture(window: Window, device: DevicePage, folder: Path) -> None:
    page = await page_of(device, LivePage)
    page.keeper.folder = folder / "pictures"
    await until(lambda: page.view.painted and page.view.status.phase is StreamPhase.PLAYING)
    page.keeper.folder.mkdir()
    with full():
        click(page.snapshot)
        await until(lambda: any("The disk is full" in each and "pictures" in each for each in complaints(window)))
    assert list(page.keeper.folder.iterdir()) == []
    click(page.snapshot)
    await until(lambda: list(page.keeper.folder.glob("*.jpg")))


def test_a_full_disk(qapp: QApplication, look: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def script(window: Window, theme: Theme, cameras: Sequence[DemoCamera]) -> int:
        address = cameras[0].address
        try:
            await until(lambda: window.pane.model.device(address))
            window.pane.select(address)
            device = window.current_device
            await until(lambda: device.session is not None)
            await applying(window, device)
            await applying_without_room_for_the_outcome(window, device, monkeypatch)
            await saving(window, device, tmp_path)
            await exporting(window, tmp_path)
            await a_picture(window, device, tmp_path)
            history = await page_of(device, HistoryPage)
            await until(lambda: history.table.rowCount() == 2)
            assert await window.context.site_file.file.checked() is None
        finally:
            window.close()
        return 0

    assert play_demo(1, script, "127.82.2.1", tmp_path / "site.camwright") == 0
    assert not list(tmp_path.rglob("*.part"))


def test_a_recording_on_a_full_disk(qapp: QApplication, look: None, tmp_path: Path) -> None:
    """It ends by itself and says why; the button is up again, and with room it records."""

    async def script(window: Window, theme: Theme, cameras: Sequence[DemoCamera]) -> int:
        try:
            await until(lambda: window.pane.model.device(cameras[0].address))
            window.pane.select(cameras[0].address)
            device = window.current_device
            await until(lambda: device.session is not None)
            page = await page_of(device, LivePage)
            page.keeper.folder = tmp_path / "pictures"
            await until(lambda: page.view.painted and page.view.status.phase is StreamPhase.PLAYING)
            with full():
                click(page.record)
                await until(lambda: any("nothing of the recording was kept" in each for each in complaints(window)))
            assert list(page.keeper.folder.iterdir()) == []
            await until(lambda: page.keeper.player.recording is None and not page.record.isChecked())
            click(page.record)
            await until(lambda: page.keeper.player.recording is not None and page.keeper.player.recording.seconds > 0)
            click(page.record)
            await until(lambda: any("Recorded as" in message.text for message in window.context.messages.all))
            assert [each.stat().st_size > 0 for each in page.keeper.folder.iterdir()] == [True]
        finally:
            window.close()
        return 0

    assert play_demo(1, script, "127.82.2.5", tmp_path / "site.camwright") == 0

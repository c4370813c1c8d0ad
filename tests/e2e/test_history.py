"""The history page over a real camera and a real site file: what was applied, its proof, its documents, its undo."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from aio import until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from ui.bridge.messages import Level
from ui.demo import DemoCamera
from ui.main import play_demo
from ui.models.history import OUTCOME, WHAT
from ui.pages.device import DevicePage
from ui.pages.history import HistoryPage
from ui.pages.settings import SettingsPage
from ui.theme import Theme
from ui.window import Window

pytestmark = [pytest.mark.gui, pytest.mark.timeout(180)]
NAME, RATE = "channelName", "Video/vbrUpperCap"


def page_of(device: DevicePage, kind: type) -> object:
    return next(page for page in device.pages if isinstance(page, kind))


async def write(device: DevicePage, **texts: str) -> SettingsPage:
    """Through the settings page, as Apply does it."""
    device.show_page(SettingsPage.title)
    settings = page_of(device, SettingsPage)
    await until(lambda: settings.tree.model.nodes)
    resource = next(node.id for node in settings.tree.model.nodes if node.title == "Main stream")
    settings.jump(resource, "")
    await until(lambda: settings.panel.resource == resource)
    document = settings.edits.document(resource)
    for path, text in texts.items():
        document.set_text(path, text)
    settings.apply()
    await until(lambda: not settings.edits.count and not settings.writer.active)
    return settings


def test_what_was_applied_is_listed_and_can_be_undone(qapp: QApplication, look: None) -> None:
    async def script(window: Window, theme: Theme, cameras: Sequence[DemoCamera]) -> int:
        await until(lambda: all(window.pane.model.device(each.address) for each in cameras))
        window.pane.select(cameras[0].address)
        device = window.current_device
        await until(lambda: device.session is not None)
        history = page_of(device, HistoryPage)
        device.show_page(HistoryPage.title)
        await until(history.notice.isVisible)  # nothing yet, and it says so
        settings = await write(device, **{NAME: "Loading dock 2", RATE: "1024"})
        resource = settings.panel.resource
        device.show_page(HistoryPage.title)
        await until(lambda: history.table.rowCount() == 1)
        assert (history.table.text(0, WHAT), history.table.text(0, OUTCOME)) == (
            "Main stream: Channel name, Highest bitrate",
            "kept",
        )
        await until(lambda: history.detail.title.text() == "Main stream")
        said = {label.text() for label in history.detail.area.widget().findChildren(QLabel)}
        assert {"2048 kbps", "1024 kbps", "Loading dock 2", "kept"} <= said
        QTest.mouseClick(history.detail.fold, Qt.MouseButton.LeftButton)
        assert "+<channelName>Loading dock 2</channelName>" in history.detail.difference.toPlainText()

        QTest.mouseClick(history.detail.undo, Qt.MouseButton.LeftButton)
        await until(lambda: history.table.rowCount() == 2)
        await until(lambda: settings.edits.document(resource).field(RATE).text == "2048")  # the form follows
        assert history.sheet is None, "nobody had changed it since"

        await write(device, **{RATE: "1500"})  # our 1024 was set back to 2048, now somebody wants 1500
        device.show_page(HistoryPage.title)
        await until(lambda: history.table.rowCount() == 3)
        history.list.choose(2)
        await until(lambda: "Loading dock 2" in _texts(history))
        QTest.mouseClick(history.detail.undo, Qt.MouseButton.LeftButton)
        await until(lambda: history.sheet is not None)  # three sides: 2048, 1024, 1500
        sheet = history.sheet
        sides = {label.text() for label in sheet.findChildren(QLabel)}
        assert {"2048 kbps", "1024 kbps", "1500 kbps", "The device holds the earlier value already."} <= sides
        assert not sheet.enter.isEnabled()
        (box,) = sheet._boxes.values()
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Space)
        QTest.mouseClick(sheet.enter, Qt.MouseButton.LeftButton)
        await until(lambda: history.table.rowCount() == 4)
        await until(lambda: settings.edits.document(resource).field(RATE).text == "2048")

        history.list.choose(0)  # the undo itself is set back: somebody wants 1500 again
        await until(lambda: "Change 4 " in history.detail.who.text() and history.detail.undo.isEnabled())
        assert "as undo of change 1" in history.detail.who.text()
        QTest.mouseClick(history.detail.undo, Qt.MouseButton.LeftButton)
        await until(lambda: history.table.rowCount() == 5)
        await until(lambda: settings.edits.document(resource).field(RATE).text == "1500")
        assert history.sheet is None, "it holds what the undo left behind"

        window.pane.select(cameras[1].address)  # another device of the site sees it, and cannot undo it
        other = window.current_device
        await until(lambda: other.session is not None)
        other.show_page(HistoryPage.title)
        theirs = page_of(other, HistoryPage)
        await until(theirs.notice.isVisible)
        QTest.mouseClick(theirs.notice.buttons[0], Qt.MouseButton.LeftButton)
        await until(lambda: theirs.table.rowCount() == 5)
        await until(lambda: theirs.detail.title.text() == "Main stream")
        assert not theirs.detail.undo.isEnabled()
        assert device.name in theirs.detail.undo.toolTip()
        assert not [m.text for m in window.context.messages.all if m.level is Level.ERROR]
        window.close()
        return 0

    def _texts(history: HistoryPage) -> set[str]:
        holder = history.detail.area.widget()
        return {label.text() for label in holder.findChildren(QLabel)} if holder is not None else set()

    assert play_demo(2, script, "127.29.6.1") == 0

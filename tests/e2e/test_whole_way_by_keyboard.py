"""From the start of the demo to a proven change and the live picture with a keyboard alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from aio import until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.settings.changes import Verdict
from ui.bridge.messages import Level
from ui.demo import DemoCamera
from ui.main import play_demo
from ui.models.status import Login
from ui.pages.device import DevicePage
from ui.pages.live import LivePage
from ui.pages.settings import SettingsPage
from ui.palette import ENTRY_ROLE
from ui.tabs import TITLES
from ui.theme import Theme
from ui.window import Window

pytestmark = [pytest.mark.gui, pytest.mark.timeout(300)]
Key = Qt.Key
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
STREAM, BITRATE = "Main stream", "Video/vbrUpperCap"
MOST_TABS = 80


class Hands:
    """On a keyboard, in front of the window."""

    def __init__(self, window: Window) -> None:
        self.window = window

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    def type(self, text: str) -> None:
        QTest.keyClicks(QApplication.focusWidget(), text)

    async def go_to(self, words: str) -> None:
        """Through the palette, once what has that title is on top: the camera may still be saying what it has."""
        palette = self.window.palette_list

        def leads_there() -> bool:
            entry = palette.list.currentIndex().data(ENTRY_ROLE)
            return entry is not None and entry.title == words

        self.key(Key.Key_K, CTRL)
        await until(palette.line.hasFocus)
        self.type(words)
        await until(leads_there)
        self.key(Key.Key_Return)
        await until(palette.isHidden)

    def tab_to(self, wanted: QWidget) -> None:
        for _ in range(MOST_TABS):
            if QApplication.focusWidget() is wanted:
                return
            self.key(Key.Key_Tab)
        raise AssertionError(f"Tab does not come to {wanted.accessibleName() or wanted}")

    async def page(self, device: DevicePage, kind: type[QWidget]) -> QWidget:
        self.key(Key(Key.Key_1 + TITLES.index(kind.title)), CTRL)
        await until(lambda: isinstance(device.current_page, kind))
        return device.current_page


async def change_and_prove(hands: Hands, device: DevicePage) -> None:
    settings = await hands.page(device, SettingsPage)
    await until(lambda: settings.tree.model.nodes)
    await hands.go_to(STREAM)
    await until(lambda: settings.panel.shows_form and settings.panel.title.text() == STREAM)
    hands.key(Key.Key_F, CTRL)
    await until(settings.panel.search.hasFocus)
    hands.type("highest bitrate")
    await until(lambda: settings.panel.form.row(BITRATE) is not None)
    hands.key(Key.Key_Down)
    await until(lambda: settings.panel.form.focused_path() == BITRATE)
    hands.key(Key.Key_A, CTRL)
    hands.type("1536")
    await until(settings.bar.apply.isEnabled)
    hands.tab_to(settings.bar.review)
    hands.key(Key.Key_Space)
    await until(lambda: settings.sheet is not None and settings.sheet.isAncestorOf(QApplication.focusWidget()))
    hands.tab_to(settings.sheet.apply)
    hands.key(Key.Key_Space)
    await until(lambda: settings.edits.count == 0 and not settings.writer.active)
    row = settings.panel.form.row(BITRATE)
    assert row.proof.verdict is Verdict.KEPT
    assert settings.bar.text.text() == "1 kept"
    assert settings.edits.document(settings.panel.resource).text(BITRATE) == "1536"


def test_from_the_start_to_a_proven_change_without_a_mouse(qapp: QApplication, look: None, no_mouse: None) -> None:
    async def script(window: Window, theme: Theme, cameras: Sequence[DemoCamera]) -> int:
        del theme
        hands = Hands(window)
        await until(lambda: all(window.pane.model.device(each.address) for each in cameras), 60)
        await hands.go_to(window.pane.model.device(cameras[1].address).name)
        await until(lambda: window.device_page(cameras[1].address) is not None)
        device = window.device_page(cameras[1].address)
        await until(lambda: device.standing.login is Login.OPEN)
        await change_and_prove(hands, device)
        live = await hands.page(device, LivePage)
        await until(lambda: live.view.painted > 3)
        assert not [message.text for message in window.context.messages.all if message.level is Level.ERROR]
        window.close()
        return 0

    assert play_demo(2, script, "127.78.1.1") == 0

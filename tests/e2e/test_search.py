"""Ctrl+K over a camera whose settings nobody has opened: the words, Enter, and the cursor is in the field."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from aio import until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.settings.tree import NodeState
from ui.bridge.messages import Level
from ui.demo import DemoCamera, DemoSite
from ui.main import play_demo
from ui.models.resources import NODE_ROLE
from ui.pages.overview import OverviewPage
from ui.pages.settings import SettingsPage
from ui.palette import ENTRY_ROLE, PaletteEntry
from ui.theme import Theme
from ui.window import Window

pytestmark = [pytest.mark.gui, pytest.mark.timeout(180)]
CTRL = Qt.KeyboardModifier.ControlModifier
NTP = "/ISAPI/System/time/ntpServers"


def rows(window: Window) -> list[PaletteEntry]:
    model = window.palette_list.list.model()
    return [model.index(row, 0).data(ENTRY_ROLE) for row in range(model.rowCount())]


async def search(window: Window, words: str) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_K, CTRL)
    await until(window.palette_list.isVisible)
    QTest.keyClicks(window.palette_list.line, words)


def enter(window: Window) -> PaletteEntry:
    """Enter on what is chosen."""
    chosen: PaletteEntry = window.palette_list.list.currentIndex().data(ENTRY_ROLE)
    QTest.keyClick(window.palette_list.line, Qt.Key.Key_Return)
    return chosen


def test_any_field_is_a_few_letters_away(qapp: QApplication, look: None) -> None:
    async def script(window: Window, theme: Theme, cameras: Sequence[DemoCamera]) -> int:
        site = DemoSite(1, "127.33.8.1")
        try:
            camera = (await site.start())[0]
            await window.context.vault.set(str(camera.address), camera.credentials)
            await until(lambda: window.pane.model.device(camera.address))
            window.pane.select(camera.address)
            device = window.current_device
            await until(lambda: device.session is not None)
            page = next(each for each in device.pages if isinstance(each, SettingsPage))
            assert isinstance(device.current_page, OverviewPage)
            await never_opened(window, device, page)
            await once_read(window, page)
            await by_path(page)
            assert not [m.text for m in window.context.messages.all if m.level is Level.ERROR]
        finally:
            window.close()
            site.stop()
        return 0

    async def never_opened(window: Window, device, page: SettingsPage) -> None:
        await search(window, "ntp")
        await until(lambda: any(each.value == "not read yet" for each in rows(window)))  # the list fills by itself
        QTest.keyClick(window.palette_list.line, Qt.Key.Key_A, CTRL)
        QTest.keyClicks(window.palette_list.line, "bitrate")
        assert any(each.place.startswith("Main stream") for each in rows(window))
        assert not list(page.edits.documents)
        chosen = enter(window)
        assert device.current_page is page
        await until(lambda: page.panel.form.focused_path())
        row = page.panel.form.row(page.panel.form.focused_path())
        assert row is not None
        assert page.edits.document(page.panel.resource).field(page.panel.form.focused_path()).spec.title == chosen.title

    async def once_read(window: Window, page: SettingsPage) -> None:
        await until(lambda: all(n.state is not NodeState.UNKNOWN for n in page.tree.model.nodes if n.id == NTP), 90)
        await until(lambda: any(each.resource.startswith(NTP) for each in page.edits.documents), 90)
        document = next(each for each in page.edits.documents if each.resource.startswith(NTP))
        held = next(f for f in document.shown if f.text and f.spec.title)
        await search(window, f"ntp {held.spec.title}")
        await until(lambda: any(each.value == held.text for each in rows(window)))
        while window.palette_list.list.currentIndex().data(ENTRY_ROLE).value != held.text:
            QTest.keyClick(window.palette_list.line, Qt.Key.Key_Down)
        enter(window)
        await until(lambda: page.panel.resource.startswith(NTP) and page.panel.form.focused_path())

    async def by_path(page: SettingsPage) -> None:
        chosen = page.panel.resource
        QTest.mouseClick(page.tree.switch.path, Qt.MouseButton.LeftButton)
        await until(lambda: page.tree.shows_protocol)
        assert page.tree.view.currentIndex().data(NODE_ROLE).id == chosen
        absent = [n for n in page.tree.protocol.nodes if n.state is NodeState.REFUSED]
        assert absent
        assert all(node.reason for node in absent)
        for node in page.tree.model.nodes:
            same = page.tree.protocol.node(node.id)
            assert same is not None, node.id
            assert (same.state, same.reason) == (node.state, node.reason)

    assert play_demo(1, script, "127.33.7.1") == 0

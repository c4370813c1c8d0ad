"""The maintenance page over a real camera: it is rebooted and comes back, a file is fetched, what loses something is
asked for first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from aio import until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.model.device import DeviceState
from ui.bridge.messages import Level
from ui.demo import DemoCamera, DemoSite
from ui.main import play_demo
from ui.pages.device import DevicePage
from ui.pages.maintenance import MaintenancePage
from ui.pages.maintenance_row import WorkRow
from ui.pages.settings import SettingsPage
from ui.theme import Theme
from ui.window import Window

pytestmark = [pytest.mark.gui, pytest.mark.timeout(180)]


def row_of(page: MaintenancePage, title: str) -> WorkRow:
    return next(row for row in page.rows.values() if row.title.text() == title)


def click(button: object) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_reboot_files_and_what_has_to_be_confirmed(qapp: QApplication, look: None, tmp_path: Path) -> None:
    async def script(window: Window, theme: Theme, cameras: Sequence[DemoCamera]) -> int:
        site = DemoSite(1, "127.29.8.1", quirks=("reboot_seconds=5",))
        try:
            camera = (await site.start())[0]
            await window.context.vault.set(str(camera.address), camera.credentials)
            await until(lambda: window.pane.model.device(camera.address))
            window.pane.select(camera.address)
            device = window.current_device
            await until(lambda: device.session is not None)
            page = await led_from_the_settings(device)
            await files(page)
            await reboot(window, page)
            await losing(page)
            assert not [m.text for m in window.context.messages.all if m.level is Level.ERROR]
        finally:
            window.close()
            site.stop()
        return 0

    async def led_from_the_settings(device: DevicePage) -> MaintenancePage:
        device.show_page(SettingsPage.title)
        settings = device.current_page
        await until(lambda: settings.tree.model.nodes)
        settings.tree.choose("/ISAPI/System/factoryReset")
        await until(lambda: settings.panel.notice.buttons and settings.panel.notice.buttons[0].isVisible())
        click(settings.panel.notice.buttons[0])
        page = device.current_page
        assert isinstance(page, MaintenancePage)
        await until(lambda: page.rows)
        row = next(row for key, row in page.rows.items() if "factoryReset" in key)
        await until(lambda: page.window().focusWidget() is row.buttons[0])
        return page

    async def files(page: MaintenancePage) -> None:
        row, target = row_of(page, "Configuration"), tmp_path / "saved.cfg"
        page.ask_target = lambda name: str(target)
        click(row.buttons[0])
        await until(lambda: row.said.isVisible())
        assert target.stat().st_size > 0
        assert str(target) in row.said.text()
        page.ask_target = lambda name: str(tmp_path / "no such folder" / "x")
        click(row.buttons[0])
        await until(lambda: "cannot be written" in row.said.text())
        page.ask_source = lambda: str(target)
        click(row.buttons[1])
        await until(lambda: page.sheet is not None)  # the file is looked at first
        assert not page.sheet.enter.isEnabled()  # a camera can be lost by it: its name has to be typed
        page.sheet.dismiss()
        assert not page.is_busy

    async def reboot(window: Window, page: MaintenancePage) -> None:
        row = next(row for key, row in page.rows.items() if key.endswith("/reboot"))
        states: list[DeviceState] = []
        address = page.session.address
        stop = window.context.discovery.subscribe(
            lambda changes: states.extend(f.state for f in changes.changed if f.address == address)
        )
        assert row.buttons[0].text() == f"Restart {page.device_name}"
        click(row.buttons[0])
        assert not row_of(page, "Configuration").buttons[0].isEnabled()  # one thing at a time
        await until(lambda: row.said.isVisible(), 90)
        assert "is back" in row.said.text()
        await until(lambda: DeviceState.LOST in states and states[-1] is DeviceState.FOUND, 60)
        stop()
        assert row.buttons[0].isEnabled()

    async def losing(page: MaintenancePage) -> None:
        row = next(row for key, row in page.rows.items() if "mode=full" in key)
        assert row.buttons[0].text() == f"Reset {page.device_name} to factory state"
        click(row.buttons[0])
        sheet = page.sheet
        assert sheet is not None
        assert not sheet.enter.isEnabled()
        QTest.keyClicks(sheet.line, "something else")
        QTest.keyClick(sheet.line, Qt.Key.Key_Return)
        assert not page.is_busy
        QTest.keyClick(sheet.line, Qt.Key.Key_Escape)
        await until(lambda: page.sheet is None)
        click(row.buttons[0])
        QTest.keyClicks(page.sheet.line, page.device_name)
        click(page.sheet.enter)
        assert page.is_busy
        click(row.cancel)  # ends the waiting, not the reset
        await until(lambda: not page.is_busy)
        assert row.said.text()

    assert play_demo(1, script, "127.29.7.1") == 0

"""A camera is sent elsewhere from its own settings page: the question, the way there, and what is there afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest
from aio import until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from app.families.isapi import following
from app.model.device import Address, DeviceState
from app.site.records import ChangeState
from ui.bridge.messages import Level
from ui.demo import DemoCamera, DemoSite
from ui.main import play_demo
from ui.pages.device import DevicePage
from ui.pages.history import HistoryPage
from ui.pages.raw_view import RawSheet
from ui.pages.settings import SettingsPage
from ui.theme import Theme
from ui.window import Window

pytestmark = [pytest.mark.gui, pytest.mark.timeout(180)]
INTERFACE = "/ISAPI/System/Network/interfaces/1"
USERS = "/ISAPI/Security/users"
IMAGE = "/ISAPI/Image/channels/1"

Scene = Callable[[Window, DevicePage, SettingsPage, DemoCamera], Awaitable[None]]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PAUSE", 0.3)
    monkeypatch.setattr(following, "LOOKS", 400)
    monkeypatch.setattr(following, "LOOKS_AT_RESTART", 400)


@pytest.fixture
def play(qapp: QApplication, look: None) -> Callable[..., None]:
    """Runs a scene on the settings page of one more camera than the demo has."""

    def play(scene: Scene, demo: str, first: str, *quirks: str) -> None:
        async def script(window: Window, theme: Theme, cameras: Sequence[DemoCamera]) -> int:
            site = DemoSite(1, first, quirks=quirks)
            try:
                camera = (await site.start())[0]
                await window.context.vault.set(str(camera.address), camera.credentials)
                await until(lambda: window.pane.model.device(camera.address))
                window.pane.select(camera.address)
                device = window.current_device
                await until(lambda: device.session is not None)
                device.show_page(SettingsPage.title)
                page = device.current_page
                await until(lambda: page.tree.model.nodes)
                await scene(window, device, page, camera)
            finally:
                window.close()
                site.stop()
            return 0

        assert play_demo(1, script, demo) == 0

    return play


def click(button: object) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


async def edit(page: SettingsPage, resource: str, end: str, text: str) -> str:
    page.tree.choose(resource)
    await until(lambda: page.panel.resource == resource and page.edits.document(resource) is not None)
    document = page.edits.document(resource)
    path = next(each.path for each in document.fields if each.path.endswith(end))
    document.set_text(path, text)
    return path


def test_the_window_goes_along(play: Callable[..., None]) -> None:
    async def scene(window: Window, device: DevicePage, page: SettingsPage, camera: DemoCamera) -> None:
        new = Address("127.34.21.77", camera.address.port)
        path = await edit(page, INTERFACE, "IPAddress/ipAddress", new.host)
        contrast = await edit(page, IMAGE, "contrastLevel", "31")
        click(page.bar.apply)
        await until(lambda: page.departure.sheet is not None)
        sheet = page.departure.sheet
        assert device.name in sheet.enter.text()
        page.apply()  # asked already
        QTest.keyClick(sheet, Qt.Key.Key_Escape)
        await until(lambda: not page.is_busy)
        assert page.edits.count == 2  # nothing was sent
        assert (await page.settings.load(INTERFACE)).text(path) == camera.address.host

        click(page.bar.apply)
        await until(lambda: page.departure.sheet is not None)
        click(page.departure.sheet.enter)
        await until(lambda: "Following" in page.bar.text.text())
        assert new.host in page.bar.text.text()
        assert page.edits.document(IMAGE).edited_paths == ()  # everything else went first
        await until(lambda: not page.is_busy, 150)
        assert page.edits.count == 0
        assert f"is at {new} now" in page.bar.text.text()
        assert window.device_page(new) is device
        assert window.device_page(camera.address) is None
        assert window.current_device is device
        assert device.found.address == new
        assert device.session.address == new
        await until(lambda: window.pane.model.device(new) and not window.pane.model.device(camera.address))
        assert window.pane.model.device(new).state is not DeviceState.LOST
        assert window.pane.list.selectionModel().hasSelection()
        assert await window.context.vault.get(str(new)) == camera.credentials
        # The page goes on there.
        assert (await page.settings.load(INTERFACE)).text(path) == new.host
        assert (await page.settings.load(IMAGE)).text(contrast) == "31"
        assert [m.text for m in window.context.messages.all if m.level is Level.ERROR] == []
        (known,) = [d for d in await window.context.site_file.devices.all() if str(new) in d.addresses]
        assert known.addresses[0] == str(new)

    play(scene, "127.34.20.1", "127.34.21.1", "moves_at_once")


def test_an_undo_is_asked_about_and_followed(play: Callable[..., None]) -> None:
    async def scene(window: Window, device: DevicePage, page: SettingsPage, camera: DemoCamera) -> None:
        new = Address("127.34.33.77", camera.address.port)
        path = await edit(page, INTERFACE, "IPAddress/ipAddress", new.host)
        click(page.bar.apply)
        await until(lambda: page.departure.sheet is not None)
        click(page.departure.sheet.enter)
        await until(lambda: not page.is_busy, 150)
        device.show_page(HistoryPage.title)
        history = device.current_page
        await until(lambda: history.chosen_id is not None)
        history._undo_chosen()
        await until(lambda: history.departure.sheet is not None)
        QTest.keyClick(history.departure.sheet, Qt.Key.Key_Escape)
        await until(lambda: history.departure.sheet is None)
        assert (await page.settings.load(INTERFACE)).text(path) == new.host
        history._undo_chosen()
        await until(lambda: history.departure.sheet is not None)
        assert camera.address.host in history.departure.sheet.findChildren(QLabel)[1].text()
        click(history.departure.sheet.enter)
        await until(lambda: window.device_page(camera.address) is device, 150)
        assert window.current_device is device
        await until(lambda: not history.is_departing)
        await until(lambda: not window.pane.model.device(new))
        assert (await page.settings.load(INTERFACE)).text(path) == camera.address.host
        # The page has read the camera again, for its old row and its new one are the same page.
        await until(lambda: page.edits.document(INTERFACE).text(path) == camera.address.host)

    play(scene, "127.34.32.1", "127.34.33.1", "moves_at_once")


def test_the_own_password_is_known_afterwards(play: Callable[..., None]) -> None:
    async def scene(window: Window, device: DevicePage, page: SettingsPage, camera: DemoCamera) -> None:
        await edit(page, USERS, "password", "Better-4321")
        click(page.bar.apply)
        await until(lambda: page.departure.sheet is not None)
        click(page.departure.sheet.enter)
        await until(lambda: not page.is_busy, 150)
        stored = await window.context.vault.get(str(camera.address))
        assert stored.password == "Better-4321"
        assert window.device_page(camera.address) is device
        assert (await page.settings.load(USERS)).resource == USERS

    play(scene, "127.34.22.1", "127.34.23.1")


def test_an_address_that_cannot_work_is_not_even_asked_about(play: Callable[..., None]) -> None:
    async def scene(window: Window, device: DevicePage, page: SettingsPage, camera: DemoCamera) -> None:
        await edit(page, INTERFACE, "IPAddress/ipAddress", "239.1.2.3")
        click(page.bar.apply)
        await until(lambda: not page.is_busy and "was not changed" in page.bar.text.text())
        assert page.departure.sheet is None
        assert page.edits.count == 1
        assert device.session.address == camera.address
        # What is unsent is not thrown away by closing the window.
        window.close()
        assert window.isVisible()
        assert device.name in window._sheet.findChildren(QLabel)[1].text()
        QTest.keyClick(window._sheet, Qt.Key.Key_Escape)
        assert window.isVisible()
        window.close()
        click(window._sheet.enter)
        assert not window.isVisible()

    play(scene, "127.34.24.1", "127.34.25.1")


def test_a_lost_camera_is_shown_as_lost(play: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LOOKS_AT_RESTART", 4)

    async def scene(window: Window, device: DevicePage, page: SettingsPage, camera: DemoCamera) -> None:
        await edit(page, INTERFACE, "IPAddress/ipAddress", "127.34.27.77")
        click(page.bar.apply)
        await until(lambda: page.departure.sheet is not None)
        click(page.departure.sheet.enter)
        await until(lambda: not page.is_busy, 150)
        assert "has not come back" in page.bar.text.text()
        assert page.panel.banner.isVisible()
        assert "Scan again" in page.panel.banner.text.text()
        await until(lambda: window.pane.model.device(camera.address).state is DeviceState.LOST)
        assert any("has not come back" in m.text for m in window.context.messages.all if m.level is Level.ERROR)

    play(scene, "127.34.26.1", "127.34.27.1", "reboot_seconds=600")


def test_a_camera_that_asks_for_its_address_is_found_by_its_serial_number(play: Callable[..., None]) -> None:
    async def scene(window: Window, device: DevicePage, page: SettingsPage, camera: DemoCamera) -> None:
        new = Address("127.34.37.77", camera.address.port)
        path = await edit(page, INTERFACE, "addressingType", "dynamic")
        click(page.bar.apply)
        await until(lambda: page.departure.sheet is not None)
        assert "searched for by its serial number" in page.departure.sheet.findChildren(QLabel)[1].text()
        click(page.departure.sheet.enter)
        await until(lambda: "Looking for" in page.bar.text.text())
        await until(lambda: not page.is_busy, 150)
        assert f"is at {new} now" in page.bar.text.text()
        assert window.device_page(new) is device
        assert await window.context.vault.get(str(new)) == camera.credentials
        assert (await page.settings.load(INTERFACE)).text(path) == "dynamic"
        await until(lambda: not window.pane.model.device(camera.address))

    play(scene, "127.34.36.1", "127.34.37.1", "moves_at_once", "dhcp=127.34.37.77")


def test_by_hand_the_window_goes_along_too(play: Callable[..., None]) -> None:
    async def scene(window: Window, device: DevicePage, page: SettingsPage, camera: DemoCamera) -> None:
        new = Address("127.34.31.77", camera.address.port)
        page.tree.choose(INTERFACE)
        await until(lambda: page.panel.resource == INTERFACE and page.edits.document(INTERFACE) is not None)
        page.show_raw()
        sheet = window.findChild(RawSheet)
        await until(lambda: sheet.document is not None)
        sheet.editor.setPlainText(sheet.editor.as_typed.replace(camera.address.host, new.host))
        sheet.send()
        assert new.host in sheet.banner.text.text()
        assert device.session.address == camera.address
        sheet.send()  # agreed
        await until(lambda: window.device_page(new) is device, 150)
        assert await window.context.vault.get(str(new)) == camera.credentials

    play(scene, "127.34.30.1", "127.34.31.1", "moves_at_once")


def test_the_program_may_end_on_the_way(play: Callable[..., None]) -> None:
    async def scene(window: Window, device: DevicePage, page: SettingsPage, camera: DemoCamera) -> None:
        await edit(page, INTERFACE, "IPAddress/ipAddress", "127.34.35.77")
        click(page.bar.apply)
        await until(lambda: page.departure.sheet is not None)
        click(page.departure.sheet.enter)
        await until(lambda: page.is_departing)
        history = window.context.site_file.history
        window.close()
        assert window.isVisible()
        assert "being followed" in window._sheet.findChildren(QLabel)[1].text()
        window.close_sheet()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await device.close()
        (entry,) = await history.page(5)
        assert entry.state is ChangeState.UNKNOWN  # not "being sent" for ever

    play(scene, "127.34.34.1", "127.34.35.1", "reboot_seconds=600")


def test_who_does_not_want_to_wait_is_told_later(play: Callable[..., None]) -> None:
    async def scene(window: Window, device: DevicePage, page: SettingsPage, camera: DemoCamera) -> None:
        new = Address("127.34.29.77", camera.address.port)
        await edit(page, INTERFACE, "IPAddress/ipAddress", new.host)
        click(page.bar.apply)
        await until(lambda: page.departure.sheet is not None)
        click(page.departure.sheet.enter)
        await until(lambda: "Following" in page.bar.text.text())
        click(page.bar.cancel)
        await until(lambda: not page.is_busy)
        assert "Messages" in page.bar.text.text()
        assert page.writer.goes_on
        page.apply()
        assert "still being followed" in page.bar.text.text()
        await until(lambda: not page.writer.goes_on, 150)
        assert any(f"is at {new} now" in m.text for m in window.context.messages.all)
        assert window.device_page(new) is device
        assert await window.context.vault.get(str(new)) == camera.credentials

    play(scene, "127.34.28.1", "127.34.29.1", "reboot_seconds=3")

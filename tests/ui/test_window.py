"""The window as a whole: keys, palette, sheets, messages, remembered sizes, an orderly end."""

from __future__ import annotations

import asyncio
import sys
import threading
from dataclasses import replace

import pytest
from aio import until
from fakes import found
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QScrollArea

from app.errors import CameraError
from app.families.base import Credentials
from ui.bridge.messages import Level, Messages, install_crash_hook
from ui.bridge.tasks import TaskScope
from ui.dialogs.confirm import ConfirmSheet
from ui.models.status import Login
from ui.theme import DARK, Mode, tokens
from ui.video.overlay import Overlay
from ui.video.view import VideoView
from ui.window import Window

GATE = found(0).address


def press(window: Window, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


def test_palette_goes_to_a_device_by_keyboard(site, run) -> None:

    async def go() -> None:
        window = site.window
        window.activateWindow()
        press(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        await until(window.palette_list.isVisible)
        QTest.keyClicks(window.palette_list.line, "office")
        QTest.keyClick(window.palette_list.line, Qt.Key.Key_Return)
        await until(lambda: window.current_device is not None)
        assert window.current_device.name == "Office"
        assert window.palette_list.isHidden()

    run(go())


def test_keys_scan_step_and_sheets(site, run) -> None:

    async def go() -> None:
        window = site.window
        press(window, Qt.Key.Key_F5)
        assert site.discovery.rescans == 1
        press(window, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
        press(window, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
        assert window.current_device.found.address == found(1).address
        press(window, Qt.Key.Key_F1)
        sheet = window._sheet
        assert sheet is not None
        assert sheet.isVisible()
        press(window, Qt.Key.Key_Escape)
        await until(lambda: window._sheet is None)
        press(window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
        assert window.messages_pane.isVisible()
        press(window, Qt.Key.Key_Escape)
        assert window.messages_pane.isHidden()

    run(go())


def test_messages_wait_for_the_window_and_stay(site) -> None:
    site.messages.error("The stream stopped.", device="Gate", hint="It is tried again.", detail="RTSP 454")
    assert len(site.window.toasts.shown) == 1
    assert site.window.status.messages.text() == "Messages (1 new)"
    site.window.show_messages(True)
    assert "Gate: The stream stopped." in site.window.messages_pane.list.item(0).text()
    assert "RTSP 454" in site.window.messages_pane.detail.toPlainText()
    early = Messages()
    early.info("before anybody looked")
    heard: list[str] = []
    early.listen(lambda message: heard.append(message.text))
    assert heard == ["before anybody looked"]


def test_nothing_that_goes_wrong_is_lost(qapp: QApplication, run) -> None:
    messages = Messages()
    scope = TaskScope(messages, lambda: "Gate")
    shown: list[CameraError] = []

    async def fail(error: Exception) -> None:
        raise error

    async def go() -> None:
        scope.start(fail(CameraError("refused")))
        scope.start(fail(CameraError("inline")), on_error=shown.append)
        scope.start(fail(ZeroDivisionError()))
        endless = scope.start(asyncio.sleep(1000))
        while scope.active > 1:
            await asyncio.sleep(0)
        await scope.close()
        assert endless.cancelled()
        late = scope.start(asyncio.sleep(1000))
        await asyncio.wait({late})
        assert late.cancelled()
        await asyncio.sleep(0)

    run(go())
    assert [(m.level, m.device) for m in messages.all] == [(Level.ERROR, "Gate")] * 2
    assert any("ZeroDivisionError" in m.text for m in messages.all)
    assert [e.summary for e in shown] == ["inline"]


def test_crashes_of_any_thread_become_messages(qtbot, run) -> None:
    messages = Messages()
    remove = install_crash_hook(messages)
    try:
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: bool(messages.all), timeout=20_000)
    finally:
        remove()
    assert "ZeroDivisionError" in messages.all[0].detail


def test_a_picture_that_cannot_be_painted_is_a_message_and_its_frames_are_not_kept(
    qtbot, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A painter that outlives its widget takes the process down, and Python keeps the frames of the last failure."""
    messages = Messages()
    remove = install_crash_hook(messages)
    try:
        view = VideoView()
        monkeypatch.setattr(Overlay, "paint_words", lambda *args, **kwargs: 1 / 0)
        view.show()
        qtbot.waitUntil(lambda: bool(messages.all), timeout=20_000)
        assert "ZeroDivisionError" in messages.all[0].detail
        assert sys.last_traceback is None
        view.close()
    finally:
        remove()


def test_sizes_and_theme_are_remembered(site) -> None:
    window = site.window
    window.resize(1100, 680)
    window.columns.setSizes([400, 700])
    window.use_theme(Mode.DARK)
    assert tokens() == DARK
    wanted = window.columns.sizes()
    window.close()
    again = Window(Messages(), QSettings(site.settings.fileName(), QSettings.Format.IniFormat), site.context.theme)
    again.show()
    assert again.size().height() == 680  # the width is cut to the screen, which is small here
    assert abs(again.columns.sizes()[0] - wanted[0]) < 4
    again.close()
    again.deleteLater()


def test_every_control_has_a_name(site, run) -> None:

    async def go() -> None:
        site.window.pane.select(GATE)
        await until(lambda: site.window.device_page(GATE).door.sheet is not None)

    run(go())
    for kind in (QAbstractButton, QLineEdit, QComboBox):
        for widget in site.window.findChildren(kind):
            if widget.objectName().startswith("qt_") or type(widget).__module__.startswith("PySide6") is False:
                continue
            named = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
            if not named and isinstance(widget.parent(), QLineEdit):
                continue  # Qt's own clear button
            assert named, widget


def test_survives_its_smallest_size(site) -> None:
    site.window.resize(1024, 640)
    assert site.window.size().width() == 1024
    site.window.toggle_pane()
    assert site.window.pane.isHidden()
    site.window.toggle_pane()
    assert site.window.pane.isVisible()


def test_sessions_close_at_the_end(site, run) -> None:

    async def go() -> None:
        for number in (0, 1):
            address = found(number).address
            await site.vault.set(address, Credentials("admin", "secret"))
            site.window.pane.select(address)
            await until(lambda a=address: site.window.device_page(a).session is not None)
        await site.window.shut()
        assert [session.closed for session in site.connect.sessions] == [True, True]

    run(go())


def test_an_open_page_follows_what_is_heard_of_its_device(site, run) -> None:
    from dataclasses import replace

    from app.discovery import Changes
    from app.model.device import DeviceState

    async def go() -> None:
        site.window.pane.select(GATE)
        page = site.window.current_device
        site.discovery.tell(Changes(changed=(replace(page.found, state=DeviceState.LOST),)))
        assert page.head.word.text() == "lost"
        site.discovery.tell(Changes(changed=(replace(page.found, state=DeviceState.FOUND, name="North gate"),)))
        assert page.head.name.text() == "North gate"
        assert page.head.word.text() != "lost"

    run(go())


def test_the_list_of_keys_shows_all_of_them_without_scrolling(site) -> None:
    site.window.resize(1280, 720)
    site.window.show_keys()
    area = site.window._sheet.findChild(QScrollArea)
    QApplication.processEvents()
    assert area.verticalScrollBar().maximum() == 0
    assert area.horizontalScrollBar().maximum() == 0


def test_cameras_of_one_name_are_told_with_their_addresses(site, run) -> None:
    """Where what is not sent would be lost, and where settings of one are written to another."""

    async def go() -> None:
        window = site.window
        twins = [replace(found(number), name="Gate") for number in (0, 1)]
        alone = found(2)
        for each in (*twins, alone):
            window.show_device(each)
            page = window.devices.at(each.address)
            await until(lambda p=page: p.standing.login is not Login.CONNECTING)
            page.standing = replace(page.standing, changes=2)
        said = window.devices.unfinished()
        assert "2 changes on Gate (127.18.0.1) not sent." in said
        assert "2 changes on Gate (127.18.0.2) not sent." in said
        assert f"2 changes on {alone.name} not sent." in said
        window.close()
        await until(lambda: window.findChildren(ConfirmSheet))
        (sheet,) = window.findChildren(ConfirmSheet)
        await until(sheet.leave.hasFocus)
        assert sheet.leave.text() == "Stay"
        QTest.keyClick(sheet.leave, Qt.Key.Key_Escape)
        for each in twins, [alone]:
            for one in each:
                page = window.devices.at(one.address)
                page.standing = replace(page.standing, changes=0)

    run(go())

"""Ctrl+K opens the search from every page, from the wall, out of a sheet, and while somebody types: on Linux the same
keys delete to the end of a line in Qt's own text fields."""

from __future__ import annotations

import pytest
from aio import until
from fakes import found
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QSpinBox

from app.families.base import Credentials
from ui.window import Window

pytestmark = pytest.mark.gui
GATE = found(0).address
CTRL = Qt.KeyboardModifier.ControlModifier


def press(window: Window, key: Qt.Key, modifiers: Qt.KeyboardModifier = CTRL) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


async def opens_and_closes(window: Window) -> None:
    press(window, Qt.Key.Key_K)
    await until(window.palette_list.isVisible)
    press(window, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    await until(window.palette_list.isHidden)


def test_from_every_page_of_a_device_and_from_the_wall(site, run) -> None:
    async def go() -> None:
        window = site.window
        window.activateWindow()
        await site.vault.set(GATE, Credentials("admin", "secret"))
        window.pane.select(GATE)
        device = window.device_page(GATE)
        await until(lambda: device.session is not None)
        for page in device.pages:
            device.show_page(page.title)
            await until(page.isVisible)
            await opens_and_closes(window)
        press(window, Qt.Key.Key_G)
        await until(lambda: window.current_view is not None)
        await opens_and_closes(window)

    run(go())


def test_out_of_a_sheet(site, run) -> None:
    async def go() -> None:
        window = site.window
        window.activateWindow()
        press(window, Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier)
        await until(lambda: window._sheet is not None and window._sheet.isVisible())
        press(window, Qt.Key.Key_K)
        await until(window.palette_list.isVisible)

    run(go())


def text_of(field) -> str:
    if isinstance(field, QPlainTextEdit):
        return field.toPlainText()
    return (field if isinstance(field, QLineEdit) else field.findChild(QLineEdit)).text()


@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit, QSpinBox, QComboBox])
def test_while_somebody_types(site, run, kind) -> None:
    async def go() -> None:
        window = site.window
        window.activateWindow()
        field = kind(window.centralWidget())
        field.resize(200, 60)
        if isinstance(field, QComboBox):
            field.setEditable(True)
        field.show()
        field.setFocus()
        QTest.keyClicks(QApplication.focusWidget(), "123")
        press(window, Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier)
        typed = text_of(field)
        assert typed
        press(window, Qt.Key.Key_K)
        await until(window.palette_list.isVisible)
        assert text_of(field) == typed

    run(go())

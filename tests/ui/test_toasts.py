"""Toasts cover nothing that somebody could press or type into, as long as one corner is free."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from ui.bridge.messages import Level, Message
from ui.panes.messages_pane import Toasts

pytestmark = pytest.mark.gui
SIZE = (1024, 640)


@pytest.fixture
def window(qtbot, theme):
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(*SIZE)
    made.show()
    return made


def message(text="It did not keep this setting"):
    return Message(Level.WARNING, text, "Gate")


def covers(toast, part) -> bool:
    return toast.geometry().intersects(part.geometry())


def put(window, part, x, y):
    part.setParent(window)
    part.setGeometry(QRect(x, y, 120, 28))
    part.show()
    return part


def test_it_is_at_the_lower_right_where_nothing_is(window):
    toasts = Toasts(window)
    toasts.add(message())
    (toast,) = toasts.shown
    assert toast.geometry().right() > SIZE[0] - 20
    assert toast.geometry().bottom() > SIZE[1] - 60


def test_it_goes_out_of_the_way_of_a_button(window):
    button = put(window, QPushButton("Write"), 880, 560)
    toasts = Toasts(window)
    toasts.add(message())
    assert not covers(toasts.shown[0], button)
    line = put(window, QLineEdit(), 880, 80)
    toasts.add(message("Another one"))
    assert not any(covers(toast, part) for toast in toasts.shown for part in (button, line))


def test_it_goes_away_from_a_sheet_that_opens_under_it(window, qtbot):
    toasts = Toasts(window)
    toasts.add(message())
    sheet = put(window, QPushButton("Write"), 880, 560)
    assert covers(toasts.shown[0], sheet)
    window.activateWindow()
    sheet.setFocus()
    qtbot.waitUntil(lambda: not covers(toasts.shown[0], sheet))


def test_where_every_corner_is_taken_it_stays_where_it_is_looked_for(window):
    corners = ((880, 560), (880, 80), (40, 560), (40, 80))
    buttons = [put(window, QPushButton("Write"), *at) for at in corners]
    toasts = Toasts(window)
    toasts.add(message())
    assert covers(toasts.shown[0], buttons[0])

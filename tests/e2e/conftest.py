"""What every test of the whole window needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

MOUSE = {QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseMove, QEvent.Type.Wheel}


@pytest.fixture
def look(qapp: QApplication) -> Iterator[None]:
    """The window themes the application; other tests want it as it was."""
    font, palette, style = qapp.font(), qapp.palette(), qapp.style().objectName()
    yield
    qapp.setStyleSheet("")
    qapp.setStyle(style)
    qapp.setPalette(palette)
    qapp.setFont(font)


class MouseTrap(QObject):
    """Counts what a mouse did."""

    caught = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.caught += event.type() in MOUSE
        return False


@pytest.fixture
def no_mouse(qapp: QApplication) -> Iterator[None]:
    """The test fails at its end when anything was done with a mouse."""
    trap = MouseTrap()
    qapp.installEventFilter(trap)
    yield
    qapp.removeEventFilter(trap)
    assert trap.caught == 0

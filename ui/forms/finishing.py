"""What a form does after it has been painted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QHelpEvent, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from ui.forms.row import FieldRow

SOON = 40  # ms after the last new row was seen
SLICE = 0.004  # seconds of completing before the window may draw again


class FormBody(QWidget):
    """What the rows stand on. A row that has no tip of its own leaves the question to it."""

    painted = Signal()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted.emit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self.childAt(event.pos())
            if isinstance(row, FieldRow):
                QToolTip.showText(event.globalPos(), row.tip_at(row.mapFrom(self, event.pos())), row)
                return True
        return super().event(event)


class Finishing(QObject):
    """A form is painted first. When nothing more comes into view for a while, the rows around it are built, so that
    Tab has somewhere to go, and editors are completed, so that screen readers find what is in them."""

    def __init__(self, widen: Callable[[], None], rows: Callable[[], Iterable[FieldRow]], parent: QObject) -> None:
        super().__init__(parent)
        self._widen, self._rows = widen, rows
        self._wanted = False
        self._rest, self._turn = QTimer(self), QTimer(self)
        for timer, pause, action in ((self._rest, SOON, self._rested), (self._turn, 0, self._complete)):
            timer.setSingleShot(True)
            timer.setInterval(pause)
            timer.timeout.connect(action)

    def later(self) -> None:
        """There are new rows, not seen yet."""
        self._wanted = True

    def painted(self) -> None:
        if self._wanted:
            self._wanted = False
            self._rest.start()

    def _rested(self) -> None:
        self._widen()
        self._turn.start()

    def _complete(self) -> None:
        """A slice at a time."""
        began = time.perf_counter()
        for row in self._rows():
            if row.complete() and time.perf_counter() - began > SLICE:
                self._turn.start()
                return

"""The line that filters the list of devices: its keys lead into the list below it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class FilterField(QLineEdit):
    left = Signal()  # Esc: nothing shall be filtered
    entered = Signal()  # Down or Enter: on to what is left

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(self.tr("Filter devices"))
        self.setAccessibleName(self.tr("Filter by name, address, model, serial or MAC"))
        self.setToolTip(self.tr("Name, address, model, serial or MAC (Ctrl+Shift+F)"))
        self.setClearButtonEnabled(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)

"""The line under the list of devices in which an address is typed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.discovery.sweep import is_range
from app.errors import CameraError
from app.model.device import Address, Found
from ui.bridge.tasks import TaskScope
from ui.theme import GAP

Ask = Callable[[Address], Awaitable[Found]]
Sweep = Callable[[str, Callable[[int, int], None]], Awaitable[int]]


class AddressRow(QWidget):
    """Asks the device at an address, or all of a range, who it is. added: it answered; left: nobody wants to add one
    any more."""

    added = Signal(object)  # Found
    left = Signal()

    def __init__(self, scope: TaskScope) -> None:
        super().__init__()
        self._scope = scope
        self.ask: Ask | None = None  # None while nothing can be asked
        self.sweep: Sweep | None = None
        self._sweeping: asyncio.Task[Any] | None = None
        self.address = QLineEdit()
        self.address.setPlaceholderText(self.tr("192.168.1.64, name:port or 192.168.1.10-60"))
        self.address.setAccessibleName(self.tr("Address of the device to add, or a range"))
        self.address.returnPressed.connect(self._add)
        self.address.textEdited.connect(lambda: self.problem.hide())
        self.address.installEventFilter(self)
        self.now = QPushButton(self.tr("Add"))
        self.now.clicked.connect(self._add)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setProperty("role", "error")
        self.problem.hide()
        line = QHBoxLayout()
        line.setSpacing(GAP)
        line.addWidget(self.address, 1)
        line.addWidget(self.now)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.addLayout(line)
        layout.addWidget(self.problem)
        self.hide()

    def open(self) -> None:
        self.show()
        self.address.setFocus()
        self.address.selectAll()

    def _add(self) -> None:
        if self._sweeping is not None:
            self._sweeping.cancel()
            return
        if is_range(self.address.text()) and self.sweep is not None:
            self._sweeping = self._scope.start(self._add_range(self.sweep, self.address.text()))
            return
        try:
            address = Address.parse(self.address.text())
        except ValueError as error:
            self._failed(str(error))
            return
        if self.ask is None:
            return
        self.address.setEnabled(False)
        self.now.setEnabled(False)
        self.now.setText(self.tr("Asking…"))
        self._scope.start(self._add_one(self.ask, address))

    async def _add_one(self, ask: Ask, address: Address) -> None:
        try:
            found = await ask(address)
        except CameraError as error:
            self._failed(f"{error.summary} {error.hint}".strip())
            return
        finally:
            self.address.setEnabled(True)
            self.now.setEnabled(True)
            self.now.setText(self.tr("Add"))
        self.hide()
        self.address.clear()
        self.added.emit(found)

    async def _add_range(self, sweep: Sweep, text: str) -> None:
        """The button stops it meanwhile; what was found until then stays in the list."""
        self.address.setEnabled(False)
        self.now.setText(self.tr("Stop"))
        try:
            found = await sweep(text, self._show_sweep)
        except CameraError as error:
            self._failed(f"{error.summary} {error.hint}".strip())
            return
        finally:
            self._sweeping = None
            self.address.setEnabled(True)
            self.now.setText(self.tr("Add"))
        if not found:
            self._failed(self.tr("No camera answered in this range."))
            return
        self.hide()
        self.address.clear()
        self.left.emit()

    def _show_sweep(self, asked: int, addresses: int) -> None:
        self.now.setText(self.tr("Stop ({0} of {1})").format(asked, addresses))

    def _failed(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.show()
        self.address.setEnabled(True)
        self.address.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        escaped = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if escaped and event.key() == Qt.Key.Key_Escape:
            self.hide()
            self.left.emit()
            return True
        return super().eventFilter(watched, event)

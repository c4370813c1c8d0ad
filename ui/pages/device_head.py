"""The head of a device's page: what one wants to know of it on every page."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from app.model.device import Found
from ui.models.status import Status, short_address
from ui.theme import GAP, GAP_WIDE, icon


class DeviceHead(QFrame):
    """Name, model, firmware, address, status."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("deviceHead")
        self.setFixedHeight(48)
        self.name = QLabel()
        self.name.setObjectName("pageTitle")
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.facts = QLabel()
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setProperty("role", "secondary")
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.shape = QLabel()
        self.word = QLabel()
        self._shown: tuple[str, Found, Status] | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP_WIDE, 0, GAP_WIDE, 0)
        row.setSpacing(GAP_WIDE)
        row.addWidget(self.name)
        row.addWidget(self.facts, 1)
        row.addWidget(self.shape)
        row.addSpacing(GAP - GAP_WIDE)
        row.addWidget(self.word)

    def show_device(self, name: str, found: Found, state: Status) -> None:
        self.name.setText(name)
        facts = (found.model if found.model != name else "", found.firmware, short_address(found.address))
        self.facts.setText("    ".join(fact for fact in facts if fact))
        self.shape.setPixmap(icon(state.icon, 16, state.token).pixmap(QSize(16, 16), self.devicePixelRatioF()))
        self.word.setText(state.word)
        role = state.token if state.token in ("ok", "warn", "error", "info", "secondary") else "info"
        self.word.setProperty("role", role)
        self.word.style().unpolish(self.word)
        self.word.style().polish(self.word)
        self._shown = (name, found, state)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._shown is not None:
            self.show_device(*self._shown)

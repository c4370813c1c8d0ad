"""By topic or by protocol: a switch with its two positions written out."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QWidget


class TreeSwitch(QWidget):
    """One of two buttons is down. Tab reaches it, the arrow keys change it."""

    switched = Signal(bool)  # by hand; True: by protocol

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.topic = QPushButton(self.tr("By topic"))
        self.path = QPushButton(self.tr("By protocol"))
        self.topic.setToolTip(self.tr("The settings that this device has, in the order in which people look for them"))
        self.path.setToolTip(self.tr("Everything that the protocol knows, also what this device lacks or refuses"))
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for button in (self.topic, self.path):
            button.setObjectName("segment")
            button.setCheckable(True)
            button.setAccessibleDescription(self.tr("How the tree of settings is arranged"))
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            self._group.addButton(button)
            row.addWidget(button, 1)
        self.topic.setChecked(True)
        self._group.buttonToggled.connect(self._toggled)

    @property
    def by_protocol(self) -> bool:
        return self.path.isChecked()

    def show_choice(self, by_protocol: bool) -> None:
        """Moves the switch as the program wants it; nobody is told."""
        self._group.blockSignals(True)
        (self.path if by_protocol else self.topic).setChecked(True)
        self._group.blockSignals(False)

    def _toggled(self, button: object, down: bool) -> None:
        if down:
            self.switched.emit(button is self.path)

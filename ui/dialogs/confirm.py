"""Asks before something that cannot be undone: the consequence in words, the camera's name on the button, and its
name to be typed where the camera itself can be lost."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from ui.dialogs.sheet import Sheet


class ConfirmSheet(Sheet):
    agreed = Signal()

    def __init__(
        self, parent: QWidget, title: str, consequence: str, button: str, typed: str = "", leave: str = ""
    ) -> None:
        """typed: what has to be typed before the button works, "" for nothing. leave: the other button, where “Leave
        it” could be misread."""
        more = 20 * max(0, len(consequence) // 60 - 2)  # lines that a longer text takes
        super().__init__(parent, title, 520, (260 if typed else 200) + more)
        self._typed = typed
        text = QLabel(consequence)
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        self.body.addWidget(text)
        self.line = QLineEdit()
        if typed:
            ask = QLabel(self.tr("Type {} to go on:").format(typed))
            ask.setTextFormat(Qt.TextFormat.PlainText)
            ask.setBuddy(self.line)
            self.line.setAccessibleName(ask.text())
            self.line.textChanged.connect(self._follow)
            self.line.returnPressed.connect(self._agree)
            self.body.addWidget(ask)
            self.body.addWidget(self.line)
        self.body.addStretch(1)
        self.leave = QPushButton(leave or self.tr("Leave it"))
        self.enter = QPushButton(button)
        self.enter.clicked.connect(self._agree)
        self.add_choice(self.leave, self.enter)
        self._follow()

    def open(self) -> None:
        super().open()
        (self.line if self._typed else self.leave).setFocus()

    def _follow(self) -> None:
        self.enter.setEnabled(not self._typed or self.line.text().strip() == self._typed)

    def _agree(self) -> None:
        if self.enter.isEnabled():
            self.dismiss()
            self.agreed.emit()

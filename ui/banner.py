"""A line that must be read, in its place on a page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from ui.forms.row import GAP


class Banner(QFrame):
    """One thing that must be read, with at most one button."""

    def __init__(self) -> None:
        super().__init__()
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.button = QPushButton()
        self.frame = QFrame()
        self.frame.setObjectName("banner")
        self.line = QHBoxLayout(self.frame)
        self.line.setContentsMargins(2, 0, 2, 0)
        self.line.addWidget(self.text, 1)
        self.line.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP, 4, GAP, 4)
        layout.addWidget(self.frame)
        self.hide()

    def say(self, role: str, text: str, button: str = "") -> None:
        self.text.setText(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        for widget in (self.frame, self.text):
            widget.setProperty("role", role)
            widget.style().unpolish(widget)
            widget.style().polish(widget)
        self.setAccessibleName(text)
        self.show()

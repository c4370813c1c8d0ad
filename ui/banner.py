"""A line that must be read, in its place on a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

Way = tuple[str, Callable[[], None]]  # the words of a button and what it does
_MARGIN = 12  # where the rows of a form begin


class Banner(QFrame):
    """One thing that must be read, with at most two buttons: those of who says it, or ways that lead on."""

    def __init__(self, margin: int = _MARGIN) -> None:
        super().__init__()
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.button, self.second = QPushButton(), QPushButton()
        self._ways: tuple[Way, ...] = ()
        self.frame = QFrame()
        self.frame.setObjectName("banner")
        self.line = QHBoxLayout(self.frame)
        self.line.setContentsMargins(2, 0, 2, 0)
        self.line.addWidget(self.text, 1)
        for number, button in enumerate((self.button, self.second)):
            button.clicked.connect(partial(self._go, number))
            self.line.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(margin, 4, margin, 4)
        layout.addWidget(self.frame)
        self.hide()

    def say(self, role: str, text: str, button: str = "") -> None:
        self._show(role, text, (button, ""), ())

    def offer(self, role: str, text: str, ways: Sequence[Way]) -> None:
        """The banner goes when one of the ways is taken."""
        first, second, *_ = (*(label for label, _ in ways), "", "")
        self._show(role, text, (first, second), tuple(ways))

    def _show(self, role: str, text: str, buttons: tuple[str, str], ways: tuple[Way, ...]) -> None:
        self._ways = ways
        self.text.setText(text)
        for button, label in zip((self.button, self.second), buttons, strict=True):
            button.setText(label)
            button.setVisible(bool(label))
        for widget in (self.frame, self.text):
            widget.setProperty("role", role)
            widget.style().unpolish(widget)
            widget.style().polish(widget)
        self.setAccessibleName(text)
        self.show()

    def _go(self, number: int) -> None:
        if number < len(self._ways):
            self.hide()
            self._ways[number][1]()

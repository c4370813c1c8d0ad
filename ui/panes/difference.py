"""A difference between two texts, with what went and what came in colour."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ui.theme import tokens


class DifferenceView(QPlainTextEdit):
    """Read-only. `setPlainText` takes a unified difference."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setProperty("mono", True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._colours = _Colours(self.document())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colours.rehighlight()


class _Colours(QSyntaxHighlighter):
    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)

    def highlightBlock(self, text: str) -> None:
        colours = tokens()
        role = {"+": colours.ok, "-": colours.error, "@": colours.secondary}.get(text[:1])
        if role is not None:
            style = QTextCharFormat()
            style.setForeground(QColor(role))
            self.setFormat(0, len(text), style)

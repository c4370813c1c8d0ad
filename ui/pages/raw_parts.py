"""The three texts of the raw view: the document, what differs, and what became of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QFontDatabase, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPlainTextEdit, QTextEdit

from app.settings import values
from app.settings.changes import FieldProof, Proof
from app.settings.document import Document
from ui.theme import icon
from ui.theme.tokens import tokens
from ui.theme.verdicts import SIGNS

LONGEST_LINE = 300  # characters; beyond that lines are wrapped
_WRAP = QPlainTextEdit.LineWrapMode


class MonoText(QPlainTextEdit):
    """Text in letters of one width, that can only be read until somebody says otherwise."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setProperty("mono", True)
        self.setLineWrapMode(_WRAP.NoWrap)
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)


class DocumentText(MonoText):
    """What the camera sent, or what somebody makes of it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._marked: int | None = None

    @property
    def as_typed(self) -> str:
        """`toPlainText` would turn hard blanks into blanks."""
        return self.document().toRawText().replace("\u2029", "\n")

    def show_text(self, text: str) -> None:
        self.setPlainText(text)
        self.setLineWrapMode(wrapping(text))

    def mark_line(self, line: int | None) -> None:
        """The line of a problem, counted from 1; None for no problem."""
        self._marked = line
        block = self.document().findBlockByNumber(line - 1) if line else None
        marks = []
        if block is not None and block.isValid():
            mark = QTextEdit.ExtraSelection()
            mark.cursor = self.textCursor()
            mark.cursor.setPosition(block.position())
            mark.format.setBackground(QColor(tokens().error_soft))
            mark.format.setProperty(QTextCharFormat.Property.FullWidthSelection, True)
            marks.append(mark)
        self.setExtraSelections(marks)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.extraSelections():
            self.mark_line(self._marked)


class DiffText(MonoText):
    """Lines with + and - in front, in their colours."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._colours = _DiffColours(self.document())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.toPlainText():
            self._colours.rehighlight()


class VerdictList(QListWidget):
    """What became of each field."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setWordWrap(True)

    def show_proof(self, document: Document, proof: Proof) -> None:
        self.clear()
        for each in proof.fields:
            name, colour = SIGNS[each.verdict]
            item = QListWidgetItem(icon(name, 16, colour), _line(document, each))
            item.setToolTip(each.path)
            self.addItem(item)


def _line(document: Document, field: FieldProof) -> str:
    spec = next((each.spec for each in document.fields if each.path == field.path), None)

    def shown(text: str) -> str:
        return (text if spec is None or field.secret else values.display(text, spec)) or "–"

    verdict = field.verdict.value.capitalize()
    change = f"{shown(field.old)} → {shown(field.new)}" if field.new != field.old else shown(field.old)
    reason = f". {field.reason}" if field.reason else ""
    return f"{verdict}: {field.title or field.path}  {change}{reason}"


def wrapping(text: str) -> QPlainTextEdit.LineWrapMode:
    """Lines stay whole, unless a camera sends everything in one: then its middle could not be found."""
    longest = max(map(len, text.split("\n")))
    return _WRAP.WidgetWidth if longest > LONGEST_LINE else _WRAP.NoWrap


class _DiffColours(QSyntaxHighlighter):
    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)

    def highlightBlock(self, text: str) -> None:
        colours = tokens()
        chosen = {"+": (colours.ok, colours.ok_soft), "-": (colours.error, colours.error_soft)}.get(text[:1])
        look = QTextCharFormat()
        if chosen is not None:
            look.setForeground(QColor(chosen[0]))
            look.setBackground(QColor(chosen[1]))
        elif text.startswith("@@"):
            look.setForeground(QColor(colours.secondary))
        self.setFormat(0, len(text), look)

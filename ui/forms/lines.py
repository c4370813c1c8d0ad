"""The editor of a text of several lines: its breaks and blanks are part of the value."""

from __future__ import annotations

import math
import re
from itertools import takewhile

from PySide6.QtCore import QMimeData, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFontDatabase, QFontMetrics, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.settings.spec import Spec
from ui.forms.editors import WIDE

FEWEST, MOST = 2, 6  # lines that are seen at once
FRAME = 20  # above and below the lines: border, padding and the document's own margin
SIDES = 40  # beside them, with the scroll bar
_SIGN = re.compile(r"\r\n|[\s\S]")  # what stands as one character in the editor
_BREAK = "\u2029"  # as Qt holds a line break


class LinesEditor(QPlainTextEdit):
    """A text as it is, in letters of one width. Enter breaks the line, Tab goes on to the next field.

    Qt knows one kind of line break, wire texts have three: what the user did not touch is taken from the wire text,
    not from the editor.
    """

    user_edited = Signal(str)

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self._wire = self._raw = ""  # one text, as on the wire and as Qt holds it
        self.setProperty("mono", True)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)  # undo belongs to the document, across all fields
        self.textChanged.connect(self._typed)

    def wanted_width(self) -> int:
        return WIDE

    def wanted_height(self) -> int:
        """All lines while they are few, as they are broken at the wanted width."""
        self.ensurePolished()  # the style sheet chooses the letters
        metrics, room = QFontMetrics(self.font()), WIDE - SIDES
        lines = 0
        for line in self._raw.split(_BREAK):
            lines += max(1, math.ceil(metrics.horizontalAdvance(line[:1000]) / room))
            if lines >= MOST:
                break
        return min(max(lines, FEWEST), MOST) * metrics.lineSpacing() + FRAME

    def show_text(self, text: str, held: str) -> None:
        del held
        if text == self._wire:
            return
        blocker = QSignalBlocker(self)
        self.setPlainText(text)
        blocker.unblock()
        self._wire, self._raw = text, self.document().toRawText()

    def typed(self) -> str:
        """What stands there, as a wire text."""
        return self._wire

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.insertPlainText("\n")  # Qt would put in a sign that no camera knows
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """A paste comes as it is, hard blanks and all."""
        self.insertPlainText(source.text())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus() and self.verticalScrollBar().maximum():
            super().wheelEvent(event)
        else:
            event.ignore()  # the form scrolls

    def _typed(self) -> None:
        raw = self.document().toRawText()
        if raw == self._raw:
            return
        self._wire, self._raw = merged(self._wire, self._raw, raw), raw
        self.user_edited.emit(self._wire)


def merged(wire: str, before: str, after: str) -> str:
    """The wire text of what Qt holds as `before`, with the edit that made `after` of it. New lines are broken as the
    first of the old ones is."""
    signs = _SIGN.findall(wire)
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    line_end = next((sign for sign in signs if sign in ("\r\n", "\n", "\r")), "\n")
    fresh = after[head : len(after) - tail].replace(_BREAK, line_end)
    return "".join((*signs[:head], fresh, *signs[len(signs) - tail :]))


def _alike(one: str, other: str) -> int:
    """How many characters they begin with that are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))

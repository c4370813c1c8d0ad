"""One widget for each way to edit a value. An editor shows wire texts and tells what the user typed; the
document owns the edit, its problems and its undo, so an editor never clamps, corrects or remembers anything.
"""

from __future__ import annotations

import re
from typing import ClassVar, Protocol

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from app.settings import values
from app.settings.spec import Kind, Spec
from ui.theme import icon

NARROW, SHORT, NORMAL, WIDE = 112, 160, 240, 360  # widths in pixels at 100 %
LEAST = 88  # an editor does not shrink below this
STEPS = (WIDE, NORMAL, SHORT)  # the widths that it shrinks by
_LONGEST = 2_000_000  # QLineEdit's own limit would cut long values
_BREAKS = re.compile("[\r\n\u2028\u2029]+")
_RATE = re.compile(r"[0-9]{1,40}(?:[.,][0-9]{0,4})?")


class Editor(Protocol):
    """What the form needs of an editor widget. `user_edited` carries the new wire text."""

    user_edited: ClassVar[Signal]

    def show_text(self, text: str, held: str) -> None:
        """Shows a wire text as it is, without telling anybody. held is what the device holds."""

    def wanted_width(self) -> int:
        """In pixels; the row may give less."""


class LineEditor(QLineEdit):
    """Any text. What is typed is what the document gets; wrong values stay visible with their problem."""

    user_edited = Signal(str)

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.setMaxLength(_LONGEST)
        if spec.kind is Kind.HEX:
            self.setProperty("mono", True)
        self.textEdited.connect(self._typed)

    def wanted_width(self) -> int:
        if self.spec.kind in (Kind.IPV4, Kind.MAC, Kind.TIME, Kind.DATE):
            return SHORT
        if self.spec.kind is Kind.TEXT and self.spec.max_length is not None and self.spec.max_length <= 16:
            return SHORT
        return WIDE if self.spec.kind in (Kind.IPV6, Kind.HEX) else NORMAL

    def show_text(self, text: str, held: str) -> None:
        shown, typed = self.to_shown(text), self.typed()
        if text == typed or shown == self.text():
            return
        if self.hasFocus() and self.isModified() and values.wire(typed, self.spec, held) == text:
            return  # the same in other letters, of which more may follow: 1.0 on the way to 1.05
        self.setText(shown)
        self.setCursorPosition(0)

    def typed(self) -> str:
        """What stands there, as a wire text."""
        return self.to_wire(self.text())

    def to_shown(self, text: str) -> str:
        return text

    def to_wire(self, typed: str) -> str:
        return typed

    def _typed(self, typed: str) -> None:
        if _BREAKS.search(typed):
            typed = self._in_one_line(typed)
        self.user_edited.emit(self.to_wire(typed))

    def _in_one_line(self, typed: str) -> str:
        """A paste often ends in a line break, which a line shows as a blank and a camera takes as part of the value: of
        a password even. Breaks around it go, those inside become the blanks that are seen."""
        line = _BREAKS.sub(" ", typed.strip("\r\n\u2028\u2029"))
        at = self.cursorPosition()
        self.setText(line)
        self.setCursorPosition(min(at, len(line)))
        return line


def is_undo(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)


class NumberEditor(LineEditor):
    """Numbers with arrow keys, stepping from hole to hole inside the limits. The wheel is for the form: a value must
    not change because the pointer came over it while somebody scrolls."""

    def wanted_width(self) -> int:
        return NARROW

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Up: 1,
            Qt.Key.Key_Down: -1,
            Qt.Key.Key_PageUp: 10,
            Qt.Key.Key_PageDown: -10,
        }.get(Qt.Key(event.key()))
        if steps is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        self.step(steps)

    def step(self, count: int) -> None:
        """Adds count units; a value that is no number stays as it is."""
        before = self.to_wire(self.text())
        stepped = step_number(before, count * self.unit(), self.spec)
        if stepped is not None and stepped != before:
            self.setText(self.to_shown(stepped))
            self.user_edited.emit(stepped)

    def unit(self) -> float:
        """One step: a tenth where the whole range is only a few units wide."""
        low, high = self.spec.minimum, self.spec.maximum
        fine = self.spec.kind is Kind.FLOAT and low is not None and high is not None and high - low <= 10
        return 0.1 if fine else 1


class FrameRateEditor(NumberEditor):
    """Frames a second, kept on the wire times 100."""

    def to_shown(self, text: str) -> str:
        if not (text.isascii() and text.isdigit()):
            return text
        whole, part = divmod(int(text), 100)
        return f"{whole}.{part:02}".rstrip("0").rstrip(".")

    def to_wire(self, typed: str) -> str:
        if _RATE.fullmatch(typed.strip()) is None:
            return typed
        whole, _, part = typed.strip().replace(",", ".").partition(".")
        return str((int(whole) * 10_000 + int(f"{part:0<4}") + 50) // 100)

    def unit(self) -> float:
        return 100


class SecretEditor(LineEditor):
    """A value that the device never shows. Empty means unchanged."""

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setPlaceholderText(self.tr("unchanged"))
        reveal = QAction(icon("eye", 16, "secondary"), self.tr("Show what is typed (Ctrl+E)"), self)
        reveal.setCheckable(True)
        reveal.setShortcut(QKeySequence("Ctrl+E"))
        reveal.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        reveal.toggled.connect(self._reveal)
        self.addAction(reveal, QLineEdit.ActionPosition.TrailingPosition)

    def show_text(self, text: str, held: str) -> None:
        # Some devices answer with a mask; typing must not go on from that.
        super().show_text("" if text == held else text, held)

    def _reveal(self, on: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password)


class Fact(QLabel):
    """A value that can only be read looks like a fact and can be selected."""

    user_edited = Signal(str)

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self._called = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setContentsMargins(0, 2, 0, 0)  # on one line with the painted label
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def wanted_width(self) -> int:
        return self.sizeHint().width() + 8

    def show_text(self, text: str, held: str) -> None:
        del held
        shown = values.display(text, self.spec) if text else "—"
        line = " ".join(shown.split())
        self.setText(line if len(line) <= 400 else f"{line[:400]}…")
        super().setAccessibleName(f"{self._called}: {self.text()}")
        self.setToolTip(shown[:4000] if len(shown) > 60 or line != shown else "")

    def setAccessibleName(self, name: str) -> None:
        """Qt hands on the name of a label in the place of its text: both are said."""
        self._called = name
        super().setAccessibleName(f"{name}: {self.text()}")

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)


def step_number(text: str, delta: float, spec: Spec) -> str | None:
    """text plus delta, moved over holes and stopped at the limits; None when text is no number.

    A value outside the limits steps towards them, it never jumps past what the device allows.
    """
    try:
        number = float(text)
    except ValueError:
        return None
    if number != number or abs(number) > 1e15:
        return None
    target = number + delta
    if spec.ranges:
        if delta > 0:
            target = next((max(target, low) for low, high in spec.ranges if target <= high), number)
        else:
            target = next((min(target, high) for low, high in reversed(spec.ranges) if target >= low), number)
    if spec.minimum is not None:
        target = max(target, spec.minimum)
    if spec.maximum is not None:
        target = min(target, spec.maximum)
    if spec.kind is Kind.FLOAT:
        return values.format_value(round(target, 9), spec)
    return str(round(target))

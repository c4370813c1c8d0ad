"""One widget for each way to edit a value. An editor shows wire texts and tells what the user typed; the
document owns the edit, its problems and its undo, so an editor never clamps, corrects or remembers anything.
"""

from __future__ import annotations

from typing import ClassVar, Protocol

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QWidget

from app.settings import values
from app.settings.spec import Kind, Spec
from ui.theme import tokens

NARROW, NORMAL, WIDE = 112, 240, 360  # widths in pixels at 100 %


class Editor(Protocol):
    """What the form needs of an editor widget. `user_edited` carries the new wire text."""

    user_edited: ClassVar[Signal]

    def show_text(self, text: str) -> None:
        """Shows a wire text as it is, without telling anybody."""


class LineEditor(QLineEdit):
    """Any text. What is typed is what the document gets; wrong values stay visible with their problem."""

    user_edited = Signal(str)

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.setFixedWidth(self.width_for(spec))
        if spec.kind is Kind.OPAQUE or spec.kind is Kind.HEX:
            self.setProperty("mono", True)
        self.textEdited.connect(lambda typed: self.user_edited.emit(self.to_wire(typed)))

    def width_for(self, spec: Spec) -> int:
        if spec.kind in (Kind.IPV4, Kind.MAC, Kind.TIME, Kind.DATE):
            return 160
        if spec.kind is Kind.TEXT and spec.max_length is not None and spec.max_length <= 16:
            return 160
        return WIDE if spec.kind in (Kind.OPAQUE, Kind.IPV6, Kind.HEX) else NORMAL

    def show_text(self, text: str) -> None:
        shown = self.to_shown(text)
        if self.text() != shown and self.to_wire(self.text()) != text:
            self.setText(shown)
            self.setCursorPosition(0)

    def to_shown(self, text: str) -> str:
        return text

    def to_wire(self, typed: str) -> str:
        return typed


class NumberEditor(LineEditor):
    """Numbers with arrow keys and wheel (only while focused), stepping from hole to hole inside the limits."""

    def width_for(self, spec: Spec) -> int:
        return NARROW

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Up: 1,
            Qt.Key.Key_Down: -1,
            Qt.Key.Key_PageUp: 10,
            Qt.Key.Key_PageDown: -10,
        }.get(Qt.Key(event.key()))
        if steps is None or self.isReadOnly() or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        self.step(steps)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus() or self.isReadOnly():
            event.ignore()  # the form scrolls; a value must not change because the pointer passes over it
            return
        self.step(1 if event.angleDelta().y() > 0 else -1)
        event.accept()

    def step(self, count: int) -> None:
        """Adds count units; a value that is no number stays as it is."""
        stepped = step_number(self.to_wire(self.text()), count * self.unit(), self.spec)
        if stepped is not None:
            self.setText(self.to_shown(stepped))
            self.user_edited.emit(stepped)

    def unit(self) -> int:
        return 1


class FrameRateEditor(NumberEditor):
    """Frames a second, kept on the wire times 100."""

    def to_shown(self, text: str) -> str:
        try:
            return f"{int(text) / 100:g}"
        except ValueError:
            return text

    def to_wire(self, typed: str) -> str:
        try:
            return str(round(float(typed.replace(",", ".")) * 100))
        except (ValueError, OverflowError):
            return typed

    def unit(self) -> int:
        return 100


class SecretEditor(LineEditor):
    """A value that the device never shows. Empty means unchanged."""

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setPlaceholderText(self.tr("unchanged"))
        reveal = QAction(self.tr("Show what is typed"), self)
        reveal.setCheckable(True)
        reveal.toggled.connect(self._reveal)
        self.addAction(reveal)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _reveal(self, on: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password)


class ChoiceEditor(QComboBox):
    """Options with readable names. A current value that is no option is shown and kept."""

    user_edited = Signal(str)

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        for option in spec.options:
            self.addItem(option.title, option.value)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(160)
        self.setMaximumWidth(WIDE)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContentsOnFirstShow)
        if spec.open_options:
            self.setEditable(True)
            self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            self.lineEdit().textEdited.connect(self._typed)
        self.activated.connect(lambda index: self.user_edited.emit(str(self.itemData(index))))

    def show_text(self, text: str) -> None:
        if self.isEditable() and self._value_of(self.currentText()) == text:
            return
        index = self.findData(text)
        if index < 0:
            # Not one of the options the device lists; it holds it all the same.
            self.addItem(text or self.tr("(empty)"), text)
            index = self.count() - 1
        self.setCurrentIndex(index)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _typed(self, typed: str) -> None:
        self.user_edited.emit(self._value_of(typed))

    def _value_of(self, shown: str) -> str:
        index = self.findText(shown, Qt.MatchFlag.MatchExactly)
        return str(self.itemData(index)) if index >= 0 else shown


class SwitchEditor(QAbstractButton):
    """On or off, in the device's own spelling. A text that is neither is shown beside it until it is switched."""

    user_edited = Signal(str)
    TRACK = QSize(36, 20)

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self._wire = ""
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._clicked)

    def show_text(self, text: str) -> None:
        self._wire = text
        self.setChecked(self._is_on(text))
        self.setText(values.display(text, self.spec))
        self.updateGeometry()
        self.update()

    def _is_on(self, text: str) -> bool:
        return values.parse(text, self.spec) is True

    def _clicked(self, on: bool) -> None:
        text = values.format_value(on, self.spec)
        self.show_text(text)
        self.user_edited.emit(text)

    def sizeHint(self) -> QSize:
        return QSize(self.TRACK.width() + 8 + self.fontMetrics().horizontalAdvance(self.text()) + 8, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = (self.height() - self.TRACK.height()) / 2
        track = QRectF(1, top, self.TRACK.width(), self.TRACK.height())
        on = self.isChecked()
        painter.setPen(QColor(colours.accent if on else colours.secondary))
        painter.setBrush(QColor(colours.accent if on else colours.surface))
        painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        centre = QPointF(track.right() - 10 if on else track.left() + 10, track.center().y())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.on_accent if on else colours.secondary))
        painter.drawEllipse(centre, 6, 6)
        if self.hasFocus():
            painter.setPen(QColor(colours.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(track.adjusted(-1.5, -2.5, 2.5, 2.5), 12, 12)
        painter.setPen(QColor(colours.text if self.isEnabled() else colours.disabled))
        text_box = QRectF(track.right() + 8, 0, self.width() - track.right() - 8, self.height())
        painter.drawText(text_box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        painter.end()


class Fact(QLabel):
    """A value that can only be read looks like a fact and can be selected."""

    user_edited = Signal(str)

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def show_text(self, text: str) -> None:
        shown = values.display(text, self.spec) if text else "—"
        self.setText(shown if len(shown) <= 400 else f"{shown[:400]}…")
        self.setToolTip(shown if len(shown) > 80 else "")


def step_number(text: str, delta: int, spec: Spec) -> str | None:
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
        return f"{target:.10g}"
    return str(round(target))

"""Editors for colours, and for masks whose bits have names."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QMenu, QWidget

from app.settings import values
from app.settings.spec import Spec
from ui.forms.editors import NORMAL, SHORT, LineEditor

COLOURS = (
    ("White", "ffffff"), ("Black", "000000"), ("Grey", "808080"), ("Red", "ff0000"), ("Orange", "ff8000"),
    ("Yellow", "ffff00"), ("Green", "00ff00"), ("Dark green", "008000"), ("Cyan", "00ffff"), ("Blue", "0000ff"),
    ("Dark blue", "000080"), ("Purple", "8000ff"), ("Magenta", "ff00ff"), ("Brown", "804000"),
)  # fmt: skip
LINE, MOST_LINES = 28, 8


class ColourEditor(LineEditor):
    """A colour as hexadecimal digits; its swatch opens the named ones (Alt+Down)."""

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self.setProperty("mono", True)
        self._swatch = QAction(self.tr("Choose a colour (Alt+Down)"), self)
        self._swatch.triggered.connect(self.open_menu)
        self.addAction(self._swatch, QLineEdit.ActionPosition.LeadingPosition)
        self.menu = QMenu(self)
        for name, digits in COLOURS:
            self.menu.addAction(swatch(digits), name, lambda digits=digits: self._choose(digits))
        self.textChanged.connect(self._paint_swatch)
        self._paint_swatch("")

    def wanted_width(self) -> int:
        return SHORT

    def open_menu(self) -> None:
        self.menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.open_menu()
        else:
            super().keyPressEvent(event)

    def _choose(self, digits: str) -> None:
        head = next((mark for mark in ("#", "0x") if self.text().strip().lower().startswith(mark)), "")
        text = head + (digits.upper() if any(each.isupper() for each in self.text()[len(head) :]) else digits)
        self.setText(text)
        self.user_edited.emit(text)

    def _paint_swatch(self, text: str) -> None:
        good = text and not values.problem(text, self.spec)
        self._swatch.setIcon(swatch(str(values.parse(text, self.spec)) if good else ""))


def swatch(digits: str) -> QIcon:
    """A square of the colour; "" is an empty one, crossed out."""
    picture = QPixmap(16, 16)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        painter.setPen(QColor("#808080"))
        if digits:
            painter.setBrush(QColor(f"#{digits}"))
        painter.drawRect(1, 1, 13, 13)
        if not digits:
            painter.drawLine(2, 13, 13, 2)
    return QIcon(picture)


class MaskEditor(QListWidget):
    """Named bits of a hexadecimal mask as check boxes: each option's value is its bit, in hexadecimal. Bits without
    a name stay as they are, and the text keeps its length and its capitals."""

    user_edited = Signal(str)

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.setObjectName("mask")
        self._text = ""
        self._bits = [(option, bit) for option in spec.options if (bit := _number(option.value))]
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        for option, _ in self._bits:
            item = QListWidgetItem(option.title or option.value, self)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            item.setSizeHint(QSize(0, LINE))
        self.setCurrentRow(0)
        self.itemChanged.connect(self._ticked)

    def wanted_width(self) -> int:
        return NORMAL

    def wanted_height(self) -> int:
        return min(len(self._bits), MOST_LINES) * LINE + 4

    def show_text(self, text: str, held: str) -> None:
        del held
        self._text = text
        mask = _number(text) or 0
        self.blockSignals(True)
        for number, (_, bit) in enumerate(self._bits):
            on = mask & bit == bit
            self.item(number).setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self.blockSignals(False)
        self.viewport().update()

    def place(self) -> int:
        """The line that is chosen."""
        return self.currentRow()

    def go_to(self, place: int) -> None:
        self.setCurrentRow(place)

    def _ticked(self, item: QListWidgetItem) -> None:
        bit = self._bits[self.row(item)][1]
        on = item.checkState() is Qt.CheckState.Checked
        self._text = with_bit(self._text, bit, on)
        self.user_edited.emit(self._text)


def with_bit(text: str, bit: int, on: bool) -> str:
    """The mask with one bit on or off, as long and in the same capitals as before."""
    mask = _number(text) or 0
    mask = mask | bit if on else mask & ~bit
    digits = format(mask, f"0{max(1, len(text.strip()))}x")
    return digits.upper() if any(each.isupper() for each in text) else digits


def _number(text: str) -> int | None:
    try:
        return int(text.strip(), 16)
    except ValueError:
        return None

"""A part of the panel that folds, and the small widgets that all parts are made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from app.families.ptz import Ptz, PtzPlans
from ui.forms.header import SectionHeader

LEAST = 40  # pixels

Work = Callable[[Ptz], Awaitable[object]]
Plan = Callable[[PtzPlans], Awaitable[object]]


class Section(QWidget):
    """done: what the camera is to do, and what is to be read again after it. shown: it was unfolded."""

    done = Signal(object, str)  # Work, name
    planned = Signal(object, str)  # Plan, name
    shown = Signal()

    def __init__(self, *, folded: bool = False) -> None:
        super().__init__()
        self.header = SectionHeader("", self)
        self.header.setFixedHeight(32)
        self.body = QWidget()
        self._column = QVBoxLayout(self.body)
        self._column.setContentsMargins(8, 4, 8, 8)
        self._column.setSpacing(8)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.header)
        outer.addWidget(self.body)
        self.header.clicked.connect(lambda: self.fold(not self.header.folded))
        self.fold(folded)

    def fold(self, folded: bool) -> None:
        self.header.show_folded(folded)
        self.body.setVisible(not folded)
        if not folded:
            self.shown.emit()

    def title(self, text: str) -> None:
        self.header.setText(text)
        self.header.show_folded(self.header.folded)

    def add(self, item: QWidget | QLayout) -> None:
        if isinstance(item, QWidget):
            self._column.addWidget(item)
        else:
            self._column.addLayout(item)

    def row(self, *widgets: QWidget) -> None:
        self.add(row(*widgets))

    def do(self, work: Work, again: str = "") -> None:
        self.done.emit(work, again)

    def plan(self, plan: Plan, again: str = "") -> None:
        self.planned.emit(plan, again)


def row(*widgets: QWidget) -> QHBoxLayout:
    """Equal parts of the panel's width, whatever their texts would like."""
    line = QHBoxLayout()
    line.setSpacing(8)
    for widget in widgets:
        widget.setMinimumWidth(LEAST)
        line.addWidget(widget, 1)
    return line


def fill(box: QComboBox, entries: Iterable[tuple[str, object]]) -> None:
    """New entries (text, value); what was chosen stays chosen."""
    key = box.currentData()
    box.blockSignals(True)
    box.clear()
    for text, value in entries:
        box.addItem(text, value)
    box.setCurrentIndex(max(0, box.findData(key)))
    box.blockSignals(False)


def choice(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box


def number(name: str, low: int, high: int, suffix: str = "") -> QSpinBox:
    box = QSpinBox(minimum=low, maximum=high, suffix=suffix)
    box.setAccessibleName(name)
    return box


def button(text: str, tip: str, name: str = "") -> QPushButton:
    made = QPushButton(text)
    made.setToolTip(tip)
    made.setAccessibleDescription(tip)
    if name:
        made.setAccessibleName(name)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the arrows to the picture
    return made


def note(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setProperty("role", "secondary")
    return label

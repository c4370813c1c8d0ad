"""Undo where somebody has changed the field since: before, ours and now side by side; a person decides."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QWidget

from app.site.undo import UndoPlan
from app.site.undo_standing import Standing, UndoField
from app.site.wording import value_words
from ui.dialogs.sheet import Sheet
from ui.theme import GAP, GAP_WIDE


class UndoSheet(Sheet):
    """undo_wanted carries the paths that are to be set back although they were changed since."""

    undo_wanted = Signal(object)  # frozenset[str]

    def __init__(self, parent: QWidget, plan: UndoPlan, device: str) -> None:
        super().__init__(parent, parent.tr("Undo on {}").format(device), 760, 420)
        self._boxes: dict[str, QCheckBox] = {}
        text = QLabel(
            self.tr("Fields that hold our value are set back. What somebody has changed since is yours to decide.")
        )
        text.setWordWrap(True)
        text.setProperty("role", "secondary")
        self.body.addWidget(text)
        holder = QWidget()
        holder.setLayout(self._table(plan))
        area = QScrollArea()
        area.setAccessibleName(self.tr("Fields with their values before, ours and now"))
        area.setWidgetResizable(True)
        area.setWidget(holder)
        self.body.addWidget(area, 1)
        cancel = QPushButton(self.tr("Leave it"))
        cancel.clicked.connect(self.dismiss)
        self.enter = QPushButton(self.tr("Set back on {}").format(device))
        self.enter.setObjectName("primary")
        self.enter.clicked.connect(self._undo)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.enter)
        self.body.addLayout(row)
        self._ours = any(field.standing is Standing.OURS for field in plan.fields)
        self._follow()

    def _table(self, plan: UndoPlan) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, GAP, 0)
        grid.setHorizontalSpacing(GAP_WIDE)
        grid.setVerticalSpacing(GAP)
        titles = (self.tr("Setting"), self.tr("Before"), self.tr("Ours"), self.tr("Now"), self.tr("Undo"))
        for column, title in enumerate(titles):
            grid.addWidget(_label(title, "secondary"), 0, column)
        for row, field in enumerate(plan.fields, 1):
            sides = (None if each is None else value_words(plan.change_set, field.path, each) for each in _sides(field))
            for column, value in enumerate((field.title, *sides)):
                grid.addWidget(_label(value if value is not None else "–"), row, column, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self._choice(field), row, 4, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(4, 1)
        grid.setRowStretch(len(plan.fields) + 1, 1)
        return grid

    def _choice(self, field: UndoField) -> QWidget:
        if field.standing is not Standing.MOVED:
            words = self.tr("is set back") if field.standing is Standing.OURS else field.reason
            return _label(words, "secondary")
        box = QCheckBox(self.tr("Set back all the same"))
        box.setAccessibleName(self.tr("Set {} back all the same").format(field.title))
        box.toggled.connect(self._follow)
        self._boxes[field.path] = box
        return box

    def _follow(self) -> None:
        self.enter.setEnabled(self._ours or any(box.isChecked() for box in self._boxes.values()))

    def _undo(self) -> None:
        chosen = frozenset(path for path, box in self._boxes.items() if box.isChecked())
        self.dismiss()
        self.undo_wanted.emit(chosen)


def _sides(field: UndoField) -> tuple[str, str, str | None]:
    return field.before, field.ours, field.now


def _label(text: str, role: str = "") -> QLabel:
    label = QLabel(text if len(text) <= 120 else f"{text[:120]}…")
    label.setToolTip(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if role:
        label.setProperty("role", role)
    return label

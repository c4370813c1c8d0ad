"""Undo where there is something to decide: what somebody has changed since, with before, ours and now side by side, and
what the camera changed on other pages."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QWidget

from app.settings import lists, telling
from app.settings.document import Document
from app.site.undo import UndoPlan
from app.site.undo_effects import Effect
from app.site.undo_standing import Standing, UndoField
from ui.dialogs.sheet import Sheet
from ui.theme import GAP, GAP_WIDE


class UndoSheet(Sheet):
    """undo_wanted carries the paths that are to be set back although they were changed since, and the numbers of the
    side effects that are to be set back as well."""

    undo_wanted = Signal(object, object)  # frozenset[str], frozenset[int]

    def __init__(self, parent: QWidget, plan: UndoPlan, device: str, effects: Sequence[Effect] = ()) -> None:
        """effects: those that were read and differ from what was before."""
        super().__init__(parent, parent.tr("Undo on {}").format(device), 760, 420)
        self._boxes: dict[str, QCheckBox] = {}
        self._effects: dict[int, QCheckBox] = {}
        text = QLabel(
            self.tr("Fields that hold our value are set back. What somebody has changed since is yours to decide.")
        )
        text.setWordWrap(True)
        text.setProperty("role", "secondary")
        self.body.addWidget(text)
        holder = QWidget()
        holder.setLayout(self._table(plan, effects))
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

    def _table(self, plan: UndoPlan, effects: Sequence[Effect]) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, GAP, 0)
        grid.setHorizontalSpacing(GAP_WIDE)
        grid.setVerticalSpacing(GAP)
        titles = (self.tr("Setting"), self.tr("Before"), self.tr("Ours"), self.tr("Now"), self.tr("Undo"))
        for column, title in enumerate(titles):
            grid.addWidget(_label(title, "secondary"), 0, column)
        for field in plan.fields:
            self._add_row(grid, plan, field, field.title, self._choice(field))
        for effect in effects:
            box = self._effect_box(effect)
            for number, field in enumerate(effect.plan.fields if effect.plan is not None else ()):
                title = self.tr("{0}: {1}").format(effect.change_set.title, field.title)
                self._add_row(grid, effect.plan, field, title, box if number == 0 else QWidget())
        grid.setColumnStretch(4, 1)
        grid.setRowStretch(grid.rowCount(), 1)
        return grid

    def _add_row(self, grid: QGridLayout, plan: UndoPlan | None, field: UndoField, title: str, choice: QWidget) -> None:
        assert plan is not None
        row = grid.rowCount()
        for column, value in enumerate((title, *_sides(plan.document, field))):
            grid.addWidget(_label(value or "–"), row, column, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(choice, row, 4, Qt.AlignmentFlag.AlignTop)

    def _effect_box(self, effect: Effect) -> QCheckBox:
        """For the whole page: what the camera changed there, it changed together."""
        moved = effect.plan is not None and effect.plan.moved
        box = QCheckBox(self.tr("Changed since. Set back all the same") if moved else self.tr("Set back as well"))
        box.setAccessibleName(self.tr("Set {} back as well").format(effect.change_set.title))
        box.setToolTip(self.tr("The camera changed this by itself when the other was written."))
        box.setChecked(not moved)
        box.toggled.connect(self._follow)
        self._effects[effect.change_set.id] = box
        return box

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
        boxes = (*self._boxes.values(), *self._effects.values())
        self.enter.setEnabled(self._ours or any(box.isChecked() for box in boxes))

    def _undo(self) -> None:
        chosen = frozenset(path for path, box in self._boxes.items() if box.isChecked())
        effects = frozenset(number for number, box in self._effects.items() if box.isChecked())
        self.dismiss()
        self.undo_wanted.emit(chosen, effects)


def _sides(held: Document, field: UndoField) -> tuple[str, ...]:
    """In the words of the form; a list by the names that its records have now."""
    if lists.is_list(field.path) and field.targets:
        path, before = field.targets[0]
        now = telling.told(held, path, field.now)
        return telling.told(held, path, before), now if field.standing is Standing.OURS else "", now
    return tuple(telling.told(held, field.path, each) for each in (field.before, field.ours, field.now))


def _label(text: str, role: str = "") -> QLabel:
    label = QLabel(text if len(text) <= 120 else f"{text[:120]}…")
    label.setToolTip(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if role:
        label.setProperty("role", role)
    return label

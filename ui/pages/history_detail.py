"""One change set: who, when, each field with its verdict, and the documents before and after."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.site.records import ChangeSet, ChangeState
from app.site.summary import Entry
from ui.models import history_words as words
from ui.panes.difference import DifferenceView
from ui.theme import GAP, GAP_WIDE, icon


class ChangeSetView(QFrame):
    undo_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._id: int | None = None
        self._documents: tuple[bytes | None, bytes | None] = (None, None)
        self.title = _label("", name="pageTitle")
        self.who = _label("", "secondary")
        self.why_not = _label("", "secondary")
        self.why_not.hide()
        self.undo = QPushButton(icon("undo"), self.tr("Undo"))
        self.undo.clicked.connect(self.undo_wanted)
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.clicked.connect(self.stop_wanted)
        self.stop.setToolTip(self.tr("Send nothing more; what was sent is read back"))
        self.stop.hide()
        self.fold = QPushButton(self.tr("Compare the documents"))
        self.fold.setCheckable(True)
        self.fold.toggled.connect(self._toggle)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.title)
        names.addWidget(self.who)
        names.addWidget(self.why_not)
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addLayout(names, 1)
        head.addWidget(self.fold)
        head.addWidget(self.stop)
        head.addWidget(self.undo)
        self.banner = QLabel()
        self.banner.setObjectName("banner")
        self.banner.setWordWrap(True)
        self.banner.setTextFormat(Qt.TextFormat.PlainText)
        self.banner.hide()
        self.area = QScrollArea()
        self.area.setAccessibleName(self.tr("Fields of the change"))
        self.area.setWidgetResizable(True)
        self.difference = DifferenceView()
        self.difference.setAccessibleName(self.tr("Difference between the documents"))
        self.difference.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP_WIDE, 12, GAP_WIDE, 12)
        layout.setSpacing(GAP)
        layout.addLayout(head)
        layout.addWidget(self.banner)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.difference, 1)

    def show_change_set(
        self,
        change_set: ChangeSet,
        told: Sequence[Entry],
        documents: tuple[bytes | None, bytes | None],
        why_not: str,
    ) -> None:
        """told: its entries in words. why_not says why it cannot be undone from here, "" when it can."""
        if change_set.id != self._id:
            self.show_outcome("", "")
            self.fold.setChecked(False)
        self._id, self._documents = change_set.id, documents
        self.title.setText(change_set.title)
        device = change_set.device_name or change_set.address
        when = f"{change_set.started.astimezone():%Y-%m-%d %H:%M:%S}"
        text = self.tr("Change {number} on {device}, {when}, by {who} as {account}, {origin}")
        self.who.setText(
            text.format(
                number=change_set.id,
                device=device,
                when=when,
                who=change_set.who,
                account=change_set.account,
                origin=words.origin(change_set),
            )
        )
        self.undo.setEnabled(not why_not)
        self.stop.hide()
        self.why_not.setText(why_not)
        self.why_not.setVisible(bool(why_not))
        self.undo.setToolTip(why_not or self.tr("Set back what still holds our value"))
        self.area.setWidget(self._fields(change_set, told))
        self._toggle(self.fold.isChecked())

    def show_under_way(self, text: str) -> None:
        """An undo of it, which can be stopped."""
        self.show_outcome(text, "info")
        self.undo.setEnabled(False)
        self.stop.setEnabled(True)
        self.stop.show()

    def show_outcome(self, text: str, role: str) -> None:
        self.banner.setText(text)
        self.banner.setProperty("role", role)
        self.banner.style().unpolish(self.banner)
        self.banner.style().polish(self.banner)
        self.banner.setVisible(bool(text))

    def _fields(self, change_set: ChangeSet, entries: Sequence[Entry]) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, GAP, 0)
        grid.setHorizontalSpacing(GAP_WIDE)
        grid.setVerticalSpacing(6)
        row = 0
        if change_set.error:
            known = change_set.state is ChangeState.DONE  # it was found out afterwards
            grid.addWidget(_label(change_set.error, "warn" if known else "error"), row, 0, 1, 5)
            row += 1
        for told in entries:
            verdict, role = words.verdict(told.field.verdict, told.field.read_back)
            title, old, new = words.entry(told)
            cells = (
                _label(title, tip=told.field.path),
                _label(old, "secondary"),
                _label("→" if old else "", "secondary"),
                _label(new, name="strong"),
                _label(verdict, role, tip=told.field.reason),
            )
            for column, cell in enumerate(cells):
                grid.addWidget(cell, row, column, Qt.AlignmentFlag.AlignTop)
            row += 1
        if change_set.reboot_required:
            grid.addWidget(_label(self.tr("The camera asked for a reboot."), "warn"), row, 0, 1, 5)
            row += 1
        grid.setColumnMinimumWidth(0, 160)
        grid.setColumnStretch(4, 1)
        grid.setRowStretch(row, 1)
        return holder

    def _toggle(self, shown: bool) -> None:
        self.fold.setText(self.tr("Show the fields") if shown else self.tr("Compare the documents"))
        if shown:
            self.difference.setPlainText(words.difference(*self._documents))
        self.difference.setVisible(shown)
        self.area.setVisible(not shown)


def _label(text: str, role: str = "", name: str = "", tip: str = "") -> QLabel:
    label = QLabel(text if len(text) <= 200 else f"{text[:200]}…")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setToolTip(tip or (text if len(text) > 200 else ""))
    label.setObjectName(name)
    label.setWordWrap(role in ("error", "warn"))
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        label.setProperty("role", role)
    return label

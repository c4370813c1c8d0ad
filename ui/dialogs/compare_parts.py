"""Parts of the sheet that compares devices: the table, the lines of what is written back, and the progress."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QTableView,
    QWidget,
)

from app.settings.changes import FieldProof
from app.site.restore import BY_NAME, Restored, Step
from ui.models.differences import Differences
from ui.models.history_words import verdict
from ui.theme import GAP, icon
from ui.theme.verdicts import SIGNS

VALUE_WIDTH = 230  # pixels of a value; the way to its setting needs the rest


class Progress(QWidget):
    """What is being done, how far it is, and a way out."""

    def __init__(self) -> None:
        super().__init__()
        self.text = QLabel()
        self.text.setProperty("role", "secondary")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(240)
        self.cancel = QPushButton(self.tr("Stop"))
        line = line_of(self.text, self.bar, self.cancel)
        line.setContentsMargins(0, 0, 0, 0)
        line.setStretch(0, 1)
        self.setLayout(line)

    def say(self, text: str, done: int, whole: int) -> None:
        self.text.setText(text)
        self.bar.setRange(0, whole)
        self.bar.setValue(done)


class RestoreLines(QListWidget):
    """What is to be written and what is left alone; later what became of it."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setAccessibleName(self.tr("What is written and what is left alone"))

    def show_plan(
        self, wanted: Iterable[Step], left_out: Iterable[Step], unreadable: Iterable[tuple[str, str]]
    ) -> None:
        self.clear()
        for step in wanted:
            self._add("settings", "info", f"{_place(step)}: {step.old or '–'} → {step.new or '–'}", step.path)
        left_alone = self.tr("Left alone: {0}. {1}")
        for step in left_out:
            reason = step.reason.removesuffix(BY_NAME).rstrip()
            self._add("lock", "warn", left_alone.format(_place(step), reason), step.path)
        for resource, reason in unreadable:
            self._add("warning", "warn", left_alone.format(resource, reason), resource)

    def show_restored(self, each: Restored) -> None:
        if each.error is not None:
            text = self.tr("{0} was not written. {1}").format(each.title, each.error)
            self._add("error", "error", text, each.resource)
        for field in each.proof.fields if each.proof is not None else ():
            name, colour = SIGNS[field.verdict]
            self._add(name, colour, f"{each.title} › {_verdict(field)}", field.path)

    def _add(self, name: str, colour: str, text: str, tip: str) -> None:
        item = QListWidgetItem(icon(name, 16, colour), text)
        item.setToolTip(tip)
        self.addItem(item)


def line_of(*widgets: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(GAP)
    for widget in widgets:
        line.addWidget(widget)
    return line


def table_of(model: Differences, name: str) -> QTableView:
    table = QTableView()
    table.setModel(model)
    table.setAccessibleName(name)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(28)
    for column in (1, 2):
        table.setColumnWidth(column, VALUE_WIDTH)
    table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.horizontalHeader().setHighlightSections(False)
    return table


def _place(step: Step) -> str:
    return f"{step.resource_title} › {step.title}"


def _verdict(field: FieldProof) -> str:
    said, _ = verdict(field.verdict, field.read_back)
    text = _tr("{title}: {verdict}.") if field.secret else _tr("{title}: {old} → {new}, {verdict}.")
    told = text.format(title=field.title or field.path, old=field.old or "–", new=field.new or "–", verdict=said)
    return _tr("{0} {1}").format(told, field.reason) if field.reason else told


def _tr(text: str) -> str:
    return QCoreApplication.translate("Compare", text)

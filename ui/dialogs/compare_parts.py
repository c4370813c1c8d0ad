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

from app.settings import telling
from app.settings.changes import FieldProof, Verdict
from app.settings.document import Document
from app.site.restore import BY_NAME, Restored, RestorePlan, Step
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

    def show_plan(self, plan: RestorePlan, left_out: Iterable[Step]) -> None:
        self.clear()
        for step in plan.wanted:
            held = plan.documents[step.resource]
            old, new = _words(held, step.path, step.old), _words(held, step.path, step.new)
            self._add("settings", "info", _tr("{0}: {1} → {2}").format(_place(step), old, new), step.path)
        left_alone = self.tr("Left alone: {0}. {1}")
        for step in left_out:
            reason = step.reason.removesuffix(BY_NAME).rstrip()
            self._add("lock", "warn", left_alone.format(_place(step), reason), step.path)
        for resource, reason in plan.unreadable:
            self._add("warning", "warn", left_alone.format(resource, reason), resource)

    def show_restored(self, each: Restored, held: Document) -> None:
        """held: the document that was written to."""
        if each.error is not None:
            text = self.tr("{0} was not written. {1}").format(each.title, each.error)
            self._add("error", "error", text, each.resource)
        for field in each.proof.fields if each.proof is not None else ():
            name, colour = SIGNS[field.verdict]
            self._add(name, colour, f"{each.title} › {_verdict(field, held)}", field.path)

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


def _verdict(field: FieldProof, held: Document) -> str:
    title = field.title or field.path
    old, new, now = (_words(held, field.path, each) for each in (field.old, field.new, field.read_back))
    said, _ = verdict(field.verdict, now if field.read_back else field.read_back)
    if field.secret:
        told = _tr("{title}: {verdict}.").format(title=title, verdict=said)
    elif field.verdict is Verdict.SIDE_EFFECT:
        told = _tr("{title} was {old}, {verdict}.").format(title=title, old=old, verdict=said)
    else:
        told = _tr("{title}: {old} → {new}, {verdict}.").format(title=title, old=old, new=new, verdict=said)
    return _tr("{0} {1}").format(told, field.reason) if field.reason else told


def _words(held: Document, path: str, text: str | None) -> str:
    return telling.told(held, path, text) or "–"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Compare", text)

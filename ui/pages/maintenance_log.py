"""The log of a device on its maintenance page: searched by time and kind, filtered, saved as text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QDateTime, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDateTimeEdit,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
)

from app.disk import write_whole
from app.errors import CameraError
from app.families.base import SystemLog
from app.model.log import LogFound, log_line
from ui.bridge.tasks import TaskScope
from ui.bridge.waits import Patience
from ui.forms.words import counted
from ui.models.log_table import LEVEL, SOURCE, TEXT, WHEN, LogTable
from ui.pages.live_parts import box
from ui.theme import GAP, ROW_LIST, icon

PATIENCE = 300  # ms before a wait is shown
AHEAD = timedelta(days=1)  # a camera's clock may be ahead
ROWS = 8  # that are seen at once, at least
_WIDEST = ((WHEN, "2000-00-00 00:00:00"), (LEVEL, "Information"), (SOURCE, "OPENAPI SNTPC"))
_MARGINS = 28


class LogCard(QFrame):
    """Asks the device when somebody searches, and never by itself."""

    def __init__(self, log: SystemLog, name: str, scope: TaskScope) -> None:
        super().__init__()
        self.setObjectName("card")
        self.device_name = name
        self.ask_target: Callable[[str], str] = self._ask_target
        self._log = log
        self._scope = scope
        self._work: asyncio.Task[None] | None = None
        self.table = LogTable()
        self._build()
        self._connect()
        self._span_chosen()
        self._show_state()

    @property
    def is_busy(self) -> bool:
        return self._work is not None and not self._work.done()

    # Widgets

    def _build(self) -> None:
        self.span = box(self.tr("Time span"))
        for text, span in (
            (self.tr("Last hour"), timedelta(hours=1)),
            (self.tr("Last 24 hours"), timedelta(days=1)),
            (self.tr("Last 7 days"), timedelta(days=7)),
            (self.tr("Last 90 days"), timedelta(days=90)),
            (self.tr("From … to …"), None),
        ):
            self.span.addItem(text, span)
        self.span.setCurrentIndex(1)
        self.level = box(self.tr("Kind of entries"))
        for level in self._log.levels:
            self.level.addItem(level.title, level.id)
        now = QDateTime.currentDateTime()
        self.start = _moment_edit(self.tr("From"), now.addDays(-1))
        self.end = _moment_edit(self.tr("To"), now)
        self.search = QPushButton(icon("search"), self.tr("Search"))
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter entries"))
        self.filter.setAccessibleName(self.tr("Filter entries"))
        self.filter.setClearButtonEnabled(True)
        self.save = QPushButton(icon("file"), self.tr("Save…"))
        self.save.setToolTip(self.tr("Save the entries that are shown as text"))
        self.said = QLabel()
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        self.view = _view(self.table, self.tr("Entries of the log"))
        heading = QLabel(self.tr("Log"))
        heading.setObjectName("sectionTitle")
        self.labels = (QLabel(self.tr("From")), QLabel(self.tr("to")))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 10, 16, 14)
        layout.setSpacing(GAP)
        layout.addWidget(heading)
        layout.addLayout(_row(self.span, self.level, self.search, None, self.filter, self.save))
        layout.addLayout(_row(self.labels[0], self.start, self.labels[1], self.end, None))
        layout.addWidget(self.said)
        layout.addWidget(self.view)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)

    def _connect(self) -> None:
        self.span.activated.connect(self._span_chosen)
        self.search.clicked.connect(self._clicked)
        self.filter.textChanged.connect(self._filter)
        self.save.clicked.connect(self._save)
        self._patience.timeout.connect(
            lambda: self._say(self.tr("Asking {} for its log").format(self.device_name), "secondary")
        )

    def _span_chosen(self) -> None:
        free = self.span.currentData() is None
        for widget in (*self.labels, self.start, self.end):
            widget.setVisible(free)

    # Searching

    def _clicked(self) -> None:
        """The button searches, and stops what it began."""
        if self._work is not None and not self._work.done():
            self._work.cancel()
        else:
            self._work = self._scope.start(self._search())

    def wanted(self) -> tuple[datetime, datetime]:
        """The chosen time span, in this computer's zone."""
        span = self.span.currentData()
        if span is None:
            start, end = (edit.dateTime().toSecsSinceEpoch() for edit in (self.start, self.end))
            return datetime.fromtimestamp(start).astimezone(), datetime.fromtimestamp(end).astimezone()
        now = datetime.now().astimezone()
        return now - span, now + AHEAD

    async def _search(self) -> None:
        self.search.setText(self.tr("Stop"))
        self._patience.start()
        try:
            start, end = self.wanted()
            with Patience(self.device_name, self._say_waiting).told():
                found = await self._log.search(start, end, str(self.level.currentData() or ""))
        except CameraError as error:
            self.table.show_entries(())
            self._patience.stop()
            self._say(f"{error.summary} {error.hint}".strip(), "error")
        except asyncio.CancelledError:
            self._patience.stop()
            self._say(self.tr("Stopped."), "warn")
            raise
        else:
            self._patience.stop()
            self._found(found)
        finally:
            self.search.setText(self.tr("Search"))
            self.save.setEnabled(bool(self.table.shown))

    def _say_waiting(self, text: str) -> None:
        self._patience.stop()
        self._say(text, "secondary")

    def _found(self, found: LogFound) -> None:
        self.table.show_entries(found.entries)
        self._show_state()
        if not found.is_whole:
            text = self.tr("{0} has {1} entries of this time and gave {2}. Choose a shorter time span.")
            self._say(text.format(self.device_name, found.total, len(found.entries)), "warn")
        elif not found.entries:
            self._say(self.tr("{} has noted nothing of this kind in this time.").format(self.device_name), "secondary")

    def _filter(self, words: str) -> None:
        self.table.filter(words)
        self._show_state()

    def _show_state(self) -> None:
        count = len(self.table.shown)
        self.save.setEnabled(bool(count) and not self.is_busy)
        if count or self.table.is_filtered:
            self._say(counted(self.tr("%n row(s)", "", count), count), "secondary")
        else:
            self._say(self.tr("Choose a time span and a kind, then search."), "secondary")

    def _say(self, text: str, role: str) -> None:
        self.said.setText(text)
        self.said.setProperty("role", role)
        self.said.style().unpolish(self.said)
        self.said.style().polish(self.said)

    # Saving

    def _save(self) -> None:
        target = self.ask_target(self.tr("{} log").format(self.device_name) + ".txt")
        if target:
            text = "".join(f"{log_line(entry)}\n" for entry in self.table.shown)
            self._scope.start(self._write(Path(target), text))

    async def _write(self, target: Path, text: str) -> None:
        await asyncio.to_thread(write_whole, target, text.encode())
        self._say(self.tr("Saved as {}.").format(target), "ok")

    def _ask_target(self, name: str) -> str:
        return QFileDialog.getSaveFileName(self, self.tr("Save to a file"), name)[0]


def _moment_edit(name: str, moment: QDateTime) -> QDateTimeEdit:
    edit = QDateTimeEdit(moment)
    edit.setDisplayFormat("yyyy-MM-dd HH:mm")
    edit.setCalendarPopup(True)
    edit.setAccessibleName(name)
    return edit


def _row(*parts: QComboBox | QDateTimeEdit | QLabel | QLineEdit | QPushButton | None) -> QHBoxLayout:
    """None: room."""
    row = QHBoxLayout()
    row.setSpacing(GAP)
    for part in parts:
        if part is None:
            row.addStretch(1)
        else:
            row.addWidget(part)
    return row


def _view(table: LogTable, name: str) -> QTableView:
    view = QTableView()
    view.setModel(table)
    view.setAccessibleName(name)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(ROW_LIST)
    view.setMinimumHeight((ROWS + 1) * ROW_LIST)
    head = view.horizontalHeader()
    head.setHighlightSections(False)
    head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    head.setSectionResizeMode(TEXT, QHeaderView.ResizeMode.Stretch)
    for column, widest in _WIDEST:
        view.setColumnWidth(column, view.fontMetrics().horizontalAdvance(widest) + _MARGINS)
    return view

"""What the camera reports while it happens: a live table of one camera or of all that are open."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from app.disk import write_whole
from app.events import Followed, FollowState, Record, write_csv
from app.events.places import report_places
from app.families.base import Events, Regions, Session, SettingsTree
from ui.context import Context
from ui.forms.words import ElidedLabel
from ui.models import event_words as words
from ui.models.events import DEVICE, EventTable
from ui.pages.base import Page
from ui.pages.event_detail import EventDetail
from ui.pages.event_view import EventView
from ui.pages.live_parts import row_of
from ui.pages.walk_panel import WalkPanel
from ui.palette import PaletteEntry
from ui.theme import icon

PACE = 100  # ms between two looks at the log


class EventsPage(Page):
    """Follows from its first showing on, until the session is closed."""

    title = "Events"
    icon = "events"

    @classmethod
    def available(cls, session: Session) -> bool:
        return session.offer(Events) is not None

    def __init__(
        self, session: Session, context: Context, device_name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(session, context, parent)
        self.device_name = device_name or self.device_name
        self._desk = context.events
        self._watch = self._desk.log.watch()
        self._chosen: int | None = None
        self._missed = 0  # records since the table was paused
        self.dialog: QFileDialog | None = None
        self.menu: QMenu | None = None
        self.table = EventTable()
        self._build()
        self._connect()

    @property
    def followed(self) -> Followed | None:
        return self._desk.of(self.session)

    # Widgets

    def _build(self) -> None:
        self.whose = QComboBox()
        self.whose.addItem(self.device_name, False)
        self.whose.addItem(self.tr("All open cameras"), True)
        self.whose.setAccessibleName(self.tr("Whose events"))
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter events"))
        self.filter.setAccessibleName(self.tr("Filter events"))
        self.filter.setClearButtonEnabled(True)
        self.pause = QPushButton(icon("pause"), self.tr("Pause"))
        self.pause.setCheckable(True)
        self.pause.setToolTip(self.tr("Hold the table still; nothing is missed meanwhile (Ctrl+P)"))
        self.pictures = QCheckBox(self.tr("Take pictures"))
        self.pictures.setToolTip(self.tr("Ask the camera for a picture when an event begins"))
        self.export = QPushButton(icon("file"), self.tr("Export"))
        self.export.setToolTip(self.tr("Save the rows that are shown as a table (CSV)"))
        self.set_up = QPushButton(icon("settings"), self.tr("Set up"))
        self.set_up.setToolTip(self.tr("What is reported, when, and to whom"))
        self.listen = QPushButton()
        self.standing = ElidedLabel()
        self.totals = QLabel()
        self.totals.setProperty("role", "secondary")
        self.view = EventView(self.table)
        self.detail = EventDetail(self.scope.start)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.view)
        self.splitter.addWidget(self.detail)
        self.splitter.setSizes([700, 260])
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setChildrenCollapsible(False)
        self.live = QWidget()
        layout = QVBoxLayout(self.live)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        head = (self.whose, self.filter, self.pictures, self.pause, self.export)
        layout.addWidget(row_of(*head, stretch=self.filter))
        layout.addWidget(row_of(self.standing, self.totals, self.listen, self.set_up, stretch=self.standing))
        layout.addWidget(self.splitter, 1)
        self._show_columns()
        self._build_parts()

    def _build_parts(self) -> None:
        """The live table and the walk test; one tab each where there is something to walk through."""
        self.parts = QTabBar()
        self.parts.setDrawBase(False)
        self.parts.setExpanding(False)
        self.parts.setAccessibleName(self.tr("Parts of the page"))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.live)
        self.parts.addTab(icon("events", 16, "secondary"), self.tr("As they come"))
        followed = self.followed
        self.walk: WalkPanel | None = None
        if followed is not None and self.session.offer(Regions) is not None:
            self.walk = WalkPanel(self._desk, followed, self.context.messages, self.device_name)
            self.stack.addWidget(self.walk)
            self.parts.addTab(icon("walk", 16, "secondary"), self.tr("Walk test"))
        self.parts.currentChanged.connect(self._part_chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.parts)
        layout.addWidget(self.stack, 1)
        self.parts.setVisible(self.walk is not None)  # not before: without a parent it would be a window

    def _part_chosen(self, at: int) -> None:
        self.stack.setCurrentIndex(at)
        if self.walk is not None and self.stack.currentWidget() is self.walk:
            self.walk.activated()

    def show_walk(self) -> None:
        if self.walk is not None:
            self.parts.setCurrentIndex(1)

    def _connect(self) -> None:
        self.whose.activated.connect(self._scope_chosen)
        self.filter.textChanged.connect(self._refill)
        self.pause.toggled.connect(self._paused)
        self.pictures.toggled.connect(self._pictures_toggled)
        self.export.clicked.connect(self._ask_file)
        self.set_up.setVisible(self.session.offer(SettingsTree) is not None)
        self.set_up.clicked.connect(lambda: self.scope.start(self.show_places()))
        self.listen.clicked.connect(self._listen_clicked)
        self.view.selectionModel().currentRowChanged.connect(self._row_chosen)
        keys = (("Ctrl+F", self._focus_filter), ("Ctrl+P", self.pause.toggle), ("Escape", self.filter.clear))
        for key, run in keys:
            shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)
        self._timer = QTimer(self)
        self._timer.setInterval(PACE)
        self._timer.timeout.connect(self.look)
        followed = self.followed
        self.pictures.setChecked(followed is not None and followed.pictures is not None and followed.pictures.on)
        self.pictures.setVisible(followed is not None and followed.pictures is not None)
        self._unlisten = self._desk.on_standing(self._stood)
        self._show_standing()

    # What the shell asks for

    def activated(self) -> None:
        followed = self.followed
        if followed is not None and followed.standing.state is FollowState.OFF and not followed.stopped_by_hand:
            followed.start()
        self.look()
        self._timer.start()

    def deactivated(self) -> None:
        self._timer.stop()

    def close_page(self) -> None:
        self._timer.stop()
        self._unlisten()
        self._watch.close()
        super().close_page()

    async def finish(self) -> None:
        if self.walk is not None:
            await self.walk.finish()

    def resource_changed(self, resource: str) -> None:
        if self.walk is not None:
            self.walk.resource_changed()

    def palette_entries(self) -> Iterator[PaletteEntry]:
        yield PaletteEntry(self.tr("Export the events"), self.device_name, self._ask_file, icon="file")
        if self.walk is not None:
            yield PaletteEntry(self.tr("Walk test"), self.device_name, self.show_walk, icon="walk")

    # The table

    def look(self) -> None:
        """Brings the table up to date; called ten times a second while the page is in front."""
        self._show_standing()
        if self.pause.isChecked():
            self._say_paused()
            return
        batch = self._watch.take()
        self.table.take(batch)
        if self._chosen is not None and any(each.number == self._chosen for each in batch.changed):
            self._show_chosen()

    @property
    def _all(self) -> bool:
        return bool(self.whose.currentData())

    def _refill(self) -> None:
        """Everything anew, for another filter or another scope."""
        self._watch.take()
        followed = self.followed
        device = None if self._all or followed is None else followed.name
        self.table.show_records(self._desk.log, device, self.filter.text())
        row = None if self._chosen is None else self.table.row_of(self._chosen)
        if row is not None:
            self.view.selectRow(row)

    def _scope_chosen(self) -> None:
        if self._all:
            self._desk.start_all()
        self._show_columns()
        self._refill()

    def _show_columns(self) -> None:
        self.view.setColumnHidden(DEVICE, not self._all)

    def _paused(self, paused: bool) -> None:
        self.pause.setText(self.tr("Go on") if paused else self.tr("Pause"))
        self.pause.setIcon(icon("live" if paused else "pause"))
        self._missed = self._desk.log.last
        self.look()

    def _say_paused(self) -> None:
        new = self._desk.log.last - self._missed
        self.totals.setText(self.tr("Paused; {} more since").format(new))

    def _row_chosen(self, current: QModelIndex) -> None:
        record = self.table.record(current.row()) if current.isValid() else None
        if record is not None:
            self._chosen = record.number
            self.detail.show_record(record)

    def _show_chosen(self) -> None:
        row = None if self._chosen is None else self.table.row_of(self._chosen)
        if row is not None:
            self.detail.show_record(self.table.record(row))

    def _focus_filter(self) -> None:
        self.filter.setFocus()
        self.filter.selectAll()

    # The following

    def _listen_clicked(self) -> None:
        followed = self.followed
        if followed is None:
            return
        if followed.standing.state is FollowState.LISTENING:
            followed.stopped_by_hand = True
            followed.stop()
        else:
            followed.stopped_by_hand = False
            followed.stop()
            followed.start()

    def _stood(self, followed: Followed) -> None:
        if followed is self.followed:
            self._show_standing()

    def _show_standing(self) -> None:
        followed = self.followed
        if followed is None:
            return
        text, role = words.standing(followed.standing)
        self.standing.setText(text)
        if self.standing.property("role") != role:
            self.standing.setProperty("role", role)
            self.standing.style().unpolish(self.standing)
            self.standing.style().polish(self.standing)
        listens = followed.standing.state is FollowState.LISTENING
        waits = followed.standing.state is FollowState.WAITING
        stop, again, start = self.tr("Stop listening"), self.tr("Try again now"), self.tr("Listen")
        self.listen.setText(stop if listens else again if waits else start)
        if not self.pause.isChecked():
            log = self._desk.log
            devices = [each.name for each in self._desk.followed] if self._all else [followed.name]
            events = sum(log.events[name] for name in devices)
            skipped = sum(log.skipped_bytes[name] for name in devices)
            self.totals.setText(words.totals(events, skipped, log.evicted))

    def _pictures_toggled(self, on: bool) -> None:
        followed = self.followed
        if followed is not None and followed.pictures is not None:
            followed.pictures.on = on

    async def show_places(self) -> None:
        """A menu of the settings that make events: triggers, schedules, alarm servers, mail, upload."""
        settings = self.session.offer(SettingsTree)
        if settings is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for node in report_places(await settings.tree()):
            action = menu.addAction(node.title)
            action.triggered.connect(lambda _=False, r=node.id: self.place_wanted.emit(r, ""))
        if menu.isEmpty():
            menu.addAction(self.tr("It has no settings for events")).setEnabled(False)
        self.menu = menu
        menu.popup(self.set_up.mapToGlobal(self.set_up.rect().bottomLeft()))

    # Export

    def _ask_file(self) -> None:
        self.dialog = QFileDialog(self.window(), self.tr("Export events"))
        self.dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.dialog.setNameFilter(self.tr("Tables (*.csv)"))
        self.dialog.setDefaultSuffix("csv")
        self.dialog.selectFile(self.tr("Events of {}.csv").format(self.device_name.replace("/", "-")))
        self.dialog.fileSelected.connect(lambda path: self.scope.start(self.save(Path(path))))
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.open()

    async def save(self, path: Path) -> None:
        """The rows that are shown, the oldest first. Writing happens elsewhere than in the window's thread."""
        records = self.table.records()
        count = await asyncio.to_thread(_write, path, records)
        self.context.messages.info(self.tr("{} rows of events saved as {}").format(count, path))


def _write(path: Path, records: tuple[Record, ...]) -> int:
    text = io.StringIO(newline="")
    count = write_csv(records, text)
    write_whole(path, text.getvalue().encode("utf-8-sig"))  # spreadsheets know by the mark what it is
    return count

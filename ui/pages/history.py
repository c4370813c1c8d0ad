"""The history: every change set ever sent to this device, or to the whole site, and its undo."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.errors import CameraError, SiteError
from app.families.base import Session, SettingsTree
from app.settings.changes import Change
from app.settings.document import Document
from app.site.identity import Identity
from app.site.journal import JournalledSettings
from app.site.records import ChangeSet, ChangeState
from app.site.undo import UndoPlan, plan_undo, undo, undo_changes
from ui.bridge.writer import wait_out
from ui.context import Context
from ui.dialogs.undo import UndoSheet
from ui.pages import history_words as words
from ui.pages.base import Page
from ui.pages.history_detail import ChangeSetView
from ui.pages.settings_moves import Departure, Moves, Written
from ui.panes.notice import Notice
from ui.theme import GAP, icon

PAGE = 100  # change sets that are read at once


class _Undoing:
    """What `Moves` calls, for an undo in the place of edits."""

    def __init__(self, plan: UndoPlan, session: Session, also: frozenset[str]) -> None:
        self._plan, self._session, self._also = plan, session, also

    async def apply(self, document: Document, changes: tuple[Change, ...]) -> Written:
        del document, changes  # the plan has them
        return await undo(self._plan, self._session, self._also)


class HistoryPage(Page):
    title = "History"
    icon = "history"

    @classmethod
    def available(cls, session: Session) -> bool:
        return isinstance(session.offer(SettingsTree), JournalledSettings)

    def __init__(
        self, session: Session, context: Context, device_name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(session, context, parent)
        self.device_name = device_name or self.device_name
        settings = session.offer(SettingsTree)
        assert isinstance(settings, JournalledSettings)
        self._settings = settings
        self._site = settings.site
        self._own: frozenset[int] = frozenset()  # this device's numbers in the site file
        self._shown: dict[int, ChangeSet] = {}
        self._watch: asyncio.Task[None] | None = None
        self.sheet: UndoSheet | None = None
        self.departure = Departure(self, self.device_name)
        self._moves: Moves | None = None
        self._work: asyncio.Future[Written] | None = None
        self._build()

    def _build(self) -> None:
        self.scope_box = QComboBox()
        self.scope_box.addItem(self.device_name, False)
        self.scope_box.addItem(self.tr("The whole site"), True)
        self.scope_box.setAccessibleName(self.tr("Whose history"))
        self.scope_box.activated.connect(lambda: self.scope.start(self._load()))
        self.count = QLabel()
        self.count.setProperty("role", "secondary")
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 8)
        head.setSpacing(GAP)
        head.addWidget(QLabel(self.tr("Changes on")))
        head.addWidget(self.scope_box)
        head.addWidget(self.count, 1)
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        self.list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.list.setHeaderLabels([self.tr("When"), self.tr("What"), self.tr("Outcome"), self.tr("Device")])
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.list.header().setStretchLastSection(False)
        for column, width in ((0, 120), (2, 150), (3, 130)):
            self.list.setColumnWidth(column, width)
        self.list.setAccessibleName(self.tr("Changes"))
        self.list.currentItemChanged.connect(self._chosen)
        self.older = QPushButton(self.tr("Show older changes"))
        self.older.setObjectName("link")
        self.older.clicked.connect(lambda: self.scope.start(self._load_older()))
        self.older.hide()
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        column.addWidget(self.older)
        self.detail = ChangeSetView()
        self.detail.undo_wanted.connect(self._undo_chosen)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.detail)
        self.splitter.setSizes([260, 320])
        self.splitter.setChildrenCollapsible(False)
        self.notice = Notice()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.splitter)
        self.stack.addWidget(self.notice)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stack)

    # What the shell asks for

    def activated(self) -> None:
        self._watch = self.scope.start(self._follow())

    def deactivated(self) -> None:
        if self._watch is not None:
            self._watch.cancel()

    async def _follow(self) -> None:
        """Shows what is there and what anybody adds, other programs included."""
        while True:
            seen = await self._site.file.revision()
            await self._load()
            await self._site.file.wait_for_change(seen)

    # The list

    async def _load(self) -> None:
        try:
            if not self._own:
                self._own = await self._own_ids()
            found = await self._site.history.page(PAGE, device_ids=self._wanted())
        except SiteError as error:
            self._say_failure(error)
            return
        chosen = self.chosen_id
        self._shown = {}
        self.list.clear()
        self._add(found)
        self.list.setColumnHidden(3, not self.scope_box.currentData())
        self._choose(chosen)
        if found:
            self.stack.setCurrentWidget(self.splitter)
        elif self.scope_box.currentData():
            self._say_nothing(self.tr("No changes on this site yet"))
        else:
            self._say_nothing(self.tr("No changes on {} yet").format(self.device_name))

    async def _load_older(self) -> None:
        if self._shown:
            self._add(await self._site.history.page(PAGE, before=min(self._shown), device_ids=self._wanted()))

    async def _own_ids(self) -> frozenset[int]:
        subject = await self._settings.subject.sighting()
        return frozenset(device.id for device in await self._site.devices.find(subject.identity))

    def _wanted(self) -> tuple[int, ...] | None:
        return None if self.scope_box.currentData() else tuple(self._own)

    def _add(self, found: tuple[ChangeSet, ...]) -> None:
        for change_set in found:
            self._shown[change_set.id] = change_set
            word, name, role = words.outcome(change_set)
            device = change_set.device_name or change_set.address
            item = QTreeWidgetItem([words.when(change_set.started), words.what(change_set), word, device])
            item.setIcon(2, icon(name, 16, role))
            item.setToolTip(0, f"{change_set.started.astimezone():%Y-%m-%d %H:%M:%S %Z}")
            item.setToolTip(1, item.text(1))
            item.setData(0, Qt.ItemDataRole.UserRole, change_set.id)
            self.list.addTopLevelItem(item)
        self.older.setVisible(len(found) == PAGE)
        self.count.setText(self.tr("{} shown").format(len(self._shown)) if len(self._shown) >= PAGE else "")

    @property
    def chosen_id(self) -> int | None:
        item = self.list.currentItem()
        return None if item is None else item.data(0, Qt.ItemDataRole.UserRole)

    def _choose(self, change_set_id: int | None) -> None:
        items = [self.list.topLevelItem(row) for row in range(self.list.topLevelItemCount())]
        same = (item for item in items if item.data(0, Qt.ItemDataRole.UserRole) == change_set_id)
        if items:
            self.list.setCurrentItem(next(same, items[0]))

    def _chosen(self) -> None:
        change_set = self._shown.get(self.chosen_id or 0)
        if change_set is not None:
            self.scope.start(self._show(change_set))

    async def _show(self, change_set: ChangeSet) -> None:
        documents = await self._site.history.documents(change_set.id)
        if self.chosen_id == change_set.id:
            self.detail.show_change_set(change_set, documents, self._why_not(change_set))

    def _why_not(self, change_set: ChangeSet) -> str:
        """Why there is nothing to undo from here; "" when there is."""
        own = change_set.device_id in self._own or self._is_same(change_set)
        if not own:
            return self.tr("Open {} to undo this.").format(change_set.device_name or change_set.address)
        if change_set.state is ChangeState.FAILED:
            return self.tr("Nothing was changed, so there is nothing to undo.")
        return ""

    def _is_same(self, change_set: ChangeSet) -> bool:
        return f"at:{self.session.address}" in change_set.device_keys and not Identity(change_set.device_keys).strong

    def _say_nothing(self, title: str) -> None:
        text = self.tr(
            "What is applied under Settings is kept here, with what the camera made of it, and can be undone."
        )
        buttons = []
        if self.scope_box.currentData():
            buttons.append((self.tr("Show {} only").format(self.device_name), "camera", lambda: self._switch(0)))
        else:
            buttons.append((self.tr("Show the whole site"), "history", lambda: self._switch(1)))
        self.notice.say(title, text, icon_name="history", buttons=buttons)
        self.stack.setCurrentWidget(self.notice)

    def _switch(self, at: int) -> None:
        self.scope_box.setCurrentIndex(at)
        self.scope.start(self._load())

    def _say_failure(self, error: CameraError) -> None:
        again = (self.tr("Try again"), "refresh", lambda: self.scope.start(self._load()))
        self.notice.say(
            error.summary, error.hint, icon_name="warning", role="warn", detail=error.detail, buttons=[again]
        )
        self.stack.setCurrentWidget(self.notice)

    # Undo

    def _undo_chosen(self) -> None:
        chosen = self.chosen_id
        if chosen is not None:
            self.detail.show_busy(self.tr("Reading what {} holds now").format(self.device_name))
            self.scope.start(self._plan(chosen))

    async def _plan(self, change_set_id: int) -> None:
        try:
            plan = await plan_undo(change_set_id, self.session, self._site)
        except CameraError as error:
            self.detail.show_outcome(str(error), "error")
            return
        if plan.moved:
            self.detail.show_outcome("", "")
            self.sheet = UndoSheet(self, plan, self.device_name)
            self.sheet.undo_wanted.connect(lambda paths: self.scope.start(self._undo(plan, paths)))
            self.sheet.closed.connect(self._sheet_closed)
            self.sheet.open()
        elif not plan.is_needed:
            reasons = {field.reason for field in plan.fields}
            self.detail.show_outcome(" ".join(sorted(reasons)), "warn")
        else:
            await self._undo(plan, frozenset())

    def _sheet_closed(self) -> None:
        self.sheet = None

    @property
    def is_departing(self) -> bool:
        return self._moves is not None and self._moves.under_way

    async def finish(self) -> None:
        if self._work is not None:
            await wait_out(self._work)

    async def _agreed(self, moves: Moves, plan: UndoPlan, changes: tuple[Change, ...]) -> bool:
        """The camera may be elsewhere afterwards: that is asked about first."""
        said = await moves.consequences(plan.document, changes)
        agreed = await self.departure.ask(said, [plan.document])
        if agreed:
            self.detail.show_busy(moves.progress(plan.document, changes))
        return agreed

    async def _undo(self, plan: UndoPlan, also: frozenset[str]) -> None:
        self.detail.show_busy(self.tr("Setting back on {}").format(self.device_name))
        undoing = _Undoing(plan, self.session, also)
        moves = self._moves = Moves(undoing, self.session, self.context, self.device_name, self.moved.emit)
        try:
            changes = undo_changes(plan, also)
            if moves.strands(plan.document, changes) and not await self._agreed(moves, plan, changes):
                self.detail.show_outcome("", "")
                return
            # Not cut off when the page goes: the journal must learn what the camera made of it.
            self._work = asyncio.ensure_future(moves.apply(plan.document, changes))
            proof, _ = await asyncio.shield(self._work)
        except CameraError as error:
            self.detail.show_outcome(str(error), "error")
            return
        self.resource_written.emit(proof.resource)
        if proof.lost is not None:
            self.detail.show_outcome(f"{proof.lost.summary} {proof.lost.hint}", "error")
        elif proof.kept_everything:
            self.detail.show_outcome(self.tr("Set back. {} holds the earlier values.").format(self.device_name), "ok")
        else:
            self.detail.show_outcome(
                self.tr("{} did not keep all of it; the newest entry says what.").format(self.device_name), "warn"
            )

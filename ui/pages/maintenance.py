"""Maintenance: what the device does on command, files that go to it or come from it, and its log."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QLabel, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.disk import read_to_send, write_whole
from app.errors import CameraError
from app.families.base import Actions, Files, MakesFiles, Session, SystemLog
from app.model.action import Action, Danger, FileKind, Progress
from app.settings.document import Document
from app.stopping import Stopped, unless_stopped
from ui.bridge.waits import Patience, given_up
from ui.context import Context
from ui.dialogs.confirm import ConfirmSheet
from ui.dialogs.making import MakingSheet
from ui.pages.base import Page
from ui.pages.maintenance_log import LogCard
from ui.pages.maintenance_row import Button, WorkRow
from ui.palette import PaletteEntry
from ui.panes.notice import Notice
from ui.theme import GAP_WIDE

ORDER = {Danger.NONE: 0, Danger.INTERRUPTS: 1, Danger.LOSES: 2}

_ROLES = {True: "ok", None: "warn", False: "error"}  # what was read back

Said = tuple[str, str]  # what became of something, and its role
LOG = "log"  # as if it were a resource: the part of the page with the log


class MaintenancePage(Page):
    title = "Maintenance"
    icon = "maintenance"

    @classmethod
    def available(cls, session: Session) -> bool:
        return any(session.offer(kind) is not None for kind in (Actions, Files, SystemLog))

    def __init__(
        self, session: Session, context: Context, device_name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(session, context, parent)
        self.device_name = device_name or self.device_name
        self._actions = session.offer(Actions)
        self._files = session.offer(Files)
        self._loading: asyncio.Task[None] | None = None
        self._work: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()
        self._next: Callable[[], None] | None = None  # what the work leads to once it has ended
        self.rows: dict[str, WorkRow] = {}
        self.log: LogCard | None = None
        self.sheet: ConfirmSheet | MakingSheet | None = None
        self._looked_for = ""  # an action, a file or the log, until it is there
        self.ask_target: Callable[[str], str] = self._ask_target
        self.ask_source: Callable[[], str] = self._ask_source
        self.notice = Notice()
        self.area = QScrollArea()
        self.area.setAccessibleName(self.tr("Actions and files of {}").format(self.device_name))
        self.area.setWidgetResizable(True)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.notice)
        self.stack.addWidget(self.area)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stack)

    def activated(self) -> None:
        if self.area.widget() is None and (self._loading is None or self._loading.done()):
            self.notice.say("", self.tr("Asking {} what it can do").format(self.device_name), busy=True)
            self._loading = self.scope.start(self._load())

    def show_resource(self, resource: str, path: str = "") -> bool:
        """The row of an action or a file; as long as the lists are on their way nobody knows whether there is one."""
        del path
        self._looked_for = resource
        return self._lead() or not self.rows

    def _lead(self) -> bool:
        if self._looked_for == LOG and self.log is not None:
            self._looked_for, log = "", self.log
            QTimer.singleShot(0, log, lambda: self._point_at(log, log.span))
            return True
        paths = ((key.partition(" ")[2].partition("?")[0], row) for key, row in self.rows.items())
        row = next((row for path, row in paths if path == self._looked_for), None)
        if row is None:
            return False
        keys = [key.partition(" ")[2] for key, each in self.rows.items() if each is row]
        if self._looked_for in keys:
            row.place.setCurrentIndex(keys.index(self._looked_for))
        self._looked_for = ""
        QTimer.singleShot(0, row, lambda: self._point_at(row, row.buttons[0]))  # when the page is in front
        return True

    def _point_at(self, part: QWidget, begin: QWidget) -> None:
        begin.setFocus(Qt.FocusReason.OtherFocusReason)
        self.area.ensureWidgetVisible(part)

    def palette_entries(self) -> Iterator[PaletteEntry]:
        if self.session.offer(SystemLog) is not None:
            place = f"{self.device_name} › {self.title}"
            yield PaletteEntry(self.tr("Search the log"), place, self._show_log, "", "search")

    def _show_log(self) -> None:
        self.show_resource(LOG)

    @property
    def is_busy(self) -> bool:
        return self._work is not None and not self._work.done()

    # Lists

    async def _load(self) -> None:
        if self.device_name == str(self.session.address):  # the page may be older than the name
            self.device_name = self.context.name_of(self.session)
        try:
            with Patience(self.device_name, self._say_waiting).told():
                actions = await self._actions.list() if self._actions is not None else ()
                files = await self._files.list() if self._files is not None else ()
        except CameraError as error:
            self._say_failure(error)
            return
        log = self.session.offer(SystemLog)
        if not actions and not files and log is None:
            self.notice.say(self.tr("{} offers no maintenance").format(self.device_name), icon_name="info")
            return
        self._show(actions, files, log)

    def _say_waiting(self, text: str) -> None:
        self.notice.say("", text, busy=True, buttons=[(self.tr("Cancel"), "close", self._give_up)])

    def _give_up(self) -> None:
        if self._loading is not None and self._loading.cancel():
            self._say_failure(given_up(self.device_name))

    def _say_failure(self, error: CameraError) -> None:
        again = (self.tr("Try again"), "refresh", self.activated)
        self._loading = None
        self.notice.say(
            error.summary, error.hint, icon_name="warning", role="warn", detail=error.detail, buttons=[again]
        )

    def _show(self, actions: tuple[Action, ...], files: tuple[FileKind, ...], log: SystemLog | None) -> None:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(GAP_WIDE, GAP_WIDE, GAP_WIDE, GAP_WIDE)
        column.setSpacing(GAP_WIDE)
        alike: dict[str, list[Action]] = defaultdict(list)
        for action in sorted(actions, key=lambda each: ORDER[each.danger]):
            alike[action.title].append(action)
        does = [([each.id for each in group], self._action_row(group)) for group in alike.values()]
        keeps = [([file.id], self._file_row(file)) for file in files if file.up or file.down]
        for title, rows in ((self.tr("Actions"), does), (self.tr("Files"), keeps)):
            if rows:
                column.addWidget(_card(title, [row for _, row in rows]))
                self.rows.update({f"{title} {key}": row for keys, row in rows for key in keys})
        if log is not None:
            self.log = LogCard(log, self.device_name, self.scope)
            column.addWidget(self.log, 1)
        else:
            column.addStretch(1)
        self.area.setWidget(holder)
        self.stack.setCurrentWidget(self.area)
        if self._looked_for:
            self._lead()

    def _action_row(self, actions: list[Action]) -> WorkRow:
        """One for all parts of the device that can do it: a recorder has the same for each of its streams."""
        first, places = actions[0], [each.place for each in actions if len(actions) > 1]
        begin: Button = (self._named(first.order), first.danger is Danger.LOSES, lambda: ask())
        row = WorkRow(first.title, self._named(first.consequence), [begin], first.id, places)
        row.cancel_wanted.connect(self.stop_work)

        def chosen() -> Action:
            return actions[max(row.place.currentIndex(), 0)]

        def follow() -> None:
            row.title.setToolTip(chosen().id)
            row.text.setText(self._named(chosen().consequence))
            row.buttons[0].setText(self._named(chosen().order))

        def ask() -> None:
            action = chosen()
            # A camera can be lost where it loses settings and goes away; anything else needs no typing.
            typed = self.device_name if action.danger is Danger.LOSES and action.restarts else ""
            asked = (self._named(action.order), self._named(action.consequence), action.danger is Danger.LOSES, typed)
            self._ask(*asked, lambda: self._start(row, self._run(action, row)))

        row.place.currentIndexChanged.connect(follow)
        return row

    def _file_row(self, file: FileKind) -> WorkRow:
        buttons: list[Button] = []
        if file.down:
            buttons.append((self.tr("Save to a file…"), False, lambda: self._fetch(file, row)))
        if file.up:
            name = self.tr("Send a file to {}…").format(self.device_name)
            buttons.append((name, file.danger is Danger.LOSES, lambda: self._send(file, row)))
        if file.making and isinstance(self._files, MakesFiles):
            buttons.append((self.tr("Make one on {}…").format(self.device_name), False, lambda: self._make(file, row)))
        if file.removal:
            buttons.append((self.tr("Remove from {}…").format(self.device_name), True, lambda: self._remove(file, row)))
        words = (file.help, self._named(file.consequence))
        row = WorkRow(file.title, "\n".join(part for part in words if part), buttons, file.id)
        row.cancel_wanted.connect(self.stop_work)
        return row

    def _named(self, text: str) -> str:
        """The engine knows the camera by its address, people by its name."""
        return text.replace(str(self.session.address), self.device_name).replace(
            self.session.address.host, self.device_name
        )

    # Doing

    def _ask(self, button: str, consequence: str, first: bool, typed: str, go: Callable[[], None]) -> None:
        if self.is_busy:
            return
        if not first:
            go()
            return
        self._show_sheet(ConfirmSheet(self, button, consequence, button, typed), go)

    def _show_sheet(self, sheet: ConfirmSheet | MakingSheet, go: Callable[[], None]) -> None:
        self.sheet = sheet
        sheet.agreed.connect(go)
        sheet.closed.connect(self._sheet_closed)
        sheet.open()

    def _sheet_closed(self) -> None:
        self.sheet = None

    def _start(self, row: WorkRow, work: Coroutine[Any, Any, Said]) -> None:
        self._stop.clear()
        self._work = self.scope.start(self._follow(row, work))
        for each in self.rows.values():
            each.set_free(False)

    async def _follow(self, row: WorkRow, work: Coroutine[Any, Any, Said]) -> None:
        """Progress in the row, then the outcome; the work itself says what it means that it was stopped."""
        row.begin()
        row.cancel.setFocus()
        said = ("", "")
        try:
            with Patience(self.device_name, lambda text: row.tell(Progress(text))).told():
                said = await work
        except CameraError as error:
            said = (self._named(f"{error.summary} {error.hint}".strip()), "error")
        finally:
            had_focus = self.window().focusWidget() is row.cancel
            row.end(*said)
            for each in self.rows.values():
                each.set_free(True)
            if had_focus and row.buttons:
                row.buttons[0].setFocus()
            self._work, go_on, self._next = None, self._next, None
        if go_on is not None:
            go_on()

    def stop_work(self) -> None:
        """Ends what is under way, which then says what it has left."""
        self._stop.set()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_busy:
            self.stop_work()
        else:
            super().keyPressEvent(event)

    async def _run(self, action: Action, row: WorkRow) -> Said:
        assert self._actions is not None
        work = self._actions.run(action.id, confirmed=True, wait=True, tell=row.tell)
        try:
            done = await unless_stopped(work, self._stop)
        except Stopped:
            text = self.tr("Nobody waits for {} any more. What it was told before is not taken back.")
            return text.format(self.device_name), "warn"
        return self._named(done.text), "warn" if done.back is False else "ok"

    def _fetch(self, file: FileKind, row: WorkRow) -> None:
        target = "" if self.is_busy else self.ask_target(f"{self.device_name} {file.title}{file.suffix}")
        if target:
            self._start(row, self._download(file, Path(target), row))

    async def _download(self, file: FileKind, target: Path, row: WorkRow) -> Said:
        assert self._files is not None
        try:
            data = await unless_stopped(self._files.download(file.id, tell=row.tell), self._stop)
        except Stopped:
            return self.tr("Stopped: nothing was saved as {}.").format(target), "warn"
        await asyncio.to_thread(write_whole, target, data)
        return self.tr("Saved as {0} ({1} bytes).").format(target, len(data)), "ok"

    def _send(self, file: FileKind, row: WorkRow) -> None:
        source = "" if self.is_busy else self.ask_source()
        if source:
            self._start(row, self._look_at(file, Path(source), row))

    async def _look_at(self, file: FileKind, source: Path, row: WorkRow) -> Said:
        """A wrong file is told before anybody is asked to agree. What was looked at is what is sent."""
        assert self._files is not None
        row.tell(Progress(self.tr("Reading the file")))
        try:
            data = await unless_stopped(asyncio.to_thread(read_to_send, source, file.most), self._stop)
            await unless_stopped(asyncio.to_thread(self._files.check, file.id, data), self._stop)
        except Stopped:
            return self.tr("Stopped: nothing was sent to {}.").format(self.device_name), "warn"
        name = self.tr("Send {0} to {1}").format(source.name, self.device_name)
        typed = self.device_name if file.danger is Danger.LOSES else ""
        ask_first = file.danger is not Danger.NONE
        go = lambda: self._start(row, self._upload(file, data, row))  # noqa: E731
        self._next = lambda: self._ask(name, self._named(file.consequence), ask_first, typed, go)
        return "", ""

    def _make(self, file: FileKind, row: WorkRow) -> None:
        if not self.is_busy:
            self._start(row, self._drafted(file, row))

    async def _drafted(self, file: FileKind, row: WorkRow) -> Said:
        """What it has to be told goes into a form, whose limits are the camera's."""
        assert isinstance(self._files, MakesFiles)
        try:
            draft = await unless_stopped(self._files.draft(file.id), self._stop)
        except Stopped:
            return self.tr("Stopped: nothing was sent to {}.").format(self.device_name), "warn"

        sheet = MakingSheet(self, draft, self._named(file.making), self.tr("Make it on {}").format(self.device_name))
        self._next = lambda: self._show_sheet(sheet, lambda: self._start(row, self._made(file, draft)))
        return "", ""

    async def _made(self, file: FileKind, draft: Document) -> Said:
        assert isinstance(self._files, MakesFiles)
        done = await self._files.make(file.id, draft, confirmed=True)
        return self._named(done.text), _ROLES[done.verified]

    def _remove(self, file: FileKind, row: WorkRow) -> None:
        name = self.tr("Remove {0} from {1}").format(file.title, self.device_name)
        self._ask(name, self._named(file.removal), True, "", lambda: self._start(row, self._take_off(file)))

    async def _take_off(self, file: FileKind) -> Said:
        assert self._files is not None
        done = await self._files.remove(file.id, confirmed=True)
        return self._named(done.text), "error" if done.verified is False else "ok"

    async def _upload(self, file: FileKind, data: bytes, row: WorkRow) -> Said:
        assert self._files is not None
        done = await self._files.upload(file.id, data, confirmed=True, tell=row.tell, stop=self._stop)
        return self._named(done.text), _ROLES[done.verified]

    def _ask_target(self, name: str) -> str:
        return QFileDialog.getSaveFileName(self, self.tr("Save to a file"), name)[0]

    def _ask_source(self) -> str:
        return QFileDialog.getOpenFileName(self, self.tr("Choose the file to send"))[0]


def _card(title: str, rows: list[WorkRow]) -> QFrame:
    card = QFrame()
    card.setObjectName("card")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(16, 10, 16, 10)
    layout.setSpacing(2)
    heading = QLabel(title)
    heading.setObjectName("sectionTitle")
    layout.addWidget(heading)
    for number, row in enumerate(rows):
        if number:
            rule = QFrame()
            rule.setObjectName("rule")
            rule.setFixedHeight(1)
            layout.addWidget(rule)
        layout.addWidget(row)
    return card

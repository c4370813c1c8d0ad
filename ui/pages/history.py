"""The history: every change set ever sent to this device, or to the whole site, and its undo."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.errors import CameraError, SiteError
from app.families.base import Session, SettingsTree
from app.settings.changes import Change, Proof
from app.settings.document import Document
from app.site.identity import Identity
from app.site.journal import JournalledSettings
from app.site.records import ChangeSet, ChangeState
from app.site.undo import UndoPlan, plan_undo, undo, undo_changes, undone
from app.site.undo_effects import Effect, SetBack, effects_of, set_back
from app.site.undo_standing import Standing
from app.site.wording import worded_entries
from ui.bridge.waits import Patience
from ui.bridge.writer import wait_out
from ui.context import Context
from ui.dialogs.undo import UndoSheet
from ui.models import history_words, undo_words
from ui.models.history import BATCH
from ui.pages.base import Page
from ui.pages.history_detail import ChangeSetView
from ui.pages.history_list import HistoryList
from ui.pages.settings_moves import Departure, Moves, Written
from ui.panes.notice import Notice


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
        self._watch: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._learning: asyncio.Task[None] | None = None  # the words of what is shown, for the search
        self._wanted: int | None = None  # the change set that somebody was led to, until it is there
        self._undoing: int | None = None  # the change set that is being set back
        self._told: tuple[int, str, str] | None = (
            None  # of which change set, what was said of its undo, in which colour
        )
        self.sheet: UndoSheet | None = None
        self.departure = Departure(self, self.device_name)
        self._moves: Moves | None = None
        self._waits = Patience(self.device_name, self._say_busy)
        self._reading: asyncio.Task[object] | None = None  # for an undo
        self._work: asyncio.Future[Any] | None = None
        self._build()

    def _build(self) -> None:
        self.list = HistoryList(self.device_name)
        self.table = self.list.table
        self.table.wanted.connect(lambda numbers: self.scope.start(self._learn(numbers)))
        self.list.search_changed.connect(self._look)
        self.list.chosen.connect(self._show_chosen)
        self.detail = ChangeSetView()
        self.detail.undo_wanted.connect(self._undo_chosen)
        self.detail.stop_wanted.connect(self._stop)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(self.list)
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
        find = QShortcut(QKeySequence("Ctrl+F"), self, self._find)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # What the shell asks for

    def activated(self) -> None:
        self._watch = self.scope.start(self._follow())

    def deactivated(self) -> None:
        if self._watch is not None:
            self._watch.cancel()

    def show_change(self, number: int) -> bool:
        """Among all of them: a filter may hide it."""
        self._wanted = number
        self.list.show_all()
        self._look()
        return True

    async def _follow(self) -> None:
        """Shows what is there and what anybody adds, other programs included."""
        while True:
            seen = await self._site.file.revision()
            await self._load()
            if self._learning is None or self._learning.done():
                self._learning = self.scope.start(self._learn_words())
            await self._site.file.wait_for_change(seen)

    async def _learn_words(self) -> None:
        """What is shown can be looked for; a search that was made meanwhile finds the rest now."""
        news = False
        try:
            while await self._site.history.learn(history_words.haystack):
                news = True
        except SiteError as error:
            self._say_failure(error)
            return
        if news and self.list.is_filtered:
            await self._load()

    # The list

    def _find(self) -> None:
        if self.stack.currentWidget() is self.splitter:
            self.list.focus_filter()

    def _look(self) -> None:
        """Another search: the one before it is of no use any more."""
        if self._looking is not None:
            self._looking.cancel()
        self._looking = self.scope.start(self._load())

    async def _load(self) -> None:
        """All that fits by its number; what is seen of it at once, the rest when somebody comes there."""
        history = self._site.history
        try:
            if not self._own:
                self._own = await self._own_ids()
            numbers = await history.find(self.list.search(tuple(self._own)))
            self.table.learn(await history.some((*numbers[:BATCH], *self.table.open_ones())))
        except SiteError as error:
            self._say_failure(error)
            return
        self.list.show_numbers(numbers)
        if self._wanted in numbers:
            self.list.choose(self.table.row_of(self._wanted) or 0)
            self._wanted = None
        if numbers or self.list.is_filtered:
            self.stack.setCurrentWidget(self.splitter)
            self.detail.setVisible(bool(numbers))
            self._show_chosen()
        elif self.list.whole_site:
            self._say_nothing(self.tr("No changes on this site yet"))
        else:
            self._say_nothing(self.tr("No changes on {} yet").format(self.device_name))

    async def _learn(self, numbers: tuple[int, ...]) -> None:
        try:
            self.table.learn(await self._site.history.some(numbers))
        except SiteError as error:
            self._say_failure(error)

    async def _own_ids(self) -> frozenset[int]:
        subject = await self._settings.subject.sighting()
        return frozenset(device.id for device in await self._site.devices.find(subject.identity))

    @property
    def chosen_id(self) -> int | None:
        return self.list.chosen_id

    def _show_chosen(self) -> None:
        chosen = self.chosen_id
        if chosen is not None:
            self.scope.start(self._show(chosen))

    async def _show(self, number: int) -> None:
        change_set = self.table.change_set(self.table.row_of(number) or 0)
        try:
            if change_set is None or change_set.id != number:
                change_set = await self._site.history.get(number)
            documents = await self._site.history.documents(number)
            effects = [
                (each, await self._site.history.documents(each.id)) for each in await self._site.history.effects(number)
            ]
        except SiteError as error:
            self._say_failure(error)
            return
        told = list(await asyncio.to_thread(worded_entries, change_set, documents[0]))
        for each, (before, _) in effects:
            told += history_words.elsewhere(each.title, await asyncio.to_thread(worded_entries, each, before))
        if self.chosen_id == number:
            self.detail.show_change_set(change_set, told, documents, self._why_not(change_set))
            if self._told is not None and self._told[0] == number:
                self.detail.show_outcome(*self._told[1:])

    def _why_not(self, change_set: ChangeSet) -> str:
        """Why there is nothing to undo from here; "" when there is."""
        if self._undoing is not None:
            return self.tr("An undo on {} is under way.").format(self.device_name)
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
        if self.list.whole_site:
            buttons.append((self.tr("Show {} only").format(self.device_name), "camera", lambda: self._switch(0)))
        else:
            buttons.append((self.tr("Show the whole site"), "history", lambda: self._switch(1)))
        self.notice.say(title, text, icon_name="history", buttons=buttons)
        self.stack.setCurrentWidget(self.notice)

    def _switch(self, at: int) -> None:
        self.list.scope_box.setCurrentIndex(at)
        self._look()

    def _say_failure(self, error: CameraError) -> None:
        again = (self.tr("Try again"), "refresh", self._look)
        self.notice.say(
            error.summary, error.hint, icon_name="warning", role="warn", detail=error.detail, buttons=[again]
        )
        self.stack.setCurrentWidget(self.notice)

    # Undo

    def _undo_chosen(self) -> None:
        chosen = self.chosen_id
        if chosen is not None and self._undoing is None and self.sheet is None:
            self.scope.start(self._alone(chosen, self._plan(chosen)))

    async def _alone(self, number: int, work: Coroutine[Any, Any, None]) -> None:
        """One undo at a time, whatever else is chosen meanwhile."""
        self._undoing = number
        try:
            with self._waits.told():
                await work
        finally:
            self._undoing = None
            self._show_chosen()

    def _say(self, text: str, role: str) -> None:
        """About the change set that is being undone: seen while that one is chosen."""
        number = self._undoing
        self._told = (number, text, role) if number is not None else None
        if self.chosen_id == number:
            self.detail.show_outcome(text, role)

    def _say_busy(self, text: str) -> None:
        self._say(text, "info")
        if self.chosen_id == self._undoing:
            self.detail.show_under_way(text)

    def _stop(self) -> None:
        """Reading ends at once, writing before the next request."""
        self.detail.stop.setEnabled(False)
        self._waits.give_up()
        if self._reading is not None:
            self._reading.cancel()

    async def _plan(self, number: int) -> None:
        self._say_busy(self.tr("Reading what {} holds now").format(self.device_name))
        try:
            plan, effects = await self._read(number)
        except CameraError as error:
            self._say(str(error), "error")
            return
        except asyncio.CancelledError:
            self._say(self.tr("Stopped. Nothing was sent to {}.").format(self.device_name), "warn")
            raise
        standing = [each for each in effects if each.plan is not None and each.plan.is_needed]
        if plan.moved or standing:
            self._say("", "")
            self.sheet = UndoSheet(self, plan, self.device_name, standing)
            self.sheet.undo_wanted.connect(
                lambda paths, chosen: self.scope.start(
                    self._alone(number, self._undo(plan, paths, [each for each in standing if each.number in chosen]))
                )
            )
            self.sheet.closed.connect(self._sheet_closed)
            self.sheet.open()
        elif not plan.is_needed:
            self._say(undo_words.nothing(plan, self.device_name), "warn")
        else:
            await self._undo(plan, frozenset())

    async def _read(self, number: int) -> tuple[UndoPlan, tuple[Effect, ...]]:
        """What an undo would do; may be cancelled."""
        self._reading = asyncio.current_task()
        try:
            plan = await plan_undo(number, self.session, self._site)
            return plan, await effects_of(number, self.session, self._site)
        finally:
            self._reading = None

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
            self._say_busy(moves.progress(plan.document, changes))
        return agreed

    async def _undo(self, plan: UndoPlan, also: frozenset[str], effects: Sequence[Effect] = ()) -> None:
        """Then the side effects: the camera may have taken some of them back by itself."""
        self._say_busy(self.tr("Setting back on {}").format(self.device_name))
        told: list[tuple[str, str]] = []
        try:
            if also or any(field.standing is Standing.OURS for field in plan.fields):
                done = await self._set_back(plan, also)
                if done is None:
                    self._say("", "")
                    return
                proof, after = done
                said = undo_words.outcome(undone(plan, proof, after, also), self.device_name)
                told.append(self._outcome(proof, said))
                if proof.lost is not None:
                    effects = ()
            if effects:
                wanted = [each.number for each in effects]
                moved = [each.number for each in effects if each.plan is not None and each.plan.moved]
                work = set_back(plan.change_set.id, self.session, self._site, wanted, moved)
                self._work = asyncio.ensure_future(work)
                told += [self._told_of(each) for each in await asyncio.shield(self._work)]
        except CameraError as error:
            self._say(str(error), "error")
            return
        told = told or [self._all_back()]
        worst = max((role for _, role in told), key=("ok", "warn", "error").index)
        self._say(" ".join(dict.fromkeys(text for text, role in told if role == worst)), worst)

    async def _set_back(self, plan: UndoPlan, also: frozenset[str]) -> Written | None:
        """None where somebody did not want the camera to go elsewhere."""
        undoing = _Undoing(plan, self.session, also)
        moves = self._moves = Moves(undoing, self.session, self.context, self.device_name, self.moved.emit)
        changes = undo_changes(plan, also)
        if moves.strands(plan.document, changes) and not await self._agreed(moves, plan, changes):
            return None
        # Not cut off when the page goes: the journal must learn what the camera made of it.
        work = self._work = asyncio.ensure_future(moves.apply(plan.document, changes))
        return await asyncio.shield(work)

    def _told_of(self, done: SetBack) -> tuple[str, str]:
        """A side effect."""
        if done.proof is not None:
            return self._outcome(done.proof)
        return self.tr("{0} was not set back. {1}").format(done.change_set.title, done.error), "error"

    def _all_back(self) -> tuple[str, str]:
        return self.tr("Set back. {} holds the earlier values.").format(self.device_name), "ok"

    def _outcome(self, proof: Proof, said: tuple[str, str] | None = None) -> tuple[str, str]:
        """What became of one page, and its colour; said where more is known than the proof. Tells all who show it."""
        for resource in (proof.resource, *(page.resource for page in proof.neighbours if page.fields)):
            self.resource_written.emit(resource)
        if proof.lost is not None:
            return f"{proof.lost.summary} {proof.lost.hint}", "error"
        if said is not None or proof.kept_everything:
            return said or self._all_back()
        text = self.tr("{} did not keep all of it; the newest entry says what.")
        return text.format(self.device_name), "warn"

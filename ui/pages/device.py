"""One device in the centre: its head, its login, and the pages that its session offers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.errors import AuthError, BadCredentials, CameraError, CredentialsNeeded, Forbidden, LockedOut
from app.families.base import Credentials, Session
from app.model.device import DeviceState, Found
from app.patience import Wait, told_of_waits
from ui.bridge.tasks import TaskScope
from ui.context import Context
from ui.dialogs.credentials import CredentialsSheet
from ui.models.status import Login, Standing, Status, short_address, status
from ui.open_ends import say_open_ends
from ui.pages.base import Page
from ui.pages.page_tabs import PageTabs
from ui.panes.notice import Notice
from ui.promises import put_back_promised
from ui.sessions import Sessions
from ui.theme import GAP, GAP_WIDE, icon

PATIENCE = 300  # ms before a wait is shown
GIVING_WAY = 0.1  # seconds between two looks whether anybody waits

Pages = Sequence[Callable[[], type[Page]]]


class DevicePage(QWidget):
    """Logs in once by itself when the vault knows a password, otherwise asks. The session stays until `close`."""

    standing_changed = Signal(object, object)  # Found, Standing
    search_changed = Signal()  # a page finds more now
    full_screen_wanted = Signal(object)  # True, False, or None for the other of both
    moved = Signal(object, object)  # Address, Found: a page has sent the camera elsewhere

    def __init__(self, found: Found, context: Context, pages: Pages, sessions: Sessions) -> None:
        """pages are functions so that a page's module is imported when a device is opened, not at the start. sessions
        may have one of this device already, because something else shows it: this page then uses that one."""
        super().__init__()
        self.found = found
        self.session: Session | None = None
        self.standing = Standing()
        self._context = context
        self._kinds = pages
        self._sessions = sessions
        self._pages: list[Page] = []
        self._in_front = False
        self._began = False
        self._login: asyncio.Task[Any] | None = None  # the try under way
        self.scope = TaskScope(context.messages, lambda: self.name)
        self.sheet: CredentialsSheet | None = None
        self._build()
        self.update_found(found)

    @property
    def name(self) -> str:
        return self.found.name or self.found.model or str(self.found.address)

    @property
    def pages(self) -> tuple[Page, ...]:
        return tuple(self._pages)

    @property
    def current_page(self) -> Page | None:
        at = self.tabs.currentIndex()
        return self._pages[at] if self.session is not None and 0 <= at < len(self._pages) else None

    # Construction

    def _build(self) -> None:
        self.head = DeviceHead()
        self.tabs = PageTabs()
        self.tabs.currentChanged.connect(self._tab_changed)
        self.tab_row = QFrame()
        self.tab_row.setObjectName("header")
        row = QHBoxLayout(self.tab_row)
        row.setContentsMargins(GAP, 0, GAP, 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        self.notice = Notice()
        self.login = QWidget()
        self._login_layout = QVBoxLayout(self.login)
        self._login_layout.setContentsMargins(GAP_WIDE, 32, GAP_WIDE, GAP_WIDE)
        self.book = QStackedWidget()
        self.stack = QStackedWidget()
        for widget in (QWidget(), self.notice, self.login, self.book):
            self.stack.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.tab_row)
        layout.addWidget(self.stack, 1)
        self.tab_row.hide()
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self._say_connecting)

    # What the window asks for

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_tabs()

    def _fit_tabs(self) -> None:
        self.tabs.fit(self.width() - 2 * GAP)

    def update_found(self, found: Found) -> None:
        self.found = found
        self._show_head()

    def activated(self) -> None:
        self._in_front = True
        if not self._began:
            self._began = True
            self.begin()
        elif self.current_page is not None:
            self.current_page.activated()
        elif self.sheet is not None:
            self.sheet.focus_first()

    def deactivated(self) -> None:
        self._in_front = False
        if self.current_page is not None:
            self.current_page.deactivated()

    @property
    def fills_screen(self) -> bool:
        """Whether the page in view is worth the whole screen."""
        return self.current_page is not None and self.current_page.fills_screen

    def set_bare(self, bare: bool) -> None:
        self.head.setHidden(bare)
        self.tab_row.setHidden(bare or self.session is None)
        for page in self._pages:
            page.set_bare(bare)

    def show_page(self, title: str) -> None:
        """The page with this title, when there is one."""
        for at, page in enumerate(self._pages):
            if page.title == title:
                self.tabs.setCurrentIndex(at)

    def begin(self) -> None:
        """Says what stands in the way, or logs in."""
        if self.session is not None:
            return
        match self.found.state:
            case DeviceState.FOREIGN_SUBNET:
                self._say_foreign()
            case DeviceState.NEEDS_SETUP:
                self._say_setup()
            case DeviceState.UNKNOWN:
                text = self.found.note or self.tr("It answers, but speaks no protocol that is known here.")
                self.notice.say(self.tr("{} is not known").format(self.name), text, icon_name="help")
                self.stack.setCurrentWidget(self.notice)
            case _:
                self.scope.start(self._begin())

    async def close(self) -> None:
        """Ends pages and tasks, waits for writes that have begun, then ends the session."""
        followed = None if self.session is None else self._context.events.of(self.session)
        if followed is not None:
            self._context.events.remove(followed)
        for page in self._pages:
            page.close_page()
        await self.scope.close()
        for page in self._pages:
            await page.finish()
        if self.session is not None:
            session, self.session = self.session, None
            await session.close()

    # Login

    async def _begin(self) -> None:
        stored = await self._context.vault.get(str(self.found.address))
        if stored is None:
            self._ask()
        else:
            await self._log_in(stored, lambda: self._sessions.take(self.found))

    def _submitted(self, credentials: Credentials, keep: bool) -> None:
        connect = self._context.connect
        self.scope.start(self._log_in(credentials, lambda: connect(self.found, credentials), keep=keep))

    async def _log_in(
        self, credentials: Credentials, connect: Callable[[], Awaitable[Session]], *, keep: bool = False
    ) -> None:
        """One try. Whatever the device says ends it."""
        self._stand(Login.CONNECTING)
        if self.sheet is None:
            self._patience.start()
        try:
            session = await self._connected(connect)
        except CredentialsNeeded:
            self._ask()
        except AuthError as error:
            await self._refused(error, credentials)
        except CameraError as error:
            self._failed(error)
        else:
            if keep:
                await self._context.vault.set(str(self.found.address), credentials)
            self._opened(session)
        finally:
            self._patience.stop()

    async def _connected(self, connect: Callable[[], Awaitable[Session]]) -> Session:
        """What connect came to. The tries of a busy device are shown and can be given up."""
        self._login = asyncio.current_task()
        try:
            with told_of_waits(self._say_waiting):
                return await connect()
        finally:
            self._login = None

    def _say_waiting(self, wait: Wait) -> None:
        """May come late: a session that others wait for as well is tried on after this page gave it up."""
        if self._login is None or self.standing.login is not Login.CONNECTING:
            return
        self._patience.stop()
        cancel = (self.tr("Cancel"), "close", self._give_up)
        self.notice.say(
            self.tr("{} is busy").format(self.name), self.tr("It is being tried again."), busy=True, buttons=[cancel]
        )
        self.stack.setCurrentWidget(self.notice)

    def _give_up(self) -> None:
        login = self._login
        if login is None or not login.cancel():
            return
        self._stand(Login.NONE)
        if self.sheet is not None:
            self.sheet.ready_again()
        again = (self.tr("Try again"), "refresh", self.begin)
        text = self.tr("It was busy, and you stopped the tries.")
        self.notice.say(self.tr("Not connected to {}").format(self.name), text, buttons=[again])
        self.stack.setCurrentWidget(self.notice)

    def _ask(self) -> None:
        if self.standing.login is Login.CONNECTING:
            self._stand(Login.NONE)
        if self.sheet is None:
            self.sheet = CredentialsSheet(self.name, self._context.vault.description)
            self.sheet.submitted.connect(self._submitted)
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(self.sheet)
            row.addStretch(1)
            self._login_layout.addLayout(row)
            self._login_layout.addStretch(1)
        self.stack.setCurrentWidget(self.login)
        if self._in_front:
            self.sheet.focus_first()

    async def _refused(self, error: AuthError, credentials: Credentials) -> None:
        if isinstance(error, BadCredentials):
            stored = await self._context.vault.get(str(self.found.address))
            if stored == credentials:  # it would be tried again at the next start
                await self._context.vault.forget(str(self.found.address))
        self._ask()
        assert self.sheet is not None
        self.sheet.show_refusal(error, None if isinstance(error, LockedOut) else credentials)
        if isinstance(error, LockedOut):
            self._stand(Login.LOCKED, self.sheet.locked_until)
        else:
            self._stand(Login.FAILED if isinstance(error, Forbidden) else Login.REFUSED)

    def _failed(self, error: CameraError) -> None:
        self._stand(Login.FAILED)
        if self.sheet is not None:
            self.sheet.ready_again()
        again = (self.tr("Try again"), "refresh", self.begin)
        self.notice.say(
            error.summary, error.hint, icon_name="warning", role="warn", detail=error.detail, buttons=[again]
        )
        self.stack.setCurrentWidget(self.notice)

    def _say_connecting(self) -> None:
        self.notice.say(self.tr("Connecting to {}").format(self.name), busy=True)
        self.stack.setCurrentWidget(self.notice)

    def _say_foreign(self) -> None:
        text = self.found.note or self.tr(
            "It answers from a network that this computer has no address in. Give this computer a second address in "
            "that network, then scan again."
        )
        title = self.tr("{} is in another network").format(self.name)
        again = (self.tr("Try to connect all the same"), "refresh", lambda: self.scope.start(self._begin()))
        self.notice.say(title, text, icon_name="arrow-square-out", role="warn", buttons=[again])
        self.stack.setCurrentWidget(self.notice)

    def _say_setup(self) -> None:
        title = self.tr("{} has no password yet").format(self.name)
        text = self.found.note or self.tr(
            "It must be activated with a first password before anything can be set. If that has been done, connect."
        )
        go_on = (self.tr("Connect"), "key", lambda: self.scope.start(self._begin()))
        self.notice.say(title, text, icon_name="wrench", role="warn", buttons=[go_on])
        self.stack.setCurrentWidget(self.notice)

    # Pages

    def _opened(self, session: Session) -> None:
        self.session = session
        self._context.events.add(self.name, session, self.scope.start)
        self.scope.start(put_back_promised(session, self.name, self._context.messages))
        self._look_back(session)
        if self.sheet is not None:
            self.sheet.deleteLater()
            self.sheet = None
        blocker = QSignalBlocker(self.tabs)
        for kind in (load() for load in self._kinds):
            if kind.available(session):
                page = kind(session, self._context, self.name)
                page.pending_changed.connect(self._pending)
                page.resource_written.connect(self._written)
                page.search_changed.connect(self.search_changed)
                page.place_wanted.connect(self._lead)
                page.moved.connect(self.moved)
                page.full_screen_wanted.connect(lambda: self.full_screen_wanted.emit(None))
                self._pages.append(page)
                self.book.addWidget(page)
                self.tabs.add(page.icon, self.tr(page.title))
        self.tabs.setCurrentIndex(0)
        self._fit_tabs()
        blocker.unblock()
        self._stand(Login.OPEN)
        self.tab_row.show()
        self.stack.setCurrentWidget(self.book)
        if not self._pages:
            self.notice.say(self.tr("{} offers nothing to show").format(self.name), icon_name="info")
            self.stack.setCurrentWidget(self.notice)
        elif self._in_front:
            self._pages[0].activated()

    def _look_back(self, session: Session) -> None:
        """What was cut off when this device was written to last is judged now, as soon as nobody waits for it."""
        site = self._context.site_file
        if site is not None:
            messages = self._context.messages
            self.scope.start(say_open_ends(session, site, self.name, messages, self._at_rest, self._show_change))

    async def _at_rest(self) -> None:
        """Until nobody waits for a page."""
        while True:
            if not any(page.is_busy for page in self._pages):
                return
            await asyncio.sleep(GIVING_WAY)

    def _show_change(self, number: int) -> None:
        for page in self._pages:
            if page.show_change(number):
                self.show_page(page.title)
                return

    def _tab_changed(self, at: int) -> None:
        old = self.book.currentWidget()
        if not 0 <= at < len(self._pages) or old is self._pages[at]:
            return
        if self._in_front and isinstance(old, Page):
            old.deactivated()
            self.full_screen_wanted.emit(False)
        self.book.setCurrentIndex(at)
        if self._in_front:
            self._pages[at].activated()

    def _written(self, resource: str) -> None:
        for page in self._pages:
            if page is not self.sender():
                page.resource_changed(resource)

    def _lead(self, resource: str, path: str) -> None:
        """From one page to what another one shows."""
        for page in self._pages:
            if page is not self.sender() and page.show_resource(resource, path):
                self.show_page(page.title)
                return

    def _pending(self) -> None:
        self._stand(self.standing.login, self.standing.until)

    def _stand(self, login: Login, until: datetime | None = None) -> None:
        changes = sum(page.pending_changes() for page in self._pages)
        self.standing = Standing(login, until, changes)
        self._show_head()
        self.standing_changed.emit(self.found, self.standing)

    def _show_head(self) -> None:
        self.head.show_device(self.name, self.found, status(self.found, self.standing))


class DeviceHead(QFrame):
    """Name, model, firmware, address, status: what one wants to know on every page."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("deviceHead")
        self.setFixedHeight(48)
        self.name = QLabel()
        self.name.setObjectName("pageTitle")
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.facts = QLabel()
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setProperty("role", "secondary")
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.shape = QLabel()
        self.word = QLabel()
        self._shown: tuple[str, Found, Status] | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP_WIDE, 0, GAP_WIDE, 0)
        row.setSpacing(GAP_WIDE)
        row.addWidget(self.name)
        row.addWidget(self.facts, 1)
        row.addWidget(self.shape)
        row.addSpacing(GAP - GAP_WIDE)
        row.addWidget(self.word)

    def show_device(self, name: str, found: Found, state: Status) -> None:
        self.name.setText(name)
        facts = (found.model if found.model != name else "", found.firmware, short_address(found.address))
        self.facts.setText("    ".join(fact for fact in facts if fact))
        self.shape.setPixmap(icon(state.icon, 16, state.token).pixmap(QSize(16, 16), self.devicePixelRatioF()))
        self.word.setText(state.word)
        role = state.token if state.token in ("ok", "warn", "error", "info", "secondary") else "info"
        self.word.setProperty("role", role)
        self.word.style().unpolish(self.word)
        self.word.style().polish(self.word)
        self._shown = (name, found, state)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._shown is not None:
            self.show_device(*self._shown)

"""One device in the centre: its head, its login, and the pages that its session offers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.families.base import Session
from app.model.device import Found
from ui.bridge.tasks import TaskScope
from ui.context import Context
from ui.models.status import Login, Standing, device_name, status
from ui.open_ends import say_open_ends
from ui.pages.base import Page
from ui.pages.device_door import Door
from ui.pages.device_head import DeviceHead
from ui.pages.page_tabs import PageTabs
from ui.promises import put_back_promised
from ui.sessions import Sessions
from ui.theme import GAP

GIVING_WAY = 0.1  # seconds between two looks whether anybody waits

Pages = Sequence[Callable[[], type[Page]]]


class DevicePage(QWidget):
    """The session that its door lets in stays until `close`."""

    standing_changed = Signal(object, object)  # Found, Standing
    search_changed = Signal()  # a page finds more now
    full_screen_wanted = Signal(object)  # True, False, or None for the other of both
    moved = Signal(object, object)  # Address, Found: a page has sent the camera elsewhere

    def __init__(self, found: Found, context: Context, pages: Pages, sessions: Sessions) -> None:
        """pages are functions so that a page's module is imported when a device is opened, not at the start."""
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
        self.scope = TaskScope(context.messages, lambda: self.name)
        self._build()
        self.update_found(found)

    @property
    def name(self) -> str:
        return device_name(self.found)

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
        self.door = Door(self.found, self._context, self._sessions, self.scope)
        self.door.stands.connect(self._stand)
        self.door.opened.connect(self._opened)
        self.book = QStackedWidget()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.door)
        self.stack.addWidget(self.book)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.tab_row)
        layout.addWidget(self.stack, 1)
        self.tab_row.hide()

    # What the window asks for

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_tabs()

    def _fit_tabs(self) -> None:
        self.tabs.fit(self.width() - 2 * GAP)

    def update_found(self, found: Found) -> None:
        self.found = self.door.found = found
        self._show_head()

    def activated(self) -> None:
        self._in_front = True
        if self.current_page is not None:
            self.current_page.activated()
        else:
            self.door.activated()
        if not self._began:
            self._began = True
            self.begin()

    def begin(self) -> None:
        """Says what stands in the way, or logs in."""
        if self.session is None:
            self.door.begin()

    def deactivated(self) -> None:
        self._in_front = False
        self.door.deactivated()
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

    # Pages

    def _opened(self, session: Session) -> None:
        self.session = session
        self._context.events.add(self.name, session, self.scope.start)
        self.scope.start(put_back_promised(session, self.name, self._context.messages))
        self._look_back(session)
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
            self.door.say(self.tr("{} offers nothing to show").format(self.name), icon_name="info")
            self.stack.setCurrentWidget(self.door)
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

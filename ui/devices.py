"""The pages of the devices that were opened, one for each address, and what becomes of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.model.device import Address, Found
from ui.context import Context
from ui.models.status import short_address
from ui.sessions import Sessions
from ui.tabs import PAGES

if TYPE_CHECKING:  # the window is painted before the engine is imported
    from app.families.base import Session
    from ui.pages.device import DevicePage


class OpenDevices(QObject):
    """Makes a page at its first showing and keeps it until its device is forgotten or the window ends."""

    standing_changed = Signal(object, object)  # Found, Standing
    search_changed = Signal()
    full_screen_wanted = Signal(object)  # as `DevicePage.full_screen_wanted`
    moved = Signal(object, object)  # DevicePage, Found: the page goes on at another address

    def __init__(self, centre: QStackedWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._centre = centre
        self._pages: dict[Address, DevicePage] = {}

    def take(self, found: Found, context: Context, sessions: Sessions) -> DevicePage:
        from ui.pages.device import DevicePage

        page = self._pages.get(found.address)
        if page is None:
            page = self._pages[found.address] = DevicePage(found, context, PAGES, sessions)
            page.standing_changed.connect(self.standing_changed)
            page.search_changed.connect(self.search_changed)
            page.full_screen_wanted.connect(self.full_screen_wanted)
            page.moved.connect(self._move)
            self._centre.addWidget(page)
        page.update_found(found)
        return page

    def at(self, address: Address) -> DevicePage | None:
        return self._pages.get(address)

    def session_of(self, address: Address) -> Session | None:
        page = self._pages.get(address)
        return None if page is None else page.session

    @property
    def current(self) -> DevicePage | None:
        """The one in front, None while something else is."""
        shown: QWidget = self._centre.currentWidget()
        return next((page for page in self._pages.values() if page is shown), None)

    @property
    def sessions(self) -> list[tuple[str, Session]]:
        """Names and sessions of all that are logged in, the one in front first."""
        current = self.current
        pages = sorted(self._pages.values(), key=lambda page: page is not current)
        names = self._names()
        return [(names[page], page.session) for page in pages if page.session is not None]

    def _names(self) -> dict[DevicePage, str]:
        """What tells the open devices apart: cameras that share a name are told with their address."""
        counts = Counter(page.name for page in self._pages.values())
        told = _tr("{0} ({1})")
        return {
            page: told.format(page.name, short_address(page.found.address)) if counts[page.name] > 1 else page.name
            for page in self._pages.values()
        }

    def _move(self, left: Address, found: Found) -> None:
        """A camera was sent elsewhere by its own page, which goes along."""
        page = self._pages.get(left)
        if page is None or found.address in self._pages:
            return
        self._pages[found.address] = self._pages.pop(left)
        page.update_found(found)
        self.moved.emit(page, found)

    def give_up(self, address: Address) -> DevicePage | None:
        """The page of a device that was taken out of the list, for `close`. None while it has unsent edits or follows
        its camera: then it stays."""
        page = self._pages.get(address)
        if page is None or page.standing.changes or _follows(page):
            return None
        return self._pages.pop(address)

    async def close(self, page: DevicePage) -> None:
        """Ends a page that was given up."""
        await page.close()
        self._centre.removeWidget(page)
        page.deleteLater()

    async def close_all(self) -> None:
        pages = tuple(self._pages.values())
        for page in pages:
            try:
                await page.close()
            except OSError:
                continue  # the camera went first; there is nothing left to close
        self._pages.clear()

    def unfinished(self) -> str:
        """What would end unfinished with the window, a paragraph for each device; "" for nothing."""
        from ui.forms.words import counted

        names = self._names()
        following = [page for page in self._pages.values() if _follows(page)]
        unsent = [page for page in self._pages.values() if page.standing.changes and page not in following]
        lines = [_tr("{} is being followed to its new place.").format(names[page]) for page in following]
        for page in unsent:
            count = page.standing.changes
            lines.append(counted(_tr("%n change(s) on {0} not sent.", count), count).format(names[page]))
        if unsent:
            lines.append(_tr("What is not sent is gone when Camwright ends."))
        return "\n\n".join(lines)


def _follows(page: DevicePage) -> bool:
    return any(each.is_departing for each in page.pages)


def _tr(text: str, count: int = -1) -> str:
    return QCoreApplication.translate("Window", text, "", count)

"""What a page of a device is. A page asks the session what it offers and never what family it speaks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.bridge.tasks import TaskScope
from ui.context import Context
from ui.palette import PaletteEntry

if TYPE_CHECKING:  # the window is painted before the engine is imported
    from app.families.base import Session


class Page(QWidget):
    """One tab. Made at its first showing, kept while its session is open.

    The shell makes pages with (session, context, device_name). title and icon are class attributes.
    pending_changed tells the shell that pending_changes() has another answer; resource_written that the page has
    written a resource, and the shell tells the others by resource_changed; search_changed that `search` finds more.
    """

    title: str = ""
    icon: str = ""

    pending_changed = Signal()
    resource_written = Signal(str)
    search_changed = Signal()
    full_screen_wanted = Signal()  # on, or off again
    place_wanted = Signal(str, str)  # resource and path that another page of the device may show
    moved = Signal(object, object)  # Address, Found: where the camera was, and its entry where it is now

    @classmethod
    def available(cls, session: Session) -> bool:
        """Whether the session offers what the page needs; otherwise there is no tab."""
        del session
        return True

    def __init__(self, session: Session, context: Context, parent: QWidget | None = None) -> None:
        """Sub-classes put a device_name before the parent and keep it."""
        super().__init__(parent)
        self.session = session
        self.context = context
        self.device_name = context.name_of(session)
        self.scope = TaskScope(context.messages, lambda: self.device_name)

    def activated(self) -> None:
        """The page is in view now."""

    def deactivated(self) -> None:
        """Another page or device is in view: stop what only makes sense while somebody looks."""

    @property
    def fills_screen(self) -> bool:
        """Whether the page is worth the whole screen."""
        return False

    def set_bare(self, bare: bool) -> None:
        """With or without what stands around the picture."""
        del bare

    @property
    def is_departing(self) -> bool:
        """Whether the page has sent the camera elsewhere and follows it: then it outlives the camera's old row."""
        return False

    @property
    def is_busy(self) -> bool:
        """Whether somebody waits for what the device says here."""
        return False

    def show_change(self, number: int) -> bool:
        """Leads to a change of the history; False where the page shows none."""
        del number
        return False

    def pending_changes(self) -> int:
        """Edits that have not been sent."""
        return 0

    def palette_entries(self) -> Iterable[PaletteEntry]:
        """What the command palette can jump to on this page."""
        return ()

    def prepare_search(self) -> None:
        """Somebody is about to search: now is the time to ask the camera what there is, in view or not."""

    def search(self, words: str) -> Iterable[PaletteEntry]:
        """What the page has for these words, the best first. Asked at every keystroke: within a few milliseconds."""
        del words
        return ()

    def show_resource(self, resource: str, path: str = "") -> bool:
        """Leads to a resource, on behalf of another page; False where the page has no such thing."""
        del resource, path
        return False

    def resource_changed(self, resource: str) -> None:
        """Another page of the device has written this resource: what was read of it is old."""

    def close_page(self) -> None:
        """The session goes away: every task ends."""
        self.scope.shut()

    async def finish(self) -> None:
        """Called after `close_page`: waits for what must not be cut off. The session stays open so long."""

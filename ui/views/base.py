"""What a view of the whole site is. The window makes each at its first showing and keeps it until the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.model.device import Address, Found
from ui.bridge.tasks import TaskScope
from ui.context import Context
from ui.models.status import Standing
from ui.palette import PaletteEntry
from ui.sessions import Sessions


@dataclass(frozen=True, slots=True)
class Shell:
    """What the window does for its views. sessions are those of the whole window, devices those of the site pane in
    its order, choose shows a list to pick one entry from."""

    sessions: Sessions
    devices: Callable[[], Iterable[Found]]
    show_device: Callable[[Address], None]
    choose: Callable[[Iterable[PaletteEntry]], None]
    full_screen: Callable[[bool | None], None]  # True, False, or None for the other of both


class SiteView(QWidget):
    """A new one is a sub-class and a line in `ui.views.shelf.VIEWS`: header, palette and keys follow from that line."""

    title: str = ""
    icon: str = ""

    def __init__(self, context: Context, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.shell = shell
        self.scope = TaskScope(context.messages)

    def activated(self) -> None:
        """In front now."""

    def deactivated(self) -> None:
        """Something else is in front: stop what only makes sense while somebody looks."""

    @property
    def fills_screen(self) -> bool:
        """Whether `set_bare` makes sense now."""
        return False

    def set_bare(self, bare: bool) -> None:
        """With or without what stands around the picture."""

    def palette_entries(self) -> Iterable[PaletteEntry]:
        return ()

    def device_changed(self, found: Found, standing: Standing | None) -> None:
        """Discovery, or the device's own page (standing), has something new to say of it."""

    def escape(self) -> bool:
        """Esc was pressed: whether the view had something to get out of."""
        return False

    async def close_view(self) -> None:
        """For good: every task and connection ends."""
        await self.scope.close()

"""Which views of the whole site there are, and those that have been shown once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget

if TYPE_CHECKING:  # the window is painted before the engine is imported
    from app.model.device import Found
    from ui.context import Context
    from ui.models.status import Standing
    from ui.palette import PaletteEntry
    from ui.views.base import Shell, SiteView


@dataclass(frozen=True, slots=True)
class View:
    """A button in the header, a key, an entry of the palette. load imports its module."""

    title: str
    icon: str
    keys: str
    load: Callable[[], type[SiteView]]


def _wall() -> type[SiteView]:
    from ui.views.wall import WallView

    return WallView


# A new view is one more line here.
VIEWS = (View("Wall", "wall", "Ctrl+G", _wall),)


class Shelf:
    """Makes each view at its first showing and keeps it in the window's centre until the end."""

    def __init__(self, centre: QStackedWidget) -> None:
        self._centre = centre
        self._views: dict[str, SiteView] = {}

    def take(self, view: View, context: Context, shell: Shell) -> SiteView:
        found = self._views.get(view.title)
        if found is None:
            found = self._views[view.title] = view.load()(context, shell)
            self._centre.addWidget(found)
        return found

    @property
    def current(self) -> SiteView | None:
        shown = self._centre.currentWidget()
        return next((view for view in self._views.values() if view is shown), None)

    def entries(self) -> Iterable[PaletteEntry]:
        """Of the view in front."""
        return self.current.palette_entries() if self.current is not None else ()

    def escape(self) -> bool:
        return self.current is not None and self.current.escape()

    def device_changed(self, found: Found, standing: Standing | None) -> None:
        for view in self._views.values():
            view.device_changed(found, standing)

    async def close(self) -> None:
        views, self._views = tuple(self._views.values()), {}
        for view in views:
            await view.close_view()

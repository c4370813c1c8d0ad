"""What Ctrl+K finds: devices, pages and what is on them, views, actions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from ui.models.status import short_address
from ui.pages.base import Page
from ui.palette import PaletteEntry

if TYPE_CHECKING:
    from ui.pages.device import DevicePage
    from ui.window import Window


class Everything:
    """entries are there at once; search is asked at every keystroke."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def prepare(self) -> None:
        """Somebody is about to search."""
        for page in self._pages_in_view():
            page.prepare_search()

    def entries(self) -> Iterator[PaletteEntry]:
        window = self._window
        for found in window.pane.model.devices():
            name = found.name or found.model or str(found.address)
            place = "   ".join(fact for fact in (found.model, short_address(found.address)) if fact and fact != name)
            yield PaletteEntry(name, place, lambda a=found.address: window.pane.select(a), icon="camera")
        device = window.current_device
        if device is not None:
            for page in device.pages:
                yield from _page_entries(device, page)
        yield from window.views.entries()
        for command in window.commands:
            yield PaletteEntry(command.title, window.tr("Action"), command.run, native(command.keys), command.icon)
        if window.context is not None:
            for source in window.context.palette_sources:
                yield from source()

    def search(self, words: str) -> Iterator[PaletteEntry]:
        device = self._window.current_device
        for page in self._pages_in_view():
            for entry in page.search(words):
                assert device is not None
                yield _on_page(device, page, entry)

    def _pages_in_view(self) -> tuple[Page, ...]:
        device = self._window.current_device
        return () if device is None else device.pages


def _page_entries(device: DevicePage, page: Page) -> Iterator[PaletteEntry]:
    yield PaletteEntry(page.title, device.name, lambda: device.show_page(page.title), icon=page.icon)
    for entry in page.palette_entries():
        yield _on_page(device, page, entry)


def _on_page(device: DevicePage, page: Page, entry: PaletteEntry) -> PaletteEntry:
    """The entry of a page, which is brought to the front first."""

    def run() -> None:
        device.show_page(page.title)
        entry.run()

    return replace(entry, run=run)


def native(keys: str) -> str:
    """A key as this system writes it."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)

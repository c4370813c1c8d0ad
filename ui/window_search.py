"""What Ctrl+K finds: devices, pages and what is on them, views, actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from ui.commands import Command
from ui.devices import OpenDevices
from ui.models.status import device_name, short_address
from ui.pages.base import Page
from ui.palette import PaletteEntry
from ui.panes.site_pane import SitePane
from ui.views.shelf import Shelf

if TYPE_CHECKING:  # the window is painted before the engine is imported
    from ui.pages.device import DevicePage


class Everything:
    """entries are there at once; search is asked at every keystroke."""

    def __init__(self, pane: SitePane, devices: OpenDevices, views: Shelf, commands: Sequence[Command]) -> None:
        self.sources: list[Callable[[], Iterable[PaletteEntry]]] = []  # what others have to offer
        self._pane = pane
        self._devices = devices
        self._views = views
        self._commands = commands

    def prepare(self) -> None:
        """Somebody is about to search."""
        for page in self._pages_in_view():
            page.prepare_search()

    def entries(self) -> Iterator[PaletteEntry]:
        action = QCoreApplication.translate("Window", "Action")
        for found in self._pane.model.devices():
            name = device_name(found)
            place = "   ".join(fact for fact in (found.model, short_address(found.address)) if fact and fact != name)
            yield PaletteEntry(name, place, lambda a=found.address: self._pane.select(a), icon="camera")
        device = self._devices.current
        if device is not None:
            for page in device.pages:
                yield from _page_entries(device, page)
        yield from self._views.entries()
        for command in self._commands:
            yield PaletteEntry(command.title, action, command.run, native(command.keys), command.icon)
        for source in self.sources:
            yield from source()

    def search(self, words: str) -> Iterator[PaletteEntry]:
        device = self._devices.current
        for page in self._pages_in_view():
            for entry in page.search(words):
                assert device is not None
                yield _on_page(device, page, entry)

    def _pages_in_view(self) -> tuple[Page, ...]:
        device = self._devices.current
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

"""What can be found on the settings page: pages and fields, as soon as anything is known of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping

from PySide6.QtCore import QObject, Signal

from app.families.base import SettingsOutline
from app.settings.document import Document
from app.settings.search import Entry, Search
from app.settings.tree import Node, NodeKind, NodeState
from ui.models.resources import ResourceModel
from ui.palette import PaletteEntry

SLICE = 0.004  # seconds of indexing before the window may draw again
_ICONS: Mapping[NodeKind, str] = {NodeKind.STATUS: "status", NodeKind.ACTION: "action", NodeKind.BINARY: "file"}


class SettingsFinder(QObject):
    """The search of one device. The pages come first, then what the catalogue says of them, and each document that is
    read replaces that."""

    changed = Signal()  # more can be found now, or with another value
    titles_changed = Signal()  # more in `text_of`

    def __init__(
        self, model: ResourceModel, jump: Callable[[str, str, str], None], parent: QObject | None = None
    ) -> None:
        """jump(resource, path, title) shows a field, or with an empty path the page."""
        super().__init__(parent)
        self._model, self._jump = model, jump
        self._search = Search()
        self._texts: dict[str, str] = {}
        self._read: set[str] = set()

    def __len__(self) -> int:
        return len(self._search)

    def text_of(self, resource: str) -> str:
        """The titles of a page and of its fields in lower case, each in a line; "" where nothing is known."""
        return self._texts.get(resource, "")

    async def take(self, top: Node, outline: SettingsOutline | None) -> None:
        """All pages at once, then their fields as catalogued, a slice at a time. `changed` at each end."""
        self._search.add_tree(top)
        for node in self._model.nodes:
            self._texts.setdefault(node.id, node.title.casefold())
        self.changed.emit()
        if outline is None:
            return
        began = time.perf_counter()
        for node in self._model.nodes:
            if node.kind in (NodeKind.SETTINGS, NodeKind.STATUS) and node.id not in self._read:
                entries = outline.catalogued(node.id)
                self._search.add_catalogued(node.id, entries)
                self._keep_titles(node.id, (entry.title for entry in entries))
            if time.perf_counter() - began > SLICE:
                await asyncio.sleep(0)
                began = time.perf_counter()
        self.changed.emit()
        self.titles_changed.emit()

    def add(self, document: Document) -> None:
        """Its fields with the values that the camera holds."""
        self._read.add(document.resource)
        self._search.add(document)
        known = self.text_of(document.resource)
        self._keep_titles(document.resource, (field.spec.title for field in document.fields))
        if known != self.text_of(document.resource):
            self.titles_changed.emit()
        self.changed.emit()

    def _keep_titles(self, resource: str, titles: Iterator[str]) -> None:
        node = self._model.node(resource)
        first = node.title.casefold() if node is not None else ""
        self._texts[resource] = "\n".join(dict.fromkeys((first, *map(str.casefold, titles))))

    def hits(self, words: str, limit: int) -> Iterator[PaletteEntry]:
        """The best first. Fields of a page that the camera refused come with the reason."""
        for hit in self._search.query(words, limit):
            yield self._shown(hit.entry)

    def _shown(self, entry: Entry) -> PaletteEntry:
        node = self._model.node(entry.resource)
        page = node.title if node is not None else entry.page
        refused = node is not None and node.state is NodeState.REFUSED
        run = lambda: self._jump(entry.resource, entry.path, entry.title)  # noqa: E731 - a name would say no more
        if not entry.path:
            icon = "lock" if refused else _ICONS.get(node.kind if node is not None else NodeKind.SETTINGS, "settings")
            value = node.reason if refused and node is not None else ""
            way = " › ".join(self._search.way(entry.resource)) or entry.resource
            return PaletteEntry(entry.title, way, run, icon=icon, value=value, faint=refused)
        place = " › ".join(dict.fromkeys((*self._search.way(entry.resource), page, *entry.section)))
        if refused and node is not None:
            return PaletteEntry(entry.title, place, run, icon="lock", value=node.reason, faint=True)
        value = entry.value if entry.loaded else self.tr("not read yet")
        return PaletteEntry(entry.title, place, run, value=value, unsure=not entry.loaded)

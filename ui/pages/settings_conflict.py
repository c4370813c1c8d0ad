"""What to do about a write that met something else: the other side of it, and the order in which it works."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.errors import CameraError, Conflict, Excluded
from app.settings import exclusion
from app.settings.document import Document
from app.settings.tree import Node, NodeKind
from ui.forms.edits import DeviceEdits
from ui.pages.settings_panel import ResourcePanel
from ui.panes.resource_tree import ResourceTree


def _tr(text: str) -> str:
    return QCoreApplication.translate("SettingsPage", text)


@dataclass(frozen=True, slots=True)
class _Side:
    """A function in the way, and what switches it off."""

    resource: str
    path: str
    text: str
    name: str


class WayOut:
    """Leads from a refused write to the other side, which Apply then sends first.

    read gives the document of a resource as it is edited here; agree shows all that Apply would send.
    """

    def __init__(
        self,
        tree: ResourceTree,
        panel: ResourcePanel,
        read_again: Callable[[], None],
        read: Callable[[str], Awaitable[Document]],
        edits: DeviceEdits,
        agree: Callable[[], None],
    ) -> None:
        self._tree, self._panel, self._read_again = tree, panel, read_again
        self._read, self._edits, self._agree = read, edits, agree
        self._after: dict[str, str] = {}  # resource -> the one that has to be written before it

    async def offer(self, resource: str, error: CameraError) -> None:
        """Says what happened above the form, with the button that leads on where there is one."""
        sides = await self._sides(resource, error)
        other = other_side(error, self._tree.model.nodes, resource)
        if sides:
            button = _tr("Switch off {} first").format(", ".join(dict.fromkeys(side.name for side in sides)))
            self._panel.show_failure(resource, error, button, lambda: self._switch_off(resource, sides))
        elif other is not None:
            self._put_first(other.id, resource)
            button = _tr("Go to {}").format(other.title)
            self._panel.show_failure(resource, error, button, lambda: self._tree.choose(other.id))
        elif isinstance(error, Conflict):
            self._panel.show_failure(resource, error, _tr("Read again"), self._read_again)
        else:
            self._panel.show_failure(resource, error)

    def in_order(self, resources: Iterable[str]) -> tuple[str, ...]:
        return in_order(resources, self._after)

    async def _sides(self, resource: str, error: CameraError) -> tuple[_Side, ...]:
        """What has to be switched off; () unless that is known of every function in the way."""
        found: list[_Side] = []
        for name in error.others if isinstance(error, Excluded) else ():
            page = page_of(name, self._tree.model.nodes, resource)
            try:
                document = await self._read(page.id if page is not None else resource)
            except CameraError:
                return ()  # its page says why when somebody goes there
            switch = exclusion.off_switch(document, name)
            if switch is None:
                return ()
            found.append(_Side(document.resource, *switch, page.title if page is not None else name))
        return tuple(found)

    def _switch_off(self, resource: str, sides: tuple[_Side, ...]) -> None:
        """Puts the other side among the changes, before the refused one, and shows them all: one Apply sends both."""
        last = resource
        for side in sides:
            self._edit(side)
            if side.resource not in (resource, last):
                self._put_first(side.resource, last)
                last = side.resource
        self._agree()

    def _put_first(self, first: str, then: str) -> None:
        """Also where it was the other way round before."""
        if self._after.get(first) == then:
            del self._after[first]
        self._after[then] = first

    def _edit(self, side: _Side) -> None:
        document = self._edits.document(side.resource)
        if document is not None and any(each.path == side.path for each in document.fields):
            document.set_text(side.path, side.text)


def page_of(name: str, nodes: Iterable[Node], refused: str) -> Node | None:
    """The page of a function, of the same channel where there are several; None where there is none."""
    pages = [node for node in nodes if node.kind is NodeKind.SETTINGS and node.id != refused]
    found = [node for node in pages if exclusion.names(name, [node.title])]
    words, channel = set(name.casefold().split()), refused.rpartition("/")[2]
    return max(
        found,
        key=lambda node: (len(words & set(node.title.casefold().split())), node.id.rpartition("/")[2] == channel),
        default=None,
    )


def other_side(error: CameraError, nodes: Iterable[Node], refused: str) -> Node | None:
    """The page of the function that excludes what was refused; None where the error names none that has a page."""
    every = tuple(nodes)
    names = error.others if isinstance(error, Excluded) else ()
    return next((page for name in names if (page := page_of(name, every, refused)) is not None), None)


def in_order(resources: Iterable[str], after: Mapping[str, str]) -> tuple[str, ...]:
    """The resources in their order, but each one behind the one that `after` names for it."""
    ordered: list[str] = []
    waiting = list(resources)

    def take(resource: str, above: frozenset[str]) -> None:
        first = after.get(resource, "")
        if first in waiting and first not in ordered and first not in above:
            take(first, above | {resource})
        if resource not in ordered:
            ordered.append(resource)

    for resource in waiting:
        take(resource, frozenset({resource}))
    return tuple(ordered)

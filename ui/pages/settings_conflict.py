"""What to do about a write that met something else: the other side of it, and the order in which it works."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping

from PySide6.QtCore import QCoreApplication

from app.errors import CameraError, Conflict, Excluded
from app.families.base import Exclusions
from app.settings import exclusion
from app.settings.document import Document
from app.settings.exclusion import Side
from app.settings.tree import Node
from ui.forms.edits import DeviceEdits
from ui.pages.settings_panel import ResourcePanel
from ui.panes.resource_tree import ResourceTree


def _tr(text: str) -> str:
    return QCoreApplication.translate("SettingsPage", text)


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
        exclusions: Exclusions | None,
    ) -> None:
        self._tree, self._panel, self._read_again = tree, panel, read_again
        self._read, self._edits, self._agree = read, edits, agree
        self._exclusions = exclusions
        self._after: dict[str, str] = {}  # resource -> the one that has to be written before it

    async def foresee(self, document: Document, earlier: Iterable[Document]) -> None:
        """Excluded where the camera says beforehand that it will not take it; earlier: what is sent before it."""
        if self._exclusions is not None and document.edited_paths:
            await self._exclusions.foresee(document, document.changes(), tuple(earlier))

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

    async def _sides(self, resource: str, error: CameraError) -> tuple[Side, ...]:
        """What has to be switched off; () unless that is known of every function in the way."""
        others = error.others if isinstance(error, Excluded) else ()
        return await exclusion.sides(others, resource, self._tree.model.nodes, self._read)

    def _switch_off(self, resource: str, sides: tuple[Side, ...]) -> None:
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

    def _edit(self, side: Side) -> None:
        document = self._edits.document(side.resource)
        if document is not None and any(each.path == side.path for each in document.fields):
            document.set_text(side.path, side.text)


def other_side(error: CameraError, nodes: Iterable[Node], refused: str) -> Node | None:
    """The page of the function that excludes what was refused; None where the error names none that has a page."""
    every = tuple(nodes)
    names = error.others if isinstance(error, Excluded) else ()
    return next((page for name in names if (page := exclusion.page_of(name, every, refused)) is not None), None)


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

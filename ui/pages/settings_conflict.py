"""What to do about a write that met something else: the other side of it, and the order in which it works."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QCoreApplication

from app.errors import CameraError, Conflict, Excluded
from app.settings.tree import Node, NodeKind
from ui.pages.settings_panel import ResourcePanel
from ui.panes.resource_tree import ResourceTree

_COMMON = {"the", "detection", "map"}  # words that tell no function from another


class WayOut:
    """Leads from a refused write to the other side, which Apply then sends first."""

    def __init__(self, tree: ResourceTree, panel: ResourcePanel, read_again: Callable[[], None]) -> None:
        self._tree, self._panel, self._read_again = tree, panel, read_again
        self._after: dict[str, str] = {}  # resource -> the one that has to be written before it

    def offer(self, resource: str, error: CameraError) -> None:
        """Says what happened above the form, with the button that leads on where there is one."""
        other = other_side(error, self._tree.model.nodes, resource)
        if other is not None:
            self._after[resource] = other.id
            button = QCoreApplication.translate("SettingsPage", "Go to {}").format(other.title)
            self._panel.show_failure(resource, error, button, lambda: self._tree.choose(other.id))
        elif isinstance(error, Conflict):
            button = QCoreApplication.translate("SettingsPage", "Read again")
            self._panel.show_failure(resource, error, button, self._read_again)
        else:
            self._panel.show_failure(resource, error)

    def in_order(self, resources: Iterable[str]) -> tuple[str, ...]:
        return in_order(resources, self._after)


def other_side(error: CameraError, nodes: Iterable[Node], refused: str) -> Node | None:
    """The page of the function that excludes what was refused; None where the error names none that has a page."""
    pages = [node for node in nodes if node.kind is NodeKind.SETTINGS and node.id != refused]
    for name in error.others if isinstance(error, Excluded) else ():
        words = set(name.casefold().split())
        telling = words - _COMMON or words
        found = [node for node in pages if telling <= set(node.title.casefold().split())]
        if found:
            return max(found, key=lambda node: len(words & set(node.title.casefold().split())))
    return None


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

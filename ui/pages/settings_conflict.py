"""What to do about a write that met something else: the other side of it, and the order in which it works."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.errors import CameraError, Excluded
from app.settings.tree import Node, NodeKind

_COMMON = {"the", "detection", "map"}  # words that tell no function from another


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

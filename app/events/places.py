"""Where a device is told what to report, when and to whom: the settings that belong to events, of any family."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.settings.tree import Node, NodeKind

_GROUP = "group:events"  # of `app.settings.groups`
_WAYS_OUT = re.compile(r"e-?mail|\bmail|\bftp\b", re.IGNORECASE)


def report_places(tree: Node) -> Iterator[Node]:
    """The resources of the group of events, and those elsewhere whose title says that reports leave there."""
    for group in tree.children:
        for node in group.children:
            if node.kind is NodeKind.SETTINGS and (group.id == _GROUP or _WAYS_OUT.search(node.title)):
                yield node

"""Where a device is told what to report, when and to whom: the settings that belong to events, of any family."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.settings.tree import Node, NodeKind

_GROUP = "group:events"  # of `app.settings.groups`
_WAYS_OUT = re.compile(r"e-?mail|\bmail|\bftp\b", re.IGNORECASE)
_FEW = 3  # more than that below one resource are the members of a list


def report_places(tree: Node) -> Iterator[Node]:
    """The resources of the group of events with what stands below them, and those elsewhere whose title says that
    reports leave there. Members of a list are left out: their list shows all of them."""
    for group in tree.children:
        for node in group.children:
            if group.id == _GROUP:
                yield from _with_below(node)
            elif node.kind is NodeKind.SETTINGS and _WAYS_OUT.search(node.title):
                yield node


def _with_below(node: Node) -> Iterator[Node]:
    if node.kind is NodeKind.SETTINGS:
        yield node
    below = [each for each in node.children if each.kind is NodeKind.SETTINGS]
    if node.kind is NodeKind.GROUP or (len(below) <= _FEW and not any(map(_is_member, below))):
        for each in below:
            yield from _with_below(each)


def _is_member(node: Node) -> bool:
    """ "…/httpHosts/1", "…/triggers/VMD-1": it goes by a number."""
    return any(sign.isdigit() for sign in node.id.rpartition("/")[2])

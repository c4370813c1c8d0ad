"""The device tree as pages see it: nodes with a state, loaded one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class NodeKind(StrEnum):
    GROUP = "group"  # holds other nodes, has no document
    SETTINGS = "settings"  # a document that can be written
    STATUS = "status"  # a document that can only be read
    ACTION = "action"  # something the device does
    BINARY = "binary"  # a file up or down


class NodeState(StrEnum):
    UNKNOWN = "unknown"  # not asked yet
    READY = "ready"
    REFUSED = "refused"  # the device said no: greyed, with the reason


@dataclass(frozen=True, slots=True)
class Node:
    """id is the resource's own address in its protocol and is stable; title is for people."""

    id: str
    title: str
    kind: NodeKind
    readable: bool = True
    writable: bool = False
    state: NodeState = NodeState.UNKNOWN
    reason: str = ""
    children: tuple[Node, ...] = ()
    help: str = ""


def group(id_: str, title: str, children: Iterable[Node], help_: str = "") -> Node:
    """A node that only holds others."""
    return Node(id_, title, NodeKind.GROUP, readable=False, children=tuple(children), help=help_)

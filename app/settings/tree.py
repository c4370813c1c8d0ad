"""The device tree as pages see it: nodes with a state, loaded one by one."""

from __future__ import annotations

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

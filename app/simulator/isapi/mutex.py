"""Functions that exclude each other: the one that is on keeps the other off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from app.simulator.isapi.answers import Refusal
from app.simulator.isapi.model import Resource, select
from app.simulator.isapi.state import IMAGE, State
from app.simulator.isapi.tree import Node


@dataclass(frozen=True, slots=True)
class _Function:
    """name is the protocol's word; it is on while the leaf at steps of the resource holds on."""

    name: str
    path: str
    steps: str
    on: str = "true"

    def is_on(self, tree: Node) -> bool:
        leaf = select(tree, self.steps)
        return leaf is not None and leaf.text == self.on


_EITHER_OR = (
    (
        _Function("lineDetection", "Smart/LineDetection", "LineDetection[1]/enabled"),
        _Function("fieldDetection", "Smart/FieldDetection", "FieldDetection[1]/enabled"),
        _Function("regionEntrance", "Smart/regionEntrance", "RegionEntrance[1]/enabled"),
    ),
    (
        _Function("WDR", IMAGE, "ImageChannel[1]/WDR/mode", "open"),
        _Function("BLC", IMAGE, "ImageChannel[1]/BLC/enabled"),
    ),
)


class Conflict(Refusal):
    """Refused because of what else is on; functions with their channel."""

    def __init__(self, functions: tuple[tuple[str, str], ...]) -> None:
        super().__init__(4, "invalidOperation")
        self.functions = functions


def check(state: State, resource: Resource, before: Node, after: Node) -> None:
    """Conflict when a write switches something on beside what it excludes."""
    found = tuple((name, "1") for name in _in_the_way(state, resource, before, after))
    if found:
        raise Conflict(found)


def abilities(resource: Resource) -> str:
    """The functions that a resource's capabilities declare to be excluded by its own, parted by commas."""
    groups = (group for group in _EITHER_OR if any(each.path == resource.path for each in group))
    others = (each.name for group in groups for each in group if each.path != resource.path)
    return ",".join(others)


def told(functions: tuple[tuple[str, str], ...]) -> Node:
    """The MutexFunctionErrorMsg about functions with their channel."""
    listed = [
        Node(
            "MutexFunction",
            children=[Node("id", text=str(n)), Node("describe", text=name), Node("channelNo", text=channel)],
        )
        for n, (name, channel) in enumerate(functions, 1)
    ]
    return Node(
        "MutexFunctionErrorMsg", children=[Node("MutexFunctionList", {"size": str(len(listed))}, children=listed)]
    )


def told_in_json(functions: tuple[tuple[str, str], ...]) -> bytes:
    listed = [{"id": n, "describe": name, "channelNo": channel} for n, (name, channel) in enumerate(functions, 1)]
    return json.dumps({"MutexFunctionErrorMsg": {"MutexFunctionList": listed}}).encode()


def _in_the_way(state: State, resource: Resource, before: Node, after: Node) -> Iterator[str]:
    for group in _EITHER_OR:
        for wanted in (each for each in group if each.path == resource.path):
            if not wanted.is_on(after) or wanted.is_on(before):
                continue
            for other in (each for each in group if each is not wanted):
                held = state.catalog.resources.get(other.path)
                if held is not None and other.is_on(after if held is resource else state.read(held)):
                    yield other.name

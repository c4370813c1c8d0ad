"""Functions that exclude each other: the one that is on keeps the other off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from app.simulator.isapi.answers import Refusal
from app.simulator.isapi.model import Resource
from app.simulator.isapi.state import IMAGE, State
from app.simulator.isapi.tree import Node
from app.simulator.quirks import Quirks


@dataclass(frozen=True, slots=True)
class _Function:
    """name is the protocol's word, declared the one of its capabilities where that is another. It is on while the
    leaf holds on, in the block of a channel's page or of the page of its one channel."""

    name: str
    path: str
    block: str = ""
    leaf: str = "enabled"
    on: str = "true"
    declared: str = ""
    channel: str = ""

    def channels(self, tree: Node) -> tuple[str, ...]:
        return (self.channel,) if self.channel else tuple(each.value("id") for each in tree.children)

    def is_on(self, tree: Node, channel: str) -> bool:
        page = tree if self.channel == channel else tree.item(channel)
        return page is not None and page.value(f"{self.block}/{self.leaf}".lstrip("/")) == self.on


_ENTRANCE = _Function("regionEntrance", "Smart/regionEntrance")
_COUNTING = _Function("counting", "System/Video/inputs/channels/1/counting", declared="PDC", channel="1")
_EITHER_OR = (
    (_Function("lineDetection", "Smart/LineDetection"), _Function("fieldDetection", "Smart/FieldDetection"), _ENTRANCE),
    (_ENTRANCE, _COUNTING),
    (_Function("WDR", IMAGE, "WDR", "mode", "open"), _Function("BLC", IMAGE, "BLC")),
)
_SAYS_NOTHING = frozenset([_COUNTING])  # about itself: only the others declare it
_DECLARES = frozenset(["declared", "lenient"])
QUESTION = "System/mutexFunction"


class Conflict(Refusal):
    """Refused because of what else is on; functions with their channel."""

    def __init__(self, functions: tuple[tuple[str, str], ...]) -> None:
        super().__init__(4, "invalidOperation")
        self.functions = functions


def check(state: State, how: str, resource: Resource, before: Node, after: Node) -> None:
    """Conflict when a write switches something on beside what it excludes. how: the value of the quirk."""
    found = () if how == "lenient" else tuple(_in_the_way(state, resource, before, after))
    if found:
        raise Conflict(found)


def announce(rules: Node, how: str, resource: Resource) -> None:
    """Puts into the capabilities of a page what its functions declare to exclude, each into its own block."""
    for block, names in _abilities(resource) if how in _DECLARES else ():
        place = rules.find(block) if block else rules
        if place is not None:
            place.children.append(Node("mutexAbility", {"opt": ",".join(names)}))


def answers(path: str, quirks: Quirks) -> bool:
    return path.lower() == QUESTION.lower() and quirks.all("mutex") == ("asked",)


def show(node: Node, quirks: Quirks) -> None:
    """Says in the capabilities of a camera that it can be asked."""
    if node.name == "DeviceCap" and quirks.all("mutex") == ("asked",):
        node.children.append(Node("isSupportSeachMutexFunction", text="true"))


def answer(state: State, body: bytes) -> bytes:
    """What is on that excludes the function asked for on its channel."""
    try:
        asked = json.loads(body)
        name, channel = str(asked["function"]).lower(), str(asked["channelID"])
    except (ValueError, TypeError, KeyError):
        raise Refusal(6, "badParameters") from None
    own = [each for group in _EITHER_OR for each in group if each.name.lower() == name]
    if not own:
        raise Refusal(4, "notSupport")
    others = {each for group in _EITHER_OR if own[0] in group for each in group} - {own[0]}
    on = [
        {"mutexFunction": each.name, "channelID": [int(channel)]}
        for each in others
        if each.path in state.catalog.resources and each.is_on(state.read(state.catalog.resources[each.path]), channel)
    ]
    return json.dumps({"MutexFunctionList": on}).encode()


def _abilities(resource: Resource) -> Iterator[tuple[str, tuple[str, ...]]]:
    own = {each for group in _EITHER_OR for each in group if each.path == resource.path} - _SAYS_NOTHING
    for function in own:
        others = (each for group in _EITHER_OR if function in group for each in group if each is not function)
        yield function.block, tuple(each.declared or each.name for each in others)


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


def _in_the_way(state: State, resource: Resource, before: Node, after: Node) -> Iterator[tuple[str, str]]:
    """The functions with their channel."""
    for group in _EITHER_OR:
        for wanted in (each for each in group if each.path == resource.path):
            for channel in wanted.channels(after):
                if wanted.is_on(before, channel) or not wanted.is_on(after, channel):
                    continue
                for other in (each for each in group if each is not wanted):
                    held = state.catalog.resources.get(other.path)
                    if held is not None and other.is_on(after if held is resource else state.read(held), channel):
                        yield other.name, channel

"""The standard resources of every path: index, indexr, description and capabilities."""

from __future__ import annotations

from app.simulator.access import Account, Level
from app.simulator.isapi import mutex, paths
from app.simulator.isapi.answers import Refusal, description, resource_list
from app.simulator.isapi.model import Model, select, select_rules
from app.simulator.isapi.state import STREAMS, State, show_stream
from app.simulator.isapi.tree import Node
from app.simulator.isapi.writes import Target
from app.simulator.quirks import Quirks

NAMES = ("index", "indexr", "description")


def listing(state: State, quirks: Quirks, path: str, name: str) -> Node:
    """The index or the description of a path; name is one of `NAMES`."""
    every = paths.every(state)
    known = not path or path in every or any(each.startswith(path + "/") for each in every)
    if not known or (name != "description" and "no_index" in quirks):
        raise Refusal(4, "notSupport")
    if name != "description":
        return resource_list(every, path, deep=name == "indexr")
    target = paths.find(state, path)
    methods = list(target.resource.levels) if target else []
    node = select(state.read(target.resource), target.steps) if target and target.resource.template else None
    return description(
        path.rpartition("/")[2] or "ISAPI",
        "General Resource" if "/" in path else "Service",
        methods,
        node.name if node else "",
    )


def capabilities(state: State, quirks: Quirks, model: Model, path: str, account: Account) -> Node:
    """The limits that hold now, with the values in between; Refusal where there are none to be had."""
    target = paths.find(state, path)
    if target is None or target.resource.template is None or "no_capabilities" in quirks:
        raise Refusal(4, "notSupport")
    allowed = target.resource.item_capabilities if target.steps else target.resource.capabilities
    if model.capabilities and target.resource.path not in model.capabilities:
        allowed = False
    if not allowed or target.view.text:
        raise Refusal(4, "notSupport")
    if account.level < target.resource.levels.get("GET", Level.ADMINISTRATOR):
        raise Refusal(4, "lowPrivilege")
    rules = select_rules(state.rules(target.resource), target.steps)
    node = select(state.read(target.resource), target.steps)
    if rules is None or node is None:
        raise Refusal(4, "notSupport")
    paths.lay_over(rules, node)
    if target.resource.path == STREAMS:
        show_stream(rules)
    _announce(rules, state, quirks, target, path)
    return rules


def _announce(rules: Node, state: State, quirks: Quirks, target: Target, path: str) -> None:
    """What stands in capabilities only."""
    if f"{path}/dynamicCapWithCondition" in state.catalog.views:
        rules.children.append(Node("isSpportDynamicCapWithCondition", text="true"))
    if "mutex" in quirks:
        mutex.announce(rules, quirks.text("mutex"), target.resource)

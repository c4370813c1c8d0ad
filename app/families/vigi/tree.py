"""Modules, catalog and titles -> the tree of nodes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from app.families.vigi import catalog
from app.families.vigi.catalog import Method, Page
from app.settings.groups import GROUPS
from app.settings.search import Entry
from app.settings.tree import Node, NodeKind, NodeState, group

Modules = frozenset[str] | None  # names in lower case; None: the camera does not say

_LACKING = "The camera does not list this among what it has."
_WITH_QUESTION = "This needs more than a name to be asked for."
_ALARMS = ("sound_alarm_enabled", "light_alarm_enabled")
_ACTIONS = ("doSoftReset", "formatSdCard", "manualAlarm")
_HELP = "What this device should have; everything else the protocol knows is in the protocol's own order"


@cache
def _pages() -> tuple[Page, ...]:
    return tuple(catalog.titles().pages.values())


def is_page(resource: str) -> bool:
    """Whether there is something to show for a get method."""
    return resource in catalog.titles().pages


def build(modules: Modules, refused: Mapping[str, str]) -> Node:
    """The tree for people: what the camera should have, in groups; areas stand below their detection."""
    below: dict[str, list[Page]] = {}
    tops: dict[str, list[Page]] = {}
    for page in _pages():
        if not page.group or not has(modules, page.id):
            continue
        switch = page.id.removesuffix("Region") + "Switch"
        if page.id.endswith("Region"):
            below.setdefault(switch, []).append(page)
        else:
            tops.setdefault(page.group, []).append(page)
    groups = tuple(
        group(f"group:{key}", title, (_node(page, refused, below.get(page.id, ())) for page in tops[key]), help_)
        for key, title, help_ in GROUPS
        if key in tops
    )
    return group("group:device", "Settings", groups, _HELP)


def by_module(modules: Modules, refused: Mapping[str, str]) -> Node:
    """The protocol's own view: every method by its module, greyed with the reason where it cannot be opened."""
    found: dict[str, list[Node]] = {}
    for method in catalog.methods().values():
        if method.kind == "get" or (method.kind == "do" and method.name in _ACTIONS):
            found.setdefault(method.module or "general", []).append(_method(method, modules, refused))
    return group("module:/", "Protocol", (group(f"module:{name}", name, nodes) for name, nodes in found.items()))


def entries(resource: str) -> tuple[Entry, ...]:
    """The fields of a resource as the text has them, without values."""
    method = catalog.methods().get(resource)
    if method is None or method.kind != "get" or not is_page(resource):
        return ()
    words, page = catalog.titles(), catalog.titles().page(resource).title
    labels = ((name, words.label(resource, name)) for name in method.values)
    return tuple(Entry(resource, page, name, label.title, (), "", label.help) for name, label in labels)


def has(modules: Modules, page: str) -> bool:
    """Whether a camera with these modules should have a page or an action."""
    if modules is None:
        return True
    name = page.partition("?")[0]
    if name == "manualAlarm":
        return any(alarm in modules for alarm in _ALARMS)
    method = catalog.methods().get(name)
    return method is None or not method.module or method.module.lower() in modules


def _node(page: Page, refused: Mapping[str, str], below: list[Page] | tuple[()] = ()) -> Node:
    method = catalog.methods().get(page.id)
    kind = NodeKind.ACTION if method is None or method.kind == "do" else _kind(method)
    reason = refused.get(page.id, "")
    return Node(
        id=page.id,
        title=page.title,
        kind=kind,
        readable=kind is not NodeKind.ACTION,
        writable=kind is NodeKind.SETTINGS,
        state=NodeState.REFUSED if reason else NodeState.UNKNOWN,
        reason=reason,
        children=tuple(_node(each, refused) for each in below),
        help=page.help,
    )


def _kind(method: Method) -> NodeKind:
    return NodeKind.SETTINGS if method.pair else NodeKind.STATUS


def _method(method: Method, modules: Modules, refused: Mapping[str, str]) -> Node:
    kind = NodeKind.ACTION if method.kind == "do" else _kind(method)
    opens = is_page(method.name) or method.name in _ACTIONS
    reason = refused.get(method.name, "") or ("" if opens else _WITH_QUESTION)
    if not has(modules, method.name):
        reason = _LACKING
    return Node(
        id=method.name,
        title=method.name,
        kind=kind,
        readable=opens and kind is not NodeKind.ACTION,
        writable=kind is NodeKind.SETTINGS,
        state=NodeState.REFUSED if reason else NodeState.UNKNOWN,
        reason=reason,
    )

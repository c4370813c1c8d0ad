"""The protocol's own view of a device: all paths the text knows or the device lists, and fields before they are read.

Pure. Beside the tree for people, which shows only what this device should have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from app.families.isapi import catalog as catalogs
from app.families.isapi import constraints, tree
from app.families.isapi.catalog import Catalog, is_placeholder
from app.families.isapi.dialect import V1, V2, Dialect
from app.families.isapi.survey import Survey
from app.families.isapi.titles import Titles, titles
from app.settings import lists
from app.settings.search import Entry
from app.settings.spec import Spec
from app.settings.tree import Node, group
from app.wire.xml import Element

_NOT_LISTED = "The camera does not list this page among those it has."
_NOT_CLAIMED = "By its capabilities the camera does not have this."
_NO_ENTRY = "The camera tells of no entry that this could belong to."
_BY_ENTRY = "Opens through the entries of its list."
_PLACE = re.compile(r"\[[^\]]*\]")  # "[2]", and "[+1]" of a record that was new


class _Branch:
    """One step of a path while the tree is being drawn."""

    def __init__(self) -> None:
        self.children: dict[str, _Branch] = {}
        self.entry: tree.Entry | None = None
        self.reason = ""


def protocol_tree(dialect: Dialect, known: Catalog, titles: Titles, found: Survey, refused: Mapping[str, str]) -> Node:
    """By path, with a node for every resource of the text: what the device lacks is greyed and says why. Of a device
    that lists nothing and claims nothing nobody knows what it lacks."""
    top = _Branch()
    here = tree.entries(dialect, known, titles, found)
    for tail, entry in here.items():
        path = dialect.path(tail)
        branch = _plant(top, path)
        branch.entry, branch.reason = entry, refused.get(path, "")
    missing = _NOT_LISTED if found.index is not None else _NOT_CLAIMED if found.flags.known else ""
    templates = {entry.template for entry in here.values()}
    for resource in known.resources:
        tail = dialect.tail(resource.template)
        absent = tree.entry_of(dialect, titles, tail, resource)
        if absent is None or tail in here or tail in templates:
            continue
        branch = _plant(top, resource.template)
        held = any(is_placeholder(step) for step in tail.split("/")) and _nearest_list(tail) in here
        if any(is_placeholder(step) for step in tail.split("/")):
            absent = replace(absent, readable=False)  # no address that could be asked
            branch.entry, branch.reason = absent, _BY_ENTRY if held else missing or _NO_ENTRY
        else:
            # The tree for people shows it by its entries.
            shown = any(each in here for each in tree.items(dialect, known, found, tail))
            branch.entry, branch.reason = absent, refused.get(resource.template, "" if shown else missing)
    return _node(dialect, top, "", "Protocol")


def _nearest_list(tail: str) -> str:
    steps = tail.split("/")
    at = next(place for place, step in enumerate(steps) if is_placeholder(step))
    return "/".join(steps[:at])


def _plant(top: _Branch, path: str) -> _Branch:
    for step in path.strip("/").split("/"):
        top = top.children.setdefault(step, _Branch())
    return top


def _node(dialect: Dialect, branch: _Branch, path: str, title: str) -> Node:
    below = sorted(branch.children.items(), key=lambda item: tree.natural(item[0].lower()))
    children = tuple(_node(dialect, child, f"{path}/{step}", step) for step, child in below)
    entry = branch.entry
    if entry is None:
        return group(f"path:{path or '/'}", title, children)
    return entry.node(path, title, branch.reason, children)


def entries(dialect: Dialect, path: str, titles: Titles) -> tuple[Entry, ...]:
    """The fields of a resource as the text has them; () for a path it does not know."""
    resource = catalogs.catalog(dialect).lookup(path)
    if resource is None:
        return ()
    page = titles.page(dialect.tail(path), dialect.tail(resource.template))
    found = []
    for field in resource.fields.values():
        if field.kind == "group":
            continue
        label = titles.field(resource.block, field.path)
        section = tuple(filter(None, map(titles.group, field.path.split("/")[:-1])))
        leaf = field.path.rpartition("/")[2]
        choices = " ".join(titles.option(leaf, option) for option in field.options)
        found.append(Entry(path, page, field.path, label.title, section, "", label.help, choices=choices))
    return tuple(found)


def field_spec(resource: str, path: str, text: str) -> Spec | None:
    """`Family.field_spec`: full path of a page, path of an element in it. None also for the order of a list."""
    dialect = V2 if resource.startswith(f"{V2.prefix}/") else V1
    page = catalogs.catalog(dialect).lookup(resource)
    plain = _PLACE.sub("", path)
    known = page.field(plain) if page is not None and not lists.is_list(path) else None
    if page is None or known is None or known.kind == "group":
        return None
    leaf = Element(plain.rpartition("/")[2], "", {}, text, (), plain)
    words = titles()
    spec = constraints.spec_of(
        leaf, None, known, words.field(page.block, plain), words, read_only=False, block=page.block
    )
    return constraints.with_slow_rates(spec)

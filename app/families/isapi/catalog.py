"""What the protocol text says of each resource, from `resources/catalog`. Read once, when first asked.

File format (`packaging/build_catalog.py` writes it): {"prefix", "resources": [{"p" path template, "a" other
spellings, "m" methods as letters G P O(=POST) D, "l" user level by letter, "b" XML block, "s" service, "k" kind,
"r" when it restarts the device, "o" the list whose order counts, "x" when its entries are given by the hardware,
"f" rows of [path, kind, "r" when required or "d" when another field decides, access, options, min, max, unit,
path of the field that decides (PAGE#PATH for one of another page, LIST[NAME=TEXT]/PATH for one in the record whose
leaf has that text), "b" when a change wants a reboot, values of the deciding field for which it holds, or
behind a "!" for which it does not], trailing blanks cut}]}.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from typing import Any

from app.families.isapi.dialect import Dialect

_METHODS = {"G": "GET", "P": "PUT", "O": "POST", "D": "DELETE"}
_INDEX = re.compile(r"\[\d+\]")
_BLANK_ROW: list[Any] = ["", "", "", "", [], None, None, "", "", "", []]


@dataclass(frozen=True, slots=True)
class CatalogField:
    """path is relative to the block. kind is a `settings.Kind` value or "group"; limits are lengths for texts.

    dependent: it is there, or needed, only for some values of another field; depends is that field's path in the
    same block, or in that of the page with the template `page`, "" where the text does not say which. values: those of
    the deciding field for which it holds (unless: for which it does not), () where that is not known. reboot: a change
    holds only after a restart.
    """

    path: str
    kind: str
    required: bool = False
    access: str = "rw"
    options: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    dependent: bool = False
    depends: str = ""
    page: str = ""
    values: tuple[str, ...] = ()
    unless: bool = False
    reboot: bool = False


@dataclass(frozen=True)
class Resource:
    """template holds {channel}, {id}, {id2}, {sid}. kind: settings, status, action (no body), command (PUT or POST
    with a body), query, binary, capabilities or service (no operation of its own).

    reboot: using it restarts the device. ordered: path of the list whose order counts, "" for none. fixed: the
    hardware gives its entries, none can be added or taken away.
    """

    template: str
    kind: str
    methods: tuple[str, ...] = ()
    levels: Mapping[str, str] = field(default_factory=dict)
    block: str = ""
    service: str = ""
    rows: tuple[list[Any], ...] = field(default=(), repr=False)
    reboot: bool = False
    ordered: str = ""
    fixed: bool = False

    @cached_property
    def fields(self) -> Mapping[str, CatalogField]:
        """By path. Built when first asked: most resources of the catalog are never opened."""
        return {made.path: made for made in map(_field, self.rows)}

    @property
    def elsewhere(self) -> frozenset[tuple[str, str]]:
        """The templates of other pages and the paths of fields there that decide on something here. Asks the rows: no
        fields are built for it."""
        found = (row[8].rpartition("#") for row in self.rows if len(row) > 8 and "#" in row[8])
        return frozenset((page, path) for page, _, path in found)

    @cached_property
    def _by_lower_path(self) -> Mapping[str, CatalogField]:
        return {path.lower(): each for path, each in self.fields.items()}

    def field(self, path: str) -> CatalogField | None:
        """The field at path (without [n]); the spelling of the text's capitals is not trusted."""
        return self.fields.get(path) or self._by_lower_path.get(path.lower())


def _field(row: list[Any]) -> CatalogField:
    path, kind, required, access, options, minimum, maximum, unit, depends, marks, values = [
        *row,
        *_BLANK_ROW[len(row) :],
    ]
    page, _, decides = depends.rpartition("#")
    return CatalogField(
        path,
        kind,
        required == "r",
        access or "rw",
        tuple(options),
        _number(minimum),
        _number(maximum),
        unit,
        dependent=required == "d" or bool(depends),
        depends=decides,
        page=page,
        values=tuple(each for each in values if each != "!"),
        unless="!" in values,
        reboot="b" in marks,
    )


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def bare(path: str) -> str:
    """The path of an element without the numbers of list entries, as the catalog has it."""
    return _INDEX.sub("", path)


def is_placeholder(segment: str) -> bool:
    return segment[:1] == "{" and segment[-1:] == "}"


MOST_KNOWN = 20_000  # paths; a recorder has some thousands


class Catalog:
    """Resources of one dialect, found by real paths."""

    def __init__(self, found: Iterator[tuple[Resource, tuple[str, ...]]]) -> None:
        self.resources: list[Resource] = []
        self._exact: dict[str, Any] = {}
        self._lower: dict[str, Any] = {}
        self._known: dict[str, Resource | None] = {}  # what was looked up: devices of a site have the same paths
        for resource, spellings in found:
            self.resources.append(resource)
            for path in (resource.template, *spellings):
                _plant(self._exact, path, resource)
                _plant(self._lower, path.lower(), resource)

    def lookup(self, path: str) -> Resource | None:
        """The resource of a real path such as /ISAPI/Streaming/channels/101, or of a template; None for unknown."""
        if path in self._known:
            return self._known[path]
        steps = path.partition("?")[0].strip("/").split("/")
        found = _walk(self._exact, steps) or _walk(self._lower, [step.lower() for step in steps])
        if len(self._known) < MOST_KNOWN:
            self._known[path] = found
        return found


def _plant(tree: dict[str, Any], path: str, resource: Resource) -> None:
    for step in path.strip("/").split("/"):
        tree = tree.setdefault("*" if is_placeholder(step) else step, {})
    tree.setdefault("", resource)


def _walk(tree: dict[str, Any], steps: list[str]) -> Resource | None:
    """A literal step wins over a placeholder; both are tried."""
    if not steps:
        found = tree.get("")
        return found if isinstance(found, Resource) else None
    for branch in (steps[0], "*"):
        below = tree.get(branch) if branch else None
        if below is not None:
            found = _walk(below, steps[1:])
            if found is not None:
                return found
    return None


def _read(name: str) -> Iterator[tuple[Resource, tuple[str, ...]]]:
    text = resources.files("resources").joinpath("catalog", f"{name}.json").read_text("utf-8")
    for each in json.loads(text)["resources"]:
        methods = tuple(_METHODS[letter] for letter in each.get("m", ""))
        levels = {_METHODS[letter]: level for letter, level in each.get("l", {}).items()}
        yield (
            Resource(
                template=each["p"],
                kind=each["k"],
                methods=methods,
                levels=levels,
                block=each.get("b", ""),
                service=each.get("s", ""),
                rows=tuple(each.get("f", ())),
                reboot=each.get("r", False),
                ordered=each.get("o", ""),
                fixed=each.get("x", False),
            ),
            tuple(each.get("a", ())),
        )


@cache
def catalog(dialect: Dialect) -> Catalog:
    """The shipped catalog of a dialect; about 20 ms the first time."""
    return Catalog(_read(dialect.catalog))

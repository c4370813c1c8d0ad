"""What the protocol text says of each method, and the words for people. Read once, when first asked.

`resources/catalog/vigi.json` is explained by `packaging/vigi_catalog.py`. `vigi_titles.json`: {"resources": [[id, group
or "", title, help]], whose order is the order of display; "fields": {key: [title, help, unit]} where a key is a field's
path in its document, its last name, or "resource/…" for one resource only; "options": {"field=value" or "value":
title}}.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

_BLANK_ROW: list[Any] = ["", "text", [], None, None, None]


@dataclass(frozen=True, slots=True)
class CatalogField:
    """kind is a `settings.Kind` value or "list"; limits are lengths for texts."""

    name: str
    kind: str
    options: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """kind: get, set, do, auth or stream. module: what the camera must have for it, "" for nothing. pair: of a get the
    set and the other way round, "" for none."""

    name: str
    kind: str
    module: str = ""
    pair: str = ""
    params: Mapping[str, CatalogField] = field(default_factory=dict, repr=False)
    values: Mapping[str, CatalogField] = field(default_factory=dict, repr=False)

    def field(self, name: str) -> CatalogField | None:
        return self.values.get(name) or self.values.get(name.rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class Label:
    title: str
    help: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """group "" is for pages that only the protocol's own tree shows."""

    id: str
    group: str
    title: str
    help: str = ""


@dataclass(frozen=True)
class Titles:
    pages: Mapping[str, Page]
    fields: Mapping[str, Label]
    options: Mapping[str, str]

    def page(self, resource: str) -> Page:
        """A made-up title where the table has none."""
        known = self.pages.get(resource)
        return known or Page(resource, "", words(re.sub(r"^(get|set|do)(?=[A-Z])", "", resource)))

    def label(self, resource: str, path: str) -> Label:
        """The longest matching key wins; numbers of entries do not count."""
        plain = re.sub(r"\[\d+\]|_\d+(?=/|$)", "", path)
        last = plain.rpartition("/")[2]
        for key in (f"{resource}/{plain}", f"{resource}/{last}", plain, last):
            if key in self.fields:
                return self.fields[key]
        return Label(words(last))

    def option(self, name: str, value: str) -> str:
        known = self.options.get(f"{name}={value}") or self.options.get(value)
        if known:
            return known
        return words(value) if re.fullmatch(r"[A-Za-z][a-z]+([A-Z][a-z]+)*", value) else value


def words(name: str) -> str:
    """ "msg_push_enabled" and "moduleList" -> "Msg push enabled", "Module list"."""
    parts = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", name.replace("_", " "))
    text = " ".join(part if part.isupper() and len(part) > 1 else part.lower() for part in parts)
    return text[:1].upper() + text[1:] if text else name


def _field(row: list[Any]) -> CatalogField:
    name, kind, options, low, high, default = [*row, *_BLANK_ROW[len(row) :]]
    return CatalogField(name, kind, tuple(options), low, high, None if default is None else str(default))


def _read(name: str) -> Any:
    return json.loads(resources.files("resources").joinpath("catalog", f"{name}.json").read_text("utf-8"))


@cache
def methods() -> Mapping[str, Method]:
    """By name, in the order of the text."""
    made = {}
    for each in _read("vigi")["methods"]:
        params, values = ({row[0]: _field(row) for row in each.get(part, ())} for part in ("p", "f"))
        made[each["m"]] = Method(each["m"], each["k"], each.get("d", ""), each.get("t", ""), params, values)
    return made


@cache
def titles() -> Titles:
    found = _read("vigi_titles")
    return Titles(
        pages={row[0]: Page(*row) for row in found["resources"]},
        fields={key: Label(*row) for key, row in found["fields"].items()},
        options=found["options"],
    )


@cache
def _by_lower_name() -> Mapping[str, str]:
    return {name.lower(): name for name in (*methods(), *titles().pages)}


def resource_id(text: str) -> str:
    """The get method that reads what is meant: "getX", "setX" and "X" in any capitals; the text itself for unknown."""
    known = _by_lower_name()
    bare = text.strip().lstrip("/")
    for word in (bare, f"get{bare}", re.sub(r"^set", "get", bare, flags=re.IGNORECASE)):
        found = known.get(word.lower())
        if found is not None and not found.startswith("set"):
            return found
    return bare

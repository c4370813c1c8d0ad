"""What needs of fields are made from, for all that make some. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.families.isapi.catalog import CatalogField, bare
from app.families.isapi.titles import Titles
from app.settings.depends import Need, texts
from app.wire.xml import Element


def need_of(
    path: str, on: str, field: CatalogField, decider: CatalogField | None, reason: str, told: str | None = None
) -> Need:
    """A value of the decider that the text does not know forbids nothing."""
    others = {each for each in decider.options if each not in field.values} if decider is not None else set()
    if field.unless or not others:
        return Need(path, on, texts(*field.values), reason, negated=field.unless, told=told)
    return Need(path, on, texts(*others), reason, negated=True, told=told)


def leaves(group: Element) -> Iterator[Element]:
    return (each for each in group.iter() if each.is_leaf)


def reason_of(root: Element, on: Element, values: Iterable[str], names: Titles, *, unless: bool) -> str:
    """In the words of the form, where `on` is a leaf of it."""
    title = names.field(root.name, bare(on.path)).title
    shown = " or ".join(names.option(on.name, each) or each for each in values)
    return f"Not while “{title}” is {shown}." if unless else f"Only while “{title}” is {shown}."

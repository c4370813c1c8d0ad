"""The places for regions in a document: those that are drawn, and those that are empty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.families.isapi.regions import points
from app.families.isapi.regions.codecs import codec
from app.families.isapi.regions.draft import Draft
from app.families.isapi.regions.row import Clearing, Row
from app.families.isapi.regions.scale import Scale
from app.model.region import Label, Region, Shape
from app.wire.xml import Element


@dataclass(frozen=True, slots=True)
class Slot:
    """id is unique in its layer. region is None while nothing is drawn there."""

    id: str
    element: Element
    region: Region | None
    fixed: bool = False  # an element of its own, not an entry of a list


def slots(root: Element, row: Row, scale: Scale, properties: Iterable[str] = ()) -> tuple[Slot, ...]:
    """properties are the paths of the settings that each region has of its own."""
    held = tuple(properties)
    found = [*_listed(root, row), *_singles(root, row)]
    made: dict[str, Slot] = {}
    for number, (element, id_, title) in enumerate(found, 1):
        key = id_ or str(number)
        if key in made:  # some devices give several entries the same id
            key = f"{key}/{number}"
        region = _region(element, row, scale, key, title, held)
        made[key] = Slot(key, element, region, bool(title))
    return tuple(made.values())


def _listed(root: Element, row: Row) -> Iterator[tuple[Element, str, str]]:
    if not row.member:
        return
    if root.name == row.member and not row.listed:
        yield root, root.text_of(row.id) if row.id else "", ""
        return
    group = root.find(row.listed)
    for each in group.children if group is not None else ():
        if each.name == row.member:
            yield each, each.text_of(row.id) if row.id else "", ""


def _singles(root: Element, row: Row) -> Iterator[tuple[Element, str, str]]:
    for path, title in row.singles:
        found = root.find(path)
        if found is not None and found.children:
            yield found, path or "1", title


def _region(
    element: Element, row: Row, scale: Scale, key: str, title: str, properties: tuple[str, ...]
) -> Region | None:
    shape = codec(row).read(element, row, scale)
    if shape is None:
        return None
    own = tuple((path, found.text.strip()) for path in properties if (found := element.find(path)) is not None)
    name = title or (element.text_of(row.name) if row.name else "")
    return Region(key, row.purpose, shape, name, element.text_of("enabled", "true") != "false", own)


def member_path(root: Element, row: Row, slot_id: str, scale: Scale) -> str:
    """Where the element of a slot is by now."""
    return next(each.element.path for each in slots(root, row, scale) if each.id == slot_id)


def write(draft: Draft, path: str, row: Row, scale: Scale, before: Region | None, after: Region) -> None:
    """Makes the element at path hold the region; what does not differ from before stays as it is. The corners come
    last: in a new element they stand behind its settings, as in the protocol's text."""
    start = f"{path}/" if path else ""
    here = draft.find(f"{start}enabled")
    if here is not None and (here.text.strip() != "false") != after.enabled:
        draft.set(f"{start}enabled", "true" if after.enabled else "false")
    if row.name and (before is None or before.name != after.name):
        _put_leaf(draft, path, row.name, after.name, before=("id", "enabled"))
    for way, text in after.properties:
        _put_leaf(draft, path, way, text)
    if before is None or before.shape != after.shape:
        codec(row).write(draft, path, row, scale, after.shape)


def _put_leaf(draft: Draft, path: str, way: str, text: str, before: tuple[str, ...] = ()) -> None:
    """Sets a leaf below the element at path. One that is not there is put in, if it has a text and a place."""
    at = f"{path}/{way}" if path else way
    leaf = draft.find(at)
    if leaf is not None and leaf.text.strip() != text:
        draft.set(at, text)
    elif leaf is None and text and "/" not in way:
        draft.put(path, way, before=before)
        draft.set(at, text)


def clear(draft: Draft, path: str, row: Row, shape: Shape) -> None:
    """Takes the region away and leaves its place (`Clearing.CORNERS` and `Clearing.TEXT`)."""
    start = f"{path}/" if path else ""
    if row.clearing is Clearing.CORNERS:
        points.clear(draft, path, row.points)
    elif isinstance(shape, Label):
        for name, text in (("enabled", "false"), ("displayText", ""), ("message", "")):
            if draft.find(f"{start}{name}") is not None:
                draft.set(f"{start}{name}", text)

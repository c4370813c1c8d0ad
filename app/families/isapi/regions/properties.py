"""The settings that each region has of its own, with the constraints of the document they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from app.families.isapi import constraints
from app.families.isapi.catalog import Resource
from app.families.isapi.regions.codecs import codec
from app.families.isapi.regions.row import Row
from app.families.isapi.titles import Titles
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Access, Option, Spec
from app.wire.xml import Element

_TARGETS = ("detectionTarget", "targetType")
_BOTH = "human,vehicle"


def of_document(document: Document, members: Iterable[Element], row: Row) -> tuple[Field, ...]:
    """One field for each path that members have, in the order of the document. The text is what a new region gets:
    the device's default, else what an element of the document holds."""
    made: dict[str, Field] = {}
    by_path = {field.path: field for field in document.fields if field.present}
    for member in members:
        for path in _paths(member, row):
            field = by_path.get(f"{member.path}/{path}" if member.path else path)
            if field is None or field.spec.access is not Access.READ_WRITE:
                continue
            known = made.get(path)
            text = field.spec.default or (known.text if known else "") or field.text
            made[path] = Field(path, text, _with_both(path, field.spec))
    return tuple(made.values())


def of_capabilities(
    capabilities: Element | None, row: Row, root: str, known: Resource | None, titles: Titles
) -> tuple[Field, ...]:
    """The same from the device's capabilities, for a list that has no entry yet."""
    group = capabilities.find(row.listed) if capabilities is not None and row.listed else capabilities
    member = group.child(row.member) if group is not None and row.member else None
    if member is None:
        return ()
    return tuple(_declared(member, path, row, root, known, titles) for path in _paths(member, row))


def _declared(member: Element, path: str, row: Row, root: str, known: Resource | None, titles: Titles) -> Field:
    leaf = member.find(path) or member
    whole = f"{row.listed}/{row.member}/{path}" if row.listed else f"{row.member}/{path}"
    told = known.field(whole) if known is not None else None
    spec = constraints.spec_of(leaf, leaf, told, titles.field(root, whole), titles, read_only=False)
    return Field(path, spec.default or leaf.text.strip(), _with_both(path, replace(spec, dynamic=False)))


def _with_both(path: str, spec: Spec) -> Spec:
    """Detections tell people from vehicles, and take both although capabilities list them one by one."""
    values = [option.value for option in spec.options]
    if path not in _TARGETS or not {"human", "vehicle"} <= set(values) or _BOTH in values:
        return spec
    return replace(spec, options=(*spec.options, Option(_BOTH, "People and vehicles")))


def _paths(member: Element, row: Row) -> Iterator[str]:
    """Leaves of a region's element that are neither its shape nor its name, id or switch."""
    start = len(member.path) + 1 if member.path else 0
    owned = {"enabled", row.id, row.name, row.points.partition("/")[0], *codec(row).owned}
    for each in member.iter():
        path = each.path[start:]
        top, _, below = path.partition("/")
        if each.is_leaf and top not in owned and "[" not in path and not _places(below or top):
            yield path


def _places(path: str) -> bool:
    """Whether a leaf is part of another shape (an arrow, a second list of corners), or what a thermometer reads."""
    name = path.rpartition("/")[2]
    return name.endswith(("TempValue", "CoordinatesList")) or name in ("positionX", "positionY", "gridMap")

"""What differs between two snapshots, field by field. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.settings import values
from app.settings.spec import Access, Kind, Spec
from app.site.snapshot import DeviceSnapshot, ResourceCopy, Value

_ID = re.compile(r"(?i)\w*_id|id|\w*uuid|guid|serial(?:Number|No)?|mac(?:Address)?")
_CAMEL_ID = re.compile(r"\w*[a-z0-9](?:ID|Id)")
_CLOCK = re.compile(r"(?i)(?:local|utc|device|system|current)?(?:date)?time")


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that differs. None stands for a field that one of the two does not have. family: of the devices, "" where
    nobody said; `wording.difference_words` tells the values as people read them."""

    resource: str
    resource_title: str
    path: str
    title: str
    section: tuple[str, ...]
    kind: Kind
    access: Access
    one: str | None
    other: str | None
    family: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """differences in the order of the first snapshot. only_one, only_other: resources that one of them lacks."""

    differences: tuple[Difference, ...]
    only_one: tuple[str, ...]
    only_other: tuple[str, ...]


def compare(one: DeviceSnapshot, other: DeviceSnapshot, *, everything: bool = False) -> Comparison:
    """Values are compared by meaning. Without everything, ids, clocks and what can only be read are left out."""
    ours = {copy.resource: copy for copy in one.resources}
    theirs = {copy.resource: copy for copy in other.resources}
    differences = tuple(
        difference
        for resource, copy in ours.items()
        if resource in theirs
        for difference in differences_of(copy, theirs[resource], everything=everything, family=one.family)
    )
    return Comparison(
        differences,
        tuple(resource for resource in ours if resource not in theirs),
        tuple(resource for resource in theirs if resource not in ours),
    )


def differences_of(
    one: ResourceCopy, other: ResourceCopy, *, everything: bool = False, family: str = ""
) -> Iterator[Difference]:
    """Of one resource, in document order; what only the other has comes last."""
    ours, theirs = ({value.path: value for value in copy.values} for copy in (one, other))
    for path in [*ours, *(path for path in theirs if path not in ours)]:
        left, right = ours.get(path), theirs.get(path)
        if left is not None and right is not None and same(left, right.text):
            continue
        shown = left or right
        if shown is None or not (everything or is_setting(shown)):
            continue
        yield Difference(
            one.resource, one.title, path, shown.title, shown.section, shown.kind, shown.access,
            left.text if left else None, right.text if right else None, family,
        )  # fmt: skip


def same(value: Value, text: str) -> bool:
    return values.same(value.text, text, Spec(value.kind, value.title))


def is_setting(value: Value) -> bool:
    """Whether people would call it a setting: no id, no clock, nothing that can only be read."""
    if value.access is not Access.READ_WRITE or value.kind in (Kind.DATETIME, Kind.PASSWORD):
        return False
    name = re.sub(r"\[\d+\]$", "", value.path.rpartition("/")[2])
    is_id = _ID.fullmatch(name) is not None or _CAMEL_ID.fullmatch(name) is not None
    return not is_id and not (value.kind is Kind.TIME and _CLOCK.fullmatch(name))

"""How the values of one resource stand in its answer, and how they are sent back: they differ. Pure.

A shape reads an answer's object into parts (path, text), turns edited texts into edits of the answer's own leaves, and
writes the parameters of the set method from an answer that holds the new values.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from app.errors import InvalidSetting
from app.families.vigi import answers, logbook, recording_week
from app.families.vigi.catalog import Method
from app.settings import parsers
from app.settings.depends import Depends
from app.wire.json_text import JsonDocument, JsonKind, JsonNode

REGION = re.compile(r"region_info_(\d{1,4})")
_LATEST = 253_402_300_799  # seconds of the year 9999


@dataclass(frozen=True, slots=True)
class Part:
    """One setting. node is the leaf it was read from, None for one that has no leaf of its own."""

    path: str
    text: str
    node: JsonNode | None = None
    kind: str = ""  # a `settings.Kind` where the shape knows better than the catalog
    title: str = ""
    read_only: bool = False


class Shape:
    """The plain one: every leaf is a setting, every member a parameter."""

    empty = False  # an empty object is an answer as well

    def expected(self, method: Method) -> Collection[str]:
        """Names of which one at least is in an answer that means something."""
        return {name.partition("/")[0] for name in method.values}

    def parts(self, holder: JsonNode) -> Iterator[Part]:
        for leaf in leaves(holder):
            yield Part(inner(holder, leaf), leaf.text, leaf)

    def depends(self, holder: JsonNode) -> Depends:
        del holder
        return Depends()

    def edits(self, holder: JsonNode, wanted: Mapping[str, str]) -> dict[str, str]:
        """By path below the holder."""
        del holder
        return dict(wanted)

    def params(self, document: JsonDocument, holder: JsonNode, changed: Collection[str]) -> str:
        """The parameters as JSON. changed: paths of the settings that differ from what the camera holds."""
        del changed
        members = (each for each in holder.children if not answers.is_outer(each.name))
        return "{" + ",".join(f"{_name(each)}:{document.strict(each)}" for each in members) + "}"


class Sizes(Shape):
    """getResolution nests what setResolution has flat, and takes one of the two as well."""

    def params(self, document: JsonDocument, holder: JsonNode, changed: Collection[str]) -> str:
        found = []
        for stream in ("main", "minor"):
            part = holder.child(stream)
            leaf = part.child("resolutions") if part is not None else None
            if leaf is not None and (f"{stream}/resolutions" in changed or not changed):
                found.append(f'"{stream}_resolution":{document.strict(leaf)}')
        return "{" + ",".join(found) + "}"


class Moment(Shape):
    """Seconds since 1970 as a date and time."""

    names = ("system_time", "record_start_time")

    def parts(self, holder: JsonNode) -> Iterator[Part]:
        for part in super().parts(holder):
            shown = moment(part.text) if part.path.rpartition("/")[2] in self.names else ""
            yield Part(part.path, shown, part.node, "datetime") if shown else part

    def edits(self, holder: JsonNode, wanted: Mapping[str, str]) -> dict[str, str]:
        found = {}
        for path, text in wanted.items():
            try:
                read = parsers.moment(text)
            except ValueError:
                raise InvalidSetting("Use a date and time like 2026-01-31T18:00:00+01:00", path=path) from None
            aware = read if read.tzinfo is not None else read.astimezone()
            leaf = _below(holder, path)
            same = leaf is not None and moment(leaf.text) == aware.astimezone(UTC).isoformat()
            found[path] = leaf.text if same and leaf is not None else str(int(aware.timestamp()))
        return found


class Schedule(Shape):
    """The recording schedule."""

    def parts(self, holder: JsonNode) -> Iterator[Part]:
        lists = recording_week.day_lists(holder)
        for part in super().parts(holder):
            if part.node is None or part.node not in lists.values():
                yield part
        for path, text in recording_week.texts(lists).items() if lists else ():
            day, _, kind = path.partition("/")
            title = f"{day.capitalize()}, {recording_week.KINDS[kind].lower()}"
            yield Part(path, text, kind="text", title=title)

    def depends(self, holder: JsonNode) -> Depends:
        return Depends(combined=recording_week.weeks()) if recording_week.day_lists(holder) else Depends()

    def edits(self, holder: JsonNode, wanted: Mapping[str, str]) -> dict[str, str]:
        lists = recording_week.day_lists(holder)
        days = {path: text for path, text in wanted.items() if path.partition("/")[0] in lists and "/" in path}
        return {path: text for path, text in wanted.items() if path not in days} | recording_week.edited(lists, days)


class RegionSet(Shape):
    """region_info_1, region_info_2, … on the way here, one list on the way there: the whole set each time, as the
    camera clears what it had."""

    empty = True

    def expected(self, method: Method) -> Collection[str]:
        return {f"region_info_{number}" for number in range(1, 33)}

    def params(self, document: JsonDocument, holder: JsonNode, changed: Collection[str]) -> str:
        return '{"set_region_info":[' + ",".join(map(document.strict, regions(holder))) + "]}"


class Log(Shape):
    """Entries like "<4>1692612202[NSD][SNTPC]Init over" with their kind and time in words."""

    empty = True

    def parts(self, holder: JsonNode) -> Iterator[Part]:
        for part in super().parts(holder):
            found = logbook.entry(part.text)
            if found is None:
                yield part
                continue
            when = f"{found.at.astimezone():%d %b %H:%M:%S}, " if found.at is not None else ""
            text = f"[{found.source}] {found.text}" if found.source else found.text
            yield Part(part.path, text, part.node, "text", f"{when}{found.level or 'Entry'}", read_only=True)


class MayBeEmpty(Shape):
    """A list that can have no entries."""

    empty = True


class Modules(Shape):
    """A list of objects under one name."""

    def expected(self, method: Method) -> Collection[str]:
        return ("moduleList",)


_SHAPES: Mapping[str, Shape] = {
    "getResolution": Sizes(),
    "getSystemTime": Moment(),
    "getSdCardStatus": Moment(),
    "getRecordSchedule": Schedule(),
    "searchSystemLog": Log(),
    "getPresetPoint": MayBeEmpty(),
    "getModuleList": Modules(),
}
_PLAIN, _REGIONS = Shape(), RegionSet()


def shape_of(resource: str) -> Shape:
    return _SHAPES.get(resource, _REGIONS if resource.endswith("Region") else _PLAIN)


def regions(holder: JsonNode) -> tuple[JsonNode, ...]:
    """In the order of their numbers."""
    found = [(int(match[1]), each) for each in holder.children if (match := REGION.fullmatch(each.name))]
    return tuple(each for _, each in sorted(found, key=lambda pair: pair[0]) if each.kind is JsonKind.OBJECT)


def leaves(holder: JsonNode) -> Iterator[JsonNode]:
    """Every leaf but those that say something of the answer itself."""
    for member in holder.children:
        if answers.is_outer(member.name):
            continue
        if member.is_leaf:
            yield member
        else:
            yield from (each for each in member.iter() if each.is_leaf)


def inner(holder: JsonNode, node: JsonNode) -> str:
    """A node's path below the holder."""
    return node.path[len(holder.path) + 1 :] if holder.path else node.path


def outer(holder: JsonNode, path: str) -> str:
    """The inverse of `inner`."""
    return f"{holder.path}/{path}" if holder.path else path


def moment(text: str) -> str:
    """Seconds since 1970 as an ISO date and time in UTC, "" for anything else."""
    text = text.strip()
    if not (text.isascii() and text.isdigit()) or not 0 < int(text[:13]) <= _LATEST:
        return ""
    return datetime.fromtimestamp(int(text), UTC).isoformat()


def _below(holder: JsonNode, path: str) -> JsonNode | None:
    return next((leaf for leaf in leaves(holder) if inner(holder, leaf) == path), None)


def _name(node: JsonNode) -> str:
    return '"' + answers.plain_name(node.name).replace("\\", "\\\\").replace('"', '\\"') + '"'

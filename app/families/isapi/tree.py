"""Survey, catalog and titles -> the tree of nodes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from app.families.isapi import gate
from app.families.isapi import survey as asked
from app.families.isapi.catalog import Catalog, Resource, is_placeholder
from app.families.isapi.dialect import Dialect
from app.families.isapi.groups import GROUPS, group_of
from app.families.isapi.survey import Survey
from app.families.isapi.titles import Titles, stream_title
from app.settings.tree import Node, NodeKind, NodeState, group

KINDS = {
    "settings": NodeKind.SETTINGS,
    "status": NodeKind.STATUS,
    "action": NodeKind.ACTION,
    "binary": NodeKind.BINARY,
}
# Endless or interactive transfers: nothing to open as a page. Plain text twins of a page above them.
_HIDDEN = {
    "alertStream", "httppreview", "audioData", "transData", "picture", "localTime", "timeZone", "GUIDFileData",
    "calibPanoramicPic", "calibPanoramicFlashPic",
}  # fmt: skip
_STREAM = re.compile(r"/Streaming/channels/[^/]+")
_TRIGGER = re.compile(r"/Event/triggers/[^/]+")
_SCHEDULED = re.compile(r"/Event/schedules/(\w+)/.*?(\d+)")
_DETECTION = re.compile(r"/Smart/\w+/\{id\}")
_BY_VIDEO = re.compile(r"/(Image|Snapshot|Thermal|Intelligent|Traffic|GIS|Compass)/channels|/Smart/\w+(/channels)?")
_OF_STREAM = re.compile(r"/Smart/ROI/channels/\{channel\}", re.IGNORECASE)
_PARTS = re.compile(r"\d{1,9}|\D+")
# Lists of connectors that some devices refuse -> the flag that counts them.
_CONNECTORS = {asked.INPUTS: "ioinputportnums", asked.OUTPUTS: "iooutputportnums"}
_MOST_CONNECTORS = 64
# Pages that only repeat what stands below them.
_REPEATING = {"/Event", "/System/Video/inputs", "/System/Video/outputs", "/System/IO"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One node to be: tail is the concrete path, template the catalog's; both without prefix. step: unknown to the
    text, and listed by the device together with what is below it: most likely no page of its own."""

    tail: str
    template: str
    kind: NodeKind
    readable: bool
    writable: bool
    place: tuple[int, str, list[tuple[int, int, str]]] = field(compare=False)
    step: bool = False

    def node(self, path: str, title: str, reason: str, children: Iterable[Node], help_: str = "") -> Node:
        """reason is why the device refuses it, "" where it does not."""
        state = NodeState.REFUSED if reason else NodeState.UNKNOWN
        below = tuple(children)
        return Node(path, title, self.kind, self.readable, self.writable, state, reason, below, help_)


def build(dialect: Dialect, known: Catalog, titles: Titles, found: Survey, refused: Mapping[str, str]) -> Node:
    """The tree. refused: full path -> reason, from earlier attempts to load."""
    drawing = _Drawing(dialect, titles, found, refused)
    here = entries(dialect, known, titles, found)
    by_group: dict[str, list[Entry]] = {}
    for entry in (each for each in here.values() if not each.step):
        by_group.setdefault(group_of(entry.tail), []).append(entry)
    children = tuple(
        group(f"group:{key}", title, drawing.group(key, by_group[key]), help_)
        for key, title, help_ in GROUPS
        if key in by_group
    )
    help_ = "What this device should have; everything else the protocol knows is in the protocol's own order"
    return group("group:device", "Settings", children, help_)


def entries(dialect: Dialect, known: Catalog, titles: Titles, found: Survey) -> dict[str, Entry]:
    """What the device should have, by tail, in the order in which it lists it."""
    made: dict[str, Entry] = {}
    steps = _steps(found)
    for tail, resource in _resources(dialect, known, found):
        entry = entry_of(dialect, titles, tail, resource)
        if entry is not None and not (resource is None and tail.count("/") == 1 and tail in steps):
            made.setdefault(tail, replace(entry, step=resource is None and tail in steps))
    return made


def _steps(found: Survey) -> set[str]:
    """The paths above those that the device lists: it lists services only because of what is below them."""
    above: set[str] = set()
    for tail in found.index or ():
        while (tail := tail.rpartition("/")[0]) and tail not in above:
            above.add(tail)
    return above


def _resources(dialect: Dialect, known: Catalog, found: Survey) -> Iterator[tuple[str, Resource | None]]:
    """Concrete paths the device should have, from its index where it has one."""
    if found.index is None:
        yield from _claimed(dialect, known, found, "/")
        return
    for tail in found.index:
        for each in items(dialect, known, found, tail) or _expand(dialect, tail, found):
            yield each, known.lookup(dialect.path(each))
    for collection in found.ids:  # what answers is there, listed or not: domes leave PTZ out
        if not any(each == collection or each.startswith(collection + "/") for each in found.index):
            yield from _claimed(dialect, known, found, collection)
    # Actions are no pages, so few devices list them; the two every device has are offered all the same.
    for tail in ("/System/reboot", "/System/factoryReset"):
        if tail not in found.index:
            yield tail, known.lookup(dialect.path(tail))


def _claimed(dialect: Dialect, known: Catalog, found: Survey, start: str) -> Iterator[tuple[str, Resource]]:
    """What the device should have below start by its capabilities."""
    for resource in known.resources:
        tail = dialect.tail(resource.template)
        if tail.startswith(start) and gate.has(found, tail) and not items(dialect, known, found, tail):
            for each in _expand(dialect, tail, found):
                yield each, resource


def items(dialect: Dialect, known: Catalog, found: Survey, tail: str) -> tuple[str, ...]:
    """The entries of a collection that is shown by its entries; () for any other path."""
    if is_placeholder(tail.rpartition("/")[2]):
        return ()
    if known.lookup(dialect.path(f"{tail}/{{id}}")) is None:
        return ()
    return tuple(f"{tail}/{each}" for each in _ids(dialect, tail, found))


def _expand(dialect: Dialect, tail: str, found: Survey) -> Iterator[str]:
    """The concrete paths of a template. Templates within lists that were not read give nothing: the list's own
    document holds what they hold."""
    if "{" not in tail:
        yield tail
        return
    steps = tail.split("/")
    places = [at for at, step in enumerate(steps) if is_placeholder(step)]
    if not places:
        yield tail
        return
    if len(places) > 1:
        return
    for each in _ids(dialect, "/".join(steps[: places[0]]), found):
        yield "/".join(each if at == places[0] else step for at, step in enumerate(steps))


def _ids(dialect: Dialect, collection: str, found: Survey) -> tuple[str, ...]:
    if collection == asked.VIDEO and found.ids.get(asked.PROXIES):
        return found.ids.get(collection, ())  # a recorder's cameras are behind its proxies, not its inputs
    fallback: dict[str, tuple[str, ...]] = {
        asked.STREAMS: tuple(each for channel in found.video for each in dialect.stream_ids(channel)),
        asked.VIDEO: found.video,
        asked.INTERFACES: ("1",),
    }
    if collection in found.ids or collection in fallback:
        return found.ids.get(collection) or fallback.get(collection, ())
    if collection in _CONNECTORS:
        count = found.flags.numbers.get(_CONNECTORS[collection], 0)
        return tuple(str(n + 1) for n in range(min(count, _MOST_CONNECTORS)))
    if collection == "/Smart/ROI/channels":
        return _ids(dialect, asked.STREAMS, found)
    if collection in (
        "/System/TwoWayAudio/channels",
        "/System/Audio/AudioIn/channels",
        "/System/Audio/AudioOut/channels",
    ):
        return found.ids.get(asked.AUDIO, ())
    if collection == "/System/Serial/ports":
        flags = found.flags.numbers
        count = flags.get("rs485portnums", 0) + flags.get("rs232portnums", 0)
        return tuple(str(n + 1) for n in range(min(count, 8)))
    if collection == "/MotionDetection" or _BY_VIDEO.fullmatch(collection):
        return found.video
    return ()


def entry_of(dialect: Dialect, titles: Titles, tail: str, resource: Resource | None) -> Entry | None:
    """None for what is no page: endless transfers, repetitions, services."""
    # Listed by the device, unknown to the text: the device shows what it is when it is opened.
    known_as, kind = tail, NodeKind.SETTINGS
    methods: tuple[str, ...] = ("GET", "PUT")
    if tail.rpartition("/")[2] in _HIDDEN:
        return None
    if resource is not None:
        if resource.kind not in KINDS or tail in _REPEATING:
            return None
        known_as, kind, methods = dialect.tail(resource.template), KINDS[resource.kind], resource.methods
    place = (titles.rank(known_as), known_as, natural(tail))
    return Entry(tail, known_as, kind, "GET" in methods, "PUT" in methods, place)


def natural(tail: str) -> list[tuple[int, int, str]]:
    """Sorts 2 before 10."""
    parts = _PARTS.findall(tail)
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]


@dataclass(frozen=True)
class _Drawing:
    dialect: Dialect
    titles: Titles
    found: Survey
    refused: Mapping[str, str]

    def group(self, key: str, entries: list[Entry]) -> tuple[Node, ...]:
        tails = {entry.tail for entry in entries}
        below: dict[str, list[Entry]] = {}
        tops: list[Entry] = []
        for entry in sorted(entries, key=lambda each: each.place):
            parent = _nearest(entry.tail, tails)
            if parent:
                below.setdefault(parent, []).append(entry)
            else:
                tops.append(entry)
        return tuple(self._siblings(key, tops, below))

    def _siblings(self, key: str, entries: Iterable[Entry], below: Mapping[str, list[Entry]]) -> Iterator[Node]:
        """Entries of one template become one group, unless there is only one; streams go by their channel."""
        together: dict[str, list[Entry]] = {}
        for entry in entries:
            together.setdefault(self._together(entry), []).append(entry)
        for shared, same in together.items():
            last = same[0].template.rpartition("/")[2]
            if is_placeholder(last) and same[0].tail.rpartition("/")[0] == self.dialect.tail(key):
                for entry in same:  # entries below their own list need no group around them
                    yield self._node(entry, below, self._title(entry, alone=False))
                continue
            if shared == "" or (len(same) == 1 and not shared.startswith("channel:")):
                for entry in same:
                    yield self._node(entry, below, self._title(entry, alone=True))
                continue
            if shared.startswith("channel:"):
                title, help_ = self._channel(shared.removeprefix("channel:")), ""
            else:
                label = self.titles.resource(same[0].template)
                title, help_ = label.title, label.help
            children = tuple(self._node(each, below, self._title(each, alone=False)) for each in same)
            yield group(f"group:{key}:{shared}", title, children, help_)

    def _together(self, entry: Entry) -> str:
        if _STREAM.fullmatch(entry.tail):
            channel = asked.channel_of(entry.tail.rpartition("/")[2])
            return f"channel:{channel}" if len(self.found.video) > 1 and channel else ""
        return entry.template

    def _title(self, entry: Entry, *, alone: bool) -> str:
        title = self.titles.resource(entry.template).title
        last = entry.tail.rpartition("/")[2]
        if _STREAM.fullmatch(entry.tail):
            return stream_title(last)  # its group says the channel
        if _TRIGGER.fullmatch(entry.tail):
            return self.titles.trigger(last, one_of_several=len(self.found.video) > 1)
        if _OF_STREAM.fullmatch(entry.template):
            return title if alone else self.titles.page(f"/Streaming/channels/{last}")
        scheduled = _SCHEDULED.fullmatch(entry.tail)
        if scheduled:  # its list says of what
            kinds = {"inputs": "Input", "outputs": "Output"}
            kind = kinds.get(scheduled[1])
            return f"{kind} {scheduled[2]}" if kind else self._channel(scheduled[2])
        if alone or not is_placeholder(entry.template.rpartition("/")[2]):
            channel = next(_steps_that_vary(entry), "")
            return title if alone or not channel else self._channel(channel)
        by_channel = entry.template.endswith("/{channel}") or _DETECTION.fullmatch(entry.template)
        return self._channel(last) if by_channel else f"{title} {last}"

    def _channel(self, number: str) -> str:
        """By the name that somebody gave it, where there are several."""
        name = self.found.names.get(number, "") if len(self.found.video) > 1 else ""
        return f"Channel {number}: {name}" if name else f"Channel {number}"

    def _node(self, entry: Entry, below: Mapping[str, list[Entry]], title: str) -> Node:
        path = self.dialect.path(entry.tail)
        reason = self.refused.get(path, "")
        children = self._siblings(path, below.get(entry.tail, ()), below)
        return entry.node(path, title, reason, children, self.titles.resource(entry.template).help)


def _steps_that_vary(entry: Entry) -> Iterator[str]:
    if entry.tail == entry.template and "{" not in entry.tail:
        return  # most are called as they are in the catalog
    for step, shape in zip(entry.tail.split("/"), entry.template.split("/"), strict=False):
        if is_placeholder(shape) or step != shape:
            yield step


def _nearest(tail: str, tails: set[str]) -> str:
    """The closest ancestor that has a node in the same group."""
    above = tail.rpartition("/")[0]
    while above:
        if above in tails:
            return above
        above = above.rpartition("/")[0]
    return ""

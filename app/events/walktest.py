"""A walk test: somebody walks, and every region that should notice says whether it did. Knows no devices, no clock.

What cannot be walked through (masks, texts, a covered lens) is no station. A region that is off is listed, but nobody
waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.events.log import continues
from app.model.event import DeviceEvent
from app.model.region import Direction, Line, Purpose, Region
from app.settings.layer import RegionLayer, Switch

WALKED = frozenset(
    {
        Purpose.MOTION,
        Purpose.LINE,
        Purpose.INTRUSION,
        Purpose.ENTRANCE,
        Purpose.EXIT,
        Purpose.LOITERING,
        Purpose.GROUP,
        Purpose.RAPID_MOVE,
        Purpose.PARKING,
        Purpose.UNATTENDED,
        Purpose.REMOVAL,
        Purpose.DROP_TAKE,
        Purpose.PEOPLE,
        Purpose.VEHICLE,
    }
)
_TRIED = 5  # records of a station that may still get a picture

Place = tuple[str, str]  # layer, region


class Mark(StrEnum):
    OFF = "off"
    UNTESTED = "untested"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Station:
    """One region on the walk. why_off is a plain sentence, "" for a region that watches. first and last are
    time.time() of the first and the last hit; records are the numbers of its hits in the log, for their pictures."""

    layer: str
    region: str
    title: str
    purpose: Purpose
    channel: int
    why_off: str = ""
    only: Direction | None = None  # the one direction that the region watches
    first: float | None = None
    last: float | None = None
    hits: int = 0
    targets: tuple[str, ...] = ()
    directions: tuple[Direction, ...] = ()
    note: str = ""
    picture: bytes | None = field(default=None, repr=False)
    records: tuple[int, ...] = field(default=(), repr=False)

    @property
    def place(self) -> Place:
        return self.layer, self.region

    @property
    def is_way_unsaid(self) -> bool:
        """A line was crossed that watches both ways, and the camera does not say which way it was."""
        return bool(self.hits) and self.purpose is Purpose.LINE and not self.directions

    @property
    def mark(self) -> Mark:
        if self.hits:
            return Mark.PASSED
        return Mark.OFF if self.why_off else Mark.UNTESTED


class SwitchRole(StrEnum):
    ARMED = "armed"
    NOTIFIES = "notifies"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A switch without which a layer notices nothing, or tells nobody. text is a plain sentence."""

    layer: RegionLayer
    role: SwitchRole
    text: str

    @property
    def switch(self) -> Switch:
        found = self.layer.armed if self.role is SwitchRole.ARMED else self.layer.notifies
        assert found is not None
        return found


def obstacles(layers: Iterable[RegionLayer]) -> tuple[Obstacle, ...]:
    """What stands in the way of a walk through everything that is drawn."""
    found = []
    for layer in layers:
        if not _drawn(layer) or layer.asleep:
            continue  # no switch would help
        title = layer.info.title
        if layer.armed is not None and not layer.armed.is_on:
            found.append(Obstacle(layer, SwitchRole.ARMED, f"{title} is off."))
        if layer.notifies is not None and not layer.notifies.is_on:
            found.append(Obstacle(layer, SwitchRole.NOTIFIES, f"{title} is not reported to anybody."))
    return tuple(found)


def _drawn(layer: RegionLayer) -> tuple[Region, ...]:
    return tuple(each for each in layer.regions if each.shape.points) if layer.info.purpose in WALKED else ()


def _stations(layer: RegionLayer) -> Iterable[Station]:
    drawn = _drawn(layer)
    off = layer.asleep or next((each.text for each in obstacles([layer])), "")
    for region in drawn:
        name = region.name or (region.id if len(layer.regions) > 1 else "")
        title = f"{layer.info.title} {name}".strip()
        shape = region.shape
        only = shape.direction if isinstance(shape, Line) and shape.direction is not Direction.BOTH else None
        why = off or ("" if region.enabled else f"{title} is switched off by itself.")
        yield Station(layer.info.id, region.id, title, region.purpose, layer.info.channel, why, only)


class WalkTest:
    """`hear` every event; the stations tell how it stands. One owner, one thread."""

    def __init__(self, layers: Iterable[RegionLayer], began: float) -> None:
        self.began = began
        self.unnamed = 0  # hits of which nobody can say which region they were of
        self._stations = {each.place: each for layer in layers for each in _stations(layer)}
        self._before: dict[tuple[str, int, str], DeviceEvent] = {}

    @property
    def stations(self) -> tuple[Station, ...]:
        return tuple(self._stations.values())

    @property
    def untested(self) -> tuple[Station, ...]:
        return tuple(each for each in self.stations if each.mark is Mark.UNTESTED)

    def hear(self, event: DeviceEvent, record: int = 0) -> tuple[Station, ...]:
        """The stations that changed; ends and further posts of the same occurrence are no hits."""
        if event.active is False or event.purpose not in WALKED:
            return ()
        key = (event.type.lower(), event.channel, event.region)
        before = self._before.get(key)
        self._before[key] = event
        if before is not None and continues(before, event):
            return ()
        mine = self._of(event)
        if len(mine) > 1:
            self.unnamed += 1
            note = "The camera reported it without saying in which region."
            return tuple(self._keep(replace(each, note=note)) for each in mine)
        return tuple(self._keep(_hit(each, event, record)) for each in mine)

    def picture(self, place: Place, jpeg: bytes) -> None:
        """For a station without one."""
        station = self._stations[place]
        if station.picture is None:
            self._keep(replace(station, picture=jpeg))

    def _of(self, event: DeviceEvent) -> list[Station]:
        """The one region of an event, where that can be told; else all that it may have been."""
        same = [each for each in self.stations if (each.purpose, each.channel) == (event.purpose, event.channel)]
        mine = [each for each in same if each.layer == event.layer]
        pools = (_watching(mine), _watching(same), mine, same)
        named = [each for pool in pools for each in pool if event.region and each.region == event.region]
        return named[:1] or next((pool for pool in pools if pool), [])

    def _keep(self, station: Station) -> Station:
        self._stations[station.place] = station
        return station


def _watching(stations: list[Station]) -> list[Station]:
    return [each for each in stations if not each.why_off]


def _hit(station: Station, event: DeviceEvent, record: int) -> Station:
    direction = event.direction or station.only
    targets, directions = dict.fromkeys(station.targets), dict.fromkeys(station.directions)
    if event.target:
        targets[event.target] = None
    if direction is not None:
        directions[direction] = None
    return replace(
        station,
        first=station.first if station.first is not None else event.received,
        last=event.received,
        hits=station.hits + 1,
        targets=tuple(targets),
        directions=tuple(directions),
        records=(*station.records, record)[:_TRIED] if record else station.records,
    )

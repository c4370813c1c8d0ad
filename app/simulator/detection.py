"""What a simulated camera notices: the things of its scene against the regions that are drawn, whatever its family.

Everything follows from the time: the same regions and the same moments give the same happenings, on every machine.
A thing is where its feet are. What is smaller in the picture than the sensitivity allows is not seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from app.model.geometry import Point, contains, cross, side
from app.model.region import Cells, Direction, Line, Polygon, Purpose
from app.simulator import dome
from app.simulator.armed import Watched
from app.simulator.picture import PictureSettings
from app.simulator.scene import Scene, SceneObject

Look = Callable[[int, float], tuple[SceneObject, ...]]  # channel, time -> what its picture shows

POST = 1.0  # seconds between two posts of something that lasts
PULSE = 1.0  # seconds that a crossing is "active"
LONGEST_STEP = 0.5  # seconds; after a longer sleep what happened meanwhile went unseen
_MOVED = 0.002  # of the picture, in _SPAN seconds
_SPAN = 0.4
_SMALLEST = 0.2  # of the picture's height, at a sensitivity of nothing
_SAMPLE = 0.5  # seconds between two looks back
_FAST = 0.12  # pictures a second
_CROWD = 3
_TARGETS = {"person": "person", "car": "vehicle"}
_WATCH = 5.0  # seconds of a dwell where the camera does not say how long

Key = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Happening:
    """count is 1 at the beginning and grows while it lasts; the end carries the last one."""

    watched: Watched
    active: bool
    count: int
    target: str = ""
    direction: Direction | None = None


@dataclass(slots=True)
class _Running:
    watched: Watched
    target: str
    direction: Direction | None
    posted: float
    until: float  # inf: as long as it is seen
    count: int = 1


@dataclass
class Detector:
    """One camera. Call `tick` a few times a second with a time that grows."""

    look: Look
    _last: float = -math.inf
    _running: dict[Key, _Running] = field(default_factory=dict)

    def tick(self, watched: tuple[Watched, ...], now: float) -> tuple[Happening, ...]:
        before = max(self._last, now - LONGEST_STEP) if self._last > -math.inf else now
        self._last = now
        armed = {_key(each): each for each in watched if each.armed and not each.hidden and each.sensitivity > 0}
        found = [self._end(key) for key in tuple(self._running) if key not in armed]
        for key, each in armed.items():
            hidden = tuple(other for other in watched if _hides(other, each))
            found += self._one(key, each, hidden, before, now)
        return tuple(found)

    def _one(
        self, key: Key, each: Watched, hidden: tuple[Watched, ...], before: float, now: float
    ) -> Iterator[Happening]:
        running = self._running.get(key)
        if each.purpose in _PULSES:
            crossing = next(_crossings(each, hidden, self.look, before, now), None)
            if running is not None and (crossing is not None or now >= running.until):
                yield self._end(key)
            if crossing is not None:
                yield self._begin(key, each, crossing[0], crossing[1], now, now + PULSE)
            return
        target = next(_lasting(each, hidden, self.look, now), None)
        if running is not None and target is None:
            yield self._end(key)
        elif running is not None and now - running.posted >= POST:
            running.posted, running.count = now, running.count + 1
            yield Happening(each, True, running.count, running.target)
        elif running is None and target is not None:
            yield self._begin(key, each, target, None, now, math.inf)

    def _begin(
        self, key: Key, each: Watched, target: str, direction: Direction | None, now: float, until: float
    ) -> Happening:
        self._running[key] = _Running(each, target, direction, now, until)
        return Happening(each, True, 1, target, direction)

    def _end(self, key: Key) -> Happening:
        gone = self._running.pop(key)
        return Happening(gone.watched, False, gone.count, gone.target, gone.direction)


def seen_in(settings: PictureSettings, now: float) -> tuple[SceneObject, ...]:
    """What a picture with these settings shows at a time: the usual way to look."""
    return tuple(
        seen.flipped(settings.flip)
        for each in _scene(settings.seed).objects_at(now)
        for seen in dome.seen(each, settings.window)
    )


@lru_cache(maxsize=64)
def _scene(seed: int) -> Scene:
    return Scene(seed)


def _key(each: Watched) -> Key:
    return each.event, each.channel, each.region


def _hides(other: Watched, each: Watched) -> bool:
    same = other.hidden and other.purpose is each.purpose
    return other.channel == each.channel and other.armed and (same or other.purpose is Purpose.PRIVACY)


# Crossings: between two looks

_PULSES = frozenset({Purpose.LINE, Purpose.ENTRANCE, Purpose.EXIT})


def _crossings(
    each: Watched, hidden: tuple[Watched, ...], look: Look, before: float, now: float
) -> Iterator[tuple[str, Direction | None]]:
    """The targets that crossed, with their direction; () where there was no time in between."""
    was = {thing.name: _foot(thing) for thing in look(each.channel, before)} if before < now else {}
    for thing in _seen(each, hidden, look(each.channel, now)):
        start, end = was.get(thing.name), _foot(thing)
        if start is None:
            continue
        if isinstance(each.shape, Line):
            direction = _over(each.shape, start, end)
            if direction is not None and each.shape.direction in (Direction.BOTH, direction):
                yield _TARGETS[thing.kind], direction
        elif isinstance(each.shape, Polygon):
            inside = contains(each.shape.points, start), contains(each.shape.points, end)
            if inside == ((False, True) if each.purpose is Purpose.ENTRANCE else (True, False)):
                yield _TARGETS[thing.kind], None


def _over(line: Line, start: Point, end: Point) -> Direction | None:
    for a, b in zip(line.points, line.points[1:], strict=False):
        if start != end and cross(a, b, start, end) and side(a, b, end) != 0:
            return Direction.A_TO_B if side(a, b, end) > 0 else Direction.B_TO_A
    return None


# What lasts


def _lasting(each: Watched, hidden: tuple[Watched, ...], look: Look, now: float) -> Iterator[str]:
    """The targets that keep the region busy."""
    things = [thing for thing in _seen(each, hidden, look(each.channel, now)) if _is_in(each, thing)]
    match each.purpose:
        case Purpose.MOTION:
            found = [thing for thing in things if _moves(each.channel, thing, look, now)]
        case Purpose.INTRUSION | Purpose.PEOPLE | Purpose.VEHICLE:
            found = [thing for thing in things if _stayed(each, thing, look, now, each.seconds)]
        case Purpose.LOITERING:
            found = [thing for thing in things if _stayed(each, thing, look, now, each.seconds or _WATCH)]
        case Purpose.PARKING:
            cars = [thing for thing in things if thing.kind == "car" and not _moves(each.channel, thing, look, now)]
            found = [thing for thing in cars if _stayed(each, thing, look, now, each.seconds or _WATCH)]
        case Purpose.GROUP:
            people = [thing for thing in things if thing.kind == "person"]
            found = people if len(people) >= _CROWD else []
        case Purpose.RAPID_MOVE:
            found = [thing for thing in things if _pace(each.channel, thing, look, now) >= _FAST]
        case _:
            return
    kinds = {Purpose.PEOPLE: "person", Purpose.VEHICLE: "car"}
    for thing in found:
        if kinds.get(each.purpose, thing.kind) == thing.kind:
            yield _TARGETS[thing.kind]


def _seen(each: Watched, hidden: tuple[Watched, ...], things: Iterable[SceneObject]) -> Iterator[SceneObject]:
    """Those that are wanted, large enough, and under no mask."""
    smallest = (1 - each.sensitivity) * _SMALLEST
    for thing in things:
        wanted = not each.targets or _TARGETS[thing.kind] in each.targets
        masked = any(isinstance(mask.shape, Polygon) and contains(mask.shape.points, _foot(thing)) for mask in hidden)
        if wanted and thing.height >= smallest and not masked:
            yield thing


def _is_in(each: Watched, thing: SceneObject) -> bool:
    match each.shape:
        case Cells(columns, rows, on):
            left, right = math.floor(thing.x * columns), math.floor((thing.x + thing.width) * columns)
            top, bottom = math.floor(thing.y * rows), math.floor((thing.y + thing.height) * rows)
            return any(left <= column <= right and top <= row <= bottom for column, row in on)
        case Polygon(points):
            return contains(points, _foot(thing))
    return False


def _stayed(each: Watched, thing: SceneObject, look: Look, now: float, seconds: float) -> bool:
    """Whether the thing has been in the region for all this time."""
    for step in range(1, math.ceil(seconds / _SAMPLE) + 1):
        earlier = now - min(step * _SAMPLE, seconds)
        if not any(other.name == thing.name and _is_in(each, other) for other in look(each.channel, earlier)):
            return False
    return True


def _moves(channel: int, thing: SceneObject, look: Look, now: float) -> bool:
    return _pace(channel, thing, look, now) * _SPAN >= _MOVED


def _pace(channel: int, thing: SceneObject, look: Look, now: float) -> float:
    """Pictures a second. What has only just come into view moves."""
    before = (other for other in look(channel, now - _SPAN) if other.name == thing.name)
    nearest = min((_foot(other).distance(_foot(thing)) for other in before), default=_FAST * _SPAN)
    return nearest / _SPAN


def _foot(thing: SceneObject) -> Point:
    return Point(*thing.foot)

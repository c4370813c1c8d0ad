"""What a region makes of the things in the picture: who crossed it, and what keeps it busy.

A thing is where its feet are. What is smaller in the picture than the sensitivity allows is not seen. A case is only
of interest where it lies: whoever carries it is seen himself. A hand over the lens hides nothing but is seen by the
regions that it covers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

from app.model.geometry import Point, bounds, contains, cross, inside, side
from app.model.region import Cells, Direction, Line, Polygon, Purpose
from app.simulator.armed import Watched
from app.simulator.scene import SceneObject

Look = Callable[[int, float], tuple[SceneObject, ...]]  # channel, time -> what its picture shows

PULSES = frozenset({Purpose.LINE, Purpose.ENTRANCE, Purpose.EXIT, Purpose.COUNTING})  # the others last

_MOVED = 0.002  # of the picture, in _SPAN seconds
_SPAN = 0.4
_SAMPLE = 0.5  # seconds between two looks back
_COARSE = 2.0  # the same, for what is long gone
_FAST = 0.12  # pictures a second
_CROWD = 3
_TARGETS = {"person": "person", "car": "vehicle", "case": "", "hand": ""}
# Of the picture's height, at a sensitivity of nothing.
_SMALLEST = {"person": 0.2, "car": 0.2, "case": 0.06, "hand": 0.0}
_WATCH = 5.0  # seconds of a dwell where the camera does not say how long
_REMEMBERED = 20.0  # seconds for which a camera misses what somebody took
_FINE = 16  # places across and down at which areas are compared
_LEAST_COVERED = 0.4  # of a region, for a sensitivity of 1; all of it for one of nothing

_KINDS = {
    Purpose.PEOPLE: {"person"},
    Purpose.COUNTING: {"person"},
    Purpose.GROUP: {"person"},
    Purpose.VEHICLE: {"car"},
    Purpose.PARKING: {"car"},
    Purpose.UNATTENDED: {"case"},
    Purpose.REMOVAL: {"case"},
    Purpose.DROP_TAKE: {"case"},
    Purpose.TAMPER: {"hand"},
}
_WHOEVER = {"person", "car"}


# Crossings: between two looks


def crossings(
    each: Watched, hidden: tuple[Watched, ...], look: Look, before: float, now: float
) -> Iterator[tuple[str, Direction | None]]:
    """The targets that crossed, with their direction; none where there was no time in between."""
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
            was_in, is_in = contains(each.shape.points, start), contains(each.shape.points, end)
            if (was_in, is_in) == ((True, False) if each.purpose is Purpose.EXIT else (False, True)):
                yield _TARGETS[thing.kind], None


def _over(line: Line, start: Point, end: Point) -> Direction | None:
    for a, b in zip(line.points, line.points[1:], strict=False):
        if start != end and cross(a, b, start, end) and side(a, b, end) != 0:
            return Direction.A_TO_B if side(a, b, end) > 0 else Direction.B_TO_A
    return None


# What lasts


def lasting(each: Watched, hidden: tuple[Watched, ...], look: Look, now: float) -> Iterator[str]:
    """The targets that keep the region busy; "" for what is neither a person nor a vehicle."""

    def things(at: float) -> list[SceneObject]:
        return [thing for thing in _seen(each, hidden, look(each.channel, at)) if _is_in(each, thing)]

    match each.purpose:
        case Purpose.UNATTENDED | Purpose.REMOVAL | Purpose.DROP_TAKE:
            left = each.purpose is not Purpose.REMOVAL and _left(each, things, look, now)
            taken = each.purpose is not Purpose.UNATTENDED and _taken(each, things, look, now)
            found = [""] if left or taken else []
        case Purpose.TAMPER:
            found = ["" for thing in _seen(each, hidden, look(each.channel, now)) if _is_over(thing, each)]
        case _:
            found = [_TARGETS[thing.kind] for thing in _busy(each, things(now), look, now)]
    yield from found


def _busy(each: Watched, things: list[SceneObject], look: Look, now: float) -> list[SceneObject]:
    """Of the people and cars in the region those for whom it is there."""
    match each.purpose:
        case Purpose.MOTION:
            return [thing for thing in things if _moves(each.channel, thing, look, now)]
        case Purpose.INTRUSION | Purpose.PEOPLE | Purpose.VEHICLE:
            stayed = [thing for thing in things if _stayed(each, thing, look, now, each.seconds)]
            return stayed if _fill(each, stayed) else []
        case Purpose.LOITERING:
            return [thing for thing in things if _stayed(each, thing, look, now, each.seconds or _WATCH)]
        case Purpose.PARKING:
            still = [thing for thing in things if not _moves(each.channel, thing, look, now)]
            return [thing for thing in still if _stayed(each, thing, look, now, each.seconds or _WATCH)]
        case Purpose.GROUP:
            return things if len(things) >= _CROWD and _fill(each, things) else []
        case Purpose.RAPID_MOVE:
            return [thing for thing in things if _pace(each.channel, thing, look, now) >= _FAST]
    return []


def _seen(each: Watched, hidden: tuple[Watched, ...], things: Iterable[SceneObject]) -> Iterator[SceneObject]:
    """Those that are wanted, large enough, and under no mask."""
    kinds = _KINDS.get(each.purpose, _WHOEVER)
    for thing in things:
        target = _TARGETS[thing.kind]
        wanted = thing.kind in kinds and (not each.targets or not target or target in each.targets)
        if wanted and thing.height >= (1 - each.sensitivity) * _SMALLEST[thing.kind] and not _masked(thing, hidden):
            yield thing


def _masked(thing: SceneObject, hidden: tuple[Watched, ...]) -> bool:
    """A mask hides whoever stands on it, and no hand in front of the lens."""
    masks = (mask.shape for mask in hidden if isinstance(mask.shape, Polygon))
    return thing.kind != "hand" and any(contains(shape.points, _foot(thing)) for shape in masks)


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
    return all(
        any(other.name == thing.name and _is_in(each, other) for other in look(each.channel, now - ago))
        for ago in _back(seconds)
    )


def _moves(channel: int, thing: SceneObject, look: Look, now: float) -> bool:
    return _pace(channel, thing, look, now) * _SPAN >= _MOVED


def _pace(channel: int, thing: SceneObject, look: Look, now: float) -> float:
    """Pictures a second. What has only just come into view moves."""
    before = (other for other in look(channel, now - _SPAN) if other.name == thing.name)
    nearest = min((_foot(other).distance(_foot(thing)) for other in before), default=_FAST * _SPAN)
    return nearest / _SPAN


def _foot(thing: SceneObject) -> Point:
    return Point(*thing.foot)


# Areas


def _fill(each: Watched, things: list[SceneObject]) -> bool:
    """Whether those in the region take up as much of it as it asks for."""
    return not things or each.occupation <= 0 or _covered(each, things) >= each.occupation


def _is_over(hand: SceneObject, each: Watched) -> bool:
    """Whether a hand covers enough of the region: the less of it, the more sensitive it is."""
    return _covered(each, [hand]) >= 1 - (1 - _LEAST_COVERED) * each.sensitivity


def _covered(each: Watched, things: list[SceneObject]) -> float:
    """The part of an area that the things hide."""
    if not isinstance(each.shape, Polygon):
        return 0.0
    box = bounds(each.shape.points)
    steps = [(number + 0.5) / _FINE for number in range(_FINE)]
    spots = (Point(box.left + box.width * x, box.top + box.height * y) for x in steps for y in steps)
    within = [spot for spot in spots if contains(each.shape.points, spot)]
    boxes = [bounds((Point(thing.x, thing.y), _far(thing))) for thing in things]
    return sum(any(inside(spot, one) for one in boxes) for spot in within) / max(1, len(within))


def _far(thing: SceneObject) -> Point:
    return Point(thing.x + thing.width, thing.y + thing.height)


# What was left, and what was taken

Things = Callable[[float], list[SceneObject]]  # time -> what is in the region


def _left(each: Watched, things: Things, look: Look, now: float) -> bool:
    """Whether something lies in the region and has done so for as long as it asks."""
    return all(_lies(each, things, look, now - ago) for ago in (0.0, *_back(each.seconds or _WATCH)))


def _taken(each: Watched, things: Things, look: Look, now: float) -> bool:
    """Whether something lay in the region that has been gone for as long as it asks."""
    gone = each.seconds or _WATCH
    if any(_lies(each, things, look, now - ago) for ago in (0.0, *_back(gone))):
        return False
    return any(_lies(each, things, look, now - gone - ago) for ago in _back(_REMEMBERED, _COARSE))


def _lies(each: Watched, things: Things, look: Look, at: float) -> bool:
    return any(not _moves(each.channel, thing, look, at) for thing in things(at))


def _back(seconds: float, sample: float = _SAMPLE) -> Iterator[float]:
    """Moments to look back at, the nearest first, the last one that long ago."""
    for step in range(1, math.ceil(seconds / sample) + 1):
        yield min(step * sample, seconds)

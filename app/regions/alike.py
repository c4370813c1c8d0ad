"""Whether two regions are the same for people, however a camera orders their corners. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from app.model.geometry import Point
from app.model.region import Cells, Label, Line, Polygon, Region, Shape

_NEAR = 1e-9


def alike(one: Region, other: Region) -> bool:
    """Everything but the id; settings that only one of them has do not count."""
    return (
        same_shape(one.shape, other.shape)
        and (one.name, one.enabled) == (other.name, other.enabled)
        and not differing(one, other)
    )


def differing(one: Region, other: Region) -> tuple[str, ...]:
    """The paths of the settings that both have and that differ."""
    theirs = dict(other.properties)
    return tuple(path for path, text in one.properties if path in theirs and theirs[path] != text)


def same_shape(one: Shape, other: Shape) -> bool:
    """Polygons may begin at any corner and go round either way; lines that run the other way are others."""
    match one, other:
        case Polygon(), Polygon():
            return same_polygon(one.points, other.points)
        case Line(), Line():
            return one.direction is other.direction and _near(one.points, other.points)
        case Cells(), Cells():
            return one == other
        case Label(), Label():
            sizes = (one.width - other.width, one.height - other.height)
            return one.text == other.text and _near(one.points, other.points) and max(map(abs, sizes)) < _NEAR
    return one.kind is other.kind and _near(one.points, other.points)


def same_polygon(one: Sequence[Point], other: Sequence[Point]) -> bool:
    if len(one) != len(other):
        return False
    for way in (tuple(other), tuple(reversed(other))):
        if any(_near(one, (*way[start:], *way[:start])) for start in range(len(way))):
            return True
    return not one


def farthest(one: Shape, other: Shape) -> float | None:
    """How far corners are from where they were meant to be, in the picture's width; None where they cannot be told
    apart one by one."""
    if len(one.points) != len(other.points) or isinstance(one, Cells) or isinstance(other, Cells):
        return None
    ways = [other.points]
    if isinstance(one, Polygon):
        turned = [(*other.points[start:], *other.points[:start]) for start in range(len(other.points))]
        ways = [*turned, *(tuple(reversed(way)) for way in turned)]
    return min(max((a.distance(b) for a, b in zip(one.points, way, strict=True)), default=0.0) for way in ways)


def _near(one: Sequence[Point], other: Sequence[Point]) -> bool:
    return len(one) == len(other) and all(a.distance(b) < _NEAR for a, b in zip(one, other, strict=True))

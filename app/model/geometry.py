"""Shapes on a picture: points in 0..1, origin top left, y down. Pure functions, no rounding unless asked for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Point:
    x: float
    y: float

    def moved(self, dx: float, dy: float) -> Point:
        return Point(self.x + dx, self.y + dy)

    def distance(self, other: Point) -> float:
        return math.hypot(self.x - other.x, self.y - other.y)


@dataclass(frozen=True, slots=True)
class Box:
    """left <= right and top <= bottom."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def corners(self) -> tuple[Point, Point, Point, Point]:
        """Clockwise as seen, from the top left."""
        return (
            Point(self.left, self.top),
            Point(self.right, self.top),
            Point(self.right, self.bottom),
            Point(self.left, self.bottom),
        )


UNIT = Box(0.0, 0.0, 1.0, 1.0)
NOTHING = 1e-12  # what sums of rounded products may be off by


def bounds(points: Iterable[Point]) -> Box:
    """The smallest box around them; ValueError for no points."""
    held = tuple(points)
    if not held:
        raise ValueError("nothing has no bounds")
    xs, ys = [p.x for p in held], [p.y for p in held]
    return Box(min(xs), min(ys), max(xs), max(ys))


def inside(point: Point, box: Box = UNIT) -> bool:
    return box.left <= point.x <= box.right and box.top <= point.y <= box.bottom


def signed_area(points: Sequence[Point]) -> float:
    """Positive for corners that go round clockwise as seen."""
    pairs = zip(points, (*points[1:], *points[:1]), strict=True)
    return sum(a.x * b.y - b.x * a.y for a, b in pairs) / 2


def contains(points: Sequence[Point], point: Point) -> bool:
    """Whether the closed polygon holds the point, by even-odd; points on an edge may go either way."""
    held = False
    for a, b in zip(points, (*points[1:], *points[:1]), strict=True):
        if (a.y > point.y) != (b.y > point.y) and point.x < (b.x - a.x) * (point.y - a.y) / (b.y - a.y) + a.x:
            held = not held
    return held


def side(a: Point, b: Point, point: Point) -> float:
    """Positive when the point lies at the right hand of somebody who walks from a to b, negative at the left, on the
    picture as seen; 0 on the line."""
    return (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x)


def cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the segments a-b and c-d share a point, ends included."""
    one, two, three, four = side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)
    if ((one > 0 > two) or (one < 0 < two)) and ((three > 0 > four) or (three < 0 < four)):
        return True
    spots = ((one, a, b, c), (two, a, b, d), (three, c, d, a), (four, c, d, b))
    return any(value == 0 and inside(point, bounds((p, q))) for value, p, q, point in spots)


def is_simple(points: Sequence[Point]) -> bool:
    """Whether no two edges of the closed polygon meet but at the corner that they share, and it encloses something."""
    count = len(points)
    if count < 3 or len(set(points)) < count:
        return False
    edges = list(zip(points, (*points[1:], *points[:1]), strict=True))
    for i in range(count):
        for j in range(i + 1, count):
            if j - i in (1, count - 1):
                continue  # neighbours share a corner
            if cross(*edges[i], *edges[j]):
                return False
    return not any(_turns_back(*(points[(i + n) % count] for n in range(3))) for i in range(count))


def _turns_back(a: Point, b: Point, c: Point) -> bool:
    """Whether the way from b to c lies on the way from a to b."""
    along = (a.x - b.x) * (c.x - b.x) + (a.y - b.y) * (c.y - b.y)
    return along > 0 and abs(side(a, b, c)) < NOTHING


def is_convex(points: Sequence[Point]) -> bool:
    """Whether it goes round once and never turns the other way. Straight corners are allowed."""
    count = len(points)
    turns = [side(points[i], points[(i + 1) % count], points[(i + 2) % count]) for i in range(count)]
    if any(turn > NOTHING for turn in turns) and any(turn < -NOTHING for turn in turns):
        return False
    ahead = [b.x > a.x for a, b in zip(points, (*points[1:], *points[:1]), strict=True) if a.x != b.x]
    return sum(a != b for a, b in zip(ahead, (*ahead[1:], *ahead[:1]), strict=True)) <= 2


def is_upright(points: Sequence[Point]) -> bool:
    """Whether four corners, in order, are a rectangle with sides parallel to the picture's."""
    if len(points) != 4:
        return False
    a, b, c, d = points
    across = a.y == b.y and b.x == c.x and c.y == d.y and d.x == a.x
    down = a.x == b.x and b.y == c.y and c.x == d.x and d.y == a.y
    return (across or down) and a.x != c.x and a.y != c.y


def distance_to_segment(point: Point, a: Point, b: Point) -> float:
    dx, dy = b.x - a.x, b.y - a.y
    length = dx * dx + dy * dy
    part = 0.0 if length == 0 else max(0.0, min(1.0, ((point.x - a.x) * dx + (point.y - a.y) * dy) / length))
    return point.distance(Point(a.x + part * dx, a.y + part * dy))


def to_steps(value: float, steps: int) -> int:
    """0..1 on a camera's own scale 0..steps, rounded half up once."""
    return max(0, min(steps, math.floor(value * steps + 0.5)))


def on_steps(point: Point, steps: tuple[int, int]) -> Point:
    """Where the point is once the camera holds it in whole numbers 0..steps."""
    return Point(to_steps(point.x, steps[0]) / steps[0], to_steps(point.y, steps[1]) / steps[1])

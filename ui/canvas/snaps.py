"""Where a point that comes near something is drawn to: corners first, then edges, then the picture's own, then the
camera's grid. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.model.geometry import Box, Point, bounds
from app.model.region import Shape
from app.regions.shaping import edges
from ui.canvas.scale import Scale

NEAR = 8.0  # pixels
COARSE = 6.0  # pixels between the lines of a grid before it draws anything


class SnapKind(StrEnum):
    FREE = "free"
    CORNER = "corner"
    EDGE = "edge"
    BORDER = "border"
    GRID = "grid"


@dataclass(frozen=True, slots=True)
class Snap:
    point: Point
    kind: SnapKind = SnapKind.FREE


Around = tuple[tuple[Shape, Box], ...]


def around(shapes: Iterable[Shape]) -> Around:
    """Shapes with the boxes around them: made once for a gesture, so that each move only looks at what is near."""
    return tuple((shape, bounds(shape.points)) for shape in shapes if shape.points)


def snap(at: Point, others: Around, scale: Scale, grid: tuple[int, int] | None) -> Snap:
    """grid: columns and rows of equal steps, None for none. Beyond the picture nothing is drawn in."""
    across, down = NEAR / scale.across, NEAR / scale.down
    there = [
        shape
        for shape, box in others
        if box.left - across <= at.x <= box.right + across and box.top - down <= at.y <= box.bottom + down
    ]
    corner = _nearest(at, (point for shape in there for point in shape.points), scale)
    if corner is not None:
        return Snap(corner, SnapKind.CORNER)
    foot = _nearest(at, (_foot(at, a, b, scale) for shape in there for a, b in edges(shape)), scale)
    if foot is not None:
        return Snap(foot, SnapKind.EDGE)
    border = Point(_to_border(at.x, scale.across), _to_border(at.y, scale.down))
    if border != at:
        return Snap(border, SnapKind.BORDER)
    if grid is not None and scale.across / grid[0] >= COARSE and scale.down / grid[1] >= COARSE:
        return Snap(Point(round(at.x * grid[0]) / grid[0], round(at.y * grid[1]) / grid[1]), SnapKind.GRID)
    return Snap(at)


def _nearest(at: Point, points: Iterable[Point], scale: Scale) -> Point | None:
    far = [(scale.far(point, at), point) for point in points]
    if not far:
        return None
    distance, point = min(far)
    return point if distance <= NEAR else None


def _foot(at: Point, a: Point, b: Point, scale: Scale) -> Point:
    """The nearest place on the edge, as seen on the screen."""
    one, two, spot = scale.stretched(a), scale.stretched(b), scale.stretched(at)
    dx, dy = two.x - one.x, two.y - one.y
    length = dx * dx + dy * dy
    part = 0.0 if length == 0 else max(0.0, min(1.0, ((spot.x - one.x) * dx + (spot.y - one.y) * dy) / length))
    return Point(a.x + part * (b.x - a.x), a.y + part * (b.y - a.y))


def _to_border(value: float, pixels: float) -> float:
    for edge in (0.0, 1.0):
        if abs(value - edge) * pixels <= NEAR:
            return edge
    return value

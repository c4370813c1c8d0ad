"""What can be done to a shape, as pure functions. Points are those of `app.model.geometry`; nothing is rounded."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import pairwise

from app.model.geometry import UNIT, Box, Point, bounds, signed_area
from app.model.region import Cells, Direction, Label, Limits, Line, Polygon, Shape, Spot

Cell = tuple[int, int]


class Edge(StrEnum):
    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"
    CENTRE = "centre"  # one above the other
    MIDDLE = "middle"  # side by side


def clamped(point: Point, box: Box = UNIT) -> Point:
    return Point(min(max(point.x, box.left), box.right), min(max(point.y, box.top), box.bottom))


def box_of(shape: Shape) -> Box | None:
    """The box around it; None for a grid with nothing in it."""
    if isinstance(shape, Label):
        return Box(shape.at.x, shape.at.y, shape.at.x + shape.width, shape.at.y + shape.height)
    return bounds(shape.points) if shape.points else None


def moved(shape: Shape, dx: float, dy: float) -> Shape:
    """By so much, or as far as it stays inside the picture. Grids move by whole cells."""
    box = box_of(shape)
    if box is None:
        return shape
    dx, dy = max(-box.left, min(1 - box.right, dx)), max(-box.top, min(1 - box.bottom, dy))
    match shape:
        case Polygon() | Line():
            return replace(shape, points=tuple(point.moved(dx, dy) for point in shape.points))
        case Label() | Spot():
            return replace(shape, at=shape.at.moved(dx, dy))
        case Cells():
            across, down = round(dx * shape.columns), round(dy * shape.rows)
            return replace(shape, on=frozenset((c + across, r + down) for c, r in shape.on))


def with_point(shape: Shape, index: int, to: Point, limits: Limits) -> Shape:
    """One point at another place. A rectangle stays one where the camera takes nothing else; the far corner of a
    label, at index 1, makes it larger."""
    to = clamped(to)
    match shape:
        case Polygon() if limits.upright and len(shape.points) == 4:
            return rectangle(shape.points[(index + 2) % 4], to)
        case Polygon() | Line():
            points = list(shape.points)
            points[index] = to
            return replace(shape, points=tuple(points))
        case Label() if index == 1:
            return replace(shape, width=max(0.01, to.x - shape.at.x), height=max(0.01, to.y - shape.at.y))
        case Label():
            return moved(shape, to.x - shape.at.x, to.y - shape.at.y)
        case Spot():
            return replace(shape, at=to)
    return shape


def rectangle(one: Point, other: Point) -> Polygon:
    """Clockwise from the top left."""
    return Polygon(bounds((one, other)).corners)


def edges(shape: Shape) -> Iterator[tuple[Point, Point]]:
    """Edge n begins at point n; the last one of a polygon leads back to the first point."""
    points = shape.points
    match shape:
        case Polygon():
            yield from zip(points, (*points[1:], *points[:1]), strict=True)
        case Line():
            yield from pairwise(points)


def can_insert(shape: Shape, limits: Limits) -> str:
    """Why no point can be put in; "" when one can."""
    if not isinstance(shape, Polygon | Line):
        return "This shape has no corners to add."
    if limits.upright and isinstance(shape, Polygon):
        return "Only a rectangle along the picture's edges is allowed."
    if limits.max_points is not None and len(shape.points) >= limits.max_points:
        return f"At most {limits.max_points} corners are allowed."
    return ""


def inserted(shape: Shape, edge: int, at: Point | None = None) -> Shape:
    """A point more, on an edge: at the given place, else in its middle."""
    if not isinstance(shape, Polygon | Line):
        return shape
    ends = list(edges(shape))[edge]
    new = at if at is not None else Point((ends[0].x + ends[1].x) / 2, (ends[0].y + ends[1].y) / 2)
    points = shape.points
    return replace(shape, points=(*points[: edge + 1], clamped(new), *points[edge + 1 :]))


def can_remove(shape: Shape, limits: Limits) -> str:
    """Why no point can be taken out; "" when one can."""
    match shape:
        case Polygon() if limits.upright or len(shape.points) <= max(3, limits.min_points):
            return f"At least {max(4 if limits.upright else 3, limits.min_points)} corners are needed."
        case Line() if len(shape.points) <= 2:
            return "A line needs two points."
        case Polygon() | Line():
            return ""
    return "This shape has no corners to take away."


def removed(shape: Shape, index: int) -> Shape:
    if not isinstance(shape, Polygon | Line):
        return shape
    return replace(shape, points=shape.points[:index] + shape.points[index + 1 :])


def split(shape: Shape, one: int, other: int) -> tuple[Shape, Shape] | None:
    """Cut in two: a polygon along the way between two of its corners, a line at the point `one`; None where that
    gives no two shapes."""
    points = shape.points
    match shape:
        case Polygon():
            low, high = sorted((one, other))
            if high - low < 2 or (low == 0 and high == len(points) - 1):
                return None
            return Polygon(points[low : high + 1]), Polygon((*points[high:], *points[: low + 1]))
        case Line() if 0 < one < len(points) - 1:
            return replace(shape, points=points[: one + 1]), replace(shape, points=points[one:])
    return None


def cut(shape: Polygon, a: Point, b: Point) -> tuple[Polygon, Polygon] | None:
    """The two sides of a polygon along the straight line through a and b; None where it does not cross it twice."""
    crossings: list[tuple[int, Point]] = []
    for number, (start, end) in enumerate(edges(shape)):
        at = _meeting(start, end, a, b)
        if at is not None and all(at.distance(known) > 1e-9 for _, known in crossings):
            crossings.append((number, at))
    if len(crossings) != 2:
        return None
    (first, p), (second, q) = crossings
    points = shape.points
    one = (p, *points[first + 1 : second + 1], q)
    two = (q, *points[second + 1 :], *points[: first + 1], p)
    halves = tuple(Polygon(_distinct(half)) for half in (one, two))
    return None if any(len(half.points) < 3 for half in halves) else (halves[0], halves[1])


def mirrored(shape: Shape, *, across: bool) -> Shape:
    """Left and right change places (across), or top and bottom, about its own middle. The line's sides change with
    it, so the direction does as well."""
    box = box_of(shape)
    if box is None:
        return shape

    def flip(point: Point) -> Point:
        if across:
            return Point(box.left + box.right - point.x, point.y)
        return Point(point.x, box.top + box.bottom - point.y)

    match shape:
        case Polygon():
            return replace(shape, points=tuple(flip(point) for point in shape.points))
        case Line():
            turned = {Direction.A_TO_B: Direction.B_TO_A, Direction.B_TO_A: Direction.A_TO_B}
            direction = turned.get(shape.direction, shape.direction)
            return replace(shape, points=tuple(flip(point) for point in shape.points), direction=direction)
        case Cells():
            columns, rows = [c for c, _ in shape.on], [r for _, r in shape.on]
            wide, tall = min(columns) + max(columns), min(rows) + max(rows)
            return replace(shape, on=frozenset((wide - c, r) if across else (c, tall - r) for c, r in shape.on))
    return shape


def aligned(shapes: Sequence[Shape], edge: Edge) -> tuple[Shape, ...]:
    """Moved so that they share an edge of the box around all of them; one alone goes to the picture's."""
    boxes = [box for box in map(box_of, shapes) if box is not None]
    if not boxes:
        return tuple(shapes)
    corners = [corner for box in boxes for corner in box.corners]
    whole = bounds(corners) if len(boxes) > 1 else UNIT
    return tuple(_aligned(shape, whole, edge) for shape in shapes)


def _aligned(shape: Shape, whole: Box, edge: Edge) -> Shape:
    box = box_of(shape)
    if box is None:
        return shape
    match edge:
        case Edge.LEFT:
            return moved(shape, whole.left - box.left, 0)
        case Edge.RIGHT:
            return moved(shape, whole.right - box.right, 0)
        case Edge.TOP:
            return moved(shape, 0, whole.top - box.top)
        case Edge.BOTTOM:
            return moved(shape, 0, whole.bottom - box.bottom)
        case Edge.CENTRE:
            return moved(shape, (whole.left + whole.right - box.left - box.right) / 2, 0)
        case Edge.MIDDLE:
            return moved(shape, 0, (whole.top + whole.bottom - box.top - box.bottom) / 2)


def straight(anchor: Point, point: Point, aspect: float) -> Point:
    """The nearest place that lies from the anchor at a multiple of 45 degrees as seen on a picture of this width to
    height."""
    dx, dy = (point.x - anchor.x) * aspect, point.y - anchor.y
    turn = round(math.atan2(dy, dx) / (math.pi / 4)) * math.pi / 4
    way = dx * math.cos(turn) + dy * math.sin(turn)
    return Point(anchor.x + way * math.cos(turn) / aspect, anchor.y + way * math.sin(turn))


# Grids


def cell_at(cells: Cells, point: Point) -> Cell:
    """The cell that holds the point; the nearest one for a point outside."""
    column, row = int(point.x * cells.columns), int(point.y * cells.rows)
    return min(max(column, 0), cells.columns - 1), min(max(row, 0), cells.rows - 1)


def stroke(one: Cell, other: Cell) -> Iterator[Cell]:
    """The cells on the straight way between two, both included: a fast mouse leaves no gaps."""
    steps = max(abs(other[0] - one[0]), abs(other[1] - one[1]), 1)
    for n in range(steps + 1):
        yield one[0] + round((other[0] - one[0]) * n / steps), one[1] + round((other[1] - one[1]) * n / steps)


def block(one: Cell, other: Cell) -> Iterator[Cell]:
    for column in range(min(one[0], other[0]), max(one[0], other[0]) + 1):
        for row in range(min(one[1], other[1]), max(one[1], other[1]) + 1):
            yield column, row


def painted(cells: Cells, touched: Iterable[Cell], *, on: bool) -> Cells:
    return replace(cells, on=cells.on | set(touched) if on else cells.on - set(touched))


def regridded(cells: Cells, columns: int, rows: int) -> Cells:
    """On another grid: a cell is on where its middle was."""
    on = frozenset(
        (c, r)
        for c in range(columns)
        for r in range(rows)
        if cell_at(cells, Point((c + 0.5) / columns, (r + 0.5) / rows)) in cells.on
    )
    return Cells(columns, rows, on)


# Another camera's limits


def fitted(shape: Shape, limits: Limits, grid: Cells | None = None) -> tuple[Shape, str]:
    """The shape as a camera with these limits can take it, and what was done to it in plain words ("" for nothing).
    grid is an empty one of the target's where it has cells. What cannot be made to fit comes back with its problem
    still in it: `Limits.problem` says which."""
    if isinstance(shape, Cells) and grid is not None and (shape.columns, shape.rows) != (grid.columns, grid.rows):
        said = f"Its grid of {shape.columns} by {shape.rows} cells was put on one of {grid.columns} by {grid.rows}."
        return regridded(shape, grid.columns, grid.rows), said
    if not isinstance(shape, Polygon):
        return shape, ""
    points = tuple(clamped(point) for point in shape.points)
    if limits.upright:
        box = Polygon(bounds(points).corners)
        if set(box.points) == set(points):
            return Polygon(points), ""
        return box, f"Only rectangles are allowed here: {_growth(points, box.points)}."
    if limits.max_points is not None and len(points) > limits.max_points:
        fewer = simplified(points, limits.max_points)
        text = f"{limits.max_points} corners at most here, it had {len(points)}: {_growth(points, fewer)}."
        return Polygon(fewer), text
    return Polygon(points), "" if points == shape.points else "What lay outside the picture was cut off."


def simplified(points: tuple[Point, ...], most: int) -> tuple[Point, ...]:
    """With at most so many corners (three or more): those go first that change the area least."""
    kept = list(points)
    while len(kept) > max(most, 3):
        around = [abs(signed_area((kept[n - 1], kept[n], kept[(n + 1) % len(kept)]))) for n in range(len(kept))]
        del kept[around.index(min(around))]
    return tuple(kept)


def _growth(before: Sequence[Point], after: Sequence[Point]) -> str:
    whole = abs(signed_area(before))
    change = (abs(signed_area(after)) - whole) / whole if whole else 0.0
    return f"its area grew by {change:.1%}" if change >= 0 else f"{-change:.1%} of its area was lost"


def _meeting(a: Point, b: Point, c: Point, d: Point) -> Point | None:
    """Where the segment a-b meets the straight line through c and d."""
    down = (b.x - a.x) * (d.y - c.y) - (b.y - a.y) * (d.x - c.x)
    if down == 0:
        return None
    part = ((c.x - a.x) * (d.y - c.y) - (c.y - a.y) * (d.x - c.x)) / down
    return Point(a.x + part * (b.x - a.x), a.y + part * (b.y - a.y)) if 0 <= part <= 1 else None


def _distinct(points: Sequence[Point]) -> tuple[Point, ...]:
    return tuple(p for n, p in enumerate(points) if p.distance(points[n - 1]) > 1e-9)

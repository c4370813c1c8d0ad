"""Regions: shapes on the picture with a purpose, whatever the maker. Coordinates as in `app.model.geometry`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from app.model.geometry import (
    Box,
    Point,
    bounds,
    inside,
    is_convex,
    is_simple,
    is_upright,
    on_steps,
    signed_area,
    to_steps,
)

_PICTURE = Box(-1e-9, -1e-9, 1 + 1e-9, 1 + 1e-9)  # sums of fractions may end a hair outside


class Purpose(StrEnum):
    """What a region is for. The value is for files and the command line, titles are the family's."""

    MOTION = "motion"
    LINE = "line"
    INTRUSION = "intrusion"
    ENTRANCE = "entrance"
    EXIT = "exit"
    LOITERING = "loitering"
    GROUP = "group"
    RAPID_MOVE = "rapid-move"
    PARKING = "parking"
    UNATTENDED = "unattended"
    REMOVAL = "removal"
    DROP_TAKE = "drop-take"
    PEOPLE = "people"
    VEHICLE = "vehicle"
    PLATE = "plate"
    LANE = "lane"
    COUNTING = "counting"
    HEAT_MAP = "heat-map"
    TAMPER = "tamper"
    PRIVACY = "privacy"
    ROI = "roi"
    CLIP = "clip"
    TEXT = "text"
    THERMAL = "thermal"
    OTHER = "other"


class Direction(StrEnum):
    """Which crossings count, for somebody who walks along the line from its first point to its last. A is the left
    hand's side, B the right hand's."""

    BOTH = "both"
    A_TO_B = "a-to-b"
    B_TO_A = "b-to-a"


class ShapeKind(StrEnum):
    POLYGON = "polygon"
    LINE = "line"
    CELLS = "cells"
    LABEL = "label"
    SPOT = "spot"


@dataclass(frozen=True, slots=True)
class Polygon:
    """Closed: the last corner is joined to the first, which is not repeated."""

    points: tuple[Point, ...]
    kind = ShapeKind.POLYGON


@dataclass(frozen=True, slots=True)
class Line:
    """Open, two points or more."""

    points: tuple[Point, ...]
    direction: Direction = Direction.BOTH
    kind = ShapeKind.LINE


@dataclass(frozen=True, slots=True)
class Cells:
    """A grid over the whole picture; on holds (column, row) from the top left."""

    columns: int
    rows: int
    on: frozenset[tuple[int, int]] = frozenset()
    kind = ShapeKind.CELLS

    @property
    def points(self) -> tuple[Point, ...]:
        """The corners of the box around what is on; () for none."""
        if not self.on:
            return ()
        xs, ys = [c for c, _ in self.on], [r for _, r in self.on]
        top_left = Point(min(xs) / self.columns, min(ys) / self.rows)
        return bounds((top_left, Point((max(xs) + 1) / self.columns, (max(ys) + 1) / self.rows))).corners


@dataclass(frozen=True, slots=True)
class Label:
    """A text or picture put at a place, its top left corner. width and height are 0 where nobody knows them; sized
    labels can be resized."""

    at: Point
    width: float = 0.0
    height: float = 0.0
    text: str = ""
    sized: bool = False
    kind = ShapeKind.LABEL

    @property
    def points(self) -> tuple[Point, ...]:
        return (self.at,)


@dataclass(frozen=True, slots=True)
class Spot:
    """One point (a thermometer's)."""

    at: Point
    kind = ShapeKind.SPOT

    @property
    def points(self) -> tuple[Point, ...]:
        return (self.at,)


Shape = Polygon | Line | Cells | Label | Spot


@dataclass(frozen=True, slots=True)
class Region:
    """id is the camera's own, "" for one that it does not have yet. properties are the region's own settings as
    (path, wire text), the paths those of `RegionLayer.properties`."""

    id: str
    purpose: Purpose
    shape: Shape
    name: str = ""
    enabled: bool = True
    properties: tuple[tuple[str, str], ...] = ()

    def with_shape(self, shape: Shape) -> Region:
        return replace(self, shape=shape)

    def value(self, path: str) -> str:
        """ "" for a property that it does not have."""
        return dict(self.properties).get(path, "")

    def with_value(self, path: str, text: str) -> Region:
        held = dict(self.properties) | {path: text}
        return replace(self, properties=tuple(held.items()))


@dataclass(frozen=True, slots=True)
class Limits:
    """What a camera takes. steps is its own scale (points are whole numbers 0..steps, counted to both ends; the columns
    and rows where it takes cells); None means that nothing is said. min_width and min_height are of the picture."""

    shapes: tuple[ShapeKind, ...] = (ShapeKind.POLYGON,)
    most_regions: int | None = None
    min_points: int = 3
    max_points: int | None = None
    steps: tuple[int, int] = (1000, 1000)
    convex: bool = False
    upright: bool = False  # rectangles with sides parallel to the picture's
    simple: bool = True  # no crossing edges
    min_width: float = 0.0
    min_height: float = 0.0
    directions: tuple[Direction, ...] = ()
    ids: tuple[str, ...] = ()  # those that new regions may take; () leaves it to the camera

    def rounded(self, shape: Shape) -> Shape:
        """The shape on the camera's own scale."""
        match shape:
            case Polygon() | Line():
                return replace(shape, points=tuple(on_steps(point, self.steps) for point in shape.points))
            case Spot():
                return replace(shape, at=on_steps(shape.at, self.steps))
            case Label():
                across, down = self.steps
                width, height = to_steps(shape.width, across) / across, to_steps(shape.height, down) / down
                return replace(shape, at=on_steps(shape.at, self.steps), width=width, height=height)
        return shape

    def problem(self, shape: Shape) -> str:
        """Why the camera would not take the shape as `rounded` leaves it, in plain words; "" when it would."""
        if shape.kind not in self.shapes:
            return "The camera has no such shape here."
        if not all(inside(point, _PICTURE) for point in shape.points):
            return "Part of it lies outside the picture."
        match shape:
            case Polygon():
                return self._polygon(shape.points)
            case Line():
                return self._line(shape)
            case Cells():
                return self._cells(shape)
            case Label() if not inside(shape.at.moved(shape.width, shape.height), _PICTURE):
                return "Part of it lies outside the picture."
        return ""

    def _polygon(self, points: tuple[Point, ...]) -> str:
        if len(points) < self.min_points:
            return f"At least {self.min_points} corners are needed."
        if self.max_points is not None and len(points) > self.max_points:
            return f"At most {self.max_points} corners are allowed."
        held = [on_steps(point, self.steps) for point in points]
        if len(set(held)) < len(held):
            return "Two of its corners are one and the same for the camera."
        if signed_area(held) == 0:
            return "It encloses nothing."
        if self.simple and not is_simple(held):
            return "Its edges must not cross."
        if self.upright and not is_upright(held):
            return "Only a rectangle along the picture's edges is allowed."
        if self.convex and not is_convex(held):
            return "No corner may point inwards."
        box = bounds(held)
        if box.width < self.min_width - 1e-9 or box.height < self.min_height - 1e-9:
            return f"It is too small: at least {self.min_width:.0%} by {self.min_height:.0%} of the picture."
        return ""

    def _line(self, line: Line) -> str:
        held = [on_steps(point, self.steps) for point in line.points]
        if len(held) < 2 or len(set(held)) < len(held):
            return "A line needs two points apart from each other."
        if self.max_points is not None and len(line.points) > self.max_points:
            return f"At most {self.max_points} points are allowed."
        if self.directions and line.direction not in self.directions:
            return "The camera does not watch that direction."
        return ""

    def _cells(self, cells: Cells) -> str:
        columns, rows = self.steps
        if (cells.columns, cells.rows) != self.steps:
            return f"The camera's grid has {columns} by {rows} cells."
        if not all(0 <= column < columns and 0 <= row < rows for column, row in cells.on):
            return "Part of it lies outside the picture."
        return ""

    def too_many(self, count: int) -> str:
        """Why one more region is one too many; "" while there is room."""
        if self.most_regions is not None and count > self.most_regions:
            return f"The camera has room for {self.most_regions}."
        return ""

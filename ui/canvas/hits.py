"""What lies under the mouse. Pure: shapes and pixels in, an answer out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.model.geometry import Point, contains, distance_to_segment, inside
from app.model.region import Cells, Label, Line, Polygon, Shape, Spot
from app.regions.shaping import box_of, cell_at, edges
from ui.canvas.scale import Scale

AREA = 16.0  # pixels across which a handle is hit
EDGE = 6.0  # pixels at each side of a line


class Part(StrEnum):
    VERTEX = "vertex"
    EDGE = "edge"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Hit:
    """index is the number of the vertex or edge, 0 for a body."""

    layer: str
    key: int
    part: Part
    index: int = 0


Candidate = tuple[str, int, Shape]  # layer, key, shape


def hit(candidates: Iterable[Candidate], at: Point, scale: Scale, handles: Iterable[int] = ()) -> Hit | None:
    """The first vertex, else the first edge, else the first body; candidates are given topmost first. Only shapes
    whose keys are among handles show their vertices, others answer with their edges."""
    shown = set(handles)
    there = tuple(candidates)
    vertices = [each for each in there if each[1] in shown]
    for part, among in ((Part.VERTEX, vertices), (Part.EDGE, there), (Part.BODY, there)):
        for layer, key, shape in among:
            index = _FINDERS[part](shape, at, scale)
            if index is not None:
                return Hit(layer, key, part, index)
    return None


def handles_of(shape: Shape) -> tuple[Point, ...]:
    """Where handles stand, in the order of `shaping.with_point`."""
    match shape:
        case Polygon() | Line() | Spot():
            return shape.points
        case Label():
            far = Point(shape.at.x + shape.width, shape.at.y + shape.height)
            return (shape.at, far) if shape.sized else (shape.at,)
    return ()


def _vertex(shape: Shape, at: Point, scale: Scale) -> int | None:
    near = [(scale.far(point, at), n) for n, point in enumerate(handles_of(shape))]
    if not near:
        return None
    distance, index = min(near)
    return index if distance <= AREA / 2 else None


def _edge(shape: Shape, at: Point, scale: Scale) -> int | None:
    spot = scale.stretched(at)
    far = [
        (distance_to_segment(spot, scale.stretched(a), scale.stretched(b)), n) for n, (a, b) in enumerate(edges(shape))
    ]
    if not far:
        return None
    distance, index = min(far)
    return index if distance <= EDGE else None


def _body(shape: Shape, at: Point, scale: Scale) -> int | None:
    match shape:
        case Polygon():
            held = contains(shape.points, at)
        case Cells():
            held = inside(at) and cell_at(shape, at) in shape.on
        case Label():
            box = box_of(shape)
            held = box is not None and inside(at, box)
            held = held or scale.far(shape.at, at) <= AREA / 2
        case Spot():
            held = scale.far(shape.at, at) <= AREA / 2
        case _:
            held = False
    return 0 if held else None


_FINDERS = {Part.VERTEX: _vertex, Part.EDGE: _edge, Part.BODY: _body}

"""From the element of a region to its shape, and back into the element. One pair of functions for each form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.errors import InvalidSetting
from app.families.isapi.regions import grid, points
from app.families.isapi.regions.draft import Draft
from app.families.isapi.regions.row import Form, Row
from app.families.isapi.regions.scale import Scale, number
from app.model.geometry import Point, bounds, is_upright, side
from app.model.region import Cells, Direction, Label, Line, Polygon, Shape, ShapeKind, Spot
from app.wire.xml import Element

DIRECTIONS = {"any": Direction.BOTH, "left-right": Direction.A_TO_B, "right-left": Direction.B_TO_A}
_WIRE = {direction: text for text, direction in DIRECTIONS.items()}
_ENDS = ("StartPoint", "EndPoint")
_ARROW = 0.1  # of the picture's width: a new arrow's length
_SIGN = "CalibratingCoordinates"
_RULES = (
    ("RuleRegion", ShapeKind.POLYGON),
    ("RuleRegionParam/RuleRegion", ShapeKind.POLYGON),
    ("RuleLineParam/LineRegion", ShapeKind.LINE),
)
_RULE_KINDS = {"region": ShapeKind.POLYGON, "line": ShapeKind.LINE}
_THERMAL = {
    "point": (ShapeKind.SPOT, "Point", "CalibratingCoordinates"),
    "region": (ShapeKind.POLYGON, "Region", "RegionCoordinatesList/RegionCoordinates"),
    "line": (ShapeKind.LINE, "Line", "RegionCoordinatesList/RegionCoordinates"),
}


@dataclass(frozen=True, slots=True)
class Codec:
    """read gives None for a region that was never drawn. write changes nothing but the shape; path is the element's.
    owned are the leaves that the shape stands in, besides its corners."""

    kinds: tuple[ShapeKind, ...]
    read: Callable[[Element, Row, Scale], Shape | None]
    write: Callable[[Draft, str, Row, Scale, Shape], None]
    owned: tuple[str, ...] = ()


def codec(row: Row) -> Codec:
    return _CODECS[row.form]


# -- polygons ----------------------------------------------------------------------------------------------------------


def _read_polygon(element: Element, row: Row, scale: Scale) -> Shape | None:
    found = points.read(element, row.points, scale)
    return Polygon(found) if points.drawn(found) else None


def _write_polygon(draft: Draft, path: str, row: Row, scale: Scale, shape: Shape) -> None:
    points.write(draft, path, row.points, scale, shape.points)


def _read_rectangle(element: Element, row: Row, scale: Scale) -> Shape | None:
    found = points.read(element, row.points, scale)
    if not points.drawn(found):
        return None
    return Polygon(bounds(found).corners if is_upright(found) else found)


def _write_rectangle(draft: Draft, path: str, row: Row, scale: Scale, shape: Shape) -> None:
    element = draft.find(path)
    old = points.read(element, row.points, scale) if element is not None else ()
    points.write(draft, path, row.points, scale, points.in_order(old, shape.points, row.order))


# -- lines -------------------------------------------------------------------------------------------------------------


def _read_line(element: Element, row: Row, scale: Scale) -> Shape | None:
    found = points.read(element, row.points, scale)
    if not points.drawn(found):
        return None
    return Line(found, DIRECTIONS.get(element.text_of("directionSensitivity"), Direction.BOTH))


def _write_line(draft: Draft, path: str, row: Row, scale: Scale, shape: Shape) -> None:
    if not isinstance(shape, Line):
        return
    points.write(draft, path, row.points, scale, shape.points)
    at = f"{path}/directionSensitivity" if path else "directionSensitivity"
    here = draft.find(at)
    if here is not None and DIRECTIONS.get(here.text.strip()) is not shape.direction:
        draft.set(at, _WIRE[shape.direction])
    elif here is None and shape.direction is not Direction.BOTH:
        draft.put(path, "directionSensitivity", _WIRE[shape.direction], before=("id", "enabled", "sensitivityLevel"))


def _arrow(element: Element) -> Element | None:
    return element.child("direction") or element.child("Direction")


def _ends(holder: Element | None, scale: Scale) -> tuple[Point, Point] | None:
    """From StartPoint to EndPoint; None where one of them is not told."""
    found = []
    for name in _ENDS:
        end = holder.child(name) if holder is not None else None
        x, y = (number(end.text_of(axis)) if end is not None else None for axis in ("positionX", "positionY"))
        if x is None or y is None:
            return None
        found.append(scale.point(x, y))
    return found[0], found[1]


def _across(line: tuple[Point, ...], arrow: tuple[Point, Point]) -> Direction:
    """Which way an arrow points over a line: to its right hand's side, or to its left hand's."""
    way = side(line[0], line[-1], arrow[1]) - side(line[0], line[-1], arrow[0])
    return Direction.A_TO_B if way > 0 else Direction.B_TO_A if way < 0 else Direction.BOTH


def _read_counting_line(element: Element, row: Row, scale: Scale) -> Shape | None:
    found = points.read(element, row.points, scale)
    if not points.drawn(found):
        return None
    arrow = _ends(_arrow(element), scale)
    return Line(found, _across(found, arrow) if arrow is not None else Direction.BOTH)


def _write_counting_line(draft: Draft, path: str, row: Row, scale: Scale, shape: Shape) -> None:
    """The arrow goes along with the line, and turns where the direction does."""
    if not isinstance(shape, Line):
        return
    points.write(draft, path, row.points, scale, shape.points)
    element = draft.find(path)
    if element is None or shape.direction is Direction.BOTH:
        return
    held = points.read(element, row.points, scale)
    arrow = _arrow(element)
    old = _ends(arrow, scale)
    if arrow is None or old is None:
        draft.drop([arrow.path] if arrow is not None else [])
        ends = zip(_ENDS, _new_arrow(held, shape.direction), strict=True)
        inner = "".join(f"<{name}>{points.markup(scale, end)}</{name}>" for name, end in ends)
        draft.put(path, "direction", inner, before=("id",))
        return
    if _across(held, old) is shape.direction:
        return
    new = (_inside(old[1]), _inside(old[0]))
    if _across(held, new) is not shape.direction:
        new = _new_arrow(held, shape.direction)
    for name, end in zip(_ENDS, new, strict=True):
        points.place(draft, f"{arrow.path}/{name}", scale, end)


def _read_ends(element: Element, row: Row, scale: Scale) -> Shape | None:
    found = _ends(element.find(row.points) if row.points else element, scale)
    return Line(found) if found is not None and points.drawn(found) else None


def _write_ends(draft: Draft, path: str, row: Row, scale: Scale, shape: Shape) -> None:
    holder = points.join(path, row.points)
    for name, end in zip(_ENDS, shape.points, strict=True):
        points.place(draft, points.join(holder, name), scale, end)


def _inside(point: Point) -> Point:
    """The nearest point of the picture: what is outside cannot be written."""
    return Point(min(1.0, max(0.0, point.x)), min(1.0, max(0.0, point.y)))


def _new_arrow(line: tuple[Point, ...], direction: Direction) -> tuple[Point, Point]:
    """Over the middle of the line, at a right angle, inside the picture."""
    a, b = line[0], line[-1]
    middle = Point((a.x + b.x) / 2, (a.y + b.y) / 2)
    long = a.distance(b)
    right = Point(-(b.y - a.y) / long * _ARROW, (b.x - a.x) / long * _ARROW)
    ends = (middle.moved(-right.x, -right.y), middle.moved(right.x, right.y))
    start, end = map(_inside, ends)
    return (start, end) if direction is Direction.A_TO_B else (end, start)


# -- rules of traffic --------------------------------------------------------------------------------------------------


def _rule_block(element: Element, kind: ShapeKind) -> Element | None:
    """Where a rule keeps its area, or its line; devices of one kind have the first, of another the others."""
    paths = (path for path, each in _RULES if each is kind)
    return next((found for path in paths if (found := element.find(path)) is not None), None)


def _read_rule(element: Element, row: Row, scale: Scale) -> Shape | None:
    kind = _RULE_KINDS.get(element.text_of("ruleType"), ShapeKind.POLYGON)
    block = _rule_block(element, kind)
    found = points.read(block, row.points, scale) if block is not None else ()
    if not points.drawn(found):
        return None
    return Line(found) if kind is ShapeKind.LINE else Polygon(found)


def _write_rule(draft: Draft, path: str, row: Row, scale: Scale, shape: Shape) -> None:
    element = draft.find(path)
    block = _rule_block(element, shape.kind) if element is not None else None
    word = next(word for word, kind in _RULE_KINDS.items() if kind is shape.kind)
    if element is None or block is None or (shape.kind is ShapeKind.LINE and element.child("ruleType") is None):
        raise InvalidSetting(f"The rule has no place for a {shape.kind.value} on this camera.", path=path)
    points.write(draft, block.path, row.points, scale, shape.points)
    if element.child("ruleType") is not None and element.text_of("ruleType") != word:
        draft.set(f"{path}/ruleType", word)


# -- the grid ----------------------------------------------------------------------------------------------------------


def _read_grid(element: Element, row: Row, scale: Scale) -> Shape | None:
    held = element.find(row.points) or element.child("gridMap")
    return grid.decode(held.text.strip(), scale.width, scale.height) if held is not None else None


def _write_grid(draft: Draft, path: str, row: Row, scale: Scale, shape: Shape) -> None:
    element = draft.find(path)
    held = (element.find(row.points) or element.child("gridMap")) if element is not None else None
    if held is not None and isinstance(shape, Cells):
        draft.set(held.path, grid.encode(shape, held.text.strip()))


# -- labels ------------------------------------------------------------------------------------------------------------


def _label(axes: tuple[str, str], text: str) -> Codec:
    """axes are the leaves of its place, text that of what it says."""

    def read(element: Element, row: Row, scale: Scale) -> Shape | None:
        x, y = (number(element.text_of(axis)) for axis in axes)
        said = element.text_of(text)
        if element.find(text) is not None and not said and element.text_of("enabled") != "true":
            return None  # an empty place
        if x is None or y is None:
            return None
        sizes = [number(element.text_of(name)) for name in ("imageWidth", "imageHeight")]
        width, height = ((each or 0) / whole for each, whole in zip(sizes, (scale.width, scale.height), strict=True))
        return Label(scale.point(x, y), width, height, said, sized=None not in sizes)

    def write(draft: Draft, path: str, row: Row, scale: Scale, shape: Shape) -> None:
        if not isinstance(shape, Label):
            return
        start = f"{path}/" if path else ""
        for axis, value in zip(axes, scale.wire(shape.at), strict=True):
            draft.set(f"{start}{axis}", value)
        element = draft.find(path)
        if element is None:
            return
        if element.child(text) is not None and element.text_of(text) != shape.text:
            draft.set(f"{start}{text}", shape.text)
        if shape.sized and element.child("imageWidth") is not None:
            draft.set(f"{start}imageWidth", scale.length(shape.width))
            draft.set(f"{start}imageHeight", scale.length(shape.height, down=True))

    return Codec((ShapeKind.LABEL,), read, write, (*axes, text, "imageWidth", "imageHeight"))


# -- thermometers ------------------------------------------------------------------------------------------------------


def _read_thermometer(element: Element, row: Row, scale: Scale) -> Shape | None:
    kind, block, path = _THERMAL.get(element.text_of("type"), _THERMAL["region"])
    holder = element.child(block)
    if holder is None:
        return None
    if kind is ShapeKind.SPOT:
        x, y = (number(holder.text_of(f"{path}/{axis}")) for axis in ("positionX", "positionY"))
        return None if x is None or y is None else Spot(scale.point(x, y))
    found = points.read(holder, path, scale)
    if not points.drawn(found):
        return None
    return Polygon(found) if kind is ShapeKind.POLYGON else Line(found)


def _write_thermometer(draft: Draft, path: str, row: Row, scale: Scale, shape: Shape) -> None:
    word = next((word for word, (kind, _, _) in _THERMAL.items() if kind is shape.kind), "")
    if not word:
        return
    _, block, way = _THERMAL[word]
    start = f"{path}/" if path else ""
    if draft.find(f"{start}type") is not None:
        draft.set(f"{start}type", word)
    if draft.find(f"{start}{block}") is None or not _has_children(draft, f"{start}{block}"):
        draft.drop([f"{start}{block}"])
        draft.put(path, block, f"<{way.partition('/')[0]}></{way.partition('/')[0]}>", before=("type", "Point"))
    if shape.kind is not ShapeKind.SPOT:
        points.write(draft, f"{start}{block}", way, scale, shape.points)
        return
    if not _has_children(draft, f"{start}{block}/{way}"):
        draft.drop([f"{start}{block}/{way}"])
        draft.put(f"{start}{block}", way, points.markup(scale, shape.points[0]))
        return
    points.place(draft, f"{start}{block}/{way}", scale, shape.points[0])


def _has_children(draft: Draft, path: str) -> bool:
    found = draft.find(path)
    return found is not None and bool(found.children)


_CODECS = {
    Form.POLYGON: Codec((ShapeKind.POLYGON,), _read_polygon, _write_polygon),
    Form.RECTANGLE: Codec((ShapeKind.POLYGON,), _read_rectangle, _write_rectangle),
    Form.LINE: Codec((ShapeKind.LINE,), _read_line, _write_line, ("directionSensitivity",)),
    Form.COUNTING_LINE: Codec((ShapeKind.LINE,), _read_counting_line, _write_counting_line),
    Form.GRID: Codec((ShapeKind.CELLS,), _read_grid, _write_grid),
    Form.LABEL: _label(("positionX", "positionY"), "displayText"),
    Form.OLD_LABEL: _label(("posX", "posY"), "message"),
    Form.SIGN: _label((f"{_SIGN}/positionX", f"{_SIGN}/positionY"), "displayText"),
    Form.ENDS: Codec((ShapeKind.LINE,), _read_ends, _write_ends, _ENDS),
    Form.RULE: Codec((ShapeKind.POLYGON, ShapeKind.LINE), _read_rule, _write_rule, ("ruleType",)),
    Form.THERMOMETER: Codec(
        (ShapeKind.SPOT, ShapeKind.POLYGON, ShapeKind.LINE), _read_thermometer, _write_thermometer, ("type",)
    ),
}

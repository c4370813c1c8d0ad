"""Documents for each row of the table of regions, as a device may send them, and shapes that fit their limits."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from app.families.isapi import catalog as catalogs
from app.families.isapi import document as documents
from app.families.isapi.dialect import dialect
from app.families.isapi.regions import building
from app.families.isapi.regions.building import Asked
from app.families.isapi.regions.row import Form, Row
from app.families.isapi.titles import titles
from app.model.geometry import Box, Point
from app.model.region import Cells, Direction, Label, Line, Polygon, ShapeKind, Spot
from app.settings.layer import LayerInfo
from app.wire import xml

STRANGER = '<vendorThing mode="a">keep &amp; me</vendorThing>'
_GRID_ROW = "03fff3"  # the bits beyond the 22 columns are set: they are the device's


def info(row: Row) -> LayerInfo:
    return LayerInfo(f"{row.key}-1", row.purpose, row.title, 1, path(row))


def path(row: Row) -> str:
    tail = row.path.replace("{channel}", "1").replace("{stream}", "101").replace("{sid}", "1")
    return dialect(row.dialect).path(tail)


def layer(row: Row, raw: bytes, *, items=None, picture=None, capabilities=None):
    document = document_of(row, path(row), raw)
    known = catalogs.catalog(dialect(row.dialect)).lookup(path(row))
    asked = Asked(document, capabilities, known, picture, items or {})
    return building.build(info(row), row, asked, writable=True)


def document_of(row: Row, where: str, raw: bytes):
    known = catalogs.catalog(dialect(row.dialect)).lookup(where)
    return documents.build(documents.Context(where, row.title, titles(), known), xml.parse(raw), None)


def pieces(row: Row, members: int = 3, newline: str = "\r\n") -> list[str]:
    """The head of a document, each of its regions, and its tail."""
    opened, closed = list_tags(row)
    alone = not row.listed and (row.member == row.root or not row.member)
    head = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{row.root} version="2.0" xmlns="urn:device">', STRANGER]
    head += [f"<{row.armed}>true</{row.armed}>"] if row.armed else []
    leaf, values = row.when
    head += [f"<{leaf}>{values[0]}</{leaf}>"] if leaf else []
    head.append(_size(row))
    if alone:
        inner = _wrapped(row.singles[0][0] if row.singles else "", _shape(row, 1, newline))
        return [newline.join(filter(None, head)) + newline, newline.join(inner) + newline, f"</{row.root}>{newline}"]
    head += opened
    shown = [_member(row, number, newline) for number in range(1, members + 1)]
    return [newline.join(filter(None, head)) + newline, *shown, newline.join([*closed, STRANGER, f"</{row.root}>"])]


def raw(row: Row, members: int = 3, newline: str = "\r\n") -> bytes:
    return "".join(pieces(row, members, newline)).encode()


def items(row: Row, members: int = 3, newline: str = "\r\n"):
    """The documents of single regions by id, as a device with several scenes has them."""
    made = {}
    for number in range(1, members + 1):
        body = f'<?xml version="1.0" encoding="UTF-8"?>{newline}{_member(row, number, newline)}'
        made[str(number)] = document_of(row, f"{path(row)}/{row.items}/{number}", body.encode())
    return made


def list_tags(row: Row) -> tuple[list[str], list[str]]:
    steps = row.listed.split("/") if row.listed else []
    opened = [f'<{step} size="6">' if step == steps[-1] else f"<{step}>" for step in steps]
    return opened, [f"</{step}>" for step in reversed(steps)]


def _size(row: Row) -> str:
    if row.form is Form.GRID or row.size == (22, 18):
        return "<Grid><rowGranularity>18</rowGranularity><columnGranularity>22</columnGranularity></Grid>"
    if row.sized_upper_left or row.form is Form.LABEL:
        return (
            "<normalizedScreenSize><normalizedScreenWidth>704</normalizedScreenWidth>"
            "<normalizedScreenHeight>576</normalizedScreenHeight></normalizedScreenSize>"
        )
    return ""


def _member(row: Row, number: int, newline: str) -> str:
    name = row.member
    lines = [f"<{name}>", *([f"<{row.id}>{number}</{row.id}>"] if row.id else []), "<enabled>true</enabled>"]
    if row.form not in (Form.THERMOMETER, Form.LABEL, Form.OLD_LABEL):
        lines += ["<sensitivityLevel>40</sensitivityLevel>"]
    lines += ["<directionSensitivity>any</directionSensitivity>"] if name == "LineItem" else []
    return newline.join([*lines, *_shape(row, number, newline), STRANGER, f"</{name}>"]) + newline


def _wrapped(path: str, lines: list[str]) -> list[str]:
    """Inside of the elements of a path."""
    steps = path.split("/") if path else []
    return [*(f"<{step}>" for step in steps), *lines, *(f"</{step}>" for step in reversed(steps))]


def _shape(row: Row, number: int, newline: str) -> list[str]:
    """The elements in which the shape of a region stands."""
    match row.form:
        case Form.THERMOMETER:
            return ["<type>region</type>", *_wrapped("Region", _corners(row, number))]
        case Form.RULE:
            kind = "line" if number == 2 else "region"
            area = _wrapped("RuleRegionParam/RuleRegion", _corners(row, number))
            line = _wrapped("RuleLineParam/LineRegion", _corners(row, number)[:3] + _corners(row, number)[-1:])
            return [f"<ruleType>{kind}</ruleType>", *area, *line]
        case Form.GRID:
            return [f"<layout><gridMap>{_GRID_ROW * 18}</gridMap></layout>"]
        case Form.LABEL | Form.OLD_LABEL:
            return [_place(row, newline, text=bool(row.member)).removesuffix(newline)]
        case Form.SIGN:
            return _wrapped("CalibratingCoordinates", [_place(row, newline)])
        case Form.ENDS:
            return _wrapped(row.points, _ends((100, 200), (300, 400)))
        case Form.COUNTING_LINE:
            return [*_wrapped("direction", _ends((500, 300), (500, 700))), *_corners(row, number)]
    return _corners(row, number)


def _ends(*ends: tuple[int, int]) -> list[str]:
    start, end = (f"<positionX>{x}</positionX><positionY>{y}</positionY>" for x, y in ends)
    return [f"<StartPoint>{start}</StartPoint>", f"<EndPoint>{end}</EndPoint>"]


def _place(row: Row, newline: str, *, text: bool = False) -> str:
    x, y = ("posX", "posY") if row.form is Form.OLD_LABEL else ("positionX", "positionY")
    said = (
        {"TextOverlay": "displayText", "ImageOverlay": ""}.get(row.member, "") if row.form is Form.LABEL else "message"
    )
    lines = [f"<{x}>16</{x}>", f"<{y}>32</{y}>", *([f"<{said}>Gate</{said}>"] if text and said else [])]
    return newline.join(lines) + newline


def _corners(row: Row, number: int) -> list[str]:
    listed, name = row.points.split("/")[-2:]
    outer = row.points.removesuffix(f"{listed}/{name}").removesuffix("/")
    wide = 4 if row.size == (22, 18) else 100
    box = [(number, number), (number, number + wide), (number + wide, number + wide), (number + wide, number)]
    corners = box if row.form not in (Form.LINE, Form.COUNTING_LINE) else box[::2]
    shown = [f"<{name}><positionX>{x}</positionX><positionY>{y}</positionY></{name}>" for x, y in corners]
    return _wrapped(outer, [f"<{listed}>", *shown, f"</{listed}>"])


# -- shapes ------------------------------------------------------------------------------------------------------------

POINTS = st.builds(Point, st.floats(0, 1), st.floats(0, 1))


def shapes(limits):
    """Shapes that these limits allow."""
    kinds = {
        ShapeKind.POLYGON: _polygons(limits),
        ShapeKind.LINE: _lines(limits),
        ShapeKind.CELLS: _cells(limits),
        ShapeKind.LABEL: st.builds(Label, POINTS, text=st.just("Gate")),
        ShapeKind.SPOT: st.builds(Spot, POINTS),
    }
    return st.one_of(*[kinds[kind] for kind in limits.shapes]).filter(lambda shape: not limits.problem(shape))


def _polygons(limits):
    upright = st.builds(
        lambda left, top, wide, high: Polygon(Box(left, top, min(1, left + wide), min(1, top + high)).corners),
        st.floats(0, 0.7), st.floats(0, 0.7), st.floats(0.2, 1), st.floats(0.2, 1),
    )  # fmt: skip
    if limits.upright:
        return upright
    few, many = limits.min_points, limits.max_points or 8
    stars = st.lists(st.floats(0.1, 0.49), min_size=few, max_size=min(many, 9)).map(_star)
    return st.one_of(upright.filter(lambda _: many >= 4 >= few), stars)


def _star(lengths):
    """Corners around the middle, one after the other: edges cannot cross."""
    import math

    turns = [2 * math.pi * n / len(lengths) for n in range(len(lengths))]
    ways = zip(lengths, turns, strict=True)
    return Polygon(tuple(Point(0.5 + long * math.cos(turn), 0.5 + long * math.sin(turn)) for long, turn in ways))


def _lines(limits):
    most = limits.max_points or 4
    directions = st.sampled_from(limits.directions or tuple(Direction))
    return st.builds(Line, st.lists(POINTS, min_size=2, max_size=min(most, 5)).map(tuple), directions)


def _cells(limits):
    columns, rows = limits.steps
    on = st.frozensets(st.tuples(st.integers(0, columns - 1), st.integers(0, rows - 1)), max_size=60)
    return st.builds(Cells, st.just(columns), st.just(rows), on)


def redrawn(region, shape):
    return replace(region, shape=shape)

"""Regions as JSON, for the clipboard and for files: the same text for every maker.

    {"camwright": "regions", "version": 1, "regions": [
        {"purpose": "intrusion", "name": "Gate", "enabled": true,
         "shape": {"kind": "polygon", "points": [[0.1, 0.2], …]}, "properties": {"path": "wire text"}}]}

A line has a direction as well, cells have columns, rows and on ([column, row], …), a label width, height, text, sized.
Ids are left out: they are one camera's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.errors import InvalidSetting
from app.model.geometry import Point
from app.model.region import Cells, Direction, Label, Line, Polygon, Purpose, Region, Shape, ShapeKind, Spot

VERSION = 1
MOST = 1_000_000  # characters
MOST_REGIONS, MOST_POINTS, MOST_CELLS = 512, 1000, 1024


def to_text(regions: Iterable[Region]) -> str:
    rows = [to_data(region) for region in regions]
    return json.dumps({"camwright": "regions", "version": VERSION, "regions": rows}, indent=1, ensure_ascii=False)


def from_text(text: str) -> tuple[Region, ...]:
    """InvalidSetting for anything that is not such a text."""
    if len(text) > MOST:
        raise InvalidSetting("These regions are too large to be read.")
    try:
        data = json.loads(text)
        if data["camwright"] != "regions" or data["version"] != VERSION or len(data["regions"]) > MOST_REGIONS:
            raise ValueError("another kind of text, a newer version or too many regions")
        return tuple(from_data(row) for row in data["regions"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise InvalidSetting("This text holds no regions.", detail=f"{type(error).__name__}: {error}") from error


def to_data(region: Region) -> dict[str, Any]:
    return {
        "purpose": region.purpose.value,
        "name": region.name,
        "enabled": region.enabled,
        "shape": _shape_data(region.shape),
        "properties": dict(region.properties),
    }


def from_data(row: Mapping[str, Any]) -> Region:
    """ValueError, KeyError or TypeError for what is none."""
    properties = tuple((str(path), str(text)) for path, text in row.get("properties", {}).items())
    enabled = row.get("enabled", True)
    if not isinstance(enabled, bool):
        raise ValueError("enabled is neither true nor false")
    return Region("", Purpose(row["purpose"]), _shape(row["shape"]), str(row.get("name", "")), enabled, properties)


def _shape_data(shape: Shape) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": shape.kind.value}
    match shape:
        case Polygon():
            data["points"] = _pairs(shape.points)
        case Line():
            data |= {"points": _pairs(shape.points), "direction": shape.direction.value}
        case Cells():
            data |= {"columns": shape.columns, "rows": shape.rows, "on": sorted(list(cell) for cell in shape.on)}
        case Label():
            data |= {"at": _pairs([shape.at])[0], "width": shape.width, "height": shape.height}
            data |= {"text": shape.text, "sized": shape.sized}
        case Spot():
            data["at"] = _pairs([shape.at])[0]
    return data


def _shape(data: Mapping[str, Any]) -> Shape:
    match ShapeKind(data["kind"]):
        case ShapeKind.POLYGON:
            return Polygon(_points(data["points"]))
        case ShapeKind.LINE:
            return Line(_points(data["points"]), Direction(data.get("direction", Direction.BOTH.value)))
        case ShapeKind.CELLS:
            return _cells(data)
        case ShapeKind.LABEL:
            width, height = _number(data.get("width", 0)), _number(data.get("height", 0))
            return Label(_point(data["at"]), width, height, str(data.get("text", "")), bool(data.get("sized", False)))
        case ShapeKind.SPOT:
            return Spot(_point(data["at"]))


def _cells(data: Mapping[str, Any]) -> Cells:
    columns, rows = int(data["columns"]), int(data["rows"])
    on = frozenset((int(column), int(row)) for column, row in data["on"])
    if not (0 < columns <= MOST_CELLS and 0 < rows <= MOST_CELLS):
        raise ValueError("a grid of that size")
    if not all(0 <= column < columns and 0 <= row < rows for column, row in on):
        raise ValueError("a cell outside its grid")
    return Cells(columns, rows, on)


def _pairs(points: Iterable[Point]) -> list[list[float]]:
    return [[point.x, point.y] for point in points]


def _points(rows: Sequence[Any]) -> tuple[Point, ...]:
    if not 0 < len(rows) <= MOST_POINTS:
        raise ValueError("no points, or too many")
    return tuple(_point(row) for row in rows)


def _point(row: Sequence[Any]) -> Point:
    x, y = row
    return Point(_number(x), _number(y))


def _number(value: Any) -> float:
    """Not far outside the picture, and a number at all."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -10 <= value <= 10:
        raise ValueError("a number is missing or out of reach")
    return float(value)

"""Motion areas told twice: as a grid and, worked out from it, as rectangles. Cameras that get both back mix them up."""

from __future__ import annotations

import re

from app.simulator.isapi.tree import Node
from app.simulator.quirks import Quirks

COLUMNS, SCALE = 22, 1000
_DIGITS = 6  # hex digits a row; the used bits are at the left
_LAYOUT = re.compile(rb"<layout[\s>].*</layout>", re.DOTALL)
_AREAS = "areas"  # private attribute: how many rectangles the camera shows
_MOST_AREAS = 4
_MIXERS = ("squares_after_toggle", "squares_after_rewrite")


def show(node: Node, quirks: Quirks) -> None:
    """Adds the rectangles around the grid to a document that is about to be sent."""
    if not any(name in quirks for name in ("grid_and_regions", *_MIXERS)):
        return
    for layout in _layouts(node):
        count = int(layout.attributes.get(_AREAS, "1"))
        layout.children.append(_region_list(layout.value("gridMap"), count))


def mix_up(node: Node, sent: Node, quirks: Quirks, *, to_the_byte: bool) -> bool:
    """What a camera makes of a grid that comes back with its rectangles: what they enclose, and one more of them.

    to_the_byte: the layout is as the camera said it itself. True when something was mixed up.
    """
    forgiven = to_the_byte and "squares_after_toggle" not in quirks
    if forgiven or not any(name in quirks for name in _MIXERS):
        return False
    corners = [
        (int(each.value("positionX")), int(each.value("positionY")))
        for _, each in sent.walk()
        if each.name == "RegionCoordinates"
        and all(re.fullmatch(r"[0-9]{1,4}", each.value(f"position{axis}")) for axis in "XY")
    ]
    for layout in _layouts(node) if corners else ():
        rows = len(layout.value("gridMap")) // _DIGITS
        layout.put("gridMap", _square(corners, rows))
        layout.attributes[_AREAS] = str(min(_MOST_AREAS, int(layout.attributes.get(_AREAS, "1")) + 1))
    return bool(corners)


def layout_of(body: bytes) -> bytes:
    """The layout with its tags, as it stands in a document; empty where there is none."""
    found = _LAYOUT.search(body)
    return found.group() if found else b""


def _layouts(node: Node) -> list[Node]:
    return [each for _, each in node.walk() if each.name == "layout" and each.child("gridMap") is not None]


def _region_list(grid: str, count: int) -> Node:
    rows = max(1, len(grid) // _DIGITS)
    cells = [
        (row, column)
        for row in range(rows)
        for column in range(COLUMNS)
        if int(grid[row * _DIGITS : (row + 1) * _DIGITS] or "0", 16) >> (4 * _DIGITS - 1 - column) & 1
    ]
    listed = Node("RegionList", {"size": str(_MOST_AREAS)})
    if not cells:
        return listed
    top, bottom = min(row for row, _ in cells), max(row for row, _ in cells) + 1
    left, right = min(column for _, column in cells), max(column for _, column in cells) + 1
    for number in range(1, count + 1):
        points = [
            Node(
                "RegionCoordinates",
                children=[
                    Node("positionX", text=str(x * SCALE // COLUMNS)),
                    # Counted from below, other than the rows of the grid.
                    Node("positionY", text=str(SCALE - y * SCALE // rows)),
                ],
            )
            for x, y in ((left, bottom), (right, bottom), (right, top), (left, top))
        ]
        region = [Node("id", text=str(number)), Node("RegionCoordinatesList", children=points)]
        listed.children.append(Node("Region", children=region))
    return listed


def _square(corners: list[tuple[int, int]], rows: int) -> str:
    left, right = (pick(x for x, _ in corners) * COLUMNS // SCALE for pick in (min, max))
    top, bottom = (rows - pick(y for _, y in corners) * rows // SCALE for pick in (max, min))
    bits = sum(1 << (4 * _DIGITS - 1 - column) for column in range(max(0, left - 1), min(COLUMNS, right + 1)))
    return "".join(f"{bits if top <= row < bottom else 0:06x}" for row in range(rows))

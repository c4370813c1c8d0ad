"""Motion areas told twice: as a grid and, worked out from it, as rectangles. Cameras that get both back mix them up."""

from __future__ import annotations

from app.simulator.isapi.tree import Node
from app.simulator.quirks import Quirks

ROWS, COLUMNS, SCALE = 18, 22, 1000
_DIGITS = 6  # hex digits a row; the used bits are at the left


def show(node: Node, quirks: Quirks) -> None:
    """Adds the rectangle around the grid to a document that is about to be sent."""
    if "grid_and_regions" not in quirks:
        return
    for _, layout in list(node.walk()):
        if layout.name == "layout" and layout.child("gridMap") is not None:
            layout.children.append(_region_list(layout.value("gridMap")))


def mix_up(node: Node, sent: Node, quirks: Quirks) -> None:
    """What a camera makes of a grid that comes back with its rectangle: the rectangle."""
    if "squares_after_toggle" not in quirks:
        return
    corners = [
        (int(each.value("positionX", "0")), int(each.value("positionY", "0")))
        for _, each in sent.walk()
        if each.name == "RegionCoordinates" and each.value("positionX").isdigit() and each.value("positionY").isdigit()
    ]
    if not corners:
        return
    for _, layout in node.walk():
        if layout.name == "layout" and layout.child("gridMap") is not None:
            layout.put("gridMap", _square(corners))


def _region_list(grid: str) -> Node:
    cells = [
        (row, column)
        for row in range(ROWS)
        for column in range(COLUMNS)
        if int(grid[row * _DIGITS : (row + 1) * _DIGITS] or "0", 16) >> (4 * _DIGITS - 1 - column) & 1
    ]
    listed = Node("RegionList", {"size": "4"})
    if cells:
        top, bottom = min(row for row, _ in cells), max(row for row, _ in cells) + 1
        left, right = min(column for _, column in cells), max(column for _, column in cells) + 1
        corners = ((left, bottom), (right, bottom), (right, top), (left, top))
        points = [
            Node(
                "RegionCoordinates",
                children=[
                    Node("positionX", text=str(x * SCALE // COLUMNS)),
                    Node("positionY", text=str(SCALE - y * SCALE // ROWS)),
                ],
            )
            for x, y in corners
        ]
        region = [Node("id", text="1"), Node("RegionCoordinatesList", children=points)]
        listed.children.append(Node("Region", children=region))
    return listed


def _square(corners: list[tuple[int, int]]) -> str:
    left, right = (pick(x for x, _ in corners) * COLUMNS // SCALE for pick in (min, max))
    top, bottom = (ROWS - pick(y for _, y in corners) * ROWS // SCALE for pick in (max, min))
    bits = sum(1 << (4 * _DIGITS - 1 - column) for column in range(max(0, left - 1), min(COLUMNS, right + 1)))
    return "".join(f"{bits if top <= row < bottom else 0:06x}" for row in range(ROWS))

"""What is done to the shapes that are chosen, by key, button or palette."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication

from app.errors import InvalidSetting
from app.model.geometry import Point
from app.model.region import Cells, Direction, Line, Region, Shape
from app.regions import shaping
from app.regions.pasting import ASIDE
from app.regions.pasting import paste as pasted
from app.regions.shaping import Edge
from app.regions.text import from_text, to_text
from ui.canvas.cell_tools import grid_of
from ui.canvas.corners import insert_vertex, remove_vertex, split_shape
from ui.canvas.desk import Desk


def _tr(text: str) -> str:
    return QCoreApplication.translate("Canvas", text)


def copy(desk: Desk) -> bool:
    """As JSON, which other programs may read too. Only as text: what Python puts into the clipboard as data of its
    own is destroyed after Python has ended, and takes the process down."""
    regions = [each.region for each in desk.chosen_regions]
    if not regions:
        return False
    QGuiApplication.clipboard().setText(to_text(regions))
    desk.said.emit(_tr("{} copied. They can be pasted on any camera.").format(len(regions)), "secondary")
    return True


def cut(desk: Desk) -> bool:
    if not copy(desk):
        return False
    desk.remove(desk.selection, _tr("Cut"))
    return True


def paste(desk: Desk) -> None:
    """Into the layer in hand, within the limits of its camera."""
    layer = desk.layer
    if layer is None or desk.hindrance:
        desk.said.emit(desk.hindrance, "error")
        return
    try:
        found = from_text(QGuiApplication.clipboard().text())
    except InvalidSetting:
        desk.said.emit(_tr("There are no regions in the clipboard."), "warn")
        return
    if desk.is_one_grid and desk.sheet.drawn and _paste_grid(desk, found):
        return
    result = pasted(found, layer, desk.sheet.regions)
    if result.regions:
        desk.add_regions(result.regions, _tr("Paste"))
    if result.words:
        desk.said.emit(result.words, "error" if result.refusals else "warn")


def _paste_grid(desk: Desk, found: Sequence[Region]) -> bool:
    """The cells of another camera's grid instead of those that are there."""
    cells = next((each.shape for each in found if isinstance(each.shape, Cells)), None)
    if cells is None:
        return False
    key, mine = grid_of(desk)
    shape, note = shaping.fitted(cells, desk.limits, mine)
    if key is not None and desk.reshape({key: shape}, _tr("Paste")) and note:
        desk.said.emit(note, "warn")
    return True


def duplicate(desk: Desk) -> None:
    """A little aside, inside the picture: to the other side where there is no room."""
    copies = [desk.region_of(_aside(each.region.shape), each.region) for each in desk.chosen_regions]
    if copies:
        desk.add_regions(copies, _tr("Duplicate"))


def _aside(shape: Shape) -> Shape:
    tries = (shaping.moved(shape, way * ASIDE, way * ASIDE) for way in (1, -1))
    return next((each for each in tries if each != shape), shape)


def mirror(desk: Desk, *, across: bool) -> None:
    shapes = {each.key: shaping.mirrored(each.region.shape, across=across) for each in desk.chosen_regions}
    desk.reshape(shapes, _tr("Mirror"))


def align(desk: Desk, edge: Edge) -> None:
    """With each other; one alone with the picture."""
    chosen = desk.chosen_regions
    shapes = shaping.aligned([each.region.shape for each in chosen], edge)
    desk.reshape(dict(zip((each.key for each in chosen), shapes, strict=True)), _tr("Align"))


def split(desk: Desk) -> None:
    """At the chosen corner."""
    if desk.vertex is None:
        desk.said.emit(_tr("Choose the corner to split at, with . and , or the mouse."), "warn")
    else:
        split_shape(desk, desk.vertex)


def edge_after(desk: Desk) -> int:
    """The edge that begins at the chosen corner, else the longest one."""
    single = desk.single
    assert single is not None
    every = list(shaping.edges(single.region.shape))
    if desk.vertex is not None:
        return min(desk.vertex, len(every) - 1)
    return max(range(len(every)), key=lambda n: every[n][0].distance(every[n][1]))


def add_vertex(desk: Desk) -> None:
    if desk.single is not None:
        insert_vertex(desk, desk.single.key, edge_after(desk))


def drop_vertex(desk: Desk) -> None:
    if desk.single is not None and desk.vertex is not None:
        remove_vertex(desk, desk.single.key, desk.vertex)


def turn(desk: Desk, direction: Direction) -> None:
    """Another direction for the chosen line."""
    single = desk.single
    if single is not None and isinstance(single.region.shape, Line):
        shape = Line(single.region.shape.points, direction)
        desk.reshape({single.key: shape}, _tr("Direction"))


def turn_on(desk: Desk) -> None:
    """To the next direction that the camera knows."""
    single = desk.single
    if single is None or not isinstance(single.region.shape, Line):
        desk.said.emit(_tr("Choose the line that is to be turned, with PgDn or the mouse."), "warn")
        return
    known, now = desk.limits.directions, single.region.shape.direction
    if len(known) < 2:
        desk.said.emit(_tr("The camera tells no directions apart here."), "warn")
        return
    turn(desk, known[(known.index(now) + 1) % len(known)] if now in known else known[0])


def grid(desk: Desk) -> Cells:
    return grid_of(desk)[1]


def move_to(desk: Desk, index: int, at: Point) -> bool:
    """A corner of the chosen shape to a place that was typed."""
    single = desk.single
    return single is not None and desk.move_vertex(single.key, index, at, _tr("Type a corner"), f"type {single.key}")

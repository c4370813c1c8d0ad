"""The arrow, the knife, and the table of all tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt

from app.model.geometry import Point
from app.model.region import Line, Polygon, Shape, ShapeKind
from app.regions import shaping
from app.regions.shaping import clamped
from ui.canvas.cell_tools import Brush, Fill
from ui.canvas.corners import insert_vertex, keep_halves, split_shape
from ui.canvas.desk import Desk
from ui.canvas.draw_tools import LineTool, Place, PointByPoint, Rectangle
from ui.canvas.hits import Hit, Part, hit
from ui.canvas.snaps import snap
from ui.canvas.tool import Pointer, Tool, may_draw


def _tr(text: str) -> str:
    return QCoreApplication.translate("Canvas", text)


class Select(Tool):
    """Chooses, moves shapes and vertices; a double click on an edge puts a vertex in."""

    def __init__(self) -> None:
        self._held: Hit | None = None
        self._from = Point(0, 0)
        self._shapes: Mapping[int, Shape] = {}

    def press(self, desk: Desk, pointer: Pointer) -> None:
        found = hit(desk.candidates(), pointer.at, pointer.scale, desk.selection)
        self._held, self._from = None, pointer.at
        if found is None:
            if not pointer.shift:
                desk.choose(())
            return
        desk.take(found.layer)
        if pointer.shift and found.part is not Part.VERTEX:
            others = tuple(key for key in desk.selection if key != found.key)
            desk.choose(others if found.key in desk.selection else (*desk.selection, found.key))
            return
        if found.part is Part.VERTEX:
            desk.choose((found.key,), found.index)
        elif found.key not in desk.selection:
            desk.choose((found.key,))
        if hindrance := desk.hindrance:
            desk.said.emit(hindrance, "warn")
            return
        self._held = found
        self._shapes = {each.key: each.region.shape for each in desk.chosen_regions}

    def drag(self, desk: Desk, pointer: Pointer) -> None:
        if self._held is None:
            return
        if self._held.part is Part.VERTEX:
            desk.try_shapes(self._with_vertex(desk, pointer, self._held))
        else:
            desk.try_shapes(self._moved(desk, pointer))

    def _with_vertex(self, desk: Desk, pointer: Pointer, held: Hit) -> Mapping[int, Shape]:
        shape = self._shapes[held.key]
        to = self.snap(desk, pointer, (held.key,))
        if pointer.shift and isinstance(shape, Polygon | Line):
            before = shape.points[held.index - 1 if held.index or isinstance(shape, Polygon) else 1]
            to = shaping.straight(before, pointer.at, pointer.scale.aspect)
        return {held.key: shaping.with_point(shape, held.index, to, desk.limits)}

    def _moved(self, desk: Desk, pointer: Pointer) -> Mapping[int, Shape]:
        at = shaping.straight(self._from, pointer.at, pointer.scale.aspect) if pointer.shift else pointer.at
        dx, dy = at.x - self._from.x, at.y - self._from.y
        if not pointer.ctrl and not pointer.shift and len(self._shapes) == 1:
            dx, dy = self._drawn_in(desk, pointer, dx, dy)
        return {key: shaping.moved(shape, dx, dy) for key, shape in self._shapes.items()}

    def _drawn_in(self, desk: Desk, pointer: Pointer, dx: float, dy: float) -> tuple[float, float]:
        """One corner that comes near something takes the whole shape along."""
        ((key, shape),) = self._shapes.items()
        others = desk.others((key,))
        there = [point.moved(dx, dy) for point in shape.points]
        found = [(at, snap(at, others, pointer.scale, None)) for at in there]
        drawn = [(pointer.scale.far(at, to.point), at, to) for at, to in found if to.point != at]
        if not drawn or shape.kind is ShapeKind.CELLS:
            self.snapped = None
            return dx, dy
        _, at, to = min(drawn, key=lambda each: each[0])
        self.snapped = to
        return dx + to.point.x - at.x, dy + to.point.y - at.y

    def release(self, desk: Desk, pointer: Pointer) -> None:
        held, self._held, self.snapped = self._held, None, None
        if held is not None and desk.trial:
            text = _tr("Move a corner") if held.part is Part.VERTEX else _tr("Move")
            desk.reshape(dict(desk.trial), text)

    def double(self, desk: Desk, pointer: Pointer) -> None:
        self._held = None
        found = hit(desk.candidates(), pointer.at, pointer.scale, desk.selection)
        if found is not None and found.part is Part.EDGE:
            desk.take(found.layer)
            insert_vertex(desk, found.key, found.index, clamped(pointer.at))

    def cancel(self, desk: Desk) -> bool:
        had = self._held is not None
        self._held = None
        return super().cancel(desk) or had


class Knife(Tool):
    """Draws a cut through the chosen polygon, or a click on a corner of the chosen line."""

    def __init__(self) -> None:
        self._from: Point | None = None

    def press(self, desk: Desk, pointer: Pointer) -> None:
        if not may_draw(desk, adds=False):
            return
        found = hit(desk.candidates(), pointer.at, pointer.scale, desk.selection)
        if desk.single is None and found is not None:
            desk.take(found.layer)
            desk.choose((found.key,))
        single = desk.single
        if single is None:
            desk.said.emit(_tr("Choose the shape that is to be split, then draw the cut."), "warn")
        elif isinstance(single.region.shape, Line) and found is not None and found.part is Part.VERTEX:
            split_shape(desk, found.index)
        else:
            self._from = pointer.at

    def drag(self, desk: Desk, pointer: Pointer) -> None:
        if self._from is not None:
            desk.draft = Line((self._from, pointer.at))
            desk.trial_changed.emit()

    def release(self, desk: Desk, pointer: Pointer) -> None:
        start, self._from = self._from, None
        if start is None or pointer.scale.far(start, pointer.at) < 3:
            desk.drop()
            return
        single = desk.single
        halves = None
        if single is not None and isinstance(single.region.shape, Polygon):
            halves = shaping.cut(single.region.shape, start, pointer.at)
        desk.drop()
        if single is None or halves is None:
            desk.said.emit(_tr("The cut must cross the shape from edge to edge."), "warn")
        else:
            keep_halves(desk, single.key, halves)

    def cancel(self, desk: Desk) -> bool:
        had, self._from = self._from is not None, None
        return super().cancel(desk) or had


@dataclass(frozen=True, slots=True)
class ToolInfo:
    """A row of the table. kinds: the tool is of use where the camera takes one of them; () everywhere."""

    id: str
    title: str
    hint: str
    key: str
    icon: str
    make: Callable[[], Tool]
    kinds: tuple[ShapeKind, ...] = ()
    cursor: Qt.CursorShape = Qt.CursorShape.CrossCursor

    def serves(self, shapes: tuple[ShapeKind, ...]) -> bool:
        return not self.kinds or any(kind in shapes for kind in self.kinds)


_AREAS, _CELLS = (ShapeKind.POLYGON,), (ShapeKind.CELLS,)
TOOLS: tuple[ToolInfo, ...] = (
    ToolInfo("select", "Select", "Choose, move, reshape", "V", "cursor", Select, cursor=Qt.CursorShape.ArrowCursor),
    ToolInfo("rectangle", "Rectangle", "Draw from corner to corner", "R", "rectangle", Rectangle, _AREAS),
    ToolInfo("polygon", "Polygon", "Set corner after corner; Enter finishes", "P", "polygon", PointByPoint, _AREAS),
    ToolInfo("line", "Line", "Draw from A to B", "L", "line-segment", LineTool, (ShapeKind.LINE,)),
    ToolInfo("place", "Place", "Put a point or a text", "T", "map-pin", Place, (ShapeKind.SPOT, ShapeKind.LABEL)),
    ToolInfo("brush", "Brush", "Paint cells", "B", "paint-brush", Brush, _CELLS),
    ToolInfo("eraser", "Eraser", "Erase cells", "E", "eraser", lambda: Brush(on=False), _CELLS),
    ToolInfo("fill", "Fill", "Fill a rectangle of cells; Shift erases", "G", "selection", Fill, _CELLS),
    ToolInfo("knife", "Split", "Cut a shape in two", "X", "scissors", Knife, (ShapeKind.POLYGON, ShapeKind.LINE)),
)

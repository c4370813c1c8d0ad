"""Tools that make shapes: rectangle, polygon, line, point and text."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.model.geometry import Point
from app.model.region import Label, Line, Polygon, Shape, ShapeKind, Spot
from app.regions import shaping
from app.regions.shaping import clamped
from ui.canvas.desk import Desk
from ui.canvas.tool import Pointer, Tool, may_draw


def _tr(text: str) -> str:
    return QCoreApplication.translate("Canvas", text)


class Rectangle(Tool):
    """From corner to corner; Shift makes it a square."""

    def __init__(self) -> None:
        self._corner: Point | None = None

    def press(self, desk: Desk, pointer: Pointer) -> None:
        if not may_draw(desk):
            return
        if self._corner is None:
            self._corner = self.snap(desk, pointer)

    def drag(self, desk: Desk, pointer: Pointer) -> None:
        if self._corner is None:
            return
        to = self.snap(desk, pointer)
        if pointer.shift:
            side = max(abs(to.x - self._corner.x) * pointer.scale.aspect, abs(to.y - self._corner.y))
            across, down = 1 if to.x >= self._corner.x else -1, 1 if to.y >= self._corner.y else -1
            to = clamped(self._corner.moved(across * side / pointer.scale.aspect, down * side))
        desk.try_draft(shaping.rectangle(self._corner, to))

    hover = drag

    def release(self, desk: Desk, pointer: Pointer) -> None:
        """A click alone sets the first corner and waits for the second."""
        if self._corner is not None and desk.draft is not None and pointer.scale.far(self._corner, pointer.at) > 3:
            self.finish(desk)

    def finish(self, desk: Desk) -> bool:
        draft, self._corner, self.snapped = desk.draft, None, None
        if draft is None:
            return False
        desk.add((draft,), _tr("Draw a rectangle"))
        return True

    def cancel(self, desk: Desk) -> bool:
        had, self._corner = self._corner is not None, None
        return super().cancel(desk) or had


class PointByPoint(Tool):
    """Corners one after the other; Enter, a double click or a click on the first corner ends it."""

    least = 3

    def __init__(self) -> None:
        self.points: list[Point] = []

    def _shape(self, points: list[Point]) -> Shape:
        return Polygon(tuple(points))

    def _most(self, desk: Desk) -> int | None:
        return desk.limits.max_points

    def press(self, desk: Desk, pointer: Pointer) -> None:
        if not may_draw(desk):
            return
        if len(self.points) >= self.least and pointer.scale.far(self.points[0], pointer.at) <= 8 and self.least > 2:
            self.finish(desk)
            return
        most = self._most(desk)
        at = self._next(desk, pointer)
        if most is not None and len(self.points) >= most:
            desk.said.emit(_tr("At most {} corners are allowed. Enter finishes.").format(most), "error")
            return
        if not self.points or at.distance(self.points[-1]) > 1e-9:
            self.points.append(at)
        self._show(desk, None)
        if len(self.points) == most == self.least:
            self.finish(desk)

    def hover(self, desk: Desk, pointer: Pointer) -> None:
        if self.points:
            self._show(desk, self._next(desk, pointer))
        else:
            self.snap(desk, pointer)
            desk.trial_changed.emit()

    drag = hover

    def _next(self, desk: Desk, pointer: Pointer) -> Point:
        at = self.snap(desk, pointer)
        if pointer.shift and self.points:
            at = clamped(shaping.straight(self.points[-1], pointer.at, pointer.scale.aspect))
        return at

    def _show(self, desk: Desk, following: Point | None) -> None:
        points = self.points + ([following] if following is not None and following not in self.points else [])
        desk.try_draft(self._shape(points), unfinished=len(points) < max(self.least, desk.limits.min_points))

    def double(self, desk: Desk, pointer: Pointer) -> None:
        self.finish(desk)

    def finish(self, desk: Desk) -> bool:
        if not self.points:
            return False
        shape = self._shape(self.points)
        if wrong := desk.limits.problem(shape):
            desk.said.emit(wrong, "error")  # the corners stay: one may go on or take some back
            return True
        self.points, self.snapped = [], None
        desk.add((shape,), _tr("Draw a shape"))
        return True

    def back(self, desk: Desk) -> bool:
        if not self.points:
            return False
        self.points.pop()
        if self.points:
            self._show(desk, None)
        else:
            desk.drop()
        return True

    def cancel(self, desk: Desk) -> bool:
        had = bool(self.points)
        self.points = []
        return super().cancel(desk) or had


class LineTool(PointByPoint):
    """A line from A to B, with as many points between as the camera takes."""

    least = 2

    def _shape(self, points: list[Point]) -> Shape:
        return Line(tuple(points))

    def _most(self, desk: Desk) -> int:
        return desk.limits.max_points or 2


class Place(Tool):
    """One click: a point or a text."""

    def press(self, desk: Desk, pointer: Pointer) -> None:
        if may_draw(desk):
            at = self.snap(desk, pointer)
            spot = ShapeKind.SPOT in desk.limits.shapes
            desk.add((Spot(at) if spot else Label(at),), _tr("Place a point") if spot else _tr("Place a text"))

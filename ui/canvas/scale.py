"""From the picture's 0..1 to the widget's pixels and back, whichever way round the picture is shown. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from app.model.geometry import Box, Point
from app.regions.shaping import Edge

SIDES = {(-1, 0): Edge.LEFT, (1, 0): Edge.RIGHT, (0, -1): Edge.TOP, (0, 1): Edge.BOTTOM}  # by the way to them
_WAYS = {edge: way for way, edge in SIDES.items()}
_LYING = {Edge.CENTRE: Edge.MIDDLE, Edge.MIDDLE: Edge.CENTRE}


@dataclass(frozen=True, slots=True)
class Scale:
    """left, top, width, height: where the whole picture lies in the widget, as it is shown. No side is 0. turn is how
    far it is turned there, in degrees clockwise: 0, 90, 180 or 270. Points are always those of the camera's own
    picture."""

    left: float = 0.0
    top: float = 0.0
    width: float = 1.0
    height: float = 1.0
    turn: int = 0

    @classmethod
    def of(cls, picture: QRectF, turn: int = 0) -> Scale:
        return cls(picture.x(), picture.y(), max(picture.width(), 1.0), max(picture.height(), 1.0), turn)

    def pixel(self, point: Point) -> QPointF:
        seen = self.seen(point)
        return QPointF(self.left + seen.x * self.width, self.top + seen.y * self.height)

    def point(self, pixel: QPointF) -> Point:
        """May lie outside 0..1."""
        return self.unseen(Point((pixel.x() - self.left) / self.width, (pixel.y() - self.top) / self.height))

    def seen(self, point: Point) -> Point:
        """A place of the camera's picture in 0..1 of the picture as it is shown."""
        match self.turn:
            case 90:
                return Point(1 - point.y, point.x)
            case 180:
                return Point(1 - point.x, 1 - point.y)
            case 270:
                return Point(point.y, 1 - point.x)
        return point

    def unseen(self, place: Point) -> Point:
        """A place of the picture as it is shown, in the camera's own."""
        match self.turn:
            case 90:
                return Point(place.y, 1 - place.x)
            case 180:
                return Point(1 - place.x, 1 - place.y)
            case 270:
                return Point(1 - place.y, place.x)
        return place

    def way(self, across: int, down: int) -> tuple[int, int]:
        """A direction on the screen (1, 0 is to the right) as one of the camera's picture."""
        return {0: (across, down), 90: (down, -across), 180: (-across, -down), 270: (-down, across)}[self.turn]

    def edge(self, edge: Edge) -> Edge:
        """What is aligned on the screen, as it is called on the camera's picture."""
        if edge in _WAYS:
            return SIDES[self.way(*_WAYS[edge])]
        return _LYING[edge] if self.turn % 180 else edge

    def rect(self, box: Box) -> QRectF:
        return QRectF(self.pixel(Point(box.left, box.top)), self.pixel(Point(box.right, box.bottom))).normalized()

    @property
    def across(self) -> float:
        """Pixels from the left to the right of the camera's picture, wherever these are shown."""
        return self.height if self.turn % 180 else self.width

    @property
    def down(self) -> float:
        """Pixels from its top to its bottom."""
        return self.width if self.turn % 180 else self.height

    def far(self, one: Point, other: Point) -> float:
        """Pixels between two places."""
        dx, dy = (one.x - other.x) * self.across, (one.y - other.y) * self.down
        return float((dx * dx + dy * dy) ** 0.5)

    def stretched(self, point: Point) -> Point:
        """In pixels, for distances that are the same across and down."""
        return Point(point.x * self.across, point.y * self.down)

    @property
    def aspect(self) -> float:
        return self.across / self.down

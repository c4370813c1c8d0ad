"""From the picture's 0..1 to the widget's pixels and back. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from app.model.geometry import Box, Point


@dataclass(frozen=True, slots=True)
class Scale:
    """left, top, width, height: where the whole picture lies in the widget. No side is 0."""

    left: float = 0.0
    top: float = 0.0
    width: float = 1.0
    height: float = 1.0

    @classmethod
    def of(cls, picture: QRectF) -> Scale:
        return cls(picture.x(), picture.y(), max(picture.width(), 1.0), max(picture.height(), 1.0))

    def pixel(self, point: Point) -> QPointF:
        return QPointF(self.left + point.x * self.width, self.top + point.y * self.height)

    def point(self, pixel: QPointF) -> Point:
        """May lie outside 0..1."""
        return Point((pixel.x() - self.left) / self.width, (pixel.y() - self.top) / self.height)

    def rect(self, box: Box) -> QRectF:
        return QRectF(self.pixel(Point(box.left, box.top)), self.pixel(Point(box.right, box.bottom)))

    def far(self, one: Point, other: Point) -> float:
        """Pixels between two places."""
        dx, dy = (one.x - other.x) * self.width, (one.y - other.y) * self.height
        return float((dx * dx + dy * dy) ** 0.5)

    def stretched(self, point: Point) -> Point:
        """In pixels, for distances that are the same across and down."""
        return Point(point.x * self.width, point.y * self.height)

    @property
    def aspect(self) -> float:
        return self.width / self.height

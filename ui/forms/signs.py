"""The signs that a form paints beside words."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QColor, QPainter


def paint_mark(painter: QPainter, centre: QPoint, role: str, colour: QColor) -> None:
    """A shape for each role, so that the colour is never the only sign: tick, triangle, cross, dot."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = painter.pen()
    pen.setColor(colour)
    pen.setWidthF(1.8)
    painter.setPen(pen)
    x, y = centre.x(), centre.y()
    if role == "ok":
        painter.drawPolyline([QPoint(x - 4, y), QPoint(x - 1, y + 3), QPoint(x + 5, y - 4)])
    elif role == "warn":
        painter.drawPolygon([QPoint(x, y - 5), QPoint(x + 5, y + 4), QPoint(x - 5, y + 4)])
    elif role == "error":
        painter.drawLine(x - 4, y - 4, x + 4, y + 4)
        painter.drawLine(x - 4, y + 4, x + 4, y - 4)
    else:
        painter.setBrush(colour)
        painter.drawEllipse(QRectF(x - 3, y - 3, 6, 6))
    painter.restore()

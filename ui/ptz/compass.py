"""Where a dome looks, drawn in a corner of the picture: direction, width of the view, tilt and zoom."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.model.ptz import PtzPosition

LINE, UNDER, BAD = QColor("#58A6F5"), QColor(0, 0, 0, 190), QColor("#FF7B72")
RADIUS, MARGIN = 26, 14
NARROW = 4.0  # degrees that are drawn at least, and where the camera does not say


def draw_compass(painter: QPainter, room: QRect, place: PtzPosition, wide: float | None) -> None:
    """Pan 0 is up and grows to the right, as on a map."""
    middle = QPointF(room.left() + MARGIN + RADIUS, room.bottom() - MARGIN - RADIUS)
    box = QRectF(middle.x() - RADIUS, middle.y() - RADIUS, 2 * RADIUS, 2 * RADIUS)
    painter.save()
    painter.setPen(QPen(UNDER, 4))
    painter.setBrush(QColor(0, 0, 0, 90))
    painter.drawEllipse(box)
    painter.setPen(QPen(LINE, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(box)
    if place.pan is not None:
        angle = max(NARROW, wide if wide is not None else NARROW)
        painter.setBrush(LINE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPie(box, round((90 - place.pan - angle / 2) * 16), round(angle * 16))
    text = caption(place, wide)
    spot = QPointF(box.right() + 10, middle.y() + 5)
    for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        painter.setPen(UNDER)
        painter.drawText(spot + QPointF(dx, dy), text)
    painter.setPen(QColor("#FFFFFF"))
    painter.drawText(spot, text)
    painter.restore()


def caption(place: PtzPosition, wide: float | None) -> str:
    def tr(text: str) -> str:
        return QCoreApplication.translate("Ptz", text)

    parts = (
        (tr("Pan {:.1f}°"), place.pan),
        (tr("Tilt {:.1f}°"), place.tilt),
        (tr("Zoom {:.1f}×"), place.zoom),
        (tr("{:.1f}° wide"), wide),
    )
    return "   ".join(text.format(value) for text, value in parts if value is not None)

"""Where a dome looks, drawn in a corner of the picture: direction, width of the view, tilt and zoom."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.model.ptz import PtzPosition

LINE, UNDER, BAD = QColor("#58A6F5"), QColor(0, 0, 0, 190), QColor("#FF7B72")
RADIUS, MARGIN = 26, 14
AROUND = 6  # pixels between the compass and the way that it has come
NARROW = 4.0  # degrees that are drawn at least, and where the camera does not say


def draw_compass(
    painter: QPainter, room: QRect, place: PtzPosition, wide: float | None, came_from: PtzPosition | None = None
) -> None:
    """Pan 0 is up and grows to the right, as on a map. came_from: where it looked before it began to move; the way
    since then is an arc around the compass."""
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
    if came_from is not None and came_from.pan is not None and place.pan is not None:
        turned = (place.pan - came_from.pan + 180) % 360 - 180  # the short way round
        for pen in (QPen(UNDER, 6), QPen(LINE, 3)):
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            reach = box.adjusted(-AROUND, -AROUND, AROUND, AROUND)
            painter.drawArc(reach, round((90 - came_from.pan) * 16), round(-turned * 16))
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

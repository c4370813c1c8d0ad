"""How shapes look on a picture: a dark line under a coloured one, a thin fill, handles, an arrow between A and B."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from app.model.geometry import Box, Point
from app.model.region import Cells, Direction, Label, Line, Polygon, Purpose, Shape, Spot
from app.regions.shaping import box_of
from ui.canvas.hits import handles_of
from ui.canvas.scale import Scale
from ui.theme.shapes import FILL, FILL_SELECTED, OUTLINE, SELECTED, shape_colour

HANDLE = 9.0  # pixels
ARROW = 26.0  # from the middle of a line to either side
ROUND = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin


@dataclass(frozen=True, slots=True)
class Style:
    """line is drawn dashed for what the camera held before, dotted for what it would make of a shape."""

    colour: str
    fill: float = FILL
    line: Qt.PenStyle = Qt.PenStyle.SolidLine
    width: float = 2.0
    hatched: bool = False
    arrow: bool = True

    @classmethod
    def of(cls, purpose: Purpose, *, selected: bool) -> Style:
        fill = FILL_SELECTED if selected else FILL
        return cls(shape_colour(purpose), fill, hatched=purpose is Purpose.PRIVACY, width=2.5 if selected else 2.0)


def paint_shape(painter: QPainter, shape: Shape, scale: Scale, style: Style) -> None:
    match shape:
        case Polygon():
            _area(painter, _path(shape.points, scale, closed=True), style)
        case Line():
            _strokes(painter, _path(shape.points, scale, closed=False), style)
            if style.arrow and len(shape.points) > 1:
                _arrow(painter, shape, scale, style)
        case Cells():
            _cells(painter, shape, scale, style)
        case Label():
            _label(painter, shape, scale, style)
        case Spot():
            _spot(painter, scale.pixel(shape.at), style)


def paint_handles(painter: QPainter, shape: Shape, scale: Scale, chosen: int | None) -> None:
    for number, point in enumerate(handles_of(shape)):
        at = scale.pixel(point)
        side = HANDLE + 4 if number == chosen else HANDLE
        box = QRectF(at.x() - side / 2, at.y() - side / 2, side, side)
        painter.setPen(QPen(QColor(OUTLINE), 1))
        painter.setBrush(QColor("#58A6F5" if number == chosen else SELECTED))
        painter.drawRect(box)


def paint_grid(painter: QPainter, cells: Cells, scale: Scale) -> None:
    """The lines between cells, for whoever paints them."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(QColor(255, 255, 255, 60), 1))
    across = ((Point(n / cells.columns, 0), Point(n / cells.columns, 1)) for n in range(cells.columns + 1))
    down = ((Point(0, n / cells.rows), Point(1, n / cells.rows)) for n in range(cells.rows + 1))
    for start, end in (*across, *down):
        painter.drawLine(scale.pixel(start), scale.pixel(end))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def paint_tag(painter: QPainter, at: QPointF, text: str, colour: str, *, above: bool = True) -> None:
    """A few words on a dark chip."""
    metrics = painter.fontMetrics()
    wide, tall = metrics.horizontalAdvance(text) + 10, metrics.height() + 2
    box = QRectF(at.x(), at.y() - tall - 4 if above else at.y() + 4, wide, tall)
    across, down = _room(painter)
    box.moveLeft(max(2.0, min(box.left(), across - wide - 2)))
    box.moveTop(max(2.0, min(box.top(), down - tall - 2)))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(12, 16, 21, 205))
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(QColor(colour))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def paint_glow(painter: QPainter, shape: Shape, scale: Scale, colour: str, glow: float) -> None:
    """An event came: the shape lights up and fades."""
    bright = Style(colour, 0.15 + 0.55 * glow, width=2.0 + 4.0 * glow, arrow=False)
    paint_shape(painter, shape, scale, bright)


def is_seen(painter: QPainter, shape: Shape, scale: Scale) -> bool:
    """Whether any of it is in view; what stands beside a shape goes with it."""
    box = box_of(shape)
    if box is None:
        return False
    return scale.rect(box).adjusted(-1, -1, 1, 1).intersects(QRectF(0, 0, *_room(painter)))


def _room(painter: QPainter) -> tuple[float, float]:
    """What can be painted on, in the painter's own pixels: a pixmap counts those of the screen."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if isinstance(device, QPixmap) else 1.0
    return device.width() / ratio, device.height() / ratio


def tag_place(shape: Shape, scale: Scale) -> QPointF:
    """Where words about a shape stand: at its top left."""
    return scale.rect(box_of(shape) or Box(0, 0, 0, 0)).topLeft()


def centre_of(shape: Shape, scale: Scale) -> QPointF:
    box = box_of(shape) or Box(0, 0, 0, 0)
    return scale.pixel(Point((box.left + box.right) / 2, (box.top + box.bottom) / 2))


def paint_tick(painter: QPainter, at: QPointF, colour: str, opacity: float = 1.0) -> None:
    painter.save()
    painter.setOpacity(opacity)
    painter.setPen(QPen(QColor(OUTLINE), 2))
    painter.setBrush(QColor(colour))
    painter.drawEllipse(at, 11, 11)
    painter.setPen(QPen(QColor("#FFFFFF"), 2.5, Qt.PenStyle.SolidLine, *ROUND))
    painter.drawPolyline(QPolygonF([at + QPointF(-5, 0), at + QPointF(-1, 4), at + QPointF(5, -4)]))
    painter.restore()


def paint_ring(painter: QPainter, at: QPointF, colour: str) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(QColor(OUTLINE), 6), QPen(QColor(colour), 3)):
        painter.setPen(pen)
        painter.drawEllipse(at, 11, 11)


def _path(points: tuple[Point, ...], scale: Scale, *, closed: bool) -> QPainterPath:
    path = QPainterPath()
    if points:
        path.addPolygon(QPolygonF([scale.pixel(point) for point in points]))
        if closed:
            path.closeSubpath()
    return path


def _area(painter: QPainter, path: QPainterPath, style: Style) -> None:
    if style.fill:
        painter.fillPath(path, _brush(style))
    _strokes(painter, path, style)


def _brush(style: Style) -> QBrush:
    colour = QColor(OUTLINE if style.hatched else style.colour)
    colour.setAlphaF(min(1.0, style.fill * (2.2 if style.hatched else 1)))
    return QBrush(colour, Qt.BrushStyle.BDiagPattern if style.hatched else Qt.BrushStyle.SolidPattern)


def _strokes(painter: QPainter, path: QPainterPath, style: Style) -> None:
    under = QColor(OUTLINE)
    under.setAlpha(190)
    painter.strokePath(path, QPen(under, style.width + 2, style.line, *ROUND))
    painter.strokePath(path, QPen(QColor(style.colour), style.width, style.line, *ROUND))


def _arrow(painter: QPainter, line: Line, scale: Scale, style: Style) -> None:
    """Across the line at its middle, from the side that is A (the left hand's) to B, or both ways."""
    points = [scale.pixel(point) for point in line.points]
    number = (len(points) - 2) // 2
    start, end = points[number], points[number + 1]
    length = math.hypot(end.x() - start.x(), end.y() - start.y())
    if length < 1:
        return
    to_b = QPointF(-(end.y() - start.y()) / length, (end.x() - start.x()) / length)
    middle = (start + end) / 2
    tip_a, tip_b = middle - to_b * ARROW * 0.6, middle + to_b * ARROW * 0.6
    path = QPainterPath(tip_a)
    path.lineTo(tip_b)
    if line.direction is not Direction.B_TO_A:
        _head(path, tip_b, to_b)
    if line.direction is not Direction.A_TO_B:
        _head(path, tip_a, -to_b)
    _strokes(painter, path, Style(style.colour, 0, width=style.width))
    for letter, at in (("A", middle - to_b * ARROW), ("B", middle + to_b * ARROW)):
        box = QRectF(at.x() - 8, at.y() - 9, 16, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(12, 16, 21, 205))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(QColor(style.colour))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)


def _head(path: QPainterPath, tip: QPointF, along: QPointF) -> None:
    across = QPointF(-along.y(), along.x())
    path.moveTo(tip - along * 7 + across * 5)
    path.lineTo(tip)
    path.lineTo(tip - along * 7 - across * 5)


def _cells(painter: QPainter, cells: Cells, scale: Scale, style: Style) -> None:
    """Runs of a row are one rectangle."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    rows: dict[int, list[int]] = {}
    for column, row in cells.on:
        rows.setdefault(row, []).append(column)
    boxes = [
        scale.rect(Box(first / cells.columns, row / cells.rows, (last + 1) / cells.columns, (row + 1) / cells.rows))
        for row, columns in rows.items()
        for first, last in _runs(sorted(columns))
    ]
    pen = QColor(style.colour)
    pen.setAlpha(150)
    painter.setPen(QPen(pen, 1, style.line))
    painter.setBrush(_brush(style) if style.fill else Qt.BrushStyle.NoBrush)
    painter.drawRects(boxes)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def _runs(columns: list[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for column in columns:
        if found and found[-1][1] == column - 1:
            found[-1] = (found[-1][0], column)
        else:
            found.append((column, column))
    return found


def _label(painter: QPainter, label: Label, scale: Scale, style: Style) -> None:
    at = scale.pixel(label.at)
    box = scale.rect(Box(label.at.x, label.at.y, label.at.x + label.width, label.at.y + label.height))
    if box.isEmpty():
        metrics = painter.fontMetrics()
        box = QRectF(at.x(), at.y(), metrics.horizontalAdvance(label.text or "T") + 12, metrics.height() + 6)
    path = QPainterPath()
    path.addRect(box)
    _area(painter, path, style)
    painter.setPen(QColor(style.colour))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label.text or "T")


def _spot(painter: QPainter, at: QPointF, style: Style) -> None:
    path = QPainterPath()
    path.addEllipse(at, 8, 8)
    for across, down in ((1, 0), (0, 1)):
        path.moveTo(at - QPointF(13 * across, 13 * down))
        path.lineTo(at + QPointF(13 * across, 13 * down))
    _strokes(painter, path, style)

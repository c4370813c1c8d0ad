"""Images of the live picture: made of bytes, turned, and painted where they belong."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QTransform

BACKGROUND = QColor("#0B0E12")
DIM = QColor(0, 0, 0, 120)


def decode_still(data: bytes) -> QImage:
    """A snapshot as an image, turned as it says of itself; a null one when the bytes are no picture. For a worker
    thread."""
    buffer = QBuffer()
    buffer.setData(data)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    image = reader.read()
    return image.convertToFormat(QImage.Format.Format_RGB32) if not image.isNull() else image


def turned(image: QImage, degrees: int) -> QImage:
    """A copy of its own memory, unless nothing is to be turned."""
    if not degrees or image.isNull():
        return image
    if degrees == 180:  # exact, which a transformation by this angle is not
        return image.flipped(Qt.Orientation.Horizontal | Qt.Orientation.Vertical)
    return image.transformed(QTransform().rotate(degrees))


def place(image: QSize, area: tuple[int, int], *, exact: bool) -> QRect:
    """Where a picture belongs in the room, in device pixels. exact: it was scaled for this room, so that a few pixels
    of difference are no reason to scale it again."""
    wide, tall = area
    size = image.scaled(wide, tall, Qt.AspectRatioMode.KeepAspectRatio)
    if exact and abs(size.width() - image.width()) + abs(size.height() - image.height()) <= 4:
        size = image
    return QRect(QPoint((wide - size.width()) // 2, (tall - size.height()) // 2), size)


def draw_whole(painter: QPainter, image: QImage, target: QRect, ratio: float, *, smooth: bool) -> QRect:
    """Pixel by pixel where the size fits, else (for a moment after a resize) scaled. target is in device pixels, the
    answer in the widget's own."""
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    if abs(target.width() - image.width()) <= 2 and abs(target.height() - image.height()) <= 2:
        painter.drawImage(target.topLeft(), image)
        target = QRect(target.topLeft(), image.size())
    else:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(target, image)
    painter.restore()
    left, top = int(target.left() / ratio), int(target.top() / ratio)
    return QRect(left, top, -int(-target.width() // ratio), -int(-target.height() // ratio))


def draw_part(painter: QPainter, image: QImage, whole: QRectF, seen: QRectF, *, smooth: bool) -> QRect:
    """Only what is seen of it is scaled; its pixels are squares once they are larger than the screen's."""
    target = whole.intersected(seen)
    across, down = image.width() / whole.width(), image.height() / whole.height()
    source = QRectF(
        (target.x() - whole.x()) * across,
        (target.y() - whole.y()) * down,
        target.width() * across,
        target.height() * down,
    )
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, across > 1 and smooth)
    painter.drawImage(target, image, source)
    return target.toAlignedRect()


def fill_around(painter: QPainter, target: QRect, wide: int, tall: int) -> None:
    if target.isEmpty():
        painter.fillRect(QRect(0, 0, wide, tall), BACKGROUND)
        return
    right, bottom = target.x() + target.width(), target.y() + target.height()
    for bar in (
        QRect(0, 0, wide, target.y()),
        QRect(0, bottom, wide, tall - bottom),
        QRect(0, target.y(), target.x(), target.height()),
        QRect(right, target.y(), wide - right, target.height()),
    ):
        if not bar.isEmpty():
            painter.fillRect(bar, BACKGROUND)

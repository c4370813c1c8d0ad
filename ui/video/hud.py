"""Painting of what lies over the picture. Panels are kept as pixmaps: over live video they cost one copy."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap

from ui.video.words import Words

PANEL = QColor(12, 16, 21, 205)
TEXT = QColor("#E7ECF2")
SECONDARY = QColor("#B4C0CD")
_PADDING = 12
_TEXT_WIDTH = 420


def panel(size: QSize, ratio: float) -> QPixmap:
    """A transparent pixmap with a rounded dark panel."""
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(PANEL)
        painter.drawRoundedRect(QRectF(0, 0, size.width(), size.height()), 6, 6)
    return pixmap


def words_panel(words: Words, font: QFont, room: int, ratio: float) -> QPixmap:
    """Headline and text, centred, not wider than room."""
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    width = max(80, min(_TEXT_WIDTH, room - 2 * _PADDING))
    flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
    head = QFontMetrics(bold).boundingRect(QRect(0, 0, width, 1000), flags, words.headline)
    body = QFontMetrics(font).boundingRect(QRect(0, 0, width, 1000), flags, words.text) if words.text else QRect()
    gap = 4 if words.text else 0
    inner = max(head.width(), body.width()) + 2
    pixmap = panel(QSize(inner + 2 * _PADDING, head.height() + gap + body.height() + 2 * _PADDING), ratio)
    with QPainter(pixmap) as painter:
        painter.setFont(bold)
        painter.setPen(TEXT)
        painter.drawText(QRect(_PADDING, _PADDING, inner, head.height()), flags, words.headline)
        painter.setFont(font)
        painter.setPen(SECONDARY)
        painter.drawText(QRect(_PADDING, _PADDING + head.height() + gap, inner, body.height()), flags, words.text)
    return pixmap


def table_panel(rows: tuple[tuple[str, str], ...], font: QFont, ratio: float) -> QPixmap:
    """Names at the left, values in one column."""
    metrics = QFontMetrics(font)
    names = max(metrics.horizontalAdvance(name) for name, _ in rows)
    # Room for longer values, in steps, so that the panel does not tremble with every digit.
    values = max(metrics.horizontalAdvance(value) for _, value in rows)
    values = (values // 24 + 1) * 24
    height = metrics.height() + 2
    pixmap = panel(QSize(names + values + 3 * _PADDING, height * len(rows) + 2 * _PADDING), ratio)
    with QPainter(pixmap) as painter:
        painter.setFont(font)
        for number, (name, value) in enumerate(rows):
            base = _PADDING + number * height + metrics.ascent()
            painter.setPen(SECONDARY)
            painter.drawText(_PADDING, base, name)
            painter.setPen(TEXT)
            painter.drawText(2 * _PADDING + names, base, value)
    return pixmap

"""Painting of one tile. What does not change with every picture is kept as pixmaps: they cost one copy."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen, QPixmap

from app.video.frame import StreamStats
from ui.video import hud
from ui.video.drawing import BACKGROUND, DIM
from ui.video.words import Words, codec_title, loss
from ui.wall.tile import Tile

EMPTY = QColor("#161B21")
SELECTED, UNFOCUSED = QColor("#58A6F5"), QColor("#66727F")
TARGET = QColor(88, 166, 245, 70)
AMBER = QColor("#E2A33B")
_PAD = 6
_MOST = 400  # pixmaps kept; statistics change with every look


@dataclass(frozen=True, slots=True)
class Look:
    """What the whole wall is shown with."""

    captions: bool = True
    statistics: bool = False
    sound: bool = False  # of the tile that is selected


class TilePainter:
    """Remembers captions and panels by what they say."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, QPixmap] = {}

    def forget(self) -> None:
        """Another font, scale or language."""
        self._kept.clear()

    def paint(self, painter: QPainter, place: QRect, tile: Tile | None, look: Look, font: QFont, number: int) -> None:
        ratio = painter.device().devicePixelRatio()
        if tile is None:
            painter.fillRect(place, EMPTY)
            self._empty(painter, place, number, font, ratio)
            return
        painter.fillRect(place, BACKGROUND) if tile.image.isNull() else _draw(painter, place, tile.image, ratio)
        if tile.dimmed and not tile.image.isNull():
            painter.fillRect(place, DIM)
        self._words(painter, place, tile.words, font, ratio)
        if look.captions or tile.sound_words:
            self._caption(painter, place, tile, font, ratio)
        stats = tile.stats() if look.statistics else None
        if stats is not None and stats.width:
            line = self._line(statistics_line(stats), hud.TEXT, font, place.width(), ratio)
            painter.drawPixmap(place.topLeft(), line)

    def _empty(self, painter: QPainter, place: QRect, number: int, font: QFont, ratio: float) -> None:
        words = Words(_tr("Tile {}").format(number + 1), _tr("Drop a camera here, or press Enter to choose one."))
        self._words(painter, place, words, font, ratio)

    def _words(self, painter: QPainter, place: QRect, words: Words, font: QFont, ratio: float) -> None:
        """The text is left out where it does not fit under its headline."""
        if not words.headline:
            return
        room = place.width() - 8
        for said in (words, Words(words.headline)):
            key = (said, room, ratio)
            found = self._kept.get(key) or self._keep(key, hud.words_panel(said, font, room, ratio))
            size = found.deviceIndependentSize().toSize()
            if size.height() <= place.height() - 2 * _PAD or not said.text:
                break
        middle = place.center() - QPoint(size.width() // 2, size.height() // 2)
        painter.save()
        painter.setClipRect(place)
        painter.drawPixmap(middle, found)
        painter.restore()

    def _caption(self, painter: QPainter, place: QRect, tile: Tile, font: QFont, ratio: float) -> None:
        text = tile.name
        if tile.differences:
            text = _tr("{}: not as set").format(text)
        if tile.sound_words:
            text = f"{text}   {tile.sound_words}"
        line = self._line(text, AMBER if tile.differences else hud.TEXT, font, place.width(), ratio)
        height = line.deviceIndependentSize().toSize().height()
        painter.drawPixmap(place.left(), place.bottom() + 1 - height, line)

    def _line(self, text: str, colour: QColor, font: QFont, room: int, ratio: float) -> QPixmap:
        key = (text, colour.rgba(), room, ratio)
        return self._kept.get(key) or self._keep(key, _line(text, colour, font, room, ratio))

    def _keep(self, key: Hashable, pixmap: QPixmap) -> QPixmap:
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[key] = pixmap
        return pixmap


def frame(painter: QPainter, place: QRect, *, focused: bool) -> None:
    """Around the tile that the keyboard means."""
    painter.setPen(QPen(SELECTED if focused else UNFOCUSED, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place.adjusted(1, 1, -1, -1))


def statistics_line(stats: StreamStats) -> str:
    parts = [
        f"{stats.fps:.1f} fps",
        f"{stats.bitrate_kbps:,.0f} kbps".replace(",", " "),
        codec_title(stats.codec),
        f"{stats.width} × {stats.height}",
    ]
    if stats.gaps:
        parts.append(_tr("{:.2%} lost").format(loss(stats)))
    return "   ".join(parts)


def _draw(painter: QPainter, place: QRect, image: QImage, ratio: float) -> None:
    """In the middle with its aspect, pixel by pixel where the size fits."""
    size = image.size()
    wide, tall = round(place.width() * ratio), round(place.height() * ratio)
    if size.width() > wide or size.height() > tall or (size.width() < wide - 4 and size.height() < tall - 4):
        size = size.scaled(wide, tall, Qt.AspectRatioMode.KeepAspectRatio)
    shown = QRect(QPoint(0, 0), QSize(round(size.width() / ratio), round(size.height() / ratio)))
    shown.moveCenter(place.center())
    if shown != place:
        painter.fillRect(place, BACKGROUND)
    if size == image.size() and ratio == 1:
        painter.drawImage(shown.topLeft(), image)
    else:
        painter.drawImage(shown, image)


def _line(text: str, colour: QColor, font: QFont, room: int, ratio: float) -> QPixmap:
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(room - 2 * _PAD, 8))
    height = metrics.height() + 4
    size = QSize(min(metrics.horizontalAdvance(shown) + 2 * _PAD, room), height)
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(hud.PANEL)
    with QPainter(pixmap) as painter:
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(_PAD, 2 + metrics.ascent(), shown)
    return pixmap


def _tr(text: str) -> str:
    return QCoreApplication.translate("Wall", text)

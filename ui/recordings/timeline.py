"""A day of recordings: a row for each reason, the pieces as bars, a line where it plays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.model.recording import Clip
from ui.recordings.span import Span, clip_at, lanes_of, seconds_of
from ui.theme.shapes import shape_colour
from ui.theme.tokens import GRID, RADIUS, tokens

AXIS, LANE, BAR = 24, 22, 14  # heights in pixels
_LABELS = 120
_STEP = 1.25  # of one turn of the wheel
_SLIM = 3.0  # the least width of a bar that can be hit


class Timeline(QWidget):
    """picked: a piece and the moment in it where somebody clicked, or its beginning when it was chosen by key.
    current_changed: the piece that the keys are at."""

    picked = Signal(object, object)  # Clip, datetime
    current_changed = Signal(object)  # Clip

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.current: Clip | None = None
        self.position: datetime | None = None
        self._midnight = datetime.min
        self._clips: tuple[Clip, ...] = ()
        self._chosen: frozenset[Clip] = frozenset()
        self._lanes: tuple[str, ...] = ()
        self._span = Span(_LABELS, 1)
        self._grip: QPointF | None = None
        self._dragged = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Recordings of the day"))
        self.setToolTip(self.tr("Click plays. Ctrl+wheel looks closer, dragging moves, arrows go from piece to piece."))

    def sizeHint(self) -> QSize:
        return QSize(640, AXIS + max(len(self._lanes), 1) * LANE + 2 * GRID)

    # What the page does with it

    def show_day(self, midnight: datetime, clips: Sequence[Clip]) -> None:
        """Pieces in the order in which they begin."""
        self._midnight, self._clips = midnight, tuple(clips)
        self._lanes = lanes_of(self._clips)
        self._span = Span(_LABELS, max(self.width() - _LABELS - GRID, 1))
        self.current, self.position, self._chosen = None, None, frozenset()
        self.updateGeometry()
        self.update()

    def set_chosen(self, chosen: frozenset[Clip]) -> None:
        self._chosen = chosen
        self.update()

    def set_position(self, moment: datetime | None) -> None:
        self.position = moment
        self.update()

    def set_current(self, clip: Clip | None) -> None:
        """Brings it into view."""
        if clip == self.current:
            return
        self.current = clip
        if clip is not None:
            self._span = self._span.showing(self._second(clip.start), self._second(clip.end))
            self.setAccessibleDescription(f"{clip.title}, {clip.start:%H:%M:%S}")
            self.current_changed.emit(clip)
        self.update()

    # Keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        closer = {Qt.Key.Key_Plus: _STEP, Qt.Key.Key_Equal: _STEP, Qt.Key.Key_Minus: 1 / _STEP}.get(Qt.Key(event.key()))
        if step is not None:
            self._step(step)
        elif closer is not None:
            at = self._second(self.current.start) if self.current is not None else self._middle()
            self._look(self._span.zoomed(closer, at))
        elif event.key() == Qt.Key.Key_Home:
            self._look(Span(self._span.left, self._span.width))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.picked.emit(self.current, self.current.start)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = (event.angleDelta().y() or event.angleDelta().x()) / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._look(self._span.zoomed(_STEP**turns, self._span.second(event.position().x())))
        else:
            self._look(self._span.moved(-turns * self._span.length / 10))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._grip, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is None:
            return
        way = event.position().x() - self._grip.x()
        if self._dragged or abs(way) >= 6:
            self._dragged, self._grip = True, event.position()
            self._look(self._span.moved(-way / self._span.width * self._span.length))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        grip, self._grip = self._grip, None
        if grip is None or self._dragged:
            return
        clip = self._clip_under(event.position())
        if clip is not None:
            self.set_current(clip)
            moment = self._midnight + timedelta(seconds=self._span.second(event.position().x()))
            self.picked.emit(clip, min(max(moment, clip.start), clip.end - timedelta(seconds=1)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._span = self._span.laid(_LABELS, self.width() - _LABELS - GRID)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self.update()

    def _step(self, by: int) -> None:
        """To the piece before or behind, whatever its row."""
        if not self._clips:
            return
        at = self._clips.index(self.current) + by if self.current in self._clips else (0 if by > 0 else -1)
        self.set_current(self._clips[min(max(at, -1), len(self._clips) - 1)])

    def _look(self, span: Span) -> None:
        self._span = span
        self.update()

    def _middle(self) -> float:
        return self._span.start + self._span.length / 2

    def _second(self, moment: datetime) -> float:
        return seconds_of(moment, self._midnight)

    def _clip_under(self, place: QPointF) -> Clip | None:
        row = int((place.y() - AXIS) // LANE)
        if not 0 <= row < len(self._lanes) or place.x() < _LABELS:
            return None
        moment = self._midnight + timedelta(seconds=self._span.second(place.x()))
        inside = clip_at(self._clips, self._lanes[row], moment)
        if inside is not None:
            return inside
        # A bar that is drawn wider than it is can be hit as it is seen.
        own = (clip for clip in self._clips if clip.title == self._lanes[row])
        return next((clip for clip in own if self._bar(clip, row).contains(place)), None)

    # Painting

    def _bar(self, clip: Clip, row: int) -> QRectF:
        left, right = self._span.x(self._second(clip.start)), self._span.x(self._second(clip.end))
        top = AXIS + row * LANE + (LANE - BAR) / 2
        return QRectF(left, top, max(right - left, _SLIM), BAR)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            colours = tokens()
            painter.fillRect(self.rect(), QColor(colours.surface))
            self._paint_axis(painter)
            rows = {title: row for row, title in enumerate(self._lanes)}
            painter.save()
            painter.setClipRect(QRectF(_LABELS, 0, self._span.width + 1, self.height()))
            for clip in self._clips:
                self._paint_bar(painter, clip, self._bar(clip, rows[clip.title]))
            if self.position is not None:
                x = self._span.x(self._second(self.position))
                painter.setPen(QPen(QColor(colours.accent), 2))
                painter.drawLine(QPointF(x, AXIS - 6), QPointF(x, AXIS + len(self._lanes) * LANE))
            painter.restore()
            self._paint_labels(painter)
            if self.hasFocus():
                painter.setPen(QPen(QColor(colours.accent), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)

    def _paint_axis(self, painter: QPainter) -> None:
        colours = tokens()
        metrics = QFontMetrics(painter.font())
        for second, text in self._span.marks():
            x = self._span.x(second)
            painter.setPen(QColor(colours.divider))
            painter.drawLine(QPointF(x, AXIS - 4), QPointF(x, AXIS + max(len(self._lanes), 1) * LANE))
            painter.setPen(QColor(colours.secondary))
            wide = metrics.horizontalAdvance(text)
            left = min(max(x - wide / 2, _LABELS - wide / 2), self.width() - wide - 2)
            painter.drawText(QPointF(left, AXIS - 9), text)

    def _paint_bar(self, painter: QPainter, clip: Clip, bar: QRectF) -> None:
        colours = tokens()
        colour = QColor(colours.secondary if clip.purpose is None else shape_colour(clip.purpose))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(bar, 2, 2)
        if clip in self._chosen:
            painter.setBrush(QColor(colours.text))
            painter.drawRect(QRectF(bar.left(), bar.bottom() + 1, bar.width(), 2))
        if clip == self.current:
            painter.setPen(QPen(QColor(colours.text), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(bar.adjusted(-2, -2, 2, 2), 3, 3)

    def _paint_labels(self, painter: QPainter) -> None:
        colours = tokens()
        metrics = QFontMetrics(painter.font())
        for row, title in enumerate(self._lanes):
            painter.setPen(QColor(colours.text))
            text = metrics.elidedText(title, Qt.TextElideMode.ElideRight, _LABELS - 16)
            place = QRectF(8, AXIS + row * LANE, _LABELS - 16, LANE)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

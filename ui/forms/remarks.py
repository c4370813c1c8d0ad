"""The lines under an editor: wrapped to the room there is, each with the sign of its role."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter

from ui.forms.row_words import Remark
from ui.forms.signs import paint_mark
from ui.forms.words import lines_of
from ui.theme import tokens

LINE, SIGN, GAP_BELOW = 18, 18, 4  # height of a line, width of its sign
MOST_LINES = 3  # of one remark; the tooltip has all of it


class RemarkLines:
    """Remarks and how many lines each takes in a room of some width."""

    def __init__(self) -> None:
        self.remarks: tuple[Remark, ...] = ()
        self._lines: tuple[int, ...] = ()

    def put(self, remarks: tuple[Remark, ...], width: int, metrics: QFontMetrics) -> bool:
        """True when they take another height now."""
        self.remarks, before = remarks, self._lines
        room = width - SIGN
        self._lines = tuple(min(lines_of(remark.text, room, metrics), MOST_LINES) for remark in remarks)
        return self._lines != before

    @property
    def height(self) -> int:
        return LINE * sum(self._lines) + (GAP_BELOW if self._lines else 0)

    def paint(self, painter: QPainter, left: int, top: int, width: int) -> None:
        for remark, lines in zip(self.remarks, self._lines, strict=True):
            colour = QColor(getattr(tokens(), remark.role))
            paint_mark(painter, QPoint(left + 6, top + LINE // 2), remark.role, colour)
            painter.setPen(colour)
            room = QRect(left + SIGN, top, max(0, width - SIGN), LINE * lines)
            text = remark.text
            if lines == MOST_LINES:
                elided = Qt.TextElideMode.ElideRight
                text = painter.fontMetrics().elidedText(text, elided, room.width() * lines)
            centred = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(room, centred | Qt.TextFlag.TextWordWrap, text)
            top += LINE * lines

"""Small helpers for texts: plurals of the source language, and a label that shortens instead of pushing."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

ROOM = 40  # pixels; less is none


def counted(text: str, count: int) -> str:
    """A text that `tr` has put count into. Only the untranslated one still has "(s)": a translation file brings
    its own plural forms."""
    return text.replace("(s)", "" if count == 1 else "s")


def lines_of(text: str, width: int, metrics: QFontMetrics) -> int:
    """How many lines a text takes when it is wrapped at words; 1 where there is no room to speak of."""
    if width < ROOM or metrics.horizontalAdvance(text) <= width:
        return 1
    around = metrics.boundingRect(QRect(0, 0, width, 10_000), Qt.TextFlag.TextWordWrap, text)
    return max(1, round(around.height() / metrics.lineSpacing()))


class ElidedLabel(QLabel):
    """One line that is cut with "…" where there is no room; the tooltip then has the whole text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = ""  # a line more for the tooltip
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
            whole = self.text() if shown != self.text() else ""
            self.setToolTip("\n".join(filter(None, (whole, self.note))))
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

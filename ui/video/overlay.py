"""What lies over one picture: words, figures, how close one looks. Kept as pixmaps until they say something else."""

from __future__ import annotations

from PySide6.QtGui import QFont, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from ui.video import hud
from ui.video.words import Words

_MARGIN = 12
_TOP = 16


class Overlay:
    """Painted by its view last of all. `forget` after a change of font, language or scale."""

    def __init__(self, view: QWidget) -> None:
        self.words = Words()
        self._view = view
        self._words_panel: QPixmap | None = None
        self._table_panel: QPixmap | None = None
        self._zoom_text = ""
        self._zoom_panel = QPixmap()

    def say(self, words: Words) -> bool:
        """True where that is something new."""
        if words == self.words:
            return False
        self.words, self._words_panel = words, None
        return True

    def show_table(self, rows: tuple[tuple[str, str], ...]) -> None:
        font = QFont(self._view.font())
        font.setFeature(QFont.Tag.fromString("tnum"), 1)
        self._table_panel = hud.table_panel(rows, font, self._view.devicePixelRatioF())

    def resized(self) -> None:
        self._words_panel = None

    def forget(self) -> None:
        self._words_panel = self._table_panel = None
        self._zoom_text = ""

    def paint_table(self, painter: QPainter) -> None:
        if self._table_panel is not None:
            painter.drawPixmap(_MARGIN, _MARGIN, self._table_panel)

    def paint_words(self, painter: QPainter, *, centre: bool) -> None:
        if not self.words.headline:
            return
        view = self._view
        if self._words_panel is None:
            self._words_panel = hud.words_panel(
                self.words, view.font(), view.width() - 2 * _TOP, view.devicePixelRatioF()
            )
        size = self._words_panel.deviceIndependentSize().toSize()
        top = (view.height() - size.height()) // 2 if centre else _TOP
        painter.drawPixmap((view.width() - size.width()) // 2, max(0, top), self._words_panel)

    def paint_zoom(self, painter: QPainter, text: str) -> None:
        if text != self._zoom_text:
            self._zoom_text = text
            self._zoom_panel = hud.words_panel(Words(text), self._view.font(), 120, self._view.devicePixelRatioF())
        wide = round(self._zoom_panel.deviceIndependentSize().width())
        painter.drawPixmap(self._view.width() - wide - _MARGIN, _MARGIN, self._zoom_panel)

"""The title of a section, which folds it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from ui.forms.row import GAP
from ui.theme import tokens

HEADER = 40


class SectionHeader(QAbstractButton):
    """Click, Space, Return, Left and Right fold and unfold; the form decides what that means."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(title)
        self.folded = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_folded(False)

    def show_title(self, title: str) -> None:
        if title != self.text():
            self.setText(title)
            self.show_folded(self.folded)

    def show_folded(self, folded: bool) -> None:
        self.folded = folded
        state = "{}, folded" if folded else "{}, section"
        self.setAccessibleName(QCoreApplication.translate("Form", state).format(self.text()))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        fold = {Qt.Key.Key_Left: True, Qt.Key.Key_Right: False}.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or (fold is not None and fold != self.folded):
            self.click()
        elif fold is None:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        colours = tokens()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            font = QFont(self.font())
            font.setWeight(QFont.Weight.DemiBold)
            painter.setFont(font)
            painter.setPen(QColor(colours.secondary))
            pen = painter.pen()
            pen.setWidthF(1.5)
            painter.setPen(pen)
            middle = self.height() // 2 + 4
            if self.folded:
                painter.drawPolyline(
                    [QPoint(GAP + 3, middle - 4), QPoint(GAP + 7, middle), QPoint(GAP + 3, middle + 4)]
                )
            else:
                painter.drawPolyline(
                    [QPoint(GAP + 1, middle - 2), QPoint(GAP + 5, middle + 2), QPoint(GAP + 9, middle - 2)]
                )
            painter.setPen(QColor(colours.text))
            room = QRect(GAP + 18, 8, self.width() - 2 * GAP - 18, self.height() - 8)
            shown = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QColor(colours.divider))
            painter.drawLine(GAP, self.height() - 1, self.width() - GAP, self.height() - 1)
            if self.hasFocus():
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                pen.setColor(QColor(colours.accent))
                painter.setPen(pen)
                painter.drawRoundedRect(QRect(GAP - 5, 9, self.width() - 2 * GAP + 10, self.height() - 13), 4, 4)

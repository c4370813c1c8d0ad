"""On or off."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.errors import InvalidSetting
from app.settings import values
from app.settings.spec import Spec
from ui.theme import tokens


class SwitchEditor(QAbstractButton):
    """In the device's own spelling. A text that is neither on nor off is shown beside it until it is switched."""

    user_edited = Signal(str)
    TRACK = QSize(36, 20)

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self._held = ""
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._clicked)

    def show_text(self, text: str, held: str) -> None:
        self._held = held
        self.setChecked(self._is_on(text))
        self.setText(values.display(text, self.spec))
        self.update()

    def wanted_width(self) -> int:
        return self.sizeHint().width()

    def _is_on(self, text: str) -> bool:
        try:
            return values.parse(text, self.spec) is True
        except InvalidSetting:
            return False

    def _clicked(self, on: bool) -> None:
        # Spelt like what the device holds, so that switching twice is no change at all.
        text = values.format_value(on, self.spec, like=self._held)
        self.show_text(text, self._held)
        self.user_edited.emit(text)

    def sizeHint(self) -> QSize:
        widest = max(self.fontMetrics().horizontalAdvance(text) for text in (self.text(), "Off"))
        return QSize(self.TRACK.width() + 8 + widest + 8, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        colours = tokens()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            top = (self.height() - self.TRACK.height()) / 2
            track = QRectF(2, top, self.TRACK.width() - 2, self.TRACK.height())
            on = self.isChecked()
            painter.setPen(QColor(colours.accent if on else colours.input_border))
            painter.setBrush(QColor(colours.accent if on else colours.surface))
            painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), 9.5, 9.5)
            centre = QPointF(track.right() - 10 if on else track.left() + 10, track.center().y())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.on_accent if on else colours.secondary))
            painter.drawEllipse(centre, 6, 6)
            if self.hasFocus():
                painter.setPen(QColor(colours.accent))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(track.adjusted(-1.5, -1.5, 1.5, 1.5), 11.5, 11.5)
                painter.drawRoundedRect(track.adjusted(-2, -2, 2, 2), 12, 12)
            painter.setPen(QColor(colours.text if self.isEnabled() else colours.disabled))
            text_box = QRectF(track.right() + 10, 0, self.width() - track.right() - 8, self.height())
            painter.drawText(text_box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())

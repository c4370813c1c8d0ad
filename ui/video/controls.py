"""The picture's tool bar: comes with the mouse or a key, leaves by itself, never while it is in use."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QPropertyAnimation, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGraphicsOpacityEffect, QHBoxLayout, QToolButton, QWidget

SHOWN_FOR = 2500  # milliseconds after the last move
FADE = 150

# On the picture the bar is dark in both themes, as what it lies on is.
_STYLE = """
QToolButton { color: #E7ECF2; background: transparent; border: 1px solid transparent; border-radius: 4px;
              padding: 4px 10px; min-height: 20px; }
QToolButton:hover { background: rgba(255, 255, 255, 28); }
QToolButton:pressed { background: rgba(255, 255, 255, 48); }
QToolButton:checked { background: #0A63C2; color: #FFFFFF; }
QToolButton:focus { border-color: #58A6F5; }
"""


class Controls(QWidget):
    """What can be done with the picture. The view connects the buttons; zoom is hidden where nobody provides it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setStyleSheet(_STYLE)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        self.freeze = self._button(self.tr("Freeze"), self.tr("Hold the picture (Space)"), checkable=True)
        self.statistics = self._button(self.tr("Statistics"), self.tr("Show what the stream does (I)"), checkable=True)
        self.snapshot = self._button(self.tr("Snapshot"), self.tr("Save the picture to a file (Ctrl+S)"))
        self.rotate = self._button(self.tr("Rotate"), self.tr("Turn the picture by a quarter (R)"))
        self.zoom = self._button(self.tr("Zoom"), self.tr("Wheel and drag look closer (Z)"), checkable=True)
        self.full = self._button(self.tr("Full screen"), self.tr("The picture alone (F)"))
        for button in (self.freeze, self.statistics, self.zoom, self.rotate, self.full, self.snapshot):
            layout.addWidget(button)
        self._effect = QGraphicsOpacityEffect(self)
        self._effect.setOpacity(0)
        self.setGraphicsEffect(self._effect)
        self._fade = QPropertyAnimation(self._effect, b"opacity", self)
        self._fade.setDuration(FADE)
        self._fade.setEasingCurve(QEasingCurve.Type.OutQuad)
        self._fade.finished.connect(self._faded)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_FOR)
        self._timer.timeout.connect(self.rest)
        self.hide()

    def _button(self, text: str, tip: str, *, checkable: bool = False) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        button.setAccessibleDescription(tip)
        button.setCheckable(checkable)
        return button

    def place(self) -> None:
        """At the lower edge of the picture, in the middle; in a narrow one without what a key does as well."""
        parent = self.parentWidget()
        spare = (self.full, self.rotate, self.zoom)
        for button in spare:
            button.setVisible(True)
        for button in spare:
            if self.sizeHint().width() > parent.width():
                button.setVisible(False)
                self.layout().activate()
        self.adjustSize()
        self.move(max(0, (parent.width() - self.width()) // 2), max(0, parent.height() - self.height() - 12))

    def wake(self) -> None:
        self._timer.start()
        if not self.isVisible():
            self.place()
            self.show()
        self._fade_to(1.0)

    def rest(self) -> None:
        """Leaves, unless the mouse or the keyboard is on it."""
        if self.underMouse() or self.isAncestorOf(self.window().focusWidget() or self.parentWidget()):
            self._timer.start()
            return
        self._fade_to(0.0)

    def _fade_to(self, opacity: float) -> None:
        if self._fade.endValue() == opacity and (self._fade.state() == self._fade.State.Running):
            return
        if self._effect.opacity() == opacity:
            self._faded()
            return
        self._effect.setEnabled(True)
        self._fade.stop()
        self._fade.setStartValue(self._effect.opacity())
        self._fade.setEndValue(opacity)
        self._fade.start()

    def _faded(self) -> None:
        # A graphics effect over live video costs a pixmap for every frame: only while it fades.
        if self._effect.opacity() == 0:
            self.hide()
        else:
            self._effect.setEnabled(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(12, 16, 21, 205))
            painter.drawRoundedRect(self.rect(), 6, 6)

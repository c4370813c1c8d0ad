"""Mute, volume and level of a stream's sound."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QToolButton, QWidget

_FLOOR = -60.0  # dBFS at the left end of the meter
_LOUD = -6.0  # dBFS: from here it may soon be distorted


class Meter(QWidget):
    """The peak on a scale of decibels. Falls slowly, so that it can be read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = 0.0  # 0..1 of the width
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Sound level"))

    def sizeHint(self) -> QSize:
        return QSize(64, 8)

    def set_level(self, level: float) -> None:
        """0.0 to 1.0, linear."""
        now = place(level)
        shown = max(now, self._shown - 0.15)
        if abs(shown - self._shown) > 0.005:
            self._shown = shown
            self.setAccessibleDescription(self.tr("{} percent").format(round(shown * 100)))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            frame = QRectF(self.rect())
            painter.setBrush(QColor(128, 128, 128, 70))
            painter.drawRoundedRect(frame, 3, 3)
            loud = self._shown > 1 + _LOUD / -_FLOOR
            painter.setBrush(QColor("#E2A33B") if loud else QColor("#3FA55B"))
            frame.setWidth(frame.width() * self._shown)
            painter.drawRoundedRect(frame, 3, 3)


def place(level: float) -> float:
    """Where a peak stands on the meter, 0.0 to 1.0."""
    if level <= 0:
        return 0.0
    return min(max(1 - 20 * math.log10(level) / _FLOOR, 0.0), 1.0)


class SoundBar(QWidget):
    """Emits changed(muted, volume 0..1)."""

    changed = Signal(bool, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QToolButton()
        self.button.setCheckable(True)
        self.button.setText(self.tr("Sound"))
        self.button.setToolTip(self.tr("Hear the camera (M)"))
        self.button.setAccessibleName(self.tr("Sound"))
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self.volume.setRange(0, 100)
        self.volume.setValue(80)
        self.volume.setFixedWidth(72)
        self.volume.setAccessibleName(self.tr("Volume"))
        self.meter = Meter()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.button, self.volume, self.meter):
            layout.addWidget(widget)
        self.volume.setEnabled(False)
        self.button.toggled.connect(self._told)
        self.volume.valueChanged.connect(self._told)

    @property
    def muted(self) -> bool:
        return not self.button.isChecked()

    def _told(self) -> None:
        self.volume.setEnabled(not self.muted)
        self.changed.emit(self.muted, self.volume.value() / 100)

    def tell(self) -> None:
        """To a new player."""
        self._told()

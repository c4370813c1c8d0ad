"""A picture that was taken at some moment, in whatever room there is. It is decoded elsewhere than in the window's
thread, and no larger than a screen shows it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from ui.video.drawing import decode_still

MOST = QSize(1280, 1280)  # pixels that are kept; scaling a larger picture at each resize would be felt

Start = Callable[[Coroutine[Any, Any, None]], object]


class StillLabel(QLabel):
    """start makes a task of a coroutine and ends it with the page."""

    def __init__(self, start: Start) -> None:
        super().__init__()
        self._start = start
        self._picture = QPixmap()
        self._jpeg: bytes | None = None  # that is shown, or about to be
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumHeight(120)
        self.setProperty("role", "secondary")

    def show_picture(self, jpeg: bytes) -> None:
        """Blank until it is decoded: another moment's picture must not stand in for this one's."""
        if jpeg is self._jpeg:
            return
        self.show_words("")
        self._jpeg = jpeg
        self._start(self._decode(jpeg))

    def show_words(self, text: str) -> None:
        self._jpeg, self._picture = None, QPixmap()
        self.clear()  # no text in the place of no text would leave the picture there
        self.setText(text)

    async def _decode(self, jpeg: bytes) -> None:
        image = await asyncio.to_thread(_reduced, jpeg)
        if jpeg is not self._jpeg:
            return
        if image.isNull():
            self.setText(self.tr("The camera's picture cannot be read."))
            return
        self._picture = QPixmap.fromImage(image)
        self._fit()

    def _fit(self) -> None:
        if not self._picture.isNull():
            ratio = self.devicePixelRatioF()
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            scaled = self._picture.scaled(self.size() * ratio, keep, smooth)
            scaled.setDevicePixelRatio(ratio)
            self.setPixmap(scaled)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _reduced(jpeg: bytes) -> QImage:
    image = decode_still(jpeg)
    if image.width() <= MOST.width() and image.height() <= MOST.height():
        return image
    return image.scaled(MOST, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)

"""Digital zoom and pan of the live picture, by mouse and keys. The camera itself does not move."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent

from app.model.geometry import Point
from ui.video.lens import Lens
from ui.video.view import VideoView

STEP = 1.25  # times larger with one click of the wheel or one press of the key
NUDGE = 0.1  # of the view, for one press of an arrow


class Looker(QObject):
    """The wheel zooms with Ctrl held, and a drag pans while something lies outside the view. In its mode (`set_mode`)
    wheel and drag are its own, also where they would move the camera."""

    mode_changed = Signal(bool)

    def __init__(self, view: VideoView) -> None:
        super().__init__(view)
        self._view = view
        self._from: QPointF | None = None
        view.installEventFilter(self)

    @property
    def mode(self) -> bool:
        return self._view.hand_is_lens

    def set_mode(self, on: bool) -> None:
        self._view.hand_is_lens = on
        self._from = None
        self._show_hand()
        self.mode_changed.emit(on)

    def zoom(self, factor: float, at: Point | None = None) -> None:
        """Around a place of the picture, else around the middle of what is seen."""
        view, lens = self._view, self._view.lens
        view.look(lens.zoomed(factor, at or Point(lens.x, lens.y), view.fit_size, self._room))
        self._show_hand()

    def pan(self, dx: float, dy: float) -> None:
        """By pixels of the screen: the picture follows."""
        self._view.look(self._view.lens.moved(dx, dy, self._view.fit_size, self._room))

    def nudge(self, across: int, down: int) -> None:
        """By steps, towards that side of the picture."""
        self.pan(-across * NUDGE * self._view.width(), -down * NUDGE * self._view.height())

    def fit(self) -> None:
        """The whole picture again."""
        self._view.look(Lens())
        self._show_hand()

    @property
    def _room(self) -> tuple[float, float]:
        return self._view.width(), self._view.height()

    def _show_hand(self) -> None:
        if self._view.hand_is_lens or self._view.lens.zoom > 1:
            self._view.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self._view.unsetCursor()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QWheelEvent):
            return self._wheeled(event)
        if isinstance(event, QMouseEvent):
            return self._mouse(event)
        if event.type() == QEvent.Type.Resize:
            self._view.look(self._view.lens.settled(self._view.fit_size, self._room))
        elif event.type() in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            self._from = None
        return False

    def _wheeled(self, event: QWheelEvent) -> bool:
        turn = event.angleDelta().y() / 120
        if not turn or not (self.mode or event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            return False
        picture, at = self._view.picture, event.position()
        across, down = (at.x() - picture.x()) / picture.width(), (at.y() - picture.y()) / picture.height()
        self.zoom(STEP**turn, Point(min(max(across, 0.0), 1.0), min(max(down, 0.0), 1.0)))
        return True

    def _mouse(self, event: QMouseEvent) -> bool:
        kind, at = event.type(), event.position()
        pans = (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton)
        if kind == QEvent.Type.MouseButtonPress and event.button() in pans and self._view.lens.zoom > 1:
            self._from = at
            self._view.setFocus()
            self._view.setCursor(Qt.CursorShape.ClosedHandCursor)
            return True
        if self._from is None:
            return False
        if kind == QEvent.Type.MouseMove:
            self.pan(at.x() - self._from.x(), at.y() - self._from.y())
            self._from = at
        elif kind == QEvent.Type.MouseButtonRelease:
            self._from = None
            self._show_hand()
        return True

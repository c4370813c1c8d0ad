"""Hands on the picture: joystick, arrow keys, wheel, click and box. Lies over the view and draws what goes on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.model.ptz import STILL, PtzPosition, Velocity
from app.ptz import Motion, Phase
from ui.ptz.compass import BAD, LINE, UNDER, draw_compass
from ui.ptz.hands import FAST, MOVING, NUMBERS, SLOW, Key, Mode, by_keys, by_stick, turned
from ui.ptz.host import PtzHost
from ui.video.view import VideoView

SIGN_OF_LIFE = 100  # milliseconds
WHEEL_FOR = 220  # milliseconds of zoom for one click of the wheel
REACH = 110.0  # pixels from rest to full speed


class PtzOverlay(QWidget):
    """Watches the view's input while it is on. Whatever takes the hands away from the picture is a release."""

    preset_called = Signal(int)
    preset_wanted = Signal(int)  # to be set here
    centre_wanted = Signal(float, float)
    box_wanted = Signal(float, float, float, float)
    left = Signal()  # Esc
    toggled = Signal()  # P

    def __init__(self, view: VideoView, host: PtzHost) -> None:
        super().__init__(view)
        self.mode = Mode.JOYSTICK
        self.steered = STILL
        self._view, self._host = view, host
        self._on = False
        self._held: set[Key] = set()
        self._fast = False
        self._from: QPointF | None = None
        self._at = QPointF()
        self._motion = Motion()
        self._place = PtzPosition()
        self._came_from: PtzPosition | None = None  # while it is under way, whoever sent it
        self._wide: float | None = None
        self._wheel = QTimer(self, singleShot=True, interval=WHEEL_FOR)
        self._wheel.timeout.connect(self.let_go)
        self._life = QTimer(self, interval=SIGN_OF_LIFE)
        self._life.timeout.connect(self._still_there)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(view.rect())
        self.lower()
        view.installEventFilter(self)
        view.window().installEventFilter(self)
        self._window = view.window()
        host.motion.connect(self._moves)
        self.show()

    @property
    def is_on(self) -> bool:
        """Arrows and mouse move the camera."""
        return self._on

    def set_on(self, on: bool) -> None:
        self._on = on
        if not on:
            self.let_go()
        self._view.setCursor(Qt.CursorShape.CrossCursor if on else Qt.CursorShape.ArrowCursor)
        self.update()

    def steer(self, velocity: Velocity) -> None:
        """For the buttons beside the picture as well; the sign of life goes on until `let_go`."""
        self.steered = velocity
        self._host.steer(turned(velocity, self._view.rotation))
        if velocity.is_zero:
            self._life.stop()
        elif not self._life.isActive():
            self._life.start()
        self.update()

    def let_go(self) -> None:
        """A release, whatever was held."""
        self._held.clear()
        self._from = None
        self._wheel.stop()
        if not self.steered.is_zero:
            self.steer(STILL)
        self.update()

    def _still_there(self) -> None:
        # The window may have lost its focus without a word: then nobody holds anything any more.
        if self._view.isVisible() and self._view.window().isActiveWindow():
            self._host.renew()
        else:
            self.let_go()

    def show_position(self, position: PtzPosition, wide: float | None) -> None:
        """wide: degrees of the picture's width, None where the camera does not say."""
        before, self._place, wide_before, self._wide = self._place, position, self._wide, wide
        if before == PtzPosition() or not position.differs(before):
            moved, self._came_from = self._came_from is not None, None
        else:
            moved, self._came_from = True, self._came_from or before
        if moved or wide != wide_before or position != before:
            self.update()

    @property
    def is_under_way(self) -> bool:
        """The last two looks saw different places."""
        return self._came_from is not None

    def _moves(self, motion: Motion) -> None:
        self._motion = motion
        self.update()

    # Input of the view

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._window and watched is not self._view:
            if kind in (QEvent.Type.WindowDeactivate, QEvent.Type.Close, QEvent.Type.Hide):
                self.let_go()
            return False
        if kind == QEvent.Type.Resize:
            self.setGeometry(self._view.rect())
        elif kind in (QEvent.Type.FocusOut, QEvent.Type.Hide, QEvent.Type.WindowDeactivate):
            self.let_go()
        elif isinstance(event, QKeyEvent):
            return self._key(event)
        elif self._on and isinstance(event, QWheelEvent):
            return self._wheeled(event)
        elif self._on and isinstance(event, QMouseEvent):
            return self._mouse(event)
        return False

    def _key(self, event: QKeyEvent) -> bool:
        key = Key(event.key())
        pressed = event.type() == QEvent.Type.KeyPress
        if event.type() not in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            return False
        if key == Key.Key_P and pressed and not event.isAutoRepeat() and not event.modifiers():
            self.toggled.emit()
            return True
        if not self._on:
            return False
        if key == Key.Key_Shift:
            self._fast = pressed
            self._by_keys()
            return False
        if key in MOVING:
            self._hold(key, event, pressed=pressed)
        elif key in NUMBERS and pressed:
            self._call(NUMBERS[key], event)
        elif key == Key.Key_Escape and pressed:
            self._stop()
        else:
            return False
        return True

    def _hold(self, key: Key, event: QKeyEvent, *, pressed: bool) -> None:
        if event.isAutoRepeat():
            return
        (self._held.add if pressed else self._held.discard)(key)
        self._fast = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._by_keys()

    def _call(self, preset: int, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            (self.preset_wanted if control else self.preset_called).emit(preset)

    def _stop(self) -> None:
        self.let_go()
        self._host.halt()
        self.left.emit()

    def _by_keys(self) -> None:
        wanted = by_keys(self._held, self._fast)
        if wanted != self.steered:
            self.steer(wanted)

    def _wheeled(self, event: QWheelEvent) -> bool:
        if self._view.hand_is_lens or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False  # digital zoom
        turn = event.angleDelta().y()
        if turn:
            size = FAST if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 2 * SLOW
            self.steer(Velocity(zoom=size if turn > 0 else -size))
            self._wheel.start()
        return True

    def _mouse(self, event: QMouseEvent) -> bool:
        kind, at = event.type(), event.position()
        if self._view.hand_is_lens and self._from is None:
            return False
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._view.setFocus()
            self._from = self._at = at
        elif kind == QEvent.Type.MouseMove and self._from is not None:
            self._at = at
            if self.mode is Mode.JOYSTICK:
                drag = at - self._from
                wanted = by_stick(drag.x(), drag.y(), REACH)
                if wanted != self.steered:  # a hand that only rests there does not end what the camera does by itself
                    self.steer(wanted)
        elif kind == QEvent.Type.MouseButtonRelease and self._from is not None:
            self._released(self._from, at)
        else:
            return False
        self.update()
        return kind != QEvent.Type.MouseMove

    def _released(self, start: QPointF, end: QPointF) -> None:
        if self.mode is Mode.JOYSTICK:
            self.let_go()
            return
        self._from = None
        first, last = self._view.part_at(start.x(), start.y()), self._view.part_at(end.x(), end.y())
        if self.mode is Mode.CENTRE:
            self.centre_wanted.emit(*last)
        elif (end - start).manhattanLength() > 12:
            self._box(first, last, widens=end.x() < start.x())

    def _box(self, first: tuple[float, float], last: tuple[float, float], *, widens: bool) -> None:
        """Which way it was dragged on the screen decides, whatever way the picture is turned."""
        (left, right), (top, bottom) = (sorted(pair) for pair in zip(first, last, strict=True))
        self.box_wanted.emit(*((right, top, left, bottom) if widens else (left, top, right, bottom)))

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._on and self._motion.phase is Phase.IDLE and self._came_from is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._place != PtzPosition():
                draw_compass(painter, self.rect(), self._place, self._wide, self._came_from)
            if self._on and self._from is not None:
                self._draw_hand(painter, self._from)
            elif not self.steered.is_zero or self._motion.phase is not Phase.IDLE:
                self._draw_arrow(painter)

    def _draw_hand(self, painter: QPainter, start: QPointF) -> None:
        for pen in (QPen(UNDER, 4), QPen(LINE, 2)):
            painter.setPen(pen)
            if self.mode is Mode.BOX:
                painter.drawRect(QRectF(start, self._at).normalized())
            elif self.mode is Mode.JOYSTICK:
                painter.drawEllipse(start, REACH, REACH)
                painter.drawLine(start, self._at)
                painter.drawEllipse(self._at, 9, 9)

    def _draw_arrow(self, painter: QPainter) -> None:
        """Where the camera is being moved, from the middle of the picture."""
        middle = QPointF(self.width() / 2, self.height() / 2)
        bad = self._motion.phase in (Phase.UNREACHABLE, Phase.RUNAWAY)
        moved = turned(self._motion.velocity, -self._view.rotation)
        tip = middle + QPointF(moved.pan, -moved.tilt) * 80
        for pen in (QPen(UNDER, 4), QPen(BAD if bad else LINE, 2)):
            painter.setPen(pen)
            painter.drawEllipse(middle, 12 * (1 + moved.zoom / 2), 12 * (1 + moved.zoom / 2))
            if moved.pan or moved.tilt:
                painter.drawLine(middle, tip)
                painter.drawEllipse(tip, 4, 4)

"""The picture of one stream: the newest frame 1:1, words over it when it is not live, controls when wanted."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.video.frame import StreamPhase, StreamStats, StreamStatus
from ui.video.controls import Controls
from ui.video.drawing import DIM, decode_still, draw_part, draw_whole, fill_around, place
from ui.video.held import Held
from ui.video.inlet import Inlet
from ui.video.lens import Lens
from ui.video.overlay import Overlay
from ui.video.rate import PaintRate
from ui.video.words import Words, is_dimmed, statistics, status_words

TICK = 500  # milliseconds between two looks at statistics and clocks


class VideoView(QWidget):
    """attach() gives the inlet for one player; the next attach() cuts off the one before.

    `area_changed` says the size in device pixels that pictures should have: 0, 0 while nothing can be seen.
    """

    area_changed = Signal(int, int)
    snapshot_wanted = Signal()
    frozen_changed = Signal(bool)
    full_screen_wanted = Signal()
    opened = Signal()  # double click or Enter
    status_changed = Signal(object)  # StreamStatus

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.status: StreamStatus | None = None
        self._name = name
        self._inlet: Inlet | None = None
        self._held = Held()
        self._frozen = False
        self._statistics_on = False
        self._statistics: Callable[[], StreamStats] | None = None
        self._waiting_text = ""
        self._overlay = Overlay(self)
        self._unpainted = False
        self._rate = PaintRate()
        self._lens = Lens()
        self.hand_is_lens = False  # wheel and drag move the lens, never the camera
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 90)
        self.has_controls = True  # the bar that comes with the mouse; False where something else has the picture
        self.controls = Controls(self)
        self.controls.freeze.clicked.connect(self.set_frozen)
        self.controls.statistics.clicked.connect(self.set_statistics_shown)
        self.controls.snapshot.clicked.connect(self.snapshot_wanted)
        self.controls.rotate.clicked.connect(lambda: self.set_rotation(self.rotation + 90))
        self.controls.full.clicked.connect(self.full_screen_wanted)
        self._ticker = QTimer(self)
        self._ticker.setInterval(TICK)
        self._ticker.timeout.connect(self._tick)
        self._keys = self._key_table()
        self._say()

    def sizeHint(self) -> QSize:
        return QSize(640, 360)

    # What the page does with it

    def attach(self, statistics_of: Callable[[], StreamStats] | None = None) -> Inlet:
        """A new way in, for one player. The picture that is there stays, dimmed, until the first new one."""
        self.detach()
        inlet = Inlet()
        inlet.ready.connect(self._take, Qt.ConnectionType.QueuedConnection)
        inlet.status.connect(self._set_status, Qt.ConnectionType.QueuedConnection)
        self._inlet = inlet
        self._statistics = statistics_of
        return inlet

    def detach(self) -> None:
        """Nothing more comes from the player before. The picture stays."""
        if self._inlet is not None:
            self._inlet.ready.disconnect(self._take)
            self._inlet.status.disconnect(self._set_status)
            self._inlet = None
        self._statistics = None

    def explain_waiting(self, text: str) -> None:
        """What stands under the words while no key frame came."""
        self._waiting_text = text
        self._say()

    def show_statistics_of(self, source: Callable[[], StreamStats]) -> None:
        self._statistics = source
        self._tick()

    def clear(self) -> None:
        """Forgets every picture: another camera's or stream's must not stand in for this one's."""
        self._held.clear()
        self.set_frozen(False)
        self.update()

    def set_still(self, picture: bytes | QImage) -> None:
        """A snapshot to be shown, dimmed, until the first frame. Bytes are decoded here: better give an image."""
        self._held.put_still(decode_still(picture) if isinstance(picture, bytes) else picture)
        self.update()

    def show_picture(self, image: QImage) -> None:
        """A picture that stands for itself, not for a stream that is to come: it is neither dimmed nor explained."""
        self.detach()
        self._held.put(image)
        self.status = None
        self._say()
        self.update()

    def show_status(self, status: StreamStatus) -> None:
        """For what goes wrong before there is a player."""
        self._set_status(status)

    @property
    def image(self) -> QImage:
        """What is shown, without words. A copy."""
        return self._held.image.copy()

    @property
    def painted(self) -> int:
        """Frames that reached the screen."""
        return self._rate.painted

    @property
    def words(self) -> Words:
        """What stands over the picture."""
        return self._overlay.words

    @property
    def is_frozen(self) -> bool:
        return self._frozen

    @property
    def is_statistics_shown(self) -> bool:
        return self._statistics_on

    @property
    def area(self) -> tuple[int, int]:
        """The room for the picture in device pixels."""
        if not self.isVisible():
            return (0, 0)
        ratio = self.devicePixelRatioF()
        return (round(self.width() * ratio), round(self.height() * ratio))

    @property
    def wanted(self) -> tuple[int | None, int | None]:
        """What a player is given as its view: None for pictures of the source's own size, 0 for none at all."""
        wide, tall = self.area
        if self._lens.zoom > 1 and wide:
            return (None, None)
        return (tall, wide) if self.rotation % 180 else (wide, tall)

    @property
    def rotation(self) -> int:
        """Degrees clockwise: 0, 90, 180 or 270."""
        return self._held.rotation

    def set_rotation(self, degrees: int) -> None:
        """For cameras that hang sideways. What is on the screen is turned at once."""
        if not self._held.turn_to(degrees):
            return
        self._lens = Lens()
        self.area_changed.emit(*self.area)
        self.update()

    def part_at(self, x: float, y: float) -> tuple[float, float]:
        """A point of the widget in 0..1 of the camera's own picture, whatever lens and rotation; the nearest edge
        outside of it."""
        shown = self.picture
        across = min(max((x - shown.x()) / shown.width(), 0.0), 1.0) if shown.width() else 0.5
        down = min(max((y - shown.y()) / shown.height(), 0.0), 1.0) if shown.height() else 0.5
        return self._held.as_sent(across, down)

    @property
    def lens(self) -> Lens:
        return self._lens

    def look(self, lens: Lens) -> None:
        """Shows a part of the picture larger. Who feeds the view then gives it pictures of the source's own size."""
        was_zoomed, self._lens = self._lens.zoom > 1, lens
        if was_zoomed != (lens.zoom > 1):
            self.area_changed.emit(*self.area)
        self.update()

    @property
    def fit_size(self) -> tuple[float, float]:
        """The size of the whole picture at zoom 1, in the widget's own pixels."""
        fitted = self._held.size.scaled(self.size() * self.devicePixelRatioF(), Qt.AspectRatioMode.KeepAspectRatio)
        return fitted.width() / self.devicePixelRatioF(), fitted.height() / self.devicePixelRatioF()

    @property
    def picture(self) -> QRectF:
        """Where the whole picture lies, in the widget's own pixels; beyond its edges when it is zoomed in."""
        box = self._lens.place(self.fit_size, (self.width(), self.height()))
        return QRectF(box.left, box.top, box.width, box.height)

    def set_frozen(self, frozen: bool) -> None:
        """Holds the picture; the stream goes on behind it."""
        frozen = frozen and self._held.is_live
        changed, self._frozen = frozen != self._frozen, frozen
        self.controls.freeze.setChecked(frozen)
        if changed:
            self._say()
            self.frozen_changed.emit(frozen)
            self.update()

    def set_statistics_shown(self, shown: bool) -> None:
        self._statistics_on = shown
        self._rate.begin()
        self.controls.statistics.setChecked(shown)
        self._tick()
        self.update()

    # From the player

    def _take(self) -> None:
        frame = self._inlet.take() if self._inlet is not None else None
        if frame is None or self._frozen:
            return
        self._held.take(frame)
        self._unpainted = True
        self.update()

    def _set_status(self, status: StreamStatus) -> None:
        self.status = status
        self._say()
        self._run_ticker()
        self.status_changed.emit(status)
        self.update()

    def _say(self) -> None:
        words = status_words(self.status, time.monotonic(), time.time())
        if self._waiting_text and self.status is not None and self.status.phase is StreamPhase.WAITING:
            words = Words(words.headline, self._waiting_text)
        if self._frozen and not words.headline:
            words = Words(self.tr("Frozen"), self.tr("Space goes on"))
        if self._overlay.say(words):
            self.update()
        name = self.tr("Live picture of {}").format(self._name) if self._name else self.tr("Live picture")
        self.setAccessibleName(name)
        playing = self.status is not None and self.status.phase is StreamPhase.PLAYING
        quiet = self.tr("Playing") if playing else ""
        self.setAccessibleDescription(f"{words.headline}. {words.text}" if words.headline else quiet)

    def _tick(self) -> None:
        self._say()
        if self._statistics_on and self._statistics is not None:
            self._overlay.show_table(statistics(self._statistics(), self._rate.look()))
            self.update()
        self._run_ticker()

    def _run_ticker(self) -> None:
        wanted = self.isVisible() and self._statistics_on
        if wanted != self._ticker.isActive():
            self._ticker.start() if wanted else self._ticker.stop()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            image = self._held.image
            target = QRect() if image.isNull() else self._draw(painter, image)
            fill_around(painter, target, self.width(), self.height())
            if not target.isEmpty() and (not self._held.is_live or is_dimmed(self.status)):
                painter.fillRect(target, DIM)
            if self._statistics_on:
                self._overlay.paint_table(painter)
            self._overlay.paint_words(painter, centre=target.isEmpty() or is_dimmed(self.status))
            if self._lens.zoom > 1:
                self._overlay.paint_zoom(painter, self.tr("{:.1f} ×").format(self._lens.zoom))
        if self._unpainted:
            self._unpainted = False
            self._rate.painted += 1

    def _draw(self, painter: QPainter, image: QImage) -> QRect:
        """Gives the place."""
        smooth = not self._held.is_live or self._frozen or self._inlet is None
        if self._lens.zoom > 1:
            return draw_part(painter, image, self.picture, QRectF(self.rect()), smooth=smooth)
        area = self.area if self.isVisible() else (self.width(), self.height())
        target = place(image.size(), area, exact=self._held.is_live)
        return draw_whole(painter, image, target, self.devicePixelRatioF(), smooth=smooth)

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._overlay.resized()
        self.controls.place()
        self.area_changed.emit(*self.area)

    def showEvent(self, event: QShowEvent) -> None:
        self.area_changed.emit(*self.area)
        self._tick()

    def hideEvent(self, event: QHideEvent) -> None:
        self._ticker.stop()
        self.area_changed.emit(0, 0)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.LanguageChange):
            self._overlay.forget()
            self._say()
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._overlay.forget()
            self.area_changed.emit(*self.area)
            self._tick()
        return super().event(event)

    def _wake(self) -> None:
        if self.has_controls:
            self.controls.wake()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._wake()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._wake()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._wake()
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        action = self._keys.get((Qt.Key(event.key()), held))
        if action is not None:
            action()
        else:
            super().keyPressEvent(event)

    def _key_table(self) -> dict[tuple[Qt.Key, Qt.KeyboardModifier], Callable[[], object]]:
        plain, control = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
        return {
            (Qt.Key.Key_Space, plain): lambda: self.set_frozen(not self._frozen),
            (Qt.Key.Key_I, plain): lambda: self.set_statistics_shown(not self._statistics_on),
            (Qt.Key.Key_R, plain): lambda: self.set_rotation(self.rotation + 90),
            (Qt.Key.Key_F, plain): self.full_screen_wanted.emit,
            (Qt.Key.Key_Return, plain): self.opened.emit,
            (Qt.Key.Key_Enter, plain): self.opened.emit,
            (Qt.Key.Key_S, control): self.snapshot_wanted.emit,
        }

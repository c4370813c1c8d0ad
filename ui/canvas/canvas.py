"""The canvas: lies over a picture, turns mouse and keys into gestures, and paints what is drawn.

It holds no shape: those are in `RegionEdits`, and what a gesture shows is in the `Desk`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent

from app.model.region import Region
from app.regions.proof import RegionProof
from app.settings.layer import RegionLayer
from ui.canvas import keys
from ui.canvas.desk import Desk
from ui.canvas.hits import Part, hit
from ui.canvas.marks import Marks, WalkState
from ui.canvas.outcome import Outcomes
from ui.canvas.scene import Rounded, Scene
from ui.canvas.surface import Surface
from ui.canvas.tool import Pointer
from ui.canvas.tools import TOOLS
from ui.video.view import VideoView

STEP = 1.25  # of one click of the wheel
_PARTS = {
    Part.VERTEX: Qt.CursorShape.SizeAllCursor,
    Part.EDGE: Qt.CursorShape.SizeAllCursor,
    Part.BODY: Qt.CursorShape.OpenHandCursor,
}


def as_drawn(layer: RegionLayer, region: Region) -> Region:
    """For cameras that are not asked what they round."""
    del layer
    return region


class Canvas(Surface):
    """The surface with everything that moves on it and shows on it."""

    freeze_wanted = Signal()

    def __init__(self, view: VideoView, desk: Desk, rounded: Rounded = as_drawn) -> None:
        super().__init__(view, desk)
        self.marks = Marks(time.monotonic)
        self.outcomes = Outcomes()
        self.scene = Scene(desk, self.marks, self.outcomes, rounded)
        self._pan_from: QPointF | None = None
        self._panned = False
        self._space = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.has_controls = False
        view.installEventFilter(self)
        self.setGeometry(view.rect())
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        desk.changed.connect(self._changed)
        desk.chosen.connect(self._changed)
        desk.trial_changed.connect(self.update)
        self.tool_changed.connect(self._describe)
        self._describe()

    # Events and walk tests, for whoever hears them

    def flash(self, layer_id: str, region_id: str, text: str = "") -> None:
        """An event came for a region ("" for every region of the layer): it lights up, counts, and shows the time
        since. text says more about it: "person", "A to B"."""
        self.marks.event(layer_id, region_id, text)
        self._tick()

    def set_walk_state(self, layer_id: str, region_id: str, state: WalkState) -> None:
        """A red ring until somebody walked through it, then a green tick; NONE takes both away."""
        self.marks.walk(layer_id, region_id, state)
        self.update()

    def clear_marks(self) -> None:
        """No counters, no rings, no ticks."""
        self.marks.clear()
        self._tick()

    def show_outcomes(self, layer_id: str, proofs: Mapping[int, RegionProof]) -> None:
        """What became of the regions of a layer, by key."""
        self.outcomes.show(layer_id, proofs)
        self.scene.stale()
        self._tick()

    def _tick(self) -> None:
        pace = 40 if self.outcomes.fading else self.marks.pace
        if pace:
            self._timer.start(pace)
        else:
            self._timer.stop()
        self.update()

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        middle = event.button() is Qt.MouseButton.MiddleButton
        if middle or (event.button() is Qt.MouseButton.LeftButton and self._space):
            self._pan_from, self._panned = event.position(), True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() is Qt.MouseButton.LeftButton:
            self.cross = None
            self._gesture(event, self.tool.press)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None:
            step = event.position() - self._pan_from
            self._pan_from = event.position()
            self.pan(step.x(), step.y())
            return
        pointer = self.pointer(self.scale.point(event.position()), event.modifiers())
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.tool.drag(self.desk, pointer)
        else:
            self.tool.hover(self.desk, pointer)
            self._point(pointer)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None:
            self._pan_from = None
            self.setCursor(self.info.cursor)
        elif event.button() is Qt.MouseButton.LeftButton:
            self._gesture(event, self.tool.release)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._gesture(event, self.tool.double)

    def _gesture(self, event: QMouseEvent, act: object) -> None:
        before = len(self.desk.sheet.drawn)
        act(self.desk, self.pointer(self.scale.point(event.position()), event.modifiers()))  # type: ignore[operator]
        self.finished(before)
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        clicks = event.angleDelta().y() / 120
        if clicks:
            self.zoom(STEP**clicks, self.scale.point(event.position()))
        event.accept()

    def _point(self, pointer: Pointer) -> None:
        """The cursor says what a press would take hold of."""
        if self.info is not TOOLS[0] or self._space:
            return
        found = hit(self.desk.candidates(), pointer.at, pointer.scale, self.desk.selection)
        wanted = _PARTS[found.part] if found is not None else self.info.cursor
        if self.cursor().shape() is not wanted:
            self.setCursor(QCursor(wanted))

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            if not event.isAutoRepeat():
                self._space, self._panned = True, False
                self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif not keys.press(self, event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self._space:
            if event.isAutoRepeat():
                return
            self._space = False
            self.setCursor(self.info.cursor)
            if not self._panned:
                self.freeze_wanted.emit()
        else:
            super().keyReleaseEvent(event)

    def event(self, event: QEvent) -> bool:
        # What means something here is not a shortcut of the window.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and keys.means(event):
            event.accept()
            return True
        return super().event(event)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setClipRect(event.rect())
            self.scene.paint(painter, self.scale, self.size(), self.tool.snapped, self.cross)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.view and event.type() == QEvent.Type.Resize:
            self.setGeometry(self.view.rect())
            self.look(self.view.lens.settled(self.view.fit_size, self.room))
        return False

    def focusOutEvent(self, event: object) -> None:
        self._space = False
        super().focusOutEvent(event)  # type: ignore[arg-type]

    def _changed(self) -> None:
        self.scene.stale()
        for layer in self.desk.edits.layers:
            self.outcomes.overtaken(self.desk, layer.info.id)
        self._describe()
        self.update()

    def _describe(self) -> None:
        """For a screen reader: the tool, the layer, what is chosen."""
        layer, single = self.desk.layer, self.desk.single
        self.setAccessibleName(self.tr("Regions on the picture, tool: {}").format(self.tr(self.info.title)))
        if layer is None:
            text = self.tr("Nothing is chosen.")
        elif single is None:
            text = self.tr("{0}, {1} regions").format(layer.info.title, len(self.desk.sheet.drawn))
        else:
            number = self.desk.sheet.keys.index(single.key) + 1
            points = len(single.region.shape.points)
            text = self.tr("{0}, region {1} with {2} points").format(layer.info.title, number, points)
        self.setAccessibleDescription(text)

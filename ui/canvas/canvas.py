"""The canvas: lies over a picture, turns mouse and keys into gestures, and paints what is drawn.

It holds no shape: those are in `RegionEdits`, and what a gesture shows is in the `Desk`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.model.geometry import Point
from app.model.region import Region
from app.regions.proof import RegionProof
from app.regions.shaping import Edge
from app.settings.layer import RegionLayer
from ui.canvas import edit, keys
from ui.canvas.cell_tools import Brush
from ui.canvas.desk import Desk
from ui.canvas.hits import Part, hit
from ui.canvas.marks import Marks, WalkState
from ui.canvas.outcome import Outcomes
from ui.canvas.scale import Scale
from ui.canvas.scene import Rounded, Scene
from ui.canvas.tool import Pointer, Tool
from ui.canvas.tools import TOOLS, ToolInfo
from ui.video.lens import Lens
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


class Canvas(QWidget):
    """tool_changed carries the id of the tool in hand."""

    tool_changed = Signal(str)
    lens_changed = Signal()
    freeze_wanted = Signal()

    def __init__(self, view: VideoView, desk: Desk, rounded: Rounded = as_drawn) -> None:
        super().__init__(view)
        self.view, self.desk = view, desk
        self.marks = Marks(time.monotonic)
        self.outcomes = Outcomes()
        self.scene = Scene(desk, self.marks, self.outcomes, rounded)
        self.info: ToolInfo = TOOLS[0]
        self.tool: Tool = self.info.make()
        self.cross: Point | None = None  # where the keys draw
        self.key_held = False  # Insert was pressed for a tool that drags
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

    # Where the picture is

    @property
    def scale(self) -> Scale:
        return Scale.of(self.view.picture, self.view.rotation)

    @property
    def pixel_of_camera(self) -> tuple[float, float]:
        """The size of one step of the camera's own scale, in 0..1."""
        across, down = self.desk.limits.steps
        return 1 / max(across, 1), 1 / max(down, 1)

    def zoom(self, factor: float, at: Point | None = None) -> None:
        """Around a place of the camera's picture, else around the middle of what is seen."""
        lens = self.view.lens
        around = self.scale.seen(at) if at is not None else Point(lens.x, lens.y)
        self._look(lens.zoomed(factor, around, self.view.fit_size, self._room))

    def fit(self) -> None:
        self._look(Lens())

    def rotate(self) -> None:
        """A quarter further, for cameras that hang sideways. What is drawn stays where it is on the camera's own
        picture."""
        self.view.set_rotation(self.view.rotation + 90)
        self.lens_changed.emit()
        self.update()

    def align(self, edge: Edge) -> None:
        """The chosen shapes, as it is seen on the screen."""
        edit.align(self.desk, self.scale.edge(edge))

    def mirror(self, *, across: bool) -> None:
        """The chosen shapes, left and right (across) or top and bottom of the screen."""
        edit.mirror(self.desk, across=across is not bool(self.scale.turn % 180))

    def pan(self, dx: float, dy: float) -> None:
        """By pixels of the screen."""
        self._look(self.view.lens.moved(dx, dy, self.view.fit_size, self._room))

    @property
    def _room(self) -> tuple[float, float]:
        return self.view.width(), self.view.height()

    def _look(self, lens: Lens) -> None:
        if lens != self.view.lens:
            self.view.look(lens)
            self.lens_changed.emit()
            self.update()

    # Tools

    def use(self, tool_id: str) -> None:
        """Another tool in hand; what the one before had begun is given up. A tool for shapes that the camera does not
        have here is refused and said."""
        info = next(each for each in TOOLS if each.id == tool_id)
        if not info.serves(self.desk.limits.shapes):
            layer = self.desk.layer
            text = self.tr("{0} has no such shape: {1}.").format(layer.info.title, self.tr(info.title)) if layer else ""
            self.desk.said.emit(text or self.desk.hindrance, "warn")
            return
        self.tool.cancel(self.desk)
        self.info, self.tool = info, info.make()
        self.cross, self.key_held = None, False
        self.setCursor(info.cursor)
        self.tool_changed.emit(info.id)
        self._describe()
        self.update()

    def escape(self) -> bool:
        """One step back: the gesture, the tool, the choice. False when there is nothing to leave."""
        had = self.tool.cancel(self.desk)
        had_cross, self.cross, self.key_held = self.cross is not None, None, False
        self.update()
        if had or had_cross:
            return True
        if self.info is not TOOLS[0]:
            self.use(TOOLS[0].id)
            return True
        if self.desk.selection:
            self.desk.choose(())
            return True
        return False

    def pointer(self, at: Point, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> Pointer:
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        return Pointer(at, self.scale, shift, bool(modifiers & Qt.KeyboardModifier.ControlModifier))

    def finished(self, before: int) -> None:
        """After a gesture: who has drawn a shape goes on with the shape, not with the next one."""
        if len(self.desk.sheet.drawn) != before and not isinstance(self.tool, Brush):
            self.use(TOOLS[0].id)

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
            self._look(self.view.lens.settled(self.view.fit_size, self._room))
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

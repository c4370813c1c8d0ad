"""A picture with a tool in hand: what can be done on it, whether a mouse or a key does it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.model.geometry import Point
from app.regions.shaping import Edge
from ui.canvas import edit
from ui.canvas.cell_tools import Brush
from ui.canvas.desk import Desk
from ui.canvas.scale import Scale
from ui.canvas.tool import Pointer, Tool
from ui.canvas.tools import TOOLS, ToolInfo
from ui.video.lens import Lens
from ui.video.view import VideoView


class Surface(QWidget):
    """Lies over a picture. tool_changed carries the id of the tool in hand."""

    tool_changed = Signal(str)
    lens_changed = Signal()

    def __init__(self, view: VideoView, desk: Desk) -> None:
        super().__init__(view)
        self.view, self.desk = view, desk
        self.info: ToolInfo = TOOLS[0]
        self.tool: Tool = self.info.make()
        self.cross: Point | None = None  # where the keys draw
        self.key_held = False  # Insert was pressed for a tool that drags

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
        self.look(lens.zoomed(factor, around, self.view.fit_size, self.room))

    def fit(self) -> None:
        self.look(Lens())

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
        self.look(self.view.lens.moved(dx, dy, self.view.fit_size, self.room))

    @property
    def room(self) -> tuple[float, float]:
        """The pixels of the screen that the picture may have."""
        return self.view.width(), self.view.height()

    def look(self, lens: Lens) -> None:
        """Through another lens: closer, or at another part."""
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

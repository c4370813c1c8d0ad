"""What a tool is. It is told press, drag (the button is down), hover, release and double; finish is Enter, cancel is
Esc. It says what it shows with `desk.try_shapes` and `desk.try_draft`, and ends a gesture with one `desk.reshape` or
`desk.add`.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.model.geometry import Point
from app.model.region import ShapeKind
from app.regions.shaping import clamped
from ui.canvas.desk import Desk
from ui.canvas.scale import Scale
from ui.canvas.snaps import Snap
from ui.canvas.snaps import snap as snap_to


@dataclass(frozen=True, slots=True)
class Pointer:
    """at is where the mouse is on the picture, which may be outside of it. shift keeps straight, ctrl does not snap."""

    at: Point
    scale: Scale
    shift: bool = False
    ctrl: bool = False


class Tool:
    """Does nothing; `snapped` is where the last event was drawn to, for the painter."""

    snapped: Snap | None = None

    def press(self, desk: Desk, pointer: Pointer) -> None: ...

    def drag(self, desk: Desk, pointer: Pointer) -> None: ...

    def hover(self, desk: Desk, pointer: Pointer) -> None: ...

    def release(self, desk: Desk, pointer: Pointer) -> None: ...

    def double(self, desk: Desk, pointer: Pointer) -> None: ...

    def finish(self, desk: Desk) -> bool:
        """Enter. True when there was something to finish."""
        del desk
        return False

    def cancel(self, desk: Desk) -> bool:
        """Esc. True when there was something to give up."""
        had = bool(desk.trial) or desk.draft is not None
        desk.drop()
        self.snapped = None
        return had

    def back(self, desk: Desk) -> bool:
        """Backspace: one point less. False when there is none."""
        del desk
        return False

    def snap(self, desk: Desk, pointer: Pointer, leave_out: tuple[int, ...] = ()) -> Point:
        """Drawn to what is near, and into the picture."""
        if pointer.ctrl:
            self.snapped = None
            return clamped(pointer.at)
        cells = desk.limits.shapes == (ShapeKind.CELLS,)
        self.snapped = snap_to(pointer.at, desk.others(leave_out), pointer.scale, None if cells else desk.limits.steps)
        return clamped(self.snapped.point)


def may_draw(desk: Desk, *, adds: bool = True) -> bool:
    """Says why not."""
    wrong = desk.hindrance
    if not wrong and adds and ShapeKind.CELLS not in desk.limits.shapes:
        wrong = desk.too_many()
    if wrong:
        desk.said.emit(wrong, "error")
    return not wrong

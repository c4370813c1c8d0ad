"""Every key of the canvas, as a table. Where a tool is in hand a cross is moved by the arrows, and Insert presses
there what the mouse would press. Keyboards without that key have N."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent

from app.model.geometry import Point
from app.model.region import Cells, ShapeKind
from app.regions.shaping import Edge, clamped, moved
from ui.canvas import edit
from ui.canvas.cell_tools import Brush, Fill
from ui.canvas.corners import insert_vertex, remove_vertex
from ui.canvas.draw_tools import Rectangle
from ui.canvas.hits import handles_of
from ui.canvas.scale import SIDES
from ui.canvas.tools import TOOLS, Knife, Select

if TYPE_CHECKING:
    from ui.canvas.canvas import Canvas

Key = Qt.Key
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
NUDGE, CROSS, PAN = 0.01, 0.02, 60.0  # of the picture, of the picture, pixels
_WAYS = {Key.Key_Left: (-1, 0), Key.Key_Right: (1, 0), Key.Key_Up: (0, -1), Key.Key_Down: (0, 1)}

Action = Callable[["Canvas"], object]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Canvas", text)


def press(canvas: Canvas, event: QKeyEvent) -> bool:
    """False for a key that means nothing here."""
    way, modifiers = _WAYS.get(Key(event.key())), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if way is not None:
        return arrow(canvas, way, modifiers)
    action = _KEYS.get((Key(event.key()), modifiers)) or _SIGNS.get(event.text())
    if action is None:
        return False
    return action(canvas) is not False


def means(event: QKeyEvent) -> bool:
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    key = Key(event.key())
    return key in _WAYS or (key, modifiers) in _KEYS or event.text() in _SIGNS


def arrow(canvas: Canvas, way: tuple[int, int], modifiers: Qt.KeyboardModifier) -> bool:
    """Ctrl+Shift aligns, Ctrl moves the look; a drawing tool's cross goes; a vertex or the chosen shapes are nudged."""
    if modifiers & CTRL and modifiers & SHIFT:
        canvas.align(SIDES[way])
        return True
    if modifiers & CTRL:
        canvas.pan(-way[0] * PAN, -way[1] * PAN)
        return True
    fine = bool(modifiers & ALT)
    if not isinstance(canvas.tool, Select):
        _move_cross(canvas, way, modifiers)
    elif canvas.desk.selection:
        _nudge(canvas, way, fine=fine)
    elif canvas.view.lens.zoom > 1:
        canvas.pan(-way[0] * PAN, -way[1] * PAN)
    else:
        return False
    return True


def _step(canvas: Canvas, way: tuple[int, int], coarse: float, *, fine: bool) -> tuple[float, float]:
    across, down = canvas.pixel_of_camera
    if not fine:
        across, down = max(coarse, across), max(coarse, down)
    to_right, to_bottom = canvas.scale.way(*way)
    return to_right * across, to_bottom * down


def _nudge(canvas: Canvas, way: tuple[int, int], *, fine: bool) -> None:
    desk = canvas.desk
    dx, dy = _step(canvas, way, NUDGE, fine=fine)
    single = desk.single
    merge = f"nudge {desk.selection} {desk.vertex}"
    if single is not None and desk.vertex is not None:
        at = handles_of(single.region.shape)[desk.vertex]
        desk.move_vertex(single.key, desk.vertex, at.moved(dx, dy), _tr("Nudge a corner"), merge)
    else:
        shapes = {each.key: moved(each.region.shape, dx, dy) for each in desk.chosen_regions}
        desk.reshape(shapes, _tr("Nudge"), merge)


def _move_cross(canvas: Canvas, way: tuple[int, int], modifiers: Qt.KeyboardModifier) -> None:
    dx, dy = _step(canvas, way, CROSS, fine=bool(modifiers & ALT))
    if isinstance(canvas.tool, Brush):
        grid = edit.grid(canvas.desk)
        to_right, to_bottom = canvas.scale.way(*way)
        dx, dy = to_right / grid.columns, to_bottom / grid.rows
    at = canvas.cross or _start(canvas)
    canvas.cross = clamped(at.moved(dx, dy))
    pointer = canvas.pointer(canvas.cross, _as_mouse(modifiers))
    (canvas.tool.drag if canvas.key_held else canvas.tool.hover)(canvas.desk, pointer)
    canvas.update()


def _start(canvas: Canvas) -> Point:
    """The middle of what is seen; of a cell where cells are painted."""
    middle = canvas.scale.unseen(Point(canvas.view.lens.x, canvas.view.lens.y))
    if isinstance(canvas.tool, Brush):
        grid: Cells = edit.grid(canvas.desk)
        column, row = int(middle.x * grid.columns), int(middle.y * grid.rows)
        return Point((column + 0.5) / grid.columns, (row + 0.5) / grid.rows)
    return middle


def _as_mouse(modifiers: Qt.KeyboardModifier) -> Qt.KeyboardModifier:
    """Shift keeps straight as with the mouse; whoever goes in fine steps (Alt) wants to be drawn to nothing."""
    return (modifiers & SHIFT) | (CTRL if modifiers & ALT else NONE)


def _insert(canvas: Canvas, modifiers: Qt.KeyboardModifier = NONE) -> bool:
    """Sets a point where the cross is; with the arrow tool, a corner after the chosen one."""
    desk = canvas.desk
    if isinstance(canvas.tool, Select):
        if desk.single is None or desk.single.region.shape.kind not in (ShapeKind.POLYGON, ShapeKind.LINE):
            return False
        insert_vertex(desk, desk.single.key, edit.edge_after(desk))
        return True
    if canvas.cross is None:
        canvas.cross = _start(canvas)
    before, pointer = len(desk.sheet.drawn), canvas.pointer(canvas.cross, _as_mouse(modifiers))
    if not isinstance(canvas.tool, Rectangle | Fill | Knife):
        canvas.tool.press(desk, pointer)
        canvas.tool.release(desk, pointer)
    elif canvas.key_held:
        canvas.key_held = False
        canvas.tool.release(desk, pointer)
    else:
        canvas.key_held = True
        canvas.tool.press(desk, pointer)
    canvas.finished(before)
    canvas.update()
    return True


def _finish(canvas: Canvas) -> bool:
    if canvas.key_held:
        return _insert(canvas)
    before = len(canvas.desk.sheet.drawn)
    done = canvas.tool.finish(canvas.desk)
    canvas.finished(before)
    canvas.update()
    return done


def _delete(canvas: Canvas) -> bool:
    desk = canvas.desk
    if canvas.tool.back(desk):
        return True
    if desk.single is not None and desk.vertex is not None:
        remove_vertex(desk, desk.single.key, desk.vertex)
    elif desk.selection:
        desk.remove(desk.selection, _tr("Delete"))
    else:
        return False
    return True


def _use(tool_id: str) -> Action:
    return lambda canvas: canvas.use(tool_id)


def _inserts(*keys: Key) -> dict[tuple[Key, Qt.KeyboardModifier], Action]:
    return {(key, with_): lambda canvas, m=with_: _insert(canvas, m) for key in keys for with_ in (NONE, SHIFT, ALT)}


_KEYS: dict[tuple[Key, Qt.KeyboardModifier], Action] = {
    (Key.Key_Escape, NONE): lambda canvas: canvas.escape(),
    (Key.Key_Return, NONE): _finish,
    (Key.Key_Enter, NONE): _finish,
    **_inserts(Key.Key_Insert, Key.Key_N),
    (Key.Key_Delete, NONE): _delete,
    (Key.Key_Backspace, NONE): _delete,
    (Key.Key_PageDown, NONE): lambda canvas: canvas.desk.step(1),
    (Key.Key_PageUp, NONE): lambda canvas: canvas.desk.step(-1),
    (Key.Key_PageDown, SHIFT): lambda canvas: canvas.desk.step(1, more=True),
    (Key.Key_PageUp, SHIFT): lambda canvas: canvas.desk.step(-1, more=True),
    (Key.Key_A, CTRL): lambda canvas: canvas.desk.choose(canvas.desk.sheet.keys),
    (Key.Key_C, CTRL): lambda canvas: edit.copy(canvas.desk),
    (Key.Key_X, CTRL): lambda canvas: edit.cut(canvas.desk),
    (Key.Key_V, CTRL): lambda canvas: edit.paste(canvas.desk),
    (Key.Key_D, CTRL): lambda canvas: edit.duplicate(canvas.desk),
    (Key.Key_H, SHIFT): lambda canvas: canvas.mirror(across=True),
    (Key.Key_V, SHIFT): lambda canvas: canvas.mirror(across=False),
    (Key.Key_C, CTRL | SHIFT): lambda canvas: canvas.align(Edge.CENTRE),
    (Key.Key_M, CTRL | SHIFT): lambda canvas: canvas.align(Edge.MIDDLE),
    (Key.Key_R, SHIFT): lambda canvas: canvas.rotate(),
    (Key.Key_D, NONE): lambda canvas: edit.turn_on(canvas.desk),
    (Key.Key_0, NONE): lambda canvas: canvas.fit(),
    (Key.Key_O, NONE): lambda canvas: canvas.desk.show_alone(not canvas.desk.alone),
    (Key.Key_X, SHIFT): lambda canvas: edit.split(canvas.desk),
    **{(Key[f"Key_{info.key}"], NONE): _use(info.id) for info in TOOLS},
}
_SIGNS: dict[str, Action] = {
    "+": lambda canvas: canvas.zoom(1.25),
    "=": lambda canvas: canvas.zoom(1.25),
    "-": lambda canvas: canvas.zoom(0.8),
    ".": lambda canvas: canvas.desk.step_vertex(1),
    ",": lambda canvas: canvas.desk.step_vertex(-1),
}


def rows() -> list[tuple[str, str]]:
    """Key and what it does, for the list of keys."""
    return [
        *((info.key, _tr(info.title)) for info in TOOLS),
        (_tr("Arrows"), _tr("Nudge (with Alt: fine)")),
        ("PgDn/Up", _tr("Another shape (Shift: too)")),
        (".  ,", _tr("Next and previous corner")),
        (_tr("Ins, N"), _tr("Set a point, add a corner")),
        ("Del", _tr("Delete corner or shape")),
        (_tr("Return, Esc"), _tr("Finish, give up")),
        (_tr("Shift, Ctrl"), _tr("Keep straight, do not snap")),
        ("Ctrl+C/V", _tr("Copy, paste anywhere")),
        ("Ctrl+D", _tr("Duplicate")),
        ("D", _tr("Turn the line's direction")),
        ("Shift+H/V/X", _tr("Mirror, split")),
        (_tr("Ctrl+Shift+←"), _tr("Align (C, M: centre)")),
        ("O", _tr("Only this layer")),
        ("Shift+R", _tr("Turn the picture")),
        ("+  -  0", _tr("Larger, smaller, all of it")),
    ]

"""Every key of the canvas, as a table. Where a tool is in hand a cross is moved by the arrows, and Insert presses
there what the mouse would press. Keyboards without that key have N."""

from __future__ import annotations

from collections.abc import Callable

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
from ui.canvas.surface import Surface
from ui.canvas.tools import TOOLS, Knife, Select

Key = Qt.Key
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
NUDGE, CROSS, PAN = 0.01, 0.02, 60.0  # of the picture, of the picture, pixels
_WAYS = {Key.Key_Left: (-1, 0), Key.Key_Right: (1, 0), Key.Key_Up: (0, -1), Key.Key_Down: (0, 1)}

Action = Callable[[Surface], object]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Canvas", text)


def press(surface: Surface, event: QKeyEvent) -> bool:
    """False for a key that means nothing here."""
    way, modifiers = _WAYS.get(Key(event.key())), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if way is not None:
        return arrow(surface, way, modifiers)
    action = _KEYS.get((Key(event.key()), modifiers)) or _SIGNS.get(event.text())
    if action is None:
        return False
    return action(surface) is not False


def means(event: QKeyEvent) -> bool:
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    key = Key(event.key())
    return key in _WAYS or (key, modifiers) in _KEYS or event.text() in _SIGNS


def arrow(surface: Surface, way: tuple[int, int], modifiers: Qt.KeyboardModifier) -> bool:
    """Ctrl+Shift aligns, Ctrl moves the look; a drawing tool's cross goes; a vertex or the chosen shapes are nudged."""
    if modifiers & CTRL and modifiers & SHIFT:
        surface.align(SIDES[way])
        return True
    if modifiers & CTRL:
        surface.pan(-way[0] * PAN, -way[1] * PAN)
        return True
    fine = bool(modifiers & ALT)
    if not isinstance(surface.tool, Select):
        _move_cross(surface, way, modifiers)
    elif surface.desk.selection:
        _nudge(surface, way, fine=fine)
    elif surface.view.lens.zoom > 1:
        surface.pan(-way[0] * PAN, -way[1] * PAN)
    else:
        return False
    return True


def _step(surface: Surface, way: tuple[int, int], coarse: float, *, fine: bool) -> tuple[float, float]:
    across, down = surface.pixel_of_camera
    if not fine:
        across, down = max(coarse, across), max(coarse, down)
    to_right, to_bottom = surface.scale.way(*way)
    return to_right * across, to_bottom * down


def _nudge(surface: Surface, way: tuple[int, int], *, fine: bool) -> None:
    desk = surface.desk
    dx, dy = _step(surface, way, NUDGE, fine=fine)
    single = desk.single
    merge = f"nudge {desk.selection} {desk.vertex}"
    if single is not None and desk.vertex is not None:
        at = handles_of(single.region.shape)[desk.vertex]
        desk.move_vertex(single.key, desk.vertex, at.moved(dx, dy), _tr("Nudge a corner"), merge)
    else:
        shapes = {each.key: moved(each.region.shape, dx, dy) for each in desk.chosen_regions}
        desk.reshape(shapes, _tr("Nudge"), merge)


def _move_cross(surface: Surface, way: tuple[int, int], modifiers: Qt.KeyboardModifier) -> None:
    dx, dy = _step(surface, way, CROSS, fine=bool(modifiers & ALT))
    if isinstance(surface.tool, Brush):
        grid = edit.grid(surface.desk)
        to_right, to_bottom = surface.scale.way(*way)
        dx, dy = to_right / grid.columns, to_bottom / grid.rows
    at = surface.cross or _start(surface)
    surface.cross = clamped(at.moved(dx, dy))
    pointer = surface.pointer(surface.cross, _as_mouse(modifiers))
    (surface.tool.drag if surface.key_held else surface.tool.hover)(surface.desk, pointer)
    surface.update()


def _start(surface: Surface) -> Point:
    """The middle of what is seen; of a cell where cells are painted."""
    middle = surface.scale.unseen(Point(surface.view.lens.x, surface.view.lens.y))
    if isinstance(surface.tool, Brush):
        grid: Cells = edit.grid(surface.desk)
        column, row = int(middle.x * grid.columns), int(middle.y * grid.rows)
        return Point((column + 0.5) / grid.columns, (row + 0.5) / grid.rows)
    return middle


def _as_mouse(modifiers: Qt.KeyboardModifier) -> Qt.KeyboardModifier:
    """Shift keeps straight as with the mouse; whoever goes in fine steps (Alt) wants to be drawn to nothing."""
    return (modifiers & SHIFT) | (CTRL if modifiers & ALT else NONE)


def _insert(surface: Surface, modifiers: Qt.KeyboardModifier = NONE) -> bool:
    """Sets a point where the cross is; with the arrow tool, a corner after the chosen one."""
    desk = surface.desk
    if isinstance(surface.tool, Select):
        if desk.single is None or desk.single.region.shape.kind not in (ShapeKind.POLYGON, ShapeKind.LINE):
            return False
        insert_vertex(desk, desk.single.key, edit.edge_after(desk))
        return True
    if surface.cross is None:
        surface.cross = _start(surface)
    before, pointer = len(desk.sheet.drawn), surface.pointer(surface.cross, _as_mouse(modifiers))
    if not isinstance(surface.tool, Rectangle | Fill | Knife):
        surface.tool.press(desk, pointer)
        surface.tool.release(desk, pointer)
    elif surface.key_held:
        surface.key_held = False
        surface.tool.release(desk, pointer)
    else:
        surface.key_held = True
        surface.tool.press(desk, pointer)
    surface.finished(before)
    surface.update()
    return True


def _finish(surface: Surface) -> bool:
    if surface.key_held:
        return _insert(surface)
    before = len(surface.desk.sheet.drawn)
    done = surface.tool.finish(surface.desk)
    surface.finished(before)
    surface.update()
    return done


def _delete(surface: Surface) -> bool:
    desk = surface.desk
    if surface.tool.back(desk):
        return True
    if desk.single is not None and desk.vertex is not None:
        remove_vertex(desk, desk.single.key, desk.vertex)
    elif desk.selection:
        desk.remove(desk.selection, _tr("Delete"))
    else:
        return False
    return True


def _use(tool_id: str) -> Action:
    return lambda surface: surface.use(tool_id)


def _inserts(*keys: Key) -> dict[tuple[Key, Qt.KeyboardModifier], Action]:
    return {(key, with_): lambda surface, m=with_: _insert(surface, m) for key in keys for with_ in (NONE, SHIFT, ALT)}


_KEYS: dict[tuple[Key, Qt.KeyboardModifier], Action] = {
    (Key.Key_Escape, NONE): lambda surface: surface.escape(),
    (Key.Key_Return, NONE): _finish,
    (Key.Key_Enter, NONE): _finish,
    **_inserts(Key.Key_Insert, Key.Key_N),
    (Key.Key_Delete, NONE): _delete,
    (Key.Key_Backspace, NONE): _delete,
    (Key.Key_PageDown, NONE): lambda surface: surface.desk.step(1),
    (Key.Key_PageUp, NONE): lambda surface: surface.desk.step(-1),
    (Key.Key_PageDown, SHIFT): lambda surface: surface.desk.step(1, more=True),
    (Key.Key_PageUp, SHIFT): lambda surface: surface.desk.step(-1, more=True),
    (Key.Key_A, CTRL): lambda surface: surface.desk.choose(surface.desk.sheet.keys),
    (Key.Key_C, CTRL): lambda surface: edit.copy(surface.desk),
    (Key.Key_X, CTRL): lambda surface: edit.cut(surface.desk),
    (Key.Key_V, CTRL): lambda surface: edit.paste(surface.desk),
    (Key.Key_D, CTRL): lambda surface: edit.duplicate(surface.desk),
    (Key.Key_H, SHIFT): lambda surface: surface.mirror(across=True),
    (Key.Key_V, SHIFT): lambda surface: surface.mirror(across=False),
    (Key.Key_C, CTRL | SHIFT): lambda surface: surface.align(Edge.CENTRE),
    (Key.Key_M, CTRL | SHIFT): lambda surface: surface.align(Edge.MIDDLE),
    (Key.Key_R, SHIFT): lambda surface: surface.rotate(),
    (Key.Key_D, NONE): lambda surface: edit.turn_on(surface.desk),
    (Key.Key_0, NONE): lambda surface: surface.fit(),
    (Key.Key_O, NONE): lambda surface: surface.desk.show_alone(not surface.desk.alone),
    (Key.Key_X, SHIFT): lambda surface: edit.split(surface.desk),
    **{(Key[f"Key_{info.key}"], NONE): _use(info.id) for info in TOOLS},
}
_SIGNS: dict[str, Action] = {
    "+": lambda surface: surface.zoom(1.25),
    "=": lambda surface: surface.zoom(1.25),
    "-": lambda surface: surface.zoom(0.8),
    ".": lambda surface: surface.desk.step_vertex(1),
    ",": lambda surface: surface.desk.step_vertex(-1),
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

"""Tools for grids: brush, eraser, and rectangles of cells."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.model.region import Cells
from app.regions import shaping
from app.regions.shaping import Cell
from ui.canvas.desk import Desk
from ui.canvas.tool import Pointer, Tool, may_draw


def _tr(text: str) -> str:
    return QCoreApplication.translate("Canvas", text)


def grid_of(desk: Desk) -> tuple[int | None, Cells]:
    """The grid that is painted: the chosen one, else the first of the layer, else an empty one that is none yet."""
    for each in (*desk.chosen_regions, *desk.sheet.drawn):
        if isinstance(each.region.shape, Cells):
            return each.key, each.region.shape
    columns, rows = desk.limits.steps
    return None, Cells(columns, rows)


class Brush(Tool):
    """Cells that the mouse goes over, on or off."""

    def __init__(self, *, on: bool = True) -> None:
        self._on = on
        self._key: int | None = None
        self._last: Cell | None = None

    def press(self, desk: Desk, pointer: Pointer) -> None:
        if not may_draw(desk):
            return
        key, cells = grid_of(desk)
        self._key, self._last = key, shaping.cell_at(cells, pointer.at)
        self._show(desk, cells, (self._last,))

    def drag(self, desk: Desk, pointer: Pointer) -> None:
        if self._last is None:
            return
        cells = self._cells(desk)
        here = shaping.cell_at(cells, pointer.at)
        if here != self._last:
            self._show(desk, cells, tuple(shaping.stroke(self._last, here)))
            self._last = here

    def release(self, desk: Desk, pointer: Pointer) -> None:
        if self._last is not None:
            self._last = None
            self._keep(desk)

    def finish(self, desk: Desk) -> bool:
        had = self._last is not None
        if had:
            self._last = None
            self._keep(desk)
        return had

    def cancel(self, desk: Desk) -> bool:
        had, self._last = self._last is not None, None
        return super().cancel(desk) or had

    def _cells(self, desk: Desk) -> Cells:
        shown = desk.shape(self._key) if self._key is not None else desk.draft
        return shown if isinstance(shown, Cells) else grid_of(desk)[1]

    def _show(self, desk: Desk, cells: Cells, touched: tuple[Cell, ...]) -> None:
        new = shaping.painted(cells, touched, on=self._on)
        if self._key is not None:
            desk.try_shapes({self._key: new})
        else:
            desk.try_draft(new)

    def _keep(self, desk: Desk) -> None:
        text = _tr("Paint cells") if self._on else _tr("Erase cells")
        if self._key is not None:
            desk.reshape(dict(desk.trial), text)
            desk.choose((self._key,))
        elif desk.draft is not None:
            desk.add((desk.draft,), text)


class Fill(Brush):
    """All cells of a rectangle; Shift erases them."""

    def __init__(self) -> None:
        super().__init__()
        self._first: Cell | None = None
        self._before: Cells | None = None

    def press(self, desk: Desk, pointer: Pointer) -> None:
        self._on = not pointer.shift
        super().press(desk, pointer)
        self._first, self._before = self._last, grid_of(desk)[1] if self._last is not None else None

    def drag(self, desk: Desk, pointer: Pointer) -> None:
        if self._first is None or self._before is None or self._last is None:
            return
        here = shaping.cell_at(self._before, pointer.at)
        if here != self._last:
            self._last = here
            self._show(desk, self._before, tuple(shaping.block(self._first, here)))

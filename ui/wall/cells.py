"""Where the tiles of a wall lie. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

GAP = 2  # pixels between tiles


@dataclass(frozen=True, slots=True)
class Cell:
    """Logical pixels."""

    left: int
    top: int
    width: int
    height: int


def side(size: int) -> int:
    """Tiles in a row of a wall with so many."""
    return isqrt(size)


def cells(size: int, width: int, height: int) -> tuple[Cell, ...]:
    """Row by row, without rests: what cannot be divided goes to the cells at the far edges one pixel each."""
    count = side(size)
    across, down = _cuts(width, count), _cuts(height, count)
    return tuple(Cell(left, top, wide, tall) for top, tall in down for left, wide in across)


def _cuts(length: int, count: int) -> list[tuple[int, int]]:
    room = max(length - GAP * (count - 1), count)
    edges = [room * number // count for number in range(count + 1)]
    return [(edges[n] + n * GAP, edges[n + 1] - edges[n]) for n in range(count)]


def at(places: tuple[Cell, ...], x: float, y: float) -> int | None:
    """The number of the cell with this point."""
    for number, cell in enumerate(places):
        if cell.left <= x < cell.left + cell.width and cell.top <= y < cell.top + cell.height:
            return number
    return None


def step(number: int, size: int, across: int, down: int) -> int:
    """The neighbour in this direction; at the edge the tile itself."""
    count = side(size)
    row, column = divmod(number, count)
    return min(max(row + down, 0), count - 1) * count + min(max(column + across, 0), count - 1)

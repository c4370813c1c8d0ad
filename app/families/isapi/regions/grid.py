"""gridMap: whole bytes a row, the used bits at the left, the first cell at the upper left (text A, 8.4.15)."""

from __future__ import annotations

from app.errors import ProtocolError
from app.model.region import Cells

_BITS = 4  # of a digit
MOST_CELLS = 65_536  # more are no grid that anybody could draw on


def digits(columns: int) -> int:
    """Hexadecimal digits of a row: whole bytes."""
    return (columns + 7) // 8 * 2


def decode(text: str, columns: int, rows: int) -> Cells:
    """ProtocolError for a text that is no grid of this size."""
    wide = _row_digits(text, columns, rows)
    on = {
        (column, row)
        for row in range(rows)
        for column in range(columns)
        if _bits(text, row, wide) >> (wide * _BITS - 1 - column) & 1
    }
    return Cells(columns, rows, frozenset(on))


def encode(cells: Cells, text: str) -> str:
    """The text with these cells on. Rows that do not change, and the bits beyond the columns, stay as they were."""
    wide = _row_digits(text, cells.columns, cells.rows)
    before = decode(text, cells.columns, cells.rows).on
    spare = (1 << (wide * _BITS - cells.columns)) - 1
    upper = text != text.lower()
    rows = []
    for row in range(cells.rows):
        old = text[row * wide : (row + 1) * wide]
        wanted = [column for column in range(cells.columns) if (column, row) in cells.on]
        if wanted == [column for column in range(cells.columns) if (column, row) in before] and old:
            rows.append(old)
            continue
        bits = sum(1 << (wide * _BITS - 1 - column) for column in wanted) | (_bits(text, row, wide) & spare)
        made = f"{bits:0{wide}x}"
        rows.append(made.upper() if upper else made)
    return "".join(rows)


def _row_digits(text: str, columns: int, rows: int) -> int:
    if not text and columns * rows <= MOST_CELLS:
        return digits(columns)
    wide, rest = divmod(len(text), rows)
    if (
        columns * rows > MOST_CELLS
        or rest
        or wide * _BITS < columns
        or not all(sign in "0123456789abcdefABCDEF" for sign in text)
    ):
        raise ProtocolError(
            "The camera's motion grid does not fit its own size.",
            hint="It can be seen in the settings as the camera sent it.",
            detail=f"{len(text)} digits for {columns} by {rows} cells",
        )
    return wide


def _bits(text: str, row: int, wide: int) -> int:
    return int(text[row * wide : (row + 1) * wide] or "0", 16)

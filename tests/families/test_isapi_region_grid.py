"""gridMap by itself: sizes, the bits beyond the columns, rows that keep their spelling, nonsense."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ProtocolError
from app.families.isapi.regions import grid
from app.model.region import Cells

SIZES = st.tuples(st.integers(1, 70), st.integers(1, 40))


@st.composite
def grids(draw):
    columns, rows = draw(SIZES)
    count = grid.digits(columns) * rows
    text = draw(st.text("0123456789abcdef", min_size=count, max_size=count))
    on = draw(st.frozensets(st.tuples(st.integers(0, columns - 1), st.integers(0, rows - 1)), max_size=40))
    return columns, rows, text, Cells(columns, rows, on)


@given(grids())
def test_cells_come_back_and_spare_bits_stay(made):
    columns, rows, text, cells = made
    drawn = grid.encode(cells, text)
    assert len(drawn) == len(text)
    assert grid.decode(drawn, columns, rows) == cells
    wide = grid.digits(columns)
    spare = (1 << (wide * 4 - columns)) - 1
    for row in range(rows):
        old, new = (int(each[row * wide : (row + 1) * wide], 16) for each in (text, drawn))
        assert old & spare == new & spare


@given(grids())
def test_what_does_not_change_keeps_its_very_digits(made):
    columns, rows, text, _ = made
    assert grid.encode(grid.decode(text, columns, rows), text) == text
    assert grid.encode(grid.decode(text.upper(), columns, rows), text.upper()) == text.upper()


def test_the_grid_of_the_protocol_text():
    """22 by 18 cells: six digits a row, and a full row ends with c."""
    full = grid.decode("fffffc" * 18, 22, 18)
    assert len(full.on) == 22 * 18
    assert grid.encode(Cells(22, 18, frozenset({(0, 0), (21, 17)})), "") == "800000" + "000000" * 16 + "000004"


def test_capital_digits_stay_capital():
    assert grid.encode(Cells(8, 2, frozenset({(0, 0), (2, 1), (4, 1)})), "80FF") == "8028"
    assert grid.encode(Cells(8, 2, frozenset({(0, 0), (1, 0), (4, 0)})), "80FF")[:2] == "C8"


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [("ff", 8, 2), ("ffff", 22, 1), ("zz", 8, 1), ("fffff", 8, 2), ("", 99_999, 99_999), ("²²", 8, 1)],
)
def test_what_is_no_grid_of_this_size_is_said_to_be_none(text, columns, rows):
    with pytest.raises(ProtocolError, match="does not fit"):
        grid.decode(text, columns, rows)

"""Widths of columns in windows of any size: what must be read keeps its room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QTableView, QTreeView

_TIGHT = 640  # pixels of the whole view


class Columns:
    """widths: a column, what it has where there is room, and what it has where there is little. What is left over is
    for the column that stretches."""

    def __init__(self, view: QTableView | QTreeView, widths: Sequence[tuple[int, int, int]]) -> None:
        self._view = view
        self._widths = widths
        self._is_tight: bool | None = None

    def fit(self, width: int) -> None:
        """The view is as wide as this by now. What somebody has dragged stays until the room is another."""
        tight = width < _TIGHT
        if tight is not self._is_tight:
            self._is_tight = tight
            for column, roomy, narrow in self._widths:
                self._view.setColumnWidth(column, narrow if tight else roomy)

"""The entries of a device's log as rows, newest first, filtered by words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt

from app.model.log import LogEntry
from ui.models.rows import Index, RowsModel

WHEN, LEVEL, SOURCE, TEXT = range(4)
_DISPLAY = Qt.ItemDataRole.DisplayRole


class LogTable(RowsModel):
    """Times are those of this computer's zone."""

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[LogEntry, ...] = ()
        self._shown: tuple[LogEntry, ...] = ()
        self._words: tuple[str, ...] = ()
        self._titles = (self.tr("Time"), self.tr("Kind"), self.tr("Part"), self.tr("Entry"))

    @property
    def shown(self) -> tuple[LogEntry, ...]:
        return self._shown

    @property
    def is_filtered(self) -> bool:
        return len(self._shown) < len(self._all)

    def show_entries(self, entries: Sequence[LogEntry]) -> None:
        self._all = tuple(entries)
        self._look()

    def filter(self, words: str) -> None:
        """Entries that have each of the words somewhere."""
        self._words = tuple(words.lower().split())
        self._look()

    def _look(self) -> None:
        self.beginResetModel()
        self._shown = tuple(entry for entry in self._all if self._fits(entry)) if self._words else self._all
        self.endResetModel()

    def _fits(self, entry: LogEntry) -> bool:
        said = " ".join(_text(entry, column) for column in range(4)).lower()
        return all(word in said for word in self._words)

    # Qt's side

    def data(self, index: Index, role: int = _DISPLAY) -> object:
        if role not in (_DISPLAY, Qt.ItemDataRole.ToolTipRole) or not 0 <= index.row() < len(self._shown):
            return None
        return _text(self._shown[index.row()], index.column())


def _text(entry: LogEntry, column: int) -> str:
    if column == WHEN:
        return f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S}" if entry.at is not None else ""
    return (entry.level, entry.source, entry.text)[column - 1]

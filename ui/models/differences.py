"""Differences between two sets of settings as rows that are filtered and chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal

from app.site.compare import Difference
from app.site.wording import difference_words
from ui.models.rows import Index, RowsModel

SETTING, ONE, OTHER = range(3)
CHECK = Qt.ItemDataRole.CheckStateRole
Key = tuple[str, str]


class Differences(RowsModel):
    """Columns: the setting with its place and a check box, the value at the left, the value at the right."""

    chosen_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[Difference, ...] = ()
        self._shown: list[Difference] = []
        self._chosen: set[Key] = set()
        self._titles = ["", "", ""]

    def show_differences(self, found: Sequence[Difference], one: str, other: str) -> None:
        self._titles = [self.tr("Setting"), one, other]
        self._chosen.clear()
        self._all = tuple(found)
        self.filter("")
        self.chosen_changed.emit()

    def filter(self, text: str) -> None:
        """Rows in which every word occurs: in the title, its place, its path or a value, in words or as it is sent."""
        words = text.casefold().split()
        self.beginResetModel()
        self._shown = [each for each in self._all if all(word in _haystack(each) for word in words)]
        self.endResetModel()

    @property
    def total(self) -> int:
        return len(self._all)

    @property
    def chosen(self) -> frozenset[Key]:
        return frozenset(self._chosen)

    def choose_shown(self, wanted: bool) -> None:
        """Checks or unchecks what the filter leaves, as far as it can be written at all."""
        keys = {_key(each) for each in self._shown if _can(each)}
        self._chosen = self._chosen | keys if wanted else self._chosen - keys
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, 0), [CHECK])
        self.chosen_changed.emit()

    # Qt's side

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self._shown[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{row.resource}\n{row.path}"
        if role == CHECK and index.column() == SETTING and _can(row):
            return Qt.CheckState.Checked if _key(row) in self._chosen else Qt.CheckState.Unchecked
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if index.column() == SETTING:
            return " › ".join((row.resource_title, *row.section, row.title))
        text = row.one if index.column() == ONE else row.other
        if text is None:
            return self.tr("(not there)")
        return difference_words(row, text) or self.tr("(empty)")

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and index.column() == SETTING and _can(self._shown[index.row()]):
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != CHECK or not index.isValid():
            return False
        key = _key(self._shown[index.row()])
        if Qt.CheckState(value) is Qt.CheckState.Checked:
            self._chosen.add(key)
        else:
            self._chosen.discard(key)
        self.dataChanged.emit(index, index, [CHECK])
        self.chosen_changed.emit()
        return True


def _can(row: Difference) -> bool:
    """Whether there is something to set it to. What the left side lacks may come with another value that is chosen."""
    return row.other is not None


def _key(row: Difference) -> Key:
    return row.resource, row.path


def _haystack(row: Difference) -> str:
    places = (row.resource_title, *row.section, row.title, row.resource, row.path)
    texts = [text for text in (row.one, row.other) if text]
    return " ".join((*places, *texts, *(difference_words(row, text) for text in texts))).casefold()

"""The history as rows: which change sets there are is known at once, what each of them is once somebody looks at it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal

from app.site.records import ChangeSet, ChangeState
from ui.models import history_words as words
from ui.theme import icon

Index = QModelIndex | QPersistentModelIndex
WHEN, WHAT, OUTCOME, WHO, DEVICE = range(5)
BATCH = 60  # rows that are read at once: what a high window shows
_DISPLAY = Qt.ItemDataRole.DisplayRole


class HistoryTable(QAbstractTableModel):
    """`show` the numbers of the change sets, newest first, and `learn` what `wanted` asks for."""

    wanted = Signal(object)  # tuple[int, ...]: rows that were looked at and are not known

    def __init__(self) -> None:
        super().__init__()
        self._numbers: tuple[int, ...] = ()
        self._rows: dict[int, int] = {}
        self._known: dict[int, ChangeSet] = {}
        self._missed: set[int] = set()  # rows
        self._titles = (self.tr("When"), self.tr("What"), self.tr("Outcome"), self.tr("Who"), self.tr("Device"))
        self._asking = QTimer(self)
        self._asking.setSingleShot(True)
        self._asking.setInterval(0)
        self._asking.timeout.connect(self._ask)

    # What is shown

    def show(self, numbers: tuple[int, ...]) -> None:
        """New ones at the top leave the view as it is; anything else begins anew."""
        more = len(numbers) - len(self._numbers)
        if numbers == self._numbers:
            return
        if self._numbers and more > 0 and numbers[more:] == self._numbers:
            self.beginInsertRows(QModelIndex(), 0, more - 1)
            self._take(numbers)
            self.endInsertRows()
        else:
            self.beginResetModel()
            self._take(numbers)
            self.endResetModel()

    def _take(self, numbers: tuple[int, ...]) -> None:
        self._numbers = numbers
        self._rows = {number: row for row, number in enumerate(numbers)}
        self._missed.clear()

    def learn(self, found: Iterable[ChangeSet]) -> None:
        for change_set in found:
            self._known[change_set.id] = change_set
            row = self._rows.get(change_set.id)
            if row is not None:
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(self._titles) - 1))

    def change_set(self, row: int) -> ChangeSet | None:
        """None where there is no such row, or where it was not read yet."""
        return self._known.get(self._numbers[row]) if 0 <= row < len(self._numbers) else None

    def number(self, row: int) -> int | None:
        return self._numbers[row] if 0 <= row < len(self._numbers) else None

    def row_of(self, number: int | None) -> int | None:
        return None if number is None else self._rows.get(number)

    def open_ones(self) -> tuple[int, ...]:
        """Those whose end was not known when they were read."""
        ended = (ChangeState.DONE, ChangeState.FAILED)
        return tuple(each.id for each in self._known.values() if each.state not in ended)

    def text(self, row: int, column: int) -> str:
        change_set = self.change_set(row)
        return _text(change_set, column) if change_set is not None else ""

    def _miss(self, row: int) -> None:
        self._missed.add(row)
        self._asking.start()

    def _ask(self) -> None:
        """For the rows that were looked at, and as many around them as are read at once."""
        if not self._missed:
            return
        first, last = min(self._missed), max(self._missed)
        room = max(0, BATCH - (last - first)) // 2
        self._missed.clear()
        around = self._numbers[max(0, first - room) : min(last + 1, first + 2 * BATCH) + room]
        self.wanted.emit(tuple(number for number in around if number not in self._known))

    # Qt's side

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._numbers)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> object:
        if orientation is Qt.Orientation.Horizontal and role == _DISPLAY:
            return self._titles[section]
        return None

    def data(self, index: Index, role: int = _DISPLAY) -> object:
        if role not in (_DISPLAY, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.DecorationRole):
            return None
        change_set = self.change_set(index.row())
        if change_set is None:
            self._miss(index.row())
            return "…" if role == _DISPLAY and index.column() == WHAT else None
        if role == Qt.ItemDataRole.DecorationRole:
            _, name, colour = words.outcome(change_set)
            return icon(name, 16, colour) if index.column() == OUTCOME else None
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == WHEN:
            return f"{change_set.started.astimezone():%Y-%m-%d %H:%M:%S %Z}"
        return _text(change_set, index.column())


def _text(change_set: ChangeSet, column: int) -> str:
    match column:
        case 0:
            return words.when(change_set.started)
        case 1:
            return words.what(change_set)
        case 2:
            return words.outcome(change_set)[0]
        case 3:
            return change_set.who
        case _:
            return change_set.device_name or change_set.address

"""What devices report as rows: the newest at the top, filtered, brought up to date in batches.

Rows are kept from old to new; row n of the view is the n-th from the end. So a batch at the top and the oldest that
go at the bottom cost the same whatever the length.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon

from app.events import Batch, Record, RecordKind
from ui.models import event_words as words
from ui.theme import icon, tokens

Index = QModelIndex | QPersistentModelIndex
RECORD_ROLE = Qt.ItemDataRole.UserRole + 1
WHEN, DEVICE, WHAT, WHERE, TARGET, STATE, PICTURE = range(7)
_ICONS = {RecordKind.SKIPPED: "help", RecordKind.GAP: "warning"}


@dataclass(frozen=True, slots=True)
class Cell:
    """What is seen in one place of the table; colour "" is that of every text."""

    text: str = ""
    colour: str = ""
    picture: QIcon | None = None


class EventTable(QAbstractTableModel):
    """`take` batches as they come, `show` other ones with everything from the beginning."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Record] = []
        self._words: tuple[str, ...] = ()
        self._device: str | None = None

    @property
    def total(self) -> int:
        return len(self._rows)

    def records(self) -> tuple[Record, ...]:
        """Those that the filter leaves, the oldest first."""
        return tuple(self._rows)

    def record(self, row: int) -> Record | None:
        at = len(self._rows) - 1 - row
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def row_of(self, number: int) -> int | None:
        at = self._place(number)
        return None if at is None else len(self._rows) - 1 - at

    def show_records(self, records: Iterable[Record], device: str | None, text: str) -> None:
        """Those of a device (None: of all) with every word of the text."""
        self.beginResetModel()
        self._words, self._device = tuple(text.casefold().split()), device
        self._rows = [each for each in records if self._accepts(each)]
        self.endResetModel()

    def take(self, batch: Batch) -> None:
        self._drop_before(batch.first)
        self._change(batch.changed)
        new = [each for each in batch.new if self._accepts(each)]
        if new:
            self.beginInsertRows(QModelIndex(), 0, len(new) - 1)
            self._rows += new
            self.endInsertRows()

    def _drop_before(self, first: int) -> None:
        gone = bisect_left(self._rows, first, key=_number)
        if gone:
            count = len(self._rows)
            self.beginRemoveRows(QModelIndex(), count - gone, count - 1)
            del self._rows[:gone]
            self.endRemoveRows()

    def _change(self, records: Sequence[Record]) -> None:
        places = []
        for record in records:
            at = self._place(record.number)
            if at is not None:
                self._rows[at] = record
                places.append(at)
        last = len(self._rows) - 1
        for _, run in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
            held = [at for _, at in run]
            self.dataChanged.emit(self.index(last - held[-1], 0), self.index(last - held[0], PICTURE))

    def _place(self, number: int) -> int | None:
        at = bisect_left(self._rows, number, key=_number)
        return at if at < len(self._rows) and self._rows[at].number == number else None

    def _accepts(self, record: Record) -> bool:
        if self._device is not None and record.device != self._device:
            return False
        if not self._words:
            return True
        text = _haystack(record)
        return all(word in text for word in self._words)

    def cell(self, row: int, column: int) -> Cell:
        """Everything about a cell at once, for whoever paints it."""
        record = self.record(row)
        if record is None:
            return Cell()
        text, colour, picture = _text(record, column), "", None
        if column == STATE:
            colour = getattr(tokens(), words.state(record)[1])
        elif column == WHAT and record.kind in _ICONS:
            picture = icon(_ICONS[record.kind], 16, "warn")
        elif column == PICTURE and record.picture is not None:
            picture = icon("picture", 16, "secondary")
        return Cell(text, colour, picture)

    # Qt's side

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 7

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.AccessibleTextRole and section == PICTURE:
            return self.tr("Picture")
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        titles = (
            self.tr("When"),
            self.tr("Camera"),
            self.tr("Event"),
            self.tr("Where"),
            self.tr("Who"),
            self.tr("State"),
            "",
        )
        return titles[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        record = self.record(index.row()) if index.isValid() else None
        if record is None:
            return None
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(record, column)
        if role == RECORD_ROLE:
            return record
        if role == Qt.ItemDataRole.AccessibleTextRole and column == PICTURE:
            return self.tr("has a picture") if record.picture is not None else self.tr("no picture")
        if role == Qt.ItemDataRole.ToolTipRole:
            return record.note or (record.event.description if record.event is not None else None)
        return None


def _number(record: Record) -> int:
    return record.number


def _text(record: Record, column: int) -> str:
    match column:
        case 0:
            return words.clock(record.began)
        case 1:
            return record.device
        case 2:
            return "  ".join(filter(None, (record.title, words.posts(record))))
        case 3:
            return words.region(record)
        case 4:
            return words.target(record)
        case 5:
            return words.state(record)[0]
    return ""


def _haystack(record: Record) -> str:
    texts = [_text(record, column) for column in range(PICTURE)]
    if record.event is not None:
        texts += [record.event.type, record.event.description]
    return "\n".join([*texts, record.note]).casefold()

"""The devices of the site as a list model: filtered, sorted and grouped here, changed in batches.

A proxy model asks Python for every comparison; one sort with ready keys keeps 5,000 rows smooth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from app.model.device import Address, Found
from ui.models.status import Standing, Status, device_name, status

Index = QModelIndex | QPersistentModelIndex
ENTRY_ROLE = Qt.ItemDataRole.UserRole + 1
DEVICE_MIME = "application/x-camwright-device"  # what is dragged out of the list: an address
RUNS = 40  # more separate insertions or removals than this are cheaper as one reset


class Sorting(StrEnum):
    ADDRESS = "address"
    NAME = "name"
    MODEL = "model"
    STATUS = "status"


class Grouping(StrEnum):
    NONE = "none"
    STATUS = "status"
    MODEL = "model"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: a device, or a group's heading (found is None)."""

    key: object
    found: Found | None
    status: Status | None
    title: str
    haystack: str = ""


class SiteModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._devices: dict[Address, Entry] = {}
        self._standings: dict[Address, Standing] = {}
        self._rows: list[Entry] = []
        self._places: dict[object, int] = {}
        self._words: tuple[str, ...] = ()
        self._only_needing = False
        self.sorting = Sorting.ADDRESS
        self.grouping = Grouping.NONE

    # What is in it

    @property
    def total(self) -> int:
        return len(self._devices)

    @property
    def needing(self) -> int:
        return sum(1 for entry in self._devices.values() if entry.status is not None and entry.status.needs_you)

    @property
    def shown(self) -> int:
        return sum(1 for entry in self._rows if entry.found is not None)

    def device(self, address: Address) -> Found | None:
        entry = self._devices.get(address)
        return entry.found if entry else None

    def status_of(self, address: Address) -> Status | None:
        entry = self._devices.get(address)
        return entry.status if entry else None

    def devices(self) -> Iterator[Found]:
        """In the order of the list, also those that the filter hides."""
        for entry in sorted(self._devices.values(), key=self._order):
            if entry.found is not None:
                yield entry.found

    def index_of(self, address: Address) -> QModelIndex:
        row = self._places.get(address)
        return QModelIndex() if row is None else self.index(row)

    # What changes it

    def take(self, added: Iterable[Found], changed: Iterable[Found], removed: Iterable[Found]) -> None:
        """One batch of discovery."""
        for found in removed:
            self._devices.pop(found.address, None)
        touched = set()
        for found in (*added, *changed):
            self._devices[found.address] = self._entry(found)
            touched.add(found.address)
        self._arrange(touched)

    def set_standing(self, address: Address, standing: Standing) -> None:
        self._standings[address] = standing
        found = self.device(address)
        if found is not None:
            self._devices[address] = self._entry(found)
            self._arrange({address})

    def set_filter(self, text: str, only_needing: bool = False) -> None:
        """Every word must occur in name, address, model, serial, MAC (with or without separators) or status."""
        self._words, self._only_needing = tuple(text.casefold().split()), only_needing
        self._arrange(set())

    def arrange_by(self, sorting: Sorting, grouping: Grouping) -> None:
        self.sorting, self.grouping = sorting, grouping
        self._arrange(set())

    # Qt's side

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self._rows[index.row()].found is None:
            return Qt.ItemFlag.ItemIsEnabled
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return usual | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        return [DEVICE_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        found = next((self._rows[index.row()].found for index in indexes), None)
        if found is not None:
            data.setData(DEVICE_MIME, str(found.address).encode())
        return data

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        entry = self._rows[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        found, state = entry.found, entry.status
        if found is None or state is None:
            return entry.title if role == Qt.ItemDataRole.AccessibleTextRole else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(t for t in (entry.title, str(found.address), found.model, state.word) if t)
        if role == Qt.ItemDataRole.ToolTipRole:
            facts = (entry.title, str(found.address), found.model, found.serial, found.mac, state.word)
            return "\n".join(t for t in (*facts, found.note, found.conflict) if t)
        return None

    # Order

    def _entry(self, found: Found) -> Entry:
        state = status(found, self._standings.get(found.address, Standing()))
        title = device_name(found)
        facts = (title, str(found.address), found.model, found.serial, found.mac, state.word)
        bare = "".join(sign for sign in found.mac if sign.isalnum())
        return Entry(found.address, found, state, title, " ".join((*facts, bare)).casefold())

    def _accepts(self, entry: Entry) -> bool:
        if self._only_needing and not (entry.status and entry.status.needs_you):
            return False
        return all(word in entry.haystack for word in self._words)

    def _order(self, entry: Entry) -> tuple[object, ...]:
        assert entry.found is not None
        place = entry.found.address.sort_key
        match self.sorting:
            case Sorting.NAME:
                return (entry.title.casefold(), place)
            case Sorting.MODEL:
                return (entry.found.model.casefold(), place)
            case Sorting.STATUS:
                return (entry.status.rank if entry.status else 9, place)
        return (place,)

    def _group(self, entry: Entry) -> tuple[int, str]:
        assert entry.found is not None
        assert entry.status is not None
        match self.grouping:
            case Grouping.STATUS:
                return (entry.status.rank, entry.status.word)
            case Grouping.MODEL:
                return (0, entry.found.model or QCoreApplication.translate("SiteModel", "Model not said"))
            case Grouping.NETWORK:
                host, dot, _ = entry.found.address.host.rpartition(".")
                return (0, f"{host}.x" if dot and host[-1:].isdigit() else entry.found.address.host)
        return (0, "")

    def _wanted(self) -> list[Entry]:
        entries = sorted(filter(self._accepts, self._devices.values()), key=self._order)
        if self.grouping is Grouping.NONE:
            return entries
        entries.sort(key=self._group)
        rows: list[Entry] = []
        for group, members in groupby(entries, key=self._group):
            inside = list(members)
            rows.append(Entry(("group", group), None, None, f"{group[1]} ({len(inside)})"))
            rows.extend(inside)
        return rows

    def _arrange(self, touched: set[Address]) -> None:
        new = self._wanted()
        keep = {entry.key for entry in new}
        gone = list(_runs([i for i, entry in enumerate(self._rows) if entry.key not in keep]))
        there = {entry.key for entry in self._rows}
        fresh = list(_runs([i for i, entry in enumerate(new) if entry.key not in there]))
        staying = [entry.key for entry in self._rows if entry.key in keep]
        if len(gone) + len(fresh) > RUNS or staying != [entry.key for entry in new if entry.key in there]:
            self.beginResetModel()
            self._hold(new)
            self.endResetModel()
            return
        for first, last in reversed(gone):
            self.beginRemoveRows(QModelIndex(), first, last)
            self._hold(self._rows[:first] + self._rows[last + 1 :])
            self.endRemoveRows()
        for first, last in fresh:
            self.beginInsertRows(QModelIndex(), first, last)
            self._hold(self._rows[:first] + new[first : last + 1] + self._rows[first:])
            self.endInsertRows()
        self._hold(new)
        rows = sorted(self._places[key] for key in touched if key in self._places)
        for first, last in _runs(rows):
            self.dataChanged.emit(self.index(first), self.index(last))

    def _hold(self, rows: list[Entry]) -> None:
        self._rows = rows
        self._places = {entry.key: row for row, entry in enumerate(rows)}


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """First and last of each unbroken run of rising numbers."""
    start = 0
    for i, number in enumerate(numbers):
        if i + 1 == len(numbers) or numbers[i + 1] != number + 1:
            yield numbers[start], number
            start = i + 1

"""The pieces of a day as rows that are filtered, chosen and downloaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.model.recording import Clip
from ui.models.rows import Index, RowsModel
from ui.theme import ROW_LIST

TIME, LENGTH, REASON, SIZE, STATE = range(5)
_LEAST = 400  # pixels: every column but the last is whole
_CHECKED = 56  # pixels of a check box with its margins
_CHECK = Qt.ItemDataRole.CheckStateRole
_DISPLAY = Qt.ItemDataRole.DisplayRole


class Pieces(RowsModel):
    """Columns: time with a check box, length, why it was recorded, size, what has become of its download."""

    chosen_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[Clip, ...] = ()
        self._shown: list[Clip] = []
        self._chosen: set[Clip] = set()
        self._states: dict[Clip, str] = {}
        self._titles = (self.tr("Time"), self.tr("Length"), self.tr("Reason"), self.tr("Size"), self.tr("State"))

    def show_clips(self, clips: Sequence[Clip]) -> None:
        """Of another day: nothing is chosen."""
        self._all = tuple(clips)
        self._chosen.clear()
        self._states.clear()
        self.filter("")
        self.chosen_changed.emit()

    def filter(self, title: str) -> None:
        """Those with this reason; all of them for ""."""
        self.beginResetModel()
        self._shown = [clip for clip in self._all if title in ("", clip.title)]
        self.endResetModel()

    @property
    def shown(self) -> tuple[Clip, ...]:
        return tuple(self._shown)

    @property
    def chosen(self) -> tuple[Clip, ...]:
        """In the order of time, whatever the filter shows."""
        return tuple(clip for clip in self._all if clip in self._chosen)

    def choose(self, clip: Clip, wanted: bool) -> None:
        if wanted:
            self._chosen.add(clip)
        else:
            self._chosen.discard(clip)
        self._changed(clip)
        self.chosen_changed.emit()

    def choose_shown(self, wanted: bool) -> None:
        shown = set(self._shown)
        self._chosen = self._chosen | shown if wanted else self._chosen - shown
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, STATE))
        self.chosen_changed.emit()

    def set_state(self, clip: Clip, text: str) -> None:
        self._states[clip] = text
        self._changed(clip)

    def clip(self, row: int) -> Clip | None:
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def row(self, clip: Clip) -> int:
        """-1 for one that is not shown."""
        return self._shown.index(clip) if clip in self._shown else -1

    def _changed(self, clip: Clip) -> None:
        row = self.row(clip)
        if row >= 0:
            self.dataChanged.emit(self.index(row, 0), self.index(row, STATE))

    # Qt's side

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == TIME else flags

    def data(self, index: Index, role: int = _DISPLAY) -> object:
        clip = self.clip(index.row())
        if clip is None:
            return None
        if role == _CHECK and index.column() == TIME:
            return Qt.CheckState.Checked if clip in self._chosen else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in (LENGTH, SIZE):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role in (_DISPLAY, Qt.ItemDataRole.ToolTipRole):
            return self._text(clip, index.column())
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        clip = self.clip(index.row())
        if clip is None or role != _CHECK or index.column() != TIME:
            return False
        self.choose(clip, Qt.CheckState(value) is Qt.CheckState.Checked)
        return True

    def _text(self, clip: Clip, column: int) -> str:
        match column:
            case 0:
                return f"{clip.start:%H:%M:%S}"
            case 1:
                return length_text(clip.length)
            case 2:
                return clip.title
            case 3:
                return size_text(clip.size)
        return self._states.get(clip, "")


def pieces_table(model: Pieces) -> QTableView:
    """Rows that are walked with the arrows; Space checks, Enter plays."""
    table = QTableView()
    table.setModel(model)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.setMinimumWidth(_LEAST)
    table.setTabKeyNavigation(False)
    table.setAccessibleName(QCoreApplication.translate("Pieces", "Recorded pieces"))
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(ROW_LIST)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(STATE, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(TIME, QHeaderView.ResizeMode.Fixed)  # Qt forgets the check box when it measures
    table.setColumnWidth(TIME, table.fontMetrics().horizontalAdvance("00:00:00") + _CHECKED)
    return table


def length_text(length: timedelta) -> str:
    seconds = round(length.total_seconds())
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def size_text(size: int | None) -> str:
    """ "" where nobody knows."""
    if size is None:
        return ""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"

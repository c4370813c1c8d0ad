"""The table of events as it is seen: rows of one height, the words that differ get the room."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from ui.models.columns import Columns
from ui.models.events import DEVICE, PICTURE, STATE, TARGET, WHAT, WHEN, WHERE, EventTable

SIGN = QSize(16, 16)
# What a column has where there is room, and where there is little: what happened must be read in any window.
_WIDTHS = ((WHEN, 96, 92), (DEVICE, 110, 90), (WHERE, 84, 72), (TARGET, 110, 68), (STATE, 130, 128), (PICTURE, 34, 28))


class EventDelegate(QStyledItemDelegate):
    """Asks the table once for all that a cell shows. Left to itself it asks for each of eight roles, which in a flood
    of events are thousands of calls into Python for every picture of the table."""

    def __init__(self, table: EventTable) -> None:
        super().__init__(table)
        self._table = table

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        cell = self._table.cell(index.row(), index.column())
        # Qt's own classes: the stubs do not know their fields.
        shown: Any = option
        shown.index = index
        shown.displayAlignment = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if cell.text:
            shown.features |= QStyleOptionViewItem.ViewItemFeature.HasDisplay
            shown.text = cell.text
        if cell.picture is not None:
            shown.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            shown.decorationSize = SIGN
            shown.icon = cell.picture
        if cell.colour:
            shown.palette.setColor(QPalette.ColorRole.Text, QColor(cell.colour))


class EventView(QTableView):
    def __init__(self, table: EventTable) -> None:
        super().__init__()
        self.setModel(table)
        self.setItemDelegate(EventDelegate(table))
        self.setAccessibleName(self.tr("Events"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._columns = Columns(self, _WIDTHS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._columns.fit(event.size().width())
        super().resizeEvent(event)

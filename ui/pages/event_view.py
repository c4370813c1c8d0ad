"""The table of events as it is seen: rows of one height, the words that differ get the room."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from ui.models.events import DEVICE, PICTURE, STATE, TARGET, WHAT, WHEN, WHERE, EventTable

_WIDTHS = ((WHEN, 96), (DEVICE, 110), (WHERE, 84), (TARGET, 110), (STATE, 130), (PICTURE, 34))


class EventView(QTableView):
    def __init__(self, table: EventTable) -> None:
        super().__init__()
        self.setModel(table)
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
        for column, width in _WIDTHS:
            self.setColumnWidth(column, width)

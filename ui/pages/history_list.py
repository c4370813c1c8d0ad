"""The left side of the history: whose changes, which of them, and the rows."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from app.site.history import Search
from ui.forms.words import counted
from ui.models.history import DEVICE, OUTCOME, WHAT, WHEN, WHO, HistoryTable
from ui.theme import GAP

PAUSE = 120  # ms without a letter before the site file is searched


class HistoryList(QWidget):
    """search_changed: other rows are wanted. chosen: another row is the current one."""

    search_changed = Signal()
    chosen = Signal()

    def __init__(self, device: str) -> None:
        super().__init__()
        self.table = HistoryTable()
        self.scope_box = QComboBox()
        self.scope_box.addItem(device, False)
        self.scope_box.addItem(self.tr("The whole site"), True)
        self.scope_box.setAccessibleName(self.tr("Whose history"))
        self.scope_box.activated.connect(self.search_changed)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter changes"))
        self.filter.setAccessibleName(self.tr("Filter changes"))
        self.filter.setToolTip(self.tr("By setting, value, outcome, page, person or camera (Ctrl+F)"))
        self.filter.setClearButtonEnabled(True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self.search_changed)
        self.filter.textChanged.connect(lambda: self._pause.start())
        self.odd = QCheckBox(self.tr("Not kept as sent"))
        self.odd.setToolTip(self.tr("Only what a camera adjusted, ignored, refused or changed besides"))
        self.odd.toggled.connect(lambda: self.search_changed.emit())
        self.count = QLabel()
        self.count.setProperty("role", "secondary")
        self.nothing = QLabel(self.tr("No change fits. Press Esc to see all of them."))
        self.nothing.setProperty("role", "secondary")
        self.nothing.setContentsMargins(12, GAP, 12, GAP)
        self.nothing.hide()
        self._build_view()
        head = QHBoxLayout()
        head.setContentsMargins(12, GAP, 12, GAP)
        head.setSpacing(GAP)
        head.addWidget(self.scope_box)
        head.addWidget(self.filter, 1)
        head.addWidget(self.odd)
        head.addWidget(self.count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.nothing)
        layout.addWidget(self.view, 1)
        escape = QShortcut(QKeySequence("Escape"), self, self.show_all)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _build_view(self) -> None:
        view = self.view = QTreeView()
        view.setModel(self.table)
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setAllColumnsShowFocus(True)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.header().setStretchLastSection(False)
        view.header().setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
        for column, width in ((WHEN, 120), (OUTCOME, 190), (WHO, 90), (DEVICE, 130)):
            view.setColumnWidth(column, width)
        view.setAccessibleName(self.tr("Changes"))
        view.selectionModel().currentRowChanged.connect(lambda *_: self.chosen.emit())

    @property
    def whole_site(self) -> bool:
        return bool(self.scope_box.currentData())

    @property
    def is_filtered(self) -> bool:
        return bool(self.filter.text().strip()) or self.odd.isChecked()

    def search(self, own: tuple[int, ...]) -> Search:
        """What is looked for; own are the device's numbers in the site file."""
        return Search(None if self.whole_site else own, self.filter.text(), self.odd.isChecked())

    def show_all(self) -> None:
        """Without any filter."""
        self.filter.clear()
        self.odd.setChecked(False)

    def focus_filter(self) -> None:
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    # Rows

    def show_numbers(self, numbers: tuple[int, ...]) -> None:
        """The row that was chosen stays chosen and where it is seen, as far as it is there still."""
        chosen, top = self.chosen_id, self.view.indexAt(self.view.rect().topLeft()).row()
        seen = self.table.number(top) if self.view.verticalScrollBar().value() else None
        self.table.show(numbers)
        self.view.setColumnHidden(DEVICE, not self.whole_site)
        if (numbers and self.chosen_id != chosen) or not self.view.currentIndex().isValid():
            self.choose(self.table.row_of(chosen) or 0)
        if (row := self.table.row_of(seen)) is not None:
            self.view.scrollTo(self.table.index(row, 0), QAbstractItemView.ScrollHint.PositionAtTop)
        self.nothing.setVisible(not numbers and self.is_filtered)
        count = len(numbers)
        self.count.setText(counted(self.tr("%n change(s)", "", count), count))

    @property
    def chosen_id(self) -> int | None:
        index = self.view.currentIndex()
        return self.table.number(index.row()) if index.isValid() else None

    def choose(self, row: int) -> None:
        if row < self.table.rowCount(QModelIndex()):
            self.view.setCurrentIndex(self.table.index(row, 0))

"""The corners of the chosen shape as numbers: for those who type them, and for screen readers."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.model.geometry import Point
from app.model.region import Shape, ShapeKind
from ui.canvas import edit
from ui.canvas.desk import Desk

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class PointsModel(QAbstractTableModel):
    """Two columns in percent of the picture, from its top left corner."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._shape: Shape | None = None

    def follow(self) -> None:
        """Takes the shape that is chosen; a gesture under way included."""
        single = self._desk.single
        shape = self._desk.shape(single.key) if single is not None else None
        if shape is not None and shape.kind is ShapeKind.CELLS:
            shape = None
        before, self._shape = self._shape, shape
        if len(before.points if before is not None else ()) != self.rowCount():
            self.beginResetModel()
            self.endResetModel()
        elif self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, 1))

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() or self._shape is None else len(self._shape.points)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else 2

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation is Qt.Orientation.Vertical:
            return str(section + 1)
        return (self.tr("Across %"), self.tr("Down %"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._shape is None or not index.isValid():
            return None
        point = self._shape.points[index.row()]
        value = point.y if index.column() else point.x
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return f"{value * 100:.2f}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            way = self.tr("down") if index.column() else self.tr("across")
            return self.tr("Corner {0}, {1} percent {2}").format(index.row() + 1, f"{value * 100:.2f}", way)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """What is no number, or what the camera would not take, is refused and said."""
        if self._shape is None or role != Qt.ItemDataRole.EditRole:
            return False
        try:
            number = float(str(value).replace(",", ".").rstrip(" %")) / 100
        except ValueError:
            self._desk.said.emit(self.tr("“{}” is no number.").format(value), "error")
            return False
        if not 0 <= number <= 1:
            self._desk.said.emit(self.tr("Part of it lies outside the picture."), "error")
            return False
        point = self._shape.points[index.row()]
        return edit.move_to(
            self._desk, index.row(), Point(point.x, number) if index.column() else Point(number, point.y)
        )


class PointsTable(QTableView):
    """Enter or F2 edits a number, Insert adds a corner after this one, Delete takes it away."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.points = PointsModel(desk)
        self.setModel(self.points)
        self.setAccessibleName(self.tr("Corners of the region"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setAlternatingRowColors(True)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setMinimumSectionSize(60)
        self.verticalHeader().setDefaultSectionSize(26)
        self.setShowGrid(False)
        desk.changed.connect(self.follow)
        desk.chosen.connect(self.follow)
        desk.trial_changed.connect(self.points.follow)
        self.selectionModel().currentChanged.connect(self._current)

    def follow(self) -> None:
        self.points.follow()
        vertex = self._desk.vertex
        if vertex is not None and self.currentIndex().row() != vertex:
            column = max(0, self.currentIndex().column())
            self.setCurrentIndex(self.points.index(vertex, column))

    def _current(self, index: QModelIndex) -> None:
        single = self._desk.single
        if index.isValid() and single is not None:
            self._desk.choose((single.key,), index.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and event.key() == Qt.Key.Key_Insert:
            edit.add_vertex(self._desk)
        elif plain and event.key() == Qt.Key.Key_Delete:
            edit.drop_vertex(self._desk)
        elif plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self._is_editing():
            self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _is_editing(self) -> bool:
        return self.state() is QAbstractItemView.State.EditingState

"""The sections of a long form beside it: where one is, and a click to go elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.forms.places import section_title
from ui.theme import tokens

WIDTH, HEIGHT, INDENT = 168, 26, 12
Index = QModelIndex | QPersistentModelIndex


class SectionIndex(QListWidget):
    """`wanted` carries the place of a section among those shown."""

    wanted = Signal(int)
    entered = Signal(int)  # Return: into it

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sectionIndex")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(self.tr("Sections"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Delegate(self))
        self.setUniformItemSizes(True)
        self.currentRowChanged.connect(self._current_changed)
        self.itemClicked.connect(lambda item: self.wanted.emit(self.row(item)))
        self._sections: tuple[tuple[str, ...], ...] = ()

    def show_sections(self, sections: tuple[tuple[str, ...], ...]) -> None:
        if sections == self._sections:
            return
        self._sections = sections
        self.blockSignals(True)
        self.clear()
        for section in sections:
            item = QListWidgetItem(section[-1] if section else section_title(section))
            item.setToolTip(section_title(section))
            item.setData(Qt.ItemDataRole.UserRole, max(0, len(section) - 1))
            self.addItem(item)
        self.setCurrentRow(0)
        self.blockSignals(False)

    def rename(self, sections: tuple[tuple[str, ...], ...]) -> None:
        """The same sections under other names."""
        if len(sections) != len(self._sections):
            return
        for row, section in enumerate(sections):
            if section != self._sections[row]:
                self.item(row).setText(section[-1] if section else section_title(section))
                self.item(row).setToolTip(section_title(section))
                self.item(row).setData(Qt.ItemDataRole.UserRole, max(0, len(section) - 1))
        self._sections = sections

    def show_current(self, number: int) -> None:
        """The form was scrolled there; nobody is told. Whoever is choosing here is left alone: the last sections of a
        form never stand at its top, and the arrow keys would not get past them."""
        if self.hasFocus():
            return
        self.blockSignals(True)
        self.setCurrentRow(number)
        self.blockSignals(False)
        self.viewport().update()

    def _current_changed(self, number: int) -> None:
        if self.hasFocus() and number >= 0:
            self.wanted.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(self.currentRow())
        else:
            super().keyPressEvent(event)


class _Delegate(QStyledItemDelegate):
    """Sub-sections are set in; the current one has a bar at its left."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(0, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = tokens()
        rect: QRect = option.rect
        current = bool(option.state & QStyle.StateFlag.State_Selected)
        if option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(colours.hover))
        if current:
            focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
            painter.fillRect(QRect(rect.left(), rect.top() + 3, 2, rect.height() - 6), QColor(colours.accent))
            if focused:
                painter.setPen(QColor(colours.accent))
                painter.drawRoundedRect(rect.adjusted(0, 0, -1, -1), 4, 4)
        painter.setFont(option.font)
        painter.setPen(QColor(colours.text if current else colours.secondary))
        text = rect.adjusted(12 + INDENT * min(2, index.data(Qt.ItemDataRole.UserRole)), 0, -8, 0)
        shown = option.fontMetrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

"""Draws one row of the site pane: shape, name, address, model where there is room, and the status word."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.model.device import Found
from ui.models.site import ENTRY_ROLE, Entry
from ui.models.status import Status, short_address
from ui.theme import ROW_LIST, SMALL, draw, tokens

WIDE = 460  # from this width on the model is shown as well
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
TAIL = 44  # pixels that the end of an address may take from a long name
ELIDE = Qt.TextElideMode.ElideRight


def address_for(address: str, room: int, metrics: QFontMetrics) -> str:
    """As much of an address as stands beside the name: all of it, or what tells it from its neighbours (".64").
    Nothing more than that is ever taken from the name, which is what people look for."""
    if metrics.horizontalAdvance(address) <= room:
        return address
    end = address[max(0, address.rfind(".")) :]
    if metrics.horizontalAdvance(end) <= max(room, TAIL):
        return end
    return metrics.elidedText(address, Qt.TextElideMode.ElideLeft, max(room, TAIL))


class SiteDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        del option, index
        return QSize(0, ROW_LIST)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry: Entry = index.data(ENTRY_ROLE)
        painter.save()
        self._background(painter, option)
        if entry.found is None or entry.status is None:
            self._heading(painter, option, entry.title)
        else:
            self._device(painter, option, entry.title, entry.found, entry.status)
        painter.restore()

    def _background(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        colours = tokens()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(colours.selected))
            painter.fillRect(
                QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()), QColor(colours.accent)
            )
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, QColor(colours.hover))
        if option.state & QStyle.StateFlag.State_HasFocus and option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(colours.accent))
            painter.drawRect(option.rect.adjusted(0, 0, -1, -1))

    def _heading(self, painter: QPainter, option: QStyleOptionViewItem, title: str) -> None:
        font = QFont(option.font)
        font.setPixelSize(SMALL)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(tokens().secondary))
        painter.drawText(option.rect.adjusted(12, 4, -8, 0), LEFT, title)

    def _device(
        self, painter: QPainter, option: QStyleOptionViewItem, title: str, found: Found, status: Status
    ) -> None:
        colours = tokens()
        rect = option.rect.adjusted(12, 0, -10, 0)
        draw(painter, status.icon, QRect(rect.left(), rect.center().y() - 7, 16, 16), getattr(colours, status.token))
        rect.setLeft(rect.left() + 24)
        small = QFont(option.font)
        small.setPixelSize(SMALL)
        metrics = QFontMetrics(small)
        painter.setFont(small)
        painter.setPen(QColor(getattr(colours, status.token)))
        word = metrics.elidedText(status.word, ELIDE, rect.width() // 2)
        painter.drawText(rect, RIGHT, word)
        rect.setRight(rect.right() - max(metrics.horizontalAdvance(word), 34) - 12)
        painter.setPen(QColor(colours.secondary))
        if option.rect.width() >= WIDE:
            column = QRect(rect.right() - 130, rect.top(), 130, rect.height())
            painter.drawText(column, LEFT, metrics.elidedText(found.model, ELIDE, column.width()))
            rect.setRight(column.left() - 12)
        address = short_address(found.address)
        if not title.startswith(address):
            room = rect.width() - option.fontMetrics.horizontalAdvance(title) - 12
            text = address_for(address, room, metrics)
            width = metrics.horizontalAdvance(text) + 2
            column = QRect(rect.right() - width, rect.top(), width, rect.height())
            painter.drawText(column, RIGHT, text)
            rect.setRight(column.left() - 10)
        painter.setFont(option.font)
        painter.setPen(QColor(colours.text))
        painter.drawText(rect, LEFT, option.fontMetrics.elidedText(title, ELIDE, rect.width()))

"""The tree of a device's resources: filter, states, and the reason where the device refused one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QRect, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from app.settings.tree import Node, NodeKind, NodeState
from ui.models.resources import EDITS_ROLE, MOVED_ROLE, NODE_ROLE, Index, ResourceModel
from ui.panes.tree_switch import TreeSwitch
from ui.theme import BODY, SMALL, draw, tokens

ICONS = {
    NodeKind.GROUP: "folder",
    NodeKind.SETTINGS: "settings",
    NodeKind.STATUS: "status",
    NodeKind.ACTION: "action",
    NodeKind.BINARY: "file",
}
REASON_ROOM = 110  # pixels; a few letters of a reason tell nothing


class _Delegate(QStyledItemDelegate):
    """Icon, title, and behind it the changes that wait or why the device refused."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        node: Node = index.data(NODE_ROLE)
        edits: int = index.data(EDITS_ROLE)
        colours = tokens()
        rect: QRect = option.rect
        refused = node.state is NodeState.REFUSED
        self._paint_ground(painter, option)
        draw(
            painter,
            "lock" if refused else ICONS[node.kind],
            QRect(rect.left() + 4, rect.center().y() - 7, 16, 16),
            colours.disabled if refused else colours.secondary,
        )
        font = option.font
        font.setPixelSize(BODY)
        if node.kind is NodeKind.GROUP:
            font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        text = rect.adjusted(26, 0, -8, 0)
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        if edits:
            painter.setPen(QColor(colours.modified))
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{edits}*")
            text.setRight(text.right() - 28)
        if index.data(MOVED_ROLE):
            sign = QRect(text.right() - 16, rect.center().y() - 7, 16, 16)
            draw(painter, "warning", sign, colours.warn)
            text.setRight(sign.left() - 8)
        painter.setPen(QColor(colours.secondary if refused else colours.text))
        metrics = painter.fontMetrics()
        title = metrics.elidedText(node.title, Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, left, title)
        if refused and not edits:
            text.setLeft(text.left() + metrics.horizontalAdvance(title) + 10)
            font.setPixelSize(SMALL)
            painter.setFont(font)
            painter.setPen(QColor(colours.secondary))
            reason = painter.fontMetrics().elidedText(node.reason, Qt.TextElideMode.ElideRight, text.width())
            if text.width() >= REASON_ROOM or reason == node.reason:
                painter.drawText(text, left, reason)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        colours = tokens()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(colours.selected))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, QColor(colours.hover))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(colours.accent))
            painter.drawRect(option.rect.adjusted(0, 0, -1, -1))


class _Filter(QSortFilterProxyModel):
    """Keeps what matches, with its parents and children."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setRecursiveFilteringEnabled(True)
        self.setAutoAcceptChildRows(True)
        self.text_of: Callable[[str], str] = lambda resource: ""  # what is on a page, lower case
        self._words: list[str] = []
        self._known: dict[str, bool] = {}

    def set_words(self, text: str) -> None:
        self.beginFilterChange()
        self._words = text.casefold().split()
        self._known.clear()
        self.endFilterChange()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        return not self._words or self.fits(self.sourceModel().index(row, 0, parent).data(NODE_ROLE))

    def fits(self, node: Node) -> bool:
        """By itself or by a field on it. Asked several times for each node, answered once."""
        known = self._known.get(node.id)
        if known is None:
            known = self._known[node.id] = self.fits_itself(node) or self._fits_by_field(node)
        return known

    def fits_by_title(self, node: Node) -> bool:
        return all(word in node.title.casefold() for word in self._words)

    def fits_itself(self, node: Node) -> bool:
        text = f"{node.title} {node.id} {node.help}".casefold()
        return all(word in text for word in self._words)

    def _fits_by_field(self, node: Node) -> bool:
        """All words in the title of one field: a page with “video” in one and “name” in another is not meant."""
        lines = self.text_of(node.id).split("\n") if node.kind is not NodeKind.GROUP else []
        return any(all(word in line for word in self._words) for line in lines)


class ResourceTree(QWidget):
    """Filter box over the tree; `chosen` carries the node that the user wants to see.

    model is the tree for people, protocol the same resources by their own paths once `show_outline` gave them.
    """

    chosen = Signal(object)  # Node
    outline_wanted = Signal()  # the tree by protocol is to be shown and not here yet
    arranged = Signal(bool)  # by the user's hand; True: by protocol

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ResourceModel(self)
        self.protocol = ResourceModel(self)
        self.model.mirror = self.protocol
        self._has_outline = False
        self._current = ""
        self._quiet = False
        # The same ground as the list in it.
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._filter = _Filter(self)
        self._filter.setSourceModel(self.model)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Filter settings"))
        self.search.setAccessibleName(self.tr("Filter settings"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filtered)
        self.switch = TreeSwitch()
        self.switch.hide()
        self.switch.switched.connect(self._switched)
        self.view = QTreeView()
        self.view.setModel(self._filter)
        self.view.setHeaderHidden(True)
        self.view.setUniformRowHeights(True)
        self.view.setIndentation(16)
        self.view.setItemDelegate(_Delegate(self.view))
        self.view.setExpandsOnDoubleClick(True)
        self.view.setAccessibleName(self.tr("Settings of the device"))
        self.view.selectionModel().currentChanged.connect(self._current_changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 10, 0, 0)
        layout.setSpacing(8)
        for widget in (self.search, self.switch):
            row = QHBoxLayout()
            row.setContentsMargins(8, 0, 8, 0)
            row.addWidget(widget)
            layout.addLayout(row)
        layout.addWidget(self.view, 1)

    def show_tree(self, root: Node) -> None:
        self.model.show_tree(root)
        if not self.shows_protocol:
            self.view.expandToDepth(0)

    def node(self, resource: str) -> Node | None:
        """As the tree for people names it, else as the protocol does."""
        return self.model.node(resource) or self.protocol.node(resource)

    def above(self, resource: str) -> tuple[str, ...]:
        """The titles on the way to it, the topmost first."""
        return self.model.above(resource) or self.protocol.above(resource)

    def choose(self, resource: str) -> bool:
        """Selects a resource as if it were clicked; False when neither tree has one of that id."""
        if not self._source.index_of(resource).isValid():
            other = self.model if self.shows_protocol else self.protocol
            if not other.index_of(resource).isValid():
                return False
            self.arrange(not self.shows_protocol)
        shown = self._filter.mapFromSource(self._source.index_of(resource))
        if not shown.isValid():
            self.search.clear()
            shown = self._filter.mapFromSource(self._source.index_of(resource))
        self.view.setCurrentIndex(shown)
        self.view.scrollTo(shown)
        return True

    # The same by protocol

    @property
    def _source(self) -> ResourceModel:
        return self.protocol if self.shows_protocol else self.model

    @property
    def shows_protocol(self) -> bool:
        return self._filter.sourceModel() is self.protocol

    def offer_outline(self, by_protocol: bool) -> None:
        """There are two trees: the user may choose, and chose so the last time."""
        self.switch.show()
        self.switch.show_choice(by_protocol)
        if by_protocol != self.shows_protocol:
            self.arrange(by_protocol)

    def show_outline(self, root: Node) -> None:
        """What one tree knows of a resource, the other one knows as well."""
        self.protocol.show_tree(root)
        self._has_outline = True
        for node in self.model.nodes:
            if node.state is not NodeState.UNKNOWN:
                self.protocol.set_state(node.id, node.state, node.reason)
            elif (same := self.protocol.node(node.id)) is not None and same.state is NodeState.REFUSED:
                self.model.set_state(node.id, same.state, same.reason)
        self.arrange(self.switch.by_protocol)

    def arrange(self, by_protocol: bool) -> None:
        """Shows that tree, keeping what is chosen; the one for people until the other one is here."""
        self.switch.show_choice(by_protocol)
        if by_protocol and not self._has_outline:
            self.outline_wanted.emit()
            return
        self._quiet = True
        self._filter.setSourceModel(self.protocol if by_protocol else self.model)
        self._filtered(self.search.text())
        self.view.expandToDepth(1 if by_protocol else 0)
        if self.search.text():
            self.view.expandAll()
        shown = self._filter.mapFromSource(self._source.index_of(self._current))
        if shown.isValid():
            self.view.setCurrentIndex(shown)
            self.view.scrollTo(shown)
        self._quiet = False

    def _switched(self, by_protocol: bool) -> None:
        self.arrange(by_protocol)
        self.arranged.emit(by_protocol)

    # Filter

    def find_fields_in(self, text_of: Callable[[str], str]) -> None:
        """text_of(resource): the titles of its fields in lower case, each in a line."""
        self._filter.text_of = text_of

    def filter_again(self) -> None:
        """More is known of the fields."""
        if self.search.text():
            self._filtered(self.search.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        elif event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self.view.setFocus(Qt.FocusReason.TabFocusReason)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.search.hasFocus():
            tests = (self._filter.fits_by_title, self._filter.fits_itself, self._filter.fits)
            any(map(self._choose_first, tests))
        else:
            super().keyPressEvent(event)

    def _choose_first(self, fits: Callable[[Node], bool]) -> bool:
        """The first node that fits and has something to show."""
        index = self._filter.index(0, 0)
        while index.isValid():
            node: Node = index.data(NODE_ROLE)
            if node.kind is not NodeKind.GROUP and fits(node):
                self.view.setCurrentIndex(index)
                return True
            index = self.view.indexBelow(index)
        return False

    def _filtered(self, text: str) -> None:
        if text:  # rows that come and go one by one cost most where they can be seen
            self.view.collapseAll()
        self._filter.set_words(text)
        if text:
            self.view.expandAll()

    def _current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        node = current.data(NODE_ROLE)
        if node is None:
            return
        if node.kind is not NodeKind.GROUP:
            self._current = node.id
        if not self._quiet:
            self.chosen.emit(node)

"""The tree of a device's resources: filter, states, and the reason where the device refused one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
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
from ui.theme import BODY, ROW_LIST, SMALL, draw, tokens

Index = QModelIndex | QPersistentModelIndex

ICONS = {
    NodeKind.GROUP: "folder",
    NodeKind.SETTINGS: "settings",
    NodeKind.STATUS: "status",
    NodeKind.ACTION: "action",
    NodeKind.BINARY: "file",
}
NODE_ROLE = Qt.ItemDataRole.UserRole + 1
REASON_ROOM = 110  # pixels; a few letters of a reason tell nothing
EDITS_ROLE = NODE_ROLE + 1  # how many changes wait there


@dataclass(slots=True, eq=False)
class _Item:
    node: Node
    parent: _Item | None
    row: int
    children: list[_Item] = field(default_factory=list)


class ResourceModel(QAbstractItemModel):
    """Nodes of one device. The tree is replaced whole; states change one by one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = _Item(Node("", "", NodeKind.GROUP), None, 0)
        self._by_id: dict[str, _Item] = {}
        self._edits: dict[str, int] = {}

    def show_tree(self, root: Node) -> None:
        self.beginResetModel()
        self._by_id = {}
        self._root = self._build(root, None, 0)
        self.endResetModel()

    def _build(self, node: Node, parent: _Item | None, row: int) -> _Item:
        item = _Item(node, parent, row)
        item.children = [self._build(child, item, index) for index, child in enumerate(node.children)]
        if node.kind is not NodeKind.GROUP:
            self._by_id.setdefault(node.id, item)
        return item

    def set_state(self, resource: str, state: NodeState, reason: str = "") -> None:
        item = self._by_id.get(resource)
        if item is None or (item.node.state, item.node.reason) == (state, reason):
            return
        item.node = replace(item.node, state=state, reason=reason)
        index = self._index_of(item)
        self.dataChanged.emit(index, index)

    def set_edits(self, counts: Mapping[str, int]) -> None:
        """How many changes wait at which resource; all others have none."""
        old, self._edits = self._edits, dict(counts)
        for resource in old.keys() | self._edits.keys():
            if old.get(resource, 0) != self._edits.get(resource, 0) and (item := self._by_id.get(resource)):
                index = self._index_of(item)
                self.dataChanged.emit(index, index)

    def node(self, resource: str) -> Node | None:
        item = self._by_id.get(resource)
        return None if item is None else item.node

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every node with a resource, in the order of the tree."""
        return tuple(item.node for item in self._by_id.values())

    def index_of(self, resource: str) -> QModelIndex:
        item = self._by_id.get(resource)
        return QModelIndex() if item is None else self._index_of(item)

    def _index_of(self, item: _Item) -> QModelIndex:
        return self.createIndex(item.row, 0, item)

    def _item(self, index: Index) -> _Item:
        return index.internalPointer() if index.isValid() else self._root  # type: ignore[no-any-return]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return len(self._item(parent).children) if parent.column() <= 0 else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        children = self._item(parent).children
        if column != 0 or not 0 <= row < len(children):
            return QModelIndex()
        return self.createIndex(row, column, children[row])

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        item = self._item(index)
        if item.parent is None or item.parent is self._root:
            return QModelIndex()
        return self._index_of(item.parent)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        node = self._item(index).node
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return node.title
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join(text for text in (node.reason, node.help, node.id) if text)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(node)
            case Qt.ItemDataRole.SizeHintRole:
                return QSize(0, ROW_LIST)
            case _ if role == NODE_ROLE:
                return node
            case _ if role == EDITS_ROLE:
                return self._edits.get(node.id, 0)
        return None

    def _spoken(self, node: Node) -> str:
        if node.state is NodeState.REFUSED:
            return self.tr("{0}, not available: {1}").format(node.title, node.reason)
        count = self._edits.get(node.id, 0)
        return self.tr("{0}, unsent changes: {1}").format(node.title, count) if count else node.title


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
        self._words: list[str] = []

    def set_words(self, text: str) -> None:
        self.beginFilterChange()
        self._words = text.casefold().split()
        self.endFilterChange()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        return self.fits(self.sourceModel().index(row, 0, parent).data(NODE_ROLE))

    def fits(self, node: Node) -> bool:
        text = f"{node.title} {node.id} {node.help}".casefold()
        return all(word in text for word in self._words)


class ResourceTree(QWidget):
    """Filter box over the tree; `chosen` carries the node that the user wants to see."""

    chosen = Signal(object)  # Node

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ResourceModel(self)
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
        top = QHBoxLayout()
        top.setContentsMargins(8, 0, 8, 0)
        top.addWidget(self.search)
        layout.addLayout(top)
        layout.addWidget(self.view, 1)

    def show_tree(self, root: Node) -> None:
        self.model.show_tree(root)
        self.view.expandToDepth(0)

    def choose(self, resource: str) -> bool:
        """Selects a resource as if it were clicked; False when the tree has none of that id."""
        index = self.model.index_of(resource)
        if not index.isValid():
            return False
        if not (shown := self._filter.mapFromSource(index)).isValid():
            self.search.clear()
            shown = self._filter.mapFromSource(index)
        self.view.setCurrentIndex(shown)
        self.view.scrollTo(shown)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        elif event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self.view.setFocus(Qt.FocusReason.TabFocusReason)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.search.hasFocus():
            self._choose_first()
        else:
            super().keyPressEvent(event)

    def _choose_first(self) -> None:
        """The first node that fits and has something to show."""
        index = self._filter.index(0, 0)
        while index.isValid():
            node: Node = index.data(NODE_ROLE)
            if node.kind is not NodeKind.GROUP and self._filter.fits(node):
                self.view.setCurrentIndex(index)
                return
            index = self.view.indexBelow(index)

    def _filtered(self, text: str) -> None:
        self._filter.set_words(text)
        if text:
            self.view.expandAll()

    def _current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        node = current.data(NODE_ROLE)
        if node is not None:
            self.chosen.emit(node)

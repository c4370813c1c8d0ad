"""The tree of a device's resources: filter, states, and the reason where the device refused one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QTreeView, QVBoxLayout, QWidget

from app.settings.tree import Node, NodeKind, NodeState
from ui.theme import icon, tokens

Index = QModelIndex | QPersistentModelIndex

ICONS = {
    NodeKind.GROUP: "folder",
    NodeKind.SETTINGS: "settings",
    NodeKind.STATUS: "status",
    NodeKind.ACTION: "action",
    NodeKind.BINARY: "file",
}
NODE_ROLE = Qt.ItemDataRole.UserRole + 1


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
        refused = node.state is NodeState.REFUSED
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return node.title
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join(text for text in (node.reason, node.help, node.id) if text)
            case Qt.ItemDataRole.ForegroundRole if refused:
                return QColor(tokens().disabled)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{node.title}, not available: {node.reason}" if refused else node.title
            case Qt.ItemDataRole.DecorationRole:
                return icon(ICONS[node.kind], 16, "disabled" if refused else "secondary")
            case Qt.ItemDataRole.SizeHintRole:
                return QSize(0, 28)
            case _ if role == NODE_ROLE:
                return node
        return None


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
        node = self.sourceModel().index(row, 0, parent).data(NODE_ROLE)
        text = f"{node.title} {node.id}".casefold()
        return all(word in text for word in self._words)


class ResourceTree(QWidget):
    """Filter box over the tree; `chosen` carries the node that the user wants to see."""

    chosen = Signal(object)  # Node

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ResourceModel(self)
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
        self.view.setIndentation(14)
        self.view.setExpandsOnDoubleClick(True)
        self.view.setAccessibleName(self.tr("Settings of the device"))
        self.view.selectionModel().currentChanged.connect(self._current_changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 0, 8)
        layout.setSpacing(8)
        layout.addWidget(self.search)
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
            return
        super().keyPressEvent(event)

    def _filtered(self, text: str) -> None:
        self._filter.set_words(text)
        if text:
            self.view.expandAll()

    def _current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        node = current.data(NODE_ROLE)
        if node is not None:
            self.chosen.emit(node)

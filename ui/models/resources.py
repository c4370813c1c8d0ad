"""The resources of a device as a Qt model: nodes with their states and the changes that wait there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt

from app.settings.tree import Node, NodeKind, NodeState
from ui.theme import ROW_LIST

Index = QModelIndex | QPersistentModelIndex

NODE_ROLE = Qt.ItemDataRole.UserRole + 1
EDITS_ROLE = NODE_ROLE + 1  # how many changes wait there
MOVED_ROLE = EDITS_ROLE + 1  # whether the device has changed something there by itself


@dataclass(slots=True, eq=False)
class _Item:
    node: Node
    parent: _Item | None
    row: int
    children: list[_Item] = field(default_factory=list)


class ResourceModel(QAbstractItemModel):
    """Nodes of one device. The tree is replaced whole; states change one by one.

    mirror draws the same resources in another order: what becomes known here becomes known there.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = _Item(Node("", "", NodeKind.GROUP), None, 0)
        self._by_id: dict[str, _Item] = {}
        self._edits: dict[str, int] = {}
        self._moved: set[str] = set()
        self.mirror: ResourceModel | None = None

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
        if self.mirror is not None:
            self.mirror.set_state(resource, state, reason)
        item = self._by_id.get(resource)
        if item is None or (item.node.state, item.node.reason) == (state, reason):
            return
        item.node = replace(item.node, state=state, reason=reason)
        index = self._index_of(item)
        self.dataChanged.emit(index, index)

    def set_edits(self, counts: Mapping[str, int]) -> None:
        """How many changes wait at which resource; all others have none."""
        if self.mirror is not None:
            self.mirror.set_edits(counts)
        old, self._edits = self._edits, dict(counts)
        for resource in old.keys() | self._edits.keys():
            if old.get(resource, 0) != self._edits.get(resource, 0) and (item := self._by_id.get(resource)):
                index = self._index_of(item)
                self.dataChanged.emit(index, index)

    def set_moved(self, resource: str, moved: bool) -> None:
        """Whether the device has changed something there that nobody has looked at yet."""
        if self.mirror is not None:
            self.mirror.set_moved(resource, moved)
        if moved != (resource in self._moved):
            self._moved ^= {resource}
            if (item := self._by_id.get(resource)) is not None:
                index = self._index_of(item)
                self.dataChanged.emit(index, index)

    def node(self, resource: str) -> Node | None:
        item = self._by_id.get(resource)
        return None if item is None else item.node

    def above(self, resource: str) -> tuple[str, ...]:
        """The titles of the nodes above one, the topmost first."""
        item = self._by_id.get(resource)
        titles: list[str] = []
        while item is not None and item.parent is not None and item.parent is not self._root:
            item = item.parent
            titles.insert(0, item.node.title)
        return tuple(titles)

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
                moved = self.tr("The camera changed something here by itself.") if node.id in self._moved else ""
                return "\n".join(text for text in (moved, node.reason, node.help, node.id) if text)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(node)
            case Qt.ItemDataRole.SizeHintRole:
                return QSize(0, ROW_LIST)
            case _ if role == NODE_ROLE:
                return node
            case _ if role == EDITS_ROLE:
                return self._edits.get(node.id, 0)
            case _ if role == MOVED_ROLE:
                return node.id in self._moved
        return None

    def _spoken(self, node: Node) -> str:
        if node.state is NodeState.REFUSED:
            return self.tr("{0}, not available: {1}").format(node.title, node.reason)
        count = self._edits.get(node.id, 0)
        title = self.tr("{0}, changed by the camera").format(node.title) if node.id in self._moved else node.title
        return self.tr("{0}, unsent changes: {1}").format(title, count) if count else title

"""The command palette: type a few letters, Enter goes there. Keyboard first, one list for everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ui.theme import draw, tokens

SHOWN = 60  # rows; whoever needs more types another letter
FOUND = 40  # rows of them for what a search found
GOOD = 40  # points up to which an entry goes before what a search found: all words begin words of its title
TITLE_PART, VALUE_PART = 0.62, 0.3  # of a row, at most
GOOD_ROWS = 12  # and how many do: of a hundred cameras of that name the first are enough
ENTRY_ROLE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """place says where it leads ("Dock 2 › Video"), keys is the shortcut's text, icon a name of ui.theme.

    value is what a setting holds, or why that is not to be had: then it is unsure. faint is for what is refused.
    """

    title: str
    place: str
    run: Callable[[], None]
    keys: str = ""
    icon: str = "chevron-right"
    value: str = ""
    unsure: bool = False
    faint: bool = False


Find = Callable[[str], Iterable[PaletteEntry]]


def score(query: str, title: str, place: str = "") -> int | None:
    """How well an entry fits, lower is better; None when it does not.

    Every word of the query must occur in the title or the place, or the query's letters in order in the title.
    """
    query, title, place = query.casefold().strip(), title.casefold(), place.casefold()
    if not query:
        return 0
    if title.startswith(query):
        return 0
    total = 0
    for word in query.split():
        at = title.find(word)
        if at >= 0:
            starts = at == 0 or not title[at - 1].isalnum()
            total += 10 + at if starts else 40 + at
        elif word in place:
            total += 100
        else:
            spread = _spread(query.replace(" ", ""), title)
            return None if spread is None else 300 + spread
    return total


def _spread(letters: str, text: str) -> int | None:
    """How far apart the letters lie in text, None unless all are there in order."""
    first = at = -1
    for letter in letters:
        at = text.find(letter, at + 1)
        if at < 0:
            return None
        first = at if first < 0 else first
    return at - first - len(letters)


def matching(query: str, entries: Iterable[PaletteEntry], found: Iterable[PaletteEntry] = ()) -> list[PaletteEntry]:
    """The best entries first; equal ones keep their order. found has its own order and goes between the entries that
    fit well and the others."""
    scored = [(score(query, each.title, each.place), each) for each in entries]
    fits = sorted(((points, each) for points, each in scored if points is not None), key=lambda pair: pair[0])
    between = tuple(found)
    good = sum(1 for points, _ in fits[:GOOD_ROWS] if points <= GOOD) if between else 0
    ordered = [each for _, each in fits]
    return [*ordered[:good], *between, *ordered[good:]][:SHOWN]


class _Model(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: list[PaletteEntry] = []

    def show_rows(self, rows: list[PaletteEntry]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return entry.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(text for text in (entry.title, entry.value, entry.place, entry.keys) if text)
            case _ if role == ENTRY_ROLE:
                return entry
        return None


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(0, 32)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: PaletteEntry = index.data(ENTRY_ROLE)
        colours = tokens()
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(colours.selected))
        draw(painter, entry.icon, QRect(rect.left() + 12, rect.center().y() - 7, 16, 16), colours.secondary)
        text = rect.adjusted(40, 0, -12, 0)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        metrics = option.fontMetrics
        keys_width = metrics.horizontalAdvance(entry.keys) + 16 if entry.keys else 0
        painter.setFont(option.font)
        if entry.keys:
            box = QRect(text.right() - keys_width + 1, rect.center().y() - 10, keys_width, 21)
            painter.setPen(QPen(QColor(colours.border)))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(QColor(colours.secondary))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, entry.keys)
            text.setRight(box.left() - 12)
        painter.setPen(QColor(colours.secondary if entry.faint else colours.text))
        title = metrics.elidedText(entry.title, Qt.TextElideMode.ElideRight, int(text.width() * TITLE_PART))
        painter.drawText(text, left, title)
        if entry.value:
            value = QRect(text)
            value.setLeft(text.left() + metrics.horizontalAdvance(title) + 12)
            value.setWidth(int(text.width() * VALUE_PART))
            painter.setPen(QColor(colours.secondary if entry.unsure or entry.faint else colours.accent))
            short = metrics.elidedText(entry.value, Qt.TextElideMode.ElideRight, value.width())
            painter.drawText(value, left, short)
            title, room = "", value.left() + metrics.horizontalAdvance(short)
            text.setLeft(room)
        text.setLeft(text.left() + metrics.horizontalAdvance(title) + 16)
        painter.setPen(QColor(colours.secondary))
        painter.drawText(text, right, metrics.elidedText(entry.place, Qt.TextElideMode.ElideMiddle, text.width()))


class Palette(QFrame):
    """Lies over the window. Esc closes it and gives the focus back."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self.setAccessibleName(self.tr("Command palette"))
        self._entries: list[PaletteEntry] = []
        self._find: Find = lambda words: ()
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Search devices, settings, actions"))
        self.line.setAccessibleName(self.tr("Search devices, settings, actions"))
        self.line.textChanged.connect(self._filter)
        self.line.installEventFilter(self)
        self._model = _Model(self)
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName(self.tr("Matches"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(self._run)
        self.nothing = QLabel(self.tr("Nothing fits. Type fewer letters, or press Esc."))
        self.nothing.setProperty("role", "secondary")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.line)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.nothing, 1)
        self.hide()

    def open(self, entries: Iterable[PaletteEntry], find: Find = lambda words: ()) -> None:
        """find(words) is asked at every keystroke; what it gives, best first, stands beside the entries that fit."""
        self._entries = list(entries)
        self._find = find
        self.line.clear()
        self._filter()
        self.place()
        self.show()
        self.raise_()
        self.line.setFocus()

    def place(self) -> None:
        room = self.parentWidget().size()
        width, height = min(640, room.width() - 64), min(440, room.height() - 96)
        self.setGeometry((room.width() - width) // 2, 44, width, height)

    def close_palette(self) -> None:
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._key(event.key()):
            return True
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
        if key in steps:
            rows = self._model.rowCount()
            if rows:
                wanted = self.list.currentIndex().row() + steps[Qt.Key(key)]
                wanted = wanted % rows if abs(steps[Qt.Key(key)]) == 1 else max(0, min(rows - 1, wanted))
                self.list.setCurrentIndex(self._model.index(wanted))
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self.list.currentIndex())
            return True
        if key == Qt.Key.Key_Escape:
            self.close_palette()
            return True
        return False

    def _filter(self) -> None:
        words = self.line.text()
        rows = matching(words, self._entries, self._find(words) if words.strip() else ())
        self._model.show_rows(rows)
        self.list.setCurrentIndex(self._model.index(0))
        self.list.setVisible(bool(rows))
        self.nothing.setVisible(not rows)

    def look_again(self) -> None:
        """More can be found than when the words were typed: what the user has chosen stays so."""
        if not self.isVisible() or not self.line.text().strip():
            return
        index = self.list.currentIndex()
        chosen: PaletteEntry | None = index.data(ENTRY_ROLE) if index.row() > 0 else None
        self._filter()
        if chosen is None:
            return
        for row in range(self._model.rowCount()):
            entry: PaletteEntry = self._model.index(row).data(ENTRY_ROLE)
            if (entry.title, entry.place) == (chosen.title, chosen.place):
                self.list.setCurrentIndex(self._model.index(row))
                return

    def _run(self, index: Index) -> None:
        if index.isValid():
            entry: PaletteEntry = index.data(ENTRY_ROLE)
            self.close_palette()
            entry.run()

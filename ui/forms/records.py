"""A list of records: added, taken out and put in order, by mouse and by keyboard. What a record holds is edited in
the rows below."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QToolButton, QVBoxLayout, QWidget

from app.settings import lists
from app.settings.spec import Spec
from ui.forms.editors import NORMAL
from ui.theme import icon

LINE, FEWEST, MOST = 24, 2, 6  # height of a record, and how many are shown at once


class RecordsEditor(QWidget):
    """Shows and tells the text of a list, see `app.settings.lists`.

    Insert adds one behind the chosen one, Delete takes it out, Alt with an arrow moves it, Return goes to its fields.
    """

    user_edited = Signal(str)
    entered = Signal(str)  # the record to whose fields somebody wants to go, as the text has it

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self._order: lists.Order = ()
        self._names = {option.value: option.title for option in spec.options}
        self.list = QListWidget()
        self.list.setObjectName("records")
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(self._show_buttons)
        self.list.itemDoubleClicked.connect(lambda _: self.entered.emit(self.chosen))
        self.list.installEventFilter(self)  # Alt with an arrow would move the choice, and focus comes to the list
        self.setFocusProxy(self.list)
        self.add = self._button("add", self.tr("Add one behind it (Insert)"), self._add)
        self.remove = self._button("delete", self.tr("Take it out (Delete)"), self._remove)
        self.up = self._button("caret-up", self.tr("Move up (Alt+Up)"), lambda: self._move(-1))
        self.down = self._button("chevron-down", self.tr("Move down (Alt+Down)"), lambda: self._move(1))
        buttons = QVBoxLayout()
        buttons.setSpacing(0)
        pairs = ((self.add, self.remove), (self.up, self.down))
        for pair in pairs:
            line = QHBoxLayout()
            line.setSpacing(0)
            for button in pair:
                line.addWidget(button)
            buttons.addLayout(line)
        buttons.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)

    def _button(self, name: str, tip: str, action: object) -> QToolButton:
        button = QToolButton()
        button.setObjectName("flat")
        button.setIcon(icon(name, 16, "secondary"))
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys do the same, and Tab goes on to the next field
        button.clicked.connect(action)
        return button

    # What the form needs

    def wanted_width(self) -> int:
        return NORMAL + 72

    def wanted_height(self) -> int:
        return min(max(len(self._order), FEWEST), MOST) * LINE + 6

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.list.setAccessibleName(name)

    def setAccessibleDescription(self, description: str) -> None:
        super().setAccessibleDescription(description)
        self.list.setAccessibleDescription(description)

    def show_text(self, text: str, held: str) -> None:
        del held
        try:
            order = lists.parse_order(text)
        except ValueError:
            return  # the row says what is wrong with it
        if order == self._order and self.list.count() == len(order):
            return
        chosen = self.chosen
        self._order = order
        self.list.blockSignals(True)
        self.list.clear()
        for token in order:
            item = QListWidgetItem(self._name(token))
            item.setToolTip(self.tr("Return: to the fields of {}").format(item.text()))
            item.setSizeHint(QSize(0, LINE))
            self.list.addItem(item)
        self.list.setCurrentRow(order.index(chosen) if chosen in order else 0 if order else -1)
        self.list.blockSignals(False)
        self._show_buttons()

    def _name(self, token: str) -> str:
        if token in self._names:
            return self._names[token]
        return self.tr("New {0} {1}").format(self.spec.unit, token.lstrip("+")).replace("  ", " ")

    def show_names(self, names: Mapping[str, str]) -> None:
        """What the records are called by now, by their tokens."""
        self._names = {**self._names, **names}
        for row, token in enumerate(self._order):
            item = self.list.item(row)
            if item is not None and item.text() != (name := self._name(token)):
                item.setText(name)
                item.setToolTip(self.tr("Return: to the fields of {}").format(name))

    # What the user does

    @property
    def chosen(self) -> str:
        """The name of the record that is chosen, as the text has it; "" for none."""
        row = self.list.currentRow()
        return self._order[row] if 0 <= row < len(self._order) else ""

    def place(self) -> str:
        return self.chosen

    def go_to(self, place: str) -> None:
        """Nowhere where that record is gone."""
        if place in self._order:
            self.list.setCurrentRow(self._order.index(place))

    def _show_buttons(self) -> None:
        row, count = self.list.currentRow(), len(self._order)
        self.add.setEnabled(self.spec.maximum is None or count < self.spec.maximum)
        self.remove.setEnabled(row >= 0 and count > (self.spec.minimum or 0))
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < count - 1)

    def _add(self) -> None:
        if self.add.isEnabled():
            new, at = lists.next_new(self._order), self.list.currentRow() + 1
            self._take((*self._order[:at], new, *self._order[at:]), at)

    def _remove(self) -> None:
        if self.remove.isEnabled():
            at = self.list.currentRow()
            self._take((*self._order[:at], *self._order[at + 1 :]), min(at, len(self._order) - 2))

    def _move(self, by: int) -> None:
        at = self.list.currentRow()
        if 0 <= at + by < len(self._order) and at >= 0:
            order = list(self._order)
            order[at], order[at + by] = order[at + by], order[at]
            self._take(tuple(order), at + by)

    def _take(self, order: lists.Order, row: int) -> None:
        text = lists.format_order(order)
        self.show_text(text, "")
        self.list.setCurrentRow(row)
        self.user_edited.emit(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            moved = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            if event.key() == Qt.Key.Key_Insert:
                self._add()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() and self.chosen:
                self.entered.emit(self.chosen)
                return True
            if event.key() == Qt.Key.Key_Delete:
                self._remove()
                return True
            if moved and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self._move(-1 if event.key() == Qt.Key.Key_Up else 1)
                return True
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            QCoreApplication.sendEvent(self, event)  # the row watches this widget
        return super().eventFilter(watched, event)

"""The list of devices at the left: search, order, state of the scan, and what to do when it is empty."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QProgressBar,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.model.device import Address, Found
from ui.bridge.messages import Messages
from ui.bridge.tasks import TaskScope
from ui.models.site import ENTRY_ROLE, Entry, Grouping, SiteModel, Sorting
from ui.models.status import Standing
from ui.panes.address_row import AddressRow
from ui.panes.filter_field import FilterField
from ui.panes.no_devices import NoDevices, Why
from ui.panes.site_delegate import SiteDelegate
from ui.panes.site_order import OrderMenu
from ui.theme import icon
from ui.theme.buttons import flat_button

if TYPE_CHECKING:
    from app.discovery import Changes
    from ui.context import Discovery


class SitePane(QFrame):
    """chosen: the device that the centre shall show. Signals are not sent for the pane's own rearrangements."""

    chosen = Signal(object)  # Found
    followed = Signal(object)  # Found: new, or something about it has changed
    forgotten = Signal(object)  # Found
    demo_wanted = Signal()

    def __init__(self, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sitePane")
        self.setAccessibleName(self.tr("Site"))
        self.scope = TaskScope(messages)
        self.model = SiteModel(self)
        self._wanted: Address | None = None  # that is to be chosen and not listed yet
        self.unlist: Callable[[str], Coroutine[Any, Any, None]] | None = None  # forgets an address for good
        self._discovery: Discovery | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._current: Address | None = None
        self._busy = False
        self._build()
        self._clock = QTimer(self)
        self._clock.setInterval(250)
        self._clock.timeout.connect(self._show_progress)
        self._refresh()

    def attach(self, discovery: Discovery) -> None:
        self._discovery = discovery
        self.adding.ask, self.adding.sweep = discovery.add, discovery.sweep
        self._unsubscribe = discovery.subscribe(self._take)
        self._show_progress()

    def detach(self) -> None:
        self._clock.stop()
        self.scope.shut()
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    # Construction

    def _build(self) -> None:
        self.search = FilterField()
        self.search.textChanged.connect(self._filter)
        self.search.left.connect(self._leave_filter)
        self.search.entered.connect(self._enter_list)
        self.order = flat_button("filter", self.tr("Show, sort and group"))
        self.order.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = OrderMenu(self)
        self._only = menu.only
        self._only.toggled.connect(self._filter)
        menu.arranged.connect(self._arrange)
        self.order.setMenu(menu)
        self.progress = QProgressBar()
        self.progress.setObjectName("scanProgress")
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Scan"))
        self._build_list()
        self.empty = NoDevices()
        self.empty.show_all.connect(self._clear_filter)
        self.empty.scan_again.connect(self.rescan)
        self.empty.add_address.connect(self.ask_address)
        self.empty.demo_wanted.connect(self.demo_wanted)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list)
        self.stack.addWidget(self.empty)
        self.counts = QLabel()
        self.counts.setProperty("role", "secondary")
        self.counts.setTextFormat(Qt.TextFormat.PlainText)
        self.add_button = flat_button("add", self.tr("Add a device by its address (Ctrl+N)"))
        self.add_button.clicked.connect(self.ask_address)
        self.adding = AddressRow(self.scope)
        self.adding.added.connect(self._added)
        self.adding.left.connect(self.list.setFocus)
        self._lay_out()

    def _build_list(self) -> None:
        self.list = QListView()
        self.list.setAccessibleName(self.tr("Devices"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(SiteDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setDragEnabled(True)
        self.list.clicked.connect(self._clicked)
        self.list.activated.connect(self._clicked)  # Enter
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._menu)
        self.list.selectionModel().selectionChanged.connect(self._selected)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(12, 8, 8, 8)
        top.setSpacing(4)
        top.addWidget(self.search, 1)
        top.addWidget(self.order)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 4, 8, 4)
        foot.addWidget(self.counts, 1)
        foot.addWidget(self.add_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.progress)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.adding)
        layout.addWidget(_rule())
        layout.addLayout(foot)

    # What others ask for

    def select(self, address: Address) -> None:
        """Chooses a device, as soon as it is listed; clears a filter that hides it."""
        self._wanted = address
        if not self.model.index_of(address).isValid():
            self.search.clear()
            self._only.setChecked(False)
        index = self.model.index_of(address)
        if index.isValid():
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index)
            self._choose(index.data(ENTRY_ROLE))

    def choose_nothing(self) -> None:
        """No device is in view: a click on any row opens it again."""
        self._current = None
        with self._rearranging():
            pass

    def move(self, found: Found, chosen: bool) -> None:
        """A device answers here now. chosen: its page is in view; its old row may be gone already."""
        if self.model.device(found.address) is None:
            with self._rearranging():
                self.model.take((found,), (), ())
        if chosen:
            self._current = found.address
            self._filter()  # which also selects it
        self._refresh()

    def set_standing(self, address: Address, standing: Standing) -> None:
        with self._rearranging():
            self.model.set_standing(address, standing)
        self._refresh()

    def rescan(self) -> None:
        if self._discovery is not None:
            self._discovery.rescan()
            self._show_progress()

    def ask_address(self) -> None:
        self.adding.open()

    # Reactions

    def _take(self, changes: Changes) -> None:
        if changes.added or changes.changed or changes.removed:
            if self._current in {found.address for found in changes.removed}:
                self._current = None
            with self._rearranging():
                self.model.take(changes.added, changes.changed, changes.removed)
        for found in (*changes.added, *changes.changed):
            self.followed.emit(found)
        if self._wanted is not None and self.model.device(self._wanted) is not None:
            self.select(self._wanted)
        for found in changes.removed:
            self.forgotten.emit(found)
        self._show_progress()
        self._refresh()

    def _filter(self) -> None:
        with self._rearranging():
            self.model.set_filter(self.search.text(), self._only.isChecked())
        self._refresh()

    def _arrange(self, kind: Sorting | Grouping) -> None:
        with self._rearranging():
            if isinstance(kind, Sorting):
                self.model.arrange_by(kind, self.model.grouping)
            else:
                self.model.arrange_by(self.model.sorting, kind)

    def _selected(self) -> None:
        if self._busy:
            return
        # Not the current row: Qt makes the first one current when the list gets the focus, and nobody chose it.
        rows = self.list.selectionModel().selectedIndexes()
        entry = rows[0].data(ENTRY_ROLE) if rows else None
        # While the mouse is down it may become a drag to the wall; a click follows when it does not.
        if entry is not None and not QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self._choose(entry)

    def _clicked(self, index: QModelIndex) -> None:
        self._choose(index.data(ENTRY_ROLE))

    def _choose(self, entry: Entry) -> None:
        self._wanted = None
        if entry.found is None or entry.found.address == self._current:
            return
        self._current = entry.found.address
        self.chosen.emit(entry.found)

    @contextmanager
    def _rearranging(self) -> Iterator[None]:
        """Qt selects a neighbour when the chosen row goes: nobody asked for that, and it would log in there."""
        self._busy = True
        try:
            yield
            index = QModelIndex() if self._current is None else self.model.index_of(self._current)
            selection = self.list.selectionModel()
            if not index.isValid():
                selection.clear()
            elif not selection.isSelected(index):
                self.list.setCurrentIndex(index)
        finally:
            self._busy = False

    def _menu(self, at: QPoint) -> None:
        entry = self.list.indexAt(at).data(ENTRY_ROLE)
        if entry is None or entry.found is None:
            return
        found: Found = entry.found
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("copy"), self.tr("Copy address"), lambda: _copy(found.address.host))
        if found.mac:
            menu.addAction(self.tr("Copy MAC address"), lambda: _copy(found.mac))
        menu.addAction(icon("forget"), self.tr("Take out of the list"), lambda: self._forget(found))
        menu.popup(self.list.viewport().mapToGlobal(at))

    def _forget(self, found: Found) -> None:
        if self._discovery is not None:
            self._discovery.forget(found)
        if self.unlist is not None:
            self.scope.start(self.unlist(str(found.address)))

    def _added(self, found: Found) -> None:
        if self.model.device(found.address) is None:
            with self._rearranging():
                self.model.take((found,), (), ())
            self._refresh()
        self.select(found.address)
        self.list.setFocus()

    def _show_progress(self) -> None:
        if self._discovery is None:
            self.progress.setRange(0, 1)
            self.progress.setValue(0)
            return
        state = self._discovery.progress
        if state.done:
            self._clock.stop()
            self.progress.setRange(0, 1)
            self.progress.setValue(0)
        else:
            self._clock.start()
            self.progress.setRange(0, 0)
        self._refresh()

    def _refresh(self) -> None:
        scanning = self._discovery is None or not self._discovery.progress.done
        total, needing = self.model.total, self.model.needing
        text = self.tr("{} found").format(total)
        if needing:
            text += self.tr(", 1 needs you") if needing == 1 else self.tr(", {} need you").format(needing)
        if self.model.shown != total:
            text = self.tr("{} of {} shown").format(self.model.shown, total)
        if scanning and self._discovery is not None:
            text += self.tr(", scanning")
        self.counts.setText(text)
        self._show_empty(scanning)

    def _show_empty(self, scanning: bool) -> None:
        if self.model.shown:
            self.stack.setCurrentWidget(self.list)
            self.empty.forget()
            return
        self.stack.setCurrentWidget(self.empty)
        why = Why.FILTERED if self.model.total else Why.SCANNING if scanning else Why.NOTHING_FOUND
        self.empty.explain(why, lambda: self._discovery.report())

    def _clear_filter(self) -> None:
        self.search.clear()
        self._only.setChecked(False)

    def _leave_filter(self) -> None:
        self._clear_filter()
        self.list.setFocus()

    def _enter_list(self) -> None:
        self.list.setFocus()
        if not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.index(0))


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def _rule() -> QFrame:
    line = QFrame()
    line.setObjectName("rule")
    line.setFixedHeight(1)
    return line

"""The window: header, site pane, device page, messages. It is painted before the engine is there; `attach` fills it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.model.device import Address, Found
from ui.bridge.messages import Level, Message, Messages
from ui.context import Context
from ui.devices import OpenDevices
from ui.full_screen import FullScreen
from ui.header import Header, StatusBar
from ui.models.status import Standing
from ui.pages.welcome import WelcomePage
from ui.palette import Palette, PaletteEntry
from ui.panes.messages_pane import MessagesPane, Toasts
from ui.panes.site_pane import SitePane
from ui.sessions import Sessions
from ui.theme import Mode, Theme
from ui.views.shelf import VIEWS, Shelf, View
from ui.window_commands import key_rows, window_commands
from ui.window_search import Everything

if TYPE_CHECKING:  # imported when they are needed: the window is painted before
    from ui.dialogs.sheet import Sheet
    from ui.pages.device import DevicePage
    from ui.views.base import SiteView

DESIGN = (1280, 720)
LEAST = (960, 600)


class Window(QMainWindow):
    closing = Signal()

    def __init__(self, messages: Messages, settings: QSettings, theme: Theme, site: str = "") -> None:
        super().__init__()
        self.setWindowTitle(f"{site} – Camwright" if site else "Camwright")
        self.setMinimumSize(*LEAST)
        self.context: Context | None = None
        self._sessions: Sessions | None = None
        self._settings = settings
        self._theme = theme
        self._sheet: Sheet | None = None
        self._leaving = False  # unsent changes may go
        self._messages = messages
        self.commands = tuple(window_commands(self))
        self._build(site)
        self._bind()
        self._restore()
        self._unlisten = messages.listen(self._say)

    # Construction

    def _build(self, site: str) -> None:
        by_id = {command.id: command for command in self.commands}
        self.header = Header(site, by_id, self._theme, [(v.title, by_id[f"view-{v.title}"]) for v in VIEWS])
        self.pane = SitePane(self._messages)
        self.pane.chosen.connect(self.show_device)
        self.pane.followed.connect(self._followed)
        self.pane.forgotten.connect(self._forgotten)
        self.pane.demo_wanted.connect(self._try_demo)
        self.welcome = WelcomePage(self.open_palette)
        self.centre = QStackedWidget()
        self.centre.addWidget(self.welcome)
        self.views = Shelf(self.centre)
        self.devices = OpenDevices(self.centre, self)
        self.devices.standing_changed.connect(self._standing)
        self.devices.moved.connect(self._moved)
        self.devices.full_screen_wanted.connect(self.set_full_screen)
        self.messages_pane = MessagesPane()
        self.messages_pane.close_wanted.connect(lambda: self.show_messages(False))
        self.columns = QSplitter(Qt.Orientation.Horizontal)
        self.columns.addWidget(self.pane)
        self.columns.addWidget(self.centre)
        self.columns.setStretchFactor(1, 1)
        self.columns.setCollapsible(1, False)
        self.columns.setSizes([310, 970])
        self.pane.setMinimumWidth(220)
        self.rows = QSplitter(Qt.Orientation.Vertical)
        self.rows.addWidget(self.columns)
        self.rows.addWidget(self.messages_pane)
        self.rows.setStretchFactor(0, 1)
        self.rows.setCollapsible(0, False)
        self.rows.setSizes([500, 170])
        self.messages_pane.hide()
        self.status = StatusBar(by_id)
        body = QWidget()
        self._strips = QVBoxLayout(body)
        self._strips.setContentsMargins(0, 0, 0, 0)
        self._strips.setSpacing(0)
        self._strips.addWidget(self.header)
        self._strips.addWidget(self.rows, 1)
        self._strips.addWidget(self.status)
        self.setCentralWidget(body)
        self.full_screen = FullScreen(self, (self.header, self.pane, self.status, self.messages_pane))
        self.palette_list = Palette(body)
        self.everything = Everything(self.pane, self.devices, self.views, self.commands)
        self.devices.search_changed.connect(self.palette_list.look_again)
        self.toasts = Toasts(body)

    def _bind(self) -> None:
        for command in self.commands:
            if command.keys:
                QShortcut(QKeySequence(command.keys), self, command.run)

    def _restore(self) -> None:
        self.resize(*DESIGN)
        for key, restore in self._kept():
            value = self._settings.value(key)
            if isinstance(value, QByteArray):
                restore(value)

    def _kept(self) -> tuple[tuple[str, Callable[[QByteArray], bool]], ...]:
        return (
            ("window/geometry", self.restoreGeometry),
            ("window/columns", self.columns.restoreState),
            ("window/rows", self.rows.restoreState),
        )

    # The engine arrives

    def attach(self, context: Context) -> None:
        self.context = context
        self._sessions = Sessions(context, self.devices.session_of)
        self.pane.empty.can_demo = context.try_demo is not None
        self.pane.attach(context.discovery)
        self.pane.list.setFocus()

    def add_strip(self, strip: QWidget) -> None:
        """What must be read wherever one is: below the header."""
        self._strips.insertWidget(1, strip)

    # What can be done

    def show_device(self, found: Found) -> None:
        if self.context is None or self._sessions is None:
            return
        self._bring(self.devices.take(found, self.context, self._sessions))

    def show_view(self, view: View) -> None:
        """In the place of the device's page, which stays as it is."""
        if self.context is None or self._sessions is None:
            return
        from ui.views.base import Shell

        shell = Shell(self._sessions, self.pane.model.devices, self.pane.select, self._choose, self.set_full_screen)
        shown = self.views.take(view, self.context, shell)
        self._bring(shown)
        self.pane.choose_nothing()

    def _choose(self, entries: Iterable[PaletteEntry]) -> None:
        self.palette_list.open(entries)

    def set_full_screen(self, wanted: bool | None) -> None:
        """What is in view alone on the screen, when it is worth it; None: the other of both."""
        self.full_screen.set(self._in_front(), wanted)

    def device_page(self, address: Address) -> DevicePage | None:
        return self.devices.at(address)

    @property
    def current_device(self) -> DevicePage | None:
        return self.devices.current

    @property
    def current_view(self) -> SiteView | None:
        return self.views.current

    def open_palette(self) -> None:
        self.everything.prepare()
        self.palette_list.open(self.everything.entries(), self.everything.search)

    def add_address(self) -> None:
        self.pane.show()
        self.pane.ask_address()

    def focus_filter(self) -> None:
        self.pane.show()
        self.pane.search.setFocus()
        self.pane.search.selectAll()

    def toggle_pane(self) -> None:
        self.pane.setVisible(self.pane.isHidden())

    def toggle_messages(self) -> None:
        self.show_messages(self.messages_pane.isHidden())

    def show_messages(self, shown: bool) -> None:
        self.messages_pane.setVisible(shown)
        if shown:
            self.status.seen()
            self.toasts.clear()
            self.messages_pane.list.setFocus()
        else:
            self.pane.list.setFocus()

    def use_theme(self, mode: Mode) -> None:
        self._theme.use(mode)
        self._settings.setValue("theme", mode.value)

    def show_keys(self) -> None:
        from ui.dialogs.keys import KeysSheet

        self.open_sheet(KeysSheet(self.centralWidget(), key_rows(self.commands)))

    def show_about(self) -> None:
        from ui.dialogs.sheet import AboutSheet

        self.open_sheet(AboutSheet(self.centralWidget()))

    def compare_settings(self) -> None:
        """Of every device that is open, the one in view first."""
        if self.context is None:
            return
        from ui.dialogs.compare import CompareSheet

        self.open_sheet(CompareSheet(self.centralWidget(), self.context, self.devices.sessions))

    def open_sheet(self, sheet: Sheet) -> None:
        """One at a time; Esc and another sheet close it."""
        self.close_sheet()
        self._sheet = sheet
        sheet.closed.connect(self._sheet_closed)
        sheet.open()

    def close_sheet(self) -> None:
        if self._sheet is not None:
            self._sheet.dismiss()

    def _sheet_closed(self) -> None:
        self._sheet = None

    # Reactions

    def _in_front(self) -> DevicePage | SiteView | None:
        return self.current_device or self.current_view

    def _bring(self, page: DevicePage | SiteView) -> None:
        old = self._in_front()
        if old is page:
            return
        self.set_full_screen(False)
        if old is not None:
            old.deactivated()
        self.centre.setCurrentWidget(page)
        page.activated()

    def _standing(self, found: Found, standing: Standing) -> None:
        self.pane.set_standing(found.address, standing)
        self.views.device_changed(found, standing)

    def _followed(self, found: Found) -> None:
        """Lost, back again, another name: its page says so as the list does."""
        page = self.devices.at(found.address)
        if page is not None:
            page.update_found(found)
        self.views.device_changed(found, None)

    def _moved(self, page: DevicePage, found: Found) -> None:
        """A camera was sent elsewhere by its own page: the row goes along."""
        self.views.device_changed(found, None)
        self.pane.move(found, page is self.current_device)
        self.pane.set_standing(found.address, page.standing)

    def _forgotten(self, found: Found) -> None:
        """Taken out of the list: its page closes, unless it has something to finish."""
        page = self.devices.give_up(found.address) if self.context is not None else None
        if page is None:
            return
        if page is self.centre.currentWidget():
            page.deactivated()
            self.centre.setCurrentWidget(self.welcome)
        self.pane.scope.start(self.devices.close(page))

    def show_page(self, title: str) -> None:
        if self.current_device is not None:
            self.current_device.show_page(title)

    def step_device(self, by: int) -> None:
        order = [found.address for found in self.pane.model.devices()]
        if not order:
            return
        device = self.current_device
        at = order.index(device.found.address) + by if device and device.found.address in order else 0
        self.pane.select(order[at % len(order)])

    def _try_demo(self) -> None:
        if self.context is not None and self.context.try_demo is not None:
            self.context.try_demo()

    def _say(self, message: Message) -> None:
        self.messages_pane.add(message)
        if self.messages_pane.isHidden():
            self.status.count(message.level is Level.ERROR)
            self.toasts.add(message)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._escape()
        elif event.text() == "?":
            self.show_keys()
        else:
            super().keyPressEvent(event)

    def _escape(self) -> None:
        """Out of what is uppermost."""
        ways_out: tuple[tuple[bool, Callable[[], object]], ...] = (
            (self.palette_list.isVisible(), self.palette_list.close_palette),
            (self._sheet is not None, self.close_sheet),
            (self.messages_pane.isVisible(), lambda: self.show_messages(False)),
        )
        leave = next((leave for there, leave in ways_out if there), None)
        if leave is not None:
            leave()
        elif self.views.escape():
            return
        elif self.full_screen.is_on:
            self.set_full_screen(False)
        else:
            self.pane.list.setFocus()

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        if self.palette_list.isVisible():
            self.palette_list.place()

    def _asks_to_stay(self) -> bool:
        """What ends with the window unfinished: that is said once, in the window, before it goes."""
        text = "" if self._leaving else self.devices.unfinished()
        if not text:
            return False
        from ui.dialogs.confirm import ConfirmSheet

        sheet = ConfirmSheet(
            self.centralWidget(), self.tr("Quit all the same?"), text, self.tr("Quit"), leave=self.tr("Stay")
        )
        sheet.agreed.connect(self._leave)
        self.open_sheet(sheet)
        return True

    def _leave(self) -> None:
        self._leaving = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._asks_to_stay():
            event.ignore()
            return
        self._settings.setValue("window/geometry", self.saveGeometry())
        self._settings.setValue("window/columns", self.columns.saveState())
        self._settings.setValue("window/rows", self.rows.saveState())
        self._settings.sync()
        event.accept()
        self.closing.emit()

    async def shut(self) -> None:
        """Ends every page, task and session. The composition root gives it a deadline."""
        self._unlisten()
        self.pane.detach()
        await self.views.close()
        await self.devices.close_all()
        if self._sessions is not None:
            await self._sessions.close()

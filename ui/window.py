"""The window: header, site pane, device page, messages. It is painted before the engine is there; `attach` fills it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.model.device import Address, Found
from ui.bridge.messages import Level, Message, Messages
from ui.commands import Command
from ui.context import Context
from ui.full_screen import FullScreen
from ui.header import Header, StatusBar
from ui.models.status import Standing, short_address
from ui.pages.base import Page
from ui.pages.welcome import WelcomePage
from ui.palette import Palette, PaletteEntry
from ui.panes.messages_pane import MessagesPane, Toasts
from ui.panes.site_pane import SitePane
from ui.theme import Mode, Theme
from ui.views.shelf import VIEWS, Shelf, View

if TYPE_CHECKING:  # imported when they are needed: the window is painted before
    from app.families.base import Session
    from ui.dialogs.sheet import Sheet
    from ui.pages.device import DevicePage
    from ui.views.base import SiteView

DESIGN = (1280, 720)
LEAST = (960, 600)


def _overview() -> type[Page]:
    from ui.pages.overview import OverviewPage

    return OverviewPage


def _live() -> type[Page]:
    from ui.pages.live import LivePage

    return LivePage


def _recordings() -> type[Page]:
    from ui.pages.recordings import RecordingsPage

    return RecordingsPage


def _settings() -> type[Page]:
    from ui.pages.settings import SettingsPage

    return SettingsPage


def _regions() -> type[Page]:
    from ui.pages.regions import RegionsPage

    return RegionsPage


def _events() -> type[Page]:
    from ui.pages.events import EventsPage

    return EventsPage


def _history() -> type[Page]:
    from ui.pages.history import HistoryPage

    return HistoryPage


def _maintenance() -> type[Page]:
    from ui.pages.maintenance import MaintenancePage

    return MaintenancePage


# The tabs of a device, in order. A new page is one more line here.
PAGES = (_overview, _live, _recordings, _settings, _regions, _events, _maintenance, _history)
TITLES = ("Overview", "Live", "Settings", "Regions", "Events", "Maintenance", "History", "Recordings")


class Window(QMainWindow):
    closing = Signal()

    def __init__(self, messages: Messages, settings: QSettings, theme: Theme, site: str = "") -> None:
        super().__init__()
        self.setWindowTitle(f"{site} – Camwright" if site else "Camwright")
        self.setMinimumSize(*LEAST)
        self.context: Context | None = None
        self._settings = settings
        self._theme = theme
        self._devices: dict[Address, DevicePage] = {}
        self._sheet: Sheet | None = None
        self._leaving = False  # unsent changes may go
        self._messages = messages
        self._page_loaders = PAGES
        self.commands = tuple(self._make_commands())
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
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.rows, 1)
        layout.addWidget(self.status)
        self.setCentralWidget(body)
        self.full_screen = FullScreen(self, (self.header, self.pane, self.status, self.messages_pane))
        self.palette_list = Palette(body)
        self.toasts = Toasts(body)

    def _make_commands(self) -> Iterator[Command]:
        yield Command("palette", self.tr("Search everything"), self.open_palette, "Ctrl+K", "search")
        yield Command("scan", self.tr("Scan again"), lambda: self.pane.rescan(), "F5", "scan")
        yield Command("add", self.tr("Add a device by its address"), self.add_address, "Ctrl+N", "add")
        yield Command("filter", self.tr("Filter devices"), self.focus_filter, "Ctrl+Shift+F", "filter")
        yield Command("pane", self.tr("Show or hide the site pane"), self.toggle_pane, "Ctrl+B", "pane")
        yield Command("messages", self.tr("Show or hide messages"), self.toggle_messages, "Ctrl+M", "messages")
        for at, title in enumerate(TITLES, 1):
            text = self.tr("Go to {}").format(self.tr(title))
            yield Command(f"page-{at}", text, lambda t=title: self._show_page(t), f"Ctrl+{at}", title.lower())
        for view in VIEWS:
            text = self.tr("Go to {}").format(self.tr(view.title))
            yield Command(f"view-{view.title}", text, lambda v=view: self.show_view(v), view.keys, view.icon)
        yield Command("full", self.tr("Full screen"), lambda: self.set_full_screen(None), "F11", "full-screen")
        text = self.tr("Export, compare and restore settings")
        yield Command("compare", text, self.compare_settings, "Ctrl+Shift+E", "file")
        yield Command("next", self.tr("Next device"), lambda: self._step(1), "Ctrl+PgDown", "chevron-down")
        yield Command("previous", self.tr("Previous device"), lambda: self._step(-1), "Ctrl+PgUp", "chevron-down")
        for mode, text in (
            (Mode.SYSTEM, self.tr("Colours: follow the system")),
            (Mode.LIGHT, self.tr("Colours: light")),
            (Mode.DARK, self.tr("Colours: dark")),
        ):
            yield Command(f"theme-{mode.value}", text, lambda m=mode: self.use_theme(m), "", "theme")
        yield Command("keys", self.tr("Keys"), self.show_keys, "F1", "keyboard")
        yield Command("about", self.tr("About Camwright"), self.show_about, "", "about")
        yield Command("quit", self.tr("Quit"), lambda: self.close(), "Ctrl+Q", "close")

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
        self.pane.can_demo = context.try_demo is not None
        self.pane.attach(context.discovery)
        self.pane.list.setFocus()

    # What can be done

    def show_device(self, found: Found) -> None:
        if self.context is None:
            return
        from ui.pages.device import DevicePage

        page = self._devices.get(found.address)
        if page is None:
            page = DevicePage(found, self.context, self._page_loaders)
            page.standing_changed.connect(self._standing)
            page.search_changed.connect(self.palette_list.look_again)
            page.moved.connect(self._moved)
            page.full_screen_wanted.connect(self.set_full_screen)
            self._devices[found.address] = page
            self.centre.addWidget(page)
        page.update_found(found)
        self._bring(page)

    def show_view(self, view: View) -> None:
        """In the place of the device's page, which stays as it is."""
        if self.context is None:
            return
        from ui.views.base import Shell

        shell = Shell(self._session_of, self.pane.model.devices, self.pane.select, self._choose, self.set_full_screen)
        shown = self.views.take(view, self.context, shell)
        self._bring(shown)
        self.pane.choose_nothing()

    def _session_of(self, address: Address) -> Session | None:
        page = self._devices.get(address)
        return None if page is None else page.session

    def _choose(self, entries: Iterable[PaletteEntry]) -> None:
        self.palette_list.open(entries)

    def set_full_screen(self, wanted: bool | None) -> None:
        """What is in view alone on the screen, when it is worth it; None: the other of both."""
        self.full_screen.set(self._in_front(), wanted)

    def device_page(self, address: Address) -> DevicePage | None:
        return self._devices.get(address)

    @property
    def current_device(self) -> DevicePage | None:
        shown = self.centre.currentWidget()
        return next((page for page in self._devices.values() if page is shown), None)

    @property
    def current_view(self) -> SiteView | None:
        return self.views.current

    def open_palette(self) -> None:
        for page in self._pages_in_view():
            page.prepare_search()
        self.palette_list.open(self._entries(), self._search)

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

        self._open_sheet(KeysSheet(self.centralWidget(), [(_native(c.keys), c.title) for c in self.commands if c.keys]))

    def show_about(self) -> None:
        from ui.dialogs.sheet import AboutSheet

        self._open_sheet(AboutSheet(self.centralWidget()))

    def compare_settings(self) -> None:
        """Of every device that is open, the one in view first."""
        if self.context is None:
            return
        from ui.dialogs.compare import CompareSheet

        pages = sorted(self._devices.values(), key=lambda page: page is not self.current_device)
        opened = [(page.name, page.session) for page in pages if page.session is not None]
        self._open_sheet(CompareSheet(self.centralWidget(), self.context, opened))

    def _open_sheet(self, sheet: Sheet) -> None:
        self.close_sheet()
        self._sheet = sheet
        sheet.closed.connect(self._sheet_closed)
        sheet.open()

    def close_sheet(self) -> None:
        if self._sheet is not None:
            self._sheet.dismiss()

    def _sheet_closed(self) -> None:
        self._sheet = None

    # Palette

    def _entries(self) -> Iterator[PaletteEntry]:
        for found in self.pane.model.devices():
            name = found.name or found.model or str(found.address)
            place = "   ".join(fact for fact in (found.model, short_address(found.address)) if fact and fact != name)
            yield PaletteEntry(name, place, lambda a=found.address: self.pane.select(a), icon="camera")
        device = self.current_device
        if device is not None:
            for page in device.pages:
                yield from self._page_entries(device, page)
        yield from self.views.entries()
        for command in self.commands:
            yield PaletteEntry(command.title, self.tr("Action"), command.run, _native(command.keys), command.icon)
        if self.context is not None:
            for source in self.context.palette_sources:
                yield from source()

    def _page_entries(self, device: DevicePage, page: Page) -> Iterator[PaletteEntry]:
        yield PaletteEntry(page.title, device.name, lambda: device.show_page(page.title), icon=page.icon)
        for entry in page.palette_entries():
            yield _on_page(device, page, entry)

    def _pages_in_view(self) -> tuple[Page, ...]:
        return () if self.current_device is None else self.current_device.pages

    def _search(self, words: str) -> Iterator[PaletteEntry]:
        for page in self._pages_in_view():
            for entry in page.search(words):
                assert self.current_device is not None
                yield _on_page(self.current_device, page, entry)

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
        page = self._devices.get(found.address)
        if page is not None:
            page.update_found(found)
        self.views.device_changed(found, None)

    def _moved(self, left: Address, found: Found) -> None:
        """A camera was sent elsewhere by its own page: page and row go along."""
        page = self._devices.get(left)
        if page is None or found.address in self._devices:
            return
        self._devices[found.address] = self._devices.pop(left)
        page.update_found(found)
        self.views.device_changed(found, None)
        self.pane.move(found, page is self.current_device)
        self.pane.set_standing(found.address, page.standing)

    def _forgotten(self, found: Found) -> None:
        """Taken out of the list: a page with unsent edits, or that follows its camera, stays; any other closes."""
        page = self._devices.get(found.address)
        if page is None or page.standing.changes or self.context is None:
            return
        if any(each.is_departing for each in page.pages):
            return
        if page is self.current_device:
            page.deactivated()
            self.centre.setCurrentWidget(self.welcome)
        del self._devices[found.address]
        self.pane.scope.start(self._close_device(page))

    async def _close_device(self, page: DevicePage) -> None:
        await page.close()
        self.centre.removeWidget(page)
        page.deleteLater()

    def _show_page(self, title: str) -> None:
        if self.current_device is not None:
            self.current_device.show_page(title)

    def _step(self, by: int) -> None:
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
        if self.palette_list.isVisible():
            self.palette_list.close_palette()
        elif self._sheet is not None:
            self.close_sheet()
        elif self.messages_pane.isVisible():
            self.show_messages(False)
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
        following = [page for page in self._devices.values() if any(each.is_departing for each in page.pages)]
        unsent = [page for page in self._devices.values() if page.standing.changes and page not in following]
        if self._leaving or not (following or unsent):
            return False
        from ui.dialogs.confirm import ConfirmSheet
        from ui.forms.words import counted

        lines = [self.tr("{} is being followed to its new place.").format(page.name) for page in following]
        for page in unsent:
            count = page.standing.changes
            lines.append(counted(self.tr("%n change(s) on {0} not sent.", "", count), count).format(page.name))
        if unsent:
            lines.append(self.tr("What is not sent is gone when Camwright ends."))
        text = "\n\n".join(lines)
        sheet = ConfirmSheet(self.centralWidget(), self.tr("Quit all the same?"), text, self.tr("Quit"))
        sheet.agreed.connect(self._leave)
        self._open_sheet(sheet)
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
        for page in tuple(self._devices.values()):
            try:
                await page.close()
            except OSError:
                continue  # the camera went first; there is nothing left to close
        self._devices.clear()


def _on_page(device: DevicePage, page: Page, entry: PaletteEntry) -> PaletteEntry:
    """The entry of a page, which is brought to the front first."""

    def run() -> None:
        device.show_page(page.title)
        entry.run()

    return replace(entry, run=run)


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)

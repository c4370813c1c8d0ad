"""What the window can do, whatever is in view: one table for the menu, the palette, the keys and their list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from PySide6.QtCore import QCoreApplication

from ui.commands import Command
from ui.panes.site_pane import SitePane
from ui.tabs import TITLES
from ui.theme import Mode
from ui.views.shelf import VIEWS, View
from ui.window_search import native

PAGE = "page-"  # how the commands begin that go to a tab


class Commanded(Protocol):
    """Who carries the commands out: the window."""

    @property
    def pane(self) -> SitePane: ...

    def tr(self, text: str) -> str: ...

    def open_palette(self) -> None: ...

    def add_address(self) -> None: ...

    def focus_filter(self) -> None: ...

    def toggle_pane(self) -> None: ...

    def toggle_messages(self) -> None: ...

    def show_page(self, title: str) -> None: ...

    def show_view(self, view: View) -> None: ...

    def set_full_screen(self, wanted: bool | None) -> None: ...

    def compare_settings(self) -> None: ...

    def step_device(self, by: int) -> None: ...

    def use_theme(self, mode: Mode) -> None: ...

    def show_keys(self) -> None: ...

    def show_about(self) -> None: ...

    def close(self) -> bool: ...


def window_commands(window: Commanded) -> Iterator[Command]:
    yield Command("palette", window.tr("Search everything"), window.open_palette, "Ctrl+K", "search")
    yield Command("scan", window.tr("Scan again"), lambda: window.pane.rescan(), "F5", "scan")
    yield Command("add", window.tr("Add a device by its address"), window.add_address, "Ctrl+N", "add")
    yield Command("filter", window.tr("Filter devices"), window.focus_filter, "Ctrl+Shift+F", "filter")
    yield Command("pane", window.tr("Show or hide the site pane"), window.toggle_pane, "Ctrl+B", "pane")
    yield Command("messages", window.tr("Show or hide messages"), window.toggle_messages, "Ctrl+M", "messages")
    for at, title in enumerate(TITLES, 1):
        text = window.tr("Go to {}").format(window.tr(title))
        yield Command(f"{PAGE}{at}", text, lambda t=title: window.show_page(t), f"Ctrl+{at}", title.lower())
    for view in VIEWS:
        text = window.tr("Go to {}").format(window.tr(view.title))
        yield Command(f"view-{view.title}", text, lambda v=view: window.show_view(v), view.keys, view.icon)
    yield Command("full", window.tr("Full screen"), lambda: window.set_full_screen(None), "F11", "full-screen")
    text = window.tr("Export, compare and restore settings")
    yield Command("compare", text, window.compare_settings, "Ctrl+Shift+E", "file")
    yield Command("next", window.tr("Next device"), lambda: window.step_device(1), "Ctrl+PgDown", "chevron-down")
    yield Command("previous", window.tr("Previous device"), lambda: window.step_device(-1), "Ctrl+PgUp", "chevron-down")
    for mode, text in (
        (Mode.SYSTEM, window.tr("Colours: follow the system")),
        (Mode.LIGHT, window.tr("Colours: light")),
        (Mode.DARK, window.tr("Colours: dark")),
    ):
        yield Command(f"theme-{mode.value}", text, lambda m=mode: window.use_theme(m), "", "theme")
    yield Command("keys", window.tr("Keys"), window.show_keys, "F1", "keyboard")
    yield Command("about", window.tr("About Camwright"), window.show_about, "", "about")
    yield Command("quit", window.tr("Quit"), lambda: window.close(), "Ctrl+Q", "close")


def key_rows(commands: Iterable[Command]) -> list[tuple[str, str]]:
    """Keys and what they do, for the list of keys. The tabs of a device share a row: they are in the order of their
    numbers."""
    rows = [(native(c.keys), c.title) for c in commands if c.keys and not c.id.startswith(PAGE)]
    tabs = ", ".join(QCoreApplication.translate("Window", title) for title in TITLES)
    return [*rows, (f"{native('Ctrl+1')} … {len(TITLES)}", tabs)]

"""The bars above and below: site, search, scan and menu; jobs and messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QActionGroup, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QToolButton

from ui.commands import Command
from ui.theme import GAP, Mode, Theme, icon
from ui.theme.buttons import flat_button

Commands = Mapping[str, Command]


class Header(QFrame):
    def __init__(self, site: str, commands: Commands, theme: Theme, views: Sequence[tuple[str, Command]] = ()) -> None:
        super().__init__()
        self.setObjectName("header")
        self.setFixedHeight(44)
        self._commands = commands
        self._theme = theme
        self.site = QLabel(site or self.tr("This network"))
        self.site.setObjectName("strong")
        self.site.setTextFormat(Qt.TextFormat.PlainText)
        self.pane_button = self._flat("pane", commands["pane"])
        self.search = QPushButton(icon("search", 16, "secondary"), self._search_text())
        self.search.setObjectName("search")
        self.search.setAccessibleName(self.tr("Search devices, settings, actions"))
        self.search.clicked.connect(commands["palette"].run)
        self.search.setMinimumWidth(320)
        self.search.setMaximumWidth(560)
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.scan = QPushButton(icon("scan"), self.tr("Scan"))
        self.scan.setToolTip(self.tr("Look for devices again (F5)"))
        self.scan.clicked.connect(commands["scan"].run)
        self.scan_more = self._flat("chevron-down", None, self.tr("More ways to find devices"))
        self.scan_more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.scan_more.setMenu(self._scan_menu())
        self.menu = self._flat("menu", None, self.tr("Menu"))
        self.menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu.setMenu(self._main_menu())
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(GAP)
        row.addWidget(self.pane_button)
        row.addWidget(self.site)
        self.views = tuple(self._view(title, command) for title, command in views)
        for button in self.views:
            row.addWidget(button)
        row.addStretch(2)
        row.addWidget(self.search, 6)
        row.addStretch(2)
        row.addWidget(self.scan)
        row.addWidget(self.scan_more)
        row.addWidget(self.menu)

    def _search_text(self) -> str:
        keys = QKeySequence(self._commands["palette"].keys).toString(QKeySequence.SequenceFormat.NativeText)
        return self.tr("Search devices, settings, actions   {}").format(keys)

    def _flat(self, name: str, command: Command | None, tip: str = "") -> QToolButton:
        text = f"{command.title} ({command.keys})" if command else tip
        button = flat_button(name, text, command.title if command else tip)
        if command is not None:
            button.clicked.connect(command.run)
        return button

    def _view(self, title: str, command: Command) -> QPushButton:
        button = QPushButton(icon(command.icon, 16, "secondary"), self.tr(title))
        button.setObjectName("link")
        button.setToolTip(f"{command.title} ({command.keys})")
        button.clicked.connect(lambda: command.run())
        return button

    def _scan_menu(self) -> QMenu:
        menu = QMenu(self)
        for name in ("scan", "add", "filter"):
            self._add(menu, self._commands[name])
        return menu

    def _main_menu(self) -> QMenu:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for mode in Mode:
            command = self._commands[f"theme-{mode.value}"]
            action = menu.addAction(command.title, command.run)
            action.setCheckable(True)
            action.setActionGroup(group)
            action.setData(mode)
        menu.aboutToShow.connect(lambda: self._check(group))
        menu.addSeparator()
        for name in ("compare", "messages", "keys", "about"):
            self._add(menu, self._commands[name])
        menu.addSeparator()
        self._add(menu, self._commands["quit"])
        return menu

    def _check(self, group: QActionGroup) -> None:
        for action in group.actions():
            action.setChecked(action.data() == self._theme.mode)

    def _add(self, menu: QMenu, command: Command) -> None:
        """The key is only shown: the window has the shortcut, and two of them would cancel each other."""
        keys = QKeySequence(command.keys).toString(QKeySequence.SequenceFormat.NativeText)
        menu.addAction(icon(command.icon), f"{command.title}\t{keys}" if keys else command.title, command.run)


class StatusBar(QFrame):
    """Jobs at the left, messages at the right."""

    def __init__(self, commands: Commands) -> None:
        super().__init__()
        self.setObjectName("statusBar")
        self.setFixedHeight(32)
        self.text = QLabel()
        self.text.setProperty("role", "secondary")
        self.messages = QPushButton(icon("messages", 16, "secondary"), "")
        self.messages.setObjectName("link")
        self.messages.clicked.connect(commands["messages"].run)
        self.messages.setToolTip(f"{commands['messages'].title} ({commands['messages'].keys})")
        self.keys = QPushButton(icon("keyboard", 16, "secondary"), self.tr("Keys"))
        self.keys.setObjectName("link")
        self.keys.clicked.connect(commands["keys"].run)
        self.keys.setToolTip(self.tr("All keys (F1)"))
        self._new = self._errors = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.addWidget(self.text, 1)
        row.addWidget(self.keys)
        row.addWidget(self.messages)
        self.seen()

    def say(self, text: str) -> None:
        self.text.setText(text)

    def count(self, is_error: bool) -> None:
        self._new += 1
        self._errors += is_error
        self._show()

    def seen(self) -> None:
        self._new = self._errors = 0
        self._show()

    def _show(self) -> None:
        self.messages.setText(self.tr("Messages ({} new)").format(self._new) if self._new else self.tr("Messages"))
        self.messages.setIcon(icon("error", 16, "error") if self._errors else icon("messages", 16, "secondary"))

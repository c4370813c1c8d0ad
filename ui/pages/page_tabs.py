"""The tabs of a device's pages: with icons where there is room for them, with their titles whole in any case."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QTabBar

from ui.theme import icon


class PageTabs(QTabBar):
    def __init__(self) -> None:
        super().__init__()
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setIconSize(QSize(16, 16))
        self.setAccessibleName(self.tr("Pages of the device"))
        self._icons: list[QIcon] = []

    def add(self, name: str, title: str) -> None:
        self._icons.append(icon(name, 16, "secondary"))
        self.addTab(self._icons[-1], title)

    def fit(self, width: int) -> None:
        """Into this many pixels."""
        self._show_icons(True)
        if self.sizeHint().width() > width:
            self._show_icons(False)

    def _show_icons(self, shown: bool) -> None:
        for at, each in enumerate(self._icons):
            self.setTabIcon(at, each if shown else QIcon())

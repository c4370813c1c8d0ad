"""The centre before a device is chosen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ui.panes.notice import Notice


class WelcomePage(Notice):
    def __init__(self, open_palette: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.say(
            self.tr("Choose a device"),
            self.tr("Choose one at the left, or press Ctrl+K and type its name, address or model."),
            icon_name="camera",
            buttons=[(self.tr("Search"), "search", open_palette)],
        )

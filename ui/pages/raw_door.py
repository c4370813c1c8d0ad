"""From a form to its document."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow, QWidget

from app.families.base import Session
from ui.context import Context
from ui.pages.settings_moves import Moves


class RawDoor(QObject):
    """Opens the raw view and remembers what it has under way."""

    sent = Signal(str)  # the resource; the camera may hold something else now
    moved = Signal(object, object)  # Address, Found: as `Page.moved`

    def __init__(self, session: Session, context: Context, device: str) -> None:
        super().__init__()
        self._session, self._context, self._device = session, context, device
        self._moves: Moves | None = None  # those of the sheet that was opened last; they outlive it

    def open(self, window: QWidget, resource: str, title: str) -> None:
        """Over the whole window: the keys of the sheet are not those of a page."""
        from ui.pages.raw_view import RawSheet

        over = window.centralWidget() if isinstance(window, QMainWindow) else window
        sheet = RawSheet(over, self._session, self._context, self._device, resource, title)
        sheet.sent.connect(self.sent)
        sheet.moved.connect(self.moved)
        self._moves = sheet.moves
        sheet.open()

    @property
    def is_departing(self) -> bool:
        return self._moves is not None and self._moves.under_way

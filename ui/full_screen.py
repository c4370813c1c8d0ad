"""What is in view alone on the screen, and the window around it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QWidget


class Filling(Protocol):
    """A page or view; fills_screen: whether it is worth the whole screen now."""

    @property
    def fills_screen(self) -> bool: ...

    def set_bare(self, bare: bool) -> None:
        """With or without what stands around the picture."""


class FullScreen:
    """Hides what stands around, and brings back what was there."""

    def __init__(self, window: QMainWindow, around: Sequence[QWidget]) -> None:
        self._window = window
        self._around = tuple(around)
        self._hidden: tuple[QWidget, ...] = ()

    @property
    def is_on(self) -> bool:
        return bool(self._hidden)

    def set(self, shown: Filling | None, wanted: bool | None) -> None:
        """None for wanted: the other of both. Nothing happens where nothing in view is worth it."""
        wanted = not self.is_on if wanted is None else wanted
        if wanted == self.is_on or shown is None or (wanted and not shown.fills_screen):
            return
        shown.set_bare(wanted)
        state = self._window.windowState()
        if wanted:
            self._hidden = tuple(widget for widget in self._around if not widget.isHidden())
            for widget in self._hidden:
                widget.hide()
            self._window.setWindowState(state | Qt.WindowState.WindowFullScreen)
        else:
            for widget in self._hidden:
                widget.show()
            self._hidden = ()
            self._window.setWindowState(state & ~Qt.WindowState.WindowFullScreen)

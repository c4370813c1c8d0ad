"""One command per gesture: a layer's drawing before and after it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from app.regions.editing import RegionEdits, Sheet

Show = Callable[[str], None]


class Gesture(QUndoCommand):
    """merge: gestures with the same word that follow each other (typing a number, nudging on) are one. show is told
    the layer after undo and redo, so that nobody undoes what is not in view."""

    def __init__(
        self, edits: RegionEdits, layer: str, before: Sheet, after: Sheet, text: str, show: Show, merge: str = ""
    ) -> None:
        super().__init__(text)
        self._edits, self._layer, self._show = edits, layer, show
        self._before, self._after, self._merge = before, after, merge
        self._first = True

    def id(self) -> int:
        return 1 if self._merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, Gesture) or (other._layer, other._merge) != (self._layer, self._merge):
            return False
        self._after = other._after
        self.setObsolete(self._after == self._before)
        return True

    def undo(self) -> None:
        self._put(self._before)

    def redo(self) -> None:
        self._put(self._after)

    def _put(self, sheet: Sheet) -> None:
        if self._edits.layer(self._layer) is None:
            return  # the camera has no such layer any more
        self._edits.put(self._layer, sheet)
        if not self._first:
            self._show(self._layer)
        self._first = False

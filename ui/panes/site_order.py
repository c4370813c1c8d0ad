"""What the list of devices shows and in which order, as a menu."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from ui.models.site import Grouping, Sorting


class OrderMenu(QMenu):
    """only is the action that hides devices with which nothing is wrong."""

    arranged = Signal(object)  # Sorting or Grouping

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        # Made here, not by the menu: an object that Qt makes may get the wrapper of one that is gone and had its place
        # in memory, and then goes with the wrapper's old owner.
        self.only = QAction(self.tr("Only devices that need you"), self, checkable=True)
        self.addAction(self.only)
        for title, kinds, default in (
            (self.tr("Sort by"), self._sortings(), Sorting.ADDRESS),
            (self.tr("Group by"), self._groupings(), Grouping.NONE),
        ):
            self.addSection(title)
            group = QActionGroup(self)
            for kind, text in kinds.items():
                action = QAction(f"{title}: {text}", self, checkable=True, checked=kind == default)
                self.addAction(group.addAction(action))
                action.triggered.connect(lambda _=False, k=kind: self.arranged.emit(k))

    def _sortings(self) -> dict[Sorting | Grouping, str]:
        return {
            Sorting.ADDRESS: self.tr("address"),
            Sorting.NAME: self.tr("name"),
            Sorting.MODEL: self.tr("model"),
            Sorting.STATUS: self.tr("status"),
        }

    def _groupings(self) -> dict[Sorting | Grouping, str]:
        return {
            Grouping.NONE: self.tr("nothing"),
            Grouping.STATUS: self.tr("status"),
            Grouping.MODEL: self.tr("model"),
            Grouping.NETWORK: self.tr("network"),
        }

"""What the list of devices shows and in which order, as a menu."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from ui.models.site import Grouping, Sorting


class OrderMenu(QMenu):
    """only is the action that hides devices with which nothing is wrong."""

    arranged = Signal(object)  # Sorting or Grouping

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.only = self.addAction(self.tr("Only devices that need you"))
        self.only.setCheckable(True)
        for title, kinds, default in (
            (self.tr("Sort by"), self._sortings(), Sorting.ADDRESS),
            (self.tr("Group by"), self._groupings(), Grouping.NONE),
        ):
            self.addSection(title)
            group = QActionGroup(self)
            for kind, text in kinds.items():
                action = self.addAction(f"{title}: {text}")
                action.setCheckable(True)
                action.setChecked(kind == default)
                action.setActionGroup(group)
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

"""The regions of a walk test with what became of them: a word, a shape and a colour each."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from app.events import Mark, Station
from ui.models import event_words as words
from ui.models.columns import Columns
from ui.theme import icon, tokens

_LOOKS = {
    Mark.PASSED: ("ok", "ok"),
    Mark.UNTESTED: ("error", "error"),
    Mark.OFF: ("prohibit", "secondary"),
}
# Columns with what they have where there is room, and where there is little: a region must be known by its name.
_WIDTHS = ((1, 116, 106), (2, 80, 76), (3, 50, 38), (4, 120, 64), (5, 90, 74))
_PLACE = Qt.ItemDataRole.UserRole + 1


class WalkList(QTreeWidget):
    """Stations by their place; the chosen one stays chosen."""

    def __init__(self) -> None:
        super().__init__()
        self._items: dict[tuple[str, str], QTreeWidgetItem] = {}
        self._stations: dict[tuple[str, str], Station] = {}
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        heads = (self.tr("Region"), self.tr("Result"), self.tr("First"), self.tr("Hits"), self.tr("Who"))
        self.setHeaderLabels([*heads, self.tr("Direction")])
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setStretchLastSection(False)
        self._columns = Columns(self, _WIDTHS)
        self.setAccessibleName(self.tr("Regions of the walk test"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._columns.fit(event.size().width())
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:  # other colours for the results
            for station in self._stations.values():
                self._fill(self._items[station.place], station)

    @property
    def chosen(self) -> tuple[str, str] | None:
        item = self.currentItem()
        return item.data(0, _PLACE) if item is not None else None

    def show_stations(self, stations: Iterable[Station]) -> None:
        chosen = self.chosen
        self._items.clear()
        self._stations.clear()
        self.clear()
        for station in stations:
            item = self._items[station.place] = QTreeWidgetItem(self)
            item.setData(0, _PLACE, station.place)
            self._fill(item, station)
            if station.place == chosen:
                self.setCurrentItem(item)

    def update_station(self, station: Station) -> None:
        item = self._items.get(station.place)
        if item is not None:
            self._fill(item, station)

    def _fill(self, item: QTreeWidgetItem, station: Station) -> None:
        self._stations[station.place] = station
        name, role = _LOOKS[station.mark]
        results = {
            Mark.PASSED: self.tr("tested"),
            Mark.UNTESTED: self.tr("not tested"),
            Mark.OFF: self.tr("off"),
        }
        targets = {"person": self.tr("person"), "vehicle": self.tr("vehicle")}
        first = words.clock(station.first)[:8] if station.first is not None else ""
        who = ", ".join(targets.get(each, each) for each in station.targets)
        unsaid = self.tr("not said") if station.is_way_unsaid else ""
        ways = unsaid or ", ".join(words.direction(each) for each in station.directions)
        texts = (station.title, results[station.mark], first, str(station.hits or ""), who, ways)
        for column, text in enumerate(texts):
            item.setText(column, text)
            item.setToolTip(column, "\n".join(filter(None, (station.title, station.why_off or station.note))))
        if unsaid:
            item.setToolTip(len(texts) - 1, self.tr("The line watches both ways, and the camera does not say which."))
        item.setIcon(1, icon(name, 16, role))
        item.setForeground(1, QColor(getattr(tokens(), role)))
        item.setSizeHint(0, QSize(0, 30))

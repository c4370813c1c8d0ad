"""The layers of a device and the regions in them, with what became of each."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QBrush, QColor, QIcon, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from app.model.region import Purpose, ShapeKind
from app.settings.layer import LayerInfo, RegionLayer
from ui.canvas.desk import Desk
from ui.canvas.outcome import Outcomes, tone
from ui.theme import icon, tokens
from ui.theme.shapes import shape_colour

NAME, COUNT, EYE, LOCK = range(4)
FEW = 8  # that many are all unfolded
LAYER, KEY = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1

_SIGNS = {"ok": "ok", "warn": "warning", "error": "error", "secondary": "info"}


class RegionsList(QTreeWidget):
    """Choosing here is choosing on the picture. The eye and the lock are pressed, or switched beside the list."""

    def __init__(self, desk: Desk, outcomes: Outcomes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._outcomes = desk, outcomes
        self._infos: tuple[LayerInfo, ...] = ()
        self._items: dict[str, QTreeWidgetItem] = {}
        self.setColumnCount(4)
        self.setHeaderHidden(True)
        self.setIconSize(QSize(14, 14))
        self.setAccessibleName(self.tr("Regions by what they are for"))
        self.setUniformRowHeights(True)
        self.setIndentation(16)
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(24)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(COUNT, QHeaderView.ResizeMode.ResizeToContents)
        for column in (EYE, LOCK):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(column, 26)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.refresh)
        desk.changed.connect(self._later.start)
        desk.chosen.connect(self._follow)
        self.currentItemChanged.connect(self._chosen)
        self.itemClicked.connect(self._clicked)

    def show_layers(self, infos: Iterable[LayerInfo]) -> None:
        """Every layer that the device has; those that are read later fill up."""
        self._infos = tuple(infos)
        with QSignalBlocker(self):
            self.clear()
            self._items = {info.id: QTreeWidgetItem(self) for info in self._infos}
        self.refresh()

    def set_reason(self, layer_id: str, reason: str) -> None:
        """The camera refuses the layer."""
        item = self._items.get(layer_id)
        if item is not None:
            item.setDisabled(True)
            item.setToolTip(NAME, reason)
            item.setData(NAME, Qt.ItemDataRole.AccessibleDescriptionRole, reason)

    def refresh(self) -> None:
        several = len({info.channel for info in self._infos}) > 1
        with QSignalBlocker(self):
            for info in self._infos:
                self._fill(self._items[info.id], info, several=several)
        self._follow()

    def _fill(self, item: QTreeWidgetItem, info: LayerInfo, *, several: bool) -> None:
        layer = self._desk.edits.layer(info.id)
        item.setData(NAME, LAYER, info.id)
        item.setIcon(NAME, swatch(info.purpose))
        title = f"{info.channel} · {info.title}" if several else info.title
        spoken = self.tr("{0}, channel {1}").format(info.title, info.channel) if several else info.title
        item.setData(NAME, Qt.ItemDataRole.AccessibleTextRole, spoken)
        if layer is None:
            item.setText(NAME, title)
            if info.reason:
                self.set_reason(info.id, info.reason)
            return
        item.setDisabled(False)
        sheet, most = self._desk.edits.sheet(info.id), layer.limits.most_regions
        count = self.tr("{0} of {1}").format(len(sheet.drawn), most) if most is not None else str(len(sheet.drawn))
        count = "" if _is_one_grid(layer) else count
        off = self.tr("off") if sheet.armed is False else ""
        item.setText(NAME, title)
        item.setText(COUNT, ", ".join(part for part in (count, off) if part))
        item.setForeground(COUNT, QBrush(QColor(tokens().secondary)))
        changed = set(self._desk.edits.changed(info.id))
        self._mark(item, edited=bool(changed) or self._desk.edits.switch_changed(info.id) is not None)
        item.setToolTip(NAME, "\n".join(part for part in (spoken, info.resource, layer.note) if part))
        hidden, locked = info.id in self._desk.hidden, info.id in self._desk.locked
        item.setIcon(EYE, icon("eye-slash" if hidden else "eye", 14, "text" if hidden else "disabled"))
        item.setToolTip(EYE, self.tr("Hidden on the picture") if hidden else self.tr("Shown on the picture"))
        item.setIcon(LOCK, icon("lock-simple" if locked else "lock-simple-open", 14, "text" if locked else "disabled"))
        item.setToolTip(LOCK, self.tr("Locked") if locked else self.tr("Can be changed"))
        was_empty = item.childCount() == 0
        self._fill_regions(item, info.id, changed)
        if was_empty and item.childCount() and len(sheet.drawn) <= FEW and len(self._infos) <= FEW:
            item.setExpanded(True)

    def _fill_regions(self, item: QTreeWidgetItem, layer_id: str, changed: set[int]) -> None:
        layer = self._desk.edits.layer(layer_id)
        drawn = self._desk.edits.sheet(layer_id).drawn if layer is not None and not _is_one_grid(layer) else ()
        while item.childCount() > len(drawn):
            item.removeChild(item.child(item.childCount() - 1))
        while item.childCount() < len(drawn):
            QTreeWidgetItem(item)
        for number, each in enumerate(drawn, 1):
            row = item.child(number - 1)
            row.setData(NAME, LAYER, layer_id)
            row.setData(NAME, KEY, each.key)
            name = each.region.name or self.tr("Region {}").format(number)
            row.setText(NAME, name if each.region.enabled else self.tr("{}  ·  off").format(name))
            self._mark(row, edited=each.key in changed)
            self._say(row, layer_id, each.key)

    @staticmethod
    def _mark(item: QTreeWidgetItem, *, edited: bool) -> None:
        """Bold and coloured while it is unsent."""
        font = item.font(NAME)
        font.setBold(edited)
        item.setFont(NAME, font)
        item.setData(NAME, Qt.ItemDataRole.ForegroundRole, QBrush(QColor(tokens().modified)) if edited else None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is chosen stays in view when the form below takes room."""
        super().resizeEvent(event)
        if (item := self.currentItem()) is not None:
            self.scrollToItem(item)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._later.start()

    def _say(self, row: QTreeWidgetItem, layer_id: str, key: int) -> None:
        """A problem, else what became of the region."""
        problem, outcome = self._desk.edits.problem(layer_id, key), self._outcomes.get(layer_id, key)
        picture, text = QIcon(), problem
        if problem:
            picture = icon("warning", 14, "error")
        elif outcome is not None:
            role = tone(outcome)
            picture, text = icon(_SIGNS[role], 14, role), outcome.reason or self.tr("Kept by the camera")
        row.setIcon(NAME, picture)
        row.setToolTip(NAME, text)
        row.setData(NAME, Qt.ItemDataRole.AccessibleDescriptionRole, text)

    # Choosing

    def _chosen(self, item: QTreeWidgetItem | None) -> None:
        if item is None or item.isDisabled():
            return
        layer_id, key = item.data(NAME, LAYER), item.data(NAME, KEY)
        if self._desk.edits.layer(layer_id) is None:
            return  # still being read
        self._desk.take(layer_id)
        if self._desk.is_one_grid:
            self._desk.choose(self._desk.sheet.keys)
        else:
            self._desk.choose(() if key is None else (key,))

    def _clicked(self, item: QTreeWidgetItem, column: int) -> None:
        layer_id = item.data(NAME, LAYER)
        if column in (NAME, COUNT):
            self._chosen(item)  # again: Esc may have let go of it
        if item.data(NAME, KEY) is not None or self._desk.edits.layer(layer_id) is None:
            return
        if column == EYE:
            self._desk.set_hidden(layer_id, layer_id not in self._desk.hidden)
        elif column == LOCK:
            self._desk.set_locked(layer_id, layer_id not in self._desk.locked)

    def _follow(self) -> None:
        """What is chosen on the picture is current here."""
        item = self._items.get(self._desk.layer_id)
        if item is None:
            return
        if self._desk.selection:
            rows = (item.child(n) for n in range(item.childCount()))
            item = next((row for row in rows if row.data(NAME, KEY) == self._desk.selection[0]), item)
        if self.currentItem() is not item:
            with QSignalBlocker(self):
                self.setCurrentItem(item)
                self._items[self._desk.layer_id].setExpanded(True)
            self.scrollToItem(item)


def _is_one_grid(layer: RegionLayer) -> bool:
    """One grid is the whole layer: there is nothing to choose among."""
    return layer.limits.shapes == (ShapeKind.CELLS,) and layer.limits.most_regions == 1


def swatch(purpose: Purpose) -> QIcon:
    """A square in the layer's colour."""
    picture = QPixmap(14, 14)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(tokens().input_border))
        painter.setBrush(QColor(shape_colour(purpose)))
        painter.drawRoundedRect(1, 1, 12, 12, 3, 3)
    return QIcon(picture)

"""Presets: called, set with a picture of what the camera saw then, renamed, deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem

from app.model.ptz import Preset, PtzCapabilities
from ui.ptz.section import Section, button

THUMBNAIL = QSize(72, 40)
_KEY = Qt.ItemDataRole.UserRole


class PresetSection(Section):
    preset_set = Signal(str, str)  # id, name
    preset_deleted = Signal(str)

    def __init__(self, can: PtzCapabilities) -> None:
        super().__init__()
        self.title(self.tr("Presets"))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Presets"))
        self.list.setIconSize(THUMBNAIL)
        self.list.setMinimumHeight(180)
        self.list.itemActivated.connect(lambda _: self._call())
        self.add(self.list)
        self.name = QLineEdit(placeholderText=self.tr("Name"))
        self.name.setAccessibleName(self.tr("Name of the preset"))
        self.name.setEnabled(can.rename_presets)
        self.list.currentItemChanged.connect(lambda item, _: self.name.setText(_name_of(item)))
        self.add(self.name)
        call = button(self.tr("Go there"), self.tr("Move to this preset (its number on the picture)"))
        call.clicked.connect(self._call)
        keep = button(self.tr("Set here"), self.tr("Store the present view under this number (Ctrl and the number)"))
        keep.clicked.connect(lambda: self._with_preset(lambda key: self.preset_set.emit(key, self.name.text())))
        self.row(call, keep)
        rename = button(self.tr("Rename"), self.tr("Goes there and stores it again under the new name"))
        rename.setEnabled(can.rename_presets)
        rename.clicked.connect(lambda: self._with_preset(self._rename))
        delete = button(self.tr("Delete"), self.tr("Forget this preset"))
        delete.clicked.connect(lambda: self._with_preset(self.preset_deleted.emit))
        self.row(rename, delete)

    def _with_preset(self, action: Callable[[str], object]) -> None:
        item = self.list.currentItem()
        if item is not None:
            action(item.data(_KEY).id)

    def _call(self) -> None:
        self._with_preset(lambda key: self.do(lambda ptz: ptz.call_preset(key)))

    def _rename(self, key: str) -> None:
        name = self.name.text().strip()
        if name:
            self.do(lambda ptz: ptz.rename_preset(key, name), "presets")

    def show_presets(self, found: Iterable[Preset], pictures: Mapping[str, QImage]) -> None:
        row = max(0, self.list.currentRow())
        self.list.clear()
        for preset in found:
            if preset.reserved:
                continue
            name = preset.name if preset.is_set else self.tr("not set")
            item = QListWidgetItem(f"{preset.id}  {name}".rstrip())
            item.setData(_KEY, preset)
            if preset.is_set and preset.id in pictures:
                item.setIcon(QIcon(QPixmap.fromImage(pictures[preset.id])))
            self.list.addItem(item)
        self._colour()
        self.list.setCurrentRow(min(row, self.list.count() - 1))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:  # from light to dark
            self._colour()

    def _colour(self) -> None:
        """What is not set stands back. The others have the colour of the list itself."""
        for row in range(self.list.count()):
            if not self.list.item(row).data(_KEY).is_set:
                self.list.item(row).setForeground(self.palette().placeholderText())


def _name_of(item: QListWidgetItem | None) -> str:
    return item.data(_KEY).name if item is not None else ""

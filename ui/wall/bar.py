"""What stands over the wall: how many tiles, the named layouts, what the tiles show."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton

from app.site.walls import SIZES, Wall
from ui.theme.buttons import flat_button
from ui.theme.icons import icon
from ui.wall.paint import Look


class WallBar(QFrame):
    size_wanted = Signal(int)
    layout_wanted = Signal(str)
    save_wanted = Signal(str)
    delete_wanted = Signal(str)
    fill_wanted = Signal()
    captions_wanted = Signal(bool)
    statistics_wanted = Signal(bool)
    sound_wanted = Signal(bool)
    full_screen_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("header")
        self._sizes = QButtonGroup(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 8, 12, 8)
        self._row.setSpacing(8)
        self._add_sizes()
        self._row.addSpacing(8)
        self._add_layouts()
        self._row.addStretch(1)
        self.fill = QPushButton(icon("add"), self.tr("Fill"))
        self.fill.setToolTip(self.tr("Put cameras of the list into the empty tiles"))
        self.fill.clicked.connect(self.fill_wanted)
        self.captions = self._toggle("caption", self.tr("Names on the tiles (C)"))
        self.captions.clicked.connect(self.captions_wanted)
        self.statistics = self._toggle("status", self.tr("Statistics (I)"))
        self.statistics.clicked.connect(self.statistics_wanted)
        self.sound = self._toggle("sound", self.tr("Hear the selected tile (M)"))
        self.sound.clicked.connect(self.sound_wanted)
        self.full_screen = flat_button("full-screen", self.tr("Full screen (F11)"))
        self.full_screen.clicked.connect(self.full_screen_wanted)
        for widget in (self.fill, self.captions, self.statistics, self.sound, self.full_screen):
            self._row.addWidget(widget)

    @property
    def layouts(self) -> tuple[str, ...]:
        return tuple(self.box.itemText(at) for at in range(1, self.box.count()))

    # What is shown

    def show_wall(self, wall: Wall) -> None:
        self._sizes.button(wall.size).setChecked(True)
        with QSignalBlocker(self.box):
            self.box.setCurrentIndex(max(self.box.findText(wall.name), 0) if wall.name else 0)
        self.remove.setEnabled(self.box.currentIndex() > 0)

    def show_look(self, look: Look) -> None:
        self.captions.setChecked(look.captions)
        self.statistics.setChecked(look.statistics)
        self.sound.setChecked(look.sound)

    def show_layouts(self, names: Sequence[str]) -> None:
        with QSignalBlocker(self.box):
            chosen = self.box.currentText()
            self.box.clear()
            self.box.addItem(self.tr("No layout"))
            self.box.addItems(list(names))
            self.box.setCurrentIndex(max(self.box.findText(chosen), 0))

    # Construction

    def _add_sizes(self) -> None:
        for size in SIZES:
            button = QPushButton(str(size))
            button.setObjectName("segment")
            button.setCheckable(True)
            button.setMinimumWidth(32)
            button.setAccessibleName(self.tr("{} tiles").format(size))
            button.setToolTip(self.tr("{} tiles").format(size))
            self._sizes.addButton(button, size)
            self._row.addWidget(button)
        self._sizes.idClicked.connect(self.size_wanted)

    def _add_layouts(self) -> None:
        label = QLabel(self.tr("Layout"))
        self.box = QComboBox()
        self.box.setAccessibleName(self.tr("Layout"))
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.box.setMinimumWidth(120)
        self.box.addItem(self.tr("No layout"))
        self.box.activated.connect(self._chosen)
        label.setBuddy(self.box)
        self.save = QPushButton(self.tr("Save as"))
        self.save.setToolTip(self.tr("Keep this arrangement under a name"))
        self.save.clicked.connect(self._ask_name)
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("Name of the layout"))
        self.name.setAccessibleName(self.tr("Name of the layout"))
        self.name.setMaximumWidth(180)
        self.name.setMaxLength(60)
        self.name.returnPressed.connect(self._named)
        self.name.installEventFilter(self)
        self.name.hide()
        self.remove = flat_button("delete", self.tr("Delete this layout"))
        self.remove.clicked.connect(lambda: self.delete_wanted.emit(self.box.currentText()))
        self.remove.setEnabled(False)
        for widget in (label, self.box, self.name, self.save, self.remove):
            self._row.addWidget(widget)

    def _toggle(self, name: str, tip: str) -> QToolButton:
        button = flat_button(name, tip)
        button.setCheckable(True)
        return button

    # Names

    def _chosen(self, at: int) -> None:
        if at > 0:
            self.layout_wanted.emit(self.box.itemText(at))

    def _ask_name(self) -> None:
        if self.name.isVisible():
            self._named()
            return
        self.name.setText(self.box.currentText() if self.box.currentIndex() > 0 else "")
        self.name.show()
        self.name.setFocus()
        self.name.selectAll()

    def _named(self) -> None:
        if self.name.text().strip():
            self.save_wanted.emit(self.name.text().strip())
            self.name.hide()
            self.save.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if watched is self.name and is_escape and event.type() == QEvent.Type.KeyPress:
            self.name.hide()
            self.save.setFocus()
            return True
        return super().eventFilter(watched, event)

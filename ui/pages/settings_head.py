"""The head of a form: what it is, where it stands, and what can be done with all of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ui.forms.row import GAP
from ui.forms.words import ElidedLabel

NARROW = 560  # pixels from which title and find box have room side by side
WIDE_FIND = 200


class PanelHead(QWidget):
    """Title, the way to it in the tree, find box, Read again, Raw. In a narrow panel the find box has its own line."""

    def __init__(self) -> None:
        super().__init__()
        self.title = ElidedLabel()
        self.title.setObjectName("pageTitle")
        self.place = ElidedLabel()
        self.place.setProperty("role", "secondary")
        self.search = FindBox(self.tr("Find in this form"))
        self.refresh = QPushButton(self.tr("Read again"))
        self.refresh.setToolTip(self.tr("Ask the camera again; unsent changes stay"))
        self.raw = QPushButton(self.tr("Raw"))
        self.raw.setToolTip(self.tr("The document as the camera sends it; copy it, or edit it by hand"))
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.title)
        names.addWidget(self.place)
        self._line = QHBoxLayout()
        self._line.setSpacing(8)
        self._line.addLayout(names, 1)
        self._line.addWidget(self.search)
        self._line.addWidget(self.refresh)
        self._line.addWidget(self.raw)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(GAP, 10, GAP, 6)
        self._rows.setSpacing(6)
        self._rows.addLayout(self._line)
        self._narrow = False

    def show_place(self, above: Sequence[str], resource: str) -> None:
        """above: the titles of the nodes above it in the tree."""
        self.place.setText("   ".join(text for text in (" › ".join(above), resource) if text))

    def set_room(self, width: int) -> None:
        """What the panel has. The focus stays where it is."""
        narrow = width < NARROW
        if narrow == self._narrow:
            return
        self._narrow = narrow
        if narrow:
            self._line.removeWidget(self.search)
            self._rows.addWidget(self.search)
            self.search.setMinimumWidth(0)
            self.search.setMaximumWidth(16_777_215)
        else:
            self._rows.removeWidget(self.search)
            self._line.insertWidget(1, self.search)
            self.search.setFixedWidth(WIDE_FIND)


class FindBox(QLineEdit):
    """left: Esc, out of it. entered: into what it found."""

    left = Signal()
    entered = Signal()

    def __init__(self, placeholder: str) -> None:
        super().__init__()
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setToolTip("Ctrl+F")
        self.setClearButtonEnabled(True)
        self.setFixedWidth(WIDE_FIND)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.entered.emit()
        else:
            super().keyPressEvent(event)

"""Sheets: panels over the window that never block it. Esc closes them and the focus goes back where it was."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app import __version__
from ui.tab_round import go_round, stops_in
from ui.theme import GAP, GAP_WIDE
from ui.theme.buttons import flat_button

Rows = list[tuple[str, str]]


class Sheet(QWidget):
    """Covers its parent with a veil; the panel is in the middle. A click beside it closes it."""

    closed = Signal()

    def __init__(self, parent: QWidget, title: str, width: int = 520, height: int = 460) -> None:
        super().__init__(parent)
        self._wanted = (width, height)
        self._before = QApplication.focusWidget()
        self.setAccessibleName(title)
        self.panel = QFrame(self)
        self.panel.setObjectName("sheet")
        heading = QLabel(title)
        heading.setObjectName("pageTitle")
        self.close_button = flat_button("close", self.tr("Close (Esc)"), self.tr("Close"))
        self.close_button.clicked.connect(self.dismiss)
        head = QHBoxLayout()
        head.addWidget(heading, 1)
        head.addWidget(self.close_button)
        self.body = QVBoxLayout()
        self.body.setSpacing(GAP)
        layout = QVBoxLayout(self.panel)
        layout.setContentsMargins(20, 14, 14, 20)
        layout.setSpacing(GAP_WIDE)
        layout.addLayout(head)
        layout.addLayout(self.body, 1)
        parent.installEventFilter(self)

    def open(self) -> None:
        self._place()
        self.show()
        self.raise_()
        self.close_button.setFocus()

    def dismiss(self) -> None:
        if self.isHidden():
            return
        self.parentWidget().removeEventFilter(self)
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus()
        self.closed.emit()
        self.deleteLater()

    def add_choice(self, leave: QPushButton, enter: QPushButton) -> None:
        """The last row: to leave it all as it is, and what cannot be taken back."""
        leave.clicked.connect(self.dismiss)
        enter.setObjectName("danger")
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addStretch(1)
        row.addWidget(leave)
        row.addWidget(enter)
        self.body.addLayout(row)

    def _place(self) -> None:
        room = self.parentWidget().rect()
        self.setGeometry(room)
        width, height = min(self._wanted[0], room.width() - 32), min(self._wanted[1], room.height() - 32)
        self.panel.setGeometry((room.width() - width) // 2, (room.height() - height) // 2, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), QColor(0, 0, 0, 90))

    def mousePressEvent(self, event: object) -> None:
        del event
        self.dismiss()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round inside the sheet."""
        return go_round(tuple(stops_in(self)), forward)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)


class AboutSheet(Sheet):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Camwright", 460, 220)
        for text, role in (
            (self.tr("Version {}").format(__version__), "secondary"),
            (
                self.tr(
                    "Finds IP cameras whatever the brand, shows them live, sets them, and proves that they kept it."
                ),
                "",
            ),
            (self.tr("Free software under the GNU General Public License, version 3 or later."), "secondary"),
            (self.tr("Icons: Phosphor (MIT), by way of QtAwesome."), "secondary"),
        ):
            label = QLabel(text)
            label.setWordWrap(True)
            label.setProperty("role", role)
            self.body.addWidget(label)
        self.body.addStretch(1)

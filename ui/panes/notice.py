"""A calm full-size message with buttons: empty lists, failures, the welcome page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ui.theme import GAP, icon

Button = tuple[str, str, Callable[[], None]]  # text, icon name, what it does


class Notice(QWidget):
    """The first button is the suggested one. Lines wrap; codes stay behind Details."""

    def __init__(self, parent: QWidget | None = None, *, upright: bool = False) -> None:
        super().__init__(parent)
        self._upright = upright
        self._icon: QIcon | None = None
        self.picture = QLabel()
        self.title = QLabel()
        self.title.setObjectName("pageTitle")
        self.text = QLabel()
        self.detail = QLabel()
        self.detail.setProperty("role", "secondary")
        self.detail.setProperty("mono", True)
        self.detail.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.more = QPushButton(self.tr("Details"))
        self.more.setObjectName("link")
        self.more.setCheckable(True)
        self.more.toggled.connect(self.detail.setVisible)
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setFixedWidth(160)
        self.buttons: list[QPushButton] = []
        self._said: tuple[object, ...] = ()
        self._row = QHBoxLayout() if not upright else QVBoxLayout()
        self._row.setSpacing(GAP)
        self._build()

    def _build(self) -> None:
        centre = Qt.AlignmentFlag.AlignHCenter
        for label in (self.title, self.text, self.detail):
            label.setWordWrap(True)
            label.setAlignment(centre)
            label.setMaximumWidth(520)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(GAP)
        layout.addStretch(2)
        layout.addWidget(self.picture, 0, centre)
        for label in (self.title, self.text):
            layout.addLayout(_centred(label))
        layout.addWidget(self.busy, 0, centre)
        layout.addSpacing(GAP)
        holder = QHBoxLayout()
        holder.addStretch(1)
        holder.addLayout(self._row)
        holder.addStretch(1)
        layout.addLayout(holder)
        layout.addWidget(self.more, 0, centre)
        layout.addLayout(_centred(self.detail))
        layout.addStretch(3)

    def say(
        self,
        title: str,
        text: str = "",
        *,
        icon_name: str = "",
        role: str = "secondary",
        detail: str = "",
        buttons: Sequence[Button] = (),
        busy: bool = False,
    ) -> None:
        said = (title, text, detail, tuple(each[0] for each in buttons), busy)
        if busy and said == self._said:
            return  # a wait that goes on keeps its button under the hand
        self._said = said
        self._icon = icon(icon_name, 40, role) if icon_name else None
        self._paint_icon()
        self.title.setText(title)
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self.detail.setText(detail)
        self.more.setChecked(False)
        self.more.setVisible(bool(detail))
        self.detail.setVisible(False)
        self.busy.setVisible(busy)
        self._show_buttons(buttons)

    def _show_buttons(self, buttons: Sequence[Button]) -> None:
        for old in self.buttons:
            self._row.removeWidget(old)
            old.setParent(None)
            old.deleteLater()
        self.buttons = []
        for text, name, action in buttons:
            button = QPushButton(text)
            if not self.buttons:
                button.setObjectName("primary")
                button.setIcon(icon(name, 16, "on_accent") if name else QIcon())
            elif name:
                button.setIcon(icon(name, 16))
            button.clicked.connect(lambda _=False, run=action: run())
            self.buttons.append(button)
            self._row.addWidget(button)

    def _paint_icon(self) -> None:
        self.picture.setVisible(self._icon is not None)
        if self._icon is not None:
            self.picture.setPixmap(self._icon.pixmap(QSize(40, 40), self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_icon()


def _centred(widget: QWidget) -> QBoxLayout:
    """A wrapping label needs the whole width to know its height."""
    layout = QHBoxLayout()
    layout.addStretch(1)
    layout.addWidget(widget, 30)
    layout.addStretch(1)
    return layout

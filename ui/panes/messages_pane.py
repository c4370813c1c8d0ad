"""Messages: toasts that name the camera, and the list in which everything stays."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from ui.bridge.messages import Level, Message
from ui.theme import GAP, GAP_WIDE, icon
from ui.theme.buttons import flat_button

TOASTS = 3
_ABOVE, _BELOW = 52, 44  # px of the top bar and of the status bar
_PRESSED = (QAbstractButton, QComboBox, QLineEdit, QTextEdit, QAbstractSpinBox)
STAY = {Level.INFO: 5000, Level.WARNING: 9000, Level.ERROR: 12000}  # ms
ICONS = {Level.INFO: ("info", "info"), Level.WARNING: ("warning", "warn"), Level.ERROR: ("error", "error")}


def one_line(message: Message) -> str:
    return f"{message.device}: {message.text}" if message.device else message.text


class MessagesPane(QFrame):
    """The newest message on top; details of the chosen one beside the list."""

    close_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("messagesPane")
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Messages"))
        self.list.currentRowChanged.connect(self._chosen)
        self.list.setIconSize(QSize(16, 16))
        self.detail = QPlainTextEdit()
        self.detail.setReadOnly(True)
        self.detail.setAccessibleName(self.tr("Details of the message"))
        self._messages: list[Message] = []
        title = QLabel(self.tr("Messages"))
        title.setObjectName("sectionTitle")
        copy = QPushButton(self.tr("Copy"))
        copy.setObjectName("link")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.detail.toPlainText()))
        close = flat_button("close", self.tr("Close (Esc)"), self.tr("Close the messages"))
        close.clicked.connect(self.close_wanted)
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 8, 0)
        head.addWidget(title, 1)
        head.addWidget(copy)
        head.addWidget(close)
        split = QSplitter()
        split.addWidget(self.list)
        split.addWidget(self.detail)
        split.setSizes([500, 400])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(split, 1)

    def add(self, message: Message) -> None:
        self._messages.insert(0, message)
        name, role = ICONS[message.level]
        item = QListWidgetItem(icon(name, 16, role), f"{message.at:%H:%M:%S}  {one_line(message)}")
        self.list.insertItem(0, item)
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)

    def _chosen(self, row: int) -> None:
        if 0 <= row < len(self._messages):
            message = self._messages[row]
            parts = (message.device, message.text, message.hint, message.detail)
            self.detail.setPlainText("\n\n".join(part for part in parts if part))


class Toast(QFrame):
    closed = Signal(object)

    def __init__(self, message: Message, parent: QWidget) -> None:
        super().__init__(parent)
        self.message = message
        self.setObjectName("toast")
        self.setProperty("level", message.level.value)
        self.setAccessibleName(one_line(message))
        name, role = ICONS[message.level]
        self._icon = icon(name, 16, role)
        self._shape = QLabel()
        self._paint_icon()
        text = QLabel(one_line(message))
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(text)
        if message.hint:
            hint = QLabel(message.hint)
            hint.setWordWrap(True)
            hint.setProperty("role", "secondary")
            column.addWidget(hint)
        close = flat_button("close", self.tr("Close the message"))
        close.clicked.connect(self._end)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 6, 8)
        row.setSpacing(GAP)
        row.addWidget(self._shape, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        if message.action is not None:
            button = QPushButton(message.action.text)
            button.setObjectName("link")
            button.clicked.connect(self._act)
            row.addWidget(button)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._end)
        self._timer.start(STAY[message.level])

    def _paint_icon(self) -> None:
        self._shape.setPixmap(self._icon.pixmap(QSize(16, 16), self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_icon"):
            self._paint_icon()

    def enterEvent(self, event: QEvent) -> None:
        self._timer.stop()  # whoever reads it is not hurried
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._timer.start(STAY[self.message.level])
        super().leaveEvent(event)

    def _act(self) -> None:
        action = self.message.action
        self._end()
        if action is not None:
            action.run()

    def _end(self) -> None:
        self.closed.emit(self)


class Toasts(QObject):
    """At most three, in the lower right corner of the window, or in the first other one where they cover nothing that
    somebody can press or type into. They never take the focus."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.shown: list[Toast] = []
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(0)
        self._again.timeout.connect(self._place)
        window.installEventFilter(self)
        app = QApplication.instance()
        if isinstance(app, QApplication):  # another sheet or page is in front
            app.focusChanged.connect(self._focus_changed)

    def add(self, message: Message) -> None:
        toast = Toast(message, self._window)
        toast.closed.connect(self._remove)
        self.shown.append(toast)
        while len(self.shown) > TOASTS:
            self._remove(self.shown[0])
        toast.show()
        self._place()

    def clear(self) -> None:
        for toast in tuple(self.shown):
            self._remove(toast)

    def _remove(self, toast: Toast) -> None:
        if toast in self.shown:
            self.shown.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._place()

    def _focus_changed(self, _before: QWidget | None, _now: QWidget | None) -> None:
        if self.shown:
            self._again.start()

    def _place(self) -> None:
        if not self.shown:
            return
        width = min(420, self._window.width() - 32)
        heights = [max(44, toast.heightForWidth(width)) for toast in self.shown]
        size = QSize(width, sum(heights) + GAP * (len(heights) - 1))
        at = self._free_corner(size)
        top = at.y()
        for toast, height in zip(self.shown, heights, strict=True):
            toast.setGeometry(at.x(), top, width, height)
            toast.raise_()
            top += height + GAP

    def _free_corner(self, size: QSize) -> QPoint:
        """Where they begin."""
        left, right = GAP_WIDE, self._window.width() - size.width() - GAP_WIDE
        top, bottom = _ABOVE, self._window.height() - size.height() - _BELOW
        corners = [QPoint(right, bottom), QPoint(right, top), QPoint(left, bottom), QPoint(left, top)]
        taken = [self._place_of(part) for part in self._window.findChildren(QWidget) if self._is_in_use(part)]
        free = (at for at in corners if not any(QRect(at, size).intersects(each) for each in taken))
        return next(free, corners[0])

    def _place_of(self, part: QWidget) -> QRect:
        """In the window, without what its scroll areas cut off."""
        seen = part.visibleRegion().boundingRect()
        return seen.translated(part.mapTo(self._window, QPoint(0, 0)))

    def _is_in_use(self, part: QWidget) -> bool:
        if not isinstance(part, _PRESSED) or not part.isVisible():
            return False
        return not any(toast.isAncestorOf(part) for toast in self.shown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

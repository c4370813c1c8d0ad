"""The right side of the settings page: the form of one resource, or why there is none."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.errors import CameraError
from app.settings.changes import Proof
from app.settings.document import Document
from app.settings.tree import Node
from ui.forms.edits import DeviceEdits
from ui.forms.form import Form

INDEX_FROM = 4  # sections from which an index beside the form helps


class ResourcePanel(QWidget):
    """Title line, find box, form and section index; or a message in their place."""

    reload_wanted = Signal()

    def __init__(self, edits: DeviceEdits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edits = edits
        self.resource = ""
        self.title = QLabel()
        self.title.setObjectName("pageTitle")
        self.place = QLabel()
        self.place.setProperty("role", "secondary")
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.search = _FindBox(self.tr("Find in this form"))
        self.search.textChanged.connect(self._find)
        self.search.left.connect(self._leave_search)
        self.refresh = QPushButton(self.tr("Read again"))
        self.refresh.clicked.connect(self.reload_wanted)
        self.banner = QLabel()
        self.banner.setObjectName("banner")
        self.banner.setWordWrap(True)
        self.banner.hide()
        self.form = Form()
        self.index = QListWidget()
        self.index.setObjectName("sectionIndex")
        self.index.setFixedWidth(170)
        self.index.setAccessibleName(self.tr("Sections"))
        self.index.itemClicked.connect(lambda item: self.form.jump_to_section(item.text()))
        self.index.itemActivated.connect(lambda item: self.form.jump_to_section(item.text()))
        self.form.section_changed.connect(self._section_changed)
        self._message = _Message()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._message)
        self._stack.addWidget(self._form_side())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _form_side(self) -> QWidget:
        side = QWidget()
        head = QHBoxLayout()
        head.setContentsMargins(12, 12, 12, 4)
        head.setSpacing(12)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self.title)
        names.addWidget(self.place)
        head.addLayout(names, 1)
        head.addWidget(self.search)
        head.addWidget(self.refresh)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self.form, 1)
        body.addWidget(self.index)
        layout = QVBoxLayout(side)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.banner)
        layout.addLayout(body, 1)
        return side

    def show_document(self, document: Document, proof: Proof | None = None) -> None:
        same = document.resource == self.resource
        scrolled = self.form.verticalScrollBar().value()
        self.resource = document.resource
        self.title.setText(document.title)
        self.place.setText(document.resource)
        self.search.setVisible(len(document.fields) > 12)
        if not same:
            self.search.clear()
            self.banner.hide()
        self.form.show_document(document)
        self.form.show_proof(proof)
        self.index.clear()
        self.index.addItems(self.form.sections)
        self.index.setVisible(self.index.count() >= INDEX_FROM)
        self._stack.setCurrentIndex(1)
        if same:
            self.form.verticalScrollBar().setValue(scrolled)

    def show_loading(self, text: str) -> None:
        self.resource = ""
        self._message.show_message(text, "", busy=True)
        self._stack.setCurrentIndex(0)

    def show_hint(self, text: str) -> None:
        self.resource = ""
        self._message.show_message("", text)
        self._stack.setCurrentIndex(0)

    def show_error(self, resource: str, title: str, error: CameraError, again: Callable[[], None]) -> None:
        self.resource = ""
        text = "\n".join(line for line in (error.summary, error.hint, error.detail) if line)
        self._message.show_message(title, text, button=self.tr("Try again"), action=again)
        self._stack.setCurrentIndex(0)

    def show_action(self, node: Node, device: str) -> None:
        """An action or a file: told what it is; running it is offered under Maintenance, not among settings."""
        self.resource = ""
        text = node.help or self.tr("This is something {} does, not a setting.").format(device)
        self._message.show_message(node.title, f"{text}\n{node.id}")
        self._stack.setCurrentIndex(0)

    def show_failure(self, resource: str, error: CameraError) -> None:
        """The write failed: said above the form, the edits stay."""
        if self.resource == resource:
            self._say("error", f"{error.summary} {error.hint}".strip())

    def show_reboot_needed(self, device: str) -> None:
        self._say("warn", self.tr("{} takes some of this over after a reboot.").format(device))

    def _say(self, role: str, text: str) -> None:
        self.banner.setProperty("role", role)
        self.banner.setText(text)
        self.banner.style().unpolish(self.banner)
        self.banner.style().polish(self.banner)
        self.banner.show()

    def jump_to(self, path: str) -> None:
        self.search.clear()
        self.form.jump_to(path)

    def focus_search(self) -> None:
        if self._stack.currentIndex() == 1:
            self.search.show()
            self.search.setFocus()
            self.search.selectAll()

    def _find(self, words: str) -> None:
        self.form.filter(words)

    def _leave_search(self) -> None:
        self.search.clear()
        self.form.setFocus()

    def _section_changed(self, section: str) -> None:
        items = self.index.findItems(section, Qt.MatchFlag.MatchExactly)
        if items:
            self.index.setCurrentItem(items[0])


class _FindBox(QLineEdit):
    left = Signal()

    def __init__(self, placeholder: str) -> None:
        super().__init__()
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setClearButtonEnabled(True)
        self.setFixedWidth(200)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class _Message(QFrame):
    """Title, text, an optional button and a progress line, in the place where the form will be."""

    def __init__(self) -> None:
        super().__init__()
        self.title = QLabel()
        self.title.setObjectName("pageTitle")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setProperty("role", "secondary")
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setMaximumWidth(240)
        self.button = QPushButton()
        self.button.clicked.connect(lambda: self._action())
        self._action: Callable[[], None] = lambda: None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(12)
        layout.addWidget(self.title)
        layout.addWidget(self.progress)
        layout.addWidget(self.text)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)

    def show_message(
        self, title: str, text: str, *, busy: bool = False, button: str = "", action: Callable[[], None] | None = None
    ) -> None:
        for label, words in ((self.title, title), (self.text, text)):
            label.setText(words)
            label.setVisible(bool(words))
        self.progress.setVisible(busy)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self._action = action or (lambda: None)

"""What Apply would do: old and new value of each field in plain words, and the raw request behind a fold."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.settings import values
from app.settings.document import Document
from app.settings.spec import Kind


class ReviewSheet(QFrame):
    """Lies over the form. Escape and Close leave everything as it is."""

    apply_wanted = Signal()
    closed = Signal()

    def __init__(
        self,
        device: str,
        documents: Sequence[Document],
        request_text: Callable[[Document], str],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self._request_text = request_text
        self._documents = documents
        count = sum(len(document.edited_paths) for document in documents)
        title = QLabel(self.tr("{} to {}").format("1 change" if count == 1 else f"{count} changes", device))
        title.setObjectName("pageTitle")
        body = QWidget()
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 8, 0)
        rows.setSpacing(16)
        for document in documents:
            rows.addWidget(self._resource(document))
        rows.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(scroll, 1)
        layout.addLayout(self._buttons())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _buttons(self) -> QHBoxLayout:
        note = QLabel(self.tr("Each field is read back afterwards."))
        note.setProperty("role", "secondary")
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.close_sheet)
        self.apply = QPushButton(self.tr("Apply"))
        self.apply.setObjectName("primary")
        self.apply.clicked.connect(self._apply)
        line = QHBoxLayout()
        line.addWidget(note)
        line.addStretch(1)
        line.addWidget(close)
        line.addWidget(self.apply)
        return line

    def _resource(self, document: Document) -> QWidget:
        box = QWidget()
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        name = QLabel(f"{document.title}")
        name.setObjectName("sectionTitle")
        layout.addWidget(name)
        layout.addLayout(self._table(document))
        raw = QPlainTextEdit()
        raw.setReadOnly(True)
        raw.setProperty("mono", True)
        raw.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        raw.setMinimumHeight(180)
        raw.setAccessibleName(self.tr("Raw request"))
        raw.hide()
        fold = QPushButton(self.tr("Show raw request"))
        fold.setObjectName("link")
        copy = QPushButton(self.tr("Copy"))
        copy.setObjectName("link")
        copy.hide()
        fold.clicked.connect(lambda: self._fold(document, raw, fold, copy))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(raw.toPlainText()))
        line = QHBoxLayout()
        line.addWidget(fold)
        line.addWidget(copy)
        line.addStretch(1)
        layout.addLayout(line)
        layout.addWidget(raw)
        return box

    def _fold(self, document: Document, raw: QPlainTextEdit, fold: QPushButton, copy: QPushButton) -> None:
        if raw.isHidden() and not raw.toPlainText():
            raw.setPlainText(self._request_text(document))
        raw.setVisible(raw.isHidden())
        copy.setVisible(raw.isVisible())
        fold.setText(self.tr("Hide raw request") if raw.isVisible() else self.tr("Show raw request"))

    def _table(self, document: Document) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        for row, path in enumerate(document.edited_paths):
            field = document.field(path)
            secret = field.spec.kind is Kind.PASSWORD
            old = "••••" if secret else values.display(field.text, field.spec) or self.tr("(empty)")
            new = "••••" if secret else values.display(document.text(path), field.spec) or self.tr("(empty)")
            title = QLabel(field.spec.title)
            title.setToolTip(path)
            grid.addWidget(title, row, 0)
            for column, (text, role) in enumerate(((old, "secondary"), ("→", "secondary"), (new, "text")), start=1):
                label = QLabel(text)
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setProperty("role", role)
                if column == 3:
                    label.setObjectName("strong")
                grid.addWidget(label, row, column)
            if field.spec.reboot:
                note = QLabel(self.tr("takes effect after a reboot"))
                note.setProperty("role", "warn")
                grid.addWidget(note, row, 4)
        grid.setColumnStretch(5, 1)
        return grid

    def _apply(self) -> None:
        self.close_sheet()
        self.apply_wanted.emit()

    def close_sheet(self) -> None:
        self.hide()
        self.closed.emit()
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        else:
            super().keyPressEvent(event)

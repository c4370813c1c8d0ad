"""What Apply would do: old and new value of each field in plain words, and the raw request behind a fold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
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

from app.errors import CameraError
from app.settings import lists, record_names, values
from app.settings.document import Document
from app.settings.spec import Kind, Option, Spec
from ui.banner import Banner, Way
from ui.forms.words import ElidedLabel, counted
from ui.tab_round import go_round, takes_tab


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One change in words; tip is where it stands, note what else there is to know."""

    title: str
    old: str
    new: str
    tip: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReviewPart:
    """What is sent in one go. request is asked when somebody unfolds it; CameraError says why there is none."""

    title: str
    rows: tuple[ReviewRow, ...]
    request: Callable[[], str] = field(compare=False)


class ReviewSheet(QFrame):
    """Lies over its parent and follows its size; nothing else is blocked. Escape and Close change nothing.

    Tab stays inside. The focus goes back to where it was.
    """

    apply_wanted = Signal()
    closed = Signal()

    def __init__(self, device: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._device = device
        self._before = QApplication.focusWidget()
        self._shown: tuple[ReviewPart, ...] = ()
        self.title = ElidedLabel()
        self.title.setObjectName("pageTitle")
        self.outlook = Banner(margin=0)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.viewport().setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(self.title)
        layout.addWidget(self.outlook)
        layout.addWidget(self._scroll, 1)
        layout.addLayout(self._buttons())
        parent.installEventFilter(self)

    def open(self) -> None:
        self.setGeometry(self.parentWidget().rect())
        self.show()
        self.raise_()
        self.apply.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_parts(self, parts: Sequence[ReviewPart]) -> None:
        """Fills the sheet; nothing moves when there is nothing new."""
        now = tuple(parts)
        if now == self._shown:
            return
        self._shown = now
        count = sum(len(part.rows) for part in now)
        title = counted(self.tr("%n change(s) for {0}", "", count), count).format(self._device)
        self.title.setText(title)
        self.setAccessibleName(title)
        body = QWidget()
        body.setAutoFillBackground(False)
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 8, 0)
        rows.setSpacing(16)
        for part in now:
            rows.addWidget(self._part(part))
        rows.addStretch(1)
        self._scroll.setWidget(body)
        body.setAutoFillBackground(False)

    def show_outlook(self, text: str, role: str, ways: Sequence[Way] = ()) -> None:
        """What is known of the outcome beforehand, "" for nothing, with two buttons at most."""
        if text:
            self.outlook.offer(role, text, ways)
        else:
            self.outlook.hide()

    def _buttons(self) -> QHBoxLayout:
        note = ElidedLabel()
        note.setText(self.tr("Every field is read back afterwards and compared."))
        note.setProperty("role", "secondary")
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.clicked.connect(self.dismiss)
        self.apply = QPushButton(self.tr("Apply"))
        self.apply.setObjectName("primary")
        self.apply.clicked.connect(self._apply)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(note, 1)
        line.addWidget(self.close_button)
        line.addWidget(self.apply)
        return line

    def _part(self, part: ReviewPart) -> QWidget:
        box = QWidget()
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        name = QLabel(part.title)
        name.setTextFormat(Qt.TextFormat.PlainText)
        name.setObjectName("sectionTitle")
        layout.addWidget(name)
        layout.addLayout(self._table(part))
        layout.addWidget(_RawRequest(part.request))
        return box

    def _table(self, part: ReviewPart) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for number, row in enumerate(part.rows):
            grid.addWidget(_text(row.title, row.tip), number, 0)
            grid.addWidget(_text(row.old, role="secondary"), number, 1)
            grid.addWidget(_text("→", role="secondary"), number, 2)
            grid.addWidget(_text(row.new, name="strong"), number, 3)
            if row.note:
                grid.addWidget(_text(row.note, role="warn"), number, 4)
        grid.setColumnMinimumWidth(0, 160)
        grid.setColumnStretch(5, 1)
        return grid

    def _apply(self) -> None:
        self.dismiss()
        self.apply_wanted.emit()

    def dismiss(self) -> None:
        if self.isHidden():
            return
        had_focus = self.isAncestorOf(QApplication.focusWidget()) if QApplication.focusWidget() else True
        self.parentWidget().removeEventFilter(self)
        self.hide()
        self.closed.emit()
        if had_focus and self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize:
            self.setGeometry(self.parentWidget().rect())
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round inside the sheet."""
        return go_round(self._stops(), forward)

    def _stops(self) -> list[QWidget]:
        """What Tab visits, in the order in which it is read."""
        body = self._scroll.widget()
        inside = body.findChildren(QWidget) if body is not None else []
        said = (self.outlook.button, self.outlook.second)
        return [w for w in (*said, *inside, self.close_button, self.apply) if takes_tab(w)]


def part_of(document: Document, request_text: Callable[[Document], str]) -> ReviewPart:
    """The edits of a document, old and new value of each."""
    return ReviewPart(
        document.title,
        tuple(_row_of(document, path) for path in document.edited_shown),
        lambda: request_text(document),
    )


def _row_of(document: Document, path: str) -> ReviewRow:
    of = document.field(path)
    empty = QCoreApplication.translate("ReviewSheet", "(empty)")
    if of.spec.kind is Kind.PASSWORD:
        old = new = values.MASK
    else:
        old = values.display(of.text, of.spec) or empty
        new = values.display(document.text(path), _spec_of(document, path)) or empty
    note = QCoreApplication.translate("ReviewSheet", "takes effect after a reboot") if of.spec.reboot else ""
    return ReviewRow(document.title_of(path), old, new, path, note)


def _spec_of(document: Document, path: str) -> Spec:
    """A list of records is told by the names that they get."""
    of = document.list_at(path) if lists.is_list(path) else None
    spec = document.field(path).spec
    names = record_names.names(document, of) if of is not None else {}
    return replace(spec, options=tuple(Option(*each) for each in names.items())) if names else spec


class _RawRequest(QWidget):
    """A fold with the request as it would be sent, and a button that copies it."""

    def __init__(self, read: Callable[[], str]) -> None:
        super().__init__()
        self._read = read
        self.fold = QPushButton(self.tr("Show raw request"))
        self.copy = QPushButton(self.tr("Copy"))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setProperty("mono", True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setMinimumHeight(200)
        self.text.setAccessibleName(self.tr("Raw request"))
        for button in (self.fold, self.copy):
            button.setObjectName("link")
            button.setProperty("flush", True)  # its text stands where other texts do
        self.fold.clicked.connect(self._toggle)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(16)
        line.addWidget(self.fold)
        line.addWidget(self.copy)
        line.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(line)
        layout.addWidget(self.text)
        self.copy.hide()
        self.text.hide()

    def _toggle(self) -> None:
        show = self.text.isHidden()
        if show:
            try:
                self.text.setPlainText(self._read())
            except CameraError as error:
                self.text.setPlainText(str(error))
        self.text.setVisible(show)
        self.copy.setVisible(show)
        self.fold.setText(self.tr("Hide raw request") if show else self.tr("Show raw request"))


def _text(text: str, tip: str = "", *, role: str = "", name: str = "") -> QLabel:
    label = QLabel(text if len(text) <= 300 else f"{text[:300]}…")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setToolTip(tip)
    label.setObjectName(name)
    if len(text) > 60:
        label.setWordWrap(True)
    if role:
        label.setProperty("role", role)
    return label

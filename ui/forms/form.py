"""A form made from a document: sections that fold, fields that come into being when they are scrolled to.

Only rows near the viewport have widgets; the others are a place and a height. That keeps a form of a thousand
fields as quick to open as one of twenty.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from app.settings.changes import FieldProof, Proof
from app.settings.document import Document, Field
from ui.forms.row import GAP, LABEL_MAX, ROW, FieldRow
from ui.theme import tokens

HEADER = 40
MARGIN_ROWS = 400  # pixels of rows built above and below what is seen, so that Tab always has somewhere to go


@dataclass(slots=True)
class _Entry:
    """A place in the form: a section header (field None) or a field."""

    section: tuple[str, ...]
    field: Field | None
    top: int = 0
    height: int = ROW
    hidden: bool = False
    row: FieldRow | None = dataclass_field(default=None, repr=False)


class _Header(QWidget):
    """A section's title; click or Space folds it."""

    toggled = Signal()

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.title = title
        self.folded = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(title)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.toggled.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return):
            self.toggled.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(colours.accent if self.hasFocus() else colours.secondary))
        pen = painter.pen()
        pen.setWidthF(1.6)
        painter.setPen(pen)
        middle = self.height() // 2 + 4
        if self.folded:
            painter.drawPolyline([QPoint(GAP + 2, middle - 4), QPoint(GAP + 6, middle), QPoint(GAP + 2, middle + 4)])
        else:
            painter.drawPolyline([QPoint(GAP, middle - 2), QPoint(GAP + 4, middle + 2), QPoint(GAP + 8, middle - 2)])
        painter.setPen(QColor(colours.text))
        painter.drawText(QRect(GAP + 16, 8, self.width(), self.height() - 8), Qt.AlignmentFlag.AlignVCenter, self.title)
        painter.setPen(QColor(colours.divider))
        painter.drawLine(GAP, self.height() - 1, self.width() - GAP, self.height() - 1)
        painter.end()


class Form(QScrollArea):
    """Fields of one document. Edits go into the document; the form follows it."""

    section_changed = Signal(str)  # the section at the top of the view

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(ROW)
        self._body = QWidget()
        self.setWidget(self._body)
        self.document: Document | None = None
        self._entries: list[_Entry] = []
        self._headers: dict[tuple[str, ...], _Header] = {}
        self._folded: set[tuple[str, ...]] = set()
        self._by_path: dict[str, _Entry] = {}
        self._tops: list[int] = []
        self._words = ""
        self._proofs: dict[str, FieldProof] = {}
        self._label_width = LABEL_MAX
        self._unsubscribe: Callable[[], None] = lambda: None
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    def show_document(self, document: Document | None) -> None:
        """Replaces what is shown; the edits stay with the document that owns them."""
        self._unsubscribe()
        self._clear()
        self.document = document
        if document is None:
            self._lay_out()
            return
        self._unsubscribe = document.subscribe(self._field_changed)
        self._entries = list(_entries(document.fields))
        self._by_path = {entry.field.path: entry for entry in self._entries if entry.field is not None}
        metrics = self.fontMetrics()
        longest = max((metrics.horizontalAdvance(f.spec.title) for f in document.fields), default=0)
        self._label_width = min(longest + 4, LABEL_MAX)
        self._lay_out()
        self.verticalScrollBar().setValue(0)

    def show_proof(self, proof: Proof | None) -> None:
        """Verdicts at their fields; None takes them away."""
        self._proofs = {} if proof is None else {field.path: field for field in proof.fields}
        for path, entry in self._by_path.items():
            if entry.row is not None:
                entry.row.show_proof(self._proofs.get(path))

    def filter(self, words: str) -> int:
        """Shows only fields whose title, path or value hold every word; returns how many."""
        self._words = words
        self._lay_out()
        return sum(1 for entry in self._entries if entry.field is not None and not entry.hidden)

    def jump_to(self, path: str) -> bool:
        """Scrolls to a field and gives it the focus; False when the document has none at path."""
        entry = self._by_path.get(path)
        if entry is None:
            return False
        if entry.section in self._folded or entry.hidden:
            self._folded.discard(entry.section)
            self._words = ""
            self._lay_out()
        self.verticalScrollBar().setValue(max(0, entry.top - self.viewport().height() // 3))
        self._build_visible()
        if entry.row is not None:
            entry.row.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def jump_to_section(self, title: str) -> None:
        for entry in self._entries:
            if entry.field is None and section_title(entry.section) == title:
                self.verticalScrollBar().setValue(entry.top)
                return

    @property
    def sections(self) -> tuple[str, ...]:
        return tuple(section_title(e.section) for e in self._entries if e.field is None and not e.hidden)

    def row(self, path: str) -> FieldRow | None:
        """The row of a field, if it has come into being."""
        entry = self._by_path.get(path)
        return None if entry is None else entry.row

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._body.update()

    def _clear(self) -> None:
        for child in [*(e.row for e in self._entries if e.row is not None), *self._headers.values()]:
            child.hide()
            child.deleteLater()
        self._entries, self._by_path, self._tops = [], {}, []
        self._headers, self._folded, self._proofs = {}, set(), {}
        self._words = ""

    def _lay_out(self) -> None:
        """Gives every entry its place again and puts widgets where they are seen."""
        self._mark_hidden()
        top = 0
        self._tops = []
        for entry in self._entries:
            entry.top = top
            self._tops.append(top)
            if entry.hidden:
                entry.height = 0
            elif entry.field is None:
                entry.height = HEADER
            else:
                entry.height = ROW if entry.row is None else entry.row.wanted_height()
            top += entry.height
        self._body.resize(self.viewport().width(), max(top + GAP, 1))
        self._build_visible()

    def _mark_hidden(self) -> None:
        words = self._words.casefold().split()
        alive: set[tuple[str, ...]] = set()
        for entry in self._entries:
            if entry.field is None:
                continue
            matches = not words or self._matches(entry.field, words)
            entry.hidden = not matches or (entry.section in self._folded and not words)
            if matches:
                alive.add(entry.section)
        for entry in self._entries:
            if entry.field is None:
                entry.hidden = entry.section not in alive

    def _matches(self, field: Field, words: list[str]) -> bool:
        assert self.document is not None
        text = " ".join((field.spec.title, field.path, *field.section, self.document.text(field.path))).casefold()
        return all(word in text for word in words)

    def _build_visible(self) -> None:
        top = self.verticalScrollBar().value() - MARGIN_ROWS
        bottom = self.verticalScrollBar().value() + self.viewport().height() + MARGIN_ROWS
        first = max(0, bisect_right(self._tops, top) - 1)
        width = self.viewport().width()
        grew = False
        for index in range(first, len(self._entries)):
            entry = self._entries[index]
            if entry.top > bottom:
                break
            widget = self._widget(index)
            if isinstance(widget, FieldRow) and not entry.hidden and widget.wanted_height() != entry.height:
                grew = True
            widget.setGeometry(0, entry.top, width, entry.height)
            widget.setVisible(not entry.hidden)
        for index, entry in enumerate(self._entries):
            outside = index < first or entry.top > bottom
            if outside and entry.row is not None and entry.row.geometry().top() != entry.top:
                entry.row.setGeometry(0, entry.top, width, entry.height)
                entry.row.setVisible(not entry.hidden)
            elif outside and entry.field is None and (header := self._headers.get(entry.section)) is not None:
                header.setGeometry(0, entry.top, width, entry.height)
                header.setVisible(not entry.hidden)
        if grew:
            self._lay_out()

    def _widget(self, index: int) -> QWidget:
        entry = self._entries[index]
        if entry.field is None:
            header = self._headers.get(entry.section)
            if header is None:
                header = _Header(section_title(entry.section), self._body)
                header.toggled.connect(lambda section=entry.section: self._toggle(section))
                self._headers[entry.section] = header
                self._chain(index, header)
            header.folded = entry.section in self._folded
            return header
        if entry.row is None:
            assert self.document is not None
            entry.row = FieldRow(self.document, entry.field, self._label_width, self._body)
            entry.row.height_changed.connect(self._lay_out, Qt.ConnectionType.QueuedConnection)
            entry.row.editor.installEventFilter(self)
            if (proof := self._proofs.get(entry.field.path)) is not None:
                entry.row.show_proof(proof)
            self._chain(index, entry.row.editor)
        return entry.row

    def _chain(self, index: int, widget: QWidget) -> None:
        """Puts a new widget between its neighbours in the tab order, whatever was built first."""
        before = next((w for w in map(self._focus_widget, range(index - 1, -1, -1)) if w is not None), None)
        after = next((w for w in map(self._focus_widget, range(index + 1, len(self._entries))) if w is not None), None)
        if before is not None:
            QWidget.setTabOrder(before, widget)
        if after is not None:
            QWidget.setTabOrder(widget, after)

    def _focus_widget(self, index: int) -> QWidget | None:
        entry = self._entries[index]
        if entry.field is None:
            return self._headers.get(entry.section)
        return None if entry.row is None else entry.row.editor

    def _toggle(self, section: tuple[str, ...]) -> None:
        self._folded ^= {section}
        self._lay_out()

    def _field_changed(self, path: str) -> None:
        entry = self._by_path.get(path)
        if entry is not None and entry.row is not None:
            if path in self._proofs and self.document is not None and self.document.is_modified(path):
                del self._proofs[path]  # a verdict speaks of the value that was sent, not of this one
                entry.row.proof = None
            entry.row.refresh()

    def _scrolled(self) -> None:
        self._build_visible()
        index = bisect_right(self._tops, self.verticalScrollBar().value()) - 1
        if 0 <= index < len(self._entries):
            self.section_changed.emit(section_title(self._entries[index].section))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            row = watched.parentWidget()
            if isinstance(row, FieldRow):
                self.ensureVisible(0, row.y() + row.height() // 2, 0, row.height())
        return super().eventFilter(watched, event)


def section_title(section: tuple[str, ...]) -> str:
    return " › ".join(section) if section else "General"


def _entries(fields: Iterable[Field]) -> Iterable[_Entry]:
    """Fields grouped by section, a section where its first field stands; the one without a name needs no header
    when it is the only one."""
    groups: dict[tuple[str, ...], list[Field]] = {}
    for each in fields:
        groups.setdefault(each.section, []).append(each)
    for section, members in groups.items():
        if section or len(groups) > 1:
            yield _Entry(section, None, height=HEADER)
        for each in members:
            yield _Entry(section, each)

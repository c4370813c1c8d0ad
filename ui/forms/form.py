"""A form made from a document: sections that fold, fields that come into being when they are scrolled to.

Only rows near the viewport have widgets; the others are a place and a height. That keeps a form of a thousand
fields as quick to open as one of twenty.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from app.settings import lists, record_names, values
from app.settings.changes import FieldProof
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Access
from ui.forms.finishing import Finishing, FormBody
from ui.forms.header import HEADER, SectionHeader
from ui.forms.places import Places, Section, section_title, shape
from ui.forms.row import GAP, LABEL_MAX, ROW, FieldRow
from ui.forms.row_words import row_title
from ui.forms.verdict_ticks import Verdicts

LABEL_LEAST, LABEL_SHARE = 120, 0.36  # of a narrow form
MARGIN = 400  # pixels of rows built above and below what is seen, so that Tab always has somewhere to go


class Form(QScrollArea):
    """Fields of one document. Edits go into the document; the form follows it."""

    section_changed = Signal(int)  # the section at the top of the view, a place in `sections`
    field_focused = Signal(str)  # path
    rearranged = Signal()  # records came, went or moved
    renamed = Signal()  # records may be called otherwise

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(ROW)
        self._body = FormBody()
        self.setWidget(self._body)
        self.document: Document | None = None
        self._places = Places()
        self._shape: tuple[object, ...] = ()
        self._margin = MARGIN
        self._finishing = Finishing(self._widen, self._rows, self)
        self._body.painted.connect(self._finishing.painted)
        self._rearranging = self._growing = False
        self._built: list[int] = []  # places in _entries that have widgets, in order
        self._folded: set[Section] = set()
        self._words: list[str] = []
        self._label_wanted = LABEL_MAX
        self._tab_anchor: QWidget | None = None
        self._unsubscribe: Callable[[], None] = lambda: None
        self._verdicts = Verdicts(self._rows, self)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    def set_tab_anchor(self, widget: QWidget) -> None:
        """The widget after which Tab comes to the first field."""
        self._tab_anchor = widget

    def show_document(self, document: Document | None) -> None:
        """Shows a document; its edits stay with it. A newer one with the same fields keeps focus and scroll."""
        self._unsubscribe()
        self._unsubscribe = lambda: None
        if document is not None:
            self._unsubscribe = document.subscribe(self._field_changed)
            if self.document is not None and shape(document) == self._shape:
                self._bind(document)
                return
        focused, resource = self.focused_path(), self.document.resource if self.document is not None else ""
        scrolled = self.verticalScrollBar().value()
        row = self.row(focused)
        grip = row.grip() if row is not None else None
        self._clear()
        self.document, self._margin = document, 0
        self._finishing.later()
        if document is not None:
            self._places, self._shape = Places(document.shown), shape(document)
            self._label_wanted = self._right_size(document)
        self._lay_out()
        again = document is not None and document.resource == resource
        self.verticalScrollBar().setValue(scrolled if again else 0)
        if again and focused in self._places.by_path:
            self._focus_field(focused)
            if (row := self.row(focused)) is not None:
                row.resume(grip)

    def show_verdicts(self, verdicts: dict[str, FieldProof]) -> None:
        """Verdicts at their fields, by path. The form takes out of the map what the user has overtaken."""
        self._verdicts.show(verdicts)

    def filter(self, words: str) -> int:
        """Shows only fields whose title, path, section, value or help hold every word; returns how many."""
        self._words = words.casefold().split()
        self._lay_out()
        self.verticalScrollBar().setValue(0)
        return sum(1 for entry in self._places.entries if entry.field is not None and not entry.hidden)

    def jump_to(self, path: str) -> bool:
        """Scrolls to a field and gives it the focus; False when the document has none at path."""
        path = self._home(path)
        index = self._places.by_path.get(path)
        if index is None:
            return False
        entry = self._places.entries[index]
        if entry.section in self._folded or entry.hidden:
            self._folded.discard(entry.section)
            self._words = []
            self._lay_out()
        self.verticalScrollBar().setValue(max(0, entry.top - self.viewport().height() // 3))
        self._focus_field(path)
        return True

    def focus_first(self) -> None:
        """Into the first field that is shown."""
        path = next((e.field.path for e in self._places.entries if e.field is not None and not e.hidden), None)
        if path is not None:
            self._focus_field(path)

    def focused_path(self) -> str:
        """The field that has the focus, "" for none."""
        widget = QApplication.focusWidget()
        if widget is None or not self._body.isAncestorOf(widget):
            return ""
        while widget is not None and not isinstance(widget, FieldRow):
            widget = widget.parentWidget()
        return widget.path if widget is not None else ""

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections that are shown, in order."""
        return tuple(e.section for e in self._places.entries if e.field is None and not e.hidden)

    @property
    def named_sections(self) -> tuple[Section, ...]:
        """As `sections`, with the names that records have by now."""
        if self.document is None:
            return ()
        return tuple(record_names.section(self.document, section) for section in self.sections)

    def jump_to_section(self, number: int) -> None:
        """number is a place in `sections`."""
        headers = [e for e in self._places.entries if e.field is None and not e.hidden]
        if 0 <= number < len(headers):
            self.verticalScrollBar().setValue(headers[number].top)

    def focus_section(self, number: int) -> None:
        """Into its first field, unfolded. number is a place in `sections`."""
        sections = self.sections
        if not 0 <= number < len(sections):
            return
        self._folded.discard(sections[number])
        self._lay_out()
        self.jump_to_section(number)
        found = (e.field.path for e in self._places.entries if e.field is not None and e.section == sections[number])
        path = next(found, "")
        if path:
            self._focus_field(path)

    def record_wanted(self, path: str, token: str) -> None:
        """Implements `row.RowHost`: into the first field of a record that can be edited."""
        of = self.document.list_at(path) if self.document is not None else None
        if of is None:
            return
        fields = [
            e.field for e in self._places.entries if e.field is not None and lists.inside(e.field.path, of.place(token))
        ]
        editable = [each for each in fields if each.spec.access is not Access.READ_ONLY]
        for field in (editable or fields)[:1]:
            self._folded.discard(field.section)
            self._lay_out()
            self.jump_to_section(self.sections.index(field.section))
            self._focus_field(field.path)

    def row(self, path: str) -> FieldRow | None:
        """The row of a field, if it has come into being."""
        path = self._home(path)
        widget = self._places.entries[self._places.by_path[path]].widget if path in self._places.by_path else None
        return widget if isinstance(widget, FieldRow) else None

    def header(self, section: Section) -> SectionHeader | None:
        found = (e.widget for e in self._places.entries if e.field is None and e.section == section)
        widget = next(found, None)
        return widget if isinstance(widget, SectionHeader) else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self._label_width()
        for row in self._rows():
            row.set_label_width(width)
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            for index in self._built:
                widget = self._places.entries[index].widget
                assert widget is not None
                widget.update()

    # What is there

    def _rows(self) -> Iterable[FieldRow]:
        found = (self._places.entries[index].widget for index in self._built)
        return [widget for widget in found if isinstance(widget, FieldRow)]

    def _bind(self, document: Document) -> None:
        self.document = document
        for entry in self._places.entries:
            if entry.field is not None:
                entry.field = document.field(entry.field.path)
        for row in self._rows():
            row.bind(document)

    def _clear(self) -> None:
        focused = QApplication.focusWidget()
        if focused is not None and self._body.isAncestorOf(focused):
            focused.clearFocus()  # or it would wander through every row that goes
        for index in self._built:
            widget = self._places.entries[index].widget
            assert widget is not None
            widget.hide()
            widget.deleteLater()
        self._places, self._built = Places(), []
        self._folded, self._words = set(), []
        self._verdicts.clear()

    def _rearrange(self) -> None:
        """Records came, went or moved: rows that are still there keep their widgets, and with them the focus."""
        self._rearranging = False
        if self.document is None or shape(self.document) == self._shape:
            return
        built = (self._places.entries[index] for index in self._built)
        kept = {(entry.section, entry.field.path if entry.field else ""): entry.widget for entry in built}
        self._places, self._shape, self._built = Places(self.document.shown), shape(self.document), []
        for index, entry in enumerate(self._places.entries):
            widget = kept.pop((entry.section, entry.field.path if entry.field else ""), None)
            if widget is not None:
                entry.widget = widget
                self._chain(index)
        for widget in kept.values():
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._lay_out()
        self.rearranged.emit()

    def _right_size(self, document: Document) -> int:
        metrics = self.fontMetrics()
        titles = sorted({row_title(f.spec) for f in document.shown}, key=len)[-12:]
        return min(max((metrics.horizontalAdvance(title) for title in titles), default=0) + 4, LABEL_MAX)

    def _room(self) -> int:
        """The width of a row. A form that is not shown yet has none: what it will have then, so that nothing is laid
        out twice."""
        if self.isVisible():
            return self.viewport().width()
        scrolls = self._places.height > self.height()
        return self.width() - (self.verticalScrollBar().sizeHint().width() if scrolls else 0)

    def _label_width(self) -> int:
        return min(self._label_wanted, max(LABEL_LEAST, round(self._room() * LABEL_SHARE)))

    # Places

    def _lay_out(self) -> None:
        """Gives every entry its place again and puts widgets where they are seen."""
        self._places.hide(self._matches if self._words else None, self._folded)
        self._place_all()
        self._build_visible()

    def _place_all(self) -> None:
        self._places.place()
        self._body.resize(self._room(), max(self._places.height + GAP, 1))

    def _matches(self, field: Field) -> bool:
        assert self.document is not None
        text, spec = self.document.text(field.path), field.spec
        shown = values.display(text, spec)
        hay = " ".join((spec.title, field.path, *field.section, text, shown, spec.help)).casefold()
        return all(word in hay for word in self._words)

    def _build_visible(self) -> None:
        """Builds what is near the view. Rows that turn out taller than a plain one move what is below them."""
        while self._places.entries:
            first, last = self._near()
            for index in range(first, last):
                entry = self._places.entries[index]
                if entry.widget is None and not entry.hidden:
                    self._build(index)
                    self._finishing.later()
            rows = (self._places.entries[index] for index in range(first, last))
            if all(entry.fits() for entry in rows):
                break
            self._place_all()
        width = self._room()
        for index in self._built:
            entry = self._places.entries[index]
            widget = entry.widget
            assert widget is not None
            widget.setGeometry(0, entry.top, width, entry.height)
            if isinstance(widget, FieldRow):
                widget.fit()
            if widget.isHidden() != entry.hidden:
                widget.setVisible(not entry.hidden)
            if isinstance(widget, SectionHeader) and widget.folded != (entry.section in self._folded):
                widget.show_folded(entry.section in self._folded)

    def _widen(self) -> None:
        """The view has come to rest: rows around it as well."""
        self._margin = MARGIN
        self._build_visible()

    def _near(self) -> tuple[int, int]:
        """First and last + 1 of the entries in the view and a margin around it."""
        top = self.verticalScrollBar().value()
        return self._places.between(top - self._margin, top + self.viewport().height() + self._margin)

    def _build(self, index: int) -> None:
        entry = self._places.entries[index]
        assert self.document is not None
        if entry.field is None:
            header = SectionHeader(section_title(record_names.section(self.document, entry.section)), self._body)
            header.clicked.connect(lambda: self._toggle(entry.section))
            entry.widget = header
        else:
            width = self._room()
            above = self._above(index)
            row = FieldRow(self.document, entry.field, self._label_width(), self._body, self, width, above)
            self._verdicts.show_on(row)
            entry.widget = row
        self._chain(index)

    def _chain(self, index: int) -> None:
        """Puts a new widget between its neighbours in the tab order, whatever was built first."""
        at = bisect_left(self._built, index)
        insort(self._built, index)
        before = self._stop(self._built[at - 1]) if at else self._tab_anchor
        if before is not None and before.window() is self.window():
            QWidget.setTabOrder(before, self._stop(index))
        if at + 1 < len(self._built):
            QWidget.setTabOrder(self._stop(index), self._stop(self._built[at + 1]))

    def _stop(self, index: int) -> QWidget:
        """The widget of an entry that takes the focus: of an editor that is made of several, the one it hands it to,
        which otherwise stays where it was in the tab order."""
        widget = self._places.entries[index].widget
        assert widget is not None
        stop = widget.editor if isinstance(widget, FieldRow) else widget
        return stop.focusProxy() or stop

    # What happens

    def _focus_field(self, path: str) -> None:
        self._build_visible()
        row = self.row(path)
        if row is None:
            return
        row.judge()
        if row.editor.isEnabled():
            row.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        else:  # greyed as things stand, but the place that was looked for
            row.setAccessibleName(f"{row.editor.accessibleName()}, {row.reason}")
            row.setFocus(Qt.FocusReason.OtherFocusReason)
            self.field_focused.emit(row.path)

    def _toggle(self, section: Section) -> None:
        self._folded ^= {section}
        self._lay_out()

    def _field_changed(self, path: str) -> None:
        if self.document is not None and self.document.is_modified(path):
            self._verdicts.overtaken(path)
        row = self.row(path)
        if row is not None:
            self._verdicts.show_on(row)
            row.refresh()
        if lists.is_list(path):
            self._show_names()
        if lists.is_list(path) and not self._rearranging:
            self._rearranging = True
            QTimer.singleShot(0, self, self._rearrange)  # not under the hand that has just pressed a button

    def _show_names(self) -> None:
        """A record may be called by another name since."""
        assert self.document is not None
        for index in self._built:
            entry = self._places.entries[index]
            if isinstance(entry.widget, SectionHeader):
                entry.widget.show_title(section_title(record_names.section(self.document, entry.section)))
            elif isinstance(entry.widget, FieldRow):
                entry.widget.speak()
        self.renamed.emit()

    def _home(self, path: str) -> str:
        return self.document.home(path) if self.document is not None else path

    def _above(self, index: int) -> str:
        """The path of the field right above in the same section, "" for none."""
        field, entry = self._places.entries[index - 1].field if index else None, self._places.entries[index]
        return field.path if field is not None and self._places.entries[index - 1].section == entry.section else ""

    def _scrolled(self) -> None:
        self._build_visible()
        entry = self._places.at(self.verticalScrollBar().value() + HEADER // 2)
        if entry is not None and entry.section in (shown := self.sections):
            self.section_changed.emit(shown.index(entry.section))

    def row_grew(self) -> None:
        if not self._growing:
            self._growing = True
            QTimer.singleShot(0, self, self._grown)  # not while the row is still at it

    def _grown(self) -> None:
        self._growing = False
        self._lay_out()

    def row_focused(self, row: FieldRow, reason: Qt.FocusReason) -> None:
        # Not under the mouse: what moves between press and release would lose the click.
        if reason is not Qt.FocusReason.MouseFocusReason:
            self.ensureVisible(0, row.y() + row.height() // 2, 0, row.height())
        self.field_focused.emit(row.path)

"""One field of a form: label, editor, unit and limits, and under it what there is to say.

Everything but the editor is painted, not made of widgets: a form of a thousand fields must open at once.
"""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QLineEdit, QToolTip, QWidget

from app.settings import advice, record_names, values
from app.settings.changes import FieldProof, Verdict
from app.settings.document import Document
from app.settings.field import Field
from ui.forms.choices import LateCombo
from ui.forms.editors import LEAST, STEPS, Fact, is_undo
from ui.forms.grip import Grip, grip_of, line_of, mark_typed, put_cursor
from ui.forms.records import RecordsEditor
from ui.forms.registry import editor_for
from ui.forms.remarks import RemarkLines
from ui.forms.row_words import (
    Remark,
    aside,
    help_text,
    revert_text,
    row_title,
    spoken_title,
    tr,
    verdict_remark,
)
from ui.forms.signs import paint_mark
from ui.theme import draw, tokens

ROW, GAP = 32, 12
EDITOR = 28  # height
LABEL_MAX = 220
MARK = 3  # width of the modified mark
LEFT_CENTRE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class RowHost(Protocol):
    """The form, told directly: connecting signals is a good part of what a row costs."""

    def row_grew(self) -> None:
        """The row wants another height."""

    def row_focused(self, row: FieldRow, reason: Qt.FocusReason) -> None: ...

    def record_wanted(self, path: str, token: str) -> None:
        """Somebody wants to go from a list to the fields of one of its records."""


class FieldRow(QWidget):
    """Shows one field of a document and hands what is typed to it."""

    def __init__(
        self,
        document: Document,
        field: Field,
        label_width: int,
        parent: QWidget,
        host: RowHost,
        width: int,
        above: str = "",
    ) -> None:
        super().__init__(parent)
        self.resize(width, ROW)
        self._host = host
        self.document = document
        self.field = field
        self.proof: FieldProof | None = None
        self.tick = 0.0  # opacity of the sign that the camera kept the value
        self._label_width = label_width
        self._below_it = RemarkLines()
        self._watches = False
        self._is_typing = False  # nothing that is only begun is called wrong before one has left it
        self._fitted = (0, 0)  # the widths of row and label that everything is placed for
        self._above = above  # the field above: what it says already need not be said again
        self.spec = document.spec(self.path)  # in force for the working values
        self.reason = ""  # why it cannot be edited as things stand
        self._aside = aside(self.spec)
        self._aside_width = self._measured_aside()
        self._described = ""
        self._spoken = spoken_title(document, field)
        self.editor = self._make_editor()
        self._follow()
        self._show_value()
        self._place_editor()
        self._below_it.put(self._collect(), self._remark_width(), self.fontMetrics())
        self._fitted = (width, label_width)
        self._describe()

    def _make_editor(self) -> QWidget:
        editor = editor_for(self.spec, self)
        editor.setAccessibleName(self._spoken)
        editor.user_edited.connect(self._edited)  # type: ignore[attr-defined]
        if isinstance(editor, RecordsEditor):
            editor.entered.connect(lambda token: self._host.record_wanted(self.path, token))
        if self._watches:
            editor.installEventFilter(self)
        return editor

    def showEvent(self, event: QShowEvent) -> None:
        """Only what is seen is watched: an editor has a dozen events before that, and none of them matters here."""
        super().showEvent(event)
        if not self._watches:
            self._watches = True
            self.editor.installEventFilter(self)

    def speak(self) -> None:
        """The record that the field is in may be called otherwise since."""
        before, self._spoken = self._spoken, spoken_title(self.document, self.field)
        if self._spoken != before:
            self.editor.setAccessibleName(self._spoken)

    def _follow(self) -> None:
        """Takes over what other values make of this field: other limits or options need another editor."""
        spec = self.document.spec(self.path)
        _, self.reason = self.document.enabled(self.path)
        if spec != self.spec:
            self.spec, self._aside, self._described = spec, aside(spec), ""
            self._aside_width = self._measured_aside()
            old, self.editor = self.editor, self._make_editor()
            self._show_value()  # first: a list made without a value would offer to have none
            self.complete()
            QWidget.setTabOrder(old.focusProxy() or old, self.editor.focusProxy() or self.editor)
            self.editor.setVisible(True)
            old.removeEventFilter(self)
            if old.hasFocus():
                self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            old.hide()
            old.deleteLater()
        if not isinstance(self.editor, Fact) and self.editor.isEnabled() == bool(self.reason):
            self.editor.setEnabled(not self.reason)

    def complete(self) -> bool:
        """Makes what the editor has put off; False when there is nothing to be made."""
        if not isinstance(self.editor, LateCombo) or self.editor.is_complete:
            return False
        self.editor.complete()
        return True

    @property
    def path(self) -> str:
        return self.field.path

    def bind(self, document: Document) -> None:
        """Goes on with a newer document that has the same field."""
        grip = self.grip()
        self.document, self.field = document, document.field(self.path)
        self.refresh()
        self.resume(grip)

    def grip(self) -> Grip | None:
        """What somebody is typing here, None while nobody does."""
        return grip_of(self.editor, is_edit=self.document.is_modified(self.path))

    def resume(self, grip: Grip | None) -> None:
        """Goes on under the hand that typed into the row before this one, or into this one with an older document.
        What was sent since is through; anything else that was typed stays, also where it was the old value."""
        if grip is None:
            return
        line = line_of(self.editor)
        is_gone = grip.is_edit and not self.document.is_modified(self.path)
        is_through = is_gone and values.wire(grip.wire, self.spec, self.field.text) != self.field.text
        if line is not None and grip.is_typed and not is_through:
            self._is_typing = True
            self.document.set_text(self.path, grip.wire)
            if isinstance(line, QLineEdit):
                line.setText(grip.text)
            mark_typed(line, True)
            self.refresh()
        elif line is not None and is_through:
            mark_typed(line, False)
        put_cursor(self.editor, grip)

    def set_label_width(self, width: int) -> None:
        self._label_width = width  # the form gives the row its own width next

    def refresh(self) -> None:
        """Takes value, limits, mark and remarks from the document."""
        self._follow()
        self._show_value()
        is_taller = self.editor.height() != self._editor_height()
        self._place_editor()
        self._set_remarks(self._collect())
        if is_taller:
            self._host.row_grew()
        self.update()

    def _show_value(self) -> None:
        self.editor.show_text(self.document.text(self.path), self.field.text)  # type: ignore[attr-defined]
        if isinstance(self.editor, RecordsEditor) and (of := self.document.list_at(self.path)) is not None:
            self.editor.show_names(record_names.names(self.document, of))
        wrong = bool(self.document.problem(self.path)) and not self._is_begun()
        if bool(self.editor.property("wrong")) != wrong:
            self.editor.setProperty("wrong", wrong)
            self.editor.style().unpolish(self.editor)
            self.editor.style().polish(self.editor)

    def show_proof(self, proof: FieldProof | None, tick: float = 1.0) -> None:
        """tick 0..1 is how much of the sign for a kept value is still to be seen."""
        self.tick = tick if proof is not None and proof.verdict is Verdict.KEPT else 0.0
        if proof is not self.proof:
            self.proof = proof
            if not self.document.is_modified(self.path):
                self.let_go()  # it was sent: what the camera holds from now on is what is shown
            self.refresh()
        self.update()

    def let_go(self) -> None:
        """What was typed is no longer in hand: a newer document shows what it holds."""
        line = line_of(self.editor)
        if line is not None:
            mark_typed(line, False)

    def _editor_height(self) -> int:
        """Most editors are one line; a tall one says so."""
        wanted = getattr(self.editor, "wanted_height", None)
        return EDITOR if wanted is None else max(EDITOR, int(wanted()))

    def _below(self) -> int:
        """Where the remarks begin."""
        return ROW - EDITOR + self._editor_height()

    def wanted_height(self) -> int:
        return self._below() + self._below_it.height

    @property
    def remarks(self) -> tuple[Remark, ...]:
        return self._below_it.remarks

    def _is_begun(self) -> bool:
        return self._is_typing and advice.is_begun(self.document.text(self.path), self.spec)

    def judge(self) -> None:
        """The value is what it is: nobody goes on typing it."""
        if self._is_typing:
            self._is_typing = False
            self.refresh()

    def _edited(self, text: str) -> None:
        self.proof, self.tick = None, 0.0
        self._is_typing = self.editor.hasFocus()
        self.document.set_text(self.path, text)

    def _collect(self) -> tuple[Remark, ...]:
        remarks = []
        if problem := self.document.problem(self.path):
            remarks.append(Remark(problem, "secondary" if self._is_begun() else "error"))
        elif note := self.document.note(self.path):
            remarks.append(Remark(note, "warn"))
        remarks += [Remark(hint, "info") for hint in self.document.hints(self.path)]
        explained = getattr(self.editor, "explanation", None)
        if explained is not None and (meaning := explained()):
            remarks.append(Remark(meaning, "secondary"))
        if self.reason and not self._fits_beside(self.reason):
            remarks.append(Remark(self.reason, "secondary"))
        elif not self.reason and self._is_aside_below():
            remarks.append(Remark(self._aside, "secondary"))
        if self.reason and self.document.is_modified(self.path):
            remarks.append(Remark(tr("Changed, but it may have no effect. {}").format(self.reason), "warn"))
        if self.proof is not None and (verdict := self._verdict_remark(self.proof)) is not None:
            remarks.append(verdict)
            if self.proof.verdict is Verdict.SIDE_EFFECT and self.document.is_modified(self.path):
                remarks.append(
                    Remark(tr("Your own change waits: Apply sends it, Esc takes the camera's value."), "warn")
                )
        return tuple(remarks)

    def _verdict_remark(self, proof: FieldProof) -> Remark | None:
        """In the words of the field that the verdict is on, which may be a part of this one."""
        known = proof.path in self.document.parts(self.path)
        return verdict_remark(proof, self.document.field(proof.path) if known else self.field)

    def _set_remarks(self, remarks: tuple[Remark, ...]) -> None:
        grown = self._below_it.put(remarks, self._remark_width(), self.fontMetrics())
        self._describe()
        if grown:
            self._host.row_grew()

    def _remark_width(self) -> int:
        return self.width() - self.editor.x() - GAP

    def fit(self) -> None:
        """Places everything for the widths there are: what stood beside the value may have to go below, and lines may
        break. Does nothing where they are the same as before."""
        if self._fitted != (self.width(), self._label_width):
            self._fitted = (self.width(), self._label_width)
            self._place_editor()
            self._set_remarks(self._collect())

    def _describe(self) -> None:
        kept = self.proof is not None and self.proof.verdict is Verdict.KEPT
        said = [self.reason, *(r.text for r in self.remarks), tr("Kept by the camera") if kept else ""]
        if self._aside not in said:
            said.append(self._aside)
        if self.document.is_modified(self.path):
            said.append(revert_text(self.field))
        described = ". ".join(text for text in said if text)
        if described != self._described:
            self._described = described
            self.editor.setAccessibleDescription(described)

    # Places

    def _place_editor(self) -> None:
        left = GAP + self._label_width + GAP
        room = self.width() - left - GAP
        beside = self._aside_width + GAP
        width = self.editor.wanted_width()  # type: ignore[attr-defined]
        is_line = self._editor_height() == EDITOR
        if is_line and self._aside and width > room - beside:  # one of a few widths, so that fields line up
            width = next((step for step in STEPS if step <= room - beside), max(LEAST, room - beside))
        width = min(width, max(LEAST, room - beside), max(40, room))
        self.editor.setGeometry(left, (ROW - EDITOR) // 2, width, self._editor_height())

    def _measured_aside(self) -> int:
        revert = 28  # the button that takes an edit back; kept free so that nothing moves when it comes
        return self.fontMetrics().horizontalAdvance(self._aside) + revert

    def _beside(self) -> str:
        """What is painted beside the value: limits, or once for a block why it cannot be edited."""
        if not self.reason:
            return "" if self._is_aside_below() else self._aside
        if not self._fits_beside(self.reason):
            return ""
        said = self._above and self.document.enabled(self._above)[1] == self.reason
        return "" if said else self.reason

    def _fits_beside(self, reason: str) -> bool:
        """Half a reason tells nothing: one that does not fit goes below. One that was said above needs no room."""
        if self._above and self.document.enabled(self._above)[1] == reason:
            return True
        return self.fontMetrics().horizontalAdvance(reason) <= self._aside_rect().width()

    def _is_aside_below(self) -> bool:
        """Limits that would be cut in a narrow form; the same before and after an edit, so that nothing moves."""
        return bool(self._aside) and self.editor.geometry().right() + 2 * GAP + self._aside_width > self.width()

    def _aside_rect(self) -> QRect:
        left = self.editor.geometry().right() + GAP
        spare = 28 if self.document.is_modified(self.path) else 0
        return QRect(left, 0, max(0, self.width() - left - GAP - spare), ROW)

    def _revert_rect(self) -> QRect:
        beside = self._beside()
        shown = min(self.fontMetrics().horizontalAdvance(beside), self._aside_rect().width())
        left = self._aside_rect().left() + (shown + 8 if beside else -4)
        return QRect(left, (ROW - 24) // 2, 24, 24)

    def sizeHint(self) -> QSize:
        return QSize(480, self.wanted_height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.fit()
        super().resizeEvent(event)

    # What the user does

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.FocusIn and isinstance(event, QFocusEvent):
            self._host.row_focused(self, event.reason())
            self.update()
        elif kind == QEvent.Type.FocusOut:
            self.judge()
            self.update()
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if self.document.is_modified(self.path):
                self.document.revert(self.path)
                return True
        elif kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and is_undo(event):
            event.ignore()  # undo belongs to the document, across all fields
            return True
        elif kind == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and not isinstance(watched, Fact):
            QToolTip.showText(event.globalPos(), self._help(), self.editor)
            return True
        return super().eventFilter(watched, event)

    def tip_at(self, point: QPoint) -> str:
        """What the pointer is told at a point of the row. The form asks: one that overrides `event` in every row pays
        for every event of every row."""
        if self.document.is_modified(self.path) and self._revert_rect().contains(point):
            return revert_text(self.field)
        if point.y() > self._below():
            return "\n".join(remark.text for remark in self.remarks)
        return self._help()

    def _help(self) -> str:
        return "\n".join(text for text in (self.reason, help_text(self.field, self.spec)) if text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
        elif self.document.is_modified(self.path) and self._revert_rect().contains(point):
            self.document.revert(self.path)
        elif point.y() < self._below() and point.x() < self.editor.x():
            self.editor.setFocus(Qt.FocusReason.MouseFocusReason)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        colours = tokens()
        with QPainter(self) as painter:
            metrics = self.fontMetrics()
            if self.document.is_modified(self.path):
                painter.fillRect(QRect(0, 2, MARK, self.height() - 4), QColor(colours.modified))
                draw(painter, "arrow-counter-clockwise", self._revert_rect().adjusted(4, 4, -4, -4), colours.secondary)
            painter.setPen(QColor(colours.disabled if self.reason else colours.text))
            label = QRect(GAP, 0, self._label_width, ROW)
            title = metrics.elidedText(row_title(self.field.spec), Qt.TextElideMode.ElideRight, label.width())
            painter.drawText(label, LEFT_CENTRE, title)
            painter.setPen(QColor(colours.secondary))
            painter.drawText(self._aside_rect(), LEFT_CENTRE, self._shown_beside())
            if self.tick:
                self._paint_tick(painter, self._tick_rect())
            if self.hasFocus() or (self.editor.hasFocus() and isinstance(self.editor, Fact)):
                painter.setPen(QColor(colours.accent))
                painter.drawRoundedRect(self.editor.geometry().adjusted(-5, 1, 1, -2), 4, 4)
            self._below_it.paint(painter, self.editor.x(), self._below() - 1, self._remark_width())

    def _shown_beside(self) -> str:
        """As much of it as there is room for; the proof goes first while it is shown."""
        room = self._aside_rect().width() - (self._tick_width() + GAP if self.tick else 0)
        return self.fontMetrics().elidedText(self._beside(), Qt.TextElideMode.ElideRight, max(0, room))

    def _tick_width(self) -> int:
        return 16 + self.fontMetrics().horizontalAdvance(tr("Kept")) + 2

    def _tick_rect(self) -> QRect:
        shown = self._shown_beside()
        left = self._aside_rect().left() + self.fontMetrics().horizontalAdvance(shown) + (GAP if shown else 0)
        return QRect(left, 0, self._tick_width(), ROW)

    def _paint_tick(self, painter: QPainter, place: QRect) -> None:
        colour = QColor(tokens().ok)
        painter.save()
        painter.setOpacity(self.tick)
        paint_mark(painter, QPoint(place.left() + 6, ROW // 2), "ok", colour)
        painter.setPen(colour)
        painter.drawText(place.adjusted(16, 0, 0, 0), LEFT_CENTRE, tr("Kept"))
        painter.restore()

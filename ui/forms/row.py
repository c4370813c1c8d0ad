"""One field of a form: label, editor, unit and limits, and under it what there is to say.

Everything but the editor is painted, not made of widgets: a form of a thousand fields must open at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.settings import values
from app.settings.changes import FieldProof, Verdict
from app.settings.document import Document, Field
from app.settings.spec import Access, Kind
from ui.forms.registry import editor_for
from ui.theme import tokens

ROW, LINE, GAP = 34, 18, 12
LABEL_MAX = 220
MARK = 3  # width of the modified mark


@dataclass(frozen=True, slots=True)
class Remark:
    """A line under the editor. role is a colour token: "error", "warn", "ok", "info" or "secondary"."""

    text: str
    role: str


class FieldRow(QWidget):
    """Shows one field of a document and hands what is typed to it."""

    height_changed = Signal()

    def __init__(self, document: Document, field: Field, label_width: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.document = document
        self.field = field
        self.proof: FieldProof | None = None
        self._label_width = label_width
        self._remarks: tuple[Remark, ...] = ()
        self._aside = aside(field)
        self.editor = editor_for(field.spec, self)
        self.editor.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.editor.setAccessibleName(field.spec.title)
        self.editor.setToolTip(help_text(field))
        self.editor.user_edited.connect(self._edited)  # type: ignore[attr-defined]
        self.editor.installEventFilter(self)
        self.refresh()

    @property
    def path(self) -> str:
        return self.field.path

    def refresh(self) -> None:
        """Takes value, mark and remarks from the document."""
        self.editor.show_text(self.document.text(self.path))  # type: ignore[attr-defined]
        wrong = bool(self.document.problem(self.path))
        if self.editor.property("wrong") != wrong:
            self.editor.setProperty("wrong", wrong)
            self.editor.style().unpolish(self.editor)
            self.editor.style().polish(self.editor)
        self._place_editor()
        self._set_remarks(self._collect())
        self.update()

    def show_proof(self, proof: FieldProof | None) -> None:
        self.proof = proof
        self.refresh()

    def wanted_height(self) -> int:
        return ROW + LINE * len(self._remarks) + (4 if self._remarks else 0)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        return self._remarks

    def _edited(self, text: str) -> None:
        self.proof = None
        self.document.set_text(self.path, text)

    def _collect(self) -> tuple[Remark, ...]:
        remarks = []
        if problem := self.document.problem(self.path):
            remarks.append(Remark(problem, "error"))
        elif note := self.document.note(self.path):
            remarks.append(Remark(note, "warn"))
        if self.proof is not None:
            remarks.append(verdict_remark(self.proof, self.field))
        if self.field.spec.help and self.editor.hasFocus():
            remarks.append(Remark(self.field.spec.help, "secondary"))
        return tuple(remarks)

    def _set_remarks(self, remarks: tuple[Remark, ...]) -> None:
        if remarks == self._remarks:
            return
        grown = len(remarks) != len(self._remarks)
        self._remarks = remarks
        self.editor.setAccessibleDescription(". ".join([*(r.text for r in remarks), self._aside]))
        if grown:
            self.height_changed.emit()

    def _place_editor(self) -> None:
        left = GAP + self._label_width + GAP
        hint = self.editor.sizeHint()
        width = min(max(hint.width(), self.editor.minimumWidth()), self.editor.maximumWidth())
        width = min(width, max(80, self.width() - left - GAP))
        height = min(max(hint.height(), 26), 28)
        self.editor.setGeometry(left, (ROW - height) // 2, width, height)

    def sizeHint(self) -> QSize:
        return QSize(480, self.wanted_height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_editor()
        super().resizeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._set_remarks(self._collect())
            self.update()
        elif (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Escape
            and self.document.is_modified(self.path)
        ):
            self.document.revert(self.path)
            return True
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        metrics = self.fontMetrics()
        modified = self.document.is_modified(self.path)
        if modified:
            painter.fillRect(QRect(0, 3, MARK, self.height() - 6), QColor(colours.accent))
        label = QRect(GAP, 0, self._label_width, ROW)
        painter.setPen(QColor(colours.text))
        title = self.field.spec.title
        painter.drawText(
            label,
            Qt.AlignmentFlag.AlignVCenter,
            metrics.elidedText(title, Qt.TextElideMode.ElideRight, label.width()),
        )
        right = self.editor.geometry().right() + GAP
        painter.setPen(QColor(colours.secondary))
        beside = QRect(right, 0, max(0, self.width() - right - GAP), ROW)
        painter.drawText(
            beside,
            Qt.AlignmentFlag.AlignVCenter,
            metrics.elidedText(self._aside, Qt.TextElideMode.ElideRight, beside.width()),
        )
        self._paint_remarks(painter, metrics)
        painter.end()

    def _paint_remarks(self, painter: QPainter, metrics: QFontMetrics) -> None:
        left = self.editor.geometry().left()
        top = ROW - 1
        for remark in self._remarks:
            colour = QColor(getattr(tokens(), remark.role))
            paint_mark(painter, QPoint(left + 5, top + LINE // 2), remark.role, colour)
            painter.setPen(colour)
            inset = 0 if remark.role == "secondary" else 16
            line = QRect(left + inset, top, max(0, self.width() - left - inset - GAP), LINE)
            painter.drawText(
                line,
                Qt.AlignmentFlag.AlignVCenter,
                metrics.elidedText(remark.text, Qt.TextElideMode.ElideRight, line.width()),
            )
            top += LINE


def paint_mark(painter: QPainter, centre: QPoint, role: str, colour: QColor) -> None:
    """A shape for each role, so that the colour is never the only sign: tick, triangle, cross, dot."""
    if role == "secondary":
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = painter.pen()
    pen.setColor(colour)
    pen.setWidthF(1.8)
    painter.setPen(pen)
    x, y = centre.x(), centre.y()
    if role == "ok":
        painter.drawPolyline([QPoint(x - 4, y), QPoint(x - 1, y + 3), QPoint(x + 5, y - 4)])
    elif role == "warn":
        painter.drawPolygon([QPoint(x, y - 5), QPoint(x + 5, y + 4), QPoint(x - 5, y + 4)])
        painter.drawPoint(QPoint(x, y + 1))
    elif role == "error":
        painter.drawLine(x - 4, y - 4, x + 4, y + 4)
        painter.drawLine(x - 4, y + 4, x + 4, y - 4)
    else:
        painter.setBrush(colour)
        painter.drawEllipse(QRectF(x - 3, y - 3, 6, 6))
    painter.restore()


def aside(field: Field) -> str:
    """What stands beside the value: unit, limits, reboot."""
    spec = field.spec
    if spec.access is Access.READ_ONLY:
        return ""
    parts = []
    unit = "fps" if spec.kind is Kind.FPS100 and not spec.options else spec.unit
    if unit and not spec.options:
        parts.append(unit)
    if not spec.options and spec.kind is not Kind.BOOL and (limits := values.ranges_text(spec)):
        parts.append(limits)
    if spec.reboot:
        parts.append("reboot needed")
    return "   ".join(parts)


def help_text(field: Field) -> str:
    lines = [field.spec.help, field.path]
    if field.spec.default is not None:
        lines.insert(1, f"Default: {values.display(field.spec.default, field.spec)}")
    return "\n".join(line for line in lines if line)


def verdict_remark(proof: FieldProof, field: Field) -> Remark:
    """The proof in words: green stays small, amber and red say what the camera did."""

    def shown(text: str | None) -> str:
        return "nothing" if text is None else values.display(text, field.spec) or "empty"

    match proof.verdict:
        case Verdict.KEPT:
            return Remark("Kept by the camera", "ok")
        case Verdict.ADJUSTED:
            return Remark(f"Camera set {shown(proof.read_back)} instead of {shown(proof.new)}", "warn")
        case Verdict.IGNORED:
            return Remark(f"Camera ignored it and still holds {shown(proof.read_back)}", "error")
        case Verdict.SIDE_EFFECT:
            return Remark(f"Changed by the camera: {shown(proof.old)} → {shown(proof.read_back)}", "warn")
        case Verdict.NOT_VERIFIABLE:
            return Remark(proof.reason or "The camera does not show this value, so it cannot be checked", "info")

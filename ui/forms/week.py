"""A week to paint: seven days of half hours, by mouse and by keyboard."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QColor, QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QWidget

from app.settings.spec import Spec
from app.settings.week import DAYS, EMPTY, END, SLOT, SLOTS, Week, clock, format_week, parse_week, summary
from ui.theme import tokens

LABELS, HEAD, LINE = 40, 18, 20  # width of the day names, height of the hours, height of a day
CELL_WANTED = 9
ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Home: (0, -SLOTS),
    Qt.Key.Key_End: (0, SLOTS),
}
Cell = tuple[int, int]  # day, half hour


def _tr(text: str) -> str:
    return QCoreApplication.translate("WeekEditor", text)


class WeekEditor(QWidget):
    """Shows and tells the text of a week.

    Mouse: drag over half hours; a click on a day's name switches the whole day. Keyboard: arrows move, Shift marks,
    Space switches what is marked, Ctrl+D copies the day to all others, Ctrl+A marks the week.
    """

    user_edited = Signal(str)

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.week = EMPTY
        self._called = spec.title
        self.cursor_cell: Cell = (0, 0)
        self._anchor: Cell = (0, 0)
        self._dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # What the form needs

    def wanted_width(self) -> int:
        return LABELS + SLOTS * CELL_WANTED + 12

    def wanted_height(self) -> int:
        return HEAD + 7 * LINE + 4

    def show_text(self, text: str, held: str) -> None:
        del held
        try:
            self.week = parse_week(text)
        except ValueError:
            self.week = EMPTY  # the row says what is wrong with the text
        self._speak()
        self.update()

    def place(self) -> tuple[Cell, Cell]:
        """Where the cursor is, and where the mark began."""
        return self.cursor_cell, self._anchor

    def go_to(self, place: tuple[Cell, Cell]) -> None:
        self.cursor_cell, self._anchor = place
        self._speak()
        self.update()

    def explanation(self) -> str:
        return summary(self.week)

    # Marking and painting

    def marked(self) -> tuple[range, int, int]:
        """The days, and the first and last half hour between the anchor and the cursor."""
        (day, slot), (from_day, from_slot) = self.cursor_cell, self._anchor
        return range(min(day, from_day), max(day, from_day) + 1), min(slot, from_slot), max(slot, from_slot)

    def toggle(self) -> None:
        """Switches what is marked to the opposite of where the marking began."""
        days, first, last = self.marked()
        self._set(self.week.painted(days, first, last, not self.week.is_on(*self._anchor)))

    def clear_marked(self) -> None:
        days, first, last = self.marked()
        self._set(self.week.painted(days, first, last, False))

    def toggle_day(self, day: int) -> None:
        """The whole day on, or off when it is on all day."""
        self._set(self.week.painted((day,), 0, SLOTS - 1, self.week.days[day] != ((0, END),)))

    def copy_day(self, day: int, to: range = range(7)) -> None:
        self._set(self.week.copied(day, to))

    def _set(self, week: Week) -> None:
        if week != self.week:
            self.week = week
            self._speak()
            self.update()
            self.user_edited.emit(format_week(week))

    def _move(self, cell: Cell, *, mark: bool) -> None:
        self.cursor_cell = (min(max(cell[0], 0), 6), min(max(cell[1], 0), SLOTS - 1))
        if not mark:
            self._anchor = self.cursor_cell
        self._speak()
        self.update()

    def _speak(self) -> None:
        """Where the cursor is and what is there, for screen readers."""
        days, first, last = self.marked()
        day = DAYS[self.cursor_cell[0]] if len(days) == 1 else f"{DAYS[days[0]]} – {DAYS[days[-1]]}"
        state = _tr("on") if self.week.is_on(*self.cursor_cell) else _tr("off")
        time = f"{clock(first * SLOT)}–{clock((last + 1) * SLOT)}"
        super().setAccessibleName(f"{self._called}: {day} {time}, {state}")

    def setAccessibleName(self, name: str) -> None:
        self._called = name
        self._speak()

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        match Qt.Key(event.key()):
            case Qt.Key.Key_Space:
                self.toggle()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.clear_marked()
            case Qt.Key.Key_A if control:
                self._mark_week()
            case Qt.Key.Key_D if control:
                self.copy_day(self.cursor_cell[0])
            case key if key in ARROWS and not control:
                self._step(*ARROWS[key], mark=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            case _:
                super().keyPressEvent(event)

    def _step(self, days: int, slots: int, *, mark: bool) -> None:
        day, slot = self.cursor_cell
        self._move((day + days, slot + slots), mark=mark)

    def _mark_week(self) -> None:
        self._anchor = (0, 0)
        self._move((6, SLOTS - 1), mark=True)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # Mouse

    def cell_rect(self, day: int, slot: int) -> QRect:
        width = self._cell()
        return QRectF(LABELS + slot * width, HEAD + day * LINE, width, LINE).toAlignedRect()

    def _cell(self) -> float:
        return max(1.0, (self.width() - LABELS - 12) / SLOTS)

    def _at(self, point: QPoint) -> Cell:
        """The half hour at or nearest to a point; half hour -1 is the name of the day."""
        slot = int((point.x() - LABELS) // self._cell())
        return min(max((point.y() - HEAD) // LINE, 0), 6), min(max(slot, -1), SLOTS - 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or event.position().y() < HEAD:
            super().mousePressEvent(event)
            return
        day, slot = self._at(event.position().toPoint())
        if slot < 0:
            self._move((day, 0), mark=False)
            self.toggle_day(day)
            return
        self._dragging = True
        self._move((day, slot), mark=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            day, slot = self._at(event.position().toPoint())
            self._move((day, slot), mark=True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging and event.button() is Qt.MouseButton.LeftButton:
            self._dragging = False
            self.toggle()
            self._move(self.cursor_cell, mark=False)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        day = self._at(event.pos())[0] if mouse else self.cursor_cell[0]
        self.day_menu(day).popup(event.globalPos())

    def day_menu(self, day: int) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def add(text: str, to: range) -> None:
            action = QAction(text.format(DAYS[day]), menu)
            action.triggered.connect(lambda: self.copy_day(day, to))
            menu.addAction(action)

        add(_tr("Copy {} to all days"), range(7))
        add(_tr("Copy {} to Monday to Friday"), range(5))
        add(_tr("Copy {} to the weekend"), range(5, 7))
        return menu

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        with QPainter(self) as painter:
            self._paint_frame(painter)
            self._paint_stretches(painter)
            if self.hasFocus():
                self._paint_marking(painter)

    def _paint_frame(self, painter: QPainter) -> None:
        colours = tokens()
        hours = 3 if self._cell() > 6 else 6
        painter.setPen(QColor(colours.secondary if self.isEnabled() else colours.disabled))
        for hour in range(0, 25, hours):
            middle = round(LABELS + hour * 2 * self._cell())
            painter.drawText(QRect(middle - 14, 0, 28, HEAD - 2), Qt.AlignmentFlag.AlignCenter, str(hour))
        for day, name in enumerate(DAYS):
            row = QRect(0, HEAD + day * LINE, LABELS - 8, LINE)
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name[:3])
        field = QRect(LABELS, HEAD, round(self._cell() * SLOTS), 7 * LINE)
        painter.fillRect(field, QColor(colours.surface))
        painter.setPen(QColor(colours.divider))
        for hour in range(0, 25):
            at = round(LABELS + hour * 2 * self._cell())
            painter.setPen(QColor(colours.border if hour % hours == 0 else colours.divider))
            painter.drawLine(at, field.top(), at, field.bottom() + 1)
        painter.setPen(QColor(colours.border))
        for day in range(8):
            painter.drawLine(field.left(), HEAD + day * LINE, field.right() + 1, HEAD + day * LINE)

    def _paint_stretches(self, painter: QPainter) -> None:
        colour = QColor(tokens().accent if self.isEnabled() else tokens().disabled)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        second = self._cell() / SLOT
        for day, stretches in enumerate(self.week.days):
            for begin, end in stretches:
                bar = QRectF(LABELS + begin * second, HEAD + day * LINE + 3, (end - begin) * second, LINE - 5)
                painter.drawRoundedRect(bar.adjusted(0.5, 0, -0.5, 0), 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_marking(self, painter: QPainter) -> None:
        days, first, last = self.marked()
        around = self.cell_rect(days[0], first).united(self.cell_rect(days[-1], last))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(tokens().surface))
        painter.drawRect(around.adjusted(1, 1, -1, -1))
        painter.setPen(QColor(tokens().text))
        painter.drawRect(around)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self.update()

"""Editors for dates, times of day and time zones."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.settings import parsers, zones
from app.settings.spec import Spec
from ui.forms.choices import LateCombo
from ui.forms.editors import LineEditor
from ui.theme import icon

_CLOCK = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")
_DAY = 24 * 3600
VERY_WIDE = 464  # a zone with its rule


class MomentEditor(LineEditor):
    """A date and time, with a sign that puts this computer's time there, told as the camera tells it."""

    now: Callable[[], datetime] = staticmethod(lambda: datetime.now().astimezone())

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self._held = ""
        take = QAction(icon("clock", 16, "secondary"), self.tr("Set to this computer's time (Ctrl+;)"), self)
        take.setShortcut(QKeySequence("Ctrl+;"))
        take.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        take.triggered.connect(self._take_now)
        self.addAction(take, QLineEdit.ActionPosition.TrailingPosition)
        self.take_now = take

    def show_text(self, text: str, held: str) -> None:
        self._held = held
        super().show_text(text, held)

    def _take_now(self) -> None:
        text = like(self.now(), self._held)
        self.setText(text)
        self.user_edited.emit(text)


def like(now: datetime, held: str) -> str:
    """The moment as a wire text: in the zone of what the camera holds; without one where that has none. now has a
    zone."""
    now = now.replace(microsecond=0)
    try:
        zone = parsers.moment(held).tzinfo
    except ValueError:
        zone = now.tzinfo
    told = now.replace(tzinfo=None) if zone is None else now.astimezone(zone)
    text = told.isoformat(sep=" " if " " in held.strip() else "T")
    return text.removesuffix("+00:00") + "Z" if held.strip().endswith("Z") else text


class TimeEditor(LineEditor):
    """A time of day. Up and Down change the part that the cursor is in."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        count = steps.get(Qt.Key(event.key()))
        if count is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        at = self.cursorPosition()
        stepped = step_clock(self.text(), count, at)
        if stepped is not None and stepped != self.text():
            self.setText(stepped)
            self.setCursorPosition(at)
            self.user_edited.emit(stepped)


def step_clock(text: str, count: int, at: int) -> str | None:
    """text with hours, minutes or seconds (whichever stands at place at) moved by count, between 00:00 and 24:00;
    None for what is no plain time of day."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    unit = 3600 if at <= 2 else 60 if at <= 5 else 1
    total = min(max(timedelta(hours=hours, minutes=minutes, seconds=seconds).total_seconds() + count * unit, 0), _DAY)
    shown = f"{int(total) // 3600:02}:{int(total) // 60 % 60:02}"
    return shown if found[3] is None else f"{shown}:{int(total) % 60:02}"


class ZoneEditor(LateCombo):
    """The zone as the camera writes it, to type, and a list of places to choose from."""

    def wanted_width(self) -> int:
        return VERY_WIDE

    def fill(self) -> None:
        for place in zones.PLACES:
            self.addItem(place.title, place.text)
        self.take_typed_text()
        line = self.lineEdit()
        assert line is not None
        line.textEdited.connect(self._typed)
        self.activated.connect(self._chosen)

    def choose(self, text: str) -> None:
        if self.is_typed(text):
            return
        self.setCurrentIndex(self.findData(text))
        self.setEditText(text)
        line = self.lineEdit()
        assert line is not None
        line.setCursorPosition(0)

    def title_of(self, text: str) -> str:
        return text

    def explanation(self) -> str:
        """What the text means, with the sign that surprises everybody."""
        return zones.explain(self._text)

    def _typed(self, text: str) -> None:
        self._text = text
        self.user_edited.emit(text)

    def _chosen(self, index: int) -> None:
        self._text = str(self.itemData(index))
        self.setEditText(self._text)
        self.user_edited.emit(self._text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.showPopup()  # not the next zone unseen
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

"""Patterns: a movement recorded by hand and repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Signal

from app.errors import CameraError
from app.families.ptz import Ptz
from app.model.ptz import Pattern
from ui.ptz.section import Section, button, choice, fill, note


class PatternSection(Section):
    _refused = Signal(bool)  # the camera did not take it: what is recording, as before; sent in the camera's thread

    def __init__(self) -> None:
        super().__init__(folded=True)
        self.title(self.tr("Patterns"))
        self.patterns = choice(self.tr("Patterns"))
        self.add(self.patterns)
        self.record = button(self.tr("Record"), self.tr("Records what you do with the camera, until pressed again"))
        self.record.setCheckable(True)
        self.record.clicked.connect(self._record)
        run = button(self.tr("Run"), self.tr("The camera repeats it"), self.tr("Run the pattern"))
        run.clicked.connect(lambda: self._with(lambda key: self.do(lambda ptz: ptz.run_pattern(key))))
        end = button(self.tr("Stop"), "", self.tr("Stop the pattern"))
        end.clicked.connect(lambda: self._with(lambda key: self.do(lambda ptz: ptz.stop_pattern(key))))
        self.row(self.record, run, end)
        self._refused.connect(self._show_recording)
        self.room = note()
        self.add(self.room)

    def _with(self, action: Callable[[str], None]) -> None:
        key = self.patterns.currentData()
        if key is not None:
            action(key)

    def _record(self, on: bool) -> None:
        async def record(ptz: Ptz, key: str) -> None:
            try:
                await ptz.record_pattern(key, on)
            except CameraError:
                self._refused.emit(not on)
                raise

        self._show_recording(on)
        self._with(lambda key: self.do(lambda ptz: record(ptz, key), "" if on else "patterns"))

    def _show_recording(self, on: bool) -> None:
        self.record.setChecked(on)
        self.patterns.setEnabled(not on)  # what is recorded stays the chosen one
        self.record.setText(self.tr("End recording") if on else self.tr("Record"))

    def show_patterns(self, found: Iterable[Pattern]) -> None:
        texts = {True: self.tr("Pattern {}, recorded"), False: self.tr("Pattern {}, empty")}
        every = tuple(found)
        fill(self.patterns, ((texts[each.recorded].format(each.id), each.id) for each in every))
        free = [each.free for each in every if each.free is not None]
        self.room.setText(self.tr("{} % of the room for a recording is free.").format(min(free)) if free else "")
        self.room.setVisible(bool(free))

"""One record beside the list: its picture at the moment, and everything that the camera said."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.events import Record
from ui.models import event_words as words
from ui.pages.still_label import Start, StillLabel
from ui.theme import GAP


class EventDetail(QWidget):
    """Shows one record, or what to do when none is chosen. start is that of `StillLabel`."""

    def __init__(self, start: Start) -> None:
        super().__init__()
        self._shown: Record | None = None
        self.title = QLabel()
        self.title.setObjectName("strong")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self.picture = StillLabel(start)
        self.facts = QLabel()
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setWordWrap(True)
        self.facts.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.facts.setAccessibleName(self.tr("What the camera said"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(GAP)
        layout.addWidget(self.title)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self.facts)
        self.show_record(None)

    def show_record(self, record: Record | None) -> None:
        """Again with the same record when it has changed."""
        before, self._shown = self._shown, record
        if record is None:
            self.title.setText(self.tr("No event chosen"))
            self.facts.setText("")
            self.picture.show_words(self.tr("Choose a row to see the picture at that moment."))
            return
        self.title.setText(record.title)
        self.facts.setText("\n".join(f"{name}: {value}" for name, value in self._facts(record) if value))
        same = before is not None and before.number == record.number and before.picture is record.picture
        if record.picture is not None:
            if not same:
                self.picture.show_picture(record.picture)
                self.picture.setAccessibleName(self.tr("Picture of {} at {}").format(*self._when(record)))
        elif not same or record.note:
            self.picture.show_words(record.note or self.tr("No picture was taken."))

    def _when(self, record: Record) -> tuple[str, str]:
        return record.device, words.clock(record.began)

    def _facts(self, record: Record) -> list[tuple[str, str]]:
        event = record.event
        facts = [
            (self.tr("Camera"), record.device),
            (self.tr("Began"), words.clock(record.began)),
            (self.tr("State"), words.state(record)[0]),
            (self.tr("Posts"), str(record.repeats)),
        ]
        if event is not None:
            at = event.at.astimezone().strftime("%Y-%m-%d %H:%M:%S") if event.at is not None else ""
            facts += [
                (self.tr("Where"), words.region(record)),
                (self.tr("Who"), words.target(record)),
                (self.tr("By the camera's clock"), at),
                (self.tr("In the camera's words"), " ".join(filter(None, (event.type, event.description)))),
            ]
        return [*facts, (self.tr("Note"), record.note)]

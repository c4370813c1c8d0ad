"""The row under a recorded picture: back, play or stop, forwards, and where it is."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.model.recording import Clip
from ui.forms.words import ElidedLabel
from ui.recordings.pieces import length_text
from ui.recordings.playing import Playing
from ui.theme import GAP, icon

STEP = timedelta(seconds=10)


class PlayBar(QWidget):
    def __init__(self, playing: Playing) -> None:
        super().__init__()
        self._playing = playing
        self.back = _button("", self.tr("−10 s"), self.tr("Back by 10 seconds (Shift+Left)"))
        self.toggle = _button("live", self.tr("Play"), self.tr("Play or stop (P)"))
        self.forwards = _button("", self.tr("+10 s"), self.tr("Forwards by 10 seconds (Shift+Right)"))
        self.back.setAccessibleName(self.tr("Back by 10 seconds"))
        self.forwards.setAccessibleName(self.tr("Forwards by 10 seconds"))
        self.where = ElidedLabel()
        self.where.setProperty("role", "secondary")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.setSpacing(GAP)
        for widget in (self.back, self.toggle, self.forwards):
            layout.addWidget(widget)
        layout.addWidget(self.where, 1)
        self.back.clicked.connect(lambda: playing.seek(-STEP))
        self.forwards.clicked.connect(lambda: playing.seek(STEP))
        self.toggle.clicked.connect(playing.toggle)
        playing.moved.connect(self.show_place)
        self.show_place(None)

    def show_place(self, moment: datetime | None) -> None:
        clip, on = self._playing.clip, self._playing.is_on
        for button in (self.back, self.forwards):
            button.setEnabled(moment is not None)
        self.toggle.setEnabled(clip is not None)
        self.toggle.setText(self.tr("Stop") if on else self.tr("Play"))
        self.toggle.setIcon(icon("stop" if on else "play"))
        self.where.setText(self._words(clip, moment) if clip is not None and moment is not None else "")

    def _words(self, clip: Clip, moment: datetime) -> str:
        passed, whole = length_text(moment - clip.start), length_text(clip.length)
        return self.tr("{0}   {1} / {2}   {3}").format(f"{moment:%H:%M:%S}", passed, whole, clip.title)


def _button(name: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(icon(name), text) if name else QPushButton(text)
    button.setToolTip(tip)
    return button

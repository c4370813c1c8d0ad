"""Pieces on their way into files, one after the other: a camera has one card, and it is slow."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from app.errors import CameraError
from app.families.media import Recordings
from app.model.action import Progress, Tell
from app.model.recording import Clip
from app.video.fetch import fetch
from app.video.record import Recording
from ui.bridge.tasks import TaskScope
from ui.forms.words import ElidedLabel
from ui.theme import GAP

SUFFIX = ".mov"  # MP4 has no place for the telephone sound that cameras record


class DownloadBar(QWidget):
    """How far everything is, in a line under the page."""

    cancel_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.said = ElidedLabel()
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(200)
        self.bar.setAccessibleName(self.tr("Progress of the downloads"))
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(self.cancel_wanted)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 6, 12, 6)
        line.setSpacing(GAP)
        for widget, stretch in ((self.bar, 0), (self.said, 1), (self.cancel, 0)):
            line.addWidget(widget, stretch)
        self.hide()

    def tell(self, name: str, fraction: float) -> None:
        self.said.setText(self.tr("Receiving {}").format(name))
        self.bar.setValue(round(1000 * fraction))


Fetch = Callable[[Recordings, Clip, Path, Tell], Awaitable[Recording]]


class Downloads(QObject):
    """state_changed tells of each piece what is shown beside it; finished that nothing is left to do, with what was
    saved and how many could not be."""

    state_changed = Signal(object, str)  # Clip
    progressed = Signal(str, float)  # what is being done, 0..1 of everything
    finished = Signal(object, int)  # list[Path]

    def __init__(self, recordings: Recordings, scope: TaskScope, fetch_one: Fetch = fetch) -> None:
        super().__init__()
        self._recordings = recordings
        self._scope = scope
        self._fetch = fetch_one
        self._task: asyncio.Task[None] | None = None

    @property
    def active(self) -> bool:
        return self._task is not None and not self._task.done()

    def start(self, clips: Iterable[Clip], folder: Path, device: str) -> None:
        """Nothing while others are on their way."""
        if not self.active:
            self._task = self._scope.start(self._run(tuple(clips), folder, device))

    def cancel(self) -> None:
        """What has come of the piece at hand stays for the next try."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self, clips: tuple[Clip, ...], folder: Path, device: str) -> None:
        saved: list[Path] = []
        failed = 0
        left = list(clips)
        for clip in clips:
            self.state_changed.emit(clip, self.tr("Waiting"))
        try:
            for number, clip in enumerate(clips):
                done = await self._one(clip, folder / file_name(device, clip), number / len(clips), 1 / len(clips))
                left.remove(clip)
                saved += done
                failed += not done
        finally:
            for clip in left:
                self.state_changed.emit(clip, self.tr("Stopped"))
            self.finished.emit(saved, failed)

    async def _one(self, clip: Clip, target: Path, before: float, share: float) -> tuple[Path, ...]:
        """The files; () where it failed."""

        def tell(progress: Progress) -> None:
            fraction = 1.0 if progress.fraction is None else progress.fraction
            self.state_changed.emit(clip, self.tr("{} %").format(round(100 * fraction)))
            self.progressed.emit(target.name, before + share * fraction)

        tell(Progress("", 0.0))
        try:
            done = await self._fetch(self._recordings, clip, target, tell)
        except CameraError as error:
            self.state_changed.emit(clip, f"{error.summary} {error.hint}".strip())
            return ()
        self.state_changed.emit(clip, self.tr("Saved"))
        return done.files


def file_name(device: str, clip: Clip) -> str:
    """The same for the same piece, so that a download that was stopped is found again."""
    clean = re.sub(r'[\x00-\x1f<>:"/\\|?*]+', "-", device).strip(" .-") or "Camera"
    return f"{clean[:80]} {clip.start:%Y-%m-%d %H-%M-%S} {clip.title}{SUFFIX}"

"""A recorded piece while it plays: from a moment in it, on to another one, and where it is now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Signal

from app.errors import CameraError
from app.families.media import Recordings
from app.model.recording import Clip
from app.video.frame import StreamPhase
from ui.video.viewing import Viewing

LOOK = 250  # milliseconds between two looks at where it plays
SETTLE = 250  # milliseconds without another wish before the camera is asked for the moment
LAST = timedelta(seconds=1)  # before the end of a piece nothing can be begun


class Playing(QObject):
    """moved: where it plays, None once nothing does. Another moment is another stream, as a camera need not be able to
    change one that runs (for VIGI: text, section 5.5.1); several wishes in a row become one."""

    moved = Signal(object)  # datetime or None

    def __init__(self, recordings: Recordings, viewing: Viewing, parent: QObject) -> None:
        super().__init__(parent)
        self.clip: Clip | None = None
        self._recordings = recordings
        self._viewing = viewing
        self._began: datetime | None = None  # the moment of the first picture
        self._reached: datetime | None = None
        self._looker = self._timer(LOOK, self._look)
        self._settling = self._timer(SETTLE, self._settled)
        self._settling.setSingleShot(True)

    def _timer(self, interval: int, work: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval)
        timer.timeout.connect(work)
        return timer

    @property
    def is_on(self) -> bool:
        return self._viewing.player is not None and not self._is_over

    @property
    def position(self) -> datetime | None:
        """Where it plays or was to go; None before anything played."""
        return self._reached

    def play(self, clip: Clip, at: datetime) -> None:
        """From a moment of the piece, or the nearest one that it has."""
        self._end()
        at = max(min(at, clip.end - LAST), clip.start)
        self.clip = clip
        try:
            endpoint = self._recordings.playback(clip, at)
        except CameraError as error:
            self._viewing.fail(error)
            self._tell(None)
            return
        self._viewing.play(endpoint)
        self._began = at
        self._tell(at)
        self._looker.start()

    def seek(self, by: timedelta) -> None:
        """Forwards or back inside the piece."""
        if self.clip is None or self._reached is None:
            return
        self._looker.stop()
        self._tell(max(min(self._reached + by, self.clip.end - LAST), self.clip.start))
        self._settling.start()

    def toggle(self) -> None:
        """Stops; or goes on where it was, from the beginning after the end."""
        if self.clip is None:
            return
        if self.is_on:
            self._end()
            self._tell(self._reached)
        else:
            self.play(self.clip, self.clip.start if self._is_over or self._reached is None else self._reached)

    def stop(self) -> None:
        """The last picture stays."""
        self._end()
        self._tell(None)

    def forget(self) -> None:
        """Pieces of another day are shown."""
        self.clip = None
        self.stop()

    def _end(self) -> None:
        self._looker.stop()
        self._settling.stop()
        self._viewing.stop()
        self._began = None

    @property
    def _is_over(self) -> bool:
        player = self._viewing.player
        return player is not None and player.status.phase is StreamPhase.ENDED

    def _settled(self) -> None:
        if self.clip is not None and self._reached is not None:
            self.play(self.clip, self._reached)

    def _look(self) -> None:
        player = self._viewing.player
        if player is None or self._began is None or self.clip is None:
            return
        if self._is_over:
            self._looker.stop()
            self._tell(self.clip.end)
        else:
            self._tell(min(self._began + timedelta(seconds=player.stats().playing_s), self.clip.end))

    def _tell(self, moment: datetime | None) -> None:
        self._reached = moment
        self.moved.emit(moment)

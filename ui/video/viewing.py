"""The one owner of what plays in a view: a player at a time, from its endpoint to its end."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from app.errors import CameraError
from app.model.stream import StreamEndpoint
from app.video.frame import Mailbox, StreamPhase, StreamStatus
from app.video.player import LivePlayer, Player
from ui.video.view import VideoView

MakePlayer = Callable[[StreamEndpoint, Mailbox, Callable[[StreamStatus], None]], LivePlayer]


class _Seat:
    """Holds the player; no QObject, so that it can let go of it when the view has been destroyed."""

    def __init__(self) -> None:
        self.player: LivePlayer | None = None

    def leave(self) -> None:
        player, self.player = self.player, None
        if player is not None:
            player.stop()


class Viewing(QObject):
    """Pages show through it what they want to be seen. The stream ends with `stop`, `close`, or the view, whichever
    comes first; ending it asks nobody and waits for nothing.

    changed: another player, or None, before the one before ends. waiting: no key frame has come, once for each time of
    waiting.
    """

    changed = Signal(object)  # LivePlayer or None
    waiting = Signal()

    def __init__(self, view: VideoView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self.make_player: MakePlayer = Player
        self._seat = _Seat()
        self._closed = False
        self._asked = False
        view.area_changed.connect(self._fit)
        view.status_changed.connect(self._status_changed)
        view.destroyed.connect(self._seat.leave)

    @property
    def player(self) -> LivePlayer | None:
        return self._seat.player

    def play(self, endpoint: StreamEndpoint) -> None:
        """Instead of what played before; nothing once it was closed."""
        self.stop()
        if self._closed:
            return
        inlet = self.view.attach()
        player = self._seat.player = self.make_player(endpoint, inlet.mailbox, inlet.on_status)
        self._asked = False
        self.view.show_statistics_of(player.stats)
        self._fit()
        self.changed.emit(player)
        player.start()

    def stop(self) -> None:
        """No more pictures; the last one stays."""
        if self._seat.player is not None:
            self.changed.emit(None)
        if isValid(self.view):
            self.view.detach()
            self.view.set_frozen(False)
        self._seat.leave()

    def close(self) -> None:
        """For good, also when the view is gone already. May be called twice."""
        self._closed = True
        self.stop()

    def fail(self, error: CameraError) -> None:
        """Says in the view why nothing plays."""
        self.say(StreamPhase.FAILED, error.summary, error.hint)

    def say(self, phase: StreamPhase, text: str = "", hint: str = "") -> None:
        """For what there is to say before there is a player."""
        self.view.show_status(StreamStatus(phase, text, time.monotonic(), hint))

    def _fit(self, *_: int) -> None:
        """Pictures come as large as they are shown; where a part is looked at, as large as the source is."""
        if self._seat.player is not None:
            self._seat.player.set_view(*self.view.wanted)

    def _status_changed(self, status: StreamStatus) -> None:
        if status.phase is StreamPhase.PLAYING:
            self._asked = False
        elif status.phase is StreamPhase.WAITING and not self._asked:
            self._asked = True
            self.waiting.emit()

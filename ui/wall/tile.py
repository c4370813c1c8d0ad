"""One camera on the wall: from its session to the newest picture. Polled by the grid; nothing calls it per picture."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage

from app.errors import (
    AuthError,
    BadCredentials,
    CameraError,
    CredentialsNeeded,
    LockedOut,
    NotSupported,
    TransportError,
)
from app.families.base import Session
from app.families.media import KeyFrames, Snapshot, Streams
from app.model.device import DeviceState, Found
from app.model.stream import StreamEndpoint, StreamInfo, sub_of
from app.site.walls import Spot
from app.video.frame import Frame, Mailbox, StreamPhase, StreamStats, StreamStatus
from app.video.player import LivePlayer, Player
from app.video.truth import Difference, differences
from ui.bridge.tasks import TaskScope
from ui.models.status import device_name
from ui.sessions import Sessions
from ui.video.drawing import decode_still
from ui.video.words import Words, is_dimmed, status_words, waiting_words

log = logging.getLogger(__name__)

PAUSES = (2.0, 5.0, 10.0, 20.0, 30.0)  # seconds between two tries to log in where nobody answered
_STAND_IN_THE_WAY = {  # what only the camera's own page can mend
    DeviceState.NEEDS_SETUP: ("No password yet", "Press Enter to set it up."),
    DeviceState.FOREIGN_SUBNET: ("In another network", "Press Enter to see what to do."),
    DeviceState.UNKNOWN: ("Not known", "It speaks no protocol that is known here."),
}
MakePlayer = Callable[[StreamEndpoint, Mailbox], LivePlayer]


class Tile:
    """start() and stop() as often as wanted. image, words, needs_login and dimmed say what is to be painted."""

    def __init__(
        self,
        spot: Spot,
        found: Found | None,
        sessions: Sessions,
        scope: TaskScope,
        make_player: MakePlayer = Player,
    ) -> None:
        self.spot = spot
        self.found = found
        self.image = QImage()
        self.words = Words()
        self.needs_login = False
        self.channels: tuple[int, ...] = ()  # of the device, once it has said so
        self.differences: tuple[Difference, ...] = ()
        self.player: LivePlayer | None = None
        self._sessions = sessions
        self._scope = scope
        self._make_player = make_player
        self._mailbox = Mailbox()
        self._frame: Frame | None = None  # keeps the memory under `image` alive
        self._is_live = False
        self._area = (0, 0)
        self._status: StreamStatus | None = None
        self._info: StreamInfo | None = None
        self._running: asyncio.Task[None] | None = None
        self._asked = False  # for a key frame and a snapshot, in this time of waiting
        self._agreed = False  # the camera took the wish for a key frame
        self._asking: asyncio.Task[None] | None = None
        self._endpoint: StreamEndpoint | None = None  # of the player
        self._heard = False

    @property
    def name(self) -> str:
        if self.found is not None:
            return device_name(self.found)
        return self.spot.name or self.spot.at

    @property
    def dimmed(self) -> bool:
        return not self._is_live or is_dimmed(self._status)

    @property
    def is_started(self) -> bool:
        return self.player is not None or (self._running is not None and not self._running.done())

    def stats(self) -> StreamStats | None:
        return None if self.player is None else self.player.stats()

    # From and to standstill

    def start(self) -> None:
        """Nothing while the camera waits for a login: see `log_in_again`."""
        if self.is_started or self.needs_login:
            return
        if self.found is None:
            self._say(_tr("Not found"), _tr("It has not been seen on this network yet."))
            return
        if self.found.state is DeviceState.LOST:
            self._say(_tr("Lost"), _tr("It does not answer at {} any more.").format(self.found.address))
            return
        if self.found.state in _STAND_IN_THE_WAY:
            headline, text = _STAND_IN_THE_WAY[self.found.state]
            self.needs_login = True
            self._say(_tr(headline), _tr(text))
            return
        self._running = self._scope.start(self._run(self.found), on_error=self._failed)

    def stop(self) -> None:
        """At once, whatever the camera does. The last picture stays."""
        for task in (self._running, self._asking):
            if task is not None:
                task.cancel()
        self._running = self._asking = None
        player, self.player = self.player, None
        self._status = None
        self._is_live = False
        self._mailbox = Mailbox()
        if player is not None:
            player.stop()

    def device_changed(self, found: Found) -> None:
        """As discovery knows it now: another address or back again means a new try."""
        before, self.found = self.found, found
        if before is not None and before.state in _STAND_IN_THE_WAY and found.state is not before.state:
            self.needs_login = False
        was_there = before is not None and before.state is not DeviceState.LOST
        if before is not None and before.address == found.address and was_there and self.is_started:
            return
        if before is not None and before.address != found.address:
            self.stop()
        self.start()

    def log_in_again(self) -> None:
        """A session is there now, or the old refusal may be forgotten."""
        if self.found is not None:
            self._sessions.forget(self.found.address)
        self.needs_login = False
        if self.player is None or self.player.status.phase is StreamPhase.FAILED:
            self.stop()
            self.start()

    async def _run(self, found: Found) -> None:
        pauses = iter(PAUSES)
        while True:
            self._say(_tr("Connecting"))
            try:
                self._play(*await self._open(found))
                return
            except TransportError as error:
                pause = next(pauses, PAUSES[-1])
                again = _tr("Trying again in {:g} s.").format(pause)
                self._say(error.summary, " ".join(part for part in (error.hint, again) if part))
            await asyncio.sleep(pause)

    async def _open(self, found: Found) -> tuple[StreamEndpoint, StreamInfo]:
        session = await self._sessions.get(found)
        streams = session.offer(Streams)
        infos = await streams.list() if streams is not None else ()
        self.channels = tuple(sorted({info.channel for info in infos}))
        info = sub_of(infos, self.spot.channel)
        if streams is None or info is None:
            raise NotSupported(_tr("{} offers no stream.").format(self.name))
        return streams.endpoint(info), info

    def _play(self, endpoint: StreamEndpoint, info: StreamInfo) -> None:
        self._info, self._asked = info, False
        self._mailbox = Mailbox()
        self._endpoint = replace(endpoint, audio=self._heard)
        self.player = self._make_player(self._endpoint, self._mailbox)
        self.player.set_sound(muted=not self._heard)
        self.player.set_view(*self._area)
        self.player.start()
        self.look()

    def _failed(self, error: CameraError) -> None:
        self.needs_login = isinstance(error, AuthError)
        if isinstance(error, CredentialsNeeded):
            self._say(_tr("Password needed"), _tr("Press Enter to log in."))
        elif isinstance(error, BadCredentials):
            self._say(_tr("Wrong password"), _tr("It was tried once. Press Enter to type another one."))
        elif isinstance(error, LockedOut):
            self._say(_tr("Locked"), f"{error.summary} {error.hint}".strip())
        else:
            self._say(error.summary, error.hint)

    # What the grid asks for

    def set_area(self, width: int, height: int) -> None:
        """Device pixels; 0, 0 while it cannot be seen."""
        self._area = (width, height)
        if self.player is not None:
            self.player.set_view(width, height)

    def hear(self, wanted: bool) -> None:
        """Tiles ask for pictures only: a stream with its sound is another one. Its first picture replaces the last."""
        if wanted == self._heard:
            return
        self._heard = wanted
        player, endpoint, info = self.player, self._endpoint, self._info
        if player is None or endpoint is None or info is None or player.status.phase is StreamPhase.FAILED:
            return
        if endpoint.audio or not wanted:
            player.set_sound(muted=not wanted)
            return
        player.stop()
        self._is_live = False
        self._play(endpoint, info)

    @property
    def sound_words(self) -> str:
        """What is heard of this tile, or why nothing is; "" where nothing is wanted."""
        if not self._heard or self.player is None:
            return ""
        stats = self.player.stats()
        if stats.sound_note or stats.sound:
            return stats.sound_note or _tr("sound on")
        return _tr("no sound") if stats.width else ""

    def take(self) -> bool:
        """Fetches the newest picture; True where there is one."""
        frame = self._mailbox.take()
        if frame is None:
            return False
        # The order matters: the old image must be gone before the memory under it may be.
        image = QImage(frame.data, frame.width, frame.height, frame.stride, QImage.Format.Format_RGB32)
        self.image, self._frame = image, frame
        self._is_live = True
        return True

    @property
    def looks(self) -> tuple[object, ...]:
        """Differs from an earlier one when something else than a new picture is to be painted."""
        return (self.name, self.words, self.dimmed, bool(self.differences), self.needs_login, self.sound_words)

    def look(self) -> None:
        """A few times a second: what the stream says of itself."""
        player = self.player
        if player is None:
            return
        status = self._status = player.status
        if status.phase is StreamPhase.PLAYING:
            self._asked = False
        elif status.phase is StreamPhase.WAITING and not self._asked:
            self._asked, self._agreed = True, False
            self._asking = self._scope.start(self._shorten_waiting())
        words = status_words(status, time.monotonic(), time.time())
        if status.phase is StreamPhase.WAITING and self._info is not None:
            words = Words(words.headline, waiting_words(self._info, asked=self._agreed))
        self.words = words
        stats = player.stats()
        self.differences = differences(self._info, stats) if self._info is not None and stats.width else ()

    async def _shorten_waiting(self) -> None:
        """Asks for a key frame, and for something to look at meanwhile. A camera that has neither is no failure."""
        found, info = self.found, self._info
        if found is None or info is None:
            return
        for step in (self._ask_key_frame, self._show_still):
            try:
                await step(await self._sessions.get(found), info)
            except CameraError as error:
                log.info("waiting cannot be shortened: %s", error.summary)

    async def _ask_key_frame(self, session: Session, info: StreamInfo) -> None:
        streams = session.offer(Streams)
        if isinstance(streams, KeyFrames):
            await streams.request_key_frame(info)
            self._agreed = True

    async def _show_still(self, session: Session, info: StreamInfo) -> None:
        snapshot = session.offer(Snapshot)
        if snapshot is None or not self.image.isNull():
            return
        picture = await asyncio.to_thread(decode_still, await snapshot.jpeg(info.channel))
        if self.image.isNull():
            self.image = picture

    def _say(self, headline: str, text: str = "") -> None:
        self.words = Words(headline, text)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Wall", text)

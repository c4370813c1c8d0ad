"""The streams of section 5 as endpoints: one connection to the RTSP port for each."""

from __future__ import annotations

import secrets
from array import array
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from app.errors import ConnectionLost, TimedOut
from app.families.base import Credentials
from app.model.stream import StreamEndpoint
from app.transport.packets import Limits, Media, Packets
from app.transport.rtsp import RtspConnection
from app.wire import multitrans
from app.wire.g711 import alaw
from app.wire.multitrans import AUDIO, Multitrans, Wish
from app.wire.rtp import make_packet
from app.wire.rtsp_play import Negotiation, Playing, StreamEnded

_SAMPLES = 160  # of one packet: 20 ms
_PCMA = 8
_SLACK = 2.0  # seconds: the last picture begins before the end, and cameras cut at key frames
_LONG = 24 * 3600.0  # nothing comes back from a loudspeaker


@dataclass(frozen=True, slots=True)
class Door:
    """Where the streams of one camera are, and for whom."""

    host: str
    port: int
    credentials: Credentials

    def endpoint(self, wish: Wish, seconds: float | None = None) -> StreamEndpoint:
        """A stream for the player. seconds: of a recording, which is over when that much has come."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return StreamEndpoint(
            url=f"rtsp://{host}:{self.port}/multitrans",
            user=self.credentials.user,
            password=self.credentials.password,
            transport="tcp",
            connection=partial(_open, multitrans.negotiation(wish), seconds),
        )

    def connection(self, wish: Wish) -> RtspConnection:
        """A connection on which something is done, and our own packets may go."""
        return _connect(multitrans.command(wish), self.endpoint(wish), Limits(silence=_LONG))


def _connect(negotiation: Negotiation, endpoint: StreamEndpoint, limits: Limits) -> RtspConnection:
    return RtspConnection(endpoint, limits, negotiation=negotiation, conversation=Multitrans)


def _open(negotiation: Negotiation, seconds: float | None, endpoint: StreamEndpoint, limits: Limits) -> Packets:
    connection = _connect(negotiation, endpoint, limits)
    return connection if seconds is None else Bounded(connection, seconds)


class Bounded:
    """Implements Packets. The text does not say how a recording ends: cameras tell, hang up, or fall silent.
    Once the whole of it has come, any of these is the end and no failure."""

    def __init__(self, real: Packets, seconds: float) -> None:
        self._real = real
        self._seconds = seconds
        self._first: int | None = None
        self._passed = 0.0

    def open(self) -> Playing:
        return self._real.open()

    def read(self, wait: float) -> list[Media]:
        try:
            found = self._real.read(wait)
        except (TimedOut, ConnectionLost) as error:
            if self._passed >= self._seconds - _SLACK:
                raise StreamEnded("This is the end of the recording.") from error
            raise
        for media in found:
            if not media.control and not media.audio and len(media.data) >= 12:
                self._count(int.from_bytes(media.data[4:8], "big"))
        return found

    def send_control(self, data: bytes, *, audio: bool = False) -> None:
        self._real.send_control(data, audio=audio)

    def shutdown(self) -> None:
        self._real.shutdown()

    def close(self) -> None:
        self._real.close()

    def _count(self, ticks: int) -> None:
        """RTP time of the pictures, which count 90,000 a second."""
        self._first = ticks if self._first is None else self._first
        passed = (ticks - self._first) % 2**32
        if passed < 2**31:
            self._passed = max(self._passed, passed / 90_000)


class VigiTalkLine:
    """Implements `media.TalkLine`: G.711 in packets of 20 ms (section 5.7)."""

    def __init__(self, door: Door) -> None:
        self._connection = door.connection(multitrans.talk())
        self._waiting = array("h")
        self._sequence = 0
        self._ssrc = secrets.randbits(32)

    def open(self) -> None:
        self._connection.open()

    def say(self, samples: array[int]) -> None:
        self._waiting += samples
        while len(self._waiting) >= _SAMPLES:
            now, self._waiting = self._waiting[:_SAMPLES], self._waiting[_SAMPLES:]
            first, ticks = self._sequence == 0, self._sequence * _SAMPLES
            data = make_packet(_PCMA, self._sequence, ticks, self._ssrc, alaw(now), marker=first)
            self._connection.send_packet(AUDIO, data)
            self._sequence += 1
        self._connection.read(0.0)  # a camera that hangs up is noticed here

    def end(self) -> None:
        self._connection.shutdown()

    def close(self) -> None:
        self._connection.close()


class VigiTalk:
    """Implements `media.Talk`."""

    def __init__(self, door: Callable[[], Awaitable[Door]]) -> None:
        self._door = door

    async def line(self) -> VigiTalkLine:
        return VigiTalkLine(await self._door())

"""The streams of section 5 as endpoints: one connection to the RTSP port for each."""

from __future__ import annotations

import secrets
from array import array
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from app.families.base import Credentials
from app.model.stream import StreamEndpoint
from app.transport.rtsp import Limits, RtspConnection
from app.wire import multitrans
from app.wire.g711 import alaw
from app.wire.multitrans import AUDIO, Multitrans, Wish
from app.wire.rtp import make_packet
from app.wire.rtsp_play import Negotiation

_SAMPLES = 160  # of one packet: 20 ms
_PCMA = 8
_LONG = 24 * 3600.0  # nothing comes back from a loudspeaker


@dataclass(frozen=True, slots=True)
class Door:
    """Where the streams of one camera are, and for whom."""

    host: str
    port: int
    credentials: Credentials

    def endpoint(self, wish: Wish) -> StreamEndpoint:
        """A stream for the player."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return StreamEndpoint(
            url=f"rtsp://{host}:{self.port}/multitrans",
            user=self.credentials.user,
            password=self.credentials.password,
            transport="tcp",
            connection=partial(_connect, multitrans.negotiation(wish)),
        )

    def connection(self, wish: Wish) -> RtspConnection:
        """A connection on which something is done, and our own packets may go."""
        return _connect(multitrans.command(wish), self.endpoint(wish), Limits(silence=_LONG))


def _connect(negotiation: Negotiation, endpoint: StreamEndpoint, limits: Limits) -> RtspConnection:
    return RtspConnection(endpoint, limits, negotiation=negotiation, conversation=Multitrans)


class VigiTalkLine:
    """Implements `base.TalkLine`: G.711 in packets of 20 ms (section 5.7)."""

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
    """Implements `base.Talk`."""

    def __init__(self, door: Callable[[], Awaitable[Door]]) -> None:
        self._door = door

    async def line(self) -> VigiTalkLine:
        return VigiTalkLine(await self._door())

"""Where a stream's RTP packets come from: what `app.transport.rtsp` and a family's own connections have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from app.wire.rtsp_play import Playing
from app.wire.sdp import Track


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: to connect, to each answer, without any media while playing."""

    connect: float = 5.0
    answer: float = 8.0
    silence: float = 10.0


class Media(NamedTuple):
    """One RTP packet, or one RTCP packet where control is set. arrival is time.monotonic(); audio: of the sound.

    track, without data: the pictures that follow are of this one."""

    data: bytes
    control: bool
    arrival: float
    audio: bool = False
    track: Track | None = None


class Packets(Protocol):
    """Where RTP packets come from. `RtspConnection` is one; a family whose cameras speak otherwise gives
    `StreamEndpoint.connection` a function that makes another.

    The short way, where the camera speaks RTSP with another verb, is an RtspConnection with a negotiation of its own:

        def connection(endpoint: StreamEndpoint, limits: Limits) -> Packets:
            plain = replace(endpoint, url=endpoint.url.replace("multitrans://", "rtsp://"), connection=None)
            return RtspConnection(plain, limits, negotiation=multitrans)

    where `multitrans(talk, transports, ports, audio_ports)` is a generator like `app.wire.rtsp_play.negotiate`: it
    yields requests, is sent their answers, sets `talk.channels` to the channels that carry media (the picture's RTP
    and RTCP, then the sound's) and returns `Playing`. `conversation` gives a class for what is said while playing
    (keep_alive, teardown). Login, TLS, deadlines, silence and closing are taken care of.

    open, read and close are called in one thread; shutdown comes from any other and ends a wait at once.
    """

    def open(self) -> Playing:
        """Raises CameraError."""

    def read(self, wait: float) -> list[Media]:
        """What came within `wait` seconds, perhaps nothing. Raises CameraError, also after too long a silence."""

    def send_control(self, data: bytes, *, audio: bool = False) -> None:
        """An RTCP packet, best effort."""

    def shutdown(self) -> None: ...

    def close(self) -> None: ...

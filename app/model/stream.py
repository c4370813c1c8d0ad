"""Encodings of a video input, and where to fetch them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.model.device import Address


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """One encoding. role: "main", "sub" or "third"; fps, bitrate_kbps None where not said."""

    id: str
    channel: int
    role: str
    title: str
    codec: str = ""
    width: int = 0
    height: int = 0
    fps: float | None = None
    bitrate_kbps: int | None = None
    gop_frames: int | None = None


class Pins(Protocol):
    """Fingerprints of certificates by address, as `app.transport.tls` keeps them."""

    def get(self, address: Address) -> str | None: ...

    def set(self, address: Address, fingerprint: str) -> None: ...

    def expect(self, host: str, fingerprint: str) -> None: ...

    def is_expected(self, host: str, fingerprint: str) -> bool: ...

    def expect_made(self, host: str, name: str, serial: int) -> None: ...

    def take_made(self, host: str, der: bytes) -> bool: ...

    def replaced_from_here(self, host: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class StreamEndpoint:
    """How to open a stream. The URL never holds credentials. transport: "tcp", "udp" or "auto" (TCP, then UDP).

    Schemes: rtsp, rtsps (inside TLS), rtsph and rtsphs (inside HTTP or HTTPS), http and https (multipart); others
    are left to FFmpeg. audio: the sound is wanted as well. pins remember certificates: without them the
    first one counts for as long as the player lives.

    connection: how a family with a way of its own to its streams brings it along. Called in the stream's thread, once
    for each try, with the endpoint and `app.transport.packets.Limits`; the answer is a `Packets` of the same module.
    The scheme of the URL is then the family's own business ("multitrans://…"), and player, sound, recording and
    statistics are the same as for any other stream. See `Packets` for the short way.
    """

    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    transport: str = "auto"
    allow_basic: bool = True
    audio: bool = True
    pins: Pins | None = field(default=None, repr=False, compare=False)
    connection: Callable[[StreamEndpoint, Any], Any] | None = field(default=None, repr=False, compare=False)


def sub_of(infos: Sequence[StreamInfo], channel: int) -> StreamInfo | None:
    """A channel's sub-stream, else its smallest stream, else any; None where there is none."""
    own = [info for info in infos if info.channel == channel] or infos
    subs = [info for info in own if info.role == "sub"]
    return min(subs or own, key=lambda info: info.width * info.height or 10**9, default=None)


def main_of(infos: Sequence[StreamInfo], channel: int) -> StreamInfo | None:
    """A channel's main stream, else its largest, else any; None where there is none."""
    own = [info for info in infos if info.channel == channel] or infos
    mains = [info for info in own if info.role == "main"]
    return max(mains or own, key=lambda info: info.width * info.height, default=None)

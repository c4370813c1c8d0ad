"""JPEG pictures in an endless multipart answer: what cameras send to web browsers."""

from __future__ import annotations

import time
from urllib.parse import quote, urlsplit

from app.errors import ConnectionLost, Forbidden, InvalidSetting, NotSupported, TimedOut
from app.model.device import Address
from app.model.stream import StreamEndpoint
from app.transport.http_stream import ask
from app.transport.line import Line, Wire
from app.transport.packets import Limits
from app.transport.tls import MemoryPins
from app.video.source import Arrived
from app.wire.digest import DigestClient
from app.wire.http import HttpAnswer
from app.wire.http1 import ResponseReader
from app.wire.multipart import MultipartReader, Part
from app.wire.rtp import AccessUnit
from app.wire.rtp_audio import SoundUnit
from app.wire.rtsp_refusal import StreamRefused
from app.wire.sdp import Track

_START, _END = b"\xff\xd8", b"\xff\xd9"
_CLOCK = 90000


class HttpSource:
    """A `Source` of http:// and https:// addresses."""

    def __init__(self, endpoint: StreamEndpoint, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
        self.codec = "JPEG"
        self.transport = "http"
        self.sound: Track | None = None
        self.received_bytes = 0
        self.packets = 0  # parts
        self.gaps = 0
        self.jitter = 0.0
        self._endpoint = endpoint
        self._limits = limits
        self._line = Line()
        self._wire: Wire | None = None
        self._answer: ResponseReader | None = None
        self._parts = MultipartReader("")
        self._early: list[Part] = []
        self._last = 0.0
        self._auth = (
            DigestClient(endpoint.user, endpoint.password, allow_basic=endpoint.allow_basic) if endpoint.user else None
        )

    def open(self) -> None:
        """Raises CameraError; NotSupported where something else than pictures comes."""
        address, path, secure = _parse(self._endpoint.url)
        pins = (self._endpoint.pins or MemoryPins()) if secure else None
        wire = self._line.connect(address, self._limits.connect, pins)
        reader, body, self._wire = ask(
            self._line,
            wire,
            address,
            path,
            auth=self._auth,
            limits=(self._limits.connect, self._limits.answer),
            pins=pins,
            headers=(("Accept", "multipart/x-mixed-replace, image/jpeg"),),
        )
        answer = HttpAnswer(reader.status, reader.headers, b"")
        _check(answer)
        self._answer = reader
        self._parts = MultipartReader(answer.header("content-type"))
        self._early = self._parts.feed(body)
        self._last = time.monotonic()

    def read(self, wait: float) -> list[Arrived]:
        """Pictures that were completed within `wait` seconds, perhaps none. Raises CameraError."""
        assert self._wire is not None
        until = time.monotonic() + wait
        while True:
            parts, self._early = self._early, []
            now = time.monotonic()
            if not parts and self._wire.socket in self._line.ready(min(until, self._last + self._limits.silence)):
                parts = self._receive()
                now = time.monotonic()
            units = [unit for part in parts if (unit := _unit(part, now)) is not None]
            if units:
                self._last = now
                self.packets += len(units)
                return [Arrived(unit, now) for unit in units]
            if now >= self._last + self._limits.silence:
                raise TimedOut(f"The camera stopped sending the stream {self._limits.silence:.0f} s ago.")
            if now >= until:
                return []

    def _receive(self) -> list[Part]:
        assert self._wire is not None
        assert self._answer is not None
        data = self._wire.receive()
        self.received_bytes += len(data)
        self._answer.feed(data)
        parts = self._parts.feed(self._answer.take())
        if self._answer.done and not parts:
            raise ConnectionLost("The camera ended the stream.")
        return parts

    def take_sound(self) -> list[SoundUnit]:
        return []

    def shutdown(self) -> None:
        self._line.shutdown()

    def close(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None
        self._line.close()


def _parse(url: str) -> tuple[Address, str, bool]:
    try:
        parts = urlsplit(url.strip())
        secure = parts.scheme.lower() == "https"
        host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    except ValueError as error:
        raise InvalidSetting("The stream's address is not a URL.", detail=str(error)) from None
    if not host:
        raise InvalidSetting("The stream's address names no host.")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
    return Address(host, port), path + query, secure


def _check(answer: HttpAnswer) -> None:
    status = answer.status
    detail = f"HTTP {status}"
    if status == 403:
        raise Forbidden("This account may not see the stream.", detail=detail)
    if status == 404:
        raise StreamRefused(
            "The camera has no stream at this address.",
            status=404,
            hint="Streams over HTTP may have to be switched on in the camera.",
            detail=detail,
        )
    if status != 200:
        raise StreamRefused("The camera refused the stream.", status=status, detail=detail)
    if not answer.content_type.startswith("multipart/"):
        raise NotSupported(
            "What the camera sends at this address is no stream of pictures.",
            detail=f"Content-Type: {answer.content_type or 'none'}",
        )


def _unit(part: Part, now: float) -> AccessUnit | None:
    """Cameras forget the type of a part; what a JPEG is shows in its first bytes."""
    start = part.body.find(_START, 0, 64)
    if start < 0:
        return None
    data = part.body[start:]
    damaged = _END not in data[-64:]
    return AccessUnit(data, int(now * _CLOCK) & 0xFFFFFFFF, True, damaged)

"""The alert stream of a device: one GET whose answer has no end (A 8.12.59, B 8.11.10)."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Iterable, Iterator

from app.errors import NotSupported
from app.families.base import StreamingChannel
from app.families.isapi import errors
from app.families.isapi.alerts import read_alert
from app.families.isapi.client import Client
from app.model.event import DeviceEvent, EventPicture, Heartbeat, Report, Skipped
from app.wire.alerts import AlertDocument, AlertPicture, AlertReader, Piece
from app.wire.http import HttpAnswer, HttpRequest

_PATH = "/Event/notification/alertStream"
_REFUSAL_LIMIT = 64 * 1024
SILENCE = 60.0  # seconds; cameras send signs of life every 10 to 30


class IsapiEvents:
    """Implements `base.Events`."""

    silence = SILENCE

    def __init__(self, client: Client) -> None:
        self._client = client

    async def reports(self) -> AsyncGenerator[Report, None]:
        channel, path = self._client.channel, self._client.dialect.path(_PATH)
        if not isinstance(channel, StreamingChannel):
            raise NotSupported(f"{self._client.camera} cannot be followed over this connection.")
        async with channel.open_stream(HttpRequest("GET", path)) as answer:
            if answer.status != 200:
                body = await _beginning(answer.chunks)
                errors.check(HttpAnswer(answer.status, answer.headers, body), path, self._client.camera)
                raise NotSupported(f"{self._client.camera} gives no events.", detail=f"HTTP {answer.status}")
            kind = HttpAnswer(answer.status, answer.headers, b"").header("content-type")
            yield Heartbeat(time.time())
            reading, reader = _Reading(), AlertReader(kind)
            async for chunk in answer.chunks:
                for report in reading.of(reader.feed(chunk)):
                    yield report
            for report in reading.of(reader.end()):
                yield report


class _Reading:
    """What must be known of earlier pieces to understand the next."""

    def __init__(self) -> None:
        self._losses: set[int] = set()
        self._last: DeviceEvent | None = None

    def of(self, pieces: Iterable[Piece]) -> Iterator[Report]:
        now = time.time()
        for piece in pieces:
            match piece:
                case AlertDocument():
                    yield from self._document(piece, now)
                case AlertPicture() if self._last is not None:
                    yield EventPicture(now, self._last, piece.jpeg)
                case AlertPicture():
                    yield Skipped(now, "A picture came without an alert before it.", len(piece.jpeg))
                case _:
                    yield Skipped(now, piece.reason, piece.size)

    def _document(self, document: AlertDocument, now: float) -> Iterator[Report]:
        self._last = None
        for report in read_alert(document, now, self._losses):
            if isinstance(report, DeviceEvent):
                self._last = report
            yield report


async def _beginning(chunks: AsyncGenerator[bytes, None]) -> bytes:
    body = b""
    async for chunk in chunks:
        body += chunk
        if len(body) > _REFUSAL_LIMIT:
            break
    return body

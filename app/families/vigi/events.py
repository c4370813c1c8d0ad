"""subscribeMsg: what the camera reports while it happens, over one lasting connection (text, section 4.13)."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from datetime import UTC, datetime

from app.errors import NotSupported, ProtocolError
from app.families.base import StreamAnswer, StreamingChannel
from app.families.vigi import answers, auth, catalog
from app.families.vigi.answers import Reply
from app.families.vigi.auth import Token
from app.families.vigi.client import JSON, Client
from app.families.vigi.detections import of_event
from app.families.vigi.messages import MessageReader, Piece, Surplus
from app.model.event import DeviceEvent, Heartbeat, Report, Skipped
from app.transport.failures import LoginAsked
from app.wire.http import HttpRequest

METHOD = "subscribeMsg"
BEAT = 15  # seconds between two signs of life, as they are asked for
SILENCE = 45.0  # seconds; three of them
_TARGETS = {"people": "person", "vehicle": "vehicle"}
_HEAD = 64 * 1024  # bytes within which the first message must come


class _Expired(Exception):
    """The token has run out."""


class VigiEvents:
    """Implements `base.Events`. Detections whose msg_push_enabled is off report nothing: `RegionLayer.notifies`."""

    silence = SILENCE

    def __init__(self, client: Client) -> None:
        self._client = client

    async def reports(self) -> AsyncGenerator[Report, None]:
        token = await self._client.token()
        try:
            async with aclosing(self._subscribed(token)) as reports:
                async for report in reports:
                    yield report
            return
        except _Expired:
            token = await self._client.token(instead_of=token)
        try:
            async with aclosing(self._subscribed(token)) as reports:
                async for report in reports:
                    yield report
        except _Expired as problem:
            raise ProtocolError(f"{self._client.camera} does not accept its own session.", detail=METHOD) from problem

    async def _subscribed(self, token: Token) -> AsyncGenerator[Report, None]:
        """One connection with one token. _Expired: the camera no longer takes it."""
        channel = self._client.channel
        if not isinstance(channel, StreamingChannel):
            raise NotSupported(f"{self._client.camera} cannot be followed over this connection.")
        params = {"event_type": ["all"], "heartbeat": BEAT}
        body = json.dumps({"method": METHOD, "params": params}).encode()
        request = HttpRequest("POST", self._client.path(token), body=body, content_type=JSON)
        begun = False
        async with self._opened(channel, request) as answer, aclosing(_pieces(answer)) as pieces:
            async for piece in pieces:
                if begun:
                    yield self._report(piece)
                elif isinstance(piece, bytes):
                    self._check(piece)
                    begun = True
                    yield Heartbeat(time.time())
        if not begun:
            raise ProtocolError(f"{self._client.camera} does not answer with events.", detail=METHOD)

    @asynccontextmanager
    async def _opened(self, channel: StreamingChannel, request: HttpRequest) -> AsyncIterator[StreamAnswer]:
        """A token that has run out may be said with status 401 as well."""
        async with AsyncExitStack() as stack:
            try:
                answer = await stack.enter_async_context(channel.open_stream(request))
            except LoginAsked as asked:
                self._check(asked.answer.body)
                raise ProtocolError(f"{self._client.camera} wants another login.", detail=METHOD) from asked
            yield answer

    def _check(self, piece: bytes) -> None:
        """Raises unless this first message says that the subscription stands."""
        reply = answers.read(piece, METHOD, self._client.camera)
        if reply.code in (auth.EXPIRED, auth.NEEDED):
            raise _Expired
        if reply.root.text_of("result").strip().lower() == "failed" or not reply.is_ok:
            # It says errCode 0 with its refusal as well.
            raise answers.fault(reply.code, METHOD, self._client.camera)

    def _report(self, piece: Piece) -> Report:
        now = time.time()
        if isinstance(piece, Surplus):
            return Skipped(now, piece.reason, piece.size)
        try:
            reply = answers.read(piece, METHOD, self._client.camera)
        except ProtocolError as problem:
            return Skipped(now, problem.detail or problem.summary, len(piece))
        return read_message(reply, now) or Skipped(now, "A message without an event.", len(piece))


async def _pieces(answer: StreamAnswer) -> AsyncGenerator[Piece, None]:
    """Ends early where no message comes in all that may stand before the first one."""
    reader, begun = MessageReader(), False
    async for chunk in answer.chunks:
        for piece in reader.feed(chunk):
            begun = begun or isinstance(piece, bytes)
            yield piece
        if not begun and reader.read > _HEAD:
            return


def read_message(reply: Reply, now: float) -> Report | None:
    """An event or a sign of life; None for anything else."""
    root = reply.root
    name = root.text_of("event_type").strip()
    if not name:
        return Heartbeat(now) if root.child("Heartbeat") or root.child("heartbeat") else None
    kind, target = _split(name)
    detection = of_event(kind)
    title = catalog.titles().page(detection.switch).title if detection else catalog.words(kind)
    return DeviceEvent(
        type=name,
        title=title,
        purpose=detection.purpose if detection else None,
        received=now,
        active=None,
        layer=detection.region if detection else "",
        target=target,
        at=_moment(root.text_of("time")),
    )


def _split(name: str) -> tuple[str, str]:
    """ "MotionDetection_people_enhance" -> MotionDetection, person."""
    parts = name.split("_")
    if len(parts) >= 3 and parts[-1].lower() == "enhance":
        return "_".join(parts[:-2]), _TARGETS.get(parts[-2].lower(), parts[-2].lower())
    return name, ""


def _moment(text: str) -> datetime | None:
    text = text.strip()
    if not text.isascii() or not text.isdigit() or len(text) > 11:
        return None
    return datetime.fromtimestamp(int(text), UTC)

"""What a family adds to RTSP: verbs of its own on the same connections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

from app.simulator.picture import EncoderSettings
from app.simulator.rtsp_feed import Client
from app.simulator.rtsp_messages import RtspRequest


class Link(Protocol):
    """One connection, as a verb sees it."""

    @property
    def peer(self) -> str: ...

    @property
    def transport(self) -> asyncio.WriteTransport: ...

    async def drain(self) -> None:
        """Until the client has taken most of what was sent."""

    def watch(self, stream_id: str, channel: int, changed: Callable[[EncoderSettings], None]) -> Client | None:
        """Sends a stream on a channel from now on, without RTCP; None when there are too many viewers. changed is
        called before the first picture with other settings."""

    def leave(self, client: Client) -> None: ...


class OwnVerb(Protocol):
    """The state of a verb on one connection. It checks the login itself."""

    async def answer(self, request: RtspRequest) -> bytes: ...

    def packet(self, channel: int, data: bytes) -> None:
        """What the client sent between its requests."""

    async def close(self) -> None: ...


Verbs = Mapping[str, Callable[[Link], OwnVerb]]


@runtime_checkable
class HasVerbs(Protocol):
    """A video source with verbs of its own."""

    def rtsp_verbs(self) -> Verbs: ...

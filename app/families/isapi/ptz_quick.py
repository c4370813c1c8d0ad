"""The next direction and the next stop, ready on connections that are logged in: only the speeds are missing."""

from __future__ import annotations

from app.families.base import QuickChannel, StandingRequest
from app.families.isapi import errors
from app.families.isapi.client import XML, Client


class QuickLine:
    """One connection and the path that is written over it in a hurry."""

    def __init__(self, client: Client, path: str) -> None:
        self._client = client
        self._path = client.dialect.path(path)
        self._standing: StandingRequest | None = None

    def make_ready(self) -> None:
        """After each exchange on the connection."""
        channel = self._client.channel
        if isinstance(channel, QuickChannel):
            self._standing = channel.ready("PUT", self._path, XML)

    def fire(self, body: bytes) -> bool:
        """From any thread."""
        standing = self._standing
        return standing is not None and standing.fire(body)

    async def taken(self, deadline: float) -> bool:
        """Whether the device took what was fired; False when it has to be sent again. Raises what a refusal stands
        for."""
        channel = self._client.channel
        answer = await channel.fired(deadline) if isinstance(channel, QuickChannel) else None
        if answer is None:
            return False
        errors.check(answer, self._path, self._client.camera)
        return True

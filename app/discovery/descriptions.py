"""Fetches UPnP descriptions, from the address that answered and from nowhere else."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from app.errors import CameraError, ProtocolError
from app.families.base import Dialer
from app.model.device import Address
from app.wire.http import HttpRequest
from app.wire.upnp import LIMIT, Description, read_description

DEADLINE = 5.0  # seconds for one description as a whole
AT_ONCE = 32  # devices that are asked at the same time, the slow ones among them
QUICK_AT_ONCE = 8  # of them in their first moments: many answers within one turn of the loop would make it late
QUICK = 0.3  # seconds after which a device is slow and gives its place to the next

_PATH = re.compile(r"[!-~]{1,2048}")  # what may stand in a request line


@dataclass(frozen=True, slots=True)
class Place:
    """A LOCATION that may be asked: address with its port, and the path with its query."""

    address: Address
    path: str


@dataclass(frozen=True, slots=True)
class Reading:
    """body is b"" and note says why, where there is no description to rely on."""

    body: bytes = field(default=b"", repr=False)
    description: Description = field(default_factory=Description)
    note: str = ""


def place_of(location: str, sender: str) -> Place:
    """Where to fetch from. ProtocolError, in words for the list, when the location is not the sender's own."""
    if not location:
        raise ProtocolError("It names no description of itself.")
    try:
        parts = urlsplit(location)
        host, port = parts.hostname or "", parts.port or 80
    except ValueError as error:
        raise ProtocolError("It names no usable address for its description.", detail=str(error)) from error
    if parts.scheme != "http":
        raise ProtocolError("Its description is not offered over plain HTTP, so it was not read.")
    path = parts.path or "/"
    if parts.query:
        path += f"?{parts.query}"
    if not host or "@" in parts.netloc or not path.startswith("/") or not _PATH.fullmatch(path):
        raise ProtocolError("It names no usable address for its description.", detail=location[:200])
    if host != sender:
        raise ProtocolError(f"It answers from {sender} but points to {host[:80]}; that was not followed.")
    return Place(Address(host, port), path)


class DescriptionReader:
    """One fetch at a time per device, a bounded number over all of them."""

    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._quick = asyncio.Semaphore(QUICK_AT_ONCE)

    async def read(self, place: Place) -> Reading:
        """Never fails because of the device: the note says what was wrong."""
        async with self._slots:
            try:
                body = await self._paced(place)
            except CameraError as error:
                return Reading(note=f"Its description could not be read: {error.summary}")
        try:
            return Reading(body, read_description(body))
        except ProtocolError as error:
            return Reading(note=f"Its description makes no sense: {error.summary}")

    async def _paced(self, place: Place) -> bytes:
        async with self._quick:
            fetching = asyncio.create_task(self._fetch(place))
            try:
                await asyncio.wait({fetching}, timeout=QUICK)
            except asyncio.CancelledError:
                fetching.cancel()
                await asyncio.wait({fetching})
                raise
        return await fetching  # cancelled with its awaiter

    async def _fetch(self, place: Place) -> bytes:
        channel = self._dialer.http(place.address, None)
        try:
            answer = await channel.send(HttpRequest("GET", place.path, deadline=DEADLINE, limit=LIMIT))
        finally:
            await channel.close()
        if answer.status != 200:
            raise ProtocolError(f"it answered with HTTP status {answer.status}.")
        return answer.body

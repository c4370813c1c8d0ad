"""A picture at the moment: asked for when an event begins, one at a time, and never so often that a camera suffers."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from app.errors import CameraError
from app.events.log import EventLog

SPACING = 0.5  # seconds between two pictures of one device

Take = Callable[[int], Awaitable[bytes]]  # channel -> JPEG


class MomentPictures:
    """Of one device. An event that begins while a picture is on its way has none of its own, and says so."""

    def __init__(self, log: EventLog, take: Take, start: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        self._log = log
        self._take = take
        self._start = start
        self._busy = False
        self._last = 0.0
        self.on = True

    def want(self, number: int, channel: int) -> None:
        """For the record with this number, if it may be now."""
        if not self.on:
            return
        if self._busy or time.monotonic() - self._last < SPACING:
            self._log.note(number, "No picture: one was being taken for the event before.")
            return
        self._busy = True
        self._start(self._fetch(number, channel))

    async def _fetch(self, number: int, channel: int) -> None:
        try:
            self._log.picture(number, await self._take(channel))
        except CameraError as error:
            self._log.note(number, f"No picture: {error.summary}")
        finally:
            self._busy = False
            self._last = time.monotonic()

"""From the datagram thread into the event loop, without starving it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from app.transport.udp import Datagram

CAPACITY = 20_000  # datagrams; a site of 1,000 cameras with six answers each fits three times
CAPACITY_BYTES = 64 * 1024 * 1024  # together; a flood of the largest datagrams must not fill the memory
TURN = 0.004  # seconds of reading at a time: less than a frame of the window
PAUSE = 0.004  # seconds for everybody else, between two turns


class Inbox:
    """Bounded: what does not fit is counted in `dropped`. take is called in the loop, one datagram at a time."""

    def __init__(self, loop: asyncio.AbstractEventLoop, take: Callable[[Datagram], None]) -> None:
        self.dropped = 0
        self._loop = loop
        self._take = take
        self._waiting: deque[Datagram] = deque()
        self._put = self._taken = 0  # bytes so far; each is counted by one thread only
        self._scheduled = False
        self._closed = False

    def put(self, datagram: Datagram) -> None:
        """Called in the datagram thread."""
        if self._closed:
            return
        size = len(datagram.payload)
        if len(self._waiting) >= CAPACITY or self._put - self._taken + size > CAPACITY_BYTES:
            self.dropped += 1
            return
        self._put += size
        self._waiting.append(datagram)
        if self._scheduled:
            return
        self._scheduled = True
        try:
            self._loop.call_soon_threadsafe(self._turn)
        except RuntimeError:
            self._closed = True  # the loop has ended before its discovery was closed

    def close(self) -> None:
        self._closed = True
        self._waiting.clear()

    @property
    def empty(self) -> bool:
        return not self._waiting

    def _turn(self) -> None:
        end = time.monotonic() + TURN
        while self._waiting and not self._closed:
            datagram = self._waiting.popleft()
            self._taken += len(datagram.payload)
            self._take(datagram)
            if time.monotonic() >= end:
                break
        if not self._waiting:
            self._scheduled = False
        # Looked at once more: what was put before that line found a turn scheduled and scheduled none itself.
        if self._waiting and not self._closed:
            self._scheduled = True
            self._loop.call_later(PAUSE, self._turn)

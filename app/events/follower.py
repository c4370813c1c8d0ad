"""Keeps a device's reports coming: connects, watches over the silence, connects again at a growing pace.

What ends for good (a refused password, a device without events) is said and not tried again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum

from app.errors import AuthError, CameraError, NotSupported
from app.families.base import Events
from app.model.event import Heartbeat, Report

SLICE = 0.005  # seconds that reports are taken at a stretch, before others in the loop have their turn
PATIENCE = 1.0  # seconds that a silence may be told too early
PAUSES = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)  # seconds before each new connection; the last again and again

Sleep = Callable[[float], Awaitable[None]]


class FollowState(StrEnum):
    OFF = "off"
    CONNECTING = "connecting"
    LISTENING = "listening"
    WAITING = "waiting"  # the connection ended, another one follows
    ENDED = "ended"  # for good


@dataclass(frozen=True, slots=True)
class Standing:
    """since is when the state began (time.time()). text says why it waits or ended, hint what to do; attempts counts
    the connections that came to nothing since the last good one."""

    state: FollowState = FollowState.OFF
    since: float = 0.0
    text: str = ""
    hint: str = ""
    attempts: int = 0
    next_try: float | None = None


class Follower:
    """One device. `run` until it is cancelled or ended; tell gets every report, changed every new standing."""

    def __init__(
        self,
        events: Events,
        tell: Callable[[Report], None],
        changed: Callable[[Standing], None] = lambda _: None,
        *,
        name: str = "The camera",
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.standing = Standing()
        self._events = events
        self._tell = tell
        self._changed = changed
        self._name = name
        self._sleep = sleep
        self._reports = 0  # of the connection at hand

    async def run(self) -> None:
        """Never raises a CameraError: it is in the standing."""
        attempts = 0
        try:
            while True:
                self._stand(FollowState.CONNECTING, attempts=attempts)
                reason = await self._one_connection()
                if isinstance(reason, (AuthError, NotSupported)):
                    self._stand(FollowState.ENDED, text=reason.summary, hint=reason.hint)
                    return
                # The first report only says that the connection stands.
                attempts = 0 if self._reports > 1 else attempts + 1
                pause = PAUSES[min(attempts, len(PAUSES) - 1)]
                self._stand(FollowState.WAITING, text=reason.summary, hint=reason.hint, attempts=attempts, pause=pause)
                await self._sleep(pause)
        finally:
            if self.standing.state is not FollowState.ENDED:
                self._stand(FollowState.OFF)

    async def _one_connection(self) -> CameraError:
        """Why it ended."""
        self._reports = 0
        try:
            async with asyncio.timeout(None) as limit, aclosing(self._events.reports()) as reports:
                await self._take_all(reports, limit)
            return CameraError(f"{self._name} ended the stream of events.")
        except TimeoutError:
            return CameraError(f"{self._name} has been silent for {self._events.silence:.0f} s.")
        except CameraError as error:
            return error

    async def _take_all(self, reports: AsyncGenerator[Report, None], limit: asyncio.Timeout) -> None:
        """Until the stream ends. With hundreds of reports a second the limit is not set anew for each of them, and
        what has come already, which nothing waits for, lets others in the loop have their turn."""
        loop, silence = asyncio.get_running_loop(), self._events.silence
        patience = min(PATIENCE, silence / 10)
        limited = turn = loop.time()
        limit.reschedule(limited + silence)
        async for report in reports:
            self._take(report)
            now = loop.time()
            if now - limited > patience:
                limited = now
                limit.reschedule(now + silence)
            if now - turn > SLICE:
                await asyncio.sleep(0)
                turn = loop.time()

    def _take(self, report: Report) -> None:
        self._reports += 1
        if self.standing.state is not FollowState.LISTENING:
            self._stand(FollowState.LISTENING)
        if not (self._reports == 1 and isinstance(report, Heartbeat)):
            self._tell(report)

    def _stand(
        self, state: FollowState, *, text: str = "", hint: str = "", attempts: int = 0, pause: float | None = None
    ) -> None:
        now = time.time()
        self.standing = Standing(state, now, text, hint, attempts, None if pause is None else now + pause)
        self._changed(self.standing)

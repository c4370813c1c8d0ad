"""Waits for a device that is busy or away. Whoever looks at the work is told of each, and may end the tries.

A wait lies deep below what somebody looks at: who listens goes along with the task, and with those that it starts.
What only reads is given up by cancelling it. A write is asked to `Stop`: nothing more is sent then, and what was sent
is still read back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from app.errors import DeviceBusy, GivenUp
from app.stopping import Stopped, unless_stopped

BUSY_WAITS = (0.5, 1.0, 2.0)  # seconds before each new try while a device is busy
LONGEST_WAIT = 30.0  # seconds; a device that wants more is busy for people, not for a moment

Sleep = Callable[[float], Awaitable[None]]
T = TypeVar("T")


class Wait(StrEnum):
    """What is waited for."""

    BUSY = "busy"  # the device says so, and is asked again
    AWAY = "away"  # it does not answer: it restarts, or the network to it is gone


class Stop:
    """Somebody's wish that no more is tried. Who asks again does not want to wait for an answer either."""

    def __init__(self) -> None:
        self.asked = 0
        self._next = asyncio.Event()

    def ask(self) -> None:
        self.asked += 1
        asked, self._next = self._next, asyncio.Event()
        asked.set()

    async def sleep(self, seconds: float, sleep: Sleep) -> None:
        """Ends early when somebody asks meanwhile."""

        async def whole() -> None:
            await sleep(seconds)

        with suppress(Stopped):
            await unless_stopped(whole(), self._next)


Listener = Callable[[Wait], None]


@dataclass(slots=True)
class Listening:
    """waiting: whether a wait is under way, in which nothing is on its way to the device. heard: how many wishes for an
    end were heeded already."""

    listener: Listener
    stop: Stop
    waiting: bool = False
    heard: int = 0


_listening: ContextVar[Listening | None] = ContextVar("listening", default=None)


@contextmanager
def told_of_waits(listener: Listener, stop: Stop | None = None) -> Iterator[Listening]:
    """Within it the listener is called before each wait for a device, in the loop's thread."""
    made = Listening(listener, stop or Stop())
    token = _listening.set(made)
    try:
        yield made
    finally:
        _listening.reset(token)


def listening() -> Listening | None:
    """Who looks at the work, None for nobody."""
    return _listening.get()


@contextmanager
def reading_back() -> Iterator[None]:
    """What was sent is read back, whoever wants an end of the tries: within it only a wish counts that comes now."""
    who = listening()
    if who is None:
        yield
        return
    heard, who.heard = who.heard, who.stop.asked
    try:
        yield
    finally:
        who.heard = heard


def is_stopped() -> bool:
    """Whether whoever looks at the work has asked for an end of the tries."""
    who = listening()
    return who is not None and who.stop.asked > who.heard


async def pause(wait: Wait, seconds: float, sleep: Sleep = asyncio.sleep) -> None:
    """The time before the next try: told, and over early when somebody asks for an end."""
    who = listening()
    if who is None:
        await sleep(seconds)
        return
    who.listener(wait)
    who.waiting = True
    try:
        await who.stop.sleep(seconds, sleep)
    finally:
        who.waiting = False


async def patiently(call: Callable[[], Awaitable[T]], sleep: Sleep = asyncio.sleep) -> T:
    """The result of call, tried up to three times more while the device says that it is busy.

    A device that says when to come back is taken at its word, up to LONGEST_WAIT. GivenUp where somebody has asked
    for an end before a try.
    """
    waits = iter(BUSY_WAITS)
    busy: DeviceBusy | None = None
    while not is_stopped():
        try:
            return await call()
        except DeviceBusy as problem:
            busy, wait = problem, next(waits, None)
            if wait is None:
                raise
            await pause(Wait.BUSY, busy_wait(wait, problem), sleep)
    raise _given_up(busy)


def busy_wait(own: float, busy: DeviceBusy) -> float:
    """Seconds to leave a device alone that is busy: our own pace, or longer where it says so."""
    return min(max(own, busy.retry_after or 0.0), LONGEST_WAIT)


def _given_up(busy: DeviceBusy | None) -> GivenUp:
    if busy is None:
        return GivenUp("It was stopped before its turn.")
    return GivenUp(f"{busy.summary} The tries were stopped.", detail=busy.detail)

"""Waiting with a limit, on a clock that tests can turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Protocol, TypeVar

from app.errors import TimedOut

T = TypeVar("T")


class Clock(Protocol):
    def time(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class LoopClock:
    def time(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def within(clock: Clock, request: Awaitable[T], seconds: float, name: str) -> T:
    """What the request gives; TimedOut, and no trace of it, when that takes longer. name: who does not answer."""
    work = asyncio.ensure_future(request)
    timer = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({work, timer}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise TimedOut(f"{name} does not answer.")
        return work.result()
    finally:
        work.cancel()
        timer.cancel()
        await asyncio.wait({work, timer})


async def either(clock: Clock, event: asyncio.Event, seconds: float) -> None:
    """Returns at the event, or when the time is over."""
    sleeping = asyncio.ensure_future(clock.sleep(max(0.001, seconds)))
    waiting = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait({sleeping, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        sleeping.cancel()
        waiting.cancel()

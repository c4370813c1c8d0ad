"""Work that people may stop, and whose owner then says what it has left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class Stopped(Exception):
    """The work was ended because somebody wanted that. It is no failure, and no cancelling of whoever waited for it."""


async def unless_stopped(work: Coroutine[Any, Any, Result], stop: asyncio.Event | None) -> Result:
    """What the work gives. Stopped once stop is set: the work was cancelled then and has ended."""
    if stop is None:
        return await work
    if stop.is_set():
        work.close()
        raise Stopped
    task = asyncio.ensure_future(work)
    wanted = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((task, wanted), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            task.cancel()
            await asyncio.wait((task,))
        if task.cancelled():
            raise Stopped
        return task.result()
    finally:
        wanted.cancel()
        if not task.done():  # whoever waited is cancelled
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

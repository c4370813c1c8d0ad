"""A file on its way to a device or from it: how far it is, and an end where it stands still."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.errors import TimedOut
from app.model.action import Progress, Tell

STALL = 60.0  # seconds without a byte
CHECKING = 300.0  # seconds without a word once everything was sent: some write it to their flash first


@dataclass(slots=True)
class Way:
    """Bytes of a file that is being sent. Everything sent means: given to the network."""

    total: int
    done: int = 0

    @property
    def is_whole(self) -> bool:
        return self.done >= self.total

    @property
    def share(self) -> str:
        return f"{self.done / self.total:.0%}" if self.total else "0%"


@asynccontextmanager
async def moving(camera: str, way: Way | None, tell: Tell) -> AsyncIterator[Callable[[int, int], None]]:
    """Gives what is to be told of every step (bytes done, bytes in all, 0 where nobody knows). TimedOut where none
    comes for STALL seconds. way: the file is sent, else it is received."""
    loop = asyncio.get_running_loop()
    limit = asyncio.timeout(STALL)
    done = 0

    def step(now: int, total: int) -> None:
        nonlocal done
        done = now
        if way is not None:
            way.done = now
        whole = way is not None and way.is_whole
        limit.reschedule(loop.time() + (CHECKING if whole else STALL))
        phase = "Receiving" if way is None else "Checking the file" if whole else "Sending"
        tell(Progress(phase, now / total if total else None))

    try:
        async with limit:
            yield step
    except TimeoutError as error:
        raise _stands_still(camera, way, done) from error


def _stands_still(camera: str, way: Way | None, done: int) -> TimedOut:
    again = "Check the network on the way, then begin again."
    if way is None:
        problem = TimedOut(f"{camera} has sent nothing more for {STALL:.0f} s.", hint=f"Nothing was saved. {again}")
    elif way.is_whole:
        problem = TimedOut(
            f"{camera} has the whole file and says nothing for {CHECKING:.0f} s.", hint="Look at it again."
        )
    else:
        problem = TimedOut(f"{camera} has taken nothing more for {STALL:.0f} s, after {way.share}.", hint=again)
    problem.detail = f"{done} bytes"
    problem.connected = True
    return problem

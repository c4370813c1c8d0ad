"""An interrupt (Ctrl+C, the end of a session) as an event: what is under way is brought to an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Coroutine, Iterator, Sequence
from typing import Any, TypeVar

from app.patience import Wait, listening

Result = TypeVar("Result")

INTERRUPTED = 130  # exit status: 128 + SIGINT, as shells have it
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


@contextlib.contextmanager
def interruption() -> Iterator[asyncio.Event]:
    """An event instead of an exception: what must happen at the end must not be interrupted in its turn."""
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    taken = []
    for name in _SIGNALS:
        number = getattr(signal, name, None)
        with contextlib.suppress(NotImplementedError, RuntimeError):  # Windows: Ctrl+C cancels, and closing stops
            if number is not None:
                loop.add_signal_handler(number, event.set)
                taken.append(number)
    try:
        yield event
    finally:
        for number in taken:
            loop.remove_signal_handler(number)


class Teller:
    """Says what is waited for on standard error, each kind of wait once."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._said: set[Wait] = set()

    def __call__(self, wait: Wait) -> None:
        if wait not in self._said:
            self._said.add(wait)
            what = "is busy, trying again" if wait is Wait.BUSY else "does not answer, waiting for it"
            print(f"{self._device} {what}. Ctrl+C ends that.", file=sys.stderr, flush=True)


async def carried(write: Coroutine[Any, Any, Result]) -> Result:
    """What a write came to. An interrupt while it waits for a busy device ends the tries: what was sent is read back.
    At any other moment it ends the write at once, as nobody knows what the device is at."""
    work = asyncio.ensure_future(write)
    with interruption() as interrupted:
        while not work.done():
            wanted = asyncio.ensure_future(interrupted.wait())
            try:
                await asyncio.wait((work, wanted), return_when=asyncio.FIRST_COMPLETED)
            except asyncio.CancelledError:
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)
                raise
            finally:
                wanted.cancel()
            if interrupted.is_set():
                interrupted.clear()
                _end(work)
        return work.result()


def _end(work: asyncio.Future[Any]) -> None:
    who = listening()
    if who is not None and who.waiting:
        who.stop.ask()
    else:
        work.cancel()


@contextlib.contextmanager
def outcome_told(what: str, before: Sequence[str] = ()) -> Iterator[None]:
    """Around a write: who interrupts it is told what may have been done, and what was done before it."""
    try:
        yield
    except asyncio.CancelledError:
        done = f"Written before: {', '.join(before)}.\n" if before else ""
        print(
            f"{done}{what} may have been written. “camwright history” says what is known,"
            " “camwright undo ID --dry-run” what the device holds now.",
            file=sys.stderr,
        )
        raise


async def wait_for_end(interrupted: asyncio.Event, seconds: float | None) -> None:
    """Until the time is over (None: never) or somebody interrupts."""
    try:
        async with asyncio.timeout(seconds):
            await interrupted.wait()
    except TimeoutError:
        return

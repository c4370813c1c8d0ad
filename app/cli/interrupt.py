"""An interrupt (Ctrl+C, the end of a session) as an event: what is under way is brought to an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Iterator, Sequence

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

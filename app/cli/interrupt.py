"""An interrupt (Ctrl+C, the end of a session) as an event: what is under way is brought to an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Iterator

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


async def wait_for_end(interrupted: asyncio.Event, seconds: float | None) -> None:
    """Until the time is over (None: never) or somebody interrupts."""
    try:
        async with asyncio.timeout(seconds):
            await interrupted.wait()
    except TimeoutError:
        return

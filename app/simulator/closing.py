"""The last moments of a simulated camera's server."""

from __future__ import annotations

import asyncio

# Of the event loop: asyncio takes five from an accepted connection to its first call, more with TLS.
_ROUNDS = 20


async def late_guests() -> None:
    """Returns when whoever was accepted at the moment of closing has been turned away, and transports are closed."""
    for _ in range(_ROUNDS):
        await asyncio.sleep(0)

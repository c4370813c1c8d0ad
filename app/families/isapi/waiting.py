"""A device that restarts, waited for."""

from __future__ import annotations

import asyncio

from app.errors import BadCredentials, CameraError, LockedOut, TransportError
from app.families.isapi import identity
from app.families.isapi.client import Client
from app.families.isapi.identity import Who
from app.model.action import Progress, Tell
from app.patience import Sleep

PAUSE = 2.0  # seconds between two looks
LOOKS = 150  # five minutes: some recorders check their disks before they answer
LEAVES = 30  # looks within which a device that was told to restart goes away


async def restarted(client: Client, sleep: Sleep, tell: Tell) -> Who | None:
    """Who answers once the device has been away; None where it did not go, or did not come back. A refused password
    ends it: it is never tried twice."""
    was_away = False
    clock = asyncio.get_running_loop().time
    until = clock() + LOOKS * PAUSE
    for look in range(LOOKS):
        if clock() > until:
            break
        tell(Progress("Waiting until the camera is back" if was_away else "Restarting"))
        await sleep(PAUSE)
        try:
            who = await identity.ask(client)
        except TransportError:
            was_away = True
            continue
        except (BadCredentials, LockedOut):
            raise
        except CameraError:
            continue  # it answers, and is not ready yet
        if was_away:
            return who
        if look >= LEAVES:
            return None
    return None

"""A disk that is being erased, watched until it is through (formatStatus), and what it says of itself then."""

from __future__ import annotations

from app.errors import CameraError, TransportError
from app.families.isapi.client import Client
from app.model.action import ActionDone, Progress, Tell
from app.patience import Sleep

PAUSE = 1.0  # seconds between two looks
LOOKS = 3600  # an hour: large disks of recorders


async def watched(client: Client, disk: str, sleep: Sleep, tell: Tell) -> ActionDone:
    """disk is the path of the disk. Ends when the device says that it is through, or does not say how far it is."""
    for _ in range(LOOKS):
        try:
            root = (await client.read(f"{disk}/formatStatus")).root
        except TransportError:
            tell(Progress("Formatting"))
            await sleep(PAUSE)
            continue
        except CameraError:
            return ActionDone(f"{client.camera} has taken it and does not say how far it is.")
        percent = root.text_of("percent")
        share = min(int(percent), 100) / 100 if percent.isascii() and percent.isdigit() and len(percent) < 4 else None
        tell(Progress("Formatting", share))
        if root.text_of("formating").lower() != "true":
            return await _afterwards(client, disk)
        await sleep(PAUSE)
    return ActionDone(f"{client.camera} has been formatting for an hour. Look at the disk again later.")


async def _afterwards(client: Client, disk: str) -> ActionDone:
    try:
        said = (await client.read(disk)).root.text_of
    except CameraError:
        return ActionDone(f"{client.camera} has formatted this disk.")
    state = said("status")
    free = f" {int(said('freeSpace')) / 1024:.0f} GB are free." if said("freeSpace").isdigit() else ""
    if state.lower() not in ("ok", "idle", ""):
        return ActionDone(f"{client.camera} is through, but the disk says “{state}”.", back=False)
    return ActionDone(f"{client.camera} has formatted this disk.{free}", back=True)

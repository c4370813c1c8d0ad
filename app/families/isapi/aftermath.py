"""What a device is left with after a file was sent in part, or nobody waited for the end: asked of the device."""

from __future__ import annotations

import asyncio

from app.errors import CameraError
from app.families.isapi import identity
from app.families.isapi.client import Client
from app.families.isapi.identity import Who
from app.families.isapi.sending import Way
from app.model.action import Uploaded
from app.patience import Sleep

PAUSE, LOOKS = 1.0, 5  # seconds between two looks at a device that has just lost a connection
SECONDS = 20.0  # for all of them


async def left(client: Client, title: str, way: Way, before: Who | None, sleep: Sleep) -> Uploaded:
    """title is the file's; before is who answered before it was sent, None where nobody had asked. Never raises
    CameraError."""
    camera = client.camera
    try:
        async with asyncio.timeout(SECONDS):
            now, installing = await _look(client, sleep)
    except TimeoutError:
        now, installing = None, ""
    text = _had(camera, title, way)
    if installing:
        text = f"{text} It is installing it ({installing} %): do not cut its power, and look at its version afterwards."
    elif now is None:
        text = f"{text} It does not answer now. Do not cut its power; look at it again in a few minutes."
    elif before is None or now == before:
        version = f" and runs {now.firmware} as before" if now.firmware else " as before"
        text = f"{text} It answers{version}."
    else:
        text = f"{text} It runs {now.firmware} now; it was {before.firmware}."
    firmware = before.firmware if before is not None else ""
    return Uploaded(text, None, firmware, now.firmware if now is not None else "", stopped=True)


def _had(camera: str, title: str, way: Way) -> str:
    if way.done == 0:
        return f"{title}: nothing was sent to {camera}."
    if way.is_whole:
        return f"{title}: {camera} has the whole file and may go on with it, although nobody waits for it here."
    return f"{title}: {camera} has a part of the file ({way.share}), which it cannot use."


async def _look(client: Client, sleep: Sleep) -> tuple[Who | None, str]:
    """Who answers, and how far an upgrade is in per cent, "" where there is none."""
    for _ in range(LOOKS):
        try:
            who = await identity.ask(client)
        except CameraError:
            await sleep(PAUSE)
            continue
        return who, await _installing(client)
    return None, ""


async def _installing(client: Client) -> str:
    try:
        root = (await client.read("/System/upgradeStatus")).root
    except CameraError:
        return ""
    return (root.text_of("percent") or "?") if root.text_of("upgrading").lower() == "true" else ""

"""The devices that a site knows, as rows of the site pane."""

from __future__ import annotations

import time

from app.model.device import Address, DeviceState, Found
from app.site.records import Device
from app.site.site import Site

MOST = 2000  # rows; a site file that has served many places does not ask half the world


async def remembered(site: Site) -> tuple[Found, ...]:
    """Lost until they are heard, the one met last first. SiteError."""
    rows = (row(device) for device in (await site.devices.all())[:MOST])
    return tuple(found for found in rows if found is not None)


def row(device: Device) -> Found | None:
    """None for a device without an address that can be asked."""
    try:
        address = Address.parse(device.addresses[0])
    except (IndexError, ValueError):
        return None
    serials, macs = device.identity.values("serial"), device.identity.values("mac")
    now = time.monotonic()
    return Found(
        address=address,
        family=device.family,
        dialect=device.dialect,
        name=device.place or device.name,
        model=device.model,
        serial=serials[0] if len(serials) == 1 else "",
        mac=macs[0] if len(macs) == 1 else "",
        firmware=device.firmware,
        state=DeviceState.LOST,
        source="site file",
        interface="",
        first_seen=now,
        last_seen=now,
    )

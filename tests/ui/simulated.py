"""Sessions with simulated cameras in this process, and a journal for them: real sockets, real writes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from app.families import families
from app.families.base import Credentials, Session
from app.model.device import Address
from app.simulator.farm import Farm, plan_cameras
from app.site.site import Site
from app.transport.dialer import NetworkDialer, loopback_only

PASSWORD = "camera-1234"


@asynccontextmanager
async def sessions(bind: str, *quirks: str, model: str | None = None, count: int = 1) -> AsyncIterator[list[Session]]:
    """One with each of the cameras, which stand at count addresses from bind on."""
    family = next(each for each in families() if each.key == "isapi")
    plans = plan_cameras(
        model=model, count=count, bind=bind, http_port=0, rtsp_port=0, password=PASSWORD, quirks=quirks
    )
    async with AsyncExitStack() as stack:
        farm = Farm(plans, ssdp=False)
        stack.push_async_callback(farm.stop)
        await farm.start()
        opened = []
        for station in farm.stations:
            at = Address(station.place.host, station.place.http_port)
            dialer = NetworkDialer(allowed=loopback_only)
            session = await family.connect(dialer, at, "v2", Credentials("admin", PASSWORD))
            stack.push_async_callback(session.close)
            opened.append(session)
        yield opened


@asynccontextmanager
async def site_file(path: Path) -> AsyncIterator[Site]:
    site = await Site.open(path)
    try:
        yield site
    finally:
        await site.close()

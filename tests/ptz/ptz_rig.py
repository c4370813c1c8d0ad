"""A simulated dome and a session with it, on addresses of this folder."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass

from app.families.base import Credentials, Session
from app.families.isapi import FAMILY
from app.families.ptz import Ptz, PtzPlans
from app.model.device import Address
from app.simulator.camera import CameraPlan
from app.simulator.farm import Farm
from app.simulator.head import Head
from app.simulator.isapi.ptz import PtzResources
from app.simulator.quirks import Quirks
from app.transport.dialer import NetworkDialer, loopback_only

PASSWORD = "Right-1234"
_hosts = (f"127.75.{high}.{low}" for high, low in itertools.product(range(1, 250), range(1, 250)))


@dataclass
class Rig:
    session: Session
    ptz: Ptz
    resources: PtzResources
    address: Address
    farm: Farm

    @property
    def plans(self) -> PtzPlans:
        found = self.session.offer(PtzPlans)
        assert found is not None
        return found

    @property
    def head(self) -> Head:
        return self.resources.head


@contextlib.asynccontextmanager
async def dome(
    *quirks: str, model: str = "CW-P2D", dialect: str = "v2", video: bool = False, **more: object
) -> AsyncIterator[Rig]:
    """video: with streams, whose encoders cost time and memory."""
    quirks = quirks if video else (*quirks, "rtsp_off")
    given = {"http_port": 0, "rtsp_port": 0, "password": PASSWORD, **more}
    plan = CameraPlan("isapi", next(_hosts), model=model, quirks=Quirks.parse(quirks), **given)
    farm = Farm([plan], ssdp=False)
    await farm.start()
    try:
        line = farm.camera_lines()[0]
        address = Address(plan.host, int(line["http_port"]))
        session = await FAMILY.connect(
            NetworkDialer(allowed=loopback_only), address, dialect, Credentials("admin", PASSWORD)
        )
        ptz = session.offer(Ptz)
        assert ptz is not None
        try:
            yield Rig(session, ptz, farm.cameras[0].ptz, address, farm)
        finally:
            await ptz.close()
            await session.close()
    finally:
        await farm.stop()


async def until(reached, limit: float = 30.0) -> None:
    async with asyncio.timeout(limit):
        while not reached():
            await asyncio.sleep(0.01)

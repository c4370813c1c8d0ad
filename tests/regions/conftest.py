"""Simulated cameras and journalled sessions with them."""

from __future__ import annotations

import contextlib
import itertools

import pytest

from app.families.base import Credentials
from app.families.isapi import FAMILY
from app.model.device import Address
from app.simulator.camera import CameraPlan
from app.simulator.farm import Farm
from app.simulator.quirks import Quirks
from app.site.journal import journalled
from app.site.site import Site
from app.transport.dialer import NetworkDialer, loopback_only

_hosts = (f"127.64.{high}.{low}" for high, low in itertools.product(range(100, 250), range(1, 250)))


class Rig:
    """A running camera, and as many programs that talk to it as a test wants."""

    def __init__(self, farm, site, stack):
        self.farm = farm
        self.camera = farm.stations[0].camera
        self.site = site
        self._stack = stack

    async def session(self):
        line = self.farm.camera_lines()[0]
        where = Address(line["address"], line["http_port"])
        dialer = NetworkDialer(allowed=loopback_only)
        opened = await FAMILY.connect(dialer, where, self.camera.dialect, Credentials(line["user"], line["password"]))
        self._stack.push_async_callback(opened.close)
        return journalled(opened, self.site)


@pytest.fixture
async def rig(tmp_path):
    """`await rig("quirk", ..., model="CW-G4A")`"""
    async with contextlib.AsyncExitStack() as stack:

        async def make(*quirks, model="CW-G4A"):
            plan = CameraPlan("isapi", next(_hosts), 0, 0, model=model, quirks=Quirks.parse(quirks), heartbeat=0.1)
            farm = Farm([plan], snapshot=lambda *_: b"\xff\xd8", ssdp=False)
            await farm.start()
            stack.push_async_callback(farm.stop)
            site = await Site.open(tmp_path / f"{plan.host}.site")
            stack.push_async_callback(site.close)
            return Rig(farm, site, stack)

        yield make

"""A simulated camera and a session with it, for the tests of writing."""

from __future__ import annotations

import itertools
from contextlib import asynccontextmanager

from app.families.base import Credentials
from app.families.isapi import FAMILY
from app.model.device import Address
from app.simulator.camera import CameraPlan
from app.simulator.farm import Farm
from app.simulator.quirks import Quirks
from app.transport.dialer import NetworkDialer, loopback_only

_hosts = (f"127.25.{high}.{low}" for high, low in itertools.product(range(1, 250), range(1, 250)))


@asynccontextmanager
async def farm(*quirks, host=None, model=""):
    plan = CameraPlan("isapi", host or next(_hosts), 0, 0, quirks=Quirks.parse(quirks), heartbeat=0.1, model=model)
    running = Farm([plan], ssdp=False)
    await running.start()
    try:
        yield running
    finally:
        await running.stop()


def place(running):
    line = running.camera_lines()[0]
    return Address(line["address"], line["http_port"]), Credentials(line["user"], line["password"])


async def connect(running):
    address, credentials = place(running)
    return await FAMILY.connect(NetworkDialer(allowed=loopback_only), address, "v2", credentials)


@asynccontextmanager
async def session(*quirks, host=None, model=""):
    """Yields the session and the farm."""
    async with farm(*quirks, host=host, model=model) as running:
        opened = await connect(running)
        try:
            yield opened, running
        finally:
            await opened.close()


def puts(opened):
    """Counts what is written from now on: a list that grows with every PUT."""
    sent = []
    channel = opened._client.channel
    send = channel.send

    async def counted(request):
        if request.method == "PUT":
            sent.append(request)
        return await send(request)

    channel.send = counted
    return sent


def writes(opened):
    """What is asked of the device to change something from now on: a list of methods and paths that grows."""
    sent = []
    channel = opened._client.channel
    send = channel.send

    async def noted(request):
        if request.method != "GET":
            sent.append((request.method, request.path))
        return await send(request)

    channel.send = noted
    return sent

"""Running cameras for the tests of this folder."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from app.simulator.camera import CameraPlan
from app.simulator.farm import Farm
from app.simulator.quirks import Quirks

PASSWORD = "Right-1234"
_hosts = (f"127.16.{high}.{low}" for high, low in itertools.product(range(100, 250), range(1, 250)))
RunCamera = Callable[..., AbstractAsyncContextManager[Farm]]


def tiny_picture(source: object, stream_id: str, width: int, height: int) -> bytes:
    """A stand-in for the painter, which has tests of its own."""
    return f"\xff\xd8 {stream_id} {width}x{height}".encode("latin-1")


@pytest.fixture
def run_camera() -> RunCamera:
    """`async with run_camera("quirk", ...) as farm`: one camera at an address that no other test has."""

    @contextlib.asynccontextmanager
    async def run(*quirks: str, ssdp: bool = False, **more: object) -> AsyncIterator[Farm]:
        given = {"family": "isapi", "http_port": 0, "rtsp_port": 0, "password": PASSWORD, "heartbeat": 0.1, **more}
        plan = CameraPlan(host=next(_hosts), quirks=Quirks.parse(quirks), **given)
        farm = Farm([plan], snapshot=tiny_picture, ssdp=ssdp)
        await farm.start()
        try:
            yield farm
        finally:
            await farm.stop()

    return run

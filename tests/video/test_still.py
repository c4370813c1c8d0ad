"""Pictures of a camera whose protocol has none, taken from its stream."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from app.errors import CameraError
from app.families.media import FromStream, Snapshot, Streams
from app.model.stream import StreamEndpoint, StreamInfo
from app.video.still import StreamSnapshot, with_stills
from tests.families.vigi_rig import session

pytestmark = pytest.mark.anyio


async def test_a_session_without_pictures_gets_them_from_its_stream():
    async with session("127.67.40.1") as opened:
        assert opened.offer(Snapshot) is None
        lent = with_stills(opened)
        pictures = lent.offer(Snapshot)
        assert isinstance(pictures, FromStream)
        async with asyncio.timeout(60):
            assert (await pictures.jpeg()).startswith(b"\xff\xd8\xff")
        assert with_stills(lent) is lent
        assert (lent.address, lent.user, lent.family) == (opened.address, "admin", "vigi")
        with pytest.raises(CameraError):
            await pictures.jpeg(channel=7)


class Silent:
    """A stream at a place where a connection is taken and nothing is said."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def list(self) -> tuple[StreamInfo, ...]:
        return (StreamInfo("1", 1, "main", "Main stream"),)

    def endpoint(self, stream: StreamInfo) -> StreamEndpoint:
        return StreamEndpoint(f"rtsp://127.67.40.2:{self.port}/stream1", transport="tcp")


async def test_giving_up_ends_the_connection():
    gone, came = asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set()
        while await reader.read(4096):
            continue
        gone.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.67.40.2", 0)
    streams: Streams = Silent(server.sockets[0].getsockname()[1])
    looking = asyncio.create_task(StreamSnapshot(streams).jpeg())
    async with asyncio.timeout(30):
        await came.wait()
        looking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await looking
        await gone.wait()
    server.close()
    await server.wait_closed()


def test_a_command_that_needs_no_picture_loads_no_decoder():
    code = "import sys, app.compose; sys.exit('av' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0

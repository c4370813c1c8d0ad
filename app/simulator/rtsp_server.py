"""The RTSP server of one simulated camera: H.264, H.265 and JPEG, inside the connection or by UDP."""

from __future__ import annotations

import asyncio

from app.simulator.closing import late_guests
from app.simulator.picture import VideoSource
from app.simulator.rtsp_conversation import Conversation
from app.simulator.rtsp_sessions import RtspQuirks, Sessions

_HEAD_LIMIT = 16 * 1024


class RtspServer:
    """Start, stop and use it in one event loop."""

    def __init__(self, source: VideoSource, quirks: RtspQuirks | None = None) -> None:
        self.sessions = Sessions(source, quirks or RtspQuirks())
        self._server: asyncio.Server | None = None
        self._talks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._reaper: asyncio.Task[None] | None = None

    @property
    def viewers(self) -> tuple[tuple[str, str], ...]:
        """Stream and address of each session."""
        return tuple((client.stream_id, client.peer) for client in self.sessions.clients)

    async def start(self, host: str, port: int = 0) -> int:
        """Listens; returns the port. OSError when it is taken."""
        self._server = await asyncio.start_server(self._accept, host, port, limit=_HEAD_LIMIT)
        self.sessions.host = host
        self._reaper = asyncio.create_task(self._reap())
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Closes everything and waits for the threads."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._reaper is not None:
            self._reaper.cancel()
            self._reaper = None
        talks = list(self._talks)
        self.drop_all()
        await asyncio.gather(*talks, return_exceptions=True)
        await self.sessions.join()
        await late_guests()

    def drop_all(self) -> None:
        """Every connection and session ends at once, as when the camera reboots."""
        for client in self.sessions.clients:
            self.sessions.end(client)
        for task, writer in self._talks.items():
            writer.transport.abort()
            task.cancel()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None:
            writer.transport.abort()
            return
        task = asyncio.ensure_future(Conversation(self.sessions, reader, writer).run())
        self._talks[task] = writer
        task.add_done_callback(lambda done: self._talks.pop(done, None))

    async def _reap(self) -> None:
        while True:
            await asyncio.sleep(min(1.0, self.sessions.quirks.session_timeout / 4))
            self.sessions.drop_silent()

"""The RTSP server of one simulated camera: H.264, H.265 and JPEG, inside the connection or by UDP."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from app.simulator.closing import late_guests
from app.simulator.picture import VideoSource
from app.simulator.rtsp_conversation import Conversation
from app.simulator.rtsp_feed import Client, Feed

_HEAD_LIMIT = 16 * 1024
_SESSIONS_LIMIT = 32


@dataclass(frozen=True, slots=True)
class RtspQuirks:
    """What real cameras do wrong. silent_on and close_on name a method that gets no answer, or a closed
    connection; lose_every leaves out every n-th RTP packet; session_timeout is in seconds."""

    refuse_tcp: bool = False
    refuse_udp: bool = False
    silent_after_play: bool = False
    no_parameter_sets: bool = False
    no_key_frame_on_play: bool = False
    garbage_after_play: bool = False
    silent_on: str = ""
    close_on: str = ""
    lose_every: int = 0
    session_timeout: float = 60.0


class RtspServer:
    """Start, stop and use it in one event loop. Encoders run in threads of their own, only for viewers."""

    def __init__(self, source: VideoSource, quirks: RtspQuirks | None = None) -> None:
        self.source = source
        self.quirks = quirks or RtspQuirks()
        self._server: asyncio.Server | None = None
        self._host = ""
        self._feeds: dict[str, Feed] = {}
        self._ending: list[Feed] = []
        self._clients: dict[str, Client] = {}
        self._talks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._reaper: asyncio.Task[None] | None = None

    @property
    def sessions(self) -> int:
        """Sessions that are set up."""
        return len(self._clients)

    @property
    def viewers(self) -> tuple[tuple[str, str], ...]:
        """Stream and address of each session."""
        return tuple((client.stream_id, client.peer) for client in self._clients.values())

    @property
    def encoders(self) -> int:
        """Streams that are being encoded."""
        return len(self._feeds)

    async def start(self, host: str, port: int = 0) -> int:
        """Listens; returns the port. OSError when it is taken."""
        self._server = await asyncio.start_server(self._accept, host, port, limit=_HEAD_LIMIT)
        self._host = host
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
        feeds, self._ending = self._ending, []
        for feed in feeds:
            await asyncio.to_thread(feed.join)
        await late_guests()

    def drop_all(self) -> None:
        """Every connection and session ends at once, as when the camera reboots."""
        for client in tuple(self._clients.values()):
            self.end(client)
        for task, writer in self._talks.items():
            writer.transport.abort()
            task.cancel()

    def request_key_frame(self, stream_id: str) -> None:
        """The next picture of the stream is a key frame; nothing happens when nobody watches it."""
        feed = self._feeds.get(stream_id)
        if feed is not None:
            feed.force_key()

    def play(self, client: Client) -> None:
        feed = self._feeds.get(client.stream_id)
        if feed is None:
            feed = self._feeds[client.stream_id] = Feed(self.source, client.stream_id, self._feed_ended)
        elif not client.playing and not self.quirks.no_key_frame_on_play:
            feed.force_key()
        feed.clients.add(client)
        client.playing = True
        if client.sound is not None:
            client.sound.play()

    def pause(self, client: Client) -> None:
        client.pause()
        self._leave(client)

    def end(self, client: Client) -> None:
        self._clients.pop(client.session, None)
        self._leave(client)
        client.close()

    def add(self, client: Client) -> None:
        self._clients[client.session] = client

    def client(self, session: str) -> Client | None:
        return self._clients.get(session)

    @property
    def is_full(self) -> bool:
        return len(self._clients) >= _SESSIONS_LIMIT

    @property
    def host(self) -> str:
        return self._host

    def _leave(self, client: Client) -> None:
        feed = self._feeds.get(client.stream_id)
        if feed is None:
            return
        feed.clients.discard(client)
        if not feed.clients:
            del self._feeds[client.stream_id]
            self._ending = [each for each in self._ending if each.alive]
            self._ending.append(feed)
            feed.stop()

    def _feed_ended(self, feed: Feed) -> None:
        """The encoder is gone: those who still watch are told by the end of their session."""
        if self._feeds.get(feed.stream_id) is feed:
            for client in tuple(feed.clients):
                self._expire(client)

    def _expire(self, client: Client) -> None:
        self.end(client)
        client.carrier.hang_up()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None:
            writer.transport.abort()
            return
        task = asyncio.ensure_future(Conversation(self, reader, writer).run())
        self._talks[task] = writer
        task.add_done_callback(lambda done: self._talks.pop(done, None))

    async def _reap(self) -> None:
        while True:
            await asyncio.sleep(min(1.0, self.quirks.session_timeout / 4))
            limit = time.monotonic() - self.quirks.session_timeout
            for client in tuple(self._clients.values()):
                if client.last_heard < limit:
                    self._expire(client)

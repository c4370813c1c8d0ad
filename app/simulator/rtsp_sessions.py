"""The sessions of one simulated camera's RTSP: who watches which stream, and the encoder that all of them share."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from app.simulator.picture import VideoSource
from app.simulator.rtsp_feed import Client, Feed

_LIMIT = 32


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


class Sessions:
    """Encoders run in threads of their own, only for viewers. host is where the camera listens."""

    def __init__(self, source: VideoSource, quirks: RtspQuirks) -> None:
        self.source = source
        self.quirks = quirks
        self.host = ""
        self._feeds: dict[str, Feed] = {}
        self._ending: list[Feed] = []
        self._clients: dict[str, Client] = {}

    def __len__(self) -> int:
        return len(self._clients)

    @property
    def clients(self) -> tuple[Client, ...]:
        return tuple(self._clients.values())

    @property
    def is_full(self) -> bool:
        return len(self._clients) >= _LIMIT

    @property
    def encoders(self) -> int:
        """Streams that are being encoded."""
        return len(self._feeds)

    def client(self, session: str) -> Client | None:
        return self._clients.get(session)

    def add(self, client: Client) -> None:
        self._clients[client.session] = client

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

    def drop_silent(self) -> None:
        """Ends those that were not heard of for too long."""
        limit = time.monotonic() - self.quirks.session_timeout
        for client in self.clients:
            if client.last_heard < limit:
                self._drop(client)

    def request_key_frame(self, stream_id: str) -> None:
        """The next picture of the stream is a key frame; nothing happens when nobody watches it."""
        feed = self._feeds.get(stream_id)
        if feed is not None:
            feed.force_key()

    async def join(self) -> None:
        """Waits for the threads of encoders that nobody watches any more."""
        feeds, self._ending = self._ending, []
        for feed in feeds:
            await asyncio.to_thread(feed.join)

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
                self._drop(client)

    def _drop(self, client: Client) -> None:
        self.end(client)
        client.carrier.hang_up()

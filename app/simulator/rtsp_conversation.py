"""One RTSP connection of a simulated camera: requests in order, their answers, and verbs of the family's own."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from app.errors import VideoError
from app.simulator import rtp_packets
from app.simulator.encoder import effective, parameter_sets
from app.simulator.picture import EncoderSettings, sound_of
from app.simulator.rtsp_feed import Carrier, Client, InterleavedCarrier, carry
from app.simulator.rtsp_messages import (
    RtspRequest,
    WantedTransport,
    answer,
    body_length,
    parse_head,
    wanted_transports,
)
from app.simulator.rtsp_sessions import Sessions
from app.simulator.rtsp_sound import SoundTrack
from app.simulator.rtsp_verbs import HasVerbs, OwnVerb
from app.simulator.tone import tone

_METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN"

Handler = Callable[[RtspRequest], Awaitable[bytes]]


@dataclass(slots=True)
class Conversation:
    """One connection. Sessions set up with interleaved transport end with it, as the standard wants;
    those by UDP live on until they time out."""

    sessions: Sessions
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    bound: list[Client] = field(default_factory=list)
    own: dict[str, OwnVerb] = field(default_factory=dict)

    async def run(self) -> None:
        try:
            while (request := await self._next()) is not None:
                if not await self._handle(request):
                    break
        except ValueError as fault:
            self.writer.write(answer(400, None, [("X-Reason", str(fault).encode("ascii", "replace").decode())]))
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            pass  # the client is gone or never spoke RTSP: there is nobody to answer
        finally:
            for verb in self.own.values():
                await verb.close()
            for client in self.bound:
                self.sessions.end(client)
            self.writer.close()

    async def _next(self) -> RtspRequest | None:
        """The next request; interleaved reports on the way count as signs of life. None at the end."""
        while True:
            first = await self.reader.read(1)
            if not first:
                return None
            if first == b"$":
                head = await self.reader.readexactly(3)
                data = await self.reader.readexactly(int.from_bytes(head[1:], "big"))
                self._alive()
                for verb in self.own.values():
                    verb.packet(head[0], data)
            elif first not in b"\r\n":
                request = parse_head(first + await self.reader.readuntil(b"\r\n\r\n"))
                return replace(request, body=await self.reader.readexactly(body_length(request)))

    def _alive(self) -> None:
        for client in self.bound:
            client.heard()

    async def _handle(self, request: RtspRequest) -> bool:
        """False when the conversation is over."""
        quirks = self.sessions.quirks
        client = self._client(request)
        if client is not None:
            client.heard()
        if request.method == quirks.close_on:
            return False
        if request.method == quirks.silent_on:
            return True
        verb = self._own_verb(request.method)
        if self.own:
            self._alive()  # such streams have no session that a request could name
        if verb is not None:
            self.writer.write(await verb.answer(request))
            await self.writer.drain()
            return True
        handler = self._handlers().get(request.method)
        reply = answer(405, request, [("Allow", _METHODS)]) if handler is None else None
        if not request.version.startswith("RTSP/1"):
            reply = answer(505, request)
        if request.method != "OPTIONS":  # cameras answer OPTIONS to anybody
            reply = reply or self._refusal(request)
        self.writer.write(reply or await handler(request))  # type: ignore[misc]
        await self.writer.drain()
        return True

    def _own_verb(self, method: str) -> OwnVerb | None:
        """The family's, made at its first use on this connection."""
        source = self.sessions.source
        make = source.rtsp_verbs().get(method) if isinstance(source, HasVerbs) else None
        if make is not None and method not in self.own:
            self.own[method] = make(_Link(self))
        return self.own.get(method)

    def _handlers(self) -> dict[str, Handler]:
        return {
            "OPTIONS": self._options,
            "DESCRIBE": self._describe,
            "SETUP": self._setup,
            "PLAY": self._play,
            "PAUSE": self._pause,
            "GET_PARAMETER": self._keep_alive,
            "SET_PARAMETER": self._keep_alive,
            "TEARDOWN": self._teardown,
        }

    @property
    def peer(self) -> str:
        name = self.writer.get_extra_info("peername")
        return str(name[0]) if name else ""

    def _refusal(self, request: RtspRequest) -> bytes | None:
        given = request.headers.get("authorization")
        challenges = self.sessions.source.rtsp_challenges(request.method, request.uri, given, self.peer)
        if challenges is None:
            return None
        if not challenges:
            return answer(403, request)
        return answer(401, request, [("WWW-Authenticate", value) for value in challenges])

    async def _options(self, request: RtspRequest) -> bytes:
        return answer(200, request, [("Public", _METHODS)])

    async def _describe(self, request: RtspRequest) -> bytes:
        settings = self._settings(request)
        if settings is None:
            return answer(404, request)
        try:
            sets = await asyncio.to_thread(parameter_sets, settings)
        except VideoError:
            return answer(503, request)
        sound = sound_of(self.sessions.source, request.stream_id)
        if sound:
            await asyncio.to_thread(tone, sound)  # coded once, at the first time
        base = request.uri.partition("?")[0].rstrip("/") + "/"
        headers = [("Content-Base", base), ("Content-Type", "application/sdp")]
        return answer(200, request, headers, self._sdp(effective(settings), sets, sound))

    def _sdp(self, settings: EncoderSettings, sets: bytes, sound: str) -> str:
        host = self.sessions.host
        kind = "IP6" if ":" in host else "IP4"
        with_sets = not self.sessions.quirks.no_parameter_sets
        lines = [
            "v=0",
            f"o=- {secrets.randbits(40)} 1 IN {kind} {host}",
            "s=Media Presentation",
            f"c=IN {kind} {'::' if kind == 'IP6' else '0.0.0.0'}",
            "t=0 0",
            "a=control:*",
            "a=range:npt=now-",
            *rtp_packets.media_lines(settings.codec, sets, with_sets=with_sets),
            f"a=x-dimensions:{settings.width},{settings.height}",
            f"a=framerate:{settings.fps:g}",
            "a=recvonly",
            "a=control:trackID=1",
        ]
        if sound:
            lines += [*tone(sound).media_lines, "a=recvonly", "a=control:trackID=2"]
        return "\r\n".join([*lines, ""])

    def _settings(self, request: RtspRequest) -> EncoderSettings | None:
        return self.sessions.source.encoder_settings(request.stream_id) if request.stream_id else None

    async def _setup(self, request: RtspRequest) -> bytes:
        if self._settings(request) is None:
            return answer(404, request)
        if request.session or _is_sound(request):
            return await self._setup_sound(request)
        if self.sessions.is_full:
            return answer(503, request)
        heard: list[Client] = []

        def alive() -> None:
            for client in heard:
                client.heard()

        found = await self._carry(request, alive, 0)
        if isinstance(found, bytes):
            return found
        carrier, transport = found
        client = self.admit(request.stream_id, carrier)
        heard.append(client)
        if isinstance(carrier, InterleavedCarrier):
            self.bound.append(client)
        return self._set_up(request, client, f"{transport};ssrc={client.ssrc:08X}")

    async def _setup_sound(self, request: RtspRequest) -> bytes:
        """A second track joins the session of the picture, by a way of its own."""
        client = self._client(request)
        if client is None:
            return answer(454 if request.session else 455, request)
        codec = sound_of(self.sessions.source, client.stream_id)
        if not _is_sound(request) or not codec or client.sound is not None:
            return answer(455, request)
        found = await self._carry(request, client.heard, 2)
        if isinstance(found, bytes):
            return found
        carrier, transport = found
        track = client.sound = SoundTrack(codec, carrier)
        return self._set_up(request, client, f"{transport};ssrc={track.ssrc:08X}")

    async def _carry(
        self, request: RtspRequest, heard: Callable[[], None], channel: int
    ) -> tuple[Carrier, str] | bytes:
        """The way of the packets and its Transport header, or the refusal."""
        wanted = [each for each in wanted_transports(request.headers.get("transport", "")) if self._takes(each)]
        if not wanted:
            return answer(461, request)
        try:
            return await carry(wanted[0], self.writer.transport, self.sessions.host, self.peer, heard, channel)
        except OSError:
            return answer(503, request)

    def _takes(self, wanted: WantedTransport) -> bool:
        quirks = self.sessions.quirks
        return not (quirks.refuse_tcp if wanted.kind == "tcp" else quirks.refuse_udp)

    def _set_up(self, request: RtspRequest, client: Client, transport: str) -> bytes:
        return answer(200, request, [("Session", self._session_text(client)), ("Transport", transport)])

    def admit(self, stream_id: str, carrier: Carrier) -> Client:
        lose = self.sessions.quirks.lose_every
        client = Client(secrets.token_hex(6), stream_id, carrier, lose_every=lose)
        client.peer = self.peer
        self.sessions.add(client)
        return client

    def _session_text(self, client: Client) -> str:
        return f"{client.session};timeout={max(1, round(self.sessions.quirks.session_timeout))}"

    def _client(self, request: RtspRequest) -> Client | None:
        return self.sessions.client(request.session)

    async def _play(self, request: RtspRequest) -> bytes:
        client = self._client(request)
        if client is None:
            return answer(454, request)
        quirks = self.sessions.quirks
        if quirks.garbage_after_play:
            self.writer.write(secrets.token_bytes(4096))
        elif not quirks.silent_after_play:
            # The loop sends pictures only after this answer was written: no packet can overtake it.
            self.sessions.play(client)
        track = request.uri.rstrip("/").removesuffix("/trackID=1") + "/trackID=1"
        headers = [
            ("Session", self._session_text(client)),
            ("Range", "npt=now-"),
            ("RTP-Info", f"url={track};seq={client.sequence}"),
        ]
        return answer(200, request, headers)

    async def _pause(self, request: RtspRequest) -> bytes:
        client = self._client(request)
        if client is None:
            return answer(454, request)
        self.sessions.pause(client)
        return answer(200, request, [("Session", self._session_text(client))])

    async def _keep_alive(self, request: RtspRequest) -> bytes:
        client = self._client(request)
        if request.session and client is None:
            return answer(454, request)
        return answer(200, request, [("Session", self._session_text(client))] if client else [])

    async def _teardown(self, request: RtspRequest) -> bytes:
        client = self._client(request)
        if client is None:
            return answer(454, request)
        self.sessions.end(client)
        if client in self.bound:
            self.bound.remove(client)
        return answer(200, request)


def _is_sound(request: RtspRequest) -> bool:
    return request.uri.partition("?")[0].rstrip("/").endswith("trackID=2")


@dataclass(frozen=True, slots=True)
class _Link:
    """Implements Link."""

    talk: Conversation

    @property
    def peer(self) -> str:
        return self.talk.peer

    @property
    def transport(self) -> asyncio.WriteTransport:
        return self.talk.writer.transport

    async def drain(self) -> None:
        await self.talk.writer.drain()

    def watch(self, stream_id: str, channel: int, changed: Callable[[EncoderSettings], None]) -> Client | None:
        sessions = self.talk.sessions
        settings = sessions.source.encoder_settings(stream_id)
        if sessions.is_full or settings is None:
            return None
        client = self.talk.admit(stream_id, InterleavedCarrier(self.transport, channel, reports=False))
        client.described, client.changed = effective(settings), changed
        self.talk.bound.append(client)
        sessions.play(client)
        return client

    def leave(self, client: Client) -> None:
        self.talk.sessions.end(client)
        if client in self.talk.bound:
            self.talk.bound.remove(client)

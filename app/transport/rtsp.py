"""An RTSP connection as one thread sees it: blocking calls with deadlines, ended by `shutdown` from any thread."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Callable, Iterator

from app.errors import ConnectionLost, NotSupported, ProtocolError, TimedOut
from app.model.device import Address
from app.model.stream import Pins, StreamEndpoint
from app.transport.http_stream import ask
from app.transport.line import Line, Wire
from app.transport.packets import Limits, Media, Packets
from app.transport.ports import Ports
from app.transport.tls import MemoryPins
from app.wire.digest import DigestClient
from app.wire.rtsp import Interleaved, Message, Parser, Request, encode
from app.wire.rtsp_play import Conversation, Negotiation, Playing, StreamEnded, negotiate
from app.wire.rtsp_refusal import Moved
from app.wire.rtsp_target import Target

_EARLY_LIMIT = 4096  # packets kept that overtake the answer to PLAY
_MOVES = 3
_TUNNEL = "application/x-rtsp-tunnelled"


def connection_of(endpoint: StreamEndpoint, limits: Limits) -> Packets:
    """The family's own connection where the endpoint brings one, else RTSP."""
    if endpoint.connection is not None:
        own: Packets = endpoint.connection(endpoint, limits)
        return own
    return RtspConnection(endpoint, limits)


class RtspConnection:
    """open, then read until something is raised, then close: all in one thread. shutdown may come from any other."""

    def __init__(
        self,
        endpoint: StreamEndpoint,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        *,
        negotiation: Negotiation = negotiate,
        conversation: Callable[[str, DigestClient | None], Conversation] = Conversation,
    ) -> None:
        self._negotiation = negotiation
        self._conversation = conversation
        self._endpoint = endpoint
        self._limits = limits
        self._auth = (
            DigestClient(endpoint.user, endpoint.password, allow_basic=endpoint.allow_basic) if endpoint.user else None
        )
        self._line = Line()
        self._wire: Wire | None = None  # what is read; written as well, unless there is a tunnel
        self._post: Wire | None = None  # the tunnel's way to the camera
        self._ports = Ports(self._line)
        self._server = ""
        self._parser = Parser()
        self._talk = conversation("", None)
        self._playing: Playing | None = None
        self._tunnelled = b""  # what came with the head of the tunnel's answer
        self._early: list[Media] = []
        self._end: StreamEnded | None = None
        self._last_media = 0.0
        self._heard = False
        self._next_keep_alive = 0.0

    @property
    def skipped(self) -> int:
        """Bytes between messages that made no sense."""
        return self._parser.skipped

    def open(self) -> Playing:
        """Connects and asks for the stream. Raises any CameraError but DeviceFault."""
        url = self._endpoint.url
        for _ in range(_MOVES):
            target = Target.parse(url)
            try:
                self._connect(target)
                self._playing = self._negotiate(target)
            except Moved as moved:
                url = moved.url
                self._drop()
                continue
            self._last_media = time.monotonic()
            self._plan_keep_alive()
            return self._playing
        raise ProtocolError("The camera sends the stream's viewers in a circle.", detail=url)

    def read(self, wait: float) -> list[Media]:
        """What arrived, at most `wait` seconds later; nothing is no error until the limit for silence is reached."""
        until = time.monotonic() + wait
        while True:
            if self._early:
                early, self._early, self._heard = self._early, [], True
                return early
            now = time.monotonic()
            silence_ends = self._last_media + self._limits.silence
            if now >= silence_ends:
                raise self._silence()
            if now >= self._next_keep_alive:
                self._keep_alive()
            found = list(self._arrived(min(until, silence_ends, self._next_keep_alive)))
            if found:
                self._heard = True
                return found
            if self._end is not None:
                raise self._end
            if time.monotonic() >= until:
                return []

    def _silence(self) -> TimedOut:
        seconds = f"{self._limits.silence:.0f} s"
        if self._heard:
            return TimedOut(f"The camera stopped sending the stream {seconds} ago.")
        return TimedOut(
            f"The camera agreed to send the stream, but nothing came for {seconds}.",
            hint="A firewall may keep UDP away from this computer: choose TCP." if self._ports.sockets else "",
        )

    def send_control(self, data: bytes, *, audio: bool = False) -> None:
        """An RTCP packet to the server, best effort."""
        playing = self._playing
        agreed = playing.audio if playing is not None and audio else playing
        if agreed is None or self._wire is None or agreed.rtcp < 0:
            return
        if not self._ports.sockets:
            self._offer(bytes((0x24, agreed.rtcp)) + len(data).to_bytes(2, "big") + data)
        elif agreed.rtcp:
            self._ports.report(data, (self._server, agreed.rtcp), audio=audio)

    def send_packet(self, channel: int, data: bytes) -> None:
        """An RTP packet of our own inside the connection, best effort: a lost one shows in `read`."""
        self._offer(bytes((0x24, channel)) + len(data).to_bytes(2, "big") + data)

    def shutdown(self) -> None:
        """Ends whatever the owner's thread waits for, at once; that call raises ConnectionLost."""
        self._line.shutdown()

    def close(self) -> None:
        """By the owner's thread. Says goodbye without waiting for an answer."""
        if self._playing is not None and self._wire is not None:
            self._offer(self._talk.encode(self._talk.teardown()))
            (self._post or self._wire).end()
        self._drop()
        self._line.close()

    # Opening

    def _connect(self, target: Target) -> None:
        address = Address(target.host, target.port)
        pins = (self._endpoint.pins or MemoryPins()) if target.secure else None
        self._wire = self._line.connect(address, self._limits.connect, pins)
        self._server = self._wire.peer
        self._parser = Parser()
        if target.tunnel:
            self._tunnel(target, address, pins)

    def _tunnel(self, target: Target, address: Address, pins: Pins | None) -> None:
        """Two HTTP connections under one cookie: one to read from, one to write base64 to."""
        assert self._wire is not None
        path = "/" + target.url.split("/", 3)[3] if target.url.count("/") > 2 else "/"
        cookie = ("x-sessioncookie", secrets.token_hex(11))
        head, rest, self._wire = ask(
            self._line,
            self._wire,
            address,
            path,
            auth=self._auth,
            limits=(self._limits.connect, self._limits.answer),
            pins=pins,
            headers=(cookie, ("Accept", _TUNNEL), ("Cache-Control", "no-cache"), ("Pragma", "no-cache")),
        )
        if head.status != 200:
            raise NotSupported(
                "The camera does not send its stream inside HTTP.", detail=f"HTTP {head.status} to the tunnel's GET"
            )
        self._tunnelled = rest
        self._post = self._line.connect(address, self._limits.connect, pins)
        lines = [f"POST {path} HTTP/1.0", f"Host: {address}", f"{cookie[0]}: {cookie[1]}", f"Content-Type: {_TUNNEL}"]
        value = self._auth.authorization("POST", path) if self._auth else None
        lines += [f"Authorization: {value}"] if value else []
        lines += ["Cache-Control: no-cache", "Pragma: no-cache", "Content-Length: 32767"]
        until = time.monotonic() + self._limits.answer
        self._post.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace"), until)

    def _negotiate(self, target: Target) -> Playing:
        self._talk = self._conversation(target.url, self._auth)
        wanted = {"tcp": ("tcp",), "udp": ("udp",)}.get(self._endpoint.transport, ("tcp", "udp"))
        if target.secure or target.tunnel:
            wanted = ("tcp",)
        sound = self._open_ports if self._endpoint.audio else None
        steps = self._negotiation(self._talk, wanted, self._open_ports, sound)
        self._parser.pausing = True
        request = next(steps)
        self._parser.channels = self._talk.channels
        while True:
            answer = self._exchange(request)
            try:
                request = steps.send(answer)
            except StopIteration as done:
                playing: Playing = done.value
                break
            finally:
                self._parser.channels = self._talk.channels
        self._parser.pausing = False
        if playing.transport == "tcp":
            self._ports.close()
        return playing

    def _exchange(self, request: Request) -> Message:
        self._send(self._talk.encode(request))
        deadline = time.monotonic() + self._limits.answer
        found = self._parser.feed(b"")
        while True:
            for each in found:
                if isinstance(each, Interleaved):
                    self._keep_early(each)
                elif (answer := self._judge(each)) is not None:
                    return answer
            if found:
                found = self._parser.feed(b"")  # it pauses after each message
                continue
            ready = self._line.ready(deadline)
            if not ready and time.monotonic() >= deadline:
                raise TimedOut(
                    f"The camera took the connection but did not answer {request.method}"
                    f" within {self._limits.answer:.0f} s.",
                    hint="It may serve only a few viewers at a time.",
                )
            if self._post is not None and self._post.socket in ready:
                self._post.receive()
            if self._wire is None or self._wire.socket not in ready:
                continue
            found = self._receive()

    def _keep_early(self, frame: Interleaved) -> None:
        if len(self._early) < _EARLY_LIMIT:
            place = self._talk.channels.index(frame.channel)
            self._early.append(Media(frame.payload, place % 2 == 1, time.monotonic(), place > 1))

    def _judge(self, message: Message) -> Message | None:
        """The message itself where it is the answer that is waited for."""
        if self._talk.news(message) is not None:
            return None
        if message.status == 0:
            self._reply(message)
            return None
        is_final = message.status >= 200
        return message if is_final and message.cseq in (None, self._talk.cseq) else None

    def _open_ports(self) -> tuple[int, int]:
        assert self._wire is not None
        return self._ports.open_pair(self._wire.socket.family, self._wire.own)

    # Playing

    def _arrived(self, until: float) -> Iterator[Media]:
        """Waits once, then gives what every socket has. The selector's order does not matter."""
        assert self._wire is not None
        ready = self._line.ready(until)
        arrival = time.monotonic()
        for each in ready:
            if each is self._wire.socket:
                yield from self._inside(arrival)
            elif each in self._ports.sockets:
                place = self._ports.sockets.index(each)
                for data in self._ports.datagrams(each, self._server):
                    self._heard_media(place, arrival)
                    yield Media(data, place % 2 == 1, arrival, place > 1)
            elif self._post is not None:
                self._post.receive()  # nothing is expected there but its end

    def _inside(self, arrival: float) -> Iterator[Media]:
        """What came on the connection itself: packets between messages."""
        channels = self._talk.channels
        for found in self._receive():
            if isinstance(found, Message):
                yield from self._told(found, arrival)
            elif found.channel in channels:
                place = channels.index(found.channel)
                self._heard_media(place, arrival)
                yield Media(found.payload, place % 2 == 1, arrival, place > 1)

    def _told(self, message: Message, arrival: float) -> Iterator[Media]:
        news = self._talk.news(message)
        if news is None:
            self._message(message)
        elif news.end is not None:
            self._end = news.end
        elif news.track is not None:
            yield Media(b"", False, arrival, track=news.track)

    def _heard_media(self, place: int, arrival: float) -> None:
        """Only pictures count: a camera that sends nothing but sound is silent to the eye."""
        if place == 0:
            self._last_media = arrival

    def _message(self, message: Message) -> None:
        if message.status == 0:
            self._reply(message)
        elif message.cseq in (None, self._talk.cseq):
            again = self._talk.judge_keep_alive(message)
            if again is not None:
                self._send(self._talk.encode(again))

    def _reply(self, request: Message) -> None:
        """Servers may ask, too: some do not send on before they hear something."""
        known = request.method in ("OPTIONS", "GET_PARAMETER", "SET_PARAMETER", "ANNOUNCE")
        start = "RTSP/1.0 200 OK" if known else "RTSP/1.0 501 Not Implemented"
        headers = (("CSeq", str(request.cseq)),) if request.cseq is not None else ()
        self._send(encode(start, headers))
        if request.method in ("TEARDOWN", "REDIRECT"):
            raise ConnectionLost("The camera ended the stream.", detail=f"RTSP {request.method} from the camera")

    def _keep_alive(self) -> None:
        self._plan_keep_alive()
        self._send(self._talk.encode(self._talk.keep_alive()))

    def _plan_keep_alive(self) -> None:
        self._next_keep_alive = time.monotonic() + min(max(self._talk.timeout / 2, 0.5), 60.0)

    # Sockets

    def _receive(self) -> list[Message | Interleaved]:
        assert self._wire is not None
        data, self._tunnelled = self._tunnelled + self._wire.receive(), b""
        return self._parser.feed(data)

    def _send(self, data: bytes) -> None:
        way = self._post or self._wire
        assert way is not None
        way.send(base64.b64encode(data) if self._post else data, time.monotonic() + self._limits.answer)

    def _offer(self, data: bytes) -> None:
        way = self._post or self._wire
        if way is not None:
            way.offer(base64.b64encode(data) if self._post else data)

    def _drop(self) -> None:
        self._ports.close()
        for each in (self._wire, self._post):
            if each is not None:
                each.close()
        self._wire = self._post = None
        self._tunnelled = b""
        self._playing = None
        self._early.clear()

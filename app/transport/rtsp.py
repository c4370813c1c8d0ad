"""An RTSP connection as one thread sees it: blocking calls with deadlines, ended at once by `shutdown` from any thread.

Every wait is a selector that also watches a wake-up socket, so that connecting, asking and receiving can be ended in
the same way on every system.
"""

from __future__ import annotations

import errno
import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from app.errors import ConnectionLost, ProtocolError, TimedOut, Unreachable
from app.model.stream import StreamEndpoint
from app.wire.digest import DigestClient
from app.wire.rtsp import Interleaved, Message, Parser, Request, encode
from app.wire.rtsp_play import Conversation, Moved, Playing, Target, negotiate

_CHUNK = 256 * 1024
_DATAGRAMS = 256  # taken at once before anything else gets its turn
_UDP_BUFFER = 2 * 1024 * 1024  # a key frame arrives as one burst
_EARLY_LIMIT = 4096  # packets kept that overtake the answer to PLAY
_MOVES = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: to connect, to each answer, without any media while playing."""

    connect: float = 5.0
    answer: float = 8.0
    silence: float = 10.0


class Media(NamedTuple):
    """One RTP packet, or one RTCP packet where control is set. arrival is time.monotonic()."""

    data: bytes
    control: bool
    arrival: float


class RtspConnection:
    """open, then read until something is raised, then close: all in one thread. shutdown may come from any other."""

    def __init__(self, endpoint: StreamEndpoint, limits: Limits = Limits()) -> None:
        self._endpoint = endpoint
        self._limits = limits
        self._auth = (
            DigestClient(endpoint.user, endpoint.password, allow_basic=endpoint.allow_basic) if endpoint.user else None
        )
        self._wake_end, self._wake = socket.socketpair()
        self._stopped = False
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._wake_end, selectors.EVENT_READ)
        self._tcp: socket.socket | None = None
        self._udp: tuple[socket.socket, socket.socket] | None = None
        self._server = ""
        self._parser = Parser()
        self._talk = Conversation("", None)
        self._playing: Playing | None = None
        self._early: list[Media] = []
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
            if time.monotonic() >= until:
                return []

    def _silence(self) -> TimedOut:
        seconds = f"{self._limits.silence:.0f} s"
        if self._heard:
            return TimedOut(f"The camera stopped sending the stream {seconds} ago.")
        return TimedOut(
            f"The camera agreed to send the stream, but nothing came for {seconds}.",
            hint="A firewall may keep UDP away from this computer: choose TCP." if self._udp else "",
        )

    def send_control(self, data: bytes) -> None:
        """An RTCP packet to the server, best effort."""
        if self._playing is None or self._tcp is None:
            return
        try:
            if self._udp is None:
                self._tcp.send(bytes((0x24, self._playing.rtcp)) + len(data).to_bytes(2, "big") + data)
            elif self._playing.rtcp:
                self._udp[1].sendto(data, (self._server, self._playing.rtcp))
        except OSError:
            pass  # a report more or less; a lost connection shows in read

    def shutdown(self) -> None:
        """Ends whatever the owner's thread waits for, at once; that call raises ConnectionLost."""
        self._stopped = True
        try:
            self._wake.send(b"\0")
        except OSError:
            pass  # already closed: nobody waits any more

    def close(self) -> None:
        """By the owner's thread. Says goodbye without waiting for an answer."""
        if self._playing is not None and self._tcp is not None:
            try:
                self._tcp.send(self._talk.encode(self._talk.teardown()))
                self._tcp.shutdown(socket.SHUT_WR)
            except (OSError, ProtocolError):
                pass  # the server is gone; so are we
        self._drop()
        self._selector.close()
        self._wake.close()
        self._wake_end.close()

    # Opening

    def _connect(self, target: Target) -> None:
        deadline = time.monotonic() + self._limits.connect
        where = f"{target.host}:{target.port}"
        try:
            places = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable(f"The name {target.host} leads nowhere.", detail=str(error)) from error
        reason = ""
        for family, kind, protocol, _, place in places:
            tcp = socket.socket(family, kind, protocol)
            tcp.setblocking(False)
            try:
                code = self._connect_one(tcp, place, deadline)
            except BaseException:
                tcp.close()
                raise
            if code == 0:
                tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._tcp = tcp
                self._server = str(tcp.getpeername()[0])
                self._selector.register(tcp, selectors.EVENT_READ)
                return
            tcp.close()
            reason = f"{errno.errorcode.get(code, '')} {code}".strip()
            if code == errno.ETIMEDOUT:
                raise TimedOut(f"The stream's port at {where} does not answer.", detail=reason)
        raise Unreachable(
            f"Nothing answers at the stream's port {where}.",
            hint="Check that RTSP is switched on and its port is right.",
            detail=reason,
        )

    def _connect_one(self, tcp: socket.socket, place: object, deadline: float) -> int:
        """0 or an errno; ETIMEDOUT when the deadline passed."""
        code = tcp.connect_ex(place)  # type: ignore[arg-type]
        if code not in (errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", -1)):
            return code
        self._selector.register(tcp, selectors.EVENT_WRITE)
        try:
            if tcp not in self._ready(deadline):
                return errno.ETIMEDOUT
        finally:
            self._selector.unregister(tcp)
        return tcp.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)

    def _negotiate(self, target: Target) -> Playing:
        self._parser = Parser()
        self._talk = Conversation(target.url, self._auth)
        wanted = {"tcp": ("tcp",), "udp": ("udp",)}.get(self._endpoint.transport, ("tcp", "udp"))
        steps = negotiate(self._talk, wanted, self._open_ports)
        request = next(steps)
        while True:
            self._parser.channels = self._talk.channels
            answer = self._exchange(request)
            try:
                request = steps.send(answer)
            except StopIteration as done:
                playing: Playing = done.value
                break
        if playing.transport == "tcp":
            self._close_ports()
        return playing

    def _exchange(self, request: Request) -> Message:
        self._send(self._talk.encode(request))
        deadline = time.monotonic() + self._limits.answer
        while True:
            ready = self._ready(deadline)
            if not ready and time.monotonic() >= deadline:
                raise TimedOut(
                    f"The camera took the connection but did not answer {request.method}"
                    f" within {self._limits.answer:.0f} s.",
                    hint="It may serve only a few viewers at a time.",
                )
            if self._tcp not in ready:
                continue
            answer: Message | None = None
            for found in self._receive():
                if isinstance(found, Interleaved):
                    if len(self._early) < _EARLY_LIMIT:
                        control = found.channel != self._talk.channels[0]
                        self._early.append(Media(found.payload, control, time.monotonic()))
                elif found.status == 0:
                    self._reply(found)
                elif 100 <= found.status < 200:
                    continue
                elif found.cseq in (None, self._talk.cseq):
                    answer = found
            if answer is not None:
                return answer

    def _open_ports(self) -> tuple[int, int]:
        """An even port and the next one on the address that reaches the server."""
        assert self._tcp is not None
        if self._udp is None:
            self._udp = _port_pair(self._tcp.family, str(self._tcp.getsockname()[0]))
            for each in self._udp:
                self._selector.register(each, selectors.EVENT_READ)
        return self._udp[0].getsockname()[1], self._udp[1].getsockname()[1]

    # Playing

    def _arrived(self, until: float) -> Iterator[Media]:
        """Waits once, then gives what every socket has. The selector's order does not matter."""
        assert self._playing is not None
        ready = self._ready(until)
        arrival = time.monotonic()
        for each in ready:
            if each is self._tcp:
                for found in self._receive():
                    if isinstance(found, Message):
                        self._message(found)
                    elif found.channel == self._playing.rtp:
                        self._last_media = arrival
                        yield Media(found.payload, False, arrival)
                    elif found.channel == self._playing.rtcp:
                        yield Media(found.payload, True, arrival)
            elif self._udp is not None:
                control = each is self._udp[1]
                for data in self._datagrams(each):
                    if not control:
                        self._last_media = arrival
                    yield Media(data, control, arrival)

    def _datagrams(self, udp: socket.socket) -> Iterator[bytes]:
        for _ in range(_DATAGRAMS):
            try:
                data, sender = udp.recvfrom(65536)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in (errno.ECONNREFUSED, errno.ECONNRESET):
                    continue  # an answer to a report of ours that found no listener
                raise ConnectionLost("The stream's receiving port failed.", detail=str(error)) from error
            if sender[0] == self._server:
                yield data

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

    def _ready(self, until: float) -> list[socket.socket]:
        """The sockets with something to do; ConnectionLost when shutdown was called."""
        events = self._selector.select(max(until - time.monotonic(), 0))
        if self._stopped:
            raise ConnectionLost("The view was closed.")
        return [key.fileobj for key, _ in events if isinstance(key.fileobj, socket.socket)]

    def _receive(self) -> list[Message | Interleaved]:
        assert self._tcp is not None
        try:
            data = self._tcp.recv(_CHUNK)
        except BlockingIOError:
            return []
        except OSError as error:
            raise ConnectionLost("The camera broke the connection.", detail=str(error)) from error
        if not data:
            raise ConnectionLost("The camera closed the connection.")
        return self._parser.feed(data)

    def _send(self, data: bytes) -> None:
        assert self._tcp is not None
        deadline = time.monotonic() + self._limits.answer
        view = memoryview(data)
        while view:
            try:
                view = view[self._tcp.send(view) :]
            except BlockingIOError:
                self._wait_writable(deadline)
            except OSError as error:
                raise ConnectionLost("The camera broke the connection.", detail=str(error)) from error

    def _wait_writable(self, deadline: float) -> None:
        assert self._tcp is not None
        self._selector.modify(self._tcp, selectors.EVENT_WRITE)
        try:
            if self._tcp not in self._ready(deadline) and time.monotonic() >= deadline:
                raise TimedOut("The camera does not read what it is asked.")
        finally:
            self._selector.modify(self._tcp, selectors.EVENT_READ)

    def _close_ports(self) -> None:
        if self._udp is not None:
            for each in self._udp:
                self._selector.unregister(each)
                each.close()
            self._udp = None

    def _drop(self) -> None:
        self._close_ports()
        if self._tcp is not None:
            self._selector.unregister(self._tcp)
            self._tcp.close()
            self._tcp = None
        self._playing = None
        self._early.clear()


def _port_pair(family: int, address: str) -> tuple[socket.socket, socket.socket]:
    for _ in range(64):
        first = socket.socket(family, socket.SOCK_DGRAM)
        second = socket.socket(family, socket.SOCK_DGRAM)
        try:
            first.bind((address, 0))
            port = first.getsockname()[1]
            if port % 2 == 0:
                second.bind((address, port + 1))
                for each in (first, second):
                    each.setblocking(False)
                first.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _UDP_BUFFER)
                return first, second
        except OSError:
            pass  # the neighbour is taken: another pair
        first.close()
        second.close()
    raise Unreachable("No pair of UDP ports is free on this computer.")

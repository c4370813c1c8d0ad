"""An RTSP server that misbehaves on demand, on real sockets. Knows nothing of the code under test."""

from __future__ import annotations

import base64
import hashlib
import re
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

ADDRESS = "127.15.0.1"
CLOSE, RESET, HANG = "close", "reset", "hang"


@dataclass
class Script:
    """answers: method -> a status, CLOSE, RESET, HANG or whole bytes, used instead of the regular answer.

    pictures are lists of RTP packets; they are sent pace seconds apart, over and over while loop. after: CLOSE,
    RESET or HANG (silence) once they are out. mangle gets the packets of one picture and gives what is sent.
    """

    sdp: str = ""
    pictures: list[list[bytes]] = field(default_factory=list)
    answers: dict[str, object] = field(default_factory=dict)
    pace: float = 0.01
    loop: bool = True
    after: str = HANG
    auth: str = ""
    password: str = "secret"
    public: str = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"
    session: str = "s1"
    enforce_timeout: float | None = None
    refuse_tcp: int = 0
    refuse_udp: int = 0
    before_media: bytes = b""
    between: bytes = b""
    location: str = ""
    content_base: bool = True
    mangle: Callable[[list[bytes]], list[bytes]] = list
    foreign: bool = False  # UDP packets from another address as well
    sound: list[bytes] = field(default_factory=list)  # RTP packets; one goes before each picture
    refuse_sound: int = 0
    verb: str = "PLAY"  # that starts the pictures


class Server:
    """`with Server(script) as server`: server.url; server.requests lists (method, url, headers)."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.connections = 0
        self.expired = threading.Event()
        self.torn_down = threading.Event()
        self._listener = socket.create_server((ADDRESS, 0))
        self.port = self._listener.getsockname()[1]
        self._closed = threading.Event()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        return f"rtsp://{ADDRESS}:{self.port}/live"

    def count(self, method: str) -> int:
        return sum(1 for request in self.requests if request[0] == method)

    def __enter__(self) -> Server:
        self._spawn(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._closed.set()
        for each in [self._listener, *self._sockets]:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            each.close()
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()

    def _spawn(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=self._quietly, args=(target, *args))
        self._threads.append(thread)
        thread.start()

    def _quietly(self, target: Callable[..., None], *args: object) -> None:
        try:
            target(*args)
        except OSError:
            pass  # the client went away, or the test is over

    def _accept(self) -> None:
        while not self._closed.is_set():
            connection, _ = self._listener.accept()
            self.connections += 1
            self._sockets.append(connection)
            if self._closed.is_set():
                connection.close()
                return
            self._spawn(Connection(self, connection).run)


class Connection:
    def __init__(self, server: Server, connection: socket.socket) -> None:
        self.server, self.script, self.socket = server, server.script, connection
        self.buffer = b""
        self.udp: tuple[int, int] | None = None
        self.sound_at: int | None = None  # channel or port
        self.lock = threading.Lock()
        self.client = connection.getpeername()[0]

    def run(self) -> None:
        while (request := self._request()) is not None:
            method, url, headers = request
            self.server.requests.append(request)
            if method == "TEARDOWN":
                self.server.torn_down.set()
            if not self._answer(method, url, headers):
                return

    def _request(self) -> tuple[str, str, dict[str, str]] | None:
        while True:
            while self.buffer[:1] == b"$":
                need = 4 + int.from_bytes(self.buffer[2:4], "big") if len(self.buffer) >= 4 else 4
                if len(self.buffer) < need:
                    break
                self.buffer = self.buffer[need:]
            if self.buffer[:1] != b"$" and b"\r\n\r\n" in self.buffer:
                break
            if self.script.enforce_timeout and self.server.count("PLAY"):
                self.socket.settimeout(self.script.enforce_timeout)
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                self.server.expired.set()
                self._end(CLOSE)
                return None
            if not data:
                return None
            self.buffer += data
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        method, url, _ = lines[0].split(" ")
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
        }
        size = int(headers.get("content-length", "0"))
        while len(self.buffer) < size:
            self.buffer += self.socket.recv(65536)
        self.buffer = self.buffer[size:]
        return method, url, headers

    def _answer(self, method: str, url: str, headers: dict[str, str]) -> bool:
        script, cseq = self.script, headers.get("cseq", "0")
        special = script.answers.get(method)
        if callable(special):
            special = special(self.server.count(method))
        if special in (CLOSE, RESET):
            self._end(str(special))
            return False
        if special == HANG:
            return True
        if isinstance(special, bytes):
            self._send(special)
            return True
        if script.auth and method != "OPTIONS" and not self._authorised(method, headers.get("authorization", "")):
            self._status(401, cseq, _challenges(script.auth))
            return True
        if isinstance(special, int) and special != 200:
            self._status(special, cseq, [f"Location: {script.location}"] if script.location else [])
            return True
        return self._regular(method, url, headers, cseq)

    def _regular(self, method: str, url: str, headers: dict[str, str], cseq: str) -> bool:
        script = self.script
        if method == "OPTIONS":
            self._status(200, cseq, [f"Public: {script.public}"])
        elif method == "DESCRIBE":
            lines = ["Content-Type: application/sdp"]
            if script.content_base:
                lines.append(f"Content-Base: {url}/")
            self._status(200, cseq, lines, script.sdp.encode())
        elif method == "SETUP":
            self._setup(headers.get("transport", ""), cseq, sound=url.endswith("trackID=2"))
        elif method == script.verb:
            self._status(200, cseq, [f"Session: {script.session}"])
            self._send(script.before_media)
            self.server._spawn(self._play)
        else:
            self._status(200, cseq, [f"Session: {script.session}"])
        return True

    def _setup(self, transport: str, cseq: str, *, sound: bool) -> None:
        tcp = "interleaved" in transport
        if sound:
            self._setup_sound(transport, cseq)
            return
        refused = self.script.refuse_tcp if tcp else self.script.refuse_udp
        if refused:
            self._status(refused, cseq, [])
            return
        session = f"Session: {self.script.session}"
        if tcp:
            self._status(200, cseq, [session, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1"])
            return
        first, second = re.search(r"client_port=(\d+)-(\d+)", transport).groups()  # type: ignore[union-attr]
        self.udp = (int(first), int(second))
        self._status(200, cseq, [session, f"Transport: {transport};server_port=0-0"])

    def _setup_sound(self, transport: str, cseq: str) -> None:
        if self.script.refuse_sound:
            self._status(self.script.refuse_sound, cseq, [])
            return
        self.sound_at = int(re.search(r"(?:interleaved|client_port)=(\d+)", transport)[1])  # type: ignore[index]
        self._status(200, cseq, [f"Session: {self.script.session}", f"Transport: {transport}"])

    def _send_sound(self, number: int, out: socket.socket) -> None:
        if self.sound_at is None or not self.script.sound:
            return
        packet = self.script.sound[number % len(self.script.sound)]
        if self.udp is None:
            self._send(struct.pack("!BBH", 0x24, self.sound_at, len(packet)) + packet)
        else:
            out.sendto(packet, (self.client, self.sound_at))

    def _send_picture(self, packet: bytes, out: socket.socket, liar: socket.socket) -> None:
        if self.udp is None:
            self._send(struct.pack("!BBH", 0x24, 0, len(packet)) + packet + self.script.between)
            return
        if self.script.foreign:
            liar.sendto(packet[:12] + bytes(len(packet) - 12), (self.client, self.udp[0]))
        out.sendto(packet, (self.client, self.udp[0]))

    def _play(self) -> None:
        script = self.script
        out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        liar = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with out, liar:
            out.bind((ADDRESS, 0))
            liar.bind(("127.15.0.9", 0))
            shift = 0
            while not self.server._closed.is_set():
                for number, packets in enumerate(script.pictures):
                    self._send_sound(shift * len(script.pictures) + number, out)
                    for packet in script.mangle([_shifted(packet, shift, script.pictures) for packet in packets]):
                        self._send_picture(packet, out, liar)
                    if self.server._closed.wait(script.pace):
                        return
                if not script.loop:
                    break
                shift += 1
            if script.after != HANG:
                self._end(script.after)

    def _authorised(self, method: str, text: str) -> bool:
        script = self.script
        if script.auth == "basic":
            return text == "Basic " + base64.b64encode(f"admin:{script.password}".encode()).decode()
        values = dict(re.findall(r'(\w+)="?([^",]*)"?', text))
        if not text.startswith("Digest") or values.get("nonce") != "n0nce":
            return False
        name = "sha256" if script.auth == "sha256" else "md5"

        def h(value: str) -> str:
            return hashlib.new(name, value.encode()).hexdigest()

        middle = f"n0nce:{values['nc']}:{values['cnonce']}:auth" if "qop" in values else "n0nce"
        expected = h(f"{h(f'admin:cam:{script.password}')}:{middle}:{h(f'{method}:' + values['uri'])}")
        return values.get("response") == expected

    def _status(self, status: int, cseq: str, lines: list[str], body: bytes = b"") -> None:
        head = [f"RTSP/1.0 {status} Something", f"CSeq: {cseq}", *lines]
        if body:
            head.append(f"Content-Length: {len(body)}")
        self._send("\r\n".join([*head, "", ""]).encode() + body)

    def _send(self, data: bytes) -> None:
        with self.lock:
            self.socket.sendall(data)

    def _end(self, how: str) -> None:
        if how == RESET:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.socket.shutdown(socket.SHUT_RD)  # a thread that still reads would hold the socket open
        else:
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def _challenges(auth: str) -> list[str]:
    if auth == "basic":
        return ['WWW-Authenticate: Basic realm="cam"']
    algorithm = ", algorithm=SHA-256" if auth == "sha256" else ""
    return [f'WWW-Authenticate: Digest realm="cam", nonce="n0nce", qop="auth"{algorithm}']


def _shifted(packet: bytes, rounds: int, pictures: list[list[bytes]]) -> bytes:
    """The clip once more: numbers and times go on where the round before ended."""
    if not rounds:
        return packet
    first, second, sequence, timestamp, ssrc = struct.unpack_from("!BBHII", packet)
    sequence = (sequence + rounds * sum(map(len, pictures))) & 0xFFFF
    timestamp = (timestamp + rounds * len(pictures) * 3600) & 0xFFFFFFFF
    return struct.pack("!BBHII", first, second, sequence, timestamp, ssrc) + packet[12:]

"""A web server on loopback that does whatever a test wants, byte by byte, and remembers what it was asked."""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType

HOST = "127.13.0.1"
PATIENCE = 60.0  # seconds; only a broken test waits that long


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]  # lower-case names
    body: bytes
    connection: int  # counted from 0
    raw: bytes = field(repr=False, default=b"")


class Wire:
    """The server's end of one connection. Sending to a client that has gone is no error."""

    def __init__(self, sock: socket.socket, number: int, seen: list[Asked]) -> None:
        self.sock = sock
        self.number = number
        self._seen = seen
        self._buffer = b""

    def request(self) -> Asked | None:
        """The next request, None when the client has hung up."""
        while b"\r\n\r\n" not in self._buffer:
            if not self._more():
                return None
        head, _, rest = self._buffer.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        self._buffer = rest
        length = int(headers.get("content-length", "0"))
        while len(self._buffer) < length:
            if not self._more():
                return None
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        asked = Asked(method, path, headers, body, self.number, head)
        self._seen.append(asked)
        return asked

    def _more(self) -> bool:
        try:
            data = self.sock.recv(65536)
        except OSError:
            return False
        self._buffer += data
        return bool(data)

    def send(self, data: bytes) -> bool:
        """False when the client no longer listens."""
        try:
            self.sock.sendall(data)
        except OSError:
            return False
        return True

    def answer(self, body: bytes = b"", status: str = "200 OK", *headers: str) -> bool:
        lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
        return self.send("\r\n".join(lines).encode("latin-1") + body)

    def reset(self) -> None:
        """Ends the connection with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        self.sock.close()

    def wait_for_hang_up(self) -> bool:
        """True when the client closed; what it still sends is thrown away."""
        try:
            while self.sock.recv(65536):
                pass
        except TimeoutError:
            return False
        except OSError:
            pass  # reset by the client, which is a way of hanging up
        return True


Script = Callable[[Wire], None]


class HostileServer:
    """Runs the script in a thread for each connection, and closes the connection after it."""

    def __init__(self, script: Script, context: ssl.SSLContext | None = None, host: str = HOST) -> None:
        self.seen: list[Asked] = []
        self.connections = 0
        self.failures: list[BaseException] = []
        self._script = script
        self._context = context
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server((host, 0), backlog=1024)
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> HostileServer:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._open:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # closed already
        for thread in self._threads:
            thread.join(PATIENCE)
        for sock in self._open:
            sock.close()
        if error is None and self.failures:
            raise self.failures[0]

    def _start(self, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.settimeout(PATIENCE)
            self._open.append(sock)
            number = self.connections
            self.connections += 1
            self._start(lambda sock=sock, number=number: self._serve(sock, number))  # type: ignore[misc]

    def _serve(self, sock: socket.socket, number: int) -> None:
        try:
            if self._context is not None:
                sock = self._context.wrap_socket(sock, server_side=True)
                self._open.append(sock)
            self._script(Wire(sock, number, self.seen))
        except OSError:
            pass  # the client went away, which tests do on purpose
        except BaseException as error:
            self.failures.append(error)
        finally:
            sock.close()


def always(*pieces: bytes) -> Script:
    """Answers each request with these bytes, then closes."""

    def script(wire: Wire) -> None:
        if wire.request():
            for piece in pieces:
                wire.send(piece)

    return script


def serve(respond: Callable[[Wire, Asked], object]) -> Script:
    """Calls respond for each request of a kept connection, until it returns False or the client hangs up."""

    def script(wire: Wire) -> None:
        while (asked := wire.request()) is not None:
            if respond(wire, asked) is False:
                return

    return script


class Gate:
    """A server's side of Digest, computed here and not by the code under test."""

    def __init__(self, user: str = "admin", password: str = "right", algorithm: str = "MD5") -> None:
        self.user = user
        self.password = password
        self.algorithm = algorithm
        self.nonce = "nonce0"
        self.tries = 0  # requests that came with an authorization

    def renew(self) -> None:
        self.nonce = f"nonce{int(self.nonce[5:]) + 1}"

    def challenge(self, extra: str = "") -> str:
        text = f'Digest realm="IP Camera(1)", qop="auth", nonce="{self.nonce}"{extra}'
        return f"WWW-Authenticate: {text}" + ("" if self.algorithm == "MD5" else f", algorithm={self.algorithm}")

    def admits(self, asked: Asked) -> bool:
        value = asked.headers.get("authorization", "")
        if not value:
            return False
        self.tries += 1
        if not value.startswith("Digest "):
            return False
        got = {k: q or p for k, q, p in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', value)}

        def digest(text: str) -> str:
            return hashlib.new(self.algorithm.replace("-", "").lower(), text.encode()).hexdigest()

        secret = digest(f"{self.user}:IP Camera(1):{self.password}")
        wanted = digest(
            f"{secret}:{self.nonce}:{got.get('nc')}:{got.get('cnonce')}:auth:{digest(f'{asked.method}:{asked.path}')}"
        )
        return got.get("nonce") == self.nonce and got.get("uri") == asked.path and got.get("response") == wanted

    def guard(self, body: bytes = b"<ok/>") -> Callable[[Wire, Asked], object]:
        def respond(wire: Wire, asked: Asked) -> object:
            if self.admits(asked):
                return wire.answer(body)
            return wire.answer(b"<no/>", "401 Unauthorized", self.challenge())

        return respond

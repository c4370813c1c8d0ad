"""What stands in front of a plain server: TLS, an HTTP tunnel, or a web server that sends multipart pictures."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
from collections.abc import Callable

ADDRESS = "127.28.0.1"


class Relay:
    """Gives each connection to `serve` in a thread of its own. `with Relay(...) as relay: relay.port`."""

    def __init__(self, serve: Callable[[Relay, socket.socket], None], context: ssl.SSLContext | None = None) -> None:
        self.context = context
        self.heads: list[str] = []
        self.tunnels: dict[str, socket.socket] = {}
        self._serve = serve
        self._listener = socket.create_server((ADDRESS, 0))
        self.port = self._listener.getsockname()[1]
        self.sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Relay:
        self.spawn(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        for each in [self._listener, *self.sockets]:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            each.close()
        for thread in self._threads:
            thread.join(10)

    def spawn(self, target: Callable[..., None], *args: object) -> None:
        def quietly() -> None:
            try:
                target(*args)
            except OSError:
                pass  # somebody hung up

        thread = threading.Thread(target=quietly)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            self.spawn(self._one, connection)

    def _one(self, connection: socket.socket) -> None:
        if self.context is not None:
            try:
                connection = self.context.wrap_socket(connection, server_side=True)
            except OSError:
                connection.close()
                raise
        self.sockets.append(connection)
        self._serve(self, connection)

    def head(self, connection: socket.socket) -> tuple[str, bytes]:
        data = b""
        while b"\r\n\r\n" not in data:
            chunk = connection.recv(65536)
            if not chunk:
                raise OSError("closed")
            data += chunk
        head, _, rest = data.partition(b"\r\n\r\n")
        self.heads.append(head.decode())
        return head.decode(), rest

    def behind(self, place: tuple[str, int]) -> socket.socket:
        found = socket.create_connection(place)
        self.sockets.append(found)
        return found


def pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    finally:
        try:
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def plain(place: tuple[str, int]) -> Callable[[Relay, socket.socket], None]:
    """Everything goes through: with a context, this is TLS in front of a server without."""

    def serve(relay: Relay, connection: socket.socket) -> None:
        server = relay.behind(place)
        relay.spawn(pump, server, connection)
        pump(connection, server)

    return serve


def tunnel(place: tuple[str, int], refuse: str = "") -> Callable[[Relay, socket.socket], None]:
    """RTSP inside HTTP: the GET carries what the server says, the POST base64 of what the client says."""

    def serve(relay: Relay, connection: socket.socket) -> None:
        head, rest = relay.head(connection)
        cookie = next(line.split(": ")[1] for line in head.split("\r\n") if line.startswith("x-sessioncookie"))
        if head.startswith("GET "):
            if refuse and "Authorization" not in head:
                connection.sendall(
                    f"HTTP/1.0 401 No\r\nWWW-Authenticate: {refuse}\r\nContent-Length: 0\r\n\r\n".encode()
                )
                connection.close()
                return
            server = relay.tunnels[cookie] = relay.behind(place)
            connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\n")
            pump(server, connection)
            return
        server, text = relay.tunnels[cookie], rest
        while True:
            whole = len(text) // 4 * 4
            server.sendall(base64.b64decode(text[:whole]))
            text = text[whole:]
            chunk = connection.recv(65536)
            if not chunk:
                return
            text += chunk

    return serve

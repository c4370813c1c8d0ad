"""A man in the middle: the camera behind it does its work, and what becomes of a request on the way is the test's."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.model.device import Address
from tests.transport.hostile import PATIENCE, Asked, HostileServer, Wire

_hosts = (f"127.88.{high}.{low}" for high, low in itertools.product(range(10, 100), range(1, 250)))

# Has done with the request what the test wants: the connection ends. None: it is passed on, and so is the answer.
Rule = Callable[[Wire, Asked, "Middleman"], object]


class Middleman:
    """writes: every request that is no GET and carries an authorization, in the order in which they came."""

    def __init__(self, camera: Address, rule: Rule) -> None:
        self.rule = rule
        self.writes: list[Asked] = []
        self._camera = camera
        self._server = HostileServer(self._script, host=next(_hosts))

    @property
    def address(self) -> Address:
        return Address(self._server._listener.getsockname()[0], self._server.port)

    @property
    def puts(self) -> list[str]:
        return [each.path for each in self.writes]

    @property
    def asked(self) -> int:
        """How many requests of any kind came."""
        return len(self._server.seen)

    def forward(self, asked: Asked, body: bytes | None = None) -> bytes:
        """What the camera answers, every byte of it; with another body where one is given."""
        sent = asked.body if body is None else body
        kept = {name: value for name, value in asked.headers.items() if name not in ("connection", "content-length")}
        lines = [f"{asked.method} {asked.path} HTTP/1.1", *(f"{name}: {value}" for name, value in kept.items())]
        head = "\r\n".join([*lines, f"content-length: {len(sent)}", "connection: close", "", ""])
        with socket.create_connection((self._camera.host, self._camera.port or 80), PATIENCE) as camera:
            camera.sendall(head.encode("latin-1") + sent)
            answer = b""
            while data := camera.recv(65536):
                answer += data
        return answer

    def _script(self, wire: Wire) -> None:
        asked = wire.request()
        if asked is None:
            return
        is_write = asked.method != "GET" and "authorization" in asked.headers
        if is_write:
            self.writes.append(asked)
        if self.rule(wire, asked, self) is None:
            wire.send(self.forward(asked))


@contextmanager
def middleman(camera: Address, rule: Rule) -> Iterator[Middleman]:
    made = Middleman(camera, rule)
    with made._server:
        yield made


def on_writes(rule: Rule) -> Rule:
    """The rule for writes that are logged in; everything else is passed on."""

    def only_those(wire: Wire, asked: Asked, between: Middleman) -> object:
        is_write = asked.method != "GET" and "authorization" in asked.headers
        return rule(wire, asked, between) if is_write else None

    return only_those


def answers(raw: bytes, *, forwarded: bool) -> Rule:
    """Says this instead of the camera, which does what it was asked or never hears of it."""

    def rule(wire: Wire, asked: Asked, between: Middleman) -> object:
        if forwarded:
            between.forward(asked)
        wire.send(raw)
        return False

    return on_writes(rule)


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]).encode() + body


def status(code: object, sub: str = "", **more: str) -> bytes:
    said = "".join(f"<{name}>{text}</{name}>" for name, text in more.items())
    return (
        f"<ResponseStatus><statusCode>{code}</statusCode><subStatusCode>{sub}</subStatusCode>{said}</ResponseStatus>"
    ).encode()


def with_text(asked: Asked, name: str, text: str) -> bytes:
    """The body with another text in the first element of this name."""
    head, found, rest = asked.body.partition(f"<{name}>".encode())
    assert found, asked.body
    return head + found + text.encode() + rest[rest.index(b"<") :]

"""A small HTTP/1.1 server for simulated cameras, able to break the rules on purpose.

h11 reads every request and writes every honest answer; an answer with a fault is written as raw bytes. One task per
connection, limits on everything that arrives, and a stop that leaves no task behind.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

import h11

from app.simulator.closing import late_guests

BODY_LIMIT = 32 * 1024 * 1024  # bytes; firmware and backups are the largest things a client sends
HEAD_LIMIT = 32 * 1024
IDLE_SECONDS = 60.0
CONNECTION_LIMIT = 64
READ_CHUNK = 64 * 1024

_REASONS = {
    200: "OK",
    201: "Created",
    302: "Found",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Request Entity Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


@dataclass(frozen=True, slots=True)
class Request:
    """path is decoded and without the query; target is as sent; header names are lower case."""

    method: str
    target: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    peer: str
    secure: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """How an answer is spoiled. kind is one of the keys of `_SPOILERS`; seconds is between bytes for "drip", at the
    number of bytes that still leave for "closes_at"."""

    kind: str
    seconds: float = 1.0
    at: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """stream, when given, is sent after the headers until it ends or the client leaves; body is ignored then."""

    status: int = 200
    body: bytes = b""
    content_type: str = 'application/xml; charset="UTF-8"'
    headers: tuple[tuple[str, str], ...] = ()
    stream: AsyncGenerator[bytes, None] | None = None
    close: bool = False
    delay: float = 0.0
    fault: Fault | None = None
    after: Callable[[], None] | None = field(default=None, repr=False)  # called once the answer is out


Handler = Callable[[Request], Awaitable[Answer]]
Taking = Callable[[int], Awaitable[None]]  # with the bytes of a body so far; may wait, or raise ConnectionError


class HttpServer:
    """One listening socket of one camera."""

    def __init__(self, handler: Handler, *, server_name: str = "App-webs/", taking: Taking | None = None) -> None:
        self._handler = handler
        self._taking = taking
        self._server_name = server_name
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    async def start(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Listens; port 0 takes any. Returns the port. OSError when the address is not to be had."""
        self._server = await asyncio.start_server(self._accept, host, port, limit=READ_CHUNK, backlog=64, ssl=tls)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self.port

    async def stop(self) -> None:
        """Closes the socket and every connection. May be called twice."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.gather(*tasks, return_exceptions=True)
        if server is not None:
            await late_guests()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or self._server is None or len(self._tasks) >= CONNECTION_LIMIT:
            writer.transport.abort()
            return
        self._tasks.add(task)
        try:
            await _Connection(self._handler, self._server_name, reader, writer, self._taking).run()
        except (ConnectionError, TimeoutError, asyncio.CancelledError):
            # The client left, or we are being stopped: nothing is owed to anybody.
            writer.transport.abort()
        finally:
            self._tasks.discard(task)
            writer.close()


class _Connection:
    """Requests of one client, one after the other."""

    def __init__(
        self,
        handler: Handler,
        name: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        taking: Taking | None,
    ) -> None:
        self._handler = handler
        self._taking = taking
        self._name = name
        self._reader = reader
        self._writer = writer
        self._h11 = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_LIMIT)
        peer = writer.get_extra_info("peername")
        self._peer = str(peer[0]) if peer else ""

    async def run(self) -> None:
        while True:
            try:
                request = await self._read_request()
            except h11.RemoteProtocolError as error:
                await self._refuse(error.error_status_hint)
                return
            if request is None:
                return
            answer = await self._handler(request)
            alive = await self._send(request, answer)
            if answer.after is not None:
                answer.after()
            if not alive:
                return

    async def _read_request(self) -> Request | None:
        """The next whole request; None when the client is done. h11.RemoteProtocolError for nonsense."""
        head: h11.Request | None = None
        body = bytearray()
        while True:
            match self._h11.next_event():
                case h11.NEED_DATA:
                    await self._receive()
                case h11.Request() as head:
                    continue
                case h11.Data() as event:
                    body += event.data
                    if self._taking is not None:
                        await self._taking(len(body))
                    if len(body) > BODY_LIMIT:
                        raise h11.RemoteProtocolError("body too large", error_status_hint=413)
                case h11.EndOfMessage() if head is not None:
                    return self._request(head, bytes(body))
                case _:
                    return None

    async def _receive(self) -> None:
        if self._h11.they_are_waiting_for_100_continue:
            hint = h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue")
            self._writer.write(self._h11.send(hint) or b"")
        # Not wait_for: on Python 3.11 it forgets a cancellation when the bytes come at the same moment.
        async with asyncio.timeout(IDLE_SECONDS):
            data = await self._reader.read(READ_CHUNK)
        self._h11.receive_data(data)

    def _request(self, head: h11.Request, body: bytes) -> Request:
        target = head.target.decode("latin-1")
        parts = urlsplit(target)
        return Request(
            method=head.method.decode("ascii"),
            target=target,
            path=unquote(parts.path),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers},
            body=body,
            peer=self._peer,
            secure=self._writer.get_extra_info("sslcontext") is not None,
        )

    async def _refuse(self, status: int) -> None:
        if self._h11.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            await self._send(None, Answer(status, b"", "text/html", close=True))

    async def _send(self, request: Request | None, answer: Answer) -> bool:
        """Sends; True when the connection can carry another request."""
        if answer.delay:
            await asyncio.sleep(answer.delay)
        if answer.fault is not None:
            await _SPOILERS[answer.fault.kind](self._writer, self._head(answer), answer, answer.fault)
            return False
        if answer.stream is not None:
            # Without a length and until the end of the connection: h11 would send chunks, cameras do not.
            self._writer.write(self._head(answer) + b"\r\n")
            await self._pump(answer.stream)
            return False
        head_only = request is not None and request.method == "HEAD"
        self._writer.write(self._honest(answer, head_only=head_only))
        await self._writer.drain()
        if self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE:
            self._h11.start_next_cycle()
            return True
        return False

    def _honest(self, answer: Answer, *, head_only: bool) -> bytes:
        reason = _REASONS.get(answer.status, "Status").encode()
        head = h11.Response(status_code=answer.status, headers=self._headers(answer), reason=reason)
        parts = [self._h11.send(head)]
        if not head_only:
            parts.append(self._h11.send(h11.Data(data=answer.body)))
        parts.append(self._h11.send(h11.EndOfMessage()))
        return b"".join(part or b"" for part in parts)

    async def _pump(self, stream: AsyncGenerator[bytes, None]) -> None:
        """Sends what the stream gives while the client listens."""
        waits: list[asyncio.Future[bytes]] = [asyncio.ensure_future(self._reader.read(1))]
        try:
            while True:
                waits[1:] = [asyncio.ensure_future(anext(stream, b""))]
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                if waits[0].done() or not waits[1].result():
                    return
                self._writer.write(waits[1].result())
                await self._writer.drain()
        finally:
            # The generator may only be closed when nobody waits for it any more.
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
            await stream.aclose()

    def _headers(self, answer: Answer) -> list[tuple[str, str]]:
        headers = [("Server", self._name), ("Content-Type", answer.content_type), *answer.headers]
        if answer.stream is None:
            headers.append(("Content-Length", str(len(answer.body))))
        headers.append(("Connection", "close" if answer.close or answer.stream is not None else "keep-alive"))
        return headers

    def _head(self, answer: Answer) -> bytes:
        """Status line and headers for the dishonest writers, without the length."""
        lines = [f"HTTP/1.1 {answer.status} {_REASONS.get(answer.status, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in self._headers(answer) if name != "Content-Length"]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n"


async def _drip(writer: asyncio.StreamWriter, head: bytes, answer: Answer, fault: Fault) -> None:
    writer.write(head + b"Content-Length: %d\r\n\r\n" % len(answer.body))
    for index in range(len(answer.body)):
        writer.write(answer.body[index : index + 1])
        await writer.drain()
        await asyncio.sleep(fault.seconds)


async def _truncated(writer: asyncio.StreamWriter, head: bytes, answer: Answer, fault: Fault) -> None:
    half = answer.body[: len(answer.body) // 2]
    writer.write(head + b"Content-Length: %d\r\n\r\n" % len(answer.body) + half)
    await writer.drain()


async def _closes_at(writer: asyncio.StreamWriter, head: bytes, answer: Answer, fault: Fault) -> None:
    whole = head + b"Content-Length: %d\r\n\r\n" % len(answer.body) + answer.body
    writer.write(whole[: fault.at])
    await writer.drain()


async def _bare(writer: asyncio.StreamWriter, head: bytes, answer: Answer, fault: Fault) -> None:
    # Seen in the field: no status line and no headers, as before HTTP/1.0.
    writer.write(answer.body)
    await writer.drain()


async def _bad_length(writer: asyncio.StreamWriter, head: bytes, answer: Answer, fault: Fault) -> None:
    # Seen in the field: 48 bytes more promised than ever sent.
    writer.write(head + b"Content-Length: %d\r\n\r\n" % (len(answer.body) + 48) + answer.body)
    await writer.drain()


async def _bad_chunks(writer: asyncio.StreamWriter, head: bytes, answer: Answer, fault: Fault) -> None:
    # Seen in the field: a blank after the chunk size, which strict readers refuse.
    chunk = b"%x \r\n%b\r\n" % (len(answer.body), answer.body) if answer.body else b""
    writer.write(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk + b"0 \r\n\r\n")
    await writer.drain()


async def _nameless_header(writer: asyncio.StreamWriter, head: bytes, answer: Answer, fault: Fault) -> None:
    # Seen in the field: a bare date where a header line belongs.
    date = b"Thu, 01 Jan 1970 00:00:00 GMT\r\n"
    writer.write(head + date + b"Content-Length: %d\r\n\r\n" % len(answer.body) + answer.body)
    await writer.drain()


async def _close_after_headers(writer: asyncio.StreamWriter, head: bytes, answer: Answer, fault: Fault) -> None:
    writer.write(head + b"Content-Length: %d\r\n\r\n" % len(answer.body))
    await writer.drain()


async def _garbage(writer: asyncio.StreamWriter, head: bytes, answer: Answer, fault: Fault) -> None:
    writer.write(b"\x00\xff\x10 this is not a web server\r\n" * 3)
    await writer.drain()


async def _silent(writer: asyncio.StreamWriter, head: bytes, answer: Answer, fault: Fault) -> None:
    await asyncio.sleep(3600.0)


async def _reset(writer: asyncio.StreamWriter, head: bytes, answer: Answer, fault: Fault) -> None:
    sock = writer.get_extra_info("socket")
    if sock is not None:
        # Linger of zero turns the close into a reset.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


_Spoiler = Callable[[asyncio.StreamWriter, bytes, Answer, Fault], Awaitable[None]]
_SPOILERS: dict[str, _Spoiler] = {
    "drip": _drip,
    "truncated": _truncated,
    "closes_at": _closes_at,
    "bare": _bare,
    "bad_length": _bad_length,
    "bad_chunks": _bad_chunks,
    "nameless_header": _nameless_header,
    "close_after_headers": _close_after_headers,
    "garbage": _garbage,
    "silent": _silent,
    "reset": _reset,
}
FAULT_KINDS = tuple(_SPOILERS)

"""One HTTP exchange over a connection of its own, read by the tolerant reader.

For every write (an answer that a strict reader refuses cannot be asked for twice), for streams, and for devices
whose answers break the rules. What may be repeated and has to be quick goes over a connection that is kept: it leaves
in the step in which it is asked for, head and body in one packet.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from app.errors import ConnectionLost, ProtocolError, TooLarge
from app.model.device import Address
from app.transport import failures
from app.transport.tls import pin_problem
from app.wire.http import Headers
from app.wire.http1 import ResponseReader, Truncated

_READ = 64 * 1024
_PIECE = 64 * 1024  # bytes of a body that are sent before the next word of progress


Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class StaleConnection(ConnectionLost):
    """The device had closed the kept connection before it answered anything."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request as it will stand on the wire: target is percent-encoded, headers are complete.

    keep: it may use the connection of an earlier one, and leave it to the next. rest: it is on the wire of the kept
    connection already, but for these bytes; None for what is still to be sent as a whole.
    """

    method: str
    target: str
    headers: Headers
    body: bytes = field(default=b"", repr=False)
    progress: Callable[[int, int], None] | None = field(default=None, repr=False, compare=False)
    keep: bool = False
    rest: bytes | None = field(default=None, repr=False)

    @property
    def head(self) -> bytes:
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


@dataclass(slots=True)
class Incoming:
    """An answer whose body is still on its way. flaws may grow while chunks are read."""

    status: int
    headers: Headers
    chunks: AsyncGenerator[bytes, None]
    flaws: list[str]


class RawHttp:
    """The tolerant way to a device. stage is told "connecting", "waiting" and "receiving"."""

    def __init__(
        self, address: Address, context: ssl.SSLContext | None, stage: Callable[[str], None] = lambda _: None
    ) -> None:
        self._address = address
        self._context = context
        self._stage = stage
        self._idle: Line | None = None

    @asynccontextmanager
    async def open(self, request: Outgoing) -> AsyncIterator[Incoming]:
        """Sends the request and reads the head. Leaving the block ends the connection, or keeps it.

        TransportError and ProtocolError name the device. StaleConnection says that asking again is worth it.
        """
        used = request.keep and self._idle is not None and not self._idle[0].at_eof()
        line, self._idle = (self._idle, None) if request.keep else (None, self._idle)
        if line is None or not used:
            if line is not None:
                await _hang_up(line[1])
            if request.rest is not None:
                raise StaleConnection("The kept connection was closed.")
            line = await self._connect()
        source, sink = line
        parser = ResponseReader(request.method)
        try:
            self._stage("waiting")
            await self._write(sink, request)
            while not parser.head_complete:
                await self._more(source, parser, used=used)
            self._stage("receiving")
            chunks = self._chunks(source, parser)
            yield Incoming(parser.status, parser.headers, chunks, parser.flaws)
        finally:
            if request.keep and parser.connection_lasts:
                self._idle = line
            else:
                await _hang_up(sink)

    @property
    def is_kept(self) -> bool:
        """There is a connection for the next request, as far as anybody can know."""
        return self._idle is not None and not self._idle[0].at_eof()

    def wire(self) -> socket.socket | None:
        """A second handle on the kept connection, the caller's to close. None without one, and with TLS."""
        if self._idle is None or self._context is not None or self._idle[0].at_eof():
            return None
        try:
            other: socket.socket = self._idle[1].get_extra_info("socket").dup()
        except OSError:
            return None  # no handle left, or the connection is gone: it goes without
        other.setblocking(False)
        return other

    async def close(self) -> None:
        """Ends the kept connection."""
        if self._idle is not None:
            (_, sink), self._idle = self._idle, None
            await _hang_up(sink)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self._stage("connecting")
        port = self._address.port or (443 if self._context else 80)
        name = self._address.host.partition("%")[0] if self._context else None
        try:
            return await asyncio.open_connection(
                self._address.host, port, ssl=self._context, server_hostname=name, limit=_READ
            )
        except UnicodeError as error:
            raise failures.no_such_name(self._address, str(error)) from error
        except OSError as error:
            changed = pin_problem(self._address, error)
            raise changed or failures.not_connected(self._address, error) from error

    async def _write(self, sink: asyncio.StreamWriter, request: Outgoing) -> None:
        sink.write(request.head + request.body[:_PIECE] if request.rest is None else request.rest)
        try:
            await sink.drain()
            for at in range(_PIECE, len(request.body), _PIECE):
                if request.progress is not None:
                    request.progress(at, len(request.body))
                sink.write(request.body[at : at + _PIECE])
                await sink.drain()
            if request.progress is not None and request.body:
                request.progress(len(request.body), len(request.body))
        except ConnectionError:
            pass  # the device may have answered before it had read everything: the reader will tell

    async def _more(self, source: asyncio.StreamReader, parser: ResponseReader, *, used: bool = False) -> None:
        try:
            data = await source.read(_READ)
            if data:
                parser.feed(data)
            else:
                parser.end()
        except Truncated as error:
            started = parser.status != 0
            if used and not started:
                raise StaleConnection("The kept connection was closed.") from error
            raise failures.lost(self._address, started=started, detail=error.detail) from error
        except TooLarge as error:
            raise TooLarge(f"{self._address} sends headers without end.", hint="The rest was not read.") from error
        except ProtocolError as error:
            raise failures.broken(self._address, error.summary, error.detail) from error
        except OSError as error:
            started = parser.status != 0
            if used and not started:
                raise StaleConnection("The kept connection was closed.", detail=str(error)) from error
            raise failures.lost(self._address, started=started, detail=str(error)) from error

    async def _chunks(self, source: asyncio.StreamReader, parser: ResponseReader) -> AsyncGenerator[bytes, None]:
        while True:
            data = parser.take()
            if data:
                yield data
            elif parser.done:
                return
            else:
                await self._more(source, parser)


async def _hang_up(sink: asyncio.StreamWriter) -> None:
    # abort: what is still unsent or unread is of no interest to anybody
    sink.transport.abort()
    try:
        await sink.wait_closed()
    except OSError:
        pass  # the connection is gone, which is what was wanted

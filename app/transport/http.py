"""One device's HTTP: one request in flight, login, deadline, limits, redirects, and errors that name the device."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from app.errors import ConnectionLost, ProtocolError, TransportError
from app.model.device import Address
from app.transport import failures
from app.transport.collecting import collect
from app.transport.login import Authorize, Login, ReadRefusal, UserAndPassword
from app.transport.outgoing import READING, prepared, target_of
from app.transport.raw_http import Incoming, Outgoing, RawHttp, StaleConnection
from app.transport.ready import ReadyRequest
from app.transport.strict_http import StrictHttp, StrictRefusal
from app.transport.tls import PinStore
from app.wire.http import HttpAnswer, HttpRequest

log = logging.getLogger(__name__)

Guard = Callable[[Address], bool]

MAX_REDIRECTS = 3

_REDIRECTS = (301, 302, 303, 307, 308)
_REFUSAL_LIMIT = 64 * 1024  # bytes of a 401 or 403 to a stream that are read


class HttpxChannel:
    """HttpChannel by httpx, with a tolerant reader beside it for writes, streams and odd devices.

    context: for HTTPS, None for plain HTTP. allowed: which addresses may be spoken to at all. A write is sent
    once; only an answer that asks for the login makes it go out again.
    """

    def __init__(
        self,
        address: Address,
        credentials: UserAndPassword | None = None,
        *,
        context: ssl.SSLContext | None = None,
        allow_basic: bool = True,
        allowed: Guard = lambda _: True,
        read_refusal: ReadRefusal | None = None,
        pins: PinStore | None = None,
    ) -> None:
        self._address = address
        self._pins = pins
        self._context = context
        self._allowed = allowed
        self._login = Login(address, credentials, allow_basic=allow_basic)
        self._stream_login = Login(address, credentials, allow_basic=allow_basic)
        self.read_refusal = read_refusal
        self._lock = asyncio.Lock()
        self._stream_lock = asyncio.Lock()
        self._stage = "connecting"
        self._strict: StrictHttp | None = None
        self._ready: tuple[ReadyRequest, HttpRequest] | None = None
        self._raw = RawHttp(address, context, self._set_stage)
        self._tolerant = "%" in address.host  # httpx knows no IPv6 zones
        self._closed = False

    def __repr__(self) -> str:
        return f"HttpxChannel({self._address})"

    @property
    def address(self) -> Address:
        return self._address

    @property
    def basic_used(self) -> bool:
        """The password was sent readable for everybody on the way (Basic)."""
        return self._login.basic_used or self._stream_login.basic_used

    @property
    def read_refusal(self) -> ReadRefusal | None:
        """Reads the body of a 401 for the family: an AuthError to raise in its place, or None."""
        return self._login.read_refusal

    @read_refusal.setter
    def read_refusal(self, reader: ReadRefusal | None) -> None:
        self._login.read_refusal = self._stream_login.read_refusal = reader

    def expect_certificate(self, fingerprint: str) -> None:
        """The device was just given this one (SHA-256, lower-case hex): showing it is no reason to stop."""
        if self._pins is not None:
            self._pins.expect(self._address.host, fingerprint)

    def expect_made_certificate(self, name: str, serial: int) -> None:
        if self._pins is not None:
            self._pins.expect_made(self._address.host, name, serial)

    async def send(self, request: HttpRequest) -> HttpAnswer:
        """Any answer but 401. TransportError, AuthError or ProtocolError otherwise.

        The deadline begins when earlier requests to this device are through.
        """
        self._check()
        async with self._lock:
            self._check()
            self._stage = "connecting"
            try:
                async with asyncio.timeout(request.deadline):
                    if self._ready is not None:
                        await self._take_back()
                    return await self._follow(request)
            except TimeoutError as error:
                raise failures.timed_out(self._address, self._stage, request.deadline) from error

    @asynccontextmanager
    async def open_stream(self, request: HttpRequest) -> AsyncIterator[Incoming]:
        """An answer without end, over a connection and a login of its own; other requests go on beside it, also while
        its head is still to come. Only a password that was not accepted yet is tried by one request at a time.

        Yields the status, the headers and the chunks as they come. The deadline is for the head; how long the
        device may then be silent is the caller's matter. The request's limit does not count.
        """
        self._check()
        async with AsyncExitStack() as stack:
            async with self._turn_of_stream():
                self._check()
                try:
                    async with asyncio.timeout(request.deadline):
                        incoming = await self._open_stream(request, stack)
                except TimeoutError as error:
                    raise failures.timed_out(self._address, "waiting", request.deadline) from error
            yield incoming

    @asynccontextmanager
    async def _turn_of_stream(self) -> AsyncIterator[None]:
        """A login is one conversation."""
        async with AsyncExitStack() as turn:
            if not self._login.is_settled:
                await turn.enter_async_context(self._lock)
            await turn.enter_async_context(self._stream_lock)
            yield

    async def stream(self, request: HttpRequest) -> AsyncGenerator[bytes, None]:
        """The chunks of `open_stream`; an error status raises ProtocolError. Close the iterator to hang up."""
        async with self.open_stream(request) as incoming:
            if not 200 <= incoming.status < 300:
                raise ProtocolError(f"{self._address} does not give this stream.", detail=f"HTTP {incoming.status}")
            async for chunk in incoming.chunks:
                yield chunk

    @property
    def is_kept(self) -> bool:
        """The next request that may be repeated finds its connection open, as far as anybody can know."""
        return self._raw.is_kept

    def ready(self, method: str, path: str, content_type: str) -> ReadyRequest | None:
        """The next request, complete but for its body; `send` and the next `ready` take it back. None while another
        one is in flight, without a kept connection that is logged in, and over TLS."""
        if self._closed or self._tolerant or self._lock.locked() or not self._allowed(self._address):
            return None
        if self._ready is not None and self._ready[0].withdraw():
            return None  # fired: it is the next `send` or `fired` that reads the answer
        self._ready = None
        wire = self._raw.wire()
        if wire is None:
            return None
        target = target_of(path)
        authorization = self._login.ahead(method, target)
        if authorization is None:
            wire.close()
            return None
        request = HttpRequest(method, path, content_type=content_type)
        whole = prepared(self._address, request, target, lambda: authorization, keep=True)
        fields = [each for each in whole.headers if each[0] != "Content-Length"]
        head = replace(whole, headers=(*fields, ("Content-Length", ""))).head.removesuffix(b"\r\n\r\n")
        ready = ReadyRequest(head, wire)
        self._ready = (ready, request)
        return ready

    async def fired(self, deadline: float) -> HttpAnswer | None:
        """What the device said to the request that stood ready. None when it was not fired, or has to be sent again
        because its connection or its login had grown old."""
        self._check()
        async with self._lock:
            try:
                async with asyncio.timeout(deadline):
                    answer = await self._answer_to_fired()
            except TimeoutError as error:
                raise failures.timed_out(self._address, "waiting", deadline) from error
            if answer is not None and answer.status == 401:
                self._login.challenged(answer)
                return None
            return answer

    async def _answer_to_fired(self) -> HttpAnswer | None:
        stood, self._ready = self._ready, None
        if stood is None or not stood[0].withdraw():
            return None
        ready, request = stood
        try:
            async with self._raw.open(Outgoing(request.method, "", (), keep=True, rest=ready.rest)) as incoming:
                return await collect(self._address, request, incoming)
        except StaleConnection:
            return None

    async def _take_back(self) -> None:
        """Somebody else's turn: the answer to what was fired is nobody's any more."""
        try:
            await self._answer_to_fired()
        except (TransportError, ProtocolError) as error:
            log.info("nothing came of a request that was fired: %s", error)

    async def close(self) -> None:
        """Ends the kept connection; later requests raise ConnectionLost."""
        self._closed = True
        if self._ready is not None:
            self._ready[0].withdraw()
        await self._raw.close()
        if self._strict is not None:
            await self._strict.close()

    def _check(self) -> None:
        if self._closed:
            raise ConnectionLost(f"The connection to {self._address} was closed here.")
        if not self._allowed(self._address):
            raise failures.not_allowed(self._address)
        self._login.stop_if_refused()
        self._stream_login.stop_if_refused()

    def _set_stage(self, stage: str) -> None:
        self._stage = stage

    async def _follow(self, request: HttpRequest) -> HttpAnswer:
        """Redirects within the device are followed for reading; the password goes nowhere else."""
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._logged_in(request)
            target = answer.header("location")
            if answer.status not in _REDIRECTS or not target:
                return answer
            request = replace(request, path=self._redirected(request, target))
        raise failures.endless_redirects(self._address)

    def _redirected(self, request: HttpRequest, target: str) -> str:
        scheme = "https" if self._context else "http"
        standard = 443 if self._context else 80
        here = f"{scheme}://{self._address}"
        try:
            there = urlsplit(urljoin(f"{here}{request.path}", target))
            same_host = (there.hostname or "").lower() == (urlsplit(here).hostname or "").lower()
            same_port = (there.port or standard) == (self._address.port or standard)
        except ValueError:
            raise failures.elsewhere(self._address, target) from None
        if there.scheme != scheme or not same_host or not same_port or request.method not in READING:
            raise failures.elsewhere(self._address, target)
        return (there.path or "/") + (f"?{there.query}" if there.query else "")

    async def _logged_in(self, request: HttpRequest) -> HttpAnswer:
        target = target_of(request.path)

        async def attempt(authorize: Authorize) -> HttpAnswer:
            return await self._exchange(request, target, authorize)

        return await self._login.run(request.method, target, request.body, attempt)

    async def _exchange(self, request: HttpRequest, target: str, authorize: Authorize) -> HttpAnswer:
        """One answer, by whichever reader.

        Only reading and what may be repeated is asked for a second time, and only with a password that has been
        accepted: tried once is once also where the device hangs up on it.
        """
        harmless = not self._tolerant and not self._login.is_on_trial
        if harmless and request.repeatable:
            for _ in range(2):
                try:
                    return await self._tolerantly(request, target, authorize, keep=True)
                except StaleConnection:
                    continue
        elif harmless and request.method in READING:
            for _ in range(2):
                try:
                    return await self._strictly(request, prepared(self._address, request, target, authorize, keep=True))
                except StaleConnection:
                    continue
                except StrictRefusal:
                    break
        return await self._tolerantly(request, target, authorize, keep=False)

    async def _tolerantly(self, request: HttpRequest, target: str, authorize: Authorize, *, keep: bool) -> HttpAnswer:
        async with self._raw.open(prepared(self._address, request, target, authorize, keep=keep)) as incoming:
            answer = await collect(self._address, request, incoming)
        self._tolerant = self._tolerant or bool(answer.flaws)
        return answer

    async def _strictly(self, request: HttpRequest, outgoing: Outgoing) -> HttpAnswer:
        if self._strict is None:
            self._strict = StrictHttp(self._address, self._context, self._set_stage)
        async with self._strict.open(outgoing) as incoming:
            answer = await collect(self._address, request, incoming)
        self._tolerant = self._tolerant or bool(answer.flaws)
        return answer

    async def _open_stream(self, request: HttpRequest, stack: AsyncExitStack) -> Incoming:
        target = target_of(request.path)

        async def attempt(authorize: Authorize) -> HttpAnswer | Incoming:
            trial = AsyncExitStack()
            try:
                outgoing = prepared(self._address, request, target, authorize, keep=False)
                incoming = await trial.enter_async_context(self._raw.open(outgoing))
                if incoming.status not in (401, 403):
                    stack.push_async_exit(trial.pop_all())
                    return incoming
                return await collect(self._address, replace(request, limit=_REFUSAL_LIMIT), incoming)
            finally:
                await trial.aclose()

        reply = await self._stream_login.run(request.method, target, request.body, attempt)
        if isinstance(reply, HttpAnswer):
            return Incoming(reply.status, reply.headers, _once(reply.body), list(reply.flaws))
        return reply


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body

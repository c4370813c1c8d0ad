"""HTTP exchanges by httpx over one kept connection: the fast way for reading from devices that keep the rules."""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx

from app.errors import CameraError, ProtocolError
from app.model.device import Address
from app.transport import failures
from app.transport.raw_http import Incoming, Outgoing, StaleConnection
from app.transport.tls import pin_problem, unused_context

# These log every URL and header, and some protocols carry passwords there.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

_CUT_SHORT = "peer closed connection"  # h11's words for a body that ends too early
_NO_HEAD = "server disconnected"  # httpcore's words for a connection closed before the head was complete
_TO_H11 = ("_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state")


class StrictRefusal(ProtocolError):
    """The answer breaks the rules; a tolerant reader may still understand it."""


class _Trace:
    """What one exchange has done so far, told by httpcore."""

    def __init__(self, stage: Callable[[str], None]) -> None:
        self.connected = False  # a new connection was made for it
        self.started = False  # a head has come
        self._stage = stage

    async def __call__(self, event: str, info: object) -> None:
        if event == "connection.connect_tcp.started":
            self._stage("connecting")
        elif event == "connection.connect_tcp.complete":
            self.connected = True
        elif event == "http11.send_request_headers.started":
            self._stage("waiting")
        elif event == "http11.receive_response_headers.complete":
            self.started = True
            self._stage("receiving")


class StrictHttp:
    """One device's kept connection. stage is told "connecting", "waiting" and "receiving"."""

    def __init__(
        self, address: Address, context: ssl.SSLContext | None, stage: Callable[[str], None] = lambda _: None
    ) -> None:
        self._address = address
        self._stage = stage
        host = f"[{address.host}]" if ":" in address.host else address.host
        port = "" if address.port is None else f":{address.port}"
        self._origin = f"{'https' if context else 'http'}://{host}{port}"
        self._context = context or unused_context()
        self._client = self._new_client()

    def _new_client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=self._context,
            trust_env=False,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=30),
        )

    @asynccontextmanager
    async def open(self, request: Outgoing) -> AsyncIterator[Incoming]:
        """Sends the request and reads the head. Leaving the block with an unread body ends the connection.

        StaleConnection and StrictRefusal say that asking again is worth it; other TransportErrors are final.
        """
        trace = _Trace(self._stage)
        try:
            asked = httpx.Request(
                request.method,
                self._origin,
                headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers],
                content=request.body or None,
                extensions={"target": request.target.encode("ascii"), "trace": trace},
            )
            response = await self._client.send(asked, stream=True)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise failures.no_such_name(self._address, str(error)) from error
        except (httpx.HTTPError, OSError) as error:
            raise self._failure(error, trace) from error
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)
        try:
            flaws: list[str] = []
            yield Incoming(response.status_code, headers, self._chunks(response, trace, flaws), flaws)
        finally:
            await response.aclose()
            if _has_surplus(response):
                await self._client.aclose()
                self._client = self._new_client()

    async def close(self) -> None:
        await self._client.aclose()

    async def _chunks(self, response: httpx.Response, trace: _Trace, flaws: list[str]) -> AsyncGenerator[bytes, None]:
        try:
            async for chunk in response.aiter_raw():
                yield chunk
            if _has_surplus(response):
                flaws.append("more bytes than announced")
        except (httpx.HTTPError, OSError) as error:
            raise self._failure(error, trace) from error

    def _failure(self, error: Exception, trace: _Trace) -> CameraError:
        text = str(error)
        if isinstance(error, httpx.RemoteProtocolError):
            if _CUT_SHORT in text.lower():
                return failures.lost(self._address, started=True, detail=text)
            if trace.connected or _NO_HEAD not in text.lower():
                return StrictRefusal("The answer breaks the rules of HTTP.", detail=text)
        elif isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return pin_problem(self._address, error) or failures.not_connected(self._address, error)
        elif isinstance(error, httpx.LocalProtocolError):
            return ProtocolError(f"A request to {self._address} cannot be sent as HTTP.", detail=text)
        if not trace.started and not trace.connected:
            return StaleConnection("The kept connection was closed.", detail=text)
        return failures.lost(self._address, started=trace.started, detail=text or type(error).__name__)


def _has_surplus(response: httpx.Response) -> bool:
    """Whether more bytes came than the answer has: httpcore would take them for the next answer.

    It does not tell, so this looks inside. Where it finds nothing to look at, the connection is not kept.
    """
    inner: object = response.stream
    for name in _TO_H11:
        inner = getattr(inner, name, None)
    trailing = getattr(inner, "trailing_data", None)
    return trailing is None or bool(trailing[0])

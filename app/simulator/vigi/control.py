"""The TLS server of the control interface: one call on each connection, and something odd for GET."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import replace

from app.simulator.camera import CONTROL_PORT
from app.simulator.http_server import Answer, Fault, Handler, HttpServer, Request
from app.simulator.tls import renew_certificate, server_context

PORT = 20443
_GREETING = b'{"error_code": -40210}\n'


class ControlListener:
    """Implements Listener. The certificate outlives reboots; renew_after is how many calls it lasts, 0 for ever."""

    name = CONTROL_PORT
    usual_port = PORT

    def __init__(self, handler: Handler, model: str, renew_after: int = 0) -> None:
        self._handler = handler
        self._model = model
        self._http = HttpServer(self._answer, server_name="OpenAPI")
        self._tls: ssl.SSLContext | None = None
        self._host = ""
        self._calls_left = renew_after

    async def start(self, host: str, port: int) -> int:
        self._host = host
        if self._tls is None:
            self._tls = await asyncio.to_thread(server_context, host, self._model)
        return await self._http.start(host, port, self._tls)

    async def stop(self) -> None:
        await self._http.stop()

    async def _answer(self, request: Request) -> Answer:
        if request.method != "POST":
            # A bare body without a status line, as real ones send: whoever probes with GET learns nothing.
            return Answer(body=_GREETING, fault=Fault("bare"))
        answer = await self._handler(request)
        self._count()
        return answer if answer.stream is not None else replace(answer, close=True)

    def _count(self) -> None:
        if self._calls_left <= 0:
            return
        self._calls_left -= 1
        if self._calls_left == 0 and self._tls is not None:
            renew_certificate(self._tls, self._host, self._model)

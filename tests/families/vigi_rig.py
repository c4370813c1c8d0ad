"""Simulated cameras of this family, and servers that answer what a test tells them: both over real TLS."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from app.families.base import Credentials, Session
from app.families.vigi import FAMILY
from app.model.device import Address
from app.simulator.farm import Farm, plan_cameras
from app.simulator.http_server import Answer, HttpServer, Request
from app.simulator.tls import server_context
from app.simulator.vigi.camera import VigiCamera
from app.transport.dialer import NetworkDialer, guard_for

PASSWORD = "camera-1234"
ADMIN = Credentials("admin", PASSWORD)
JSON = "application/json"


def dialer() -> NetworkDialer:
    return NetworkDialer(allowed=guard_for(["127.0.0.1"]))


@asynccontextmanager
async def camera(host: str, *quirks: str, model: str | None = None) -> AsyncIterator[Address]:
    async with powered(host, *quirks, model=model) as (_, address):
        yield address


@asynccontextmanager
async def powered(host: str, *quirks: str, model: str | None = None) -> AsyncIterator[tuple[VigiCamera, Address]]:
    plans = plan_cameras(family="vigi", model=model, bind=host, http_port=0, rtsp_port=0, quirks=quirks)
    farm = Farm(plans, snapshot=lambda *_: b"", ssdp=False)
    await farm.start()
    try:
        line = farm.camera_lines()[0]
        made = farm.cameras[0]
        assert isinstance(made, VigiCamera)
        yield made, Address(str(line["address"]), int(str(line["control_port"])))
    finally:
        await farm.stop()


@asynccontextmanager
async def session(host: str, *quirks: str, model: str | None = None) -> AsyncIterator[Session]:
    async with camera(host, *quirks, model=model) as address:
        opened = await FAMILY.connect(dialer(), address, "openapi", ADMIN)
        try:
            yield opened
        finally:
            await opened.close()


class Told:
    """What a told server was asked, in order: (path, call)."""

    def __init__(self, answer: Callable[[str, dict[str, Any]], object]) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.methods: list[str] = []  # of HTTP
        self._answer = answer

    async def __call__(self, request: Request) -> Answer:
        self.methods.append(request.method)
        call = json.loads(request.body) if request.body else {}
        self.asked.append((request.target, call))
        made = self._answer(request.target, call)
        if isinstance(made, Answer):
            return made
        body = made if isinstance(made, bytes) else json.dumps(made).encode()
        return Answer(body=body, content_type=JSON, close=True)

    def calls(self, method: str) -> list[dict[str, Any]]:
        return [call for _, call in self.asked if call.get("method") == method]


@asynccontextmanager
async def told(host: str, answer: Callable[[str, dict[str, Any]], object]) -> AsyncIterator[tuple[Address, Told]]:
    """A server that answers by a function of path and call: an object (as JSON), bytes, or a whole Answer."""
    handler = Told(answer)
    server = HttpServer(handler)
    port = await server.start(host, 0, server_context(host, "test"))
    try:
        yield Address(host, port), handler
    finally:
        await server.stop()


def opened(rest: Callable[[str, dict[str, Any]], object]) -> Callable[[str, dict[str, Any]], object]:
    """The MD5 login done, everything else by rest."""

    def answer(path: str, call: dict[str, Any]) -> object:
        if call.get("method") != "doAuth":
            return rest(path, call)
        return {"stok": "abc(*def", "errCode": 0} if call.get("params") else {"errCode": -10020}

    return answer

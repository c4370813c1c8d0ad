"""A plain client of the VIGI control interface and of ODP, for tests of the simulator only."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any

import httpx

from app.simulator.farm import Farm
from app.simulator.vigi import odp


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Caller:
    """One camera. `login()` first, then `await call("getDeviceInfo")`."""

    def __init__(self, farm: Farm, http: httpx.AsyncClient) -> None:
        self.plan = farm.stations[0].plan
        place = farm.stations[0].place
        self.base = f"https://{place.host}:{place.port}"
        self.http = http
        self.token = ""

    async def post(self, body: object, path: str = "/") -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.http.post(self.base + path, content=content)

    async def ask(self, body: object, path: str = "/") -> dict[str, Any]:
        return dict((await self.post(body, path)).json())

    async def call(self, method: str, **params: object) -> dict[str, Any]:
        body = {"method": method, "params": params} if params else {"method": method}
        return await self.ask(body, f"/stok={self.token}")

    async def prove(self, password: str) -> dict[str, Any]:
        """Both steps with this password; the answer of the second, or of the first where there is no challenge."""
        first = await self.ask({"method": "doAuth", "params": None})
        if "authenticate" not in first:
            return first
        how = first["authenticate"]
        secret = sha(f"admin:{how['realm']}:{password}")
        response = sha(f"{secret}:{how['nonce']}:{sha(how['method'] + ':' + how['uri'])}")
        return await self.ask({"method": "doAuth", "params": {"nonce": how["nonce"], "response": response}})

    async def login(self) -> None:
        self.token = (await self.prove(self.plan.password))["stok"]


@asynccontextmanager
async def calling(farm: Farm, *, login: bool = True) -> AsyncIterator[Caller]:
    async with httpx.AsyncClient(verify=False, trust_env=False, timeout=30) as http:
        caller = Caller(farm, http)
        if login:
            await caller.login()
        yield caller


async def ask_odp(
    target: str, packet: bytes, answers: int, *, among: Collection[str] = (), seconds: float = 20.0
) -> list[tuple[bytes, str]]:
    """Sends a packet to port 23001 of a target and waits for this many answers with their senders; among: only those
    of these hosts count, for a broadcast reaches whoever is there."""
    found: list[tuple[bytes, str]] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sock.bind(("127.0.0.1", 0))
        sock.setblocking(False)
        sock.sendto(packet, (target, odp.PORT))
        async with asyncio.timeout(seconds):
            while len(found) < answers:
                try:
                    data, sender = sock.recvfrom(65536)
                except BlockingIOError:
                    await asyncio.sleep(0.005)
                    continue
                if not among or sender[0] in among:
                    found.append((data, sender[0]))
    return found

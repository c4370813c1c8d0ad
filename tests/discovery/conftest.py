"""Devices in a process of their own, a stand-in family, and a discovery on loopback."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from app.discovery import Discovery
from app.errors import NotSupported, ProtocolError
from app.families.base import Clue, Credentials, Dialer, Family, Probe, Session
from app.model.device import Address, Found, Recognition
from app.transport.dialer import NetworkDialer, loopback_only
from app.transport.interfaces import LocalInterface
from app.wire import ssdp
from app.wire.http import HttpRequest
from app.wire.upnp import read_description

LO = LocalInterface("lo", "127.0.0.1", 8)


class Devices:
    """A running responder. ports maps each address to its HTTP port."""

    def __init__(self, process: subprocess.Popen[str], ports: dict[str, int]) -> None:
        self.process = process
        self.ports = ports

    def tell(self, *words: str) -> int:
        """Sends a command; returns how often the device's description has been fetched."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture
def devices() -> Iterator[Callable[..., Devices]]:
    running: list[subprocess.Popen[str]] = []

    def start(*facts: dict[str, Any]) -> Devices:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("responder.py")), json.dumps(facts)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdout
        line = process.stdout.readline()
        assert line, "the responder did not start"
        return Devices(process, json.loads(line))

    yield start
    for process in running:
        process.terminate()
        process.communicate(timeout=20)


def _claim(body: bytes) -> Recognition | None:
    try:
        said = read_description(body)
    except ProtocolError:
        return None
    if said.manufacturer != "Testcam":
        return None
    port = Address.parse(said.presentation_url).port
    return Recognition("test", "v1", 90, said.name, said.model, said.serial, port=port)


def _recognise(clue: Clue) -> Recognition | None:
    return _claim(clue.body) if clue.kind == "ssdp" else None


async def _fingerprint(dialer: Dialer, address: Address) -> Recognition | None:
    channel = dialer.http(address, None)
    try:
        return _claim((await channel.send(HttpRequest("GET", "/d.xml"))).body)
    finally:
        await channel.close()


async def _connect(dialer: Dialer, address: Address, dialect: str, credentials: Credentials) -> Session:
    raise NotSupported("Discovery logs in nowhere.")


@pytest.fixture
def family() -> Family:
    probe = Probe("ssdp", ssdp.PORT, ssdp.GROUP, (ssdp.search("upnp:rootdevice", 1),))
    return Family("test", "Test", 10, 80, (probe,), _recognise, _fingerprint, _connect)


Discover = Callable[..., Any]


@pytest.fixture
def discover(family: Family) -> Discover:
    """An async context manager; keywords go to Discovery."""

    @asynccontextmanager
    async def run(**options: Any) -> AsyncIterator[Discovery]:
        interfaces = options.pop("interfaces", (LO,))
        options.setdefault("window", 1.0)
        families = options.pop("families", (family,))
        async with Discovery(families, NetworkDialer(allowed=loopback_only), interfaces, **options) as discovery:
            yield discovery

    return run


@pytest.fixture
def row() -> Callable[[Discovery, str], Found | None]:
    """The row of a host, else None; other tests' devices may be in the list as well."""

    def of(discovery: Discovery, host: str) -> Found | None:
        return next((each for each in discovery.found if each.address.host == host), None)

    return of


@pytest.fixture
def until() -> Callable[..., Awaitable[None]]:
    async def wait(condition: Callable[[], object], limit: float = 30.0) -> None:
        async with asyncio.timeout(limit):
            while not condition():
                await asyncio.sleep(0.02)

    return wait

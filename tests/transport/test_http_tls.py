"""HTTPS with pinned certificates, and the guard that keeps traffic where it may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import CameraError, TransportError, Unreachable
from app.families.base import Credentials, Dialer
from app.model.device import Address
from app.transport.dialer import NetworkDialer, everywhere, guard_for, loopback_only
from app.transport.failures import CertificateChanged
from app.transport.http import HttpxChannel
from app.transport.tls import MemoryPins, pinning_context
from app.wire.http import HttpRequest
from tests.transport.certificates import server_context
from tests.transport.hostile import HOST, Gate, HostileServer, Wire, serve

pytestmark = pytest.mark.anyio

GET = HttpRequest("GET", "/", deadline=30)
PUT = HttpRequest("PUT", "/", b"<x/>", deadline=30)


async def talk(server: HostileServer, pins: MemoryPins, address: Address) -> list[bytes | CameraError]:
    """What a read and a write bring, to the server's port under the pinned address."""
    got: list[bytes | CameraError] = []
    for request in (GET, PUT):
        channel = HttpxChannel(
            Address(HOST, server.port), Credentials("admin", "right"), context=pinning_context(address, pins)
        )
        try:
            got.append((await channel.send(request)).body)
        except CameraError as error:
            got.append(error)
        finally:
            await channel.close()
    return got


async def test_pinned_at_first_use_and_stopped_by_a_change(tmp_path: Path) -> None:
    pins = MemoryPins()
    address = Address(HOST, 443)
    gate = Gate()
    with HostileServer(serve(gate.guard()), server_context(tmp_path, "first")) as server:
        assert await talk(server, pins, address) == [b"<ok/>", b"<ok/>"]
        pin = pins.get(address)
        assert pin is not None
        assert len(pin) == 64
        assert await talk(server, pins, address) == [b"<ok/>", b"<ok/>"]
    with HostileServer(serve(gate.guard()), server_context(tmp_path, "second")) as server:
        for error in await talk(server, pins, address):
            assert isinstance(error, CertificateChanged)
            assert "another certificate" in error.summary
            assert error.pinned == pin != error.shown
        assert server.seen == []
        pins.set(address, error.shown)  # the user trusts it
        assert await talk(server, pins, address) == [b"<ok/>", b"<ok/>"]


async def test_https_where_there_is_none() -> None:
    def plain(wire: Wire) -> None:
        wire.send(b"HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n")
        wire.wait_for_hang_up()

    with HostileServer(plain) as server:
        for error in await talk(server, MemoryPins(), Address(HOST, 443)):
            assert isinstance(error, TransportError)
            assert f"{HOST}:{server.port}" in error.summary


async def test_the_dialer(tmp_path: Path) -> None:
    with HostileServer(serve(Gate().guard()), server_context(tmp_path, "cam")) as server:
        dialer: Dialer = NetworkDialer(is_secure=lambda address: address.port == server.port)
        channel = dialer.http(Address(HOST, server.port), Credentials("admin", "right"))
        assert (await channel.send(GET)).body == b"<ok/>"
        await channel.close()
    with HostileServer(serve(Gate().guard())) as plain:
        channel = NetworkDialer().http(Address(HOST, plain.port), Credentials("admin", "right"))
        assert (await channel.send(GET)).body == b"<ok/>"
        await channel.close()


class TestGuard:
    @pytest.mark.parametrize("host", ["127.0.0.1", "127.13.9.9", "::1", "localhost"])
    def test_loopback(self, host: str) -> None:
        assert loopback_only(Address(host, 80))

    @pytest.mark.parametrize(
        "host", ["10.0.0.1", "0.0.0.0", "fe80::1%eth0", "camera.local", "127.0.0.1.example.com", ""]
    )
    def test_elsewhere(self, host: str) -> None:
        assert not loopback_only(Address(host, 80))

    def test_which_guard(self) -> None:
        assert guard_for([]) is everywhere
        assert guard_for([""]) is everywhere
        assert guard_for(["127.13.0.1", " 127.0.0.1"]) is loopback_only
        assert guard_for(["127.13.0.1", "192.168.1.5"]) is everywhere

    @pytest.mark.parametrize("host", ["192.0.2.1", "camera.invalid"])
    async def test_nothing_is_sent_outside(self, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("socket.getaddrinfo", lambda *_: pytest.fail("a name server was asked"))
        monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a connection was tried"))
        channel = NetworkDialer(allowed=guard_for(["127.13.0.1"])).http(Address(host, 80), None)
        with pytest.raises(Unreachable, match="outside the interfaces"):
            await channel.send(GET)
        with pytest.raises(Unreachable):
            async with channel.open_stream(GET):
                pass
        await channel.close()


@pytest.mark.parametrize("host", ["a" * 300, "no..name", "[x", "\u2603" * 80])
@pytest.mark.parametrize("request_", [GET, PUT])
async def test_names_that_cannot_be(host: str, request_: HttpRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> object:
        import socket

        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr("socket.getaddrinfo", unknown)
    channel = HttpxChannel(Address(host, 80))
    with pytest.raises(CameraError):
        await channel.send(request_)
    await channel.close()

"""What may be repeated goes over a kept connection, at once and in one packet; everything else is sent once."""

from __future__ import annotations

import pytest

from app.errors import ConnectionLost
from app.families.base import Credentials
from app.model.device import Address
from app.transport.http import HttpxChannel
from app.wire.http import HttpRequest
from tests.transport.hostile import HOST, Asked, Gate, HostileServer, Wire, serve

pytestmark = pytest.mark.anyio
STOP = HttpRequest("PUT", "/stop", b"<zero/>", "application/xml", deadline=30, repeatable=True)
WRITE = HttpRequest("PUT", "/name", b"<name/>", "application/xml", deadline=30)


async def send(server: HostileServer, *requests: HttpRequest, login: Credentials | None = None) -> None:
    channel = HttpxChannel(Address(HOST, server.port), login)
    try:
        for request in requests:
            await channel.send(request)
    finally:
        await channel.close()


async def test_it_stays_on_one_connection_and_others_do_not() -> None:
    with HostileServer(serve(lambda wire, asked: wire.answer(b"x"))) as server:
        await send(server, STOP, STOP, WRITE, STOP, WRITE)
    assert [asked.connection for asked in server.seen] == [0, 0, 1, 0, 2]
    assert [asked.headers.get("connection") for asked in server.seen] == [None, None, "close", None, "close"]


async def test_after_the_login_it_is_kept() -> None:
    gate = Gate()
    with HostileServer(serve(gate.guard())) as server:
        await send(server, STOP, STOP, STOP, login=Credentials("admin", "right"))
    assert len(server.seen) == 4  # one challenge
    assert len({asked.connection for asked in server.seen[-2:]}) == 1


@pytest.mark.parametrize("heads", [("Connection: close",), ("Connection: Keep-Alive, Close",)])
async def test_a_device_that_closes_is_believed(heads: tuple[str, ...]) -> None:
    with HostileServer(serve(lambda wire, asked: wire.answer(b"x", "200 OK", *heads))) as server:
        await send(server, STOP, STOP)
    assert [asked.connection for asked in server.seen] == [0, 1]


async def test_a_device_that_hangs_up_between_gets_it_again() -> None:
    def once(wire: Wire) -> None:
        if wire.request() is not None:
            wire.answer(b"x")  # and the script ends, which closes

    with HostileServer(once) as server:
        await send(server, STOP, STOP, STOP)
    assert len(server.seen) == 3


async def test_a_device_that_hangs_up_on_it_gets_it_once_more() -> None:
    """The kept connection looks open until the request is on it."""

    def script(wire: Wire) -> None:
        wire.request()
        wire.answer(b"x")
        if wire.request() is not None and wire.number == 0:
            wire.reset()
            return
        wire.answer(b"x")

    with HostileServer(script) as server:
        await send(server, STOP, STOP)
    assert [asked.connection for asked in server.seen] == [0, 0, 1]


async def test_on_a_new_connection_it_is_not_tried_again() -> None:
    def script(wire: Wire) -> None:
        wire.request()

    with HostileServer(script) as server, pytest.raises(ConnectionLost):
        await send(server, STOP)
    assert len(server.seen) == 1


async def test_an_answer_with_too_much_ends_the_connection() -> None:
    def respond(wire: Wire, asked: Asked) -> object:
        return wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 500 Not for you\r\n\r\n")

    with HostileServer(serve(respond)) as server:
        await send(server, STOP, STOP)
    assert [asked.connection for asked in server.seen] == [0, 1]


async def test_an_old_device_has_to_offer_it() -> None:
    for offer, connections in ((b"", [0, 1]), (b"Connection: keep-alive\r\n", [0, 0])):

        def respond(wire: Wire, asked: Asked, offer: bytes = offer) -> object:
            return wire.send(b"HTTP/1.0 200 OK\r\n" + offer + b"Content-Length: 1\r\n\r\nx")

        with HostileServer(serve(respond)) as server:
            await send(server, STOP, STOP)
        assert [asked.connection for asked in server.seen] == connections

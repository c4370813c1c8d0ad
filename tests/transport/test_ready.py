"""A request that stands ready is on the wire in the step of whoever fires it, and answered in the loop."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.errors import BadCredentials
from app.families.base import Credentials
from app.model.device import Address
from app.transport.http import HttpxChannel
from app.transport.ready import ReadyRequest
from app.wire.http import HttpRequest
from tests.transport.hostile import HOST, Asked, Gate, HostileServer, Script, Wire, serve

pytestmark = pytest.mark.anyio
LOGIN = Credentials("admin", "right")
STATUS = HttpRequest("GET", "/status", deadline=30, repeatable=True)
STOP = HttpRequest("PUT", "/stop", b"<zero/>", "application/xml", deadline=30, repeatable=True)


@asynccontextmanager
async def warm(server: HostileServer) -> AsyncIterator[HttpxChannel]:
    """Connected and logged in."""
    channel = HttpxChannel(Address(HOST, server.port), LOGIN)
    try:
        await channel.send(STATUS)
        await channel.send(STATUS)
        yield channel
    finally:
        await channel.close()


def stand(channel: HttpxChannel) -> ReadyRequest:
    ready = channel.ready("PUT", "/move?a=b c", "application/xml")
    assert ready is not None
    return ready


def guarded(gate: Gate) -> Script:
    return serve(gate.guard())


async def test_another_thread_fires_it_and_the_loop_reads_the_answer() -> None:
    """The loop stands still meanwhile: only its caller's step is needed."""
    gate = Gate()
    with HostileServer(guarded(gate)) as server:
        async with warm(server) as channel:
            ready = stand(channel)
            before = len(server.seen)
            fired: list[bool] = []
            thread = threading.Thread(target=lambda: fired.append(ready.fire(b"<pan/>")))
            thread.start()
            thread.join(60)
            assert fired == [True]
            assert not ready.fire(b"<again/>")
            answer = await channel.fired(30)
            assert answer is not None
            assert answer.status == 200
            assert await channel.fired(30) is None
            asked = server.seen[before]
            assert (asked.method, asked.path, asked.body) == ("PUT", "/move?a=b%20c", b"<pan/>")
            assert asked.headers["content-type"] == "application/xml"
            assert asked.connection == server.seen[before - 1].connection
            assert len(server.seen) == before + 1


async def test_who_sends_first_reads_the_answer_that_nobody_fetched() -> None:
    gate = Gate()
    with HostileServer(serve(lambda wire, asked: gate.guard(asked.path.encode())(wire, asked))) as server:
        async with warm(server) as channel:
            assert stand(channel).fire(b"1")
            assert (await channel.send(STOP)).body == b"/stop"
            assert stand(channel).fire(b"2")
            assert channel.ready("PUT", "/move", "text/xml") is None  # its answer comes first
            answer = await channel.fired(30)
            assert answer is not None
            assert answer.body == b"/move?a=b%20c"
            assert len({asked.connection for asked in server.seen[2:]}) == 1


async def test_what_was_taken_back_cannot_be_fired() -> None:
    with HostileServer(guarded(Gate())) as server:
        async with warm(server) as channel:
            first = stand(channel)
            second = stand(channel)
            assert not first.fire(b"")
            await channel.send(STOP)
            assert not second.fire(b"")
            third = stand(channel)
        assert not third.fire(b"")  # closed
        assert all(asked.path != "/move?a=b%20c" for asked in server.seen)


async def test_an_old_nonce_asks_for_one_more_try_and_no_other() -> None:
    gate = Gate()
    with HostileServer(guarded(gate)) as server:
        async with warm(server) as channel:
            ready = stand(channel)
            gate.renew()
            assert ready.fire(b"")
            assert await channel.fired(30) is None
            before = len(server.seen)
            assert (await channel.send(STOP)).status == 200
            assert len(server.seen) == before + 1  # the new nonce is known by now
            assert stand(channel).fire(b"")


async def test_a_password_that_has_changed_is_not_tried_again() -> None:
    gate = Gate()
    with HostileServer(guarded(gate)) as server:
        async with warm(server) as channel:
            ready = stand(channel)
            gate.password = "another"
            assert ready.fire(b"")
            with pytest.raises(BadCredentials):
                await channel.fired(30)
            before = len(server.seen)
            with pytest.raises(BadCredentials):
                await channel.send(STOP)
            assert len(server.seen) == before


async def test_a_connection_that_broke_asks_for_the_ordinary_way() -> None:
    guard = Gate().guard()

    def script(wire: Wire) -> None:
        while (asked := wire.request()) is not None:
            if asked.path.startswith("/move"):
                wire.reset()
                return
            guard(wire, asked)

    with HostileServer(script) as server:
        async with warm(server) as channel:
            assert stand(channel).fire(b"")
            assert await channel.fired(30) is None
            assert not channel.is_kept
            assert channel.ready("PUT", "/move", "text/xml") is None
            assert (await channel.send(STOP)).status == 200


async def test_nothing_stands_ready_before_the_login() -> None:
    with HostileServer(guarded(Gate())) as server:
        channel = HttpxChannel(Address(HOST, server.port), LOGIN)
        assert channel.ready("PUT", "/move", "text/xml") is None
        await channel.close()
    with HostileServer(serve(lambda wire, asked: wire.answer(b"x"))) as server:
        async with warm(server) as channel:  # it never asked who we are
            assert channel.ready("PUT", "/move", "text/xml") is None


async def test_nothing_stands_ready_while_another_request_is_in_flight() -> None:
    guard = Gate().guard()
    found: list[ReadyRequest | None] = []

    def respond(wire: Wire, asked: Asked) -> object:
        if asked.path == "/stop":
            found.append(channels[0].ready("PUT", "/move", "text/xml"))
        return guard(wire, asked)

    channels: list[HttpxChannel] = []
    with HostileServer(serve(respond)) as server:
        async with warm(server) as channel:
            channels.append(channel)
            await channel.send(STOP)
    assert found == [None]

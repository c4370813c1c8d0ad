"""Answers that break the rules, end early, or never end: each gives its own error, and nothing else happens."""

from __future__ import annotations

import asyncio
import threading

import pytest

from app.errors import BadCredentials, CameraError, ConnectionLost, ProtocolError, TimedOut, TooLarge
from app.families.base import Credentials
from app.model.device import Address
from app.transport.http import HttpxChannel
from app.wire.http import HttpAnswer, HttpRequest
from tests.transport.hostile import HOST, Asked, Gate, HostileServer, Script, Wire, always, serve

pytestmark = pytest.mark.anyio

OK = b"HTTP/1.1 200 OK\r\n"
GET = HttpRequest("GET", "/x", deadline=30)
PUT = HttpRequest("PUT", "/x", b"<x/>", deadline=30)
RIGHT = Credentials("admin", "right")


async def outcome(script: Script, request: HttpRequest) -> tuple[HttpAnswer | CameraError, HostileServer]:
    """The answer, or the error, which always names the device."""
    with HostileServer(script) as server:
        channel = HttpxChannel(Address(HOST, server.port))
        got: HttpAnswer | CameraError
        try:
            got = await channel.send(request)
        except CameraError as error:
            got = error
        finally:
            await channel.close()
    if isinstance(got, CameraError):
        assert f"{HOST}:{server.port}" in got.summary
    return got, server


both = pytest.mark.parametrize("request_", [GET, PUT], ids=["GET", "PUT"])

FLAWED = {
    "a header line without a name": OK + b"Fri, 20 Nov 2026 12:00:00 GMT\r\nContent-Length: 4\r\n\r\n<a/>",
    "blanks around the size of a chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n4   ;\r\n<a/>\r\n0 \r\n\r\n",
    "no status line and no headers": b"<a/>",
    "a Content-Length that is no number": OK + b"Content-Length: four\r\n\r\n<a/>",
    "an odd status line": b"HTTP/1.1  200 OK\r\nContent-Length: 4\r\n\r\n<a/>",
    "blanks around the name of a header": OK + b"Content-Length : 4\r\n\r\n<a/>",
}


@both
@pytest.mark.parametrize("flaw", FLAWED)
async def test_flaws_are_read_past(flaw: str, request_: HttpRequest) -> None:
    got, server = await outcome(always(FLAWED[flaw]), request_)
    assert isinstance(got, HttpAnswer)
    assert (got.status, got.body) == (200, b"<a/>")
    assert flaw in got.flaws
    assert len(server.seen) == (1 if request_ is PUT else 2)  # a write goes out once, whatever comes back


async def test_a_flawed_device_is_asked_once_from_then_on() -> None:
    with HostileServer(always(FLAWED["blanks around the size of a chunk"])) as server:
        channel = HttpxChannel(Address(HOST, server.port))
        for _ in range(3):
            assert (await channel.send(GET)).body == b"<a/>"
        await channel.close()
    assert len(server.seen) == 4


async def test_a_flawed_device_with_a_login() -> None:
    gate = Gate()

    def script(wire: Wire) -> None:
        asked = wire.request()
        if asked is None:
            return
        if gate.admits(asked):
            wire.send(FLAWED["a header line without a name"])
        else:
            wire.send(b"HTTP/1.1 401 No\r\nno name here\r\n" + gate.challenge().encode() + b"\r\n\r\n")

    with HostileServer(script) as server:
        channel = HttpxChannel(Address(HOST, server.port), RIGHT)
        for request in (GET, PUT, GET):
            assert (await channel.send(request)).body == b"<a/>"
        await channel.close()
    assert gate.tries == 3


BROKEN = {
    "ssh": b"SSH-2.0-OpenSSH_9.2\r\n",
    "rtsp": b"RTSP/1.0 400 Bad Request\r\n\r\n",
    "noise": bytes(range(128, 256)) * 10,
    "status": b"HTTP/1.1 OK OK\r\n\r\n",
    "chunk size": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc",
    "two lengths": OK + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\n<a/>",
    "chunk longer than said": OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
}


@both
@pytest.mark.parametrize("what", BROKEN)
async def test_what_is_no_http(what: str, request_: HttpRequest) -> None:
    got, server = await outcome(always(BROKEN[what]), request_)
    assert isinstance(got, ProtocolError)
    assert "proper HTTP" in got.summary
    assert len(server.seen) == (1 if request_ is PUT else 2)


CUT = {
    "after nothing": b"",
    "in the status line": b"HTTP/1.1 2",
    "in the headers": OK + b"Content-Le",
    "after the headers": OK + b"Content-Length: 48\r\n\r\n",
    "in the body": OK + b"Content-Length: 48\r\n\r\n<a>",
    "in a chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n30\r\n<a/>",
    "before the last chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\n<a/>\r\n",
}


@both
@pytest.mark.parametrize("how", ["closed", "reset"])
@pytest.mark.parametrize("where", CUT)
async def test_cut(where: str, how: str, request_: HttpRequest) -> None:
    def script(wire: Wire) -> None:
        if wire.request():
            wire.send(CUT[where])
            if how == "reset":
                wire.reset()

    got, server = await outcome(script, request_)
    assert isinstance(got, ConnectionLost)
    assert "closed the connection" in got.summary
    # Where no head came, a reader with more patience asks once more; it never does so for a write.
    twice = request_ is GET and where in ("after nothing", "in the status line", "in the headers")
    assert len(server.seen) <= (2 if twice else 1)


@both
@pytest.mark.parametrize("body", [b"<a><b>1</b></a>", b'{"a": [1]}'])
async def test_a_whole_document_that_is_shorter_than_announced(body: bytes, request_: HttpRequest) -> None:
    def script(wire: Wire) -> None:
        if wire.request():
            wire.send(OK + b"Content-Length: %d\r\n\r\n" % (len(body) + 48) + body)

    got, server = await outcome(script, request_)
    assert isinstance(got, HttpAnswer)
    assert got.body == body
    assert got.flaws == ("fewer bytes than announced",)
    assert len(server.seen) == 1


@both
@pytest.mark.parametrize("how", ["closed", "reset"])
async def test_closed_before_the_request(how: str, request_: HttpRequest) -> None:
    got, _ = await outcome(Wire.reset if how == "reset" else Wire.close, request_)
    assert isinstance(got, ConnectionLost)
    assert "before it answered" in got.summary


@both
async def test_closed_between_challenge_and_answer(request_: HttpRequest) -> None:
    gate = Gate()

    def respond(wire: Wire, asked: Asked) -> object:
        if "authorization" in asked.headers:
            return False
        return wire.answer(b"", "401 No", gate.challenge())

    with HostileServer(serve(respond)) as server:
        channel = HttpxChannel(Address(HOST, server.port), RIGHT)
        with pytest.raises(ConnectionLost):
            await channel.send(request_)
        await channel.close()
    assert sum("authorization" in asked.headers for asked in server.seen) == 1


@pytest.mark.parametrize("how", ["closed", "reset"])
async def test_a_kept_connection_that_died(how: str) -> None:
    """The device ends the kept connection upon the second request: a GET is repeated on a new one, a PUT never."""

    def script(wire: Wire) -> None:
        wire.request()
        wire.answer(b"first")
        if wire.number == 0 and wire.request():
            if how == "reset":
                wire.reset()
            return
        while wire.request():
            wire.answer(b"more")

    with HostileServer(script) as server:
        channel = HttpxChannel(Address(HOST, server.port))
        assert (await channel.send(GET)).body == b"first"
        assert (await channel.send(GET)).body == b"first"
        assert (await channel.send(PUT)).body == b"first"
        await channel.close()
    assert [asked.method for asked in server.seen] == ["GET", "GET", "GET", "PUT"]
    assert [asked.connection for asked in server.seen] == [0, 0, 1, 2]


async def test_a_write_that_is_never_answered_is_sent_once() -> None:
    for script in (always(b""), lambda wire: (wire.request(), wire.reset(), None)[2]):
        with HostileServer(script) as server:
            channel = HttpxChannel(Address(HOST, server.port))
            with pytest.raises(ConnectionLost):
                await channel.send(PUT)
            await channel.close()
        assert len(server.seen) == 1


@both
async def test_more_than_announced(request_: HttpRequest) -> None:
    """The surplus is thrown away and never taken for the next answer."""
    smuggled = b"</surplus>" + OK + b"Content-Length: 3\r\n\r\nbad"

    def respond(wire: Wire, asked: Asked) -> object:
        return wire.send(OK + b"Content-Length: 4\r\n\r\n<a/>" + smuggled)

    with HostileServer(serve(respond)) as server:
        channel = HttpxChannel(Address(HOST, server.port))
        for _ in range(4):
            assert (await channel.send(request_)).body == b"<a/>"
        await channel.close()


async def test_a_whole_second_answer_behind_the_first() -> None:
    number = [0]

    def respond(wire: Wire, asked: Asked) -> object:
        number[0] += 1
        body = f"<{asked.path[1:]}/>".encode()
        return wire.send(OK + b"Content-Length: %d\r\n\r\n" % len(body) + body + OK + b"Content-Length: 3\r\n\r\nbad")

    with HostileServer(serve(respond)) as server:
        channel = HttpxChannel(Address(HOST, server.port))
        for path in ("/a", "/b", "/c"):
            assert (await channel.send(HttpRequest("GET", path, deadline=30))).body == f"<{path[1:]}/>".encode()
        await channel.close()


@both
@pytest.mark.parametrize("line", [b"X-Header: value\r\n", b"x" * 60_000, b"Set-Cookie: a=" + b"b" * 1000 + b"\r\n"])
async def test_a_flood_of_headers(line: bytes, request_: HttpRequest) -> None:
    def script(wire: Wire) -> None:
        if wire.request():
            wire.send(OK)
            for _ in range(2_000_000 // len(line)):
                if not wire.send(line):
                    return

    got, _ = await outcome(script, request_)
    assert isinstance(got, TooLarge)
    assert "headers without end" in got.summary


@both
async def test_interim_answers_for_ever(request_: HttpRequest) -> None:
    def script(wire: Wire) -> None:
        if wire.request():
            for _ in range(100_000):
                if not wire.send(b"HTTP/1.1 100 Continue\r\n\r\n"):
                    return

    got, _ = await outcome(script, HttpRequest(request_.method, "/", deadline=10))
    assert isinstance(got, ProtocolError | TimedOut | ConnectionLost)


@both
async def test_a_web_page_instead_of_a_document(request_: HttpRequest) -> None:
    page = b"<html><body>Login</body></html>"
    got, _ = await outcome(serve(lambda wire, asked: wire.answer(page, "200 OK", "Content-Type: text/html")), request_)
    assert isinstance(got, HttpAnswer)
    assert (got.content_type, got.body) == ("text/html", page)


async def test_a_401_that_is_cut_still_tries_the_password_once_at_most() -> None:
    gate = Gate(password="another")

    def script(wire: Wire) -> None:
        asked = wire.request()
        if asked is None:
            return
        gate.admits(asked)
        wire.send(b"HTTP/1.1 401 No\r\n" + gate.challenge().encode() + b"\r\nContent-Length: 99\r\n\r\n<cut")

    with HostileServer(script) as server:
        channel = HttpxChannel(Address(HOST, server.port), RIGHT)
        for _ in range(3):
            with pytest.raises((ConnectionLost, BadCredentials)):
                await channel.send(GET)
        await channel.close()
    assert gate.tries <= 1


async def test_a_device_that_answers_before_it_has_read_all() -> None:
    def script(wire: Wire) -> None:
        while b"\r\n\r\n" not in wire._buffer:
            if not wire._more():
                return
        wire.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\n\r\n<a/>")
        wire.wait_for_hang_up()

    got, _ = await outcome(script, HttpRequest("PUT", "/", b"x" * 3_000_000, deadline=30))
    assert isinstance(got, HttpAnswer)
    assert (got.status, got.body) == (413, b"<a/>")


class TestStream:
    async def test_chunks_as_they_come(self) -> None:
        gate = Gate()
        go_on: list[Wire] = []

        def respond(wire: Wire, asked: Asked) -> object:
            if not gate.admits(asked):
                return wire.answer(b"", "401 No", gate.challenge())
            if asked.path == "/other":
                return wire.answer(b"<other/>")
            go_on.append(wire)
            wire.send(OK + b"Content-Type: multipart/mixed; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n")
            wire.send(b"5\r\nfirst\r\n")
            wire.wait_for_hang_up()
            return False

        with HostileServer(serve(respond)) as server:
            channel = HttpxChannel(Address(HOST, server.port), RIGHT)
            async with channel.open_stream(HttpRequest("GET", "/alerts", deadline=30)) as incoming:
                assert incoming.status == 200
                assert dict(incoming.headers)["Content-Type"] == "multipart/mixed; boundary=b"
                assert await anext(incoming.chunks) == b"first"
                other = await channel.send(HttpRequest("GET", "/other", deadline=30))
                assert other.body == b"<other/>"  # other requests go on beside it
                go_on[0].send(b"6\r\nsecond\r\n")
                assert await anext(incoming.chunks) == b"second"
            await channel.close()
        assert gate.tries == 2

    async def test_a_head_that_is_slow_to_come_holds_no_other_request(self) -> None:
        gate, asked_for, may_go = Gate(), threading.Event(), threading.Event()

        def respond(wire: Wire, asked: Asked) -> object:
            if not gate.admits(asked):
                return wire.answer(b"", "401 No", gate.challenge())
            if asked.path == "/alerts":
                asked_for.set()
                may_go.wait(60)
                wire.send(OK + b"\r\nfirst")
                return False
            return wire.answer(b"<other/>")

        with HostileServer(serve(respond)) as server:
            channel = HttpxChannel(Address(HOST, server.port), RIGHT)
            await channel.send(GET)  # the password is known to be good

            async def listen() -> bytes:
                async with channel.open_stream(HttpRequest("GET", "/alerts", deadline=60)) as incoming:
                    return await anext(incoming.chunks)

            listening = asyncio.create_task(listen())
            assert await asyncio.to_thread(asked_for.wait, 60)
            assert (await channel.send(HttpRequest("GET", "/other", deadline=30))).body == b"<other/>"
            assert not listening.done()
            may_go.set()
            assert await listening == b"first"
            await channel.close()

    async def test_while_the_password_is_tried_a_stream_waits_its_turn(self) -> None:
        gate = Gate(password="another")
        with HostileServer(serve(gate.guard())) as server:
            channel = HttpxChannel(Address(HOST, server.port), RIGHT)

            async def listen() -> None:
                async with channel.open_stream(GET):
                    pass

            outcomes = await asyncio.gather(channel.send(GET), listen(), channel.send(GET), return_exceptions=True)
            assert all(isinstance(outcome, BadCredentials) for outcome in outcomes)
            await channel.close()
        assert gate.tries == 1

    async def test_the_short_form(self) -> None:
        def script(wire: Wire) -> None:
            wire.request()
            wire.send(OK + b"\r\nabc")

        with HostileServer(script) as server:
            channel = HttpxChannel(Address(HOST, server.port))
            assert b"".join([chunk async for chunk in channel.stream(GET)]) == b"abc"
            await channel.close()

    async def test_refused(self) -> None:
        with HostileServer(serve(lambda wire, asked: wire.answer(b"<no/>", "403 Forbidden"))) as server:
            channel = HttpxChannel(Address(HOST, server.port))
            async with channel.open_stream(GET) as incoming:
                assert incoming.status == 403
                assert b"".join([chunk async for chunk in incoming.chunks]) == b"<no/>"
            with pytest.raises(ProtocolError, match="does not give this stream"):
                await anext(channel.stream(GET))
            await channel.close()

    async def test_a_wrong_password(self) -> None:
        gate = Gate(password="another")
        with HostileServer(serve(gate.guard())) as server:
            channel = HttpxChannel(Address(HOST, server.port), RIGHT)
            for _ in range(3):
                with pytest.raises(BadCredentials):
                    await anext(channel.stream(GET))
            await channel.close()
        assert gate.tries == 1

    @pytest.mark.parametrize("how", ["closed", "reset"])
    async def test_cut(self, how: str) -> None:
        received = threading.Event()

        def script(wire: Wire) -> None:
            wire.request()
            wire.send(OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
            received.wait(60)
            if how == "reset":
                wire.reset()

        with HostileServer(script) as server:
            channel = HttpxChannel(Address(HOST, server.port))
            async with channel.open_stream(GET) as incoming:
                assert await anext(incoming.chunks) == b"a"
                received.set()
                with pytest.raises(ConnectionLost, match="in the middle"):
                    await anext(incoming.chunks)
            await channel.close()

    async def test_silence_before_the_head(self) -> None:
        def script(wire: Wire) -> None:
            wire.request()
            wire.wait_for_hang_up()

        with HostileServer(script) as server:
            channel = HttpxChannel(Address(HOST, server.port))
            with pytest.raises(TimedOut):
                await anext(channel.stream(HttpRequest("GET", "/", deadline=0.3)))
            await channel.close()

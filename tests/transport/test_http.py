"""Reading and writing over HTTP: login, redirects, limits of time and size, with real sockets."""

from __future__ import annotations

import asyncio
import gzip
import logging
import traceback
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.errors import (
    AuthError,
    BadCredentials,
    CameraError,
    ConnectionLost,
    CredentialsNeeded,
    InvalidSetting,
    LockedOut,
    ProtocolError,
    TimedOut,
    TooLarge,
    Unreachable,
)
from app.families.base import Credentials, HttpChannel
from app.model.device import Address
from app.transport.http import HttpxChannel
from app.transport.login import ReadRefusal
from app.wire.http import HttpAnswer, HttpRequest
from tests.transport.hostile import HOST, Asked, Gate, HostileServer, Script, Wire, always, serve

pytestmark = pytest.mark.anyio

RIGHT = Credentials("admin", "right")
WRONG = Credentials("admin", "wrong-4711")
GET = HttpRequest("GET", "/ISAPI/System/deviceInfo?a=1", deadline=30)
PUT = HttpRequest("PUT", "/ISAPI/x", b"<x/>", "application/xml", deadline=30)


@asynccontextmanager
async def channel_to(
    server: HostileServer,
    credentials: Credentials | None = None,
    *,
    allow_basic: bool = True,
    read_refusal: ReadRefusal | None = None,
) -> AsyncIterator[HttpxChannel]:
    channel = HttpxChannel(Address(HOST, server.port), credentials, allow_basic=allow_basic, read_refusal=read_refusal)
    try:
        yield channel
    finally:
        await channel.close()


async def ask(script: Script, request: HttpRequest = GET) -> HttpAnswer:
    with HostileServer(script) as server:
        async with channel_to(server) as channel:
            return await channel.send(request)


async def fails(script: Script, request: HttpRequest = GET, requests: int | None = None) -> CameraError:
    """The error of one request; it always names the device. requests: how many the device must have seen."""
    with HostileServer(script) as server:
        async with channel_to(server) as channel:
            with pytest.raises(CameraError) as caught:
                await channel.send(request)
        assert f"{HOST}:{server.port}" in caught.value.summary
        if requests is not None:
            assert len(server.seen) == requests
        return caught.value


class TestPlain:
    async def test_an_answer(self) -> None:
        def respond(wire: Wire, asked: Asked) -> object:
            return wire.answer(b"<a/>", "200 OK", "Content-Type: Application/XML; charset=utf-8", "X-A: 1", "x-a: 2")

        answer = await ask(serve(respond))
        assert (answer.status, answer.body, answer.flaws) == (200, b"<a/>", ())
        assert answer.content_type == "application/xml"
        assert answer.all("X-A") == ("1", "2")

    async def test_what_is_sent(self) -> None:
        with HostileServer(serve(lambda wire, asked: wire.answer())) as server:
            async with channel_to(server) as channel:
                await channel.send(GET)
                await channel.send(PUT)
                await channel.send(HttpRequest("PUT", "/empty"))
                await channel.send(HttpRequest("GET", "/a b/ü?q=%20&r=[1]", headers=(("X-Y", "z"),)))
        get, put, empty, odd = server.seen
        assert (get.method, get.path, get.body) == ("GET", "/ISAPI/System/deviceInfo?a=1", b"")
        assert get.headers["host"] == f"{HOST}:{server.port}"
        assert "authorization" not in get.headers
        assert (put.method, put.path, put.body) == ("PUT", "/ISAPI/x", b"<x/>")
        assert put.headers["content-type"] == "application/xml"
        assert empty.headers["content-length"] == "0"
        assert odd.path == "/a%20b/%C3%BC?q=%20&r=[1]"
        assert odd.headers["x-y"] == "z"

    async def test_reading_keeps_its_connection(self) -> None:
        with HostileServer(serve(lambda wire, asked: wire.answer(b"x"))) as server:
            async with channel_to(server) as channel:
                for _ in range(5):
                    await channel.send(GET)
        assert server.connections == 1

    async def test_one_in_flight(self) -> None:
        inside: list[int] = [0]
        most: list[int] = [0]

        def respond(wire: Wire, asked: Asked) -> object:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            wire.sock.settimeout(0.01)
            try:
                wire.sock.recv(1)  # gives a second request the time to arrive
            except TimeoutError:
                pass
            wire.sock.settimeout(60)
            inside[0] -= 1
            return wire.answer(b"x")

        with HostileServer(serve(respond)) as server:
            async with channel_to(server) as channel:
                await asyncio.gather(*(channel.send(PUT if n % 2 else GET) for n in range(8)))
        assert len(server.seen) == 8
        assert most == [1]

    async def test_statuses_are_answers(self) -> None:
        for status in ("403 Forbidden", "404 Not Found", "500 Device Error", "503 Busy"):
            answer = await ask(serve(lambda wire, asked, s=status: wire.answer(b"<r/>", s)))  # type: ignore[misc]
            assert (answer.status, answer.body) == (int(status[:3]), b"<r/>")

    async def test_head_and_no_content(self) -> None:
        def script(wire: Wire) -> None:
            wire.request()
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 400000000\r\n\r\n")

        assert (await ask(script, HttpRequest("HEAD", "/"))).body == b""
        assert (await ask(always(b"HTTP/1.1 204 No\r\n\r\n"))).status == 204

    async def test_bad_requests_are_refused_here(self) -> None:
        with HostileServer(serve(lambda wire, asked: wire.answer())) as server:
            async with channel_to(server) as channel:
                for request in (
                    HttpRequest("GET", "no-slash"),
                    HttpRequest("GET", "/", headers=(("A", "b\r\nEvil: 1"),)),
                    HttpRequest("PUT", "/", content_type="a\nb"),
                ):
                    with pytest.raises(InvalidSetting):
                        await channel.send(request)
                await channel.send(HttpRequest("GET", "/x\r\nEvil: 1"))
        assert [asked.path for asked in server.seen] == ["/x%0D%0AEvil:%201"]

    async def test_after_closing(self) -> None:
        with HostileServer(serve(lambda wire, asked: wire.answer())) as server:
            async with channel_to(server) as channel:
                await channel.send(GET)
            with pytest.raises(ConnectionLost):
                await channel.send(GET)
        assert len(server.seen) == 1

    async def test_it_is_the_contract(self) -> None:
        channel: HttpChannel = HttpxChannel(Address(HOST, 1))
        assert channel.address == Address(HOST, 1)
        await channel.close()


class TestLogin:
    @pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
    async def test_digest_reading_and_writing(self, algorithm: str) -> None:
        gate = Gate(algorithm=algorithm)
        with HostileServer(serve(gate.guard())) as server:
            async with channel_to(server, RIGHT) as channel:
                for request in (GET, PUT, GET, PUT):
                    assert (await channel.send(request)).body == b"<ok/>"
                assert not channel.basic_used
        assert len(server.seen) == 5  # one challenge, then the nonce is kept
        assert [asked.headers.get("authorization", "")[:6] for asked in server.seen] == ["", *["Digest"] * 4]

    async def test_a_first_write_goes_out_twice_at_most(self) -> None:
        gate = Gate()
        with HostileServer(serve(gate.guard())) as server:
            async with channel_to(server, RIGHT) as channel:
                await channel.send(PUT)
        assert [asked.body for asked in server.seen] == [b"<x/>", b"<x/>"]

    async def test_the_stronger_of_two_headers(self) -> None:
        gate = Gate()

        def respond(wire: Wire, asked: Asked) -> object:
            if gate.admits(asked):
                return wire.answer(b"in")
            return wire.answer(b"", "401 No", 'WWW-Authenticate: Basic realm="x"', gate.challenge())

        with HostileServer(serve(respond)) as server:
            async with channel_to(server, RIGHT) as channel:
                assert (await channel.send(GET)).body == b"in"
        assert not any(asked.headers.get("authorization", "").startswith("Basic") for asked in server.seen)

    @staticmethod
    def basic(wire: Wire, asked: Asked) -> object:
        if asked.headers.get("authorization") == "Basic YWRtaW46cmlnaHQ=":
            return wire.answer(b"in")
        return wire.answer(b"", "401 No", 'WWW-Authenticate: Basic realm="x"')

    async def test_basic_where_nothing_else_is_offered(self) -> None:
        with HostileServer(serve(self.basic)) as server:
            async with channel_to(server, RIGHT) as channel:
                assert (await channel.send(GET)).body == b"in"
                assert channel.basic_used

    async def test_basic_may_be_barred(self) -> None:
        with HostileServer(serve(self.basic)) as server:
            async with channel_to(server, RIGHT, allow_basic=False) as channel:
                with pytest.raises(ProtocolError, match="unprotected"):
                    await channel.send(GET)
        assert not any("authorization" in asked.headers for asked in server.seen)

    async def test_a_wrong_password_is_tried_once(self) -> None:
        gate = Gate()
        with HostileServer(serve(gate.guard())) as server:
            async with channel_to(server, WRONG) as channel:
                for request in (GET, GET, PUT):
                    with pytest.raises(BadCredentials, match="refused the password"):
                        await channel.send(request)
                with pytest.raises(BadCredentials):
                    async with channel.open_stream(GET):
                        pass
            async with channel_to(server, RIGHT) as channel:
                await channel.send(GET)
        assert gate.tries == 2  # the wrong one once, the right one once
        assert len(server.seen) == 4

    async def test_many_waiting_requests_are_one_try(self) -> None:
        gate = Gate()
        with HostileServer(serve(gate.guard())) as server:
            async with channel_to(server, WRONG) as channel:
                outcomes = await asyncio.gather(*(channel.send(GET) for _ in range(10)), return_exceptions=True)
        assert all(isinstance(outcome, BadCredentials) for outcome in outcomes)
        assert gate.tries == 1

    @pytest.mark.parametrize("extra", ["", ", stale=true"])
    async def test_a_loop_of_challenges_ends(self, extra: str) -> None:
        gate = Gate(password="nobody knows it")

        def respond(wire: Wire, asked: Asked) -> object:
            gate.renew()
            return wire.answer(b"", "401 No", gate.challenge(extra))

        with HostileServer(serve(respond)) as server:
            async with channel_to(server, RIGHT) as channel:
                for _ in range(3):
                    with pytest.raises(BadCredentials):
                        await channel.send(GET)
        assert len(server.seen) == (3 if extra else 2)

    @pytest.mark.parametrize("request_", [GET, PUT])
    async def test_a_nonce_that_expires_without_a_word(self, request_: HttpRequest) -> None:
        gate = Gate()
        with HostileServer(serve(gate.guard())) as server:
            async with channel_to(server, RIGHT) as channel:
                for _ in range(3):
                    assert (await channel.send(request_)).status == 200
                    gate.renew()
        assert len(server.seen) == 6

    async def test_a_kept_nonce_that_gets_403(self) -> None:
        gate = Gate()
        fresh = [False]

        def respond(wire: Wire, asked: Asked) -> object:
            if "authorization" not in asked.headers:
                fresh[0] = True
                return wire.answer(b"", "401 No", gate.challenge())
            if not fresh[0] or not gate.admits(asked):
                return wire.answer(b"", "403 Forbidden")
            fresh[0] = False
            return wire.answer(b"in")

        with HostileServer(serve(respond)) as server:
            async with channel_to(server, RIGHT) as channel:
                for _ in range(3):
                    assert (await channel.send(GET)).body == b"in"
        assert len(server.seen) == 2 + 3 + 2  # learns at the second request, asks first at the third

    async def test_a_403_that_is_meant(self) -> None:
        gate = Gate()

        def respond(wire: Wire, asked: Asked) -> object:
            if not gate.admits(asked):
                return wire.answer(b"", "401 No", gate.challenge())
            return wire.answer(b"<low/>", "403 Forbidden") if "no" in asked.path else wire.answer(b"in")

        with HostileServer(serve(respond)) as server:
            async with channel_to(server, RIGHT) as channel:
                await channel.send(GET)
                await channel.send(GET)
                before = len(server.seen)
                for _ in range(5):
                    assert (await channel.send(HttpRequest("GET", "/no"))).body == b"<low/>"
        assert len(server.seen) == before + 5

    async def test_no_credentials(self) -> None:
        with HostileServer(serve(Gate().guard())) as server:
            async with channel_to(server) as channel:
                for _ in range(2):
                    with pytest.raises(CredentialsNeeded) as caught:
                        await channel.send(GET)
        answer = getattr(caught.value, "answer", None)
        assert isinstance(answer, HttpAnswer)
        assert (answer.status, answer.body) == (401, b"<no/>")
        assert "IP Camera(1)" in answer.header("www-authenticate")
        assert len(server.seen) == 2

    @pytest.mark.parametrize("header", ["X-Nothing: 1", "WWW-Authenticate: Negotiate", "WWW-Authenticate: Digest"])
    async def test_no_known_way_in(self, header: str) -> None:
        with HostileServer(serve(lambda wire, asked: wire.answer(b"", "401 No", header))) as server:
            async with channel_to(server, RIGHT) as channel:
                with pytest.raises(ProtocolError, match="no way to log in"):
                    await channel.send(GET)
        assert len(server.seen) == 1

    async def test_the_family_reads_a_refusal(self) -> None:
        def read(answer: HttpAnswer) -> AuthError | None:
            return BadCredentials("Dock 2 refused.", tries_left=4) if answer.body == b"<no/>" else None

        with HostileServer(serve(Gate().guard())) as server:
            async with channel_to(server, WRONG, read_refusal=read) as channel:
                with pytest.raises(BadCredentials) as caught:
                    await channel.send(GET)
                assert caught.value.tries_left == 4
                with pytest.raises(BadCredentials, match="Dock 2"):
                    await channel.send(GET)
        assert len(server.seen) == 2

    async def test_a_locked_device_is_not_tried(self) -> None:
        def read(answer: HttpAnswer) -> AuthError | None:
            return LockedOut("Dock 2 is locked.", seconds=1800)

        gate = Gate()
        with HostileServer(serve(gate.guard())) as server:
            async with channel_to(server, RIGHT) as channel:
                channel.read_refusal = read
                for _ in range(2):
                    with pytest.raises(LockedOut) as caught:
                        await channel.send(GET)
        assert caught.value.seconds == 1800
        assert gate.tries == 0
        assert len(server.seen) == 1

    async def test_the_password_shows_nowhere(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        with HostileServer(serve(Gate().guard())) as server:
            async with channel_to(server, WRONG) as channel:
                with pytest.raises(BadCredentials) as caught:
                    await channel.send(GET)
                told = [repr(channel), repr(vars(channel)), repr(caught.value), str(caught.value), caught.value.detail]
            told += traceback.format_exception(caught.value)
        told += [record.getMessage() for record in caplog.records]
        assert not any("wrong-4711" in text for text in told)


class TestRedirects:
    @staticmethod
    def to(target: str, status: str = "302 Found") -> Script:
        def respond(wire: Wire, asked: Asked) -> object:
            place = target.format(port=wire.sock.getsockname()[1])
            return wire.answer(b"", status, f"Location: {place}") if asked.path != "/end" else wire.answer(b"end")

        return serve(respond)

    @pytest.mark.parametrize("target", ["/end", "end", "http://127.13.0.1:{port}/end", "//127.13.0.1:{port}/end"])
    async def test_within_the_device(self, target: str) -> None:
        assert (await ask(self.to(target), HttpRequest("GET", "/start"))).body == b"end"

    @pytest.mark.parametrize(
        "target",
        ["http://127.13.0.9:{port}/end", "https://127.13.0.1:{port}/end", "http://127.13.0.1:1/end", "http://[bad",
         "ftp://127.13.0.1/", "http://127.13.0.1:99999/"],
    )  # fmt: skip
    async def test_elsewhere(self, target: str) -> None:
        error = await fails(self.to(target), HttpRequest("GET", "/start"), requests=1)
        assert isinstance(error, ProtocolError)
        assert "another place" in error.summary

    async def test_circles(self) -> None:
        error = await fails(self.to("/start"), HttpRequest("GET", "/start"), requests=4)
        assert isinstance(error, ProtocolError)
        assert "circles" in error.summary

    async def test_a_write_is_not_sent_on(self) -> None:
        error = await fails(self.to("/end", "307 Temporary Redirect"), PUT, requests=1)
        assert isinstance(error, ProtocolError)

    async def test_a_redirect_without_target_is_an_answer(self) -> None:
        assert (await ask(serve(lambda wire, asked: wire.answer(b"x", "302 Found")))).status == 302


class TestLimits:
    async def test_refused_connection(self) -> None:
        with HostileServer(always(b"")) as server:
            port = server.port
        for request in (GET, PUT):
            channel = HttpxChannel(Address(HOST, port))
            with pytest.raises(Unreachable, match="refuses the connection"):
                await channel.send(request)
            await channel.close()

    async def test_a_silent_device(self) -> None:
        for request in (GET, PUT):
            error = await fails(
                lambda wire: (wire.request(), wire.wait_for_hang_up(), None)[2],
                HttpRequest(request.method, "/", request.body, deadline=0.3),
            )
            assert isinstance(error, TimedOut)
            assert "did not answer within 0.3 s" in error.summary

    @pytest.mark.parametrize("method", ["GET", "PUT"])
    @pytest.mark.parametrize("chunked", [False, True])
    async def test_a_slow_drip(self, method: str, chunked: bool) -> None:
        gone: list[bool] = []

        def script(wire: Wire) -> None:
            wire.request()
            if chunked:
                wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            else:
                wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            wire.sock.settimeout(0.02)
            while wire.send(b"1\r\na\r\n" if chunked else b"a"):
                try:
                    if wire.sock.recv(1) == b"":
                        break
                except TimeoutError:
                    continue
                except ConnectionError:  # what a hang-up is when bytes of the drip lay unread
                    break
            gone.append(True)

        error = await fails(script, HttpRequest(method, "/", deadline=0.5), requests=1)
        assert isinstance(error, TimedOut)
        assert "too slowly" in error.summary
        assert gone == [True]  # the device was hung up on

    async def test_a_drip_of_headers(self) -> None:
        def script(wire: Wire) -> None:
            wire.request()
            wire.send(b"HTTP/1.1 200 OK\r\n")
            wire.sock.settimeout(0.02)
            while wire.send(b"X: y\r\n"):
                try:
                    if wire.sock.recv(1) == b"":
                        return
                except TimeoutError:
                    continue

        assert isinstance(await fails(script, HttpRequest("GET", "/", deadline=0.5)), TimedOut)

    async def test_the_channel_lives_on_after_a_timeout(self) -> None:
        def respond(wire: Wire, asked: Asked) -> object:
            return wire.answer(b"ok") if asked.path == "/quick" else wire.wait_for_hang_up()

        with HostileServer(serve(respond)) as server:
            async with channel_to(server) as channel:
                for _ in range(3):
                    with pytest.raises(TimedOut):
                        await channel.send(HttpRequest("GET", "/slow", deadline=0.2))
                    assert (await channel.send(HttpRequest("GET", "/quick", deadline=30))).body == b"ok"

    @pytest.mark.parametrize("method", ["GET", "PUT"])
    async def test_cancelling_hangs_up(self, method: str) -> None:
        arrived = asyncio.Event()
        gone: list[bool] = []
        loop = asyncio.get_running_loop()

        def respond(wire: Wire, asked: Asked) -> object:
            if asked.path == "/quick":
                return wire.answer(b"ok")
            loop.call_soon_threadsafe(arrived.set)
            gone.append(wire.wait_for_hang_up())
            return False

        with HostileServer(serve(respond)) as server:
            async with channel_to(server) as channel:
                task = asyncio.create_task(channel.send(HttpRequest(method, "/slow", deadline=60)))
                async with asyncio.timeout(30):
                    await arrived.wait()
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                assert (await channel.send(HttpRequest("GET", "/quick", deadline=30))).body == b"ok"
        assert gone == [True]

    @pytest.mark.parametrize("method", ["GET", "PUT"])
    @pytest.mark.parametrize("head", ["Content-Length: 104857600", "Transfer-Encoding: chunked", "X-Until: close"])
    async def test_a_hundred_megabytes(self, method: str, head: str) -> None:
        sent = [0]

        def script(wire: Wire) -> None:
            wire.request()
            wire.send(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode())
            block = b"x" * 65536
            piece = b"10000\r\n" + block + b"\r\n" if "chunked" in head else block
            for _ in range(1600):
                if not wire.send(piece):
                    return
                sent[0] += len(block)

        error = await fails(script, HttpRequest(method, "/", deadline=60, limit=1024 * 1024), requests=1)
        assert isinstance(error, TooLarge)
        assert "1 MB" in error.summary
        assert sent[0] < 60_000_000  # the rest was not taken

    async def test_a_body_of_just_the_limit(self) -> None:
        script = serve(lambda wire, asked: wire.answer(b"x" * 1000))
        assert len((await ask(script, HttpRequest("GET", "/", limit=1000))).body) == 1000
        assert isinstance(await fails(script, HttpRequest("GET", "/", limit=999)), TooLarge)

    @pytest.mark.parametrize("method", ["GET", "PUT"])
    @pytest.mark.parametrize("encoding", ["gzip", "deflate"])
    async def test_a_bomb(self, method: str, encoding: str) -> None:
        pack = gzip.compress if encoding == "gzip" else zlib.compress
        bomb = pack(b"\0" * 100_000_000)
        assert len(bomb) < 200_000
        script = serve(lambda wire, asked: wire.answer(bomb, "200 OK", f"Content-Encoding: {encoding}"))
        assert isinstance(await fails(script, HttpRequest(method, "/", deadline=60), requests=1), TooLarge)

    async def test_packed_answers(self) -> None:
        text = b"<a>" + b"text " * 100_000 + b"</a>"
        bare = zlib.compressobj(wbits=-15)
        for encoding, packed in (
            ("gzip", gzip.compress(text)),
            ("deflate", zlib.compress(text)),
            ("deflate", bare.compress(text) + bare.flush()),
            ("identity", text),
        ):
            script = serve(
                lambda wire, asked, e=encoding, p=packed: wire.answer(p, "200 OK", f"Content-Encoding: {e}")  # type: ignore[misc]
            )
            assert (await ask(script)).body == text

    async def test_packed_badly(self) -> None:
        packed = gzip.compress(b"x" * 100_000)
        for encoding, body in (
            ("gzip", packed[:-20]),
            ("gzip", b"<a>not packed</a>"),
            ("gzip", packed[:50] + b"\xff" * 50 + packed[100:]),
            ("br", b"x"),
            ("gzip, gzip", packed),
        ):
            script = serve(
                lambda wire, asked, e=encoding, b=body: wire.answer(b, "200 OK", f"Content-Encoding: {e}")  # type: ignore[misc]
            )
            assert isinstance(await fails(script, requests=1), ProtocolError), encoding

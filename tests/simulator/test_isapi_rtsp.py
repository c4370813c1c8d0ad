"""The RTSP server with a simulated camera behind it: the same accounts, the same lock, the same settings."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import itertools
import re
import struct
from collections.abc import AsyncIterator

import httpx
import pytest

from app.simulator.farm import Farm

pytestmark = pytest.mark.anyio
PASSWORD = "Right-1234"


async def describe(farm: Farm, stream: str, authorization: str = "") -> str:
    """The head and body of the answer to one DESCRIBE."""
    place = farm.stations[0].place
    reader, writer = await asyncio.open_connection(place.host, place.rtsp_port)
    line = f"Authorization: {authorization}\r\n" if authorization else ""
    writer.write(f"DESCRIBE {url(farm, stream)} RTSP/1.0\r\nCSeq: 1\r\n{line}\r\n".encode())
    try:
        async with asyncio.timeout(30):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = re.search(r"Content-Length: (\d+)", head, re.IGNORECASE)
            return head + (await reader.readexactly(int(length.group(1)) if length else 0)).decode()
    finally:
        writer.close()


def url(farm: Farm, stream: str) -> str:
    place = farm.stations[0].place
    return f"rtsp://{place.host}:{place.rtsp_port}/Streaming/Channels/{stream}"


def digest(farm: Farm, stream: str, challenge: str, password: str = PASSWORD, name: str = "md5") -> str:
    """RFC 2069: without qop, as RTSP clients do it."""

    def h(text: str) -> str:
        return hashlib.new(name, text.encode()).hexdigest()

    given = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
    assert "qop" not in given
    address = url(farm, stream)
    ha1, ha2 = h(f"admin:{given['realm']}:{password}"), h(f"DESCRIBE:{address}")
    response = h(f"{ha1}:{given['nonce']}:{ha2}")
    algorithm = ", algorithm=SHA-256" if name == "sha256" else ""
    return (
        f'Digest username="admin", realm="{given["realm"]}", nonce="{given["nonce"]}", uri="{address}", '
        f'response="{response}"{algorithm}'
    )


@pytest.mark.parametrize(("quirk", "name"), [("lf", "md5"), ("sha256_only", "sha256")])
async def test_digest_gets_the_description_and_the_settings_are_in_it(run_camera, quirk, name):
    async with run_camera(quirk) as farm:
        refused = await describe(farm, "102")
        assert refused.startswith("RTSP/1.0 401")
        answer = await describe(farm, "102", digest(farm, "102", refused, name=name))
        assert answer.startswith("RTSP/1.0 200")
        assert "H264/90000" in answer
        assert "640,360" in answer
        missing = await describe(farm, "999", digest(farm, "999", refused, name=name))
        assert missing.startswith("RTSP/1.0 404")


async def test_wrong_passwords_lock_here_as_well(run_camera):
    async with run_camera() as farm:
        challenge = await describe(farm, "102")
        for _ in range(5):
            refused = await describe(farm, "102", digest(farm, "102", challenge, "wrong"))
            assert refused.startswith("RTSP/1.0 401")
        assert (await describe(farm, "102", digest(farm, "102", challenge))).startswith("RTSP/1.0 401")
        assert farm.cameras[0].gate.locked_for(farm.stations[0].place.host) or farm.cameras[0].gate.locked_for(
            "127.0.0.1"
        )


class Viewer:
    """A few lines of RTSP with Basic, by hand: no library between the test and the wire."""

    def __init__(self, farm: Farm, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.farm, self.reader, self.writer = farm, reader, writer
        self.session = ""

    async def ask(self, method: str, *lines: str, tail: str = "") -> str:
        """The answer to one request; pictures that come in between are dropped."""
        basic = base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
        head = [f"{method} {url(self.farm, '102')}{tail} RTSP/1.0", "CSeq: 1", f"Authorization: Basic {basic}", *lines]
        head += [f"Session: {self.session}"] if self.session else []
        self.writer.write(("\r\n".join(head) + "\r\n\r\n").encode())
        async with asyncio.timeout(30):
            answer = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = re.search(r"Content-Length: (\d+)", answer, re.IGNORECASE)
            answer += (await self.reader.readexactly(int(length.group(1)) if length else 0)).decode()
        found = re.search(r"Session: (\w+)", answer)
        self.session = found.group(1) if found else self.session
        return answer

    async def play(self) -> None:
        assert " 200 " in await self.ask("SETUP", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1", tail="/trackID=1")
        assert " 200 " in await self.ask("PLAY")

    async def packet(self) -> bytes:
        """The next packet of the picture."""
        async with asyncio.timeout(30):
            while True:
                mark, channel, size = struct.unpack(">cBH", await self.reader.readexactly(4))
                assert mark == b"$"
                body = await self.reader.readexactly(size)
                if channel == 0:
                    return body


@contextlib.asynccontextmanager
async def viewer(run_camera, quirk: str) -> AsyncIterator[Viewer]:
    async with run_camera("basic_only", *([quirk] if quirk else [])) as farm:
        place = farm.stations[0].place
        reader, writer = await asyncio.open_connection(place.host, place.rtsp_port)
        try:
            yield Viewer(farm, reader, writer)
        finally:
            writer.close()


async def test_transports_that_are_refused(run_camera):
    wanted = {
        "rtsp_refuse_tcp": "Transport: RTP/AVP/TCP;unicast;interleaved=0-1",
        "rtsp_refuse_udp": "Transport: RTP/AVP;unicast;client_port=50000-50001",
    }
    for quirk, transport in wanted.items():
        async with viewer(run_camera, quirk) as caller:
            assert "RTSP/1.0 461" in await caller.ask("SETUP", transport, tail="/trackID=1")


async def test_parameter_sets_may_be_missing(run_camera):
    async with viewer(run_camera, "") as caller:
        assert "sprop-parameter-sets" in await caller.ask("DESCRIBE")
    async with viewer(run_camera, "rtsp_no_parameter_sets") as caller:
        assert "sprop-parameter-sets" not in await caller.ask("DESCRIBE")


async def test_pictures_that_come_broken_or_not_at_all(run_camera):
    async with viewer(run_camera, "rtsp_garbage") as caller:
        await caller.ask("SETUP", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1", tail="/trackID=1")
        assert not (await caller.ask("PLAY")).startswith("RTSP/")
    async with viewer(run_camera, "rtsp_lose=3") as caller:
        await caller.play()
        numbers = [struct.unpack_from(">H", await caller.packet(), 2)[0] for _ in range(12)]
        steps = {(after - before) % 65536 for before, after in itertools.pairwise(numbers)}
        assert steps == {1, 2}
    async with viewer(run_camera, "rtsp_silent") as caller:
        await caller.play()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await caller.reader.readexactly(4)


async def test_the_sound_is_as_the_stream_is_set(run_camera):
    async with run_camera(model="CW-G4A") as farm:
        place, path = farm.stations[0].place, "/ISAPI/Streaming/channels/102"
        base = f"http://{place.host}:{place.http_port}"
        async with httpx.AsyncClient(base_url=base, auth=httpx.DigestAuth("admin", PASSWORD), trust_env=False) as http:
            for sound, line in (("", ""), ("G.711ulaw", "m=audio 0 RTP/AVP 0"), ("AAC", "mpeg4-generic/16000")):
                if sound:
                    document = (await http.get(path)).text
                    document = re.sub(r"(<Audio>\s*<enabled[^>]*>)false", r"\1true", document)
                    document = re.sub(r"(<audioCompressionType[^>]*>)[^<]*", rf"\g<1>{sound}", document)
                    assert (await http.put(path, content=document)).status_code == 200
                refused = await describe(farm, "102")
                heard = await describe(farm, "102", digest(farm, "102", refused))
                assert ("trackID=2" in heard) == bool(sound)
                assert line in heard

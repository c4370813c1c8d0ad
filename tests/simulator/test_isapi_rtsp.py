"""The RTSP server with a simulated camera behind it: the same accounts, the same lock, the same settings."""

from __future__ import annotations

import asyncio
import hashlib
import re

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

"""The simulated VIGI camera against tp-link-vigi-sdk, a client that its author tried on real cameras; and the pairs
of question and answer that were gathered from documents and devices."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from vigi.exceptions import AuthenticationError
from vigi.http_transport import HttpTransport
from vigi.ipc_auth import IpcAuthConfig, IpcAuthService
from vigi.ipc_control import build_get_stream_port_request
from vigi.transport import TransportConfig

from app.simulator.camera import CameraPlan
from app.simulator.farm import Farm
from app.simulator.quirks import Quirks
from tests.simulator.vigi_client import calling, sha

pytestmark = [pytest.mark.anyio, pytest.mark.peer]
PASSWORD = "Peer-1234"


async def running(host: str, *quirks: str) -> Farm:
    farm = Farm([CameraPlan("vigi", host, 0, 0, password=PASSWORD, quirks=Quirks.parse(quirks))], ssdp=False)
    await farm.start()
    return farm


def stream_port(host: str, port: int, password: str) -> dict[str, Any]:
    """As the package does it: both steps of doAuth, then one call with the token."""
    config = TransportConfig(base_url=f"https://{host}:{port}", verify_ssl=False)
    transport = HttpTransport(config)
    session = IpcAuthService(IpcAuthConfig(host, "admin", password, port)).authenticate(transport)
    answer = transport.send(build_get_stream_port_request(session))
    return dict(json.loads(answer.body))


@pytest.mark.parametrize("quirks", [(), ("challenge_401",)])
async def test_the_package_logs_in_and_calls(quirks):
    farm = await running("127.68.30.1", *quirks)
    try:
        place = farm.stations[0].place
        answer = await asyncio.to_thread(stream_port, place.host, place.port, PASSWORD)
        assert answer["result"]["streamPort"] == str(place.rtsp_port)
        with pytest.raises(AuthenticationError):
            await asyncio.to_thread(stream_port, place.host, place.port, "wrong")
    finally:
        await farm.stop()


@pytest.fixture
def pairs(shared: Path) -> list[dict[str, Any]]:
    return list(json.loads((shared / "realdata/vigi/openapi_pairs.json").read_text()))


def kind_of(value: object) -> object:
    """The shape of an answer: names and types, without values."""
    if isinstance(value, dict):
        return {name: kind_of(each) for name, each in value.items()}
    if isinstance(value, list):
        return [kind_of(value[0])] if value else []
    return type(value)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["doAuth step 1 (challenge)", "getStreamPort"])
async def test_answers_have_the_shape_of_the_recorded_ones(pairs, name):
    pair = next(each for each in pairs if each["name"] == name)
    farm = await running("127.68.30.2")
    try:
        async with calling(farm) as caller:
            path = f"/stok={caller.token}" if "stok" in pair["request"]["target"] else "/"
            answer = await caller.ask(pair["request"]["body"], path)
            answer.pop("method" if "method" not in pair["answer"] else "", None)
            assert kind_of(answer) == kind_of(pair["answer"])
            assert answer["errCode"] == pair["answer"]["errCode"]
    finally:
        await farm.stop()


@pytest.mark.shared
async def test_the_media_list_has_the_recorded_shape(pairs):
    pair = next(each for each in pairs if each["name"] == "getMediaList")
    farm = await running("127.68.30.3")
    try:
        async with calling(farm) as caller:
            body = pair["request"]["body"]
            body["params"] |= {"start_time": "0", "end_time": str(2**31), "event_type": ["MotionDetection"]}
            answer = await caller.ask(body, f"/stok={caller.token}")
            assert kind_of(answer) == kind_of(pair["answer"])
    finally:
        await farm.stop()


@pytest.mark.shared
def test_our_proof_is_the_recorded_one(pairs):
    pair = next(each for each in pairs if each["name"] == "doAuth digest vector")
    given = pair["input"]
    secret = sha(f"{given['username']}:{given['realm']}:{given['password']}")
    proof = sha(f"{secret}:{given['nonce']}:{sha(given['method'] + ':' + given['uri'])}")
    assert proof == pair["response"]

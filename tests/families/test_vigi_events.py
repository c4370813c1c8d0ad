"""subscribeMsg: its framing in any pieces, its beginning, its end, and real events of a simulated camera."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import CameraError, NotSupported, ProtocolError
from app.families.base import Events
from app.families.vigi import FAMILY, answers
from app.families.vigi.events import read_message
from app.families.vigi.messages import LARGEST, MessageReader, Surplus
from app.model.event import DeviceEvent, Heartbeat, Skipped
from app.model.region import Purpose
from app.simulator.http_server import Answer
from tests.families.vigi_rig import ADMIN, PASSWORD, camera, dialer, opened, powered, told

OK = b'{"result":"success","errCode":0}'
BEAT = b'{"Heartbeat":"30"}'
EVENT = b'{"event_type":"TamperDetection","time":1723175020}'


def framed(*bodies: bytes, end: bytes = b"\r\n") -> bytes:
    parts = []
    for body in bodies:
        head = [b"----boundary--", b"Content-Type: application/json", b"Content-Length: %d" % len(body), b"", body, b""]
        parts.append(end.join(head))
    return b"".join(parts)


def read(data: bytes, size: int) -> list[object]:
    reader = MessageReader()
    return [piece for at in range(0, len(data), size) for piece in reader.feed(data[at : at + size])]


@given(st.integers(1, 60), st.sampled_from([b"\r\n", b"\n"]))
def test_messages_come_out_whole_however_they_arrive(size, end):
    bodies = [OK, BEAT, EVENT, b'{"text":"a } in a \\" text {","n":{"m":1}}']
    assert read(framed(*bodies, end=end), size) == bodies


def test_lengths_that_lie_and_parts_without_any_head():
    lying = framed(OK, EVENT).replace(b"Length: 50", b"Length: 3")
    assert read(lying, 7) == [OK, EVENT]
    assert read(OK + b"\n" + BEAT + EVENT, 5) == [OK, BEAT, EVENT]


def test_what_is_no_message_is_told_with_its_size():
    found = read(framed(OK) + b"some rubbish\r\n" + framed(BEAT), 9)
    assert found == [OK, Surplus("Bytes between two messages.", 12), BEAT]
    endless = read(b"{" + b"x" * (20 * LARGEST) + b"}\r\n" + framed(EVENT), 65536)
    assert isinstance(endless[0], Surplus)
    assert endless[-1] == EVENT


@given(st.binary(max_size=600), st.integers(1, 80))
def test_any_bytes_are_survived(data, size):
    for piece in read(data + framed(BEAT), size):
        assert isinstance(piece, bytes | Surplus)


@pytest.mark.parametrize(
    ("name", "purpose", "target", "layer"),
    [
        ("MotionDetection", Purpose.MOTION, "", "getMotionDetectionRegion"),
        ("CrossLineDetection_people_enhance", Purpose.LINE, "person", "getCrosslineDetectionRegion"),
        ("AreaEntryDetection_vehicle_enhance", Purpose.ENTRANCE, "vehicle", "getAreaEntryDetectionRegion"),
        ("TamperDetection", Purpose.TAMPER, "", ""),
        ("somethingNew_of_its_own", None, "", ""),
    ],
)
def test_names_of_events(name, purpose, target, layer):
    event = read_message(answers.read(json.dumps({"event_type": name, "time": "1723175020"}).encode(), "", ""), 5.0)
    assert isinstance(event, DeviceEvent)
    assert (event.purpose, event.target, event.layer, event.active) == (purpose, target, layer, None)
    assert event.title
    assert event.at.isoformat() == "2024-08-09T03:43:40+00:00"


async def first(reports, count):
    return [await anext(reports) for _ in range(count)]


def streamed(*chunks: bytes) -> Answer:
    async def stream():
        for chunk in chunks:
            yield chunk

    return Answer(content_type="multipart/mixed;boundary=--boundary--", stream=stream(), close=True)


@pytest.mark.anyio
async def test_a_subscription_begins_with_a_sign_of_life_and_ends_with_the_connection():
    data = framed(OK, BEAT, EVENT) + framed(b'{"odd":1}')
    answer = opened(lambda path, call: streamed(data[:40], data[40:90], data[90:]))
    async with told("127.67.33.1", answer) as (address, server):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        found = [each async for each in opened_.offer(Events).reports()]
        assert [type(each) for each in found] == [Heartbeat, Heartbeat, DeviceEvent, Skipped]
        assert server.calls("subscribeMsg")[0]["params"] == {"event_type": ["all"], "heartbeat": 15}
        await opened_.close()


@pytest.mark.anyio
@pytest.mark.shared
async def test_the_recorded_subscription_is_replayed(shared):
    """As a client of real cameras asked it, and the answer as that client reads it: JSON in lines of its own."""
    pairs = json.loads((shared / "realdata/vigi/openapi_pairs.json").read_text())
    recorded = next(each for each in pairs if each["name"] == "subscribeMsg")["request"]["body"]
    lines = (
        b"--boundary--\nContent-Type: application/json\n\n" + OK + b"\n--boundary--\n" + BEAT + b"\n" + EVENT + b"\n"
    )
    async with told("127.71.50.1", opened(lambda path, call: streamed(lines))) as (address, server):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        found = [each async for each in opened_.offer(Events).reports()]
        assert [type(each) for each in found] == [Heartbeat, Heartbeat, DeviceEvent]
        assert server.calls("subscribeMsg") == [recorded]
        await opened_.close()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("answer", "error", "asked"),
    [
        ({"result": "failed", "errCode": 0}, CameraError, 1),
        ({"errCode": -10030}, NotSupported, 1),
        ({"errCode": -10002}, ProtocolError, 2),
        (Answer(401, b'{"errCode":-10002}', "application/json", close=True), ProtocolError, 2),
        (Answer(401, b"<html></html>", close=True), ProtocolError, 1),
        (b"<html></html>", ProtocolError, 1),
        (b"", ProtocolError, 1),
    ],
)
async def test_a_refused_subscription_is_said(answer, error, asked):
    async with told("127.67.33.2", opened(lambda path, call: answer)) as (address, server):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        with pytest.raises(error):
            await anext(opened_.offer(Events).reports())
        assert len(server.calls("subscribeMsg")) == asked
        await opened_.close()


@pytest.mark.anyio
async def test_an_expired_token_is_renewed_for_the_subscription():
    async with camera("127.67.33.3", "token_uses=1") as address:
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        async with aclosing(opened_.offer(Events).reports()) as reports:
            assert isinstance(await anext(reports), Heartbeat)
        async with aclosing(opened_.offer(Events).reports()) as reports:
            assert isinstance(await anext(reports), Heartbeat)
        await opened_.close()


@pytest.mark.anyio
async def test_a_simulated_camera_reports_what_it_detects():
    async with powered("127.67.33.4", "blind") as (simulated, address):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        async with aclosing(opened_.offer(Events).reports()) as reports, asyncio.timeout(60):
            assert isinstance(await anext(reports), Heartbeat)
            simulated.raise_event("MotionDetection", "people")
            async for report in reports:
                if isinstance(report, DeviceEvent) and report.target:
                    break  # what moves in its scene is reported as well
        assert (report.purpose, report.target) == (Purpose.MOTION, "person")
        assert PASSWORD not in repr(report)
        await opened_.close()

"""subscribeMsg and PTZ of the simulated VIGI camera, and what it watches."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from app.model.geometry import Point
from app.model.region import Direction, Line, Purpose
from app.simulator.farm import Farm
from app.simulator.vigi.camera import VigiCamera
from app.simulator.vigi.ptz import coordinates, place_of
from tests.simulator.vigi_client import Caller, calling

pytestmark = pytest.mark.anyio
DELIMITER = b"----boundary--\r\n"


def camera_of(farm: Farm) -> VigiCamera:
    camera = farm.cameras[0]
    assert isinstance(camera, VigiCamera)
    return camera


class Parts:
    """The parts of a stream, by their lengths."""

    def __init__(self, answer: httpx.Response) -> None:
        self._chunks = answer.aiter_raw()
        self._held = b""

    async def next(self) -> dict[str, object]:
        while (end := self._held.find(b"\r\n\r\n")) < 0:
            self._held += await anext(self._chunks)
        head = self._held[:end]
        assert head.startswith(DELIMITER)
        size = int(head.rpartition(b"Content-Length: ")[2])
        while len(self._held) < end + 4 + size + 2:
            self._held += await anext(self._chunks)
        body = self._held[end + 4 : end + 4 + size]
        self._held = self._held[end + 4 + size + 2 :]
        return dict(json.loads(body))

    async def to_the_end(self) -> None:
        while True:
            await self.next()

    async def event(self) -> dict[str, object]:
        """The next that is no sign of life."""
        while "Heartbeat" in (said := await self.next()):
            pass
        return said


def drawn_around_the_case(number: int, detect: str) -> dict[str, object]:
    corners = {"points_num": 4, "points_x": [3000, 6000, 6000, 3000], "points_y": [4000, 4000, 8000, 8000]}
    return {"id": number, "detect": detect, "threshold": 5, "sensitivity": 60, **corners}


@asynccontextmanager
async def subscribed(caller: Caller, *kinds: str) -> AsyncIterator[Parts]:
    body = {"method": "subscribeMsg", "params": {"event_type": list(kinds), "heartbeat": 30}}
    url = f"{caller.base}/stok={caller.token}"
    async with caller.http.stream("POST", url, content=json.dumps(body)) as answer:
        assert answer.headers["content-type"] == "multipart/mixed;boundary=--boundary--"
        parts = Parts(answer)
        assert await parts.next() == {"result": "success", "errCode": 0}
        yield parts


async def test_signs_of_life_come_between_events(run_camera):
    running = run_camera("blind", family="vigi", heartbeat=0.05)
    async with running as farm, calling(farm) as caller, subscribed(caller, "all") as parts:
        assert await parts.next() == {"Heartbeat": "30"}
        camera_of(farm).raise_event("MotionDetection")
        said = await parts.event()
        assert said["event_type"] == "MotionDetection"
        assert isinstance(said["time"], int)
        camera_of(farm).raise_event("MotionDetection", "people")
        assert (await parts.event())["event_type"] == "MotionDetection_people_enhance"


async def test_only_what_was_subscribed_and_is_pushed_comes(run_camera):
    async with run_camera("blind", family="vigi", heartbeat=0.05) as farm, calling(farm) as caller:
        camera = camera_of(farm)
        await caller.call("setInvasionDetectionSwitch", enabled="on", msg_push_enabled="off")
        await caller.call("setTamperDetectionSwitch", enabled="on")
        async with subscribed(caller, "InvasionDetection", "TamperDetection") as parts:
            for kind in ("MotionDetection", "InvasionDetection", "CrossLineDetection", "TamperDetection"):
                camera.raise_event(kind)
            assert (await parts.event())["event_type"] == "TamperDetection"


async def test_the_interval_holds_back_one_kind(run_camera):
    async with run_camera("blind", family="vigi", heartbeat=0.05) as farm, calling(farm) as caller:
        await caller.call("setMsgpushInterval", event_interval=3600)
        await caller.call("setTamperDetectionSwitch", enabled="on")
        async with subscribed(caller, "all") as parts:
            for kind in ("MotionDetection", "MotionDetection", "TamperDetection"):
                camera_of(farm).raise_event(kind)
            assert [(await parts.event())["event_type"] for _ in range(2)] == ["MotionDetection", "TamperDetection"]


@pytest.mark.parametrize("params", [{"event_type": ["all"], "heartbeat": 61}, {"event_type": ["x"], "heartbeat": 5}])
async def test_a_wrong_subscription_fails_with_code_0(run_camera, params):
    async with run_camera(family="vigi") as farm, calling(farm) as caller:
        assert await caller.call("subscribeMsg", **params) == {"result": "failed", "errCode": 0}


async def test_a_reset_ends_the_stream(run_camera):
    running = run_camera("reboot_seconds=0", "blind", family="vigi")
    async with running as farm, calling(farm) as caller, subscribed(caller, "all") as parts:
        await caller.call("doSoftReset")
        with pytest.raises((StopAsyncIteration, httpx.TransportError)):
            await parts.to_the_end()


async def test_what_it_watches_follows_the_settings(run_camera):
    line = {"id": 2, "points_num": 2, "direction": "AtoB", "points_x": [0, 10000], "points_y": [5000, 5000]}
    async with run_camera(family="vigi") as farm, calling(farm) as caller:
        camera = camera_of(farm)
        assert camera.watched() is camera.watched()
        await caller.call("setCrosslineDetectionRegion", set_region_info=[{**line, "people_enhance": "on"}])
        await caller.call("setCrosslineDetectionSwitch", enabled="on")
        (found,) = [each for each in camera.watched() if each.purpose is Purpose.LINE]
        # The thumb of the left hand on the picture points down, so A is below: people come from there.
        assert found.shape == Line((Point(0, 0.5), Point(1, 0.5)), Direction.B_TO_A)
        assert (found.region, found.armed, found.targets) == ("2", True, ("person",))


def told(camera: VigiCamera, seconds: int = 120) -> list[str]:
    """The kinds of event of a while, without waiting for it."""
    kinds: list[str] = []
    camera.alarms.tell = lambda kind, _: kinds.append(kind)
    for n in range(seconds * 2):
        camera.alarms.tick(5000 + n / 2)
    return kinds


async def test_what_is_left_and_what_is_taken_are_told_as_the_region_asks(run_camera):
    async with run_camera("blind", family="vigi") as farm, calling(farm) as caller:
        camera = camera_of(farm)
        await caller.call("setDropAndTakeDetectionSwitch", enabled="on")
        found = {}
        for detect in ("drop", "take", "both"):
            region = drawn_around_the_case(1, detect)
            assert (await caller.call("setDropAndTakeDetectionRegion", set_region_info=[region]))["errCode"] == 0
            found[detect] = told(camera).count("DropAndTakeDetection")
        assert found["drop"] >= 1
        assert found["take"] >= 1
        assert found["both"] == found["drop"] + found["take"]


async def test_a_covered_lens_is_told_and_seen(run_camera):
    async with run_camera("blind", family="vigi") as farm, calling(farm) as caller:
        camera = camera_of(farm)
        assert "TamperDetection" not in told(camera)
        assert not camera.picture_settings().touched
        await caller.call("setTamperDetectionSwitch", enabled="on")
        assert told(camera).count("TamperDetection") == 2
        assert camera.picture_settings().touched


@pytest.mark.parametrize("place", [(0, 0, 0), (1, 1, 1), (-0.5, -1, 0.25), (0.2, 0.2, 0.2)])
def test_places_come_back(place):
    assert coordinates(place_of(*place)) == pytest.approx(place if place[0] < 1 else (-1, *place[1:]))


async def moved(camera: VigiCamera, wanted: tuple[float, float, float]) -> None:
    assert camera.ptz is not None
    async with asyncio.timeout(60):
        while coordinates(camera.ptz.head.place) != pytest.approx(wanted, abs=0.01):
            await asyncio.sleep(0.02)


async def test_the_dome_moves_and_stops(run_camera):
    async with run_camera(family="vigi", model="CW-V540") as farm, calling(farm) as caller:
        camera = camera_of(farm)
        assert camera.ptz is not None
        assert (await caller.call("motorMove", x_coord="0.1", y_coord="0.3", z_coord="0.2"))["errCode"] == 0
        await moved(camera, (0.1, 0.3, 0.2))
        assert (await caller.call("cruiseMove", coord="-x", coord_speed="1.0"))["errCode"] == 0
        assert camera.ptz.head.moving or camera.ptz.heard[-1] == "cruiseMove"
        await caller.call("stopMove")
        async with asyncio.timeout(60):
            while camera.ptz.head.moving:
                await asyncio.sleep(0.02)
        for bad in ({"coord": "up"}, {"coord": "x", "coord_speed": "1.5"}):
            assert (await caller.call("cruiseMove", **bad))["errCode"] != 0
        assert (await caller.call("motorMove", x_coord="2", y_coord="0", z_coord="0"))["errCode"] != 0


async def test_presets_are_kept(run_camera):
    async with run_camera(family="vigi", model="CW-V540") as farm, calling(farm) as caller:
        assert (await caller.call("setPresetPoint", id="3", name="Ramp"))["result"] == {"name": "Ramp", "id": 3}
        assert (await caller.call("setPresetPoint", id="9", name="Ramp"))["errCode"] != 0
        listed = (await caller.call("getPresetPoint"))["result"]
        assert (listed["id"], listed["name"]) == (["1", "3"], ["Gate", "Ramp"])
        assert listed["position_zoom"] == ["0.000000"] * 2
        assert (await caller.call("removePresetPoint", id=["3"]))["errCode"] == 0
        assert (await caller.call("gotoPresetPoint", id="3"))["errCode"] != 0
        assert (await caller.call("gotoPresetPoint", id="1"))["errCode"] == 0

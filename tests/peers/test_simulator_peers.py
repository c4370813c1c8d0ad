"""The simulated camera against programs nobody here wrote."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from app.simulator.camera import CameraPlan
from app.simulator.farm import Farm
from app.simulator.isapi.events import Event
from app.simulator.quirks import Quirks

pytestmark = pytest.mark.peer
PASSWORD = "Peer-1234"


class Running:
    """A farm in a loop of its own thread: the peers block."""

    def __init__(self, farm: Farm) -> None:
        self.farm = farm
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="farm")

    def call(self, make: Callable[[], object]) -> object:
        """Runs make() in the farm's loop."""

        async def run() -> object:
            return make()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(20)

    @property
    def url(self) -> str:
        line = self.farm.camera_lines()[0]
        return f"http://{line['address']}:{line['http_port']}"


@contextmanager
def running(host: str, *quirks: str, ssdp: bool = False) -> Iterator[Running]:
    plan = CameraPlan(
        "isapi", host, http_port=0, rtsp_port=0, password=PASSWORD, quirks=Quirks.parse(quirks), heartbeat=0.2
    )
    run = Running(Farm([plan], ssdp=ssdp))
    run.thread.start()
    try:
        asyncio.run_coroutine_threadsafe(run.farm.start(), run.loop).result(20)
        yield run
    finally:
        asyncio.run_coroutine_threadsafe(run.farm.stop(), run.loop).result(20)
        run.loop.call_soon_threadsafe(run.loop.stop)
        run.thread.join()
        run.loop.close()


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 40
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


STYLES = ["", "basic_only", "both_challenges", "isapi_namespace", "lf"]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_hikvisionapi_logs_in_and_reads(style):
    hikvisionapi = pytest.importorskip("hikvisionapi")
    with running("127.16.60.1", "blind", *([style] if style else [])) as run:
        camera = hikvisionapi.Client(run.url, "admin", PASSWORD, timeout=20)
        try:
            info = camera.System.deviceInfo(method="get")
            assert info["DeviceInfo"]["model"] == "CW-D4M"
            channels = camera.Streaming.channels(method="get")["StreamingChannelList"]["StreamingChannel"]
            assert [channel["id"] for channel in channels] == ["101", "102", "103"]
            assert "opt=" in camera.Streaming.channels[101].capabilities(method="get", present="text")
            camera.count_events = 2
            stream = camera.Event.notification.alertStream(method="get", type="stream")
            assert [event["EventNotificationAlert"]["eventType"] for event in stream] == ["videoloss", "videoloss"]
            changed = camera.System.deviceInfo(
                method="put", data="<DeviceInfo><deviceName>By a peer</deviceName></DeviceInfo>", present="text"
            )
            assert "<statusCode>1<" in changed
            assert camera.System.deviceInfo(method="get")["DeviceInfo"]["deviceName"] == "By a peer"
        finally:
            camera.req.close()


@pytest.mark.parametrize("style", ["", "basic_only"])
def test_pyhik_follows_events(style):
    hikvision = pytest.importorskip("pyhik.hikvision")
    with running("127.16.60.2", *([style] if style else [])) as run:
        host, port = run.url.removeprefix("http://").split(":")
        camera = hikvision.HikCamera(host, int(port), "admin", PASSWORD)
        try:
            assert camera.get_type == "CAM"
            assert camera.get_name == "Camera 01"
            assert len(camera.get_id) == 36
            assert {"Motion", "Line Crossing", "Field Detection"} <= set(camera.current_event_states)
            assert camera.current_motion_detection_state is True
            camera.disable_motion_detection()
            assert camera.get_motion_detection() is False
            assert camera.get_snapshot()[:2] == b"\xff\xd8"
            told: list[str] = []
            camera.add_update_callback(told.append, f"{camera.get_id}.Motion.1")
            camera.start_stream()
            until(lambda: camera.stream_connected)

            def moving() -> bool:
                run.call(lambda: run.farm.cameras[0].raise_event(Event("VMD", active=True)))
                time.sleep(0.1)
                return camera.fetch_attributes("Motion", 1)[0] is True

            until(moving)
            assert told
        finally:
            if camera.thrd.is_alive():
                camera.kill_thrd.set()
                run.call(run.farm.cameras[0].hub.close)
                camera.thrd.join(40)
            camera.watchdog.stop()
            camera.hik_request.close()
            camera.hik_request_stream.close()


@pytest.mark.skipif(shutil.which("gssdp-discover") is None, reason="gupnp-tools is not installed")
def test_gssdp_lists_the_camera():
    with running("127.16.60.3", ssdp=True) as run:
        command = ["gssdp-discover", "-i", "lo", "-n", "4", "--target=upnp:rootdevice"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert f"{run.url}/upnpdevicedesc.xml" in done.stdout
        assert "127.16.60.3" not in done.stderr, "no complaint about this camera"


@pytest.mark.skipif(shutil.which("gssdp-discover") is None, reason="gupnp-tools is not installed")
def test_gssdp_finds_no_gateway():
    with running("127.16.60.4", ssdp=True) as run:
        gateway = "urn:schemas-upnp-org:device:InternetGatewayDevice:1"
        command = ["gssdp-discover", "-i", "lo", "-n", "3", f"--target={gateway}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert run.url not in done.stdout


def test_async_upnp_client_searches_and_reads_the_description():
    pytest.importorskip("async_upnp_client")
    with running("127.16.60.5", ssdp=True) as run:
        client = [sys.executable, "-m", "async_upnp_client.cli"]
        search = [*client, "--timeout", "3", "search", "--search_target", "ssdp:all", "--bind", "127.0.0.1"]
        done = subprocess.run(search, capture_output=True, text=True, timeout=60, check=False)
        answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        places = [{name.lower(): text for name, text in answer.items()} for answer in answers]
        mine = [place for place in places if place.get("location") == f"{run.url}/upnpdevicedesc.xml"]
        assert {place["st"].partition(":")[0] for place in mine} == {"upnp", "uuid", "urn"}, done.stderr[-2000:]
        device = asyncio.run(_described(mine[0]["location"]))
        assert device == ("CW-D4M", "Camera 01", "urn:schemas-upnp-org:device:Basic:1")


async def _described(location: str) -> tuple[str, str, str]:
    from async_upnp_client.aiohttp import AiohttpRequester
    from async_upnp_client.client_factory import UpnpFactory

    device = await UpnpFactory(AiohttpRequester(timeout=20)).async_create_device(location)
    return device.model_name, device.name, device.device_type

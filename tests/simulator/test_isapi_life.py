"""What goes on over time: reboots, restarts at another address, events."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.simulator.farm import Farm
from app.simulator.isapi.events import Event

pytestmark = pytest.mark.anyio
PASSWORD = "Right-1234"
NS = "{http://www.hikvision.com/ver20/XMLSchema}"


def client(farm: Farm) -> httpx.AsyncClient:
    place = farm.stations[0].place
    auth = httpx.DigestAuth("admin", PASSWORD)
    return httpx.AsyncClient(base_url=f"http://{place.host}:{place.http_port}", auth=auth, trust_env=False)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


async def reachable(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True


async def test_a_reboot_takes_everything_away_and_brings_it_back(run_camera):
    async with run_camera("reboot_seconds=0.5") as farm:
        station = farm.stations[0]
        place = station.place
        async with client(farm) as http:
            answer = await http.put("/ISAPI/System/reboot")
            assert ET.fromstring(answer.content).findtext(f"{NS}statusCode") == "1"
        await until(lambda: not station.is_up)
        await until(lambda: station._away and not station._http._tasks)
        for port in (place.http_port, place.rtsp_port):  # one after the other
            while await reachable(place.host, port):
                await asyncio.sleep(0.005)
        await until(lambda: station.is_up)
        assert station.place == place
        async with client(farm) as http:
            status = ET.fromstring((await http.get("/ISAPI/System/status")).content)
            assert status.findtext(f"{NS}totalRebootCount") == "1"
            assert int(status.findtext(f"{NS}deviceUpTime")) <= 20


async def test_what_needs_a_reboot_takes_effect_after_it(run_camera):
    async with run_camera("reboot_seconds=0") as farm:
        sub = "/ISAPI/Streaming/channels/102/capabilities"
        async with client(farm) as http:
            sent = b"<powerLineFrequency><powerLineFrequencyMode>60hz</powerLineFrequencyMode></powerLineFrequency>"
            answer = await http.put("/ISAPI/Image/channels/1/powerLineFrequency", content=sent)
            root = ET.fromstring(answer.content)
            assert root.findtext(f"{NS}statusCode") == "7"
            assert root.findtext(f"{NS}subStatusCode") == "rebootRequired"
            assert b"60hz" in (await http.get("/ISAPI/Image/channels/1")).content
            assert b'opt="2500,' in (await http.get(sub)).content
            await http.put("/ISAPI/System/reboot")
        await until(lambda: farm.cameras[0].reboots == 1 and farm.stations[0].is_up)
        async with client(farm) as http:
            assert b'opt="3000,' in (await http.get(sub)).content


async def test_a_new_address_is_taken_after_the_reboot(run_camera):
    async with run_camera("reboot_seconds=0") as farm:
        async with client(farm) as http:
            sent = b"<IPAddress><ipAddress>127.16.251.7</ipAddress></IPAddress>"
            answer = await http.put("/ISAPI/System/Network/interfaces/1/ipAddress", content=sent)
            assert ET.fromstring(answer.content).findtext(f"{NS}statusCode") == "7"
            await http.put("/ISAPI/System/reboot")
        await until(lambda: farm.stations[0].place.host == "127.16.251.7" and farm.stations[0].is_up)
        async with client(farm) as http:
            assert (await http.get("/ISAPI/System/deviceInfo")).status_code == 200


async def test_an_address_that_cannot_be_had_is_given_up(run_camera):
    async with run_camera("reboot_seconds=0") as farm:
        before = farm.stations[0].place
        async with client(farm) as http:
            sent = b"<IPAddress><ipAddress>192.0.2.7</ipAddress></IPAddress>"
            await http.put("/ISAPI/System/Network/interfaces/1/ipAddress", content=sent)
            await http.put("/ISAPI/System/reboot")
        await until(lambda: farm.cameras[0].reboots == 1 and farm.stations[0].is_up)
        assert farm.stations[0].place == before


async def test_factory_reset_basic_keeps_the_network(run_camera):
    async with run_camera("reboot_seconds=0") as farm:
        async with client(farm) as http:
            await http.put("/ISAPI/Image/channels/1/color", content=b"<Color><contrastLevel>9</contrastLevel></Color>")
            await http.put("/ISAPI/System/Network/UPnP", content=b"<UPnP><name>Kept</name></UPnP>")
            await http.put("/ISAPI/System/factoryReset?mode=basic")
        await until(lambda: farm.cameras[0].reboots == 1 and farm.stations[0].is_up)
        async with client(farm) as http:
            assert b"<contrastLevel>50<" in (await http.get("/ISAPI/Image/channels/1/color")).content
            assert b"Kept" in (await http.get("/ISAPI/System/Network/UPnP")).content


async def test_the_alert_stream_beats_tells_and_ends(run_camera):
    async with run_camera("reboot_seconds=0", "blind") as farm, client(farm) as http:
        camera = farm.cameras[0]
        got = b""
        async with http.stream("GET", "/ISAPI/Event/notification/alertStream", timeout=20) as answer:
            assert answer.headers["content-type"] == "multipart/mixed; boundary=boundary"
            async for part in answer.aiter_bytes():
                got += part
                if got.count(b"videoloss</eventType>") == 2 and b"VMD" not in got:
                    camera.raise_event(Event("VMD", active=True))
                if b"VMD" in got:
                    break
        parts = [piece.partition(b"\r\n\r\n")[2] for piece in got.split(b"--boundary\r\n")[1:]]
        roots = [ET.fromstring(piece) for piece in parts]
        assert roots[0].findtext(f"{NS}eventState") == "inactive"
        assert roots[-1].findtext(f"{NS}eventType") == "VMD"
        assert roots[-1].findtext(f"{NS}eventState") == "active"
        await until(lambda: camera.hub.listeners == 0)


async def test_reboots_on_write(run_camera):
    async with run_camera("reboots_on_write", "reboot_seconds=0") as farm:
        async with client(farm) as http:
            sent = b"<Color><contrastLevel>9</contrastLevel></Color>"
            assert (await http.put("/ISAPI/Image/channels/1/color", content=sent)).status_code == 200
        await until(lambda: farm.cameras[0].reboots == 1 and farm.stations[0].is_up)
        assert farm.cameras[0].video.picture_settings().contrast == 9


async def test_the_picture_shows_the_time_that_the_camera_tells(run_camera):
    async with run_camera("reboot_seconds=0") as farm, client(farm) as http:
        for local, zone, hours in (
            ("2030-01-15T12:00:00", "CST-8:00:00", 8),
            ("2031-06-15T12:00:00", "CST5:00:00", -5),
        ):
            text = f"<Time><timeMode>manual</timeMode><localTime>{local}</localTime><timeZone>{zone}</timeZone></Time>"
            answer = await http.put("/ISAPI/System/time", content=text.encode())
            assert answer.status_code == 200, answer.text
            told = ET.fromstring((await http.get("/ISAPI/System/time")).content).findtext(f"{NS}localTime")
            assert datetime.fromisoformat(told).utcoffset() == timedelta(hours=hours)
            shown = datetime.now(UTC) + timedelta(seconds=farm.cameras[0].video.picture_settings().clock_ahead)
            wall = datetime.fromisoformat(told).replace(tzinfo=UTC)
            assert abs(shown - wall) < timedelta(seconds=20), (shown, wall)

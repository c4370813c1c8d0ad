"""From what is drawn on a simulated ISAPI camera to its alarms: armed, scheduled, notified."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import httpx
import pytest

from app.simulator.isapi.alarms import notified, scheduled

pytestmark = pytest.mark.anyio
PASSWORD = "Right-1234"
LINE = "/ISAPI/Smart/LineDetection/1"


def client(farm):
    line = farm.camera_lines()[0]
    auth = httpx.DigestAuth("admin", PASSWORD)
    return httpx.AsyncClient(base_url=f"http://{line['address']}:{line['http_port']}", auth=auth, trust_env=False)


def older_client(farm):
    line = farm.camera_lines()[0]
    base = f"http://{line['address']}:{line['http_port']}"
    return httpx.AsyncClient(base_url=base, auth=("admin", PASSWORD), trust_env=False)


def told(camera, seconds=90):
    """The alarms of a while, without waiting for it."""
    events = []
    camera.hub.publish = events.append
    for n in range(seconds * 5):
        camera.alarms.tick(1000 + n / 5)
    return events


async def test_alarms_follow_what_is_drawn(run_camera):
    async with run_camera(model="CW-G4A") as farm, client(farm) as http:
        camera = farm.cameras[0]
        assert {each.kind for each in told(camera)} == {"VMD"}
        body = (await http.get(LINE)).text.replace("<enabled>false", "<enabled>true", 1)
        assert (await http.put(LINE, content=body)).status_code == 200
        crossings = [each for each in told(camera) if each.kind == "linedetection"]
        assert crossings
        assert {each.region for each in crossings} == {"1"}
        assert {each.target for each in crossings} == {"human"}
        assert camera.watched()[1].shape.points[0] == crossings[0].points[0]
        moved = re.sub(r"<positionY>\d+", "<positionY>999", body)
        assert (await http.put(LINE, content=moved)).status_code == 200
        assert not [each for each in told(camera) if each.kind == "linedetection"]


async def test_without_its_notification_a_detection_is_silent(run_camera):
    async with run_camera() as farm, client(farm) as http:
        camera, path = farm.cameras[0], "/ISAPI/Event/triggers/VMD-1"
        assert told(camera)
        body = (await http.get(path)).text
        assert (
            await http.put(path, content=body.replace("notificationMethod>center<", "notificationMethod>record<"))
        ).status_code == 200
        assert not notified(camera.state, "VMD", 1)
        assert not [each for each in told(camera) if each.active]
        assert (await http.put(path, content=body)).status_code == 200
        assert told(camera)


INPUT = "/ISAPI/System/Video/inputs/channels/1"
RARE = {
    "unattendedBaggage": "/ISAPI/Smart/unattendedBaggage/1",
    "attendedBaggage": "/ISAPI/Smart/attendedBaggage/1",
    "tamperdetection": f"{INPUT}/tamperDetection",
}


@pytest.mark.parametrize("kind", RARE)
async def test_things_left_and_taken_and_a_hand_are_told_where_they_are_drawn(run_camera, kind):
    path = RARE[kind]
    async with run_camera(model="CW-G4A") as farm, client(farm) as http:
        camera = farm.cameras[0]
        body = (await http.get(path)).text
        assert not [each for each in told(camera) if each.kind == kind.lower()]
        armed = body.replace("<enabled>false", "<enabled>true")
        assert (await http.put(path, content=armed)).status_code == 200
        found = [each for each in told(camera, 120) if each.kind == kind.lower()]
        assert {each.active for each in found} == {True, False}
        assert {each.region for each in found} == {"1"}
        assert {each.target for each in found} == {""}
        away = re.sub(r"<positionX>(\d+)", lambda x: f"<positionX>{int(x[1]) // 10}", armed)
        if kind != "tamperdetection":
            assert (await http.put(path, content=away)).status_code == 200
            assert not [each for each in told(camera, 120) if each.kind == kind.lower() and each.active]


async def test_a_camera_of_the_first_generation_tells_of_what_is_drawn(run_camera):
    """Rectangles on its grid, a mask that is taken away from them, and a hand over the lens."""
    async with run_camera(model="CW-P1M") as farm, older_client(farm) as http:
        camera, path = farm.cameras[0], "/MotionDetection/1"
        body = (await http.get(path)).text.replace("<enabled>false", "<enabled>true")
        whole = rectangles(body, (0, 0, 22, 18), (0, 17, 1, 18))
        assert (await http.put(path, content=whole)).status_code == 200
        assert [each for each in told(camera) if each.kind == "VMD" and each.active]
        masked = rectangles(body, (0, 0, 22, 18), (0, 0, 22, 18))
        assert (await http.put(path, content=masked)).status_code == 200
        assert not [each for each in told(camera) if each.kind == "VMD" and each.active]
        sky = rectangles(body, (0, 16, 22, 18), (0, 17, 1, 18))  # counted from below
        assert (await http.put(path, content=sky)).status_code == 200
        assert not [each for each in told(camera) if each.kind == "VMD" and each.active]
        lens = "/Video/inputs/channels/1/shelterAlarm"
        assert not [each for each in told(camera) if each.kind == "tamperdetection"]
        body = (await http.get(lens)).text.replace("<enabled>false", "<enabled>true")
        assert (await http.put(lens, content=body)).status_code == 200
        assert [each for each in told(camera) if each.kind == "tamperdetection"]


def rectangles(body, *boxes):
    """The document with these as its regions: left, bottom, right, top on its grid."""
    lists = iter(boxes)

    def corners(found):
        left, bottom, right, top = next(lists)
        places = ((left, bottom), (left, top), (right, top), (right, bottom))
        spots = (f"<positionX>{x}</positionX><positionY>{y}</positionY>" for x, y in places)
        inner = "".join(f"<RegionCoordinates>{spot}</RegionCoordinates>" for spot in spots)
        return f"{found[1]}{inner}{found[2]}"

    return re.sub(r"(?s)(<RegionCoordinatesList[^>]*>).*?(</RegionCoordinatesList>)", corners, body)


async def test_a_hand_is_in_the_picture_of_who_would_tell_of_it(run_camera):
    async with run_camera() as farm, client(farm) as http:
        camera, path = farm.cameras[0], f"{INPUT}/tamperDetection"
        assert not camera.video.picture_settings().touched
        body = (await http.get(path)).text.replace("<enabled>false", "<enabled>true")
        assert (await http.put(path, content=body)).status_code == 200
        assert camera.video.picture_settings().touched


async def test_what_is_covered_of_the_region_is_by_its_own_setting(run_camera):
    async with run_camera(model="CW-G4A") as farm, client(farm) as http:
        camera, path = farm.cameras[0], "/ISAPI/Smart/FieldDetection/1"
        body = (await http.get(path)).text.replace("<enabled>false", "<enabled>true", 1)
        assert (await http.put(path, content=body)).status_code == 200
        assert [each for each in told(camera) if each.kind == "fielddetection"]
        crowded = body.replace("<objectOccupation>0<", "<objectOccupation>60<")
        assert (await http.put(path, content=crowded)).status_code == 200
        assert not [each for each in told(camera) if each.kind == "fielddetection"]


async def test_a_sensitivity_of_the_document_decides(run_camera):
    async with run_camera(model="CW-G4A") as farm, client(farm) as http:
        camera, path = farm.cameras[0], LINE
        body = (await http.get(path)).text.replace("<enabled>false", "<enabled>true", 1)
        counts = []
        for level in (1, 50, 100):
            dull = re.sub(r"<sensitivityLevel>\d+", f"<sensitivityLevel>{level}", body)
            assert (await http.put(path, content=dull)).status_code == 200
            counts.append(len([each for each in told(camera) if each.kind == "linedetection"]))
        assert counts[0] < counts[1] <= counts[2]


async def test_outside_of_its_schedule_a_detection_is_silent(run_camera):
    async with run_camera() as farm, client(farm) as http:
        camera, path = farm.cameras[0], "/ISAPI/Event/schedules/motionDetections/VMD-1"
        body = (await http.get(path)).text
        monday = body.replace("<beginTime>00:00:00", "<beginTime>08:00:00").replace(">24:00:00<", ">17:30:00<")
        assert (await http.put(path, content=monday)).status_code == 200
        at = {text: datetime.fromisoformat(f"2026-11-23T{text}").replace(tzinfo=UTC) for text in ("07:59", "08:00")}
        assert not scheduled(camera.state, "VMD", 1, at["07:59"])
        assert scheduled(camera.state, "VMD", 1, at["08:00"])
        assert scheduled(camera.state, "fielddetection", 7, at["07:59"])  # has none
        for text, heard in (("07:59", False), ("08:00", True)):
            camera.alarms.local = lambda text=text: at[text]
            assert any(each.active for each in told(camera)) is heard

"""Regions of simulated cameras: what they refuse, what they make of them, and what the picture shows of them."""

from __future__ import annotations

import re
import time

import httpx
import pytest
from PIL import ImageChops

from app.model.geometry import Point, bounds
from app.model.region import Line, Purpose
from app.simulator.painter import MASK, Painter
from app.simulator.picture import PictureSettings, picture_of

pytestmark = pytest.mark.anyio
PASSWORD = "Right-1234"
FIELD = "/ISAPI/Smart/FieldDetection/1"
MASKS = "/ISAPI/System/Video/inputs/channels/1/privacyMask"


def client(farm):
    line = farm.camera_lines()[0]
    auth = httpx.DigestAuth("admin", PASSWORD)
    return httpx.AsyncClient(base_url=f"http://{line['address']}:{line['http_port']}", auth=auth, trust_env=False)


def basic(farm):
    line = farm.camera_lines()[0]
    base = f"http://{line['address']}:{line['http_port']}"
    return httpx.AsyncClient(base_url=base, auth=("admin", PASSWORD), trust_env=False)


async def put(http, path, body):
    answer = await http.put(path, content=body)
    found = re.search(r"<subStatusCode>(\w+)<", answer.text)
    return found[1] if found else ""


def corners(body, member=1):
    """Corners of one region, as on the wire."""
    text = re.findall(r"<(\w+CoordinatesList|CoordinatesList)[^>]*>(.*?)</\1>", body, re.S)[member - 1][1]
    return list(zip(re.findall(r"X>(\d+)<", text), re.findall(r"Y>(\d+)<", text), strict=True))


def with_corners(body, points, member=1):
    lists = list(re.finditer(r"(<RegionCoordinatesList[^>]*>)(.*?)(</RegionCoordinatesList>)", body, re.S))
    found = lists[member - 1]
    inner = "".join(
        f"<RegionCoordinates><positionX>{x}</positionX><positionY>{y}</positionY></RegionCoordinates>"
        for x, y in points
    )
    return body[: found.end(1)] + inner + body[found.start(3) :]


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([(0, 0), (0, 500), (500, 500)], "ok"),
        ([], "ok"),  # an empty list clears
        ([(0, 0), (500, 500)], "badParameters"),
        ([(0, 0), (0, 1001), (500, 500)], "badParameters"),
        ([(n * 90, n * n * 9) for n in range(11)], "badParameters"),
        ([(0, 0), (0, "x"), (500, 500)], "badXmlContent"),
    ],
)
async def test_the_limits_of_corners(run_camera, points, said):
    async with run_camera(model="CW-G4A") as farm, client(farm) as http:
        body = (await http.get(FIELD)).text
        assert await put(http, FIELD, with_corners(body, points)) == said
        if said == "ok":
            held = corners((await http.get(FIELD)).text)
            assert held == [(str(x), str(y)) for x, y in points]


SMART = ["LineDetection", "FieldDetection", "regionEntrance", "regionExiting", "loitering", "group", "rapidMove",
         "parking", "unattendedBaggage", "attendedBaggage", "peopleDetection"]  # fmt: skip
CORNERS = r"(?s)<(RegionCoordinatesList|CoordinatesList)([^>]*)>.*?</\1>"


@pytest.mark.parametrize("name", SMART)
async def test_lists_that_are_absent_stay_and_empty_ones_clear(run_camera, name):
    path = f"/ISAPI/Smart/{name}/1"
    async with run_camera(model="CW-G4A") as farm, client(farm) as http:
        before = (await http.get(path)).text
        drawn = corners(before)
        assert len(drawn) >= 2
        member = re.findall(r"<(\w+(?:List))[ >]", before)[0]
        for absent in (re.sub(CORNERS, "", before), re.sub(rf"(?s)<{member}.*</{member}>", "", before)):
            assert absent != before
            assert await put(http, path, absent) == "ok"
            assert (await http.get(path)).text == before
        assert await put(http, path, re.sub(CORNERS, r"<\1\2></\1>", before, count=1)) == "ok"
        cleared = (await http.get(path)).text
        assert corners(cleared) == []
        assert cleared.count("<id>") == before.count("<id>")
        assert await put(http, path, re.sub(rf"(?s)(<{member}[^>]*>).*(</{member}>)", r"\1\2", before)) == "ok"
        assert (await http.get(path)).text.count("<id>") == 1


@pytest.mark.parametrize(
    ("path", "listed"),
    [
        ("/MotionDetection/1", "MotionDetectionRegionList"),
        ("/Video/inputs/channels/1/privacyMask", "PrivacyMaskRegionList"),
        ("/Video/inputs/channels/1/shelterAlarm", "ShelterAlarmRegionList"),
    ],
)
async def test_lists_of_the_first_generation_that_are_absent_stay_and_empty_ones_clear(run_camera, path, listed):
    async with run_camera(model="CW-P1M") as farm, basic(farm) as http:
        before = (await http.get(path)).text
        assert await put(http, path, re.sub(rf"(?s)<{listed}.*</{listed}>", "", before)) == "ok"
        assert (await http.get(path)).text == before
        assert await put(http, path, re.sub(rf"(?s)(<{listed}[^>]*>).*(</{listed}>)", r"\1\2", before)) == "ok"
        assert "<positionX>" not in (await http.get(path)).text


async def test_masks_are_rectangles(run_camera):
    async with run_camera() as farm, client(farm) as http:
        body = (await http.get(MASKS)).text
        assert await put(http, MASKS, with_corners(body, [(0, 0), (0, 90), (90, 90), (80, 0)])) == "badParameters"
        assert await put(http, MASKS, with_corners(body, [(0, 0), (0, 90), (90, 90), (90, 0)])) == "ok"


async def test_regions_over_the_limit_are_dropped_in_silence(run_camera):
    async with run_camera("drops_over_limit=1", model="CW-G4A") as farm, client(farm) as http:
        body = with_corners((await http.get(FIELD)).text, [(0, 0), (0, 500), (500, 500)], member=2)
        assert await put(http, FIELD, body) == "ok"
        assert corners((await http.get(FIELD)).text, 2) == []


async def test_corners_are_rounded(run_camera):
    async with run_camera("rounds_regions=10", model="CW-G4A") as farm, client(farm) as http:
        body = with_corners((await http.get(FIELD)).text, [(11, 0), (0, 538), (571, 500)])
        assert await put(http, FIELD, body) == "ok"
        assert corners((await http.get(FIELD)).text) == [("0", "0"), ("0", "500"), ("600", "500")]


async def test_corners_come_back_in_another_order(run_camera):
    async with run_camera("reorders_points", model="CW-G4A") as farm, client(farm) as http:
        body = with_corners((await http.get(FIELD)).text, [(1, 1), (2, 500), (500, 503)])
        assert await put(http, FIELD, body) == "ok"
        assert corners((await http.get(FIELD)).text) == [("1", "1"), ("500", "503"), ("2", "500")]


async def test_regions_are_counted_anew(run_camera):
    async with run_camera("renumbers_regions", model="CW-G4A") as farm, client(farm) as http:
        body = with_corners((await http.get(FIELD)).text, [(1, 1), (2, 500), (500, 503)], member=2)
        assert await put(http, FIELD, body) == "ok"
        ids = re.findall(r"<FieldDetectionRegion[^>]*>\s*<id>(\d)</id>", (await http.get(FIELD)).text)
        assert ids == ["2", "1", "3", "4"]


async def test_a_dome_takes_regions_one_by_one(run_camera):
    async with run_camera(model="CW-P2D") as farm, client(farm) as http:
        body = (await http.get(FIELD)).text
        assert "<isSupportMultiScene>true<" in body
        triangle = [(1, 1), (2, 500), (500, 503)]
        assert await put(http, FIELD, with_corners(body, triangle)) == "invalidOperation"
        assert await put(http, FIELD, body) == "ok"  # nothing new in it
        item = (await http.get(f"{FIELD}/regions/1")).text
        assert await put(http, f"{FIELD}/regions/1", with_corners(item, triangle)) == "ok"
        assert await put(http, FIELD, with_corners(body, [])) == "ok"
        assert corners((await http.get(FIELD)).text) == []


async def test_masks_in_pixels_from_below(run_camera):
    async with run_camera("origin_lower_left") as farm, client(farm) as http:
        body = (await http.get(MASKS)).text
        assert "normalized" not in body
        assert corners(body)[0] == ("960", "700")
        mask = next(each for each in farm.stations[0].camera.watched() if each.purpose is Purpose.PRIVACY)
        assert mask.shape.points[0] == Point(0.75, pytest.approx(16 / 576, abs=0.001))


async def test_the_first_generation_has_rectangles_on_its_grid_and_masks_among_them(run_camera):
    async with run_camera(model="CW-P1M") as farm, basic(farm) as http:
        body = (await http.get("/MotionDetection/1")).text
        assert "<maskEnabled>true<" in body
        motion = [each for each in farm.stations[0].camera.watched() if each.purpose is Purpose.MOTION]
        assert [each.hidden for each in motion] == [False, True]
        assert motion[0].shape.points[0] == Point(2 / 22, 16 / 18)
        assert motion[0].sensitivity == 0.6
        bad = with_corners(body, [(0, 0), (0, 19), (4, 19), (4, 0)])
        assert await put(http, "/MotionDetection/1", bad) == "badParameters"
        louder = body.replace("<sensitivityLevel>3<", "<sensitivityLevel>5<")
        assert await put(http, "/MotionDetection/1", louder) == "ok"
        after = (await http.get("/MotionDetection/1")).text
        assert "<sensitivityLevel>5<" in after
        assert after.count("<MotionDetectionRegion>") == 2
        clock = (await http.get("/Video/inputs/channels/1/osdDatetime")).text
        odd = clock.replace("<posY>16<", "<posY>17<")
        assert await put(http, "/Video/inputs/channels/1/osdDatetime", odd) == "badParameters"


async def test_a_counting_line_is_watched(run_camera):
    async with run_camera(model="CW-G4A") as farm:
        line = next(each for each in farm.stations[0].camera.watched() if each.purpose is Purpose.COUNTING)
        assert line.shape == Line((Point(0.2, 0.6), Point(0.8, 0.6)))


async def test_a_mask_is_in_the_picture_as_long_as_masking_is_on(run_camera):
    async with run_camera() as farm, client(farm) as http:
        camera = farm.stations[0].camera
        middle = (608 / 704, 72 / 576)
        assert colour(camera, middle) != MASK[:3]
        body = (await http.get(MASKS)).text.replace("<enabled>false", "<enabled>true", 1)
        assert await put(http, MASKS, body) == "ok"
        assert colour(camera, middle) == MASK[:3]
        body = with_corners((await http.get(MASKS)).text, [(0, 300), (0, 576), (352, 576), (352, 300)])
        assert await put(http, MASKS, body) == "ok"
        assert colour(camera, middle) != MASK[:3]
        assert colour(camera, (0.25, 0.75)) == MASK[:3]


def colour(camera, place):
    image = Painter(640, 360).paint(picture_of(camera.video, "101"), time.time())
    return image.convert("RGB").getpixel((round(place[0] * 640), round(place[1] * 360)))


def test_whoever_walks_behind_a_mask_is_hidden():
    everything = PictureSettings(seed=3, show_clock=False, masks=(((0, 0), (1, 0), (1, 1), (0, 1)),))
    painter = Painter(320, 180)
    for now in range(0, 60, 7):
        image = painter.paint(everything, 1_700_000_000 + now).convert("RGB")
        assert image.getcolors() == [(320 * 180, MASK[:3])]
    assert len(painter.paint(PictureSettings(seed=3), 1_700_000_000).convert("RGB").getcolors(1 << 20)) > 100


async def test_the_clock_stands_where_it_was_put(run_camera):
    async with run_camera() as farm, client(farm) as http:
        path = "/ISAPI/System/Video/inputs/channels/1/overlays/dateTimeOverlay"
        body = (await http.get(path)).text.replace("<positionY>16<", "<positionY>288<")
        assert await put(http, path, body) == "ok"
        assert picture_of(farm.stations[0].camera.video, "101").clock_at == (0.0, 0.5)


def painted(camera, channel="101"):
    """The picture at a time that does not pass, and the clock with it."""
    return Painter(640, 360).paint(picture_of(camera.video, channel), 1_800_000_000).convert("RGB")


def changed(one, other):
    """The box around what differs, in 0..1; None for nothing."""
    box = ImageChops.difference(one, other).getbbox()
    return None if box is None else (box[0] / 640, box[1] / 360, box[2] / 640, box[3] / 360)


async def test_a_text_is_in_the_picture_where_its_document_says(run_camera):
    async with run_camera(model="CW-G4A") as farm, client(farm) as http:
        camera, path = farm.stations[0].camera, "/ISAPI/System/Video/inputs/channels/1/overlays/text/1"
        bare = painted(camera)
        body = (await http.get(path)).text
        body = re.sub(r"<enabled>\w+", "<enabled>true", body, count=1)
        body = re.sub(r"<displayText>[^<]*", "<displayText>Gate 3", body)
        boxes = []
        for x, y in ((176, 144), (352, 288)):
            placed = re.sub(r"<positionX>\d+", f"<positionX>{x}", body)
            placed = re.sub(r"<positionY>\d+", f"<positionY>{y}", placed)
            assert await put(http, path, placed) == "ok"
            boxes.append(changed(bare, painted(camera)))
        assert [each[:2] for each in boxes] == [
            (pytest.approx(0.25, abs=0.01), pytest.approx(0.25, abs=0.02)),
            (pytest.approx(0.5, abs=0.01), pytest.approx(0.5, abs=0.02)),
        ]
        assert await put(http, path, body.replace("<enabled>true", "<enabled>false")) == "ok"
        assert changed(bare, painted(camera)) is None


async def test_the_counts_are_in_the_picture_where_they_were_put(run_camera):
    async with run_camera(model="CW-G4A") as farm, client(farm) as http:
        camera, path = farm.stations[0].camera, "/ISAPI/System/Video/inputs/channels/1/counting"
        bare = painted(camera)
        head, overlay = (await http.get(path)).text.split("<OverlayConfiguration>")
        overlay = overlay.replace("<enabled>false", "<enabled>true", 1)
        overlay = overlay.replace("<positionX>20<", "<positionX>500<").replace("<positionY>900<", "<positionY>250<")
        assert await put(http, path, f"{head}<OverlayConfiguration>{overlay}") == "ok"
        box = changed(bare, painted(camera))
        assert box[:2] == (pytest.approx(0.5, abs=0.01), pytest.approx(0.25, abs=0.02))


async def test_a_text_of_the_first_generation_is_in_the_picture(run_camera):
    async with run_camera(model="CW-P1M") as farm, basic(farm) as http:
        camera, path = farm.stations[0].camera, "/Video/inputs/channels/1/overlays/text"
        bare = painted(camera, "1")
        body = (await http.get(path)).text.replace("<enabled>false", "<enabled>true", 1)
        body = body.replace("<message></message>", "<message>Yard</message>", 1)
        body = re.sub(r"<posX>\d+", "<posX>352", body, count=1)
        assert await put(http, path, re.sub(r"<posY>\d+", "<posY>144", body, count=1)) == "ok"
        box = changed(bare, painted(camera, "1"))
        assert box[:2] == (pytest.approx(0.5, abs=0.01), pytest.approx(0.25, abs=0.02))


async def test_masks_of_the_first_generation_are_in_the_picture(run_camera):
    """Counted from the lower left."""
    async with run_camera(model="CW-P1M") as farm, basic(farm) as http:
        camera, path = farm.stations[0].camera, "/Video/inputs/channels/1/privacyMask"
        bare = painted(camera, "1")
        body = (await http.get(path)).text.replace("<enabled>false", "<enabled>true")
        body = with_corners(body, [(0, 0), (0, 240), (320, 240), (320, 0)])
        assert await put(http, path, body) == "ok"
        after = painted(camera, "1")
        mask = next(each for each in camera.watched() if each.purpose is Purpose.PRIVACY)
        box = bounds(mask.shape.points)
        assert changed(bare, after) == pytest.approx((box.left, box.top, box.right, box.bottom), abs=0.01)
        assert box.bottom == 1
        assert after.getpixel((10, 350)) == MASK[:3]


async def test_what_stands_on_the_picture_moves_with_its_document(run_camera):
    async with run_camera(model="CW-G4A") as farm, client(farm) as http:
        path = "/ISAPI/System/Video/inputs/channels/1/image"
        body = (await http.get(path)).text.replace("<enabled>false", "<enabled>true")
        assert await put(http, path, body.replace("<positionX>600<", "<positionX>352<")) == "ok"
        texts = {each.text: (each.x, each.y) for each in picture_of(farm.stations[0].camera.video, "101").overlays}
        assert texts["[ Logo ]"] == (0.5, 16 / 576)


async def test_texts_of_the_first_generation_are_on_the_picture(run_camera):
    async with run_camera(model="CW-P1M") as farm, basic(farm) as http:
        path = "/Video/inputs/channels/1/overlays/text"
        body = (await http.get(path)).text
        body = body.replace("<enabled>false", "<enabled>true", 1).replace(
            "<message></message>", "<message>Yard</message>", 1
        )
        assert await put(http, path, body.replace("<posY>544<", "<posY>288<", 1)) == "ok"
        texts = {each.text: (each.x, each.y) for each in picture_of(farm.stations[0].camera.video, "1").overlays}
        assert texts["Yard"] == (0.0, 0.5)

"""What a simulated camera watches, read from its documents: the base of its detection."""

from __future__ import annotations

import re

import httpx
import pytest

from app.model.geometry import Point
from app.model.region import Cells, Direction, Line, Polygon, Purpose
from app.simulator.armed import Watched, Watching

pytestmark = pytest.mark.anyio
PASSWORD = "Right-1234"
LINE = "/ISAPI/Smart/LineDetection/1"


def client(farm):
    line = farm.camera_lines()[0]
    auth = httpx.DigestAuth("admin", PASSWORD)
    return httpx.AsyncClient(base_url=f"http://{line['address']}:{line['http_port']}", auth=auth, trust_env=False)


def watched(farm, purpose) -> list[Watched]:
    camera = farm.stations[0].camera
    assert isinstance(camera, Watching)
    return [each for each in camera.watched() if each.purpose is purpose]


async def test_a_line_is_told_with_its_direction_and_from_the_upper_left(run_camera):
    async with run_camera(model="CW-G4A") as farm, client(farm) as http:
        before = watched(farm, Purpose.LINE)[0]
        assert before.shape == Line((Point(0.17, 0.62), Point(0.83, 0.62)))
        assert (before.event, before.channel, before.region, before.armed) == ("linedetection", 1, "1", False)
        body = (await http.get(LINE)).text
        body = body.replace("<enabled>false", "<enabled>true", 1).replace(">any<", ">left-right<", 1)
        body = re.sub(r"<positionY>\d+", "<positionY>900", body, count=1)
        body = body.replace(">human,vehicle<", ">human<", 1)
        assert (await http.put(LINE, content=body)).status_code == 200
        after = watched(farm, Purpose.LINE)[0]
        assert after.armed
        assert after.shape.direction is Direction.A_TO_B
        assert after.shape.points[0] == Point(0.17, pytest.approx(0.1))
        assert after.targets == ("person",)


async def test_a_grid_is_told_by_its_cells(run_camera):
    async with run_camera() as farm:
        motion = watched(farm, Purpose.MOTION)[0]
        assert isinstance(motion.shape, Cells)
        assert (motion.shape.columns, motion.shape.rows) == (22, 18)
        assert motion.shape.on == {(column, row) for column in range(10, 20) for row in range(6, 12)}
        assert motion.armed
        assert motion.sensitivity == 0.6


async def test_what_was_never_drawn_is_not_watched(run_camera):
    async with run_camera(model="CW-G4A") as farm:
        fields = watched(farm, Purpose.INTRUSION)
        assert fields
        assert all(isinstance(each.shape, Polygon) and len(each.shape.points) >= 3 for each in fields)


async def test_masks_count_from_the_upper_left(run_camera):
    async with run_camera() as farm:
        mask = watched(farm, Purpose.PRIVACY)[0]
        assert mask.shape.points[0] == Point(528 / 704, 16 / 576)
        assert mask.name == "Neighbour"
        camera = farm.stations[0].camera
        assert camera.watched() is camera.watched()  # nothing is read twice between two writes

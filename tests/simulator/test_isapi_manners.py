"""Quirks of settings that change under the hand of whoever edits them."""

from __future__ import annotations

import asyncio
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable

import httpx
import pytest

from app.simulator.farm import Farm
from app.simulator.quirks import Quirks

PASSWORD = "Right-1234"
IMAGE = "/ISAPI/Image/channels/1"
COLOR = f"{IMAGE}/color"
MOTION = "/ISAPI/System/Video/inputs/channels/1/motionDetection"
pytestmark = pytest.mark.anyio


def client(farm: Farm) -> httpx.AsyncClient:
    place = farm.stations[0].place
    auth = httpx.DigestAuth("admin", PASSWORD)
    return httpx.AsyncClient(base_url=f"http://{place.host}:{place.http_port}", auth=auth, trust_env=False, timeout=20)


def texts(answer: httpx.Response, name: str) -> list[str]:
    return [node.text or "" for node in ET.fromstring(answer.content).iter() if node.tag.rpartition("}")[2] == name]


def options(answer: httpx.Response, name: str) -> list[str]:
    nodes = ET.fromstring(answer.content).iter()
    return next(node.get("opt", "") for node in nodes if node.tag.rpartition("}")[2] == name).split(",")


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


def test_what_is_asked_for_wins_over_manners():
    manners = Quirks.parse(["basic_only", "lf", "list_500=Event/triggers"])
    asked = Quirks.parse(["sha256_only", "crlf", "list_500=Image/channels"])
    both = asked.over(manners)
    assert "basic_only" not in both
    assert "lf" not in both
    assert both.all("list_500") == ("Image/channels",)
    assert "basic_only" in Quirks.parse(["slow=1"]).over(manners)


async def test_wide_dynamics_take_slow_shutters_away(run_camera):
    async with run_camera("swaps_options") as farm, client(farm) as http:
        assert "1/6" in options(await http.get(f"{IMAGE}/capabilities"), "ShutterLevel")
        slow = b"<Shutter><ShutterLevel>1/6</ShutterLevel></Shutter>"
        assert (await http.put(f"{IMAGE}/shutter", content=slow)).status_code == 200
        assert (await http.put(f"{IMAGE}/WDR", content=b"<WDR><mode>open</mode></WDR>")).status_code == 200
        assert "1/6" not in options(await http.get(f"{IMAGE}/capabilities"), "ShutterLevel")
        assert texts(await http.get(IMAGE), "ShutterLevel") == ["1/25"]
        assert (await http.put(f"{IMAGE}/shutter", content=slow)).status_code == 400
        assert (await http.put(f"{IMAGE}/WDR", content=b"<WDR><mode>close</mode></WDR>")).status_code == 200
        assert (await http.put(f"{IMAGE}/shutter", content=slow)).status_code == 200


async def test_what_excludes_each_other_is_named(run_camera):
    async with run_camera("mutex") as farm, client(farm) as http:
        on = "<{0}><enabled>true</enabled></{0}>"
        lines, field = "/ISAPI/Smart/LineDetection/1", "/ISAPI/Smart/FieldDetection/1"
        why = "/ISAPI/System/mutexFunctionErrorMsg"
        assert texts(await http.get(why), "describe") == []
        assert (await http.put(lines, content=on.format("LineDetection").encode())).status_code == 200
        refused = await http.put(field, content=on.format("FieldDetection").encode())
        assert (refused.status_code, texts(refused, "subStatusCode")) == (403, ["invalidOperation"])
        assert texts(await http.get(why), "describe") == ["lineDetection"]
        assert texts(await http.get(field), "enabled")[0] == "false"
        off = on.replace("true", "false").format("LineDetection").encode()
        assert (await http.put(lines, content=off)).status_code == 200
        assert (await http.put(field, content=on.format("FieldDetection").encode())).status_code == 200
        both = b"<ImageChannel><WDR><mode>open</mode></WDR><BLC><enabled>true</enabled></BLC></ImageChannel>"
        assert (await http.put(IMAGE, content=both)).status_code == 403
        assert (await http.put(IMAGE, content=both.replace(b"open", b"close"))).status_code == 200


@pytest.mark.parametrize("quirk", ["squares_after_toggle", "squares_after_rewrite"])
async def test_a_naive_toggle_spoils_the_area_and_a_careful_one_does_not(run_camera, quirk):
    async with run_camera("grid_and_regions", quirk) as farm, client(farm) as http:
        before = await http.get(MOTION)
        grid = texts(before, "gridMap")
        assert len(texts(before, "Region")) == 1
        without = re.sub(rb"<RegionList.*</RegionList>", b"", before.content, flags=re.DOTALL)
        for word in (b"false", b"true") * 3:
            careful = without.replace(b"<enabled>true<", b"<enabled>" + word + b"<", 1)
            assert (await http.put(MOTION, content=careful)).status_code == 200
        assert (await http.get(MOTION)).content == before.content
        forgiving = quirk == "squares_after_rewrite"
        same = before.content.replace(b"<enabled>true<", b"<enabled>false<", 1)
        assert (await http.put(MOTION, content=same)).status_code == 200
        assert (texts(await http.get(MOTION), "gridMap") == grid) is forgiving
        rewritten = before.content.replace(b"\r\n", b"\n")
        assert (await http.put(MOTION, content=rewritten)).status_code == 200
        after = await http.get(MOTION)
        assert texts(after, "gridMap") != grid
        assert len(texts(after, "Region")) == (2 if forgiving else 3)
        rows = {row for row in re.findall("......", texts(after, "gridMap")[0]) if row != "000000"}
        assert len(rows) == 1, "a rectangle"


async def test_a_drawn_grid_is_kept_when_it_comes_alone(run_camera):
    async with run_camera("squares_after_toggle") as farm, client(farm) as http:
        new = b"fffffc" * 18
        sent = b"<MotionDetectionLayout><layout><gridMap>%b</gridMap></layout></MotionDetectionLayout>" % new
        assert (await http.put(f"{MOTION}/layout", content=sent)).status_code == 200
        assert texts(await http.get(MOTION), "gridMap") == [new.decode()]


async def test_only_partial_documents(run_camera):
    async with run_camera("partial_only") as farm, client(farm) as http:
        whole = (await http.get(IMAGE)).content.replace(b"<brightnessLevel>50", b"<brightnessLevel>60")
        refused = await http.put(IMAGE, content=whole)
        assert (refused.status_code, texts(refused, "subStatusCode")) == (403, ["notSupport"])
        part = b"<ImageChannel><Color><brightnessLevel>60</brightnessLevel></Color></ImageChannel>"
        assert (await http.put(IMAGE, content=part)).status_code == 200
        single = b"<Sharpness><SharpnessLevel>60</SharpnessLevel></Sharpness>"
        assert (await http.put(f"{IMAGE}/sharpness", content=single)).status_code == 200


async def test_lists_that_fail_or_miscount(run_camera):
    async with run_camera("list_500=image/channels", "wrong_list_size") as farm, client(farm) as http:
        assert (await http.get("/ISAPI/Image/channels")).status_code == 500
        assert (await http.get(IMAGE)).status_code == 200
        streams = await http.get("/ISAPI/Streaming/channels")
        assert ET.fromstring(streams.content).get("size") == "2"
        assert len(texts(streams, "maxFrameRate")) == 3
        assert (await http.put("/ISAPI/Streaming/channels", content=streams.content)).status_code == 200
        assert len(texts(await http.get("/ISAPI/Streaming/channels"), "maxFrameRate")) == 3


async def test_default_spelled_twice_and_short_ids(run_camera):
    async with run_camera("def_and_default", "short_ids") as farm, client(farm) as http:
        caps = (await http.get("/ISAPI/Streaming/channels/1/capabilities")).text
        assert " def=" in caps
        assert " default=" in caps
        listed = ET.fromstring((await http.get("/ISAPI/Streaming/channels")).content)
        assert [entry[0].text for entry in listed] == ["1", "2", "3"]
        assert (await http.get("/ISAPI/Streaming/channels/2/picture")).content.endswith(b"2 640x360")
        assert (await http.get("/ISAPI/Streaming/channels/102/dynamicCap")).status_code == 200


async def test_the_schema_changes_under_an_open_form(run_camera):
    async with run_camera("schema_changes=4") as farm, client(farm) as http:
        before = await http.get(IMAGE)
        sent = before.content.replace(b"<contrastLevel>50", b"<contrastLevel>33")
        assert (await http.put(IMAGE, content=sent)).status_code == 200
        await http.get(IMAGE)
        after = await http.get(IMAGE)
        assert texts(after, "SharpnessLevel") == []
        assert texts(after, "DehazeMode") == ["auto"]
        assert texts(after, "contrastLevel") == ["33"], "the rest is kept"
        assert texts(after, "brightnessLevel") == ["5"]
        assert (await http.put(IMAGE, content=before.content)).status_code == 400
        assert (await http.get(f"{IMAGE}/sharpness")).status_code == 403


async def test_what_was_written_is_gone_after_a_reboot(run_camera):
    async with run_camera("forgets_writes", "reboots_on_write", "reboot_seconds=0") as farm:
        async with client(farm) as http:
            sent = b"<Color><contrastLevel>9</contrastLevel></Color>"
            assert (await http.put(COLOR, content=sent)).status_code == 200
        await until(lambda: farm.cameras[0].reboots == 1 and farm.stations[0].is_up)
        async with client(farm) as http:
            assert texts(await http.get(COLOR), "contrastLevel") == ["50"]


async def test_somebody_else_locks_the_account(run_camera):
    async with run_camera("locked_by_other=2", "lock_seconds=60", "basic_only") as farm:
        place = farm.stations[0].place
        url = f"http://{place.host}:{place.http_port}{IMAGE}"
        async with httpx.AsyncClient(auth=("admin", PASSWORD), trust_env=False) as http:
            assert [(await http.get(url)).status_code for _ in range(3)] == [200, 200, 401]
            refused = await http.get(url)
            assert texts(refused, "lockStatus") == ["lock"]
            assert 0 < int(texts(refused, "unlockTime")[0]) <= 60


async def test_the_clock_runs_fast(run_camera):
    async with run_camera("clock_drift=36000000") as farm, client(farm) as http:
        first = texts(await http.get("/ISAPI/System/time"), "localTime")
        second = texts(await http.get("/ISAPI/System/time"), "localTime")
        assert second > first


async def test_a_new_place_at_once_or_after_the_reboot(run_camera):
    async with run_camera("moves_at_once", "reboot_seconds=0") as farm:
        async with client(farm) as http:
            sent = b"<IPAddress><ipAddress>127.27.3.7</ipAddress></IPAddress>"
            done = await http.put("/ISAPI/System/Network/interfaces/1/ipAddress", content=sent)
            assert texts(done, "statusCode") == ["1"]
        await until(lambda: farm.stations[0].place.host == "127.27.3.7" and farm.stations[0].is_up)
        assert farm.cameras[0].reboots == 0
        old = farm.stations[0].place
        async with client(farm) as http:
            serial = texts(await http.get("/ISAPI/System/deviceInfo"), "serialNumber")
            port = old.http_port - 1 if old.http_port > 40000 else old.http_port + 1
            sent = f"<AdminAccessProtocol><id>1</id><portNo>{port}</portNo></AdminAccessProtocol>".encode()
            assert (await http.put("/ISAPI/Security/adminAccesses/1", content=sent)).status_code == 200
        await until(lambda: farm.stations[0].place.http_port == port and farm.stations[0].is_up)
        async with client(farm) as http:
            assert texts(await http.get("/ISAPI/System/deviceInfo"), "serialNumber") == serial
            assert (await http.put("/ISAPI/System/factoryReset?mode=full")).status_code == 200
        await until(lambda: farm.cameras[0].reboots == 1 and farm.stations[0].is_up)
        assert farm.stations[0].place.host == farm.plans[0].host

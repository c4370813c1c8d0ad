"""Many cameras in one process."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from app.simulator import simulator, simulators
from app.simulator.farm import Farm, addresses, plan_cameras


def test_addresses_roll_over_without_the_ends():
    found = addresses("127.16.3.250", 10)
    assert found[4:7] == ("127.16.3.254", "127.16.4.1", "127.16.4.2")
    assert len(set(addresses("127.16.0.1", 1000))) == 1000


@pytest.mark.parametrize("first", ["192.168.1.1", "here", "126.255.255.254", "128.0.0.1"])
def test_only_loopback_addresses(first):
    with pytest.raises(ValueError, match=r"127\.0\.0\.0/8|IPv4"):
        addresses(first, 2)


@pytest.mark.parametrize(
    "wishes", [{"family": "nobody"}, {"model": "none"}, {"count": 0}, {"quirks": ["odd"]}, {"bind": "1.2.3.4"}]
)
def test_wrong_wishes_are_refused(wishes):
    with pytest.raises(ValueError, match=r"\w"):
        plan_cameras(**wishes)


def test_models_take_turns():
    turns, models = simulator(None).turns, simulator(None).models
    assert set(turns) < set(models)
    plans = plan_cameras(count=len(turns) + 50)
    assert [plan.model for plan in plans][: len(turns) + 1] == [*turns, turns[0]]
    assert len({plan.name for plan in plans}) == len(plans)
    assert {plan.model for plan in plan_cameras(count=3, model=models[1])} == {models[1]}


def test_families_are_found_by_walking():
    assert simulator(None) in simulators()
    for each in simulators():
        assert each.models
        for model in each.models:
            assert plan_cameras(family=each.key, model=model)[0].model == model


@pytest.mark.anyio
async def test_five_hundred_cameras_are_up_and_each_is_itself():
    before = asyncio.all_tasks()
    plans = plan_cameras(count=500, bind="127.16.10.1", http_port=0, rtsp_port=0)
    farm = Farm(plans, ssdp=False)
    await farm.start()
    try:
        lines = farm.camera_lines()
        json.dumps(lines)
        assert len({line["address"] for line in lines}) == 500
        assert set(lines[0]) == {
            "family", "dialect", "address", "http_port", "rtsp_port", "user", "password", "model",
        }  # fmt: skip
        serials = set()
        for line in lines[::50]:
            auth = httpx.DigestAuth(str(line["user"]), str(line["password"]))
            async with httpx.AsyncClient(auth=auth, trust_env=False) as http:
                url = f"http://{line['address']}:{line['http_port']}"
                await http.put(
                    f"{url}/ISAPI/System/deviceInfo", content=b"<DeviceInfo><deviceName>x</deviceName></DeviceInfo>"
                )
                text = (await http.get(f"{url}/ISAPI/System/deviceInfo")).text
                serials.add(text.partition("<serialNumber>")[2].partition("<")[0])
        assert len(serials) == 10
        untouched = farm.cameras[1].video.picture_settings()
        assert untouched.seed == 2
    finally:
        await farm.stop()
    assert asyncio.all_tasks() == before


@pytest.mark.anyio
async def test_a_farm_that_cannot_start_leaves_nothing_behind():
    before = asyncio.all_tasks()
    first = plan_cameras(bind="127.16.20.1", http_port=0, rtsp_port=0)
    farm = Farm(first, ssdp=False)
    await farm.start()
    taken = int(farm.camera_lines()[0]["http_port"])
    plans = plan_cameras(count=2, bind="127.16.20.1", http_port=taken, rtsp_port=0)
    other = Farm(plans, ssdp=False)
    with pytest.raises(OSError):  # noqa: PT011 - the system's own words
        await other.start()
    await farm.stop()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


def test_a_twin_is_planned(tmp_path):
    with pytest.raises(ValueError, match="twin"):
        plan_cameras(twin=tmp_path / "nothing")


def test_a_mixed_site_has_one_camera_of_each_other_family():
    families = [plan.family for plan in plan_cameras(count=6, bind="127.16.22.1", mixed=True)]
    others = [each.key for each in simulators()][1:]
    assert families == [simulators()[0].key] * (5 - len(others[:3])) + others[:3] + [simulators()[0].key]
    assert {plan.family for plan in plan_cameras(count=3, bind="127.16.22.1", mixed=True)} == {simulators()[0].key}

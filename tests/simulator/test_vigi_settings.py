"""The 85 methods of the simulated VIGI camera: what it says, what it takes, and what it does with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.simulator.farm import Farm
from app.simulator.quirks import Quirks
from app.simulator.vigi.answers import REFUSED, UNSUPPORTED
from app.simulator.vigi.camera import VigiCamera
from app.simulator.vigi.model import MODELS, documents
from app.simulator.vigi.state import State
from tests.simulator.vigi_client import calling

pytestmark = pytest.mark.anyio
SQUARE = {"points_num": 4, "points_x": [0, 9000, 9000, 0], "points_y": [0, 0, 9000, 9000]}


def camera_of(farm: Farm) -> VigiCamera:
    camera = farm.cameras[0]
    assert isinstance(camera, VigiCamera)
    return camera


@pytest.mark.parametrize("name", sorted(documents()))
async def test_every_setting_takes_back_what_it_says(run_camera, name):
    state = State(MODELS[0], Quirks(), lambda: "Gate")
    document = state.document(name)
    assert document is not None
    before = state.read(document)
    state.write(document, {"set_region_info": list(before.values())} if document.regions else before)
    assert state.read(document) == before


@pytest.mark.shared
async def test_every_method_of_the_text_is_known(run_camera, shared: Path):
    text = json.loads((shared / "specs/inventory/vigi.json").read_text())
    wanted = {each["method"] for each in text if each["section"].startswith("4.")}
    wanted -= {"doAuth", "doSoftReset"}
    async with run_camera(family="vigi", model="CW-V540") as farm, calling(farm) as caller:
        unknown = [name for name in sorted(wanted) if (await caller.call(name))["errCode"] == UNSUPPORTED]
    assert unknown == []


async def test_a_write_changes_what_it_names_and_nothing_else(run_camera):
    async with run_camera(family="vigi") as farm, calling(farm) as caller:
        before = (await caller.call("getMotionDetectionSwitch"))["result"]
        told = await caller.call("setMotionDetectionSwitch", sensitivity="33", madeUp="on")
        assert told == {"method": "setMotionDetectionSwitch", "errCode": 0}
        assert (await caller.call("getMotionDetectionSwitch"))["result"] == before | {"sensitivity": 33}


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("setSpeakerVolume", {"volume": 101}),
        ("setSpeakerVolume", {"volume": True}),
        ("setSpeakerVolume", {"loudness": 5}),
        ("setDeviceAlias", {"alias": ""}),
        ("setDeviceAlias", {"alias": "x" * 33}),
        ("setDayNightMode", {"mode": "dusk"}),
        ("setTimeZone", {"timezone": "GMT+1"}),
        ("setSystemTime", {"system_time": 5}),
        ("setResolution", {"main_resolution": "640*480"}),
        ("setResolution", {}),
        ("formatSdCard", {"card_index": 2}),
        ("setRecordSchedule", {"monday": ["0800-0700:1"]}),
        ("setRecordSchedule", {"monday": ["0800-1000:1", "0900-1100:2"]}),
        ("setRecordSchedule", {"monday": ["0800-1000:3"]}),
        ("setRecordSchedule", {"monday": [f"00{n:02}-00{n + 1:02}:1" for n in range(25)]}),
        ("setInvasionDetectionRegion", {"set_region_info": [{"id": 5, **SQUARE}]}),
        ("setInvasionDetectionRegion", {"set_region_info": [{"id": 1, **SQUARE}, {"id": 1, **SQUARE}]}),
        ("setInvasionDetectionRegion", {"set_region_info": [{"id": 1, **SQUARE, "points_num": 3}]}),
        ("setInvasionDetectionRegion", {"set_region_info": [{"id": 1, **SQUARE, "points_x": [0, 1, 2, 10001]}]}),
        ("setInvasionDetectionRegion", {"set_region_info": [{"id": 1, **SQUARE, "threshold": "11"}]}),
        ("setMotionDetectionRegion", {"set_region_info": [SQUARE] * 5}),
        ("setMotionDetectionRegion", {"region": []}),
        ("searchSystemLog", {"start_time": "0", "end_time": "9", "log_type": "some"}),
        ("searchVideoList", {"date": "20261301", "start_index": 0, "end_index": 9}),
        ("searchVideoCalendar", {"start_date": "2026", "end_date": "202612"}),
        ("getMediaList", {"start_time": "0", "end_time": "9", "event_type": ["Timing"], "media_type": ["picture"]}),
        ("manualAlarm", {"act": "sing"}),
    ],
)
async def test_bad_values_are_refused_and_change_nothing(run_camera, method, params):
    async with run_camera(family="vigi") as farm, calling(farm) as caller:
        version = camera_of(farm).state.version
        assert (await caller.call(method, **params))["errCode"] == REFUSED
        assert camera_of(farm).state.version == version


async def test_lines_are_padded_to_five_points_and_the_set_is_replaced(run_camera):
    line = {"id": 3, "points_num": 2, "direction": "AtoB", "points_x": [10, 20], "points_y": [30, 40]}
    async with run_camera(family="vigi") as farm, calling(farm) as caller:
        assert (await caller.call("setCrosslineDetectionRegion", set_region_info=[line]))["errCode"] == 0
        kept = (await caller.call("getCrosslineDetectionRegion"))["result"]
        assert list(kept) == ["region_info_1"]
        assert kept["region_info_1"]["points_x"] == [10, 20, 0, 0, 0]
        assert kept["region_info_1"]["direction"] == "AtoB"
        assert (await caller.call("setCrosslineDetectionRegion", set_region_info=[]))["errCode"] == 0
        assert (await caller.call("getCrosslineDetectionRegion"))["result"] == {}


async def test_models_lack_what_their_module_list_lacks(run_camera):
    async with run_camera("md5_login", family="vigi", model="CW-V230") as farm:
        camera = camera_of(farm)
        token = camera.login.do_auth({"password": camera.login.md5, "passwdType": "md5"})["stok"]
        async with calling(farm, login=False) as caller:
            caller.token = token
            modules = {each["name"] for each in (await caller.call("getModuleList"))["result"]["moduleList"]}
            assert "CrossLineDetection" not in modules
            assert (await caller.call("getCrosslineDetectionSwitch"))["errCode"] == UNSUPPORTED
            assert "people_enhance" not in (await caller.call("getMotionDetectionSwitch"))["result"]
            assert (await caller.call("getEventEnhanceCapability"))["result"]["people_enhance_ver"] == "0"


async def test_the_picture_follows(run_camera):
    async with run_camera(family="vigi") as farm, calling(farm) as caller:
        camera = camera_of(farm)
        await caller.call("setResolution", main_resolution="1280*720", minor_resolution="352*288")
        await caller.call("setDeviceAlias", alias="Back door")
        await caller.call("setDayNightMode", mode="night")
        main, minor = camera.encoder_settings("1"), camera.encoder_settings("2")
        assert main is not None
        assert minor is not None
        assert ((main.width, main.height), (minor.width, minor.height)) == ((1280, 720), (352, 288))
        assert camera.encoder_settings("3") is None
        shown = camera.picture_settings()
        assert shown.overlays[0].text == "Back door"
        assert shown.saturation == 0


async def test_the_clock_can_be_set_and_both_spellings_of_the_zone_work(run_camera):
    async with run_camera(family="vigi") as farm, calling(farm) as caller:
        await caller.call("setSystemTime", system_time=1_700_000_000)
        assert 0 <= (await caller.call("getSystemTime"))["result"]["system_time"] - 1_700_000_000 < 60
        await caller.call("setTimeZone", timezone="UTC-05:00", area="America/New_York")
        assert (await caller.call("getTimezone"))["result"]["timezone"] == "UTC-05:00"
    async with run_camera("old_time_zone_only", family="vigi") as farm, calling(farm) as caller:
        assert (await caller.call("setTimeZone", timezone="UTC-05:00"))["errCode"] == UNSUPPORTED
        assert (await caller.call("setTimezone", timezone="UTC-05:00"))["errCode"] == 0


@pytest.mark.parametrize(
    ("quirk", "shape"),
    [
        ("result_at_top", {"method": "getSpeakerVolume", "volume": 60, "errCode": 0}),
        ("result_nested", {"method": "getSpeakerVolume", "result": {"speakerVolume": {"volume": 60}}, "errCode": 0}),
        ("loose_types", {"method": "getSpeakerVolume", "result": {"volume": "60"}, "errCode": "0"}),
        ("error_code", {"method": "getSpeakerVolume", "result": {"volume": 60}, "error_code": 0}),
    ],
)
async def test_answers_have_many_shapes(run_camera, quirk, shape):
    async with run_camera(quirk, family="vigi") as farm, calling(farm) as caller:
        assert await caller.call("getSpeakerVolume") == shape


async def test_writes_may_be_clamped_or_ignored(run_camera):
    quirks = ("clamps=SpeakerVolume/volume:10:40", "ignores_field=DayNightMode/mode")
    async with run_camera(*quirks, family="vigi") as farm, calling(farm) as caller:
        assert (await caller.call("setSpeakerVolume", volume=90))["errCode"] == 0
        assert (await caller.call("getSpeakerVolume"))["result"] == {"volume": 40}
        assert (await caller.call("setDayNightMode", mode="night"))["errCode"] == 0
        assert (await caller.call("getDayNightMode"))["result"] == {"mode": "auto"}


async def test_a_soft_reset_brings_factory_values_and_a_reboot(run_camera):
    async with run_camera("reboot_seconds=0", family="vigi") as farm, calling(farm) as caller:
        camera = camera_of(farm)
        await caller.call("setSpeakerVolume", volume=7)
        assert (await caller.call("doSoftReset"))["errCode"] == 0
        assert camera.state.value("SpeakerVolume", "volume") == 60


async def test_the_card_remembers_until_it_is_formatted(run_camera):
    async with run_camera("work_seconds=600", family="vigi") as farm, calling(farm) as caller:
        now = int(camera_of(farm).clock.now())
        wide = {"start_time": str(now - 20 * 86400), "end_time": str(now), "media_type": ["video"]}
        first = await caller.call("getMediaList", **wide, event_type=["MotionDetection"], start_index=0, max_num=5)
        media = first["media"]
        assert first["error_code"] == 0
        assert "method" not in first
        assert len(media["file_id"]) == len(set(media["file_id"])) == 5
        assert int(media["total_num"]) > 5
        assert all(int(a) < int(b) for a, b in zip(media["start_time"], media["end_time"], strict=True))
        await caller.call("formatSdCard", card_index=1)
        status = (await caller.call("getSdCardStatus"))["result"]
        assert status["status"] == "formatting"
        after = await caller.call("getMediaList", **wide, event_type=["MotionDetection"])
        assert after["media"]["file_id"] == []


async def test_days_and_pieces_agree(run_camera):
    async with run_camera(family="vigi") as farm, calling(farm) as caller:
        dates = (await caller.call("searchVideoCalendar", start_date="200001", end_date="209912"))["result"]["dates"]
        assert len(dates) > 5
        listed: list[dict[str, object]] = []
        while True:
            at = len(listed)
            rows = await caller.call("searchVideoList", date=dates[-2], start_index=at, end_index=at + 19)
            new = [next(iter(row.values())) for row in rows["result"]["search_video_results"]]
            listed += new
            if len(new) < 20:
                break
        assert {"Timing", "MotionDetection"} <= {each["video_type"] for each in listed}
        assert all(each["startTime"] < each["endTime"] for each in listed)


async def test_the_log_tells_what_was_set(run_camera):
    async with run_camera(family="vigi") as farm, calling(farm) as caller:
        await caller.call("setSpeakerVolume", volume=7)
        found = await caller.call("searchSystemLog", start_time="0", end_time=str(2**31), log_type="operation")
        assert found["result"]["total"] == 1
        assert found["result"]["syslog"][0]["syslog_1"].endswith("[OPENAPI]setSpeakerVolume")

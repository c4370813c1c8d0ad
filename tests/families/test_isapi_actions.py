"""Actions and files, against the simulated camera."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import DeviceFault, InvalidSetting
from app.families.base import Actions, Files, Overview, SettingsTree
from app.families.isapi import waiting
from app.families.isapi.files import unpacked
from app.model.action import Danger
from app.simulator.isapi.upkeep import firmware_file
from tests.families.isapi_rig import puts, session

FIRMWARE = "/ISAPI/System/updateFirmware"
CONFIGURATION = "/ISAPI/System/configurationData"
IMAGE = "/ISAPI/Image/channels/1"
FAST = ("reboot_seconds=1", "work_seconds=1")


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(waiting, "PAUSE", 0.2)


@pytest.mark.anyio
async def test_every_action_says_its_consequence_and_names_the_camera():
    async with session() as (device, _):
        found = await device.offer(Actions).list()
        by_id = {each.id: each for each in found}
        assert by_id["/ISAPI/System/reboot"].restarts
        assert by_id["/ISAPI/System/factoryReset?mode=full"].danger is Danger.LOSES
        assert by_id["/ISAPI/System/factoryReset?mode=basic"].danger is Danger.LOSES
        assert by_id["/ISAPI/Streaming/channels/101/requestKeyFrame"].danger is Danger.NONE
        name = (await device.offer(Overview).facts()).name
        assert all(name in each.consequence for each in found)
        assert all(each.title for each in found)


@pytest.mark.anyio
async def test_nothing_dangerous_happens_without_agreement():
    async with session() as (device, running):
        actions = device.offer(Actions)
        sent = puts(device)
        for each in await actions.list():
            if each.danger is not Danger.NONE:
                with pytest.raises(InvalidSetting):
                    await actions.run(each.id)
        for sneaky in ("/System/factoryReset", "/ISAPI/System/factoryReset?mode=other", "/ISAPI/System/reboot/"):
            with pytest.raises(InvalidSetting):
                await actions.run(sneaky)
        with pytest.raises(InvalidSetting, match="is no action"):
            await actions.run(IMAGE)
        assert sent == []
        assert running.cameras[0].reboots == 0


@pytest.mark.anyio
async def test_a_key_frame_is_asked_for_at_once():
    async with session() as (device, running):
        asked = []
        running.cameras[0].key_frame_wanted(asked.append)
        await device.offer(Actions).run("/ISAPI/Streaming/channels/101/requestKeyFrame")
        assert asked == ["101"]


@pytest.mark.anyio
async def test_a_restart_is_waited_for():
    async with session(*FAST) as (device, running):
        stay(running)
        phases = []
        done = await device.offer(Actions).run(
            "/ISAPI/System/reboot", confirmed=True, wait=True, tell=lambda each: phases.append(each.phase)
        )
        assert done.back is True
        assert running.cameras[0].reboots == 1
        assert "Waiting until the camera is back" in phases


def stay(running):
    """The port that was free when it started is the one it comes back to."""
    station = running.stations[0]
    here = station.place
    station.camera.wanted_place = lambda: here


@pytest.mark.anyio
async def test_an_upgrade_is_a_success_only_when_the_new_version_is_read():
    async with session(*FAST) as (device, running):
        stay(running)
        data = firmware_file(running.cameras[0].model, "V9.8.7", "build 991231", size=400_000)
        told = []
        done = await device.offer(Files).upload(FIRMWARE, data, confirmed=True, tell=told.append)
        assert done.verified is True
        assert "V9.8.7" in done.after
        assert done.before != done.after
        sending = [each.fraction for each in told if each.phase == "Sending"]
        assert len(sending) > 3
        assert sending == sorted(sending)
        assert any(each.phase == "Installing" for each in told)


@pytest.mark.anyio
async def test_a_camera_that_keeps_its_firmware_is_found_out():
    async with session(*FAST, "keeps_firmware") as (device, running):
        stay(running)
        data = firmware_file(running.cameras[0].model, "V9.8.7", "build 991231")
        done = await device.offer(Files).upload(FIRMWARE, data, confirmed=True)
        assert done.verified is False
        assert "still runs" in done.text


@pytest.mark.anyio
async def test_firmware_of_another_model_is_refused_by_name():
    async with session(*FAST) as (device, running):
        data = firmware_file("another", "V9.8.7", "build 991231")
        with pytest.raises(DeviceFault, match="another type"):
            await device.offer(Files).upload(FIRMWARE, data, confirmed=True)
        with pytest.raises(InvalidSetting):
            await device.offer(Files).upload(FIRMWARE, data)
        assert running.cameras[0].reboots == 0


@pytest.mark.anyio
async def test_a_configuration_goes_out_and_comes_back():
    async with session(*FAST) as (device, running):
        stay(running)
        files, settings = device.offer(Files), device.offer(SettingsTree)
        document = await settings.load(IMAGE)
        document.set_text("Color/contrastLevel", "71")
        _, document = await settings.apply(document, document.changes())
        backup = await files.download(CONFIGURATION)
        document.set_text("Color/contrastLevel", "12")
        await settings.apply(document, document.changes())
        done = await files.upload(CONFIGURATION, backup, confirmed=True)
        assert "is back" in done.text
        assert (await settings.load(IMAGE)).text("Color/contrastLevel") == "71"
        with pytest.raises(DeviceFault):
            await files.upload(CONFIGURATION, b"no configuration", confirmed=True)


def zipped(**files):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_dav", ".dav"), data)
    return held.getvalue()


def test_firmware_is_taken_out_of_its_archive():
    assert unpacked(zipped(digicap_dav=b"firmware", readme=b"text")) == b"firmware"
    assert unpacked(b"plain") == b"plain"
    for wrong in (zipped(readme=b"text"), zipped(a_dav=b"1", b_dav=b"2"), b"PK\x03\x04 and then nothing"):
        with pytest.raises(InvalidSetting):
            unpacked(wrong)


@given(st.binary(max_size=300), st.integers(0, 200), st.integers(0, 255))
def test_damaged_archives_are_refused_and_nothing_else(tail, place, byte):
    good = bytearray(zipped(digicap_dav=b"firmware" * 10))
    good[place % len(good)] = byte
    for data in (bytes(good), b"PK\x03\x04" + tail):
        try:
            unpacked(data)
        except InvalidSetting:
            pass

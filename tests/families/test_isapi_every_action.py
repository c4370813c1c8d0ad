"""Every action of every kind: its consequence in words, the agreement it wants, how far it is, and what is looked at
afterwards."""

from __future__ import annotations

import asyncio

import pytest

from app.errors import InvalidSetting
from app.families.base import Actions, Overview, SettingsTree
from app.families.isapi import action_words, catalog, formatting, waiting
from app.families.isapi.dialect import DIALECTS
from app.families.ptz import Ptz
from app.model.action import Danger
from tests.families.isapi_rig import puts, session

IMAGE, USERS = "/ISAPI/Image/channels/1", "/ISAPI/Security/users"
GENERIC = "CAMERA does this at once."


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(waiting, "PAUSE", 0.1)
    monkeypatch.setattr(formatting, "PAUSE", 0.02)


def stay(running):
    """The port that was free when it started is the one it comes back to."""
    station = running.stations[0]
    here = station.place
    station.camera.wanted_place = lambda: here


def catalogued():
    for dialect in DIALECTS.values():
        for resource in catalog.catalog(dialect).resources:
            if resource.kind == "action":
                yield dialect, resource.template


def test_no_action_of_the_protocol_is_without_words_of_its_own():
    found = list(catalogued())
    assert len(found) > 60
    for dialect, template in found:
        action = action_words.described(dialect, template, "Title", "CAMERA")
        assert action.consequence != GENERIC, template
        assert action.consequence.startswith("CAMERA ")
        assert "CAMERA" in action.order, "on every button that a camera feels"
        assert ":" not in action.order, template
        assert action.restarts is ("restart" in action.consequence)
        lost = any(word in action.consequence for word in ("lost", "loses", "erases"))
        assert (action.danger is Danger.LOSES) is lost, template


@pytest.mark.anyio
async def test_formatting_asks_shows_how_far_it_is_and_looks_at_the_disk_afterwards():
    async with session("work_seconds=0.5", model="CW-N8R") as (device, running):
        offered, sent, told = device.offer(Actions), puts(device), []
        path = "/ISAPI/ContentMgmt/Storage/hdd/2/format"
        listed = {each.id: each for each in await offered.list()}
        assert "All recordings on it are lost" in listed[path].consequence
        assert listed[path].danger is Danger.LOSES
        with pytest.raises(InvalidSetting):
            await offered.run(path, wait=True)
        assert sent == []
        done = await offered.run(path, confirmed=True, wait=True, tell=told.append)
        assert done.back is True
        assert "has formatted this disk." in done.text
        assert "GB are free" in done.text
        shares = [each.fraction for each in told if each.phase == "Formatting"]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
        assert not running.cameras[0].formatting["2"].running


@pytest.mark.anyio
async def test_a_dome_goes_to_a_preset_as_an_action():
    async with session(model="CW-P2D") as (device, _):
        offered, ptz = device.offer(Actions), device.offer(Ptz)
        before = await ptz.position()
        done = await offered.run("/ISAPI/PTZCtrl/channels/1/presets/2/goto")
        assert "has taken it" in done.text
        async with asyncio.timeout(60):
            while await ptz.position() == before:
                await asyncio.sleep(0.02)
        home = next(each for each in await offered.list() if each.id.endswith("/homeposition"))
        assert "takes where it looks now" in home.consequence
        with pytest.raises(InvalidSetting):
            await offered.run(home.id)
        await ptz.close()


@pytest.mark.anyio
@pytest.mark.parametrize(("mode", "words"), [("basic", "keeps its address and accounts"), ("full", "loses everything")])
async def test_a_reset_is_agreed_to_waited_for_and_seen(mode, words):
    async with session("reboot_seconds=0.5") as (device, running):
        stay(running)
        offered, settings, told = device.offer(Actions), device.offer(SettingsTree), []
        document = await settings.load(IMAGE)
        factory = document.text("Color/contrastLevel")
        document.set_text("Color/contrastLevel", "71")
        await settings.apply(document, document.changes())
        path = f"/ISAPI/System/factoryReset?mode={mode}"
        chosen = next(each for each in await offered.list() if each.id == path)
        assert words in chosen.consequence
        assert (await device.offer(Overview).facts()).name in chosen.consequence
        done = await offered.run(path, confirmed=True, wait=True, tell=told.append)
        assert done.back is True
        assert {"Restarting", "Waiting until the camera is back"} <= {each.phase for each in told}
        assert running.cameras[0].reboots == 1
        assert (await settings.load(IMAGE)).text("Color/contrastLevel") == factory


@pytest.mark.anyio
async def test_the_picture_settings_of_an_old_camera_are_reset():
    async with session(model="CW-L1M") as (device, _):
        offered = device.offer(Actions)
        for action, said in (("resetImage", "cuts the power"), ("restoreImageparam", "loses its picture settings")):
            with pytest.raises(InvalidSetting, match=said):
                await offered.run(f"/ISAPI/Image/channels/1/{action}")


@pytest.mark.anyio
async def test_what_every_channel_of_a_recorder_can_do_is_one_thing_in_many_places():
    async with session(model="CW-N8R") as (device, _):
        found = await device.offer(Actions).list()
        frames = [each for each in found if each.id.endswith("/requestKeyFrame")]
        assert {each.title for each in frames} == {"Ask for a key frame"}
        assert len({each.place for each in frames}) == len(frames) == 16
        assert frames[3].place == "Channel 2: Loading dock 1, sub-stream"
        disks = [each for each in found if each.id.endswith("/format")]
        assert [each.place for each in disks] == ["Disk 1", "Disk 2"]
        name = (await device.offer(Overview).facts()).name
        assert disks[1].order == f"Erase disk 2 of {name}"
        assert "erases disk 2" in disks[1].consequence
        assert next(each for each in found if each.id.endswith("/reboot")).place == ""

"""The driver against the simulated dome, over real sockets: each accident ends still."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from pathlib import Path

import pytest
from ptz_rig import PASSWORD, Rig, dome, until

from app.errors import CameraError, InvalidSetting, NotSupported
from app.families.ptz import Ptz
from app.model.ptz import STILL, KeyPoint, Patrol, PtzPosition, Velocity
from app.ptz import Phase, PtzDriver
from app.simulator.head import Stored

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).resolve().parents[2]
RIGHT = Velocity(pan=0.6)


@contextlib.asynccontextmanager
async def driving(rig: Rig):
    driver = PtzDriver(rig.ptz, await rig.ptz.capabilities())
    yield driver
    await driver.close()


async def hold(driver, reached, velocity=RIGHT):
    """As a key that is down, until the dome has done what is waited for."""
    driver.steer(velocity)

    def renewed():
        driver.renew()
        return reached()

    await until(renewed)


@pytest.mark.parametrize(
    "quirks",
    [
        (),
        ("ptz_ignores_stop",),
        ("ptz_ignores_stop=3", "ptz_ignores_timeout"),
        ("ptz_ignores_timeout",),
        ("ptz_answers_late=0.7",),
        ("ptz_answers_late=0.7", "ptz_continuous_only"),
        ("ptz_no_position",),
        ("ptz_no_position", "ptz_ignores_stop"),
        ("ptz_continuous_only",),
        ("ptz_only_old",),
        ("ptz_only_old", "ptz_ignores_stop"),
    ],
)
async def test_it_ends_still(quirks):
    async with dome(*quirks) as rig, driving(rig) as driver:
        start, commands = rig.head.place, 1 if "ptz_only_old" in quirks else 2  # old words are not said twice
        await hold(driver, lambda: rig.head.place != start and len(rig.resources.heard) >= commands)
        driver.release()
        motion = await driver.settle()
        assert motion.phase is Phase.IDLE
        await until(lambda: not rig.head.moving)
        place = rig.head.place
        await driver.close()  # from here on nobody is left who could move it
        assert (rig.head.place, rig.head.moving) == (place, False)


async def test_a_dome_that_never_stops_is_told_of():
    async with dome("ptz_ignores_stop=1000") as rig, driving(rig) as driver:
        await hold(driver, lambda: rig.head.moving)
        # It ends by itself as the last move was momentary: the one that also ignores that cannot be stopped at all.
        driver.release()
        assert (await driver.settle()).phase is Phase.IDLE
    async with dome("ptz_ignores_stop=1000", "ptz_ignores_timeout") as rig:
        driver = PtzDriver(rig.ptz, await rig.ptz.capabilities())
        await hold(driver, lambda: rig.head.moving)
        driver.release()
        motion = await driver.settle()
        assert motion.phase is Phase.RUNAWAY
        await driver.close()


async def test_nobody_renews():
    async with dome("ptz_continuous_only") as rig, driving(rig) as driver:
        driver.steer(RIGHT)
        await until(lambda: rig.head.moving)
        await driver.settle()
        assert not rig.head.moving


async def test_the_camera_goes_away_and_comes_back():
    async with dome("ptz_continuous_only", http_port=18080) as rig, driving(rig) as driver:
        driver.steer(RIGHT)
        await until(lambda: rig.head.moving)
        station = rig.farm.stations[0]
        await station.stop()
        driver.release()
        await until(lambda: driver.motion.phase is Phase.UNREACHABLE)
        assert "not confirmed the stop" in driver.motion.text
        assert rig.head.moving  # nothing else can stop it
        await station.start()
        await until(lambda: not rig.head.moving)
        await until(lambda: driver.motion.phase is Phase.IDLE)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("quirk", ["lf", "ptz_continuous_only"])
async def test_an_interrupted_command_ends_in_a_stop(ending, quirk):
    async with dome(quirk) as rig:
        process = await start_cli(rig, "move", "--pan", "0.5", "--seconds", "60")
        await until(lambda: rig.head.moving)
        process.send_signal(ending)
        process.send_signal(ending)  # impatience must not interrupt the stop
        async with asyncio.timeout(60):
            await process.wait()
        assert not rig.head.moving
        assert process.returncode == 130


@pytest.mark.parametrize(
    ("quirk", "arguments"),
    [
        ("lf", ("goto", "--pan", "170")),
        ("ptz_answers_late=2", ("goto", "--pan", "170")),
        ("lf", ("preset", "call", "9")),
        ("lf", ("preset", "rename", "9", "Far")),
    ],
)
async def test_an_interrupted_journey_ends_in_a_stop(quirk, arguments):
    """Also while the camera has not answered yet."""
    async with dome(quirk) as rig:
        rig.head.presets["9"] = Stored("Old", (170.0, 0.0, 1.0))
        process = await start_cli(rig, *arguments)
        await until(lambda: rig.head.moving)
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 130
        assert not rig.head.moving
        assert 0 < rig.head.place[0] < 170
        assert rig.head.presets["9"].name == "Old"


async def test_a_journey_is_waited_for_and_told():
    async with dome() as rig:
        process = await start_cli(rig, "goto", "--pan", "20", "--zoom", "2", "--json")
        told = json.loads((await process.communicate())[0])
        assert rig.head.place == (20.0, 0.0, 2.0)
        assert (told["stopped"], told["position"]) == (False, {"pan": 20.0, "tilt": 0.0, "zoom": 2.0})
        process = await start_cli(rig, "preset", "call", "2")
        assert (await process.communicate())[0].decode() == "at pan 30°, tilt 6°, zoom 3x\n"
    async with dome("ptz_no_position") as rig:
        process = await start_cli(rig, "preset", "call", "2")
        assert b"does not say when it is there" in (await process.communicate())[0]


async def test_a_refusal_names_the_camera_as_people_know_it():
    async with dome() as rig:
        await rig.ptz.capabilities()
        for refused in (
            lambda: rig.ptz.run_patrol("3"),
            lambda: rig.ptz.auxiliary("heater", True),
            lambda: rig.plans.mark_limit("1"),
        ):
            with pytest.raises(CameraError) as caught:
                await refused()
            assert str(caught.value).startswith("Camera 01 does not")


async def test_a_killed_process_leaves_what_the_camera_ends_by_itself():
    async with dome() as rig:
        process = await start_cli(rig, "move", "--pan", "0.5", "--seconds", "60")
        await until(lambda: rig.head.moving)
        process.kill()
        await process.wait()
        await until(lambda: not rig.head.moving)  # the moment is over


async def start_cli(rig, *arguments):
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", "ptz", str(rig.address), *arguments),
        cwd=ROOT,
        env={**os.environ, "CAMWRIGHT_PASSWORD": PASSWORD, "CAMWRIGHT_INTERFACES": "127.0.0.1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_what_a_dome_says_of_itself():
    async with dome() as rig:
        can = await rig.ptz.capabilities()
        assert (can.pan_tilt, can.zoom, can.momentary, can.zoom_box, can.focus, can.iris, can.position) == (True,) * 7
        assert (can.presets, can.patrols, can.patterns, can.home, can.one_push_focus) == (32, 8, 4, True, True)
        assert "95" in can.reserved
        assert can.auxiliaries == ("light", "wiper")


async def test_a_fixed_camera_has_none():
    async with dome(model="CW-D4M") as rig:
        with pytest.raises(NotSupported, match="no pan, tilt or zoom"):
            await rig.ptz.capabilities()


async def test_positions_presets_patrols_and_patterns():
    async with dome() as rig, driving(rig) as driver:
        ptz: Ptz = rig.ptz
        await ptz.absolute(PtzPosition(20.5, 3.0, 2.5))
        await until(lambda: rig.head.place == (20.5, 3.0, 2.5))
        assert await driver.look() == PtzPosition(20.5, 3.0, 2.5)
        with pytest.raises(InvalidSetting, match="outside"):
            await ptz.absolute(PtzPosition(tilt=80))
        await ptz.set_preset("7", "Lager & Tür")
        stored = {each.id: each for each in await ptz.presets()}["7"]
        assert (stored.name, stored.is_set) == ("Lager & Tür", True)
        await ptz.home()
        await until(lambda: rig.head.place[0] == 0)
        await ptz.rename_preset("7", "Tür")
        assert rig.head.presets["7"].place == (20.5, 3.0, 2.5)
        with pytest.raises(InvalidSetting):
            await ptz.set_preset("95")
        await ptz.delete_preset("7")
        assert not rig.head.presets["7"].is_set
        patrol = Patrol("2", "Night", (KeyPoint("1", 0.2, 30), KeyPoint("2", 0.2, 30)))
        await ptz.save_patrol(patrol)
        assert patrol in await ptz.patrols()
        await ptz.run_patrol("2")
        await until(lambda: rig.head.place == (30.0, 6.0, 3.0))
        driver.halt()  # also what nobody here started
        await driver.settle()
        assert rig.head.running == ""
        assert not rig.head.moving
        await ptz.record_pattern("1", True)
        before = rig.head.place
        await hold(driver, lambda: rig.head.place[0] > before[0] + 10)  # far enough to be seen again
        driver.release()
        await driver.settle()
        await ptz.record_pattern("1", False)
        assert (await ptz.patterns())[0].recorded
        await ptz.run_pattern("1")
        await until(lambda: rig.head.moving)
        await ptz.stop_pattern("1")
        await until(lambda: not rig.head.moving)
        await ptz.auxiliary("wiper", True)
        assert rig.resources.auxiliaries["2"] == "on"


async def test_a_click_and_a_box():
    async with dome() as rig:
        await rig.ptz.centre_on(0.75, 0.5)
        await until(lambda: 12 < rig.head.place[0] < 15 and not rig.head.moving)
        assert rig.head.place[2] == 1.0
        await rig.ptz.zoom_box(0.25, 0.25, 0.75, 0.75)
        await until(lambda: rig.head.place[2] > 1.9)


async def test_the_old_words():
    async with dome("ptz_only_old") as rig, driving(rig) as driver:
        await hold(driver, lambda: len(rig.resources.heard) == 2, Velocity(pan=-1, tilt=1, zoom=0.1))
        await hold(driver, lambda: len(rig.resources.heard) == 4, Velocity(pan=-1, zoom=0.1))
        driver.release()
        await driver.settle()
        assert rig.resources.heard[:5] == [
            "UP_LEFT start 7",
            "ZOOM_IN start 1",
            "UP_LEFT stop",
            "PAN_LEFT start 7",
            "PAN_LEFT stop",
        ]
        assert not rig.head.moving
        await rig.ptz.set_preset("5")
        assert {each.id for each in await rig.ptz.presets() if each.is_set} == {"1", "2", "5"}
        with pytest.raises(NotSupported):
            await rig.ptz.absolute(PtzPosition(1, 1, 1))


async def test_the_picture_follows_the_head():
    async with dome() as rig:
        before = rig.farm.cameras[0].video.picture_settings().window
        await rig.ptz.absolute(PtzPosition(20, 0, 2))
        await until(lambda: rig.head.place == (20.0, 0.0, 2.0))
        after = rig.farm.cameras[0].video.picture_settings().window
        assert after[0] > before[0]
        assert after[2] == before[2] / 2


async def test_bad_numbers_are_refused_before_anything_is_sent():
    async with dome() as rig:
        await rig.ptz.capabilities()
        heard = len(rig.resources.heard)
        for bad in ("", "../1", "٣", "999999", "-1"):
            with pytest.raises(InvalidSetting):
                await rig.ptz.call_preset(bad)
        assert len(rig.resources.heard) == heard
        assert STILL.is_zero

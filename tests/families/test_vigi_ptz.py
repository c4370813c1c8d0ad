"""PTZ of VIGI domes: one axis at a time, stops on a line of their own, eight presets; through the neutral driver."""

from __future__ import annotations

import asyncio

import pytest

from app.errors import InvalidSetting, NotSupported
from app.families.base import Overview
from app.families.ptz import Ptz
from app.families.vigi import FAMILY
from app.model.ptz import PtzPosition, Velocity
from app.ptz import PtzDriver
from tests.families.vigi_rig import ADMIN, dialer, opened, session, told

pytestmark = pytest.mark.anyio

MODULES = {"errCode": 0, "result": {"moduleList": [{"name": "ptz"}, {"name": "ptz_zoom"}]}}
SPEEDS = {"errCode": 0, "result": {"speed_x_max": "1.000000", "speed_y_max": "0.500000", "speed_z_max": "1.0"}}
PRESETS = {"errCode": 0, "result": {"id": ["3", 1], "name": ["vigi-test", "Gate"], "position_ zoom ": ["0.2", "0"]}}


def dome(path, call):
    known = {"getModuleList": MODULES, "getPTZCapability": SPEEDS, "getPresetPoint": PRESETS}
    return known.get(call["method"], {"errCode": 0})


async def test_moves_are_sent_as_the_text_has_them():
    async with told("127.67.34.1", opened(dome)) as (address, server):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        ptz = opened_.offer(Ptz)
        able = await ptz.capabilities()
        assert (able.pan_tilt, able.zoom, able.presets, able.momentary, able.position) == (True, True, 8, False, False)
        await ptz.move(0.25, 0.0, 0.0)
        await ptz.move(-0.1, -1.0, 0.2)
        await ptz.move(0.0, 0.0, 0.5)
        await ptz.move(0.0, 0.0, 0.0)
        await ptz.stop()
        sent = [call.get("params") for call in server.calls("cruiseMove")]
        assert sent == [
            {"coord": "x", "coord_speed": "0.250000"},
            {"coord": "-y", "coord_speed": "0.500000"},
            {"coord": "z", "coord_speed": "0.500000"},
        ]
        assert len(server.calls("stopMove")) == 2
        await ptz.absolute(PtzPosition(0.2, -1.0, 0.0))
        assert server.calls("motorMove")[0]["params"] == {"x_coord": "0.2", "y_coord": "-1", "z_coord": "0"}
        for wrong in (PtzPosition(2.0, 0.0, 0.0), PtzPosition(0.0, None, 0.0)):
            with pytest.raises(InvalidSetting):
                await ptz.absolute(wrong)
        await ptz.close()
        await opened_.close()


async def test_presets_one_to_eight():
    async with told("127.67.34.2", opened(dome)) as (address, server):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        ptz = opened_.offer(Ptz)
        held = {each.id: each for each in await ptz.presets()}
        assert list(held) == [str(number) for number in range(1, 9)]
        assert {each.id: each.name for each in held.values() if each.is_set} == {"1": "Gate", "3": "vigi-test"}
        await ptz.call_preset("3")
        await ptz.set_preset("4", "Door")
        await ptz.delete_preset("3")
        assert server.calls("gotoPresetPoint")[0]["params"] == {"id": "3"}
        assert server.calls("setPresetPoint")[0]["params"] == {"id": "4", "name": "Door"}
        assert server.calls("removePresetPoint")[0]["params"] == {"id": ["3"]}
        for wrong in ("0", "9", "x", ""):
            with pytest.raises(InvalidSetting):
                await ptz.call_preset(wrong)
        with pytest.raises(NotSupported):
            await ptz.position()
        await ptz.close()
        await opened_.close()


async def test_a_camera_without_a_motor_says_so():
    async with session("127.67.34.3", model="CW-V340") as opened_:
        with pytest.raises(NotSupported, match="turn"):
            await opened_.offer(Ptz).capabilities()
        await opened_.offer(Ptz).close()


async def test_a_stop_does_not_wait_behind_a_move():
    entered, leave = asyncio.Event(), asyncio.Event()

    async def stuck():
        entered.set()
        await leave.wait()
        yield b'{"errCode":0}'

    from app.simulator.http_server import Answer

    def answer(path, call):
        return Answer(stream=stuck(), close=True) if call["method"] == "cruiseMove" else dome(path, call)

    async with told("127.67.34.4", opened(answer)) as (address, server):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        ptz = opened_.offer(Ptz)
        await ptz.warm()
        move = asyncio.create_task(ptz.move(1.0, 0.0, 0.0))
        async with asyncio.timeout(30):
            await entered.wait()
            await ptz.stop()
        assert server.calls("stopMove")
        leave.set()
        await move
        await ptz.close()
        await opened_.close()


async def test_the_drivers_last_word_is_a_stop():
    async with told("127.67.34.5", opened(dome)) as (address, server):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        ptz = opened_.offer(Ptz)
        driver = PtzDriver(ptz, await ptz.capabilities())
        driver.steer(Velocity(pan=1.0))
        async with asyncio.timeout(30):
            while not server.calls("cruiseMove"):
                await asyncio.sleep(0.01)
            driver.release()
            await driver.settle()
        moves = [call["method"] for _, call in server.asked if call["method"] in ("cruiseMove", "stopMove")]
        assert moves[-1] == "stopMove"
        await driver.close()
        await opened_.close()


async def test_it_may_live_in_another_event_loop_than_its_session():
    async with session("127.67.34.6", model="CW-V540") as opened_:
        ptz = opened_.offer(Ptz)

        async def turn() -> bool:
            able = await ptz.capabilities()
            await ptz.call_preset("1")
            await ptz.close()
            return able.pan_tilt

        turning = asyncio.create_task(asyncio.to_thread(asyncio.run, turn()))
        while not turning.done():  # the session is busy all the while
            await opened_.offer(Overview).facts()
        assert await turning

"""PTZControl, the older way, on domes of both generations: every word that its text has."""

from __future__ import annotations

import pytest
from ptz_rig import dome, until

from app.errors import InvalidSetting, NotSupported
from app.model.ptz import Auxiliary, KeyPoint, Patrol, Velocity
from app.ptz import Phase, PtzDriver

pytestmark = pytest.mark.anyio
GENERATIONS = [("CW-P2D", "v2"), ("CW-P1D", "v1")]


@pytest.mark.parametrize(("model", "dialect"), GENERATIONS)
@pytest.mark.parametrize("quirks", [(), ("ptz_ignores_stop",), ("ptz_answers_late=0.5",)])
async def test_it_moves_and_ends_still(model, dialect, quirks):
    async with dome("ptz_only_old", *quirks, model=model, dialect=dialect) as rig:
        driver = PtzDriver(rig.ptz, await rig.ptz.capabilities())
        driver.steer(Velocity(pan=0.5, tilt=0.5, zoom=0.2))
        await until(lambda: driver.renew() or rig.head.moving)
        driver.release()
        assert (await driver.settle()).phase is Phase.IDLE
        await until(lambda: not rig.head.moving)
        driver.steer(Velocity(focus=-1, iris=1))
        await until(lambda: driver.renew() or rig.head.lens == {"focus": -1.0, "iris": 1.0})
        driver.release()
        await driver.settle()
        assert rig.head.lens == {"focus": 0.0, "iris": 0.0}
        await driver.close()


@pytest.mark.parametrize(("model", "dialect"), GENERATIONS)
async def test_presets_patrols_patterns_and_auxiliaries(model, dialect):
    async with dome("ptz_only_old", model=model, dialect=dialect) as rig:
        ptz, head = rig.ptz, rig.head
        can = await ptz.capabilities()
        assert (can.presets, can.patrols, can.patterns, can.edit_patrols) == (32, 8, 4, True)
        await ptz.call_preset("2")
        await until(lambda: head.place == (30.0, 6.0, 3.0))
        await ptz.set_preset("9")
        assert "9" in {each.id for each in await ptz.presets() if each.is_set}
        with pytest.raises(NotSupported, match="cannot name"):
            await ptz.set_preset("9", "Tor")
        await ptz.delete_preset("9")
        assert "9" not in {each.id for each in await ptz.presets() if each.is_set}
        route = Patrol("1", "", (KeyPoint("1", 0.0, 30), KeyPoint("2", 1.0, 20)))
        await ptz.save_patrol(route)
        assert route in await ptz.patrols()
        await ptz.run_patrol("1")
        await until(lambda: head.place == (0.0, 0.0, 1.0))
        await ptz.stop_patrol("1")
        assert head.running == ""
        await ptz.record_pattern("3", True)
        start = head.place[0]
        await ptz.move(0.5, 0, 0)
        await until(lambda: (head.place[0] - start) % 360 > 20)
        await ptz.move(0, 0, 0)
        await ptz.record_pattern("3", False)
        assert {each.id for each in await ptz.patterns() if each.recorded} == {"3"}
        await ptz.run_pattern("3")
        await until(lambda: head.moving)
        await ptz.stop_pattern("3")
        await until(lambda: not head.moving)
        for each in Auxiliary:
            await ptz.auxiliary(each.value, True)
        assert rig.resources.older.switches == {"LIGHT", "WIPER", "HEATER", "FAN", "AUX1", "AUX2"}
        await ptz.auxiliary("light", False)
        assert "LIGHT" not in rig.resources.older.switches
        with pytest.raises(InvalidSetting):
            await ptz.save_patrol(Patrol("1"))


async def test_the_first_generation_of_documents():
    """PTZCtrl without capabilities: what answers is there, what does not is not."""
    async with dome(model="CW-P1D", dialect="v1") as rig:
        can = await rig.ptz.capabilities()
        assert (can.momentary, can.centre, can.zoom_box, can.home, can.one_push_focus) == (
            True,
            True,
            False,
            True,
            False,
        )
        assert can.auxiliaries == ("light", "wiper")
        await rig.ptz.auxiliary("wiper", True)
        assert rig.resources.auxiliaries["2"] == "on"
        await rig.ptz.auxiliary("wiper", False)
        assert rig.resources.auxiliaries["2"] == "off"
        await rig.ptz.centre_on(0.75, 0.5)
        await until(lambda: 12 < rig.head.place[0] < 15 and not rig.head.moving)
        await rig.ptz.set_home()
        assert rig.head.home == rig.head.place
        await rig.ptz.clear_home()
        assert rig.head.home == (0.0, 0.0, 1.0)

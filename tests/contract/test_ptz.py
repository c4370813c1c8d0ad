"""Laws of every dome of every family, through `ptz.Ptz` and the driver only."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from app.errors import NotSupported
from app.families import family
from app.families.base import Credentials
from app.families.ptz import Ptz
from app.model.device import Address
from app.model.ptz import PtzCapabilities, PtzPosition, PtzScale, Range, Velocity
from app.ptz import Phase, PtzDriver
from app.simulator import simulators
from app.simulator.camera import CameraPlan
from app.simulator.farm import Farm
from app.simulator.head import Head
from app.simulator.quirks import Quirks
from app.transport.dialer import NetworkDialer, loopback_only

pytestmark = pytest.mark.anyio
DOMES = [(each.key, model) for each in simulators() for model in each.domes]
_hosts = (f"127.63.{high}.{low}" for high, low in itertools.product(range(1, 250), range(1, 250)))
RIGHT = Velocity(pan=0.6)


@dataclass
class Dome:
    ptz: Ptz
    can: PtzCapabilities
    head: Head


@contextlib.asynccontextmanager
async def dome(key: str, model: str, *quirks: str) -> AsyncIterator[Dome]:
    plan = CameraPlan(key, next(_hosts), model=model, quirks=Quirks.parse(quirks), http_port=0, rtsp_port=0)
    farm = Farm([plan], ssdp=False)
    await farm.start()
    try:
        line, camera = farm.camera_lines()[0], farm.cameras[0]
        port = line.get("control_port") or line["http_port"]
        dialer = NetworkDialer(allowed=loopback_only)
        station = farm.stations[0]
        session = await family(key).connect(
            dialer, Address(plan.host, int(port)), camera.dialect, Credentials(station.user, station.password)
        )
        ptz = session.offer(Ptz)
        try:
            if ptz is None:
                pytest.skip(f"{key} offers no PTZ yet")
            yield Dome(ptz, await ptz.capabilities(), camera.ptz.head)
        finally:
            if ptz is not None:
                await ptz.close()
            await session.close()
    finally:
        await farm.stop()


async def until(reached, limit: float = 60.0) -> None:
    async with asyncio.timeout(limit):
        while not reached():
            await asyncio.sleep(0.01)


async def holds(driver: PtzDriver, velocity: Velocity, reached) -> None:
    """Until it is reached, as a hand does."""
    driver.steer(velocity)
    async with asyncio.timeout(60):
        while not reached():
            driver.renew()
            await asyncio.sleep(0.02)


def test_there_are_domes() -> None:
    assert DOMES


@pytest.mark.parametrize("quirks", [(), ("ptz_ignores_stop",)])
@pytest.mark.parametrize(("key", "model"), DOMES)
async def test_let_go_is_still(key, model, quirks) -> None:
    async with dome(key, model, *quirks) as rig:
        driver = PtzDriver(rig.ptz, rig.can)
        start = rig.head.place
        await holds(driver, RIGHT, lambda: rig.head.place[0] - start[0] > 1)
        driver.release()
        motion = await driver.settle()
        assert motion.phase is Phase.IDLE
        await until(lambda: not rig.head.moving)
        await driver.close()


@pytest.mark.parametrize(("key", "model"), DOMES)
async def test_nobody_there_is_still(key, model) -> None:
    async with dome(key, model) as rig:
        driver = PtzDriver(rig.ptz, rig.can)
        driver.steer(RIGHT)
        await until(lambda: rig.head.moving)
        await driver.settle()
        await until(lambda: not rig.head.moving)
        await driver.close()


@pytest.mark.parametrize(("key", "model"), DOMES)
async def test_closing_is_still(key, model) -> None:
    async with dome(key, model) as rig:
        driver = PtzDriver(rig.ptz, rig.can)
        axis = Velocity(zoom=1) if rig.can.zoom else RIGHT
        await holds(driver, axis, lambda: rig.head.moving)
        await driver.close()
        await until(lambda: not rig.head.moving)


@pytest.mark.parametrize(("key", "model"), DOMES)
async def test_directions_mean_the_same_everywhere(key, model) -> None:
    """Right, up and in are positive, whatever the wire says."""
    async with dome(key, model) as rig:
        driver = PtzDriver(rig.ptz, rig.can)
        pan, tilt, zoom = rig.head.place
        await holds(driver, Velocity(pan=0.5), lambda: 1 < (rig.head.place[0] - pan) % 360 < 180)
        await holds(driver, Velocity(tilt=0.5), lambda: rig.head.place[1] < tilt - 1)  # the head counts downwards
        await holds(driver, Velocity(zoom=0.5), lambda: rig.head.place[2] > zoom + 0.2)
        await driver.close()


@pytest.mark.parametrize(("key", "model"), DOMES)
async def test_a_preset_is_a_place(key, model) -> None:
    async with dome(key, model) as rig:
        if rig.can.presets == 0:
            pytest.skip("it has no presets")
        driver = PtzDriver(rig.ptz, rig.can)
        name = "Tor 3" if rig.can.rename_presets else ""
        taken = await ids(rig.ptz)
        free = next(str(n) for n in range(2, rig.can.presets + 1) if str(n) not in taken)
        await holds(driver, RIGHT, lambda: rig.head.place[0] > 5)
        await driver.act(lambda ptz: ptz.set_preset(free, name))
        place = rig.head.place
        stored = next(each for each in await rig.ptz.presets() if each.id == free)
        assert stored.is_set
        assert stored.name == name or not name
        await holds(driver, Velocity(pan=-0.6), lambda: rig.head.place[0] < place[0] - 3)
        await driver.act(lambda ptz: ptz.call_preset(free))
        await until(lambda: not rig.head.moving and abs(rig.head.place[0] - place[0]) < 0.2)
        await rig.ptz.delete_preset(free)
        assert free not in await ids(rig.ptz)
        await driver.close()


async def ids(ptz: Ptz) -> set[str]:
    return {each.id for each in await ptz.presets() if each.is_set}


def inside(span: Range, value: float) -> float:
    return min(max(value, span.low), span.high)


@pytest.mark.parametrize(("key", "model"), DOMES)
async def test_what_is_promised_is_there(key, model) -> None:
    async with dome(key, model) as rig:
        ptz, can = rig.ptz, rig.can
        await ptz.warm()
        if can.position:
            assert not (await ptz.position()).differs(PtzPosition(), 1e9)
        if can.field_of_view:
            assert 0 < await ptz.field_of_view() <= 360
        if can.momentary:
            await ptz.momentary(0.5, 0, 0, 0.3)
            await until(lambda: rig.head.moving)
            await until(lambda: not rig.head.moving)
        if can.absolute_pan is not None and can.absolute_tilt is not None:
            zoom = can.absolute_zoom.low if can.absolute_zoom is not None else None
            if zoom is not None and zoom < 1 and can.position:
                zoom = None  # a factor of less than one is none
            wanted = PtzPosition(inside(can.absolute_pan, 12), inside(can.absolute_tilt, 2), zoom)
            before = rig.head.place
            await ptz.absolute(wanted)
            await until(lambda: rig.head.place != before and not rig.head.moving)
            if can.position:
                assert not (await ptz.position()).differs(wanted, 0.3)
        if can.home:
            await ptz.home()
        for name in can.auxiliaries:
            await ptz.auxiliary(name, True)
            await ptz.auxiliary(name, False)
        if can.patrols:
            assert await ptz.patrols() is not None
        if can.patterns:
            assert await ptz.patterns() is not None


@pytest.mark.parametrize(("key", "model"), DOMES)
async def test_positions_are_counted_in_what_they_say(key, model) -> None:
    """A way of ten degrees is ten degrees; a twentieth of the whole way is eighteen of the circle's 360."""
    async with dome(key, model) as rig:
        can, shares = rig.can, rig.can.scale is PtzScale.SHARES
        if can.absolute_pan is None or can.absolute_tilt is None:
            pytest.skip("it goes to no positions")
        spans = [each for each in (can.absolute_pan, can.absolute_tilt) if each is not None]
        assert all((each.low, each.high) == (-1, 1) for each in spans) if shares else spans[0].high - spans[0].low > 2
        zoom = can.absolute_zoom.low if shares and can.absolute_zoom is not None else None
        turned = []
        for pan in (0.1, 0.2) if shares else (20, 30):
            before = rig.head.place
            await rig.ptz.absolute(PtzPosition(pan, 0, zoom))
            await until(lambda at=before: rig.head.place != at and not rig.head.moving)
            turned.append(rig.head.place[0])
        assert (turned[1] - turned[0]) % 360 == pytest.approx(18 if shares else 10, abs=0.5)
        unit = "" if shares else "°"
        beyond = PtzPosition(can.absolute_pan.high + 1, 0, zoom)
        assert can.checked(beyond).endswith(f"{can.absolute_pan.high:g}{unit}.")


@pytest.mark.parametrize(("key", "model"), DOMES)
async def test_what_is_not_promised_is_refused(key, model) -> None:
    async with dome(key, model) as rig:
        ptz, can = rig.ptz, rig.can
        asked = (
            (can.zoom_box, lambda: ptz.zoom_box(0.2, 0.2, 0.8, 0.8)),
            (can.centre, lambda: ptz.centre_on(0.5, 0.5)),
            (can.home, ptz.home),
            (can.field_of_view, ptz.field_of_view),
            (can.set_home, ptz.set_home),
            (can.clear_home, ptz.clear_home),
            (can.one_push_focus, ptz.one_push_focus),
            (False, lambda: ptz.auxiliary("trumpet", True)),
        )
        for offered, ask in asked:
            if not offered:
                with pytest.raises(NotSupported):
                    await ask()

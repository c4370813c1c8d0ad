"""What a dome does by itself: values, documents, and the simulated dome of both generations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ptz_rig import dome, until

from app.errors import CameraError, InvalidSetting, NotSupported
from app.families.isapi import ptz_plan_documents as documents
from app.model.ptz import PtzPosition, Velocity
from app.model.ptz_plans import ALWAYS, DAY, NEVER, Errand, ParkAction, PositionOverlay, TaskWeek, TimeTask
from app.ptz import PtzDriver
from app.wire.xml import parse

GENERATIONS = [("CW-P2D", "v2"), ("CW-P1D", "v1")]
errands = st.sampled_from(list(Errand))


@st.composite
def tasks(draw):
    begin = draw(st.integers(0, DAY - 1))
    return TimeTask(
        draw(st.integers(1, 7)), begin, draw(st.integers(begin, DAY - 1)), draw(errands), draw(st.integers(0, 255))
    )


@given(tasks())
def test_a_day_travels_whole(task):
    week = TaskWeek(True, 60.0, (task,))
    spelled = documents.spelling(documents.TASK_WORDS)
    body = documents.day(week, task.day, spelled).decode().partition("\n")[2]
    read = documents.week(
        parse(f"<TimeTaskList><enabled>true</enabled><Parktime>60</Parktime>{body}</TimeTaskList>".encode()).root
    )
    assert read == week


@given(errands, st.booleans(), st.integers(0, 99999), st.integers(0, 255))
def test_a_park_action_travels_whole(action, enabled, idle, number):
    value = ParkAction(enabled, float(idle), action, number)
    assert documents.park(parse(documents.park_action(value, documents.spelling(documents.TASK_WORDS))).root) == value


@given(st.builds(PositionOverlay, *[st.sampled_from([None, *documents.SPANS.values()])] * 3))
def test_a_position_overlay_travels_whole(value):
    assert documents.overlay(parse(documents.position_overlay(value)).root) == value


@given(st.text(max_size=20))
def test_odd_times_are_no_tasks(text):
    task = f"<TimeTaskRange><beginTime>{''.join(c for c in text if c.isalnum())}</beginTime></TimeTaskRange>"
    body = f"<TimeTaskList><TimeTaskBlock><dayOfWeek>1</dayOfWeek>{task}</TimeTaskBlock></TimeTaskList>"
    assert documents.week(parse(body.encode()).root).tasks == ()


def test_days_and_their_problems():
    early, late = TimeTask(1, 60, 120), TimeTask(1, 120, 180)
    week = TaskWeek(tasks=(late, early))
    assert week.of(1) == (early, late)
    assert week.problem(10) == ""
    assert "takes 1 a day" in week.problem(1)
    assert week.with_day(3, week.of(1)).of(3) == (TimeTask(3, 60, 120), TimeTask(3, 120, 180))
    assert "begins at 01:30" in week.with_day(1, (early, TimeTask(1, 90, 200))).problem(10)
    for bad in ((0, 0, 1), (1, 5, 4), (1, 0, DAY)):
        with pytest.raises(ValueError, match=r"."):
            TimeTask(*bad)


@pytest.mark.anyio
@pytest.mark.parametrize(("model", "dialect"), GENERATIONS)
async def test_plans_of_a_dome(model, dialect):
    async with dome(model=model, dialect=dialect) as rig:
        plans, told = rig.plans, rig.resources.plans
        options = await plans.options()
        assert (options.tasks_a_day, options.limits, options.power_memory) == (10, True, (0, 30, 60, 300, 600))
        assert Errand.AUTO_SCAN in options.park_actions
        for action in (ParkAction(True, 120.0, Errand.PRESET, 3), ParkAction(False, 30.0, Errand.AUTO_SCAN)):
            await plans.set_park_action(action)
            assert await plans.park_action() == action
        assert told.park["ActionType"] == ("autoscan" if dialect == "v2" else "atuoscan")
        week = TaskWeek(True, 45.0, (TimeTask(1, 480, 1080, Errand.PATROL, 2), TimeTask(7, 0, DAY - 1, Errand.NOTHING)))
        await plans.save_tasks(week)
        assert await plans.tasks() == week
        heard = len(rig.resources.heard)
        await plans.save_tasks(week)  # nothing differs: nothing is sent
        assert len(rig.resources.heard) == heard
        with pytest.raises(InvalidSetting, match="takes 10 a day"):
            await plans.save_tasks(TaskWeek(tasks=tuple(TimeTask(2, n, n) for n in range(11))))
        await plans.set_power_memory(300)
        assert await plans.power_memory() == 300
        with pytest.raises(InvalidSetting):
            await plans.set_power_memory(77)
        assert options.overlay == (NEVER, 2, 5, 10, ALWAYS)
        assert await plans.position_overlay() == PositionOverlay(2, 2, 2)
        wanted = PositionOverlay(NEVER, ALWAYS, 5)
        await plans.set_position_overlay(wanted)
        assert await plans.position_overlay() == wanted
        assert told.shown == {"zoomlable": "alwaysclose", "azimuth": "alwaysopen", "presetlable": "5sec"}
        with pytest.raises(InvalidSetting, match="Camera 01"):
            await plans.set_position_overlay(PositionOverlay(3, 3, 3))
        with pytest.raises(NotSupported):
            await plans.set_position_overlay(PositionOverlay(2, 2))


@pytest.mark.anyio
@pytest.mark.parametrize(("model", "dialect"), GENERATIONS)
async def test_limits_hold_the_hands(model, dialect):
    async with dome(model=model, dialect=dialect) as rig:
        plans = rig.plans
        assert [(each.kind, each.enabled) for each in await plans.limits()] == [("manual", False), ("scan", False)]
        with pytest.raises(CameraError):
            await plans.mark_limit("1")  # not begun
        await plans.begin_limit("1")
        for pan, tilt in ((350.0, 0.0), (10.0, 0.0), (0.0, -5.0), (0.0, 5.0)):
            await rig.ptz.absolute(PtzPosition(pan, tilt, 1.0))
            await until(lambda pan=pan, tilt=tilt: rig.head.place == (pan, tilt, 1.0))
            await plans.mark_limit("1")
        assert rig.head.fence == (350.0, 10.0, -5.0, 5.0)
        driver = PtzDriver(rig.ptz, await rig.ptz.capabilities())
        driver.steer(Velocity(pan=1, tilt=-1))
        await until(lambda: driver.renew() or rig.head.place[:2] == (10.0, 5.0))
        await driver.close()
        await plans.enable_limit("1", False)
        assert rig.head.fence is None
        await plans.clear_limit("1")
        with pytest.raises(CameraError):
            await plans.mark_limit("1")


@pytest.mark.anyio
async def test_a_camera_without_any():
    async with dome("ptz_only_old") as rig:
        assert not (await rig.plans.options()).anything
        with pytest.raises(NotSupported):
            await rig.plans.tasks()

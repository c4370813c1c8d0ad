"""Following real simulated cameras: reconnects, silence, pictures, many at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator

import pytest

from app.errors import BadCredentials, ConnectionLost
from app.events import EventDesk, Follower, FollowState, RecordKind
from app.events.follower import PAUSES, SLICE
from app.families.base import Events
from app.families.media import Snapshot
from app.model.event import DeviceEvent, EventPicture, Heartbeat
from app.simulator.isapi.events import Event
from tests.events.sessions import OneSession
from tests.families.isapi_rig import session

pytestmark = pytest.mark.anyio


async def until(condition):
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.005)


class Told(Events):
    """Connections as they are told: lists of reports, errors to end with, or silence (None)."""

    silence = 0.05

    def __init__(self, *connections):
        self.connections = list(connections)
        self.opened = 0
        self.closed = 0

    async def reports(self) -> AsyncGenerator:
        self.opened += 1
        plan = self.connections.pop(0) if self.connections else [None]
        try:
            for each in plan:
                if isinstance(each, Exception):
                    raise each
                if each is None:
                    await asyncio.sleep(3600)
                yield each
        finally:
            self.closed += 1


def happened(kind="VMD", **more):
    return DeviceEvent(kind, "Motion", None, time.time(), **more)


class Sleeps:
    def __init__(self):
        self.pauses = []

    async def __call__(self, seconds):
        self.pauses.append(seconds)
        await asyncio.sleep(0)
        if len(self.pauses) >= 8:
            await asyncio.sleep(3600)


async def followed_to_the_end(events):
    told, sleeps, standings = [], Sleeps(), []
    follower = Follower(events, told.append, standings.append, sleep=sleeps)
    task = asyncio.create_task(follower.run())
    await until(lambda: len(sleeps.pauses) >= 8 or task.done())
    task.cancel()
    await asyncio.wait([task])
    return told, sleeps.pauses, standings


async def test_connections_that_come_to_nothing_are_tried_at_a_growing_pace():
    events = Told(*[[ConnectionLost("gone")] for _ in range(20)])
    _, pauses, standings = await followed_to_the_end(events)
    assert pauses == [*PAUSES[1:], PAUSES[-1], PAUSES[-1], PAUSES[-1]]
    assert {each.text for each in standings if each.state is FollowState.WAITING} == {"gone"}
    assert events.opened == events.closed == 8


async def test_after_a_good_connection_the_pace_begins_anew():
    good = [Heartbeat(0.0), happened()]
    _, pauses, _ = await followed_to_the_end(Told([ConnectionLost("a")], [ConnectionLost("b")], good))
    assert pauses[:3] == [PAUSES[1], PAUSES[2], PAUSES[0]]


async def test_silence_ends_a_connection():
    _, _, standings = await followed_to_the_end(Told([Heartbeat(0.0), None]))
    waiting = next(each for each in standings if each.state is FollowState.WAITING)
    assert "silent" in waiting.text


async def test_a_burst_of_reports_lets_others_have_their_turn():
    turns = []

    async def others():
        while True:
            turns.append(len(told))
            await asyncio.sleep(0)

    def tell(report):
        told.append(report)
        time.sleep(SLICE)  # as much work as fits into one stretch

    told, count = [], 20
    follower = Follower(Told([Heartbeat(0.0), *[happened() for _ in range(count)], None]), tell)
    tasks = [asyncio.create_task(follower.run()), asyncio.create_task(others())]
    await until(lambda: len(told) == count)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert len(set(turns)) > count / 2  # none of it came at one stretch


async def test_a_refused_password_is_not_tried_again():
    events = Told([BadCredentials("no")])
    _, pauses, standings = await followed_to_the_end(events)
    assert (events.opened, pauses) == (1, [])
    assert standings[-1].state is FollowState.ENDED


async def test_the_desk_pairs_counts_and_photographs():
    async with session("blind") as (opened, running):
        camera = running.cameras[0]
        desk = EventDesk()
        heard = []
        desk.subscribe(lambda followed, event, _: heard.append((followed.name, event.type, event.active)))
        followed = desk.add("Gate", opened, asyncio.create_task)
        followed.start()
        await until(lambda: followed.standing.state is FollowState.LISTENING)
        camera.hub.publish(Event("fielddetection", active=True))
        camera.hub.publish(Event("fielddetection", active=True, count=2))
        camera.hub.publish(Event("fielddetection", active=False, count=2))
        await until(lambda: len(heard) == 3)
        (record,) = desk.log
        assert (record.device, record.repeats, record.ended is not None) == ("Gate", 2, True)
        await until(lambda: desk.log[record.number].picture is not None)
        assert desk.log[record.number].picture.startswith(b"\xff\xd8")
        await until(lambda: followed.heartbeats > 1)
        await followed.finish()
        desk.remove(followed)
        assert followed.standing.state is FollowState.OFF


async def test_a_camera_that_reboots_is_followed_again_and_the_gap_is_a_record():
    async with session("reboot_seconds=0.3", "blind") as (opened, running):
        desk = EventDesk()
        followed = desk.add("Gate", opened, asyncio.create_task)
        followed.start()
        await until(lambda: followed.standing.state is FollowState.LISTENING)
        running.cameras[0].reboot()
        await until(lambda: followed.standing.state is FollowState.WAITING)
        await until(lambda: followed.standing.state is FollowState.LISTENING)
        (gap,) = desk.log
        assert gap.kind is RecordKind.GAP
        assert gap.ended is not None
        await followed.finish()


async def test_one_picture_at_a_time_and_who_has_none_says_why():
    taken = asyncio.Event()
    calls = []

    class Slow:
        async def jpeg(self, channel=1):
            calls.append(channel)
            await taken.wait()
            return b"\xff\xd8picture"

    events = Told([Heartbeat(0.0), *[happened(region=str(n), channel=2) for n in range(20)], None])
    desk = EventDesk()
    followed = desk.add("Gate", OneSession({Events: events, Snapshot: Slow()}), asyncio.create_task)
    followed.start()
    await until(lambda: len(desk.log) == 20)
    await until(lambda: calls)
    taken.set()
    await until(lambda: any(each.picture for each in desk.log))
    assert calls == [2]
    with_note = [each for each in desk.log if "No picture" in each.note]
    assert len(with_note) == 19
    await followed.finish()


async def test_pictures_that_come_along_find_their_event():
    one, other = happened(region="1"), happened(region="2")
    plan = [
        Heartbeat(0.0),
        one,
        other,
        EventPicture(0.0, one, b"\xff\xd8one"),
        EventPicture(0.0, other, b"\xff\xd8two"),
    ]
    desk = EventDesk()
    followed = desk.add("Gate", OneSession({Events: Told([*plan, None])}), asyncio.create_task)
    followed.start()
    await until(lambda: len(desk.log) == 2 and all(each.picture for each in desk.log))
    assert [each.picture for each in desk.log] == [b"\xff\xd8one", b"\xff\xd8two"]
    await followed.finish()


async def test_many_devices_share_one_log_and_same_names_stay_apart():
    desk = EventDesk()
    all_of_them = [
        desk.add("Gate", OneSession({Events: Told([Heartbeat(0.0), happened(), None])}), asyncio.create_task)
        for _ in range(3)
    ]
    desk.start_all()
    await until(lambda: len(desk.log) == 3)
    assert len({each.device for each in desk.log}) == 3
    assert desk.add("Door", OneSession({}), asyncio.create_task) is None
    for each in all_of_them:
        await each.finish()

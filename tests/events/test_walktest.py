"""The walk test: which region an event counts for, what is said before, and that everything is put back."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest

from app.compose import Engine
from app.errors import SiteError
from app.events import EventDesk, Mark, Walk, WalkTest
from app.events.arming import keep_promises
from app.events.report import WalkReport, from_json, page, to_json
from app.events.walktest import obstacles
from app.families.base import Credentials, Regions
from app.model.device import Address
from app.model.event import DeviceEvent
from app.model.geometry import Point
from app.model.region import Direction, Limits, Line, Polygon, Purpose, Region
from app.settings.document import Document
from app.settings.layer import LayerInfo, RegionLayer, Switch
from app.simulator.isapi.events import Event
from app.site.credentials import MemoryVault
from app.site.site import Site
from tests.families.isapi_rig import farm, place

FIELD = Polygon((Point(0, 0), Point(1, 0), Point(1, 1)))


def layer(purpose=Purpose.INTRUSION, ids=("1", "2"), *, on=True, told=True, shape=FIELD, channel=1):
    info = LayerInfo(f"{purpose.value}-{channel}", purpose, purpose.value.title(), channel, "/x")
    regions = tuple(Region(each, purpose, shape) for each in ids)
    document = Document("/x", "X", (), None, ())
    armed = Switch("On", "/x", "enabled", "true", "false", on)
    notifies = Switch("Reported", "/y", "list", "center", "", told)
    return RegionLayer(info, Limits(), regions, document, armed=armed, notifies=notifies)


def event(region="1", at=0.0, purpose=Purpose.INTRUSION, **more):
    given = {"active": True, "count": 1, **more}
    return DeviceEvent(purpose.value, purpose.value, purpose, at, region=region, **given)


def marks(test):
    return {each.region: each.mark for each in test.stations}


def test_a_region_passes_by_its_own_event_and_the_others_stay_untested():
    test = WalkTest([layer()], 0.0)
    (station,) = test.hear(event("2", 5.0, target="person"))
    assert marks(test) == {"1": Mark.UNTESTED, "2": Mark.PASSED}
    assert (station.first, station.hits, station.targets) == (5.0, 1, ("person",))
    test.hear(event("1", 6.0))
    assert marks(test) == {"1": Mark.PASSED, "2": Mark.PASSED}


def test_further_posts_and_ends_are_no_hits_and_a_new_occurrence_is():
    test = WalkTest([layer()], 0.0)
    posts = ((0.0, True, 1), (1.0, True, 2), (2.0, False, 2), (30.0, True, 1))
    for at, active, count in posts:
        test.hear(event("1", at, active=active, count=count))
    assert test.stations[0].hits == 2
    assert (test.stations[0].first, test.stations[0].last) == (0.0, 30.0)


def test_an_event_without_a_region_counts_where_there_is_only_one():
    single = WalkTest([layer(ids=("1",))], 0.0)
    single.hear(event(""))
    assert marks(single) == {"1": Mark.PASSED}
    several = WalkTest([layer()], 0.0)
    several.hear(event(""))
    assert set(marks(several).values()) == {Mark.UNTESTED}
    assert several.unnamed == 1
    assert all(each.note for each in several.stations)


def test_other_channels_and_purposes_are_other_regions():
    test = WalkTest([layer(), layer(channel=2), layer(Purpose.LINE, ("1",), shape=Line(FIELD.points[:2]))], 0.0)
    test.hear(event("1", channel=2))
    assert [each.place for each in test.stations if each.hits] == [("intrusion-2", "1")]
    assert test.hear(event("1", purpose=Purpose.PRIVACY)) == ()


def test_a_line_that_watches_one_direction_was_crossed_in_it():
    line = Line(FIELD.points[:2], Direction.A_TO_B)
    test = WalkTest([layer(Purpose.LINE, ("1",), shape=line)], 0.0)
    test.hear(event("1", purpose=Purpose.LINE))
    assert test.stations[0].directions == (Direction.A_TO_B,)


def test_a_line_that_watches_both_ways_says_that_nobody_told_which():
    line = Line(FIELD.points[:2], Direction.BOTH)
    test = WalkTest([layer(Purpose.LINE, ("1",), shape=line)], 0.0)
    assert not test.stations[0].is_way_unsaid  # nobody has crossed it
    test.hear(event("1", 0.0, purpose=Purpose.LINE))
    assert test.stations[0].is_way_unsaid
    report = WalkReport("Gate", "127.0.0.1", "", "", 0.0, 1.0, "anna", "admin", test.stations)
    assert "<td>not said</td>" in page(report)
    test.hear(event("1", 60.0, purpose=Purpose.LINE, direction=Direction.B_TO_A))
    assert not test.stations[0].is_way_unsaid


def test_regions_that_do_not_hold_are_off_whatever_their_switches_say_and_take_nobody_s_events():
    grid = layer(Purpose.MOTION, ("1",))
    expert = replace(layer(Purpose.MOTION, ("1", "2")), asleep="The camera is in normal mode.")
    expert = replace(expert, info=replace(expert.info, id="motion-expert-1"))
    test = WalkTest([expert, grid], 0.0)
    assert [each.why_off for each in test.stations] == ["The camera is in normal mode."] * 2 + [""]
    assert obstacles([replace(expert, armed=replace(expert.armed, is_on=False))]) == ()
    test.hear(event("1", 1.0, purpose=Purpose.MOTION, layer="motion-1"))
    assert [each.place for each in test.stations if each.hits] == [("motion-1", "1")]
    sleeping_grid = WalkTest([replace(expert, asleep=""), replace(grid, asleep="Expert mode.")], 0.0)
    sleeping_grid.hear(event("1", 1.0, purpose=Purpose.MOTION, layer="motion-1"))
    assert [each.place for each in sleeping_grid.stations if each.hits] == [("motion-expert-1", "1")]


def test_what_is_off_or_not_reported_is_said_and_nobody_waits_for_it():
    layers = [layer(on=False), layer(Purpose.LINE, ("1",), told=False), layer(Purpose.ENTRANCE, ("1",))]
    assert [each.text for each in obstacles(layers)] == ["Intrusion is off.", "Line is not reported to anybody."]
    test = WalkTest(layers, 0.0)
    assert [each.mark for each in test.stations] == [Mark.OFF] * 3 + [Mark.UNTESTED]
    test.hear(event("1", purpose=Purpose.ENTRANCE))
    assert [each.mark for each in test.stations] == [Mark.OFF] * 3 + [Mark.PASSED]
    assert obstacles([layer(Purpose.PRIVACY, on=False), layer(ids=(), on=False)]) == ()


def test_the_result_survives_the_site_file_and_is_a_page():
    test = WalkTest([layer(), layer(Purpose.LINE, ("1",), on=False)], 10.0)
    test.hear(event("1", 12.0, target="vehicle", direction=Direction.B_TO_A))
    test.picture(("intrusion-1", "1"), b"\xff\xd8picture")
    report = WalkReport("Gate <1>", "127.0.0.1", "M", "V1", 10.0, 70.0, "anna", "admin", test.stations, 3.0, ("Line",))
    again = from_json(to_json(report))
    assert [(each.place, each.hits, each.mark, each.picture) for each in again.stations] == [
        (each.place, each.hits, each.mark, each.picture) for each in report.stations
    ]
    assert (again.verdict, again.deaf, again.armed) == ("1 of 2 regions were not tested.", 3.0, ("Line",))
    html = page(again)
    assert "Gate &lt;1&gt;" in html
    assert "data:image/jpeg;base64" in html
    assert html.count("<tr>") == 4
    for broken in (b"", b"{}", b'{"format": 2}', b"[1]"):
        with pytest.raises(SiteError):
            from_json(broken)


async def until(condition):
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


async def open_session(running, site):
    address, credentials = place(running)
    engine = await Engine.create("127.0.0.1", MemoryVault(), site)
    where = Address(address.host, address.port)
    return await engine.open(where, await engine.identify(where), Credentials(credentials.user, credentials.password))


async def switches(session):
    regions = session.offer(Regions)
    layers = [await regions.load(each) for each in ("line-1", "intrusion-1", "motion-1")]
    return [(each.armed.is_on, each.notifies.is_on) for each in layers]


@pytest.mark.anyio
async def test_a_walk_arms_hears_stores_and_puts_back(tmp_path):
    site = await Site.open(tmp_path / "site.camwright")
    async with farm("blind") as running:
        session = await open_session(running, site)
        before = await switches(session)
        desk = EventDesk()
        followed = desk.add("Gate", session, asyncio.create_task)
        walk = Walk(desk, followed)
        outlook = await walk.look()
        assert {each.text for each in outlook.obstacles} >= {"Line crossing is off.", "Intrusion is off."}
        told = await walk.arm()
        assert [each.problem for each in told] == [""] * len(told)
        assert len(await site.walks.promises()) == len(told)
        assert all(armed for armed, _ in await switches(session))
        assert walk.outlook.obstacles == ()
        test = walk.start()
        hub = running.cameras[0].hub
        await until(lambda: hub.listeners)
        hub.publish(Event("fielddetection", active=True, region="1", target="human"))
        await until(lambda: any(each.hits for each in test.stations))
        await until(lambda: (walk.collect_pictures(), any(each.picture for each in test.stations))[1])
        report = await walk.stop()
        assert [each.title for each in report.stations if each.mark is Mark.PASSED] == ["Intrusion"]
        assert report.count(Mark.UNTESTED) == 2
        kept = await walk.put_back()
        assert len(kept) == len(told)
        assert await switches(session) == before
        assert await site.walks.promises() == ()
        device = (await site.devices.all())[0]
        (stored,) = await site.walks.of(device.id)
        assert (stored.passed, stored.untested, stored.account) == (1, 2, "admin")
        assert from_json(await site.walks.body(stored.id)).stations[0].title == report.stations[0].title
        await followed.finish()
        await session.close()
    await site.close()


@pytest.mark.anyio
async def test_what_a_dead_walk_left_armed_is_put_back_at_the_next_login(tmp_path):
    path = tmp_path / "site.camwright"
    site = await Site.open(path)
    async with farm("blind") as running:
        session = await open_session(running, site)
        before = await switches(session)
        desk = EventDesk()
        walk = Walk(desk, desk.add("Gate", session, asyncio.create_task))
        await walk.look()
        await walk.arm()
        assert await keep_promises(session) == ()  # whoever made them lives
        assert await switches(session) != before
        gone = subprocess.Popen([sys.executable, "-c", "pass"])
        gone.wait()
        await site.close()
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE promises SET pid = ?", (gone.pid,))
        connection.close()
        await session.close()
        site = await Site.open(path)
        session = await open_session(running, site)
        kept = await keep_promises(session)
        assert [each.problem for each in kept] == [""] * len(kept)
        assert await switches(session) == before
        assert await keep_promises(session) == ()
        await session.close()
    await site.close()


@pytest.mark.anyio
async def test_a_promise_that_cannot_be_kept_now_stays_open(tmp_path):
    site = await Site.open(tmp_path / "site.camwright")
    async with farm("blind") as running:
        session = await open_session(running, site)
        desk = EventDesk()
        walk = Walk(desk, desk.add("Gate", session, asyncio.create_task))
        await walk.look()
        await walk.arm()
        await running.stop()
        kept = await walk.put_back()
        assert all(each.problem for each in kept)
        assert walk.owes
        assert len(await site.walks.promises()) == len(kept)
        await session.close()
    await site.close()

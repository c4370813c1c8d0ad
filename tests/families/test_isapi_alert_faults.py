"""Every fault that a simulated alert stream can have, read over a real connection: no event is lost, nothing unsaid."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from app.families import base
from app.families.isapi import FAMILY
from app.model.event import DeviceEvent, EventPicture, Heartbeat, Skipped
from app.simulator.camera import CameraPlan
from app.simulator.farm import Farm
from app.simulator.isapi.events import Event
from app.simulator.quirks import Quirks
from app.transport.dialer import NetworkDialer, loopback_only
from tests.families.isapi_rig import place, session

pytestmark = pytest.mark.anyio
EVENTS = [
    Event(kind, active, count, region="2" if kind == "fielddetection" else "", target="human")
    for count, (kind, active) in enumerate(
        [("VMD", True), ("fielddetection", True), ("fielddetection", False), ("linedetection", True), ("VMD", False)], 1
    )
]


async def heard(*quirks, until=lambda reports: False):
    """Every report of one connection, until it ends or there are enough."""
    async with session("blind", *quirks) as (opened, running):
        hub = running.cameras[0].hub
        reports = []
        async with asyncio.timeout(30), aclosing(opened.offer(base.Events).reports()) as stream:
            async for report in stream:
                if not reports:
                    while not hub.listeners:
                        await asyncio.sleep(0.005)
                    for event in EVENTS:
                        hub.publish(event)
                reports.append(report)
                if until(reports):
                    break
        return reports


def events(reports):
    return [each for each in reports if isinstance(each, DeviceEvent)]


def all_there(reports):
    return len(events(reports)) == len(EVENTS)


@pytest.mark.parametrize(
    "quirks",
    [
        (),
        ("alert_boundary",),
        ("alert_boundary=----weird..boundary'42",),
        ("alert_namespaces",),
        ("alert_ampersand",),
        ("raw_ampersand",),
        ("gb2312_text",),
        ("bom", "lf"),
        ("no_namespace",),
        ("alert_length",),
        ("alert_length=300",),
        ("alert_no_length",),
        ("alert_batch=5",),
        ("alert_no_heartbeat",),
        ("alert_namespaces", "alert_length=-7", "alert_boundary", "alert_ampersand", "alert_batch=2"),
    ],
    ids=lambda quirks: " ".join(quirks) or "none",
)
async def test_no_event_is_lost(quirks):
    reports = await heard(*quirks, until=all_there)
    got = [(each.type, each.active, each.count) for each in events(reports)]
    assert got == [(each.kind, each.active, each.count) for each in EVENTS]
    assert [each.region for each in events(reports)] == ["", "2", "2", "", ""]
    assert not [each for each in reports if isinstance(each, Skipped)]


async def test_junk_is_counted_and_no_event_lost():
    reports = await heard("alert_junk", until=all_there)
    dropped = [each for each in reports if isinstance(each, Skipped)]
    assert dropped
    assert all(each.size > 20 for each in dropped)


async def test_pictures_come_behind_their_events():
    reports = await heard("alert_pictures", until=lambda found: sum(isinstance(e, EventPicture) for e in found) == 3)
    for picture in (each for each in reports if isinstance(each, EventPicture)):
        assert picture.event.active
        assert picture.event in reports
        assert picture.jpeg.startswith(b"\xff\xd8")
        assert picture.jpeg.endswith(b"\xff\xd9")


async def test_a_stream_that_ends_says_what_it_broke_off():
    reports = await heard("alert_closes=4")
    assert len(events(reports)) == 3
    assert not any(isinstance(each, Skipped) for each in reports)
    reports = await heard("alert_closes=4", "alert_cut")
    assert isinstance(reports[-1], Skipped)


async def test_without_heartbeats_only_the_first_report_is_one():
    reports = await heard("alert_no_heartbeat", until=all_there)
    assert [isinstance(each, Heartbeat) for each in reports].count(True) == 1


async def test_five_hundred_a_second_are_all_there():
    reports = await heard("alert_flood=500", until=lambda found: len(events(found)) >= 600)
    made_up = [each for each in events(reports) if each.description.startswith("made up")]
    numbers = [int(each.description.rpartition(" ")[2]) for each in made_up]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_the_first_generation_streams_as_well():
    plan = CameraPlan("isapi", "127.66.4.1", 0, 0, model="CW-P1M", quirks=Quirks.parse(["blind"]), heartbeat=0.1)
    farm = Farm([plan], ssdp=False)
    await farm.start()
    try:
        address, credentials = place(farm)
        opened = await FAMILY.connect(NetworkDialer(allowed=loopback_only), address, "v1", credentials)
        assert opened.dialect == "v1"
        async with asyncio.timeout(30), aclosing(opened.offer(base.Events).reports()) as stream:
            async for report in stream:
                farm.cameras[0].hub.publish(EVENTS[0])
                if isinstance(report, DeviceEvent):
                    break
        assert (report.type, report.active) == ("VMD", True)
        await opened.close()
    finally:
        await farm.stop()

"""Alerts as they were recorded, and the alert stream of a simulated camera over a real connection."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import datetime

import pytest

from app.families import base
from app.families.isapi.alerts import KINDS, read_alert
from app.families.isapi.regions.table import ROWS
from app.model.event import DeviceEvent, Heartbeat, Skipped
from app.model.region import Purpose
from app.simulator.isapi.events import Event
from app.wire.alerts import AlertDocument
from tests.families.isapi_rig import session

ROOT = '<EventNotificationAlert version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema">{}</EventNotificationAlert>'


def alert(kind: str = "VMD", state: str = "active", more: str = "", channel: str = "1") -> AlertDocument:
    texts = f"<channelID>{channel}</channelID><dateTime>2026-11-20T10:00:00+01:00</dateTime>"
    texts += f"<eventType>{kind}</eventType><eventState>{state}</eventState>{more}"
    return AlertDocument(ROOT.format(texts).encode())


@pytest.mark.shared
def test_every_recorded_alert_is_an_event(recorded):
    found = [
        (entry["file"], read_alert(AlertDocument(entry["raw"]), 5.0))
        for entry in recorded
        if b"<EventNotificationAlert" in entry["raw"] and not entry["file"].endswith(".txt")
    ]
    assert len(found) >= 10
    for file, reports in found:
        (report,) = reports
        if "videoloss" in file:
            assert isinstance(report, Heartbeat), file
            continue
        assert isinstance(report, DeviceEvent), file
        assert report.active, file
        assert report.at is not None, file
    said = dict(found)
    (human,) = said["unknown-fielddetection-human__EventNotificationAlert_fielddetection_human.xml"]
    assert (human.purpose, human.region, human.target, human.count) == (Purpose.INTRUSION, "3", "person", 1)
    assert human.at == datetime.fromisoformat("2022-01-31T13:53:05+01:00")
    (lasting,) = said["unknown-ipc-1-fielddetection__EventNotificationAlert_ipc_1_fielddetection.xml"]
    assert (lasting.type, lasting.purpose) == ("fielddetection", Purpose.INTRUSION)
    (recorder,) = said["unknown-nvr-2-fielddetection__EventNotificationAlert_nvr_2_fielddetection.xml"]
    assert (recorder.channel, recorder.count) == (34, 174)


@pytest.mark.shared
def test_the_recorded_stream_is_a_sign_of_life(shared):
    from app.wire.alerts import AlertReader

    raw = (shared / "realdata" / "isapi" / "alertStream_sample_DS-2CD2T85FWD-I5.txt").read_bytes()
    (piece,) = AlertReader("multipart/mixed; boundary=boundary").feed(raw)
    assert isinstance(piece, AlertDocument)
    assert read_alert(piece, 1.0) == (Heartbeat(1.0),)


def test_layers_are_those_of_the_regions():
    keys = {row.key for row in ROWS}
    assert {purpose.value for purpose, _ in KINDS.values() if purpose is not None} <= keys
    (event,) = read_alert(alert("linedetection", channel="2"), 1.0)
    assert event.layer == "line-2"


def test_a_video_loss_has_an_end_where_it_had_a_beginning():
    losses: set[int] = set()
    assert read_alert(alert("videoloss", "inactive"), 1.0, losses) == (Heartbeat(1.0),)
    (lost,) = read_alert(alert("videoloss", "active"), 1.0, losses)
    (back,) = read_alert(alert("videoloss", "inactive"), 2.0, losses)
    assert (lost.active, back.active) == (True, False)
    assert read_alert(alert("videoloss", "inactive"), 3.0, losses) == (Heartbeat(3.0),)


def test_each_region_is_an_event_of_its_own():
    entries = "".join(f"<DetectionRegionEntry><regionID>{n}</regionID></DetectionRegionEntry>" for n in (2, 4))
    reports = read_alert(alert(more=f"<DetectionRegionList>{entries}</DetectionRegionList>"), 1.0)
    assert [each.region for each in reports] == ["2", "4"]


@pytest.mark.parametrize("channel", ["", "0", "x"])
def test_a_camera_that_names_no_channel_means_its_only_one(channel):
    (event,) = read_alert(alert(channel=channel), 1.0)
    assert event.channel == 1


def test_a_raw_ampersand_and_another_encoding_lose_no_event():
    for name in (b"A & B", "停车场".encode("gb2312")):
        body = alert(more="<channelName>@</channelName>").body.replace(b"@", name)
        (event,) = read_alert(AlertDocument(body), 1.0)
        assert (event.title, event.purpose) == ("Motion", Purpose.MOTION)


def test_json_says_the_same():
    body = b'{"channelID": 3, "eventType": "fielddetection", "eventState": "active", "activePostCount": 2,'
    body += b'"DetectionRegionList": [{"DetectionRegionEntry": {"regionID": 1, "detectionTarget": "vehicle"}}]}'
    (event,) = read_alert(AlertDocument(body, is_json=True), 1.0)
    assert (event.channel, event.region, event.target, event.count) == (3, "1", "vehicle", 2)


@pytest.mark.parametrize("body", [b"<userCheck><a/></userCheck>", b"<html><body/></html>", b"<EventNotificationAlert>"])
def test_what_is_no_alert_is_said(body):
    (report,) = read_alert(AlertDocument(body), 1.0)
    assert isinstance(report, Skipped)
    assert report.size == len(body)
    assert report.reason


@pytest.mark.anyio
async def test_the_stream_of_a_simulated_camera():
    async with session("blind") as (opened, running):
        events = opened.offer(base.Events)
        camera = running.cameras[0]
        async with aclosing(events.reports()) as reports:
            assert isinstance(await anext(reports), Heartbeat)
            camera.hub.publish(Event("linedetection", active=True))
            async for report in reports:
                if isinstance(report, DeviceEvent):
                    break
        assert (report.type, report.purpose, report.active) == ("linedetection", Purpose.LINE, True)
        while camera.hub.listeners:  # closing the generator closes the connection
            await asyncio.sleep(0.01)

"""How edits reach devices that do not take their own document back."""

from __future__ import annotations

import re

import pytest

from app.errors import DeviceFault, InvalidSetting, NotSupported
from app.families.base import SettingsTree
from app.families.isapi import rungs
from app.families.isapi.client import Client
from app.families.isapi.dialect import V2
from app.families.isapi.memory import SessionMemory
from app.families.isapi.settings import IsapiSettings
from app.settings.changes import Change, Verdict
from tests.families.isapi_rig import puts, session

IMAGE = "/ISAPI/Image/channels/1"
MOTION = "/ISAPI/System/Video/inputs/channels/1/motionDetection"
NS = "http://www.hikvision.com/ver20/XMLSchema"
INNER = "http://www.hikvision.com/ver20/mmmm/XMLSchema"


async def no_wait(_):
    pass


def verdicts(proof):
    return [each.verdict for each in proof.fields]


@pytest.mark.anyio
async def test_a_device_that_takes_only_parts_is_given_the_smallest_part():
    async with session("sub_resources_only") as (device, _):
        settings = device.offer(SettingsTree)
        memory = SessionMemory()
        device.use_memory(memory)
        sent = puts(device)
        document = await settings.load(IMAGE)
        document.set_text("WDR/WDRLevel", "77")
        proof, after = await settings.apply(document, document.changes())
        assert verdicts(proof) == [Verdict.KEPT]
        assert after.text("WDR/WDRLevel") == "77"
        assert [each.path for each in sent] == [IMAGE, f"{IMAGE}/WDR"]
        # The second time it goes there at once, also for another channel of the same model.
        after.set_text("WDR/WDRLevel", "78")
        proof, _ = await settings.apply(after, after.changes())
        assert verdicts(proof) == [Verdict.KEPT]
        assert [each.path for each in sent[2:]] == [f"{IMAGE}/WDR"]
        who = await device.offer(SettingsTree).ladder.who()
        assert await memory.rung("isapi", *who, "/ISAPI/Image/channels/{channel}") == rungs.PART


@pytest.mark.anyio
async def test_edits_of_two_parts_go_to_both():
    async with session("sub_resources_only") as (device, _):
        settings = device.offer(SettingsTree)
        sent = puts(device)
        document = await settings.load(IMAGE)
        document.set_text("WDR/mode", "open")
        document.set_text("WDR/WDRLevel", "12")
        document.set_text("BLC/enabled", "true")
        proof, _ = await settings.apply(document, document.changes())
        assert set(verdicts(proof)) == {Verdict.KEPT}
        assert [each.path for each in sent] == [IMAGE, f"{IMAGE}/WDR", f"{IMAGE}/BLC"]


@pytest.mark.anyio
async def test_a_device_that_wants_full_documents_gets_one():
    async with session("full_document_only") as (device, _):
        settings = device.offer(SettingsTree)
        document = await settings.load(IMAGE)
        document.set_text("Color/brightnessLevel", "31")
        sent = puts(device)
        proof, _ = await settings.apply(document, document.changes())
        assert verdicts(proof) == [Verdict.KEPT]
        assert [each.path for each in sent] == [IMAGE]
        differing = [
            (a, b) for a, b in zip(document.source.raw.splitlines(), sent[0].body.splitlines(), strict=True) if a != b
        ]
        assert differing == [(b"<brightnessLevel>50</brightnessLevel>", b"<brightnessLevel>31</brightnessLevel>")]


DRAWN = "0" * 36 + "3ff000" + "155000" + "2aa000" + "0" * 54
GRID = "MotionDetectionLayout/layout/gridMap"


@pytest.mark.anyio
@pytest.mark.parametrize("quirk", ["squares_after_toggle", "squares_after_rewrite"])
async def test_fifty_toggles_leave_the_motion_area_alone(quirk):
    async with session("grid_and_regions", quirk) as (device, running):
        settings = device.offer(SettingsTree)
        document = await settings.load(MOTION)
        document.set_text(GRID, DRAWN)
        proof, document = await settings.apply(document, document.changes())
        assert document.text(GRID) == DRAWN
        shapes = re.search(rb"<layout>.*</layout>", document.source.raw, re.DOTALL)[0]
        for toggle in range(50):
            document.set_text("enabled", "true" if document.text("enabled") == "false" else "false")
            proof, document = await settings.apply(document, document.changes())
            assert verdicts(proof) == [Verdict.KEPT], toggle
            assert re.search(rb"<layout>.*</layout>", document.source.raw, re.DOTALL)[0] == shapes
        assert running.cameras[0].state.value(MOTION.removeprefix("/ISAPI/"), GRID) == DRAWN


@pytest.mark.anyio
async def test_a_grid_in_a_part_goes_without_its_rectangles():
    async with session("grid_and_regions", "squares_after_toggle", "sub_resources_only") as (device, _):
        settings = device.offer(SettingsTree)
        sent = puts(device)
        document = await settings.load(MOTION)
        document.set_text(GRID, DRAWN)
        _, document = await settings.apply(document, document.changes())
        assert document.text(GRID) == DRAWN
        assert sent[-1].path.startswith(f"{MOTION}/layout")
        assert b"RegionList" not in sent[-1].body


@pytest.mark.anyio
async def test_the_simulator_does_spoil_a_grid_that_comes_back_with_rectangles():
    """The test above can fail: this is what happens to a client that writes the document anew."""
    async with session("grid_and_regions", "squares_after_toggle") as (device, _):
        settings = device.offer(SettingsTree)
        document = await settings.load(MOTION)
        document.set_text(GRID, DRAWN)
        _, document = await settings.apply(document, document.changes())
        body = document.source.raw.replace(b"<enabled>true</enabled>", b"<enabled>false</enabled>", 1)
        body = body.replace(b"\r\n", b"\n")
        await device._client.put(MOTION, body)
        assert (await settings.load(MOTION)).text(GRID) != DRAWN


@pytest.mark.anyio
async def test_shapes_that_come_from_the_grid_cannot_be_edited():
    async with session("grid_and_regions") as (device, _):
        settings = device.offer(SettingsTree)
        document = await settings.load(MOTION)
        corner = next(each.path for each in document.fields if each.path.endswith("positionX"))
        possible, reason = document.enabled(corner)
        assert not possible
        assert "grid" in reason
        with pytest.raises(InvalidSetting, match="can only be read"):
            document.set_text(corner, "10")
        sent = puts(device)
        with pytest.raises(InvalidSetting, match="from its grid"):
            await settings.apply(document, (Change(corner, document.text(corner), "10"),))
        assert sent == []


@pytest.mark.anyio
async def test_nothing_is_written_where_nothing_changes():
    async with session() as (device, _):
        settings = device.offer(SettingsTree)
        mine, theirs = await settings.load(IMAGE), await settings.load(IMAGE)
        for document in (mine, theirs):
            document.set_text("Sharpness/SharpnessLevel", "44")
        await settings.apply(theirs, theirs.changes())
        sent = puts(device)
        proof, _ = await settings.apply(mine, mine.changes())
        assert verdicts(proof) == [Verdict.KEPT]
        assert "already" in proof.fields[0].reason
        assert sent == []


@pytest.mark.anyio
async def test_a_device_that_says_ok_and_keeps_nothing_is_found_out():
    async with session("ignores_field=WDRLevel") as (device, _):
        settings = device.offer(SettingsTree)
        document = await settings.load(IMAGE)
        document.set_text("WDR/WDRLevel", "77")
        proof, _ = await settings.apply(document, document.changes())
        assert verdicts(proof) == [Verdict.IGNORED]


@pytest.mark.anyio
async def test_a_device_that_reboots_after_the_write_is_waited_for():
    async with session("reboots_on_write", "reboot_seconds=2") as (device, running):
        settings = device.offer(SettingsTree)
        camera = running.cameras[0]
        running.stations[0].plan  # noqa: B018
        document = await settings.load(IMAGE)
        document.set_text("Color/contrastLevel", "61")
        port = running.stations[0].place.http_port
        camera.wanted_place = lambda: type(running.stations[0].place)(running.stations[0].place.host, port, 0)
        proof, _ = await settings.apply(document, document.changes())
        assert verdicts(proof) == [Verdict.KEPT]
        assert camera.reboots == 1


# -- forms, with a device made of a dictionary ---------------------------------------------------------------------

PAGE = "/ISAPI/Image/channels/1"
DOCUMENT = (
    f'<?xml version="1.0" encoding="UTF-8"?>\r\n<ImageChannel version="2.0" xmlns="{NS}">\r\n<id>1</id>\r\n'
    f'<name>Tür &amp; Tor</name>\r\n<Odd xmlns="{INNER}"><mode>a</mode><level>5</level></Odd>\r\n'
    "<PointList><Point><x>1</x></Point><Point><x>2</x></Point></PointList>\r\n</ImageChannel>"
).encode()


def status(code, sub=""):
    return f"<ResponseStatus><statusCode>{code}</statusCode><subStatusCode>{sub}</subStatusCode></ResponseStatus>"


REFUSALS = [
    (403, status(4, "notSupport")),
    (400, status(6, "badXmlContent")),
    (400, status(5, "badXmlFormat")),
    (500, status(3, "deviceError")),
    (200, status(3, "deviceError")),
    (500, ""),
    (403, ""),
]


@pytest.mark.anyio
@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_device_that_objects_to_the_document_gets_only_what_changed(fake_channel, refusal):
    device = fake_channel({PAGE: DOCUMENT})

    def judge(request):
        if b"<name>" in request.body:
            return refusal[0], refusal[1].encode()
        device.answers[PAGE] = DOCUMENT.replace(b">5<", b">7<")
        return 200, status(1, "ok").encode()

    device.answers[f"PUT {PAGE}"] = judge
    settings = IsapiSettings(Client(device, V2), sleep=no_wait)
    document = await settings.load(PAGE)
    document.set_text("Odd/level", "7")
    proof, _ = await settings.apply(document, document.changes())
    assert verdicts(proof) == [Verdict.KEPT]
    assert (
        device.sent_by("PUT")[-1].body
        == (
            f'<?xml version="1.0" encoding="UTF-8"?>\r\n<ImageChannel version="2.0" xmlns="{NS}">\r\n<id>1</id>\r\n'
            f'<Odd xmlns="{INNER}">\r\n<level>7</level>\r\n</Odd>\r\n</ImageChannel>\r\n'
        ).encode()
    )


@pytest.mark.anyio
async def test_a_list_is_never_sent_in_part(fake_channel):
    device = fake_channel({PAGE: DOCUMENT})
    device.answers[f"PUT {PAGE}"] = (403, status(4, "notSupport").encode())
    settings = IsapiSettings(Client(device, V2), sleep=no_wait)
    document = await settings.load(PAGE)
    document.set_text("PointList/Point[2]/x", "9")
    with pytest.raises(NotSupported):
        await settings.apply(document, document.changes())
    last = device.sent_by("PUT")[-1].body
    assert last.count(b"<Point>") == 2
    assert b"<x>1</x>" in last
    assert b"<x>9</x>" in last
    assert b"name" not in last


@pytest.mark.anyio
@pytest.mark.parametrize(
    "refusal",
    [(400, status(6, "badParameters")), (403, status(4, "lowPrivilege")), (503, status(2, "deviceBusy"))],
)
async def test_a_refused_value_is_not_tried_in_other_clothes(fake_channel, refusal):
    device = fake_channel({PAGE: DOCUMENT})
    device.answers[f"PUT {PAGE}"] = (refusal[0], refusal[1].encode())
    settings = IsapiSettings(Client(device, V2), sleep=no_wait)
    document = await settings.load(PAGE)
    document.set_text("Odd/level", "7")
    with pytest.raises(Exception) as refused:  # noqa: PT011
        await settings.apply(document, document.changes())
    assert "127.12.0.1" in refused.value.summary
    assert {each.body for each in device.sent_by("PUT")} == {DOCUMENT.replace(b">5<", b">7<")}


@pytest.mark.anyio
async def test_a_device_that_stumbles_over_what_it_keeps_is_not_asked_twice(fake_channel):
    device = fake_channel({PAGE: DOCUMENT})

    def stumble(request):
        device.answers[PAGE] = request.body
        return 500, status(3, "deviceError").encode()

    device.answers[f"PUT {PAGE}"] = stumble
    settings = IsapiSettings(Client(device, V2), sleep=no_wait)
    document = await settings.load(PAGE)
    document.set_text("Odd/level", "7")
    proof, _ = await settings.apply(document, document.changes())
    assert verdicts(proof) == [Verdict.KEPT]
    assert len(device.sent_by("PUT")) == 1


@pytest.mark.anyio
async def test_a_device_that_takes_no_form_says_what_it_said_first(fake_channel):
    device = fake_channel({PAGE: DOCUMENT})
    device.answers[f"PUT {PAGE}"] = (500, status(3, "deviceError").encode())
    settings = IsapiSettings(Client(device, V2), sleep=no_wait)
    document = await settings.load(PAGE)
    document.set_text("Odd/level", "7")
    with pytest.raises(DeviceFault) as refused:
        await settings.apply(document, document.changes())
    assert refused.value.subcode == "deviceError"
    assert len(device.sent_by("PUT")) == 2


@pytest.mark.anyio
async def test_a_busy_device_names_its_own_pace(fake_channel):
    from app.wire.http import HttpAnswer

    waited = []

    async def sleep(seconds):
        waited.append(seconds)

    device = fake_channel({PAGE: DOCUMENT})
    settings = IsapiSettings(Client(device, V2), sleep=sleep)
    document = await settings.load(PAGE)
    document.set_text("Odd/level", "7")
    busy = HttpAnswer(503, (("Retry-After", "7"),), status(2, "deviceBusy").encode())
    endless = HttpAnswer(503, (("Retry-After", "86400"),), status(2, "deviceBusy").encode())
    device.from_put.extend([busy, endless])
    device.next_up.clear()
    proof, _ = await settings.apply(document, document.changes())
    assert verdicts(proof) == [Verdict.KEPT]
    assert waited[:1] == [7.0]
    assert max(waited) <= 30.0

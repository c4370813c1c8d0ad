"""A device that says it is busy while it is written to: whoever looks at the work hears of each wait, and may end it.
What was sent is read back all the same."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from app.errors import DeviceBusy, GivenUp
from app.families.base import RawSettings, SettingsTree
from app.families.vigi import FAMILY as VIGI
from app.patience import Stop, Wait, patiently, told_of_waits
from app.settings.changes import Verdict
from tests.families import isapi_rig, vigi_rig

IMAGE, WDR = "/ISAPI/Image/channels/1", "WDR/WDRLevel"
STREAM, BITRATE = "/ISAPI/Streaming/channels/101", "Video/vbrUpperCap"
FOREVER = "busy_writes=1000000"

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]


class Onlooker:
    """Notes what is waited for, and ends the tries at the wait with this number."""

    def __init__(self, ends_at: int = 0) -> None:
        self.waits: list[Wait] = []
        self.stop = Stop()
        self._ends_at = ends_at

    def __call__(self, wait: Wait) -> None:
        self.waits.append(wait)
        if len(self.waits) == self._ends_at:
            self.stop.ask()

    def listening(self):
        return told_of_waits(self, self.stop)


@asynccontextmanager
async def isapi(*quirks):
    async with isapi_rig.session(*quirks) as (opened, running):
        yield opened.offer(SettingsTree), running.cameras[0], isapi_rig.puts(opened), opened


@asynccontextmanager
async def vigi(host, *quirks):
    async with vigi_rig.powered(host, *quirks) as (camera, address):
        opened = await VIGI.connect(vigi_rig.dialer(), address, "openapi", vigi_rig.ADMIN)
        try:
            yield opened.offer(SettingsTree), camera, opened
        finally:
            await opened.close()


async def edited(settings, resource, **texts):
    document = await settings.load(resource)
    for path, text in texts.items():
        document.set_text(path, text)
    return document, document.changes()


async def test_each_wait_is_told_and_what_is_taken_at_last_is_proved():
    async with isapi("busy_writes=2") as (settings, _, puts, _):
        onlooker = Onlooker()
        with onlooker.listening():
            proof, _ = await settings.apply(*await edited(settings, STREAM, **{BITRATE: "1500"}))
        assert onlooker.waits == [Wait.BUSY, Wait.BUSY]
        assert len(puts) == 3
        assert [each.verdict for each in proof.fields] == [Verdict.KEPT]


async def test_nothing_more_is_sent_once_somebody_asks_for_an_end():
    async with isapi(FOREVER) as (settings, camera, puts, _):
        document, changes = await edited(settings, STREAM, **{BITRATE: "1500"})
        with Onlooker(1).listening(), pytest.raises(GivenUp) as said:
            await settings.apply(document, changes)
        assert len(puts) == 1
        assert "is busy" in said.value.summary
        assert "stopped" in said.value.summary
        camera.busy_writes = 0
        assert (await settings.load(STREAM)).text(BITRATE) == document.field(BITRATE).text


async def test_a_wish_from_before_the_first_request_sends_nothing():
    async with isapi() as (settings, _, puts, _):
        document, changes = await edited(settings, STREAM, **{BITRATE: "1500"})
        onlooker = Onlooker()
        onlooker.stop.ask()
        with onlooker.listening(), pytest.raises(GivenUp):
            await settings.apply(document, changes)
        assert puts == []


async def test_what_was_sent_before_the_end_is_read_back_and_the_rest_is_left():
    """A camera that takes only parts has taken one of two when it gets busy."""
    async with isapi("sub_resources_only") as (settings, camera, puts, opened):
        document, changes = await edited(settings, IMAGE, **{WDR: "77", "Color/brightnessLevel": "33"})
        send = opened._client.channel.send

        async def busy_after_the_first_part(request):
            taken = request.method == "PUT" and request.path != IMAGE
            answer = await send(request)
            if taken:
                camera.busy_writes = 1_000_000
            return answer

        opened._client.channel.send = busy_after_the_first_part
        with Onlooker(1).listening():
            proof, after = await settings.apply(document, changes)
        parts = [each.path for each in puts if each.path != IMAGE]
        assert len(parts) == 2
        assert len(set(parts)) == 2
        assert {each.verdict for each in proof.fields} == {Verdict.KEPT, Verdict.IGNORED}
        (left,) = proof.left
        assert "stopped" in left.reason
        assert after.text(left.path) == left.old


async def test_a_camera_that_restarts_after_the_write_need_not_be_waited_for():
    """The first wish ends the tries, which are over; the second one the wait for the camera."""
    async with isapi("reboots_on_write", "reboot_seconds=3600") as (settings, _, puts, _):
        document, changes = await edited(settings, STREAM, **{BITRATE: "1500"})
        onlooker = Onlooker(1)
        with onlooker.listening():
            proof, _ = await settings.apply(document, changes)
        assert onlooker.waits == [Wait.AWAY]
        assert len(puts) == 1
        assert proof.unread
        assert [each.verdict for each in proof.fields] == [Verdict.NOT_VERIFIABLE]


async def test_a_document_by_hand_is_given_up_as_well():
    async with isapi(FOREVER) as (settings, _, puts, opened):
        document = await settings.load(STREAM)
        body = document.source.raw.replace(b"<vbrUpperCap>2048<", b"<vbrUpperCap>1500<")
        assert body != document.source.raw
        with Onlooker(1).listening(), pytest.raises(GivenUp):
            await opened.offer(RawSettings).apply_raw(document, body)
        assert len(puts) == 1


async def test_a_vigi_camera_that_is_busy_is_told_waited_for_and_proved():
    async with vigi("127.83.1.1", "busy_writes=2") as (settings, camera, _):
        onlooker = Onlooker()
        with onlooker.listening():
            document, changes = await edited(settings, "getDeviceAlias", alias="Yard")
            proof, _ = await settings.apply(document, changes)
        assert onlooker.waits == [Wait.BUSY, Wait.BUSY]
        assert camera.busy_writes == 0
        assert [each.verdict for each in proof.fields] == [Verdict.KEPT]


async def test_a_vigi_write_is_given_up_and_a_page_waits_for_a_busy_camera():
    async with vigi("127.83.1.2", FOREVER) as (settings, camera, _):
        document, changes = await edited(settings, "getDeviceAlias", alias="Yard")
        with Onlooker(1).listening(), pytest.raises(GivenUp):
            await settings.apply(document, changes)
        assert camera.busy_writes == 1_000_000 - 1
        camera.busy_left, onlooker = 1, Onlooker()
        with onlooker.listening():
            assert (await settings.load("getDeviceAlias")).text("alias") == document.field("alias").text
        assert onlooker.waits == [Wait.BUSY]


async def test_a_device_that_stays_busy_is_tried_four_times():
    tries = 0

    async def busy():
        nonlocal tries
        tries += 1
        problem = DeviceBusy("Gate is busy.")
        problem.retry_after = 3600.0
        raise problem

    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    with pytest.raises(DeviceBusy):
        await patiently(busy, sleep)
    assert tries == 4
    assert slept == [30.0, 30.0, 30.0]  # never longer, whatever it says


async def test_a_wish_wakes_the_wait():
    stop = Stop()

    async def forever(_):
        await asyncio.Event().wait()

    waiting = asyncio.ensure_future(stop.sleep(1.0, forever))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not waiting.done()
    stop.ask()
    await waiting
    assert stop.asked == 1

"""A voice on its way: from a microphone to a simulated camera, and everything that stands in between."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from array import array

import pytest

from app.errors import NotSupported
from app.families.media import Talk
from app.model.device import Address
from app.simulator.farm import Farm, plan_cameras
from app.simulator.vigi.camera import VigiCamera
from app.video.talk import PortAudioMicrophone, Talker, TalkPhase, TalkStatus
from app.wire.g711 import alaw
from tests.families.vigi_rig import ADMIN, FAMILY, dialer

pytestmark = pytest.mark.anyio


class Voice:
    """A microphone that hears the same again and again, until the test has heard enough."""

    def __init__(self) -> None:
        self.closed = threading.Event()

    def read(self, wait: float) -> array[int]:
        self.closed.wait(0.002)
        return array("h", [3000, -3000] * 80)

    def close(self) -> None:
        self.closed.set()


class Camera:
    def __init__(self, host: str) -> None:
        self.farm = Farm(plan_cameras(family="vigi", bind=host, http_port=0, rtsp_port=0), ssdp=False)

    async def __aenter__(self) -> Talk:
        await self.farm.start()
        place = self.farm.stations[0].place
        self.session = await FAMILY.connect(dialer(), Address(place.host, place.port), "", ADMIN)
        talk = self.session.offer(Talk)
        assert talk is not None
        return talk

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()
        await self.farm.stop()

    @property
    def heard(self) -> bytes:
        camera = self.farm.cameras[0]
        assert isinstance(camera, VigiCamera)
        return bytes(camera.mouth.heard)


async def test_what_is_said_is_heard_and_the_line_is_free_afterwards():
    camera = Camera("127.68.51.1")
    async with camera as talk:
        for _ in range(2):
            told: list[TalkStatus] = []
            voice = Voice()
            talker = Talker(await talk.line(), told.append, lambda voice=voice: voice)
            before = len(camera.heard)
            talker.start()
            async with asyncio.timeout(20):
                while len(camera.heard) < before + 1600 or not talker.level:
                    await asyncio.sleep(0.01)
            talker.stop()
            assert await asyncio.to_thread(talker.join, 20)
            assert [each.phase for each in told] == [TalkPhase.CONNECTING, TalkPhase.TALKING, TalkPhase.ENDED]
            assert voice.closed.is_set()
            assert talker.level == 0.0
        assert camera.heard[:160] == alaw(array("h", [3000, -3000] * 80))


async def test_two_cannot_talk_at_once():
    async with Camera("127.68.51.2") as talk:
        first, second = await talk.line(), await talk.line()
        await asyncio.to_thread(first.open)
        told: list[TalkStatus] = []
        talker = Talker(second, told.append, Voice)
        talker.start()
        assert await asyncio.to_thread(talker.join, 20)
        first.close()
        assert told[-1].phase is TalkPhase.FAILED
        assert told[-1].text


async def test_a_computer_without_a_microphone_says_so_before_anybody_is_called():
    class Line:
        opened = False

        def open(self) -> None:
            self.opened = True

        def say(self, samples: array[int]) -> None: ...

        def end(self) -> None: ...

        def close(self) -> None: ...

    def none() -> Voice:
        raise NotSupported("This computer has no microphone.", hint="Plug one in.")

    told: list[TalkStatus] = []
    line = Line()
    talker = Talker(line, told.append, none)
    talker.start()
    assert await asyncio.to_thread(talker.join, 20)
    assert told[-1] == TalkStatus(TalkPhase.FAILED, "This computer has no microphone.", "Plug one in.")
    assert not line.opened


def test_the_real_microphone_is_there_or_says_why_not():
    with contextlib.suppress(NotSupported):
        PortAudioMicrophone().close()


async def test_letting_go_while_the_line_opens_ends_it_at_once():
    class Slow:
        def __init__(self) -> None:
            self.ended = threading.Event()

        def open(self) -> None:
            assert self.ended.wait(20)
            raise NotSupported("ended")

        def say(self, samples: array[int]) -> None: ...

        def end(self) -> None:
            self.ended.set()

        def close(self) -> None: ...

    told: list[TalkStatus] = []
    talker = Talker(Slow(), told.append, Voice)
    talker.start()
    talker.stop()
    assert await asyncio.to_thread(talker.join, 20)
    assert told[-1].phase is TalkPhase.ENDED

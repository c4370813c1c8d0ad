"""Sound on the live page: a simulated camera's tone, muted and not, its level, and a computer that has no output."""

from __future__ import annotations

import array
from collections.abc import Callable

import pytest
from aio import OneSession, context, told, until  # noqa: F401 - fixtures
from live_rig import ServerThread, live_threads
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.errors import NotSupported
from app.families.media import Streams
from app.model.stream import StreamEndpoint, StreamInfo
from app.video.player import Player
from app.video.sound import level
from ui.pages.live import LivePage

pytestmark = pytest.mark.gui


class OneStream:
    def __init__(self, server: ServerThread) -> None:
        self._server = server

    async def list(self) -> tuple[StreamInfo, ...]:
        return (StreamInfo("101", 1, "main", "Main stream", "h264", 640, 360, 25.0, 1000, 25),)

    def endpoint(self, stream: StreamInfo) -> StreamEndpoint:
        return StreamEndpoint(self._server.url(stream.id))


class Ear:
    rate = 8000

    def __init__(self) -> None:
        self.loudest = 0.0
        self.closed = False

    def play(self, samples: array.array[int]) -> None:
        self.loudest = max(self.loudest, level(samples))

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def server():
    server = ServerThread()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def make(qtbot, context, server):  # noqa: F811
    def build(make_speaker: Callable[[], Ear]) -> LivePage:
        page = LivePage(OneSession({Streams: OneStream(server)}), context, "Gate")
        page.viewing.make_player = lambda *given: Player(*given, make_speaker=make_speaker)
        qtbot.addWidget(page)
        page.resize(900, 500)
        page.show()
        return page

    return build


@pytest.mark.parametrize("codec", ["pcma", "aac"])
def test_it_is_measured_while_muted_and_heard_when_wanted(run, make, server, codec) -> None:
    ears: list[Ear] = []

    def speaker() -> Ear:
        ears.append(Ear())
        return ears[-1]

    server.yard.sound = codec
    page = make(speaker)

    async def work() -> None:
        page.activated()
        await until(lambda: page.view.painted > 2)
        await until(page.sound.isVisible)
        await until(lambda: page.sound.meter._shown > 0.5)  # the beep of each second
        assert ears == []
        page.view.setFocus()
        page.activateWindow()
        await until(page.view.hasFocus)
        QTest.keyClick(page.view, Qt.Key.Key_M)
        page.sound.volume.setValue(100)
        await until(lambda: ears and 0.3 < ears[0].loudest < 0.7)
        page.sound.volume.setValue(30)
        await until(lambda: page.player._listener.volume == pytest.approx(0.3))
        ears[0].loudest = 0.0
        await until(lambda: ears[0].loudest > 0.01)
        QTest.keyClick(page.view, Qt.Key.Key_M)
        await until(lambda: ears[0].closed)
        page.close_page()
        await until(lambda: not live_threads())

    run(work())


def test_a_computer_without_output_is_told_once(run, make, server, told) -> None:  # noqa: F811
    def speaker() -> Ear:
        raise NotSupported("This computer has no sound output.", hint="Plug one in.")

    server.yard.sound = "pcmu"
    page = make(speaker)

    async def work() -> None:
        page.activated()
        await until(page.sound.isVisible)
        page.sound.button.click()
        await until(lambda: told)
        assert told[0].text == "This computer has no sound output. Plug one in."
        painted = page.view.painted
        await until(lambda: page.view.painted > painted + 30)  # the picture does not mind
        assert len(told) == 1
        page.close_page()
        await until(lambda: not live_threads())

    run(work())


def test_a_camera_without_sound_has_no_bar(run, make) -> None:
    page = make(Ear)

    async def work() -> None:
        page.activated()
        await until(lambda: page.view.painted > 20)
        page._look()
        assert page.sound.isHidden()
        page.close_page()
        await until(lambda: not live_threads())

    run(work())

"""The Live page over a session that offers streams: the real player, the real simulated camera, the real loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aio import OneSession, context, told, until  # noqa: F401 - fixtures
from hypothesis import given
from hypothesis import strategies as st
from live_rig import HungServer, ServerThread, live_threads
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest

from app.errors import CameraError, Unreachable
from app.families.base import Overview
from app.families.media import Snapshot, Streams
from app.model.device import Address
from app.model.stream import StreamEndpoint, StreamInfo
from app.simulator.painter import snapshot_jpeg
from app.simulator.rtsp_sessions import RtspQuirks
from app.video.frame import StreamPhase
from ui.bridge.messages import Level
from ui.pages.live import LivePage
from ui.pages.live_parts import describe, free_path, inside_http
from ui.video.sound_bar import place

pytestmark = pytest.mark.gui

INFOS = (
    StreamInfo("101", 1, "main", "Main stream", "h264", 640, 360, 25.0, 1000, 25),
    StreamInfo("102", 1, "sub", "Sub-stream", "mjpeg", 320, 184, 15.0),
)


class CameraStreams:
    def __init__(self, url: Callable[[str], str], infos: tuple[StreamInfo, ...] = INFOS) -> None:
        self.url, self.infos = url, infos
        self.error: CameraError | None = None

    async def list(self) -> tuple[StreamInfo, ...]:
        if self.error is not None:
            raise self.error
        return self.infos

    def endpoint(self, stream: StreamInfo) -> StreamEndpoint:
        return StreamEndpoint(self.url(stream.id))


class CameraSnapshot:
    def __init__(self, picture: bytes) -> None:
        self.picture = picture

    async def jpeg(self, channel: int = 1) -> bytes:
        return self.picture


@pytest.fixture
def camera() -> Iterator[ServerThread]:
    server = ServerThread()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def make(qtbot, context, tmp_path):  # noqa: F811
    def build(streams: CameraStreams, snapshot: CameraSnapshot | None = None) -> LivePage:
        offers: dict[type, object] = {Streams: streams}
        if snapshot is not None:
            offers[Snapshot] = snapshot
        page = LivePage(OneSession(offers), context, "Gate 1")
        page.keeper.folder = tmp_path / "pictures"
        qtbot.addWidget(page)
        page.resize(640, 480)
        page.show()
        return page

    return build


async def playing(page: LivePage, frames: int = 3) -> None:
    await until(lambda: page.view.painted >= frames and page.view.status.phase is StreamPhase.PLAYING)


class AskableStreams(CameraStreams):
    def __init__(self, url: Callable[[str], str], camera: ServerThread, infos: tuple[StreamInfo, ...] = INFOS) -> None:
        super().__init__(url, infos)
        self.camera, self.asked = camera, []

    async def request_key_frame(self, stream: StreamInfo) -> None:
        self.asked.append(stream.id)
        self.camera.call(lambda: self.camera.server.sessions.request_key_frame(stream.id))


def test_a_stream_that_is_not_what_it_is_set_to_is_told(run, make, camera) -> None:
    page = make(CameraStreams(camera.url, (StreamInfo("101", 1, "main", "Main", "h265", 1920, 1080, 25.0, 1000, 50),)))

    async def work() -> None:
        page.activated()
        await playing(page)
        await until(page.truth.isVisible)
        assert page.truth.text() == "Not as set: codec, size"
        assert "set to 1920 × 1080, received 640 × 360" in page.truth.toolTip()
        page.close_page()

    run(work())


def test_a_stream_that_keeps_its_promise_has_no_badge(run, make, camera) -> None:
    page = make(CameraStreams(camera.url))

    async def work() -> None:
        page.activated()
        await playing(page)
        page._look()
        assert not page.truth.isVisible()
        page.close_page()

    run(work())


def test_a_key_frame_is_asked_for_and_its_interval_is_the_reason(run, make) -> None:
    camera = ServerThread(RtspQuirks(silent_after_play=True))
    camera.start()
    streams = AskableStreams(camera.url, camera)
    page = make(streams)

    async def work() -> None:
        page.activated()
        await until(lambda: "The camera was asked for one now." in page.view.words.text)
        assert page.view.words.headline.startswith("Waiting for a key frame since ")
        assert "every 25 pictures, that is every 1.0 s" in page.view.words.text
        assert streams.asked == ["101"]
        page.close_page()
        await until(lambda: not live_threads())

    run(work())
    camera.stop()


def test_recording_from_the_page(run, make, camera, told) -> None:  # noqa: F811
    page = make(AskableStreams(camera.url, camera))

    async def work() -> None:
        page.activated()
        await playing(page)
        page.record.click()
        await until(lambda: page.player.recording is not None and page.player.recording.size > 5000)
        page._look()
        assert page.record.isChecked()
        assert page.facts.text().startswith("Recording 0:0")
        page.record.click()
        await until(lambda: told)
        (path,) = page.keeper.folder.glob("Gate 1 *.mp4")
        assert str(path) in told[0].text
        assert path.stat().st_size > 5000
        assert not page.record.isChecked()
        page.record.click()
        await until(lambda: page.player.recording is not None and page.player.recording.size > 0)
        page.deactivated()
        await until(lambda: len(told) == 2 and not live_threads())
        assert told[1].text.startswith("Recorded as ")
        page.close_page()

    run(work())


def test_a_picture_is_copied_at_full_size(run, make, camera, told) -> None:  # noqa: F811
    page = make(CameraStreams(camera.url))

    async def work() -> None:
        page.activated()
        await playing(page)
        QGuiApplication.clipboard().clear()
        page.keeper.copy()
        await until(lambda: told)
        assert QGuiApplication.clipboard().image().size().toTuple() == (640, 360)
        page.close_page()

    run(work())


def test_only_a_session_with_streams_has_the_page() -> None:
    assert LivePage.available(OneSession({Streams: object()}))
    assert not LivePage.available(OneSession({Overview: object()}))


def test_it_plays_when_in_front_and_lets_go_behind(run, make, camera) -> None:
    page = make(CameraStreams(camera.url))

    async def work() -> None:
        page.activated()
        await playing(page)
        assert [page.stream_box.itemText(i) for i in range(2)] == ["Main stream", "Sub-stream"]
        assert page.facts.text() == "H.264  ·  640 × 360  ·  25 fps  ·  1000 kbps"
        assert page.view.image.size().toTuple()[0] == page.view.width()
        page.deactivated()
        await until(lambda: len(camera.server.sessions) == 0 and not live_threads())
        assert not page.view.image.isNull()
        page.activated()
        painted = page.view.painted
        await playing(page, painted + 2)
        page.close_page()
        await until(lambda: not live_threads())

    run(work())


def test_another_stream_and_transport_are_played_when_chosen(run, make, camera) -> None:
    page = make(CameraStreams(camera.url))

    async def work() -> None:
        page.activated()
        await playing(page)
        page.stream_box.setFocus()
        QTest.keyClick(page.stream_box, Qt.Key.Key_Down)
        await until(lambda: page.player.stats().codec.lower() in ("mjpeg", "jpeg"))
        await until(lambda: page.player.stats().frames > 2)
        assert page.player.stats().transport == "tcp"
        page.transport_box.setFocus()
        QTest.keyClick(page.transport_box, Qt.Key.Key_U)
        await until(lambda: page.player.stats().transport == "udp" and page.player.stats().frames > 2)
        assert len(camera.server.sessions) == 1
        page.close_page()
        await until(lambda: not live_threads())

    run(work())


def test_snapshot_is_saved_at_full_size_and_told(run, make, camera, told) -> None:  # noqa: F811
    page = make(CameraStreams(camera.url))

    async def work() -> None:
        page.activated()
        await playing(page)
        page.view.setFocus()
        QTest.keyClick(page.view, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: told)
        files = list(page.keeper.folder.iterdir())
        assert len(files) == 1
        assert files[0].name.startswith("Gate 1 ")
        assert QImage(str(files[0])).size().toTuple() == (640, 360)
        assert (told[0].level, told[0].device) == (Level.INFO, "Gate 1")
        assert str(files[0]) in told[0].text
        assert told[0].action is not None
        page.close_page()

    run(work())


def test_a_frozen_picture_is_saved_as_it_was(run, make, camera, told) -> None:  # noqa: F811
    page = make(CameraStreams(camera.url))

    async def work() -> None:
        page.activated()
        await playing(page)
        page.view.setFocus()
        QTest.keyClick(page.view, Qt.Key.Key_Space)
        frames = page.player.stats().frames
        await until(lambda: page.player.stats().frames > frames + 10)
        for count in (1, 2):
            page.snapshot.click()
            await until(lambda count=count: len(told) == count)
        first, second = (path.read_bytes() for path in page.keeper.folder.iterdir())
        assert first == second
        page.close_page()

    run(work())


def test_the_palette_reaches_what_the_tool_bar_does(run, make, camera, told) -> None:  # noqa: F811
    page = make(CameraStreams(camera.url))

    async def work() -> None:
        page.activated()
        await playing(page)
        entries = {entry.keys: entry for entry in page.palette_entries()}
        entries["Space"].run()
        assert page.view.is_frozen
        entries["I"].run()
        assert page.view.is_statistics_shown
        entries["Ctrl+S"].run()
        await until(lambda: told)
        assert told[0].level is Level.INFO
        page.close_page()

    run(work())


def test_a_snapshot_without_a_picture_or_a_place_says_so(run, make, camera, told, tmp_path) -> None:  # noqa: F811
    page = make(CameraStreams(camera.url))
    (tmp_path / "file").write_text("in the way")

    async def work() -> None:
        page.keeper.save()
        await until(lambda: told)
        assert told[0].text == "There is no picture yet."
        page.activated()
        await playing(page)
        page.keeper.folder = tmp_path / "file" / "pictures"
        page.keeper.save()
        await until(lambda: len(told) == 2)
        assert told[1].text == "The picture could not be saved."
        page.close_page()

    run(work())


def test_the_camera_s_snapshot_is_shown_until_the_stream_comes(run, make) -> None:
    server = HungServer()
    rig = ServerThread()
    picture = snapshot_jpeg(rig.yard, "101")
    rig.loop.close()
    page = make(CameraStreams(lambda _: server.url()), CameraSnapshot(picture))

    async def work() -> None:
        page.activated()
        await until(lambda: not page.view.image.isNull())
        assert page.view.words.headline == "Connecting"
        page.close_page()
        await until(lambda: not live_threads())

    run(work())
    server.stop()


def test_a_hung_camera_does_not_hold_the_window(run, make) -> None:
    server = HungServer()
    page = make(CameraStreams(lambda _: server.url()))

    async def work() -> None:
        page.activated()
        await until(lambda: page.player is not None)
        for _ in range(20):  # the loop turns although the camera says nothing
            await asyncio.sleep(0.01)
        before = time.monotonic()
        page.close_page()
        page.close()
        # The limit for an answer is 20 s: whatever ended this, it was not that.
        assert time.monotonic() - before < 10
        await until(lambda: not live_threads())

    run(work())
    server.stop()


def test_what_goes_wrong_before_the_stream_is_said_and_can_be_tried_again(run, make, camera) -> None:
    streams = CameraStreams(camera.url)
    streams.error = Unreachable("Nobody answers at 127.17.2.1.", hint="Check the cable.")
    page = make(streams)

    async def work() -> None:
        page.activated()
        await until(lambda: page.view.words.headline == "Nobody answers at 127.17.2.1.")
        assert page.view.words.text == "Check the cable."
        assert page.again.isVisible()
        streams.error = None
        page.again.click()
        await playing(page)
        assert not page.again.isVisible()
        page.close_page()

    run(work())


def test_a_camera_without_streams_says_so(run, make, camera) -> None:
    page = make(CameraStreams(camera.url, ()))

    async def work() -> None:
        page.activated()
        await until(lambda: page.view.words.headline == "Gate 1 offers no stream.")
        page.close_page()

    run(work())


def test_a_refused_stream_is_not_tried_again_by_itself(run, make, camera) -> None:
    camera.yard.challenges = ()
    page = make(CameraStreams(camera.url))

    async def work() -> None:
        page.activated()
        await until(lambda: page.view.status is not None and page.view.status.phase is StreamPhase.FAILED)
        assert page.again.isVisible()
        await until(lambda: not live_threads())
        page.close_page()

    run(work())


@given(name=st.text(max_size=200), at=st.floats(0, 4e9))
def test_any_name_makes_a_file_name(tmp_path_factory, name: str, at: float) -> None:
    folder = Path(tmp_path_factory.getbasetemp()) / "names"
    path = free_path(folder, name.encode("utf-8", "replace").decode(), at)
    assert path.parent == folder
    assert path.suffix == ".jpg"
    path.write_bytes(b"x")
    again = free_path(folder, name.encode("utf-8", "replace").decode(), at)
    assert again != path
    path.unlink()


def test_the_same_stream_through_the_web_server() -> None:
    plain = StreamEndpoint("rtsp://cam:554/Streaming/Channels/101?a=1", "admin", "x")
    assert inside_http(plain, Address("cam")).url == "rtsph://cam:80/Streaming/Channels/101?a=1"
    assert inside_http(plain, Address("::1", 443)).url == "rtsphs://[::1]:443/Streaming/Channels/101?a=1"
    assert inside_http(plain, Address("cam")).user == "admin"


@pytest.mark.parametrize(("level", "shown"), [(0.0, 0.0), (1.0, 1.0), (0.001, 0.0), (0.5, 0.9), (0.01, 1 / 3)])
def test_the_meter_counts_in_decibels(level: float, shown: float) -> None:
    assert place(level) == pytest.approx(shown, abs=0.01)


def test_a_stream_is_described_by_what_is_known() -> None:
    assert describe(StreamInfo("1", 1, "main", "Main")) == ""
    assert (
        describe(StreamInfo("1", 1, "main", "Main", "h265", 1920, 1080, 12.5)) == "H.265  ·  1920 × 1080  ·  12.5 fps"
    )

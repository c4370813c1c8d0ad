"""The picture on the screen: a real stream of the simulated camera through the real player into the widget."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_rig import HungServer, ServerThread, Yard, live_threads
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from app.model.stream import StreamEndpoint
from app.simulator.painter import snapshot_jpeg
from app.simulator.rtsp_sessions import RtspQuirks
from app.video.frame import Frame, StreamPhase, StreamStats, StreamStatus
from app.video.player import Player
from ui.video.drawing import decode_still
from ui.video.view import VideoView
from ui.video.words import statistics, status_words

pytestmark = pytest.mark.gui
WAIT = 20_000
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def camera() -> Iterator[ServerThread]:
    server = ServerThread()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def view(qtbot) -> VideoView:
    view = VideoView("Gate 1")
    qtbot.addWidget(view)
    view.resize(480, 360)
    view.show()
    qtbot.waitExposed(view)
    return view


@pytest.fixture
def play(qtbot, view):
    players: list[Player] = []

    def start(url: str, transport: str = "tcp") -> Player:
        inlet = view.attach()
        player = Player(StreamEndpoint(url, transport=transport), inlet.mailbox, inlet.on_status)
        players.append(player)
        view.show_statistics_of(player.stats)
        view.area_changed.connect(player.set_view)
        player.set_view(*view.area)
        player.start()
        return player

    yield start
    for player in players:
        player.stop()
    qtbot.waitUntil(lambda: not live_threads(), timeout=WAIT)


def grab(view: VideoView) -> QImage:
    return view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def frame_of(colour: int, width: int = 480, height: int = 270, stride: int = 0) -> Frame:
    stride = stride or width * 4
    data = memoryview(bytearray(colour.to_bytes(4, "little") * (stride // 4) * height))
    return Frame(data, width, height, stride, 1, 0.0, 0.0, width, height)


def test_frames_are_shown_and_move(qtbot, view, camera, play) -> None:
    play(camera.url())
    qtbot.waitUntil(lambda: view.painted > 2, timeout=WAIT)
    first = grab(view)
    qtbot.waitUntil(lambda: grab(view) != first, timeout=WAIT)
    assert view.status is not None
    assert view.status.phase is StreamPhase.PLAYING
    assert view.image.size().toTuple() == (480, 270)  # fitted by the player, nothing is scaled here
    assert grab(view).pixelColor(240, 10).name() == "#0b0e12"  # letterbox
    assert grab(view).pixelColor(240, 60).blue() > 100  # sky


def test_the_picture_is_painted_pixel_by_pixel(view, qtbot) -> None:
    inlet = view.attach()
    frame = frame_of(0xFF204060, stride=480 * 4 + 64)
    for x in range(0, 480, 2):
        frame.data[x * 4 : x * 4 + 4] = b"\x00\x00\xff\xff"
    inlet.mailbox.put(frame)
    qtbot.waitUntil(lambda: view.painted == 1)
    picture = grab(view)
    assert [picture.pixelColor(x, 45).name() for x in range(3)] == ["#ff0000", "#204060", "#ff0000"]
    assert picture.pixelColor(0, 44).name() == "#0b0e12"
    assert picture.pixelColor(479, 314).name() == "#204060"
    assert picture.pixelColor(479, 315).name() == "#0b0e12"


def test_no_more_than_one_signal_waits_and_the_newest_frame_wins(view, qtbot) -> None:
    inlet = view.attach()
    signals: list[int] = []
    inlet.ready.connect(lambda: signals.append(1), Qt.ConnectionType.QueuedConnection)

    def flood() -> None:
        for level in range(200):
            inlet.mailbox.put(frame_of(0xFF000000 + level))

    flooding = threading.Thread(target=flood)
    flooding.start()
    flooding.join()
    qtbot.waitUntil(lambda: view.painted == 1)
    qtbot.wait(20)
    assert len(signals) == 1
    assert view.painted == 1
    assert view.image.pixelColor(5, 5).blue() == 199


def test_a_player_that_was_detached_shows_nothing_more(view, qtbot) -> None:
    old = view.attach()
    new = view.attach()
    old.mailbox.put(frame_of(0xFFFF0000))
    old.on_status(StreamStatus(StreamPhase.FAILED, "late", 0.0))
    new.mailbox.put(frame_of(0xFF00FF00))
    qtbot.waitUntil(lambda: view.painted == 1)
    assert view.image.pixelColor(5, 5).name() == "#00ff00"
    assert view.status is None


def test_space_freezes_and_goes_on(qtbot, view, camera, play) -> None:
    player = play(camera.url())
    qtbot.waitUntil(lambda: view.painted > 2, timeout=WAIT)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert view.is_frozen
    assert view.words.headline == "Frozen"
    held, frames = view.image, player.stats().frames
    qtbot.waitUntil(lambda: player.stats().frames > frames + 5, timeout=WAIT)
    assert view.image == held
    QTest.keyClick(view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: view.image != held, timeout=WAIT)


def test_nothing_to_freeze_before_the_first_frame(view) -> None:
    view.set_frozen(True)
    assert not view.is_frozen
    assert not view.controls.freeze.isChecked()


def test_i_shows_statistics_over_the_picture(qtbot, view, camera, play) -> None:
    play(camera.url())
    qtbot.waitUntil(lambda: view.painted > 2, timeout=WAIT)
    view.set_frozen(True)
    before = grab(view)
    QTest.keyClick(view, Qt.Key.Key_I)
    after = grab(view)
    assert before.pixelColor(20, 60) != after.pixelColor(20, 60)
    QTest.keyClick(view, Qt.Key.Key_I)
    assert grab(view) == before


def test_controls_come_with_the_mouse_and_leave_by_themselves(qtbot, view) -> None:
    QTest.mouseMove(view, QPoint(100, 100))
    qtbot.waitUntil(view.controls.isVisible)
    view.controls.rest()
    qtbot.waitUntil(lambda: not view.controls.isVisible())
    QTest.keyClick(view, Qt.Key.Key_I)
    assert view.controls.isVisible()


def test_ctrl_s_asks_for_a_snapshot(qtbot, view) -> None:
    with qtbot.waitSignal(view.snapshot_wanted):
        QTest.keyClick(view, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)


def test_the_still_is_shown_dimmed_until_the_first_frame(qtbot, view) -> None:
    still = QImage(480, 270, QImage.Format.Format_RGB32)
    still.fill(0xFFC0C0C0)
    view.set_still(still)
    assert 80 < grab(view).pixelColor(240, 60).red() < 140
    view.attach().mailbox.put(frame_of(0xFFC0C0C0))
    view.show_status(StreamStatus(StreamPhase.PLAYING, "", 0.0))
    qtbot.waitUntil(lambda: view.painted == 1)
    assert grab(view).pixelColor(240, 60).red() == 0xC0
    view.show_status(StreamStatus(StreamPhase.STALLED, "The camera sends no picture.", time.monotonic()))
    assert grab(view).pixelColor(20, 60).red() < 0xA0
    assert view.words.headline.startswith("Stalled since ")


def test_a_still_that_is_no_picture_is_left_out(view) -> None:
    assert decode_still(b"<html>").isNull()
    view.set_still(b"<html>")
    assert view.image.isNull()
    view.set_still(snapshot_jpeg(Yard(), "101"))
    assert view.image.width() == 640


def test_size_follows_the_widget_and_is_zero_while_hidden(qtbot, view) -> None:
    with qtbot.waitSignal(view.area_changed) as resized:
        view.resize(400, 300)
    assert resized.args == [400, 300]
    with qtbot.waitSignal(view.area_changed) as hidden:
        view.hide()
    assert hidden.args == [0, 0]
    assert view.area == (0, 0)


def test_on_a_dense_screen_pictures_have_device_pixels() -> None:
    code = """
from PySide6.QtWidgets import QApplication
from app.video.frame import Frame
from ui.video.view import VideoView
app = QApplication([])
view = VideoView()
view.resize(300, 200)
view.show()
app.processEvents()
print(view.devicePixelRatioF(), *view.area)
data = memoryview(bytearray(b"\\x00\\x00\\xff\\xff\\xff\\x00\\x00\\xff" * 225 * 300))
view.attach().mailbox.put(Frame(data, 450, 300, 1800, 1, 0.0, 0.0, 450, 300))
app.processEvents()
shot = view.grab().toImage()
print(shot.width(), shot.height(), *(shot.pixelColor(x, 150).name() for x in range(4)))
"""
    surroundings = {**os.environ, "QT_SCALE_FACTOR": "1.5", "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=surroundings, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == ["1.5 450 300", "450 300 #ff0000 #0000ff #ff0000 #0000ff"]


def test_a_resolution_change_in_the_stream_is_followed(qtbot, view, camera, play) -> None:
    play(camera.url())
    qtbot.waitUntil(lambda: view.painted > 2, timeout=WAIT)
    camera.yard.streams["101"] = replace(camera.yard.streams["101"], width=480, height=360)
    qtbot.waitUntil(lambda: view.image.height() == 360, timeout=WAIT)


def test_a_camera_that_goes_away_and_comes_back(qtbot, view, camera, play) -> None:
    player = play(camera.url())
    qtbot.waitUntil(lambda: view.painted > 2, timeout=WAIT)
    camera.call(camera.server.drop_all)
    qtbot.waitUntil(lambda: view.status.phase is StreamPhase.RECONNECTING, timeout=WAIT)
    assert view.words.headline.startswith("No picture since ")
    assert not view.image.isNull()
    qtbot.waitUntil(lambda: view.status.phase is StreamPhase.PLAYING, timeout=WAIT)
    assert player.stats().reconnects >= 1


def test_a_silent_camera_is_said_to_wait(qtbot, view, play) -> None:
    server = ServerThread(RtspQuirks(silent_after_play=True))
    server.start()
    player = play(server.url())
    qtbot.waitUntil(lambda: view.words.headline.startswith("Waiting for a key frame since "), timeout=WAIT)
    player.stop()
    server.stop()


def test_a_hung_server_neither_holds_the_window_nor_its_end(qtbot, view, play) -> None:
    server = HungServer()
    player = play(server.url())
    for _ in range(20):
        qtbot.wait(10)
    assert view.words.headline == "Connecting"
    before = time.monotonic()
    player.stop()
    view.detach()
    view.close()
    # The limit for an answer is 20 s: whatever ended this, it was not that.
    assert time.monotonic() - before < 10
    assert player.join(10)
    server.stop()


@given(
    phase=st.sampled_from(StreamPhase),
    text=st.text(max_size=40),
    hint=st.text(max_size=40),
    retry=st.one_of(st.none(), st.floats(0, 60)),
)
def test_every_status_has_words_but_playing(phase: StreamPhase, text: str, hint: str, retry: float | None) -> None:
    words = status_words(StreamStatus(phase, text, 10.0, hint, retry), 20.0, 1e9)
    if phase in (StreamPhase.PLAYING, StreamPhase.STOPPED):
        assert words.headline == ""
    elif phase is not StreamPhase.FAILED:
        assert words.headline


def test_stalled_since_is_a_time_of_day() -> None:
    status = StreamStatus(StreamPhase.STALLED, "The camera sends no picture.", since=100.0)
    now = time.mktime((2026, 11, 20, 14, 32, 40, 0, 0, -1))
    assert status_words(status, 130.0, now).headline == "Stalled since 14:32:10"


def test_statistics_say_what_is_not_known() -> None:
    rows = dict(statistics(StreamStats()))
    assert rows["Transport"] == "–"
    rows = dict(statistics(StreamStats(codec="h265", width=3840, height=2160, received_fps=25, bitrate_kbps=12345)))
    assert rows["Stream"] == "H.265  3840 × 2160"
    assert rows["Received"] == "25.0 fps  12 345 kbps"

"""The owner of a stream in a view: one player at a time, ended by whatever ends first, and asked for nothing then."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from shiboken6 import delete

from app.errors import ConnectionLost
from app.model.stream import StreamEndpoint
from app.video.frame import StreamPhase, StreamStats, StreamStatus
from ui.video.view import VideoView
from ui.video.viewing import Viewing

pytestmark = pytest.mark.gui
ENDPOINT = StreamEndpoint("rtsp://127.71.20.1/1", "admin", "secret")


class OnePlayer:
    """Notes what is done to it."""

    recording = None

    def __init__(self, endpoint, mailbox, on_status) -> None:
        self.done: list[str] = []
        self.sizes: list[tuple[int, int]] = []
        self.on_status = on_status
        self.status = StreamStatus(StreamPhase.CONNECTING, "", 0.0)

    def stats(self) -> StreamStats:
        return StreamStats()

    def set_view(self, width: int, height: int) -> None:
        self.sizes.append((width, height))

    def start(self) -> None:
        self.done.append("start")

    def stop(self) -> None:
        self.done.append("stop")


@pytest.fixture
def stage(qtbot, theme):
    """A page with a view, its viewing, and every player that was made."""
    page = QWidget()
    page.resize(640, 360)
    view = VideoView("Gate", page)
    view.resize(640, 360)
    viewing = Viewing(view, page)
    made: list[OnePlayer] = []

    def make(*given) -> OnePlayer:
        made.append(OnePlayer(*given))
        return made[-1]

    viewing.make_player = make
    page.show()
    return page, view, viewing, made


def test_another_stream_ends_the_one_before(stage):
    _, _, viewing, made = stage
    heard: list[object] = []
    viewing.changed.connect(heard.append)
    viewing.play(ENDPOINT)
    viewing.play(ENDPOINT)
    assert [each.done for each in made] == [["start", "stop"], ["start"]]
    assert heard == [made[0], None, made[1]]
    assert viewing.player is made[1]
    assert made[1].sizes
    viewing.stop()
    viewing.stop()
    assert made[1].done == ["start", "stop"]
    assert heard[-1] is None
    assert viewing.player is None


def test_after_closing_nothing_plays_any_more(stage):
    _, _, viewing, made = stage
    viewing.play(ENDPOINT)
    viewing.close()
    viewing.close()
    viewing.play(ENDPOINT)
    assert [each.done for each in made] == [["start", "stop"]]


@pytest.mark.parametrize("which", ["page", "view"])
def test_a_view_that_is_destroyed_takes_its_stream_along(stage, which):
    """Nobody closes anything: the page, or the view alone, just goes."""
    page, view, viewing, made = stage
    viewing.play(ENDPOINT)
    delete(page if which == "page" else view)
    assert made[0].done == ["start", "stop"]


def test_closing_works_when_the_view_has_gone(stage):
    _, view, viewing, made = stage
    viewing.play(ENDPOINT)
    delete(view)
    viewing.close()
    assert made[0].done == ["start", "stop"]


def test_whoever_listens_may_not_keep_the_stream_alive(stage, qtbot):
    """A listener that fails while the stream ends is told about, and the player ends all the same."""
    _, _, viewing, made = stage

    class Failing(QObject):
        def listen(self, player: object) -> None:
            if player is None:
                raise ValueError("no")

    failing = Failing()
    viewing.play(ENDPOINT)
    viewing.changed.connect(failing.listen)
    with qtbot.capture_exceptions() as caught:
        viewing.close()
    assert made[0].done == ["start", "stop"]
    assert [kind for kind, _, _ in caught] == [ValueError]


def test_a_player_that_cannot_be_made_leaves_nothing_behind(stage):
    _, _, viewing, made = stage
    viewing.play(ENDPOINT)
    good = viewing.make_player

    def fail(*given):
        raise MemoryError

    viewing.make_player = fail
    with pytest.raises(MemoryError):
        viewing.play(ENDPOINT)
    assert viewing.player is None
    viewing.make_player = good
    viewing.play(ENDPOINT)
    assert [each.done for each in made] == [["start", "stop"], ["start"]]


def test_waiting_is_told_once_for_each_time(stage):
    _, view, viewing, _ = stage
    told: list[int] = []
    viewing.waiting.connect(lambda: told.append(1))
    viewing.play(ENDPOINT)
    for phase in (StreamPhase.WAITING, StreamPhase.WAITING, StreamPhase.PLAYING, StreamPhase.WAITING):
        view.show_status(StreamStatus(phase, "", time.monotonic()))
    assert len(told) == 2


def test_what_goes_wrong_is_said_in_the_view(stage):
    _, view, viewing, _ = stage
    viewing.fail(ConnectionLost("Gate is gone.", hint="Look at its cable."))
    assert view.status is not None
    assert (view.status.phase, view.status.text, view.status.hint) == (
        StreamPhase.FAILED, "Gate is gone.", "Look at its cable.",
    )  # fmt: skip

"""The player as a view sees it: pictures in the mailbox, a status in words, and an end whenever it is asked for."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from live_media import Clip, packetise
from live_server import CLOSE, HANG, Script, Server
from PIL import Image

from app.errors import VideoError
from app.model.stream import StreamEndpoint
from app.transport.packets import Limits
from app.video.frame import Frame, Mailbox, StreamPhase, StreamStatus
from app.video.player import Patience, Player
from app.video.source import RtspSource

LONG = 60.0  # seconds: how long a condition may take before the test fails
QUICK = Patience(Limits(connect=5, answer=20, silence=20), stalled=20, retries=(0.05,))


class Watcher:
    """A player with what it said, in order."""

    def __init__(self, server: Server, patience: Patience = QUICK, user: str = "", password: str = "") -> None:
        self.said: list[StreamStatus] = []
        self.mailbox = Mailbox()
        self.player = Player(
            StreamEndpoint(server.url, user, password), self.mailbox, self.said.append, patience=patience
        )

    def __enter__(self) -> Watcher:
        self.player.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.player.stop()
        assert self.player.join(LONG)

    @property
    def phases(self) -> list[StreamPhase]:
        return [status.phase for status in self.said]

    def until(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + LONG
        while not condition():
            assert time.monotonic() < deadline, self.said
            time.sleep(0.005)

    def frame(self, fits: Callable[[Frame], bool] = lambda _: True) -> Frame:
        taken: list[Frame] = []

        def look() -> bool:
            frame = self.mailbox.take()
            if frame is not None and fits(frame):
                taken.append(frame)
            return bool(taken)

        self.until(look)
        return taken[0]


def playing(clip: Clip, **changes: object) -> Script:
    return Script(**{"sdp": clip.sdp(), "pictures": packetise(clip), **changes})  # type: ignore[arg-type]


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("live ")}


def test_pictures_fit_the_view_and_the_status_has_words(h264: Clip) -> None:
    with Server(playing(h264)) as server, Watcher(server) as watcher:
        frame = watcher.frame()
        assert (frame.width, frame.height, frame.source_width, frame.source_height) == (320, 240, 320, 240)
        watcher.player.set_view(100, 400)
        frame = watcher.frame(lambda f: f.width == 100)
        assert frame.height == 75
        assert len(frame.data) >= frame.stride * frame.height
        assert frame.stride >= 400
        assert frame.received <= frame.decoded <= time.monotonic()
        watcher.until(lambda: watcher.player.stats().gop == 10)
        stats = watcher.player.stats()
        assert (stats.codec, stats.width, stats.height, stats.transport) == ("H264", 320, 240, "tcp")
        assert stats.fps > 0
        assert stats.bitrate_kbps > 0
        assert stats.first_frame_ms is not None
    assert watcher.phases == [StreamPhase.CONNECTING, StreamPhase.WAITING, StreamPhase.PLAYING, StreamPhase.STOPPED]
    assert all(status.text for status in watcher.said)


def test_a_frame_stays_readable_after_the_player_is_gone(h264: Clip) -> None:
    with Server(playing(h264)) as server, Watcher(server) as watcher:
        frame = watcher.frame()
    assert any(bytes(frame.data))


def test_a_hidden_view_costs_no_scaling_and_keeps_the_snapshot(h264: Clip, tmp_path: Path) -> None:
    with Server(playing(h264)) as server, Watcher(server) as watcher:
        watcher.player.set_view(0, 0)
        watcher.until(lambda: watcher.player.stats().frames > 3)
        watcher.mailbox.take()
        frames = watcher.player.stats().frames
        watcher.until(lambda: watcher.player.stats().frames > frames + 3)
        assert watcher.mailbox.take() is None
        watcher.player.snapshot(tmp_path / "now.png")
        with Image.open(tmp_path / "now.png") as image:
            assert image.size == (320, 240)
        with Image.open(io.BytesIO(watcher.player.latest_picture_jpeg())) as image:
            assert image.size == (320, 240)


def test_no_picture_yet(h264: Clip) -> None:
    player = Player(StreamEndpoint("rtsp://127.15.0.1/x"), Mailbox())
    with pytest.raises(VideoError):
        player.latest_picture_jpeg()
    player.stop()
    assert player.join(1)


def test_pictures_nobody_takes_are_replaced_and_counted(h264: Clip) -> None:
    with Server(playing(h264)) as server, Watcher(server) as watcher:
        watcher.until(lambda: watcher.player.stats().dropped > 3)
        frame = watcher.mailbox.take()
        assert frame is not None
        assert frame.number > 3


@pytest.mark.parametrize("method", ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"])
def test_stop_returns_at_once_while_the_camera_hangs(method: str, h264: Clip) -> None:
    with Server(playing(h264, answers={method: HANG})) as server:
        watcher = Watcher(server)
        watcher.player.start()
        watcher.until(lambda: server.count(method))
        started = time.monotonic()
        watcher.player.stop()
        took = time.monotonic() - started
        assert watcher.player.status.phase is StreamPhase.STOPPED
        assert watcher.player.join(LONG)
        # The limit for an answer is 20 s: whatever ended this, it was not that.
        assert took < 5
        assert watcher.phases[-1] is StreamPhase.STOPPED


def test_stop_in_the_pause_before_a_new_try(h264: Clip) -> None:
    patience = Patience(QUICK.limits, retries=(3600.0,))
    with Server(playing(h264, answers={"DESCRIBE": 503})) as server, Watcher(server, patience) as watcher:
        watcher.until(lambda: watcher.player.status.phase is StreamPhase.RECONNECTING)
        assert watcher.player.status.retry_in == 3600


def test_a_server_that_dies_is_asked_again(h264: Clip) -> None:
    with Server(playing(h264, loop=False, after=CLOSE)) as server, Watcher(server) as watcher:
        watcher.until(lambda: watcher.player.stats().reconnects >= 2)
        watcher.until(lambda: watcher.phases.count(StreamPhase.PLAYING) >= 2)
        assert StreamPhase.RECONNECTING in watcher.phases
        assert "closed the connection" in next(s.text for s in watcher.said if s.phase is StreamPhase.RECONNECTING)


@pytest.mark.parametrize("status", [453, 503])
def test_a_busy_camera_is_asked_again(status: int, h264: Clip) -> None:
    def busy(count: int) -> int:
        return status if count < 3 else 200

    with Server(playing(h264, answers={"PLAY": busy})) as server, Watcher(server) as watcher:
        watcher.frame()
        assert server.count("PLAY") == 3


@pytest.mark.parametrize("status", [403, 404])
def test_final_refusals_are_not_repeated(status: int, h264: Clip) -> None:
    with Server(playing(h264, answers={"DESCRIBE": status})) as server, Watcher(server) as watcher:
        watcher.until(lambda: watcher.player.status.phase is StreamPhase.FAILED)
        assert watcher.player.join(LONG)
        assert server.connections == 1


@pytest.mark.parametrize(
    "url", ["rtsp://127.15.0.1:x/live", "rtsp:///live", "rtsp://[::1/live", "what", "ftp://127.15.0.1/"]
)
def test_an_address_that_is_none_fails_at_once(url: str) -> None:
    player = Player(StreamEndpoint(url), Mailbox(), patience=QUICK)
    player.start()
    assert player.join(LONG)
    assert player.status.phase is StreamPhase.FAILED


def test_a_wrong_password_is_not_repeated(h264: Clip) -> None:
    with Server(playing(h264, auth="md5")) as server, Watcher(server, user="admin", password="no") as watcher:
        watcher.until(lambda: watcher.player.status.phase is StreamPhase.FAILED)
        assert watcher.player.join(LONG)
        assert sum(1 for _, _, headers in server.requests if "authorization" in headers) == 1
        assert "password" in watcher.player.status.text


def test_a_stalled_stream_says_so_and_goes_on(h264: Clip) -> None:
    pause = threading.Event()
    sent = {"n": 0}

    def stutter(packets: list[bytes]) -> list[bytes]:
        sent["n"] += 1
        if sent["n"] == 5:
            pause.wait(LONG)
        return packets

    patience = Patience(QUICK.limits, stalled=0.3)
    with Server(playing(h264, mangle=stutter)) as server, Watcher(server, patience) as watcher:
        watcher.until(lambda: watcher.player.status.phase is StreamPhase.STALLED)
        pause.set()
        watcher.until(lambda: watcher.player.status.phase is StreamPhase.PLAYING)


def test_a_change_of_codec_is_followed(h264: Clip, h265: Clip) -> None:
    script = playing(h264)
    with Server(script) as server, Watcher(server) as watcher:
        watcher.until(lambda: watcher.player.stats().frames > 3)
        # The first connection goes on under its old description, as cameras do.
        script.pictures, script.sdp = packetise(h265), h265.sdp()
        watcher.until(lambda: watcher.player.stats().codec == "H265")
        watcher.until(lambda: watcher.player.status.phase is StreamPhase.PLAYING)
        assert any("decoded any more" in status.text for status in watcher.said)


def test_one_picture_a_second_is_no_stall(h264: Clip) -> None:
    """Patience is longer than the interval here as it is in the product: 2 s against 1 s."""
    patience = Patience(QUICK.limits, stalled=30.0)
    with Server(playing(h264, pace=1.0)) as server, Watcher(server, patience) as watcher:
        watcher.until(lambda: watcher.player.stats().frames >= 3)
        assert StreamPhase.STALLED not in watcher.phases
        stats = watcher.player.stats()
        assert 0.2 < stats.received_fps <= 1.1
        assert stats.age_ms is not None


def test_a_camera_that_sets_its_clock_plays_on(h264: Clip) -> None:
    jumps = {"n": 0}

    def jump(packets: list[bytes]) -> list[bytes]:
        jumps["n"] += 1
        shift = (jumps["n"] // 7) * 1_234_567_890
        return [p[:4] + ((int.from_bytes(p[4:8], "big") + shift) % 2**32).to_bytes(4, "big") + p[8:] for p in packets]

    with Server(playing(h264, mangle=jump)) as server, Watcher(server) as watcher:
        watcher.until(lambda: watcher.player.stats().frames >= 40)
        stats = watcher.player.stats()
        assert (stats.reconnects, stats.corrupt, stats.gaps) == (0, 0, 0)
        assert stats.jitter_ms < 1000


def test_silence_leads_to_a_new_connection(h264: Clip) -> None:
    patience = Patience(Limits(answer=20, silence=0.4), retries=(0.05,))
    with Server(playing(h264, loop=False)) as server, Watcher(server, patience) as watcher:
        watcher.until(lambda: server.connections >= 2)
        assert watcher.phases.count(StreamPhase.RECONNECTING) >= 1


def test_an_exception_from_within_is_seen_and_survived(h264: Clip, caplog: pytest.LogCaptureFixture) -> None:
    class Bomb(RtspSource):
        def read(self, wait: float) -> list:  # type: ignore[type-arg]
            raise RuntimeError("a codec blew up")

    said: list[StreamStatus] = []
    with Server(playing(h264)) as server:
        player = Player(
            StreamEndpoint(server.url),
            Mailbox(),
            said.append,
            patience=QUICK,
            make_source=lambda e, limits: Bomb(e, limits),
        )
        player.start()
        deadline = time.monotonic() + LONG
        while player.stats().reconnects < 2:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        player.stop()
        assert player.join(LONG)
    assert any("failed inside" in status.text for status in said)
    assert "a codec blew up" in caplog.text


def test_a_listener_that_raises_does_not_end_the_stream(h264: Clip, caplog: pytest.LogCaptureFixture) -> None:
    def bad(_: StreamStatus) -> None:
        raise ValueError("no window any more")

    mailbox = Mailbox()
    with Server(playing(h264)) as server:
        player = Player(StreamEndpoint(server.url), mailbox, bad, patience=QUICK)
        player.start()
        deadline = time.monotonic() + LONG
        while mailbox.take() is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        player.stop()
        assert player.join(LONG)
    assert "no window any more" in caplog.text


def test_nothing_is_left_after_many_players(h264: Clip) -> None:
    def sockets() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    with Server(playing(h264)) as server:
        with Watcher(server) as watcher:
            watcher.frame()
        time.sleep(0.1)
        before = sockets() - len(server._sockets)
        for _ in range(15):
            with Watcher(server) as watcher:
                watcher.frame()
        assert not threads()
        assert sockets() - len(server._sockets) <= before + 2


def test_no_picture_is_put_after_stop(h264: Clip) -> None:
    with Server(playing(h264, pace=0.001)) as server, Watcher(server) as watcher:
        watcher.frame()
        watcher.player.stop()
        assert watcher.player.join(LONG)
        watcher.mailbox.take()
        assert watcher.mailbox.take() is None
        assert watcher.player.status.phase is StreamPhase.STOPPED

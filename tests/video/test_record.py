"""Recordings: what is in the file is what was sent, and a file that was cut off plays."""

from __future__ import annotations

import contextlib
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_media import Clip, encode_clip, nal_units, packetise, rtp
from live_server import CLOSE, Script, Server

from app.errors import InvalidSetting, VideoError
from app.model.stream import StreamEndpoint
from app.transport.packets import Limits
from app.video.frame import Mailbox
from app.video.player import Patience, Player
from app.video.record import Order, Recorder, Timeline
from app.wire.rtp import AccessUnit
from app.wire.rtp_audio import SoundUnit
from app.wire.sdp import Track

B_FRAMES = {"preset": "medium", "tune": "psnr", "x265-params": "log-level=none:repeat-headers=1:pools=1:b-adapt=0"}
PCMA = Track("audio", 8, "PCMA", 8000)


def recorded(path: Path, clip: Clip, sound: Track | None = None, start: int = 2**32 - 50_000) -> Path:
    recorder = Recorder(path)
    recorder.begin(clip.codec, sound)
    for number, (unit, key) in enumerate(zip(clip.units, clip.keys, strict=True)):
        recorder.picture(AccessUnit(unit, (start + number * 3600) % 2**32, key, False), number * 0.04)
    result = recorder.close()
    assert result.error == ""
    assert result.size == path.stat().st_size
    return result.files[0]


@contextlib.contextmanager
def at_most(size: int) -> Iterator[None]:
    """A full disk: no file of this process grows beyond size bytes."""
    resource = pytest.importorskip("resource", reason="needs a limit on file sizes")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def content(path: Path) -> list[tuple[float, list[bytes]]]:
    """Time and NAL units of each packet as another reader finds them."""
    found = []
    with av.open(str(path)) as container:
        for packet in container.demux(video=0):
            if packet.size:
                found.append((float(packet.pts * packet.time_base), bytes(packet)))
    return found


def pictures(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


@pytest.mark.parametrize("ending", [".mp4", ".mov"])
@pytest.mark.parametrize("codec", ["h264", "h265", "jpeg"])
def test_every_picture_is_kept_with_its_time(
    codec: str, ending: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    clip: Clip = request.getfixturevalue(codec)
    path = recorded(tmp_path / f"gate{ending}", clip)
    times = [time_ for time_, _ in content(path)]
    assert times == pytest.approx([n * 0.04 for n in range(len(clip.units))], abs=0.002)
    assert pictures(path) == len(clip.units)


def test_nothing_is_encoded_again(h264: Clip, tmp_path: Path) -> None:
    path = recorded(tmp_path / "gate.mp4", h264)
    sent = [unit for data in h264.units for unit in nal_units(data) if unit[0] & 31 in (1, 5)]
    kept = path.read_bytes()
    assert all(unit in kept for unit in sent)


@pytest.mark.parametrize("ending", [".mp4", ".mov"])
def test_a_file_that_was_cut_off_plays(ending: str, tmp_path: Path) -> None:
    clip = encode_clip("H264", count=60)
    recorder = Recorder(tmp_path / f"gate{ending}")
    recorder.begin("H264", None)
    for number, (unit, key) in enumerate(zip(clip.units, clip.keys, strict=True)):
        recorder.picture(AccessUnit(unit, number * 3600, key, False), number * 0.04)
    torn = tmp_path / f"torn{ending}"
    shutil.copy(tmp_path / f"gate{ending}", torn)  # as after a crash: nothing was closed
    recorder.close()
    assert pictures(torn) >= 40


def test_a_change_of_parameters_begins_a_new_file(h264: Clip, tmp_path: Path) -> None:
    small = encode_clip("H264", 160, 96, count=10)
    recorder = Recorder(tmp_path / "gate.mp4")
    recorder.begin("H264", None)
    units = [*zip(h264.units, h264.keys, strict=True), *zip(small.units, small.keys, strict=True)]
    for number, (unit, key) in enumerate(units):
        recorder.picture(AccessUnit(unit, number * 3600, key, False), number * 0.04)
    recorder.begin("JPEG", None)  # a new connection, another codec
    jpeg = encode_clip("JPEG", count=3)
    for number, unit in enumerate(jpeg.units):
        recorder.picture(AccessUnit(unit, number * 3600, True, False), number * 0.04)
    result = recorder.close()
    assert [path.name for path in result.files] == ["gate.mp4", "gate (2).mp4", "gate (3).mp4"]
    assert [pictures(path) for path in result.files] == [len(h264.units), 10, 3]


def test_pictures_sent_out_of_their_order(tmp_path: Path) -> None:
    clip = encode_clip("H265", count=40, b_frames=3, options=B_FRAMES)
    order = clip.shown
    assert order != sorted(order)
    recorder = Recorder(tmp_path / "gate.mp4")
    recorder.begin("H265", None)
    for number, (unit, key) in enumerate(zip(clip.units, clip.keys, strict=True)):
        recorder.picture(AccessUnit(unit, order[number] * 3600, key, False), number * 0.04)
    path = recorder.close().files[0]
    shown = [time_ for time_, _ in content(path)]
    assert len(shown) == 40
    # The first group may be a little off, until the order is known; the rest is exact.
    assert shown[12:] == pytest.approx([(place - order[0]) * 0.04 for place in order[12:]], abs=0.002)
    assert pictures(path) == 40


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=60))
def test_decoding_times_always_grow_and_are_never_late(stamps: list[int]) -> None:
    timeline, order = Timeline(), Order()
    last = None
    for number, stamp in enumerate(stamps):
        shown, decoded = order.times(timeline.ticks(stamp, number * 0.04))
        assert decoded <= shown
        assert last is None or decoded > last
        last = decoded


def test_a_camera_that_sets_its_clock(h264: Clip, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "gate.mp4")
    recorder.begin("H264", None)
    jump = random.Random(1).randrange(10**9, 2 * 10**9)
    for number, (unit, key) in enumerate(zip(h264.units, h264.keys, strict=True)):
        stamp = number * 3600 + (jump if number >= 10 else 0) - (jump // 2 if number >= 20 else 0)
        recorder.picture(AccessUnit(unit, stamp % 2**32, key, False), number * 0.04)
    times = [time_ for time_, _ in content(recorder.close().files[0])]
    assert times == pytest.approx([n * 0.04 for n in range(30)], abs=0.01)


def test_sound_is_kept_where_the_file_can(h264: Clip, tmp_path: Path) -> None:
    for ending, kept in ((".mov", True), (".mp4", False)):
        recorder = Recorder(tmp_path / f"gate{ending}")
        recorder.begin("H264", PCMA)
        for number, (unit, key) in enumerate(zip(h264.units, h264.keys, strict=True)):
            recorder.picture(AccessUnit(unit, number * 3600, key, False), time.monotonic())
            recorder.sound([SoundUnit(bytes([number]) * 320, number * 320)])
        result = recorder.close()
        assert ("PCMA" in result.note) is not kept
        with av.open(str(result.files[0])) as container:
            assert len(container.streams.audio) == kept
            if kept:
                sound = b"".join(bytes(packet) for packet in container.demux(audio=0))
                assert sound == b"".join(bytes([number]) * 320 for number in range(30))


def test_aac_in_mp4(h264: Clip, tmp_path: Path) -> None:
    encoder = av.CodecContext.create("aac", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 16000, "mono", "fltp"
    encoder.open()
    frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
    frame.planes[0].update(bytes(4096))
    frame.sample_rate = 16000
    units = []
    for number in range(20):
        frame.pts = number * 1024
        units += [bytes(packet) for packet in encoder.encode(frame)]
    config = bytes(encoder.extradata or b"").hex()
    track = Track("audio", 97, "AAC", 16000, fmtp={"config": config, "mode": "AAC-hbr"})
    recorder = Recorder(tmp_path / "gate.mp4")
    recorder.begin("H264", track)
    for number, (unit, key) in enumerate(zip(h264.units, h264.keys, strict=True)):
        recorder.picture(AccessUnit(unit, number * 3600, key, False), time.monotonic())
        if number < len(units):
            recorder.sound([SoundUnit(units[number], number * 1024)])
    result = recorder.close()
    assert (result.error, result.note) == ("", "")
    with av.open(str(result.files[0])) as container:
        assert sum(1 for _ in container.decode(audio=0)) >= len(units) - 1


def test_places_where_nothing_can_be_kept(h264: Clip, tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting):
        Recorder(tmp_path / "gate.avi")
    (tmp_path / "file").write_text("in the way")
    player = Player(StreamEndpoint("rtsp://127.15.0.1/x"), Mailbox())
    with pytest.raises(VideoError):
        player.record(tmp_path / "file" / "gate.mp4")
    with pytest.raises(VideoError):
        player.stop_recording()
    player.stop()


@pytest.mark.parametrize("ending", [".mp4", ".mov"])
@pytest.mark.parametrize("share", [0.0, 0.6])
def test_a_full_disk_ends_the_recording_alone(ending: str, share: float, tmp_path: Path) -> None:
    """In words, with what is kept: that plays, and a file that would not is not left behind."""
    clip = encode_clip("H264", count=60)
    room = int(recorded(tmp_path / f"whole{ending}", clip).stat().st_size * share)
    recorder = Recorder(tmp_path / f"gate{ending}")
    recorder.begin("H264", None)
    with at_most(room):
        for number, (unit, key) in enumerate(zip(clip.units, clip.keys, strict=True)):
            recorder.picture(AccessUnit(unit, number * 3600, key, False), number * 0.04)
        result = recorder.close()
    assert result.error.startswith("The disk is full: ")
    assert list(tmp_path.glob("gate*")) == list(result.files)
    if not room:
        assert result.files == ()
        assert "nothing of the recording was kept" in result.error
        return
    assert 0 < result.seconds < 60 * 0.04
    assert f"About {round(result.seconds)} s of it are kept" in result.error
    assert result.size == result.files[0].stat().st_size <= room
    assert pictures(result.files[0]) == round(result.seconds / 0.04)  # none of them torn


def test_a_player_records_through_a_reconnect(h264: Clip, tmp_path: Path) -> None:
    sound = "\r\n".join(["m=audio 0 RTP/AVP 8", "a=control:trackID=2"])
    packets = [rtp(bytes([n]) * 160, n, n * 160, marker=True, kind=8, ssrc=9) for n in range(200)]
    script = Script(sdp=h264.sdp(extra=sound), pictures=packetise(h264), loop=False, after=CLOSE, sound=packets)
    patience = Patience(Limits(connect=5, answer=20, silence=20), stalled=20, retries=(0.05,))
    with Server(script) as server:
        player = Player(StreamEndpoint(server.url), Mailbox(), patience=patience)
        player.record(tmp_path / "deep" / "gate.mov")
        player.start()
        deadline = time.monotonic() + 60
        while player.stats().reconnects < 2:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        state = player.recording
        assert state is not None
        assert state.size > 0
        result = player.stop_recording()
        assert player.recording is None
        player.stop()
        assert player.join(60)
    assert len(result.files) >= 2
    assert result.error == ""
    assert pictures(result.files[0]) == len(h264.units)
    with av.open(str(result.files[0])) as container:
        assert container.streams.audio[0].codec_context.name == "pcm_alaw"


def test_a_player_that_is_stopped_finishes_its_file(h264: Clip, tmp_path: Path) -> None:
    with Server(Script(sdp=h264.sdp(), pictures=packetise(h264))) as server:
        player = Player(StreamEndpoint(server.url), Mailbox())
        player.record(tmp_path / "gate.mp4")
        player.start()
        deadline = time.monotonic() + 60
        while player.stats().frames < 40:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        player.stop()
        assert player.join(60)
    assert pictures(tmp_path / "gate.mp4") >= 30

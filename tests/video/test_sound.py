"""Sound beside the picture: received, decoded, measured, played where there is something to play it on."""

from __future__ import annotations

import array
import itertools
import math
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_media import Clip, packetise, rtp
from live_server import Script, Server

from app.errors import NotSupported
from app.model.stream import StreamEndpoint
from app.transport.packets import Limits
from app.video.sound import Listener, PortAudioSpeaker, SoundDecoder, level, louder
from app.video.source import RtspSource
from app.video.watch import watch
from app.wire.rtp import Packet
from app.wire.rtp_audio import AacReader, SoundUnit
from app.wire.sdp import Track

PATIENT = Limits(connect=20.0, answer=20.0, silence=20.0)
SDP = "m=audio 0 RTP/AVP 8\r\na=control:trackID=2"
PCMA = Track("audio", 8, "PCMA", 8000)
LOUD = bytes([0x2A, 0xAA] * 80)  # A-law for the largest samples of both signs


def script(clip: Clip, **changes: object) -> Script:
    packets = [rtp(LOUD, n, n * 160, marker=True, kind=8, ssrc=9) for n in range(2000)]
    parts = {"sdp": clip.sdp(extra=SDP), "pictures": packetise(clip), "sound": packets, **changes}
    return Script(**parts)  # type: ignore[arg-type]


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_sound_comes_beside_the_picture(transport: str, h264: Clip) -> None:
    with Server(script(h264)) as server:
        source = RtspSource(StreamEndpoint(server.url, transport=transport), PATIENT)
        source.open()
        assert source.sound is not None
        assert source.sound.encoding == "PCMA"
        heard: list[SoundUnit] = []
        pictures = 0
        while len(heard) < 20 or pictures < 20:
            pictures += len(source.read(1.0))
            heard += source.take_sound()
        source.close()
    assert {unit.data for unit in heard} == {LOUD}
    assert source.gaps == 0


def test_a_camera_that_refuses_its_sound_shows_its_picture(h264: Clip) -> None:
    with Server(script(h264, refuse_sound=461)) as server:
        source = RtspSource(StreamEndpoint(server.url), PATIENT)
        source.open()
        assert source.sound is None
        while not source.read(1.0):
            pass
        source.close()


def test_sound_is_not_asked_for_where_it_is_not_wanted(h264: Clip) -> None:
    with Server(script(h264)) as server:
        source = RtspSource(StreamEndpoint(server.url, audio=False), PATIENT)
        source.open()
        source.close()
        assert server.count("SETUP") == 1


def test_watch_tells_of_sound_loss_and_recording(h264: Clip, tmp_path: Path) -> None:
    with Server(script(h264)) as server:
        result = watch(StreamEndpoint(server.url), 1.0, PATIENT, record=tmp_path / "gate.mov")
    assert result.audio == "PCMA"
    assert result.audio_kbps > 0
    assert result.audio_peak > 0.9
    assert (result.loss, result.transport) == (0.0, "tcp")
    assert result.packets > 3
    assert [Path(name).stat().st_size > 0 for name in result.recorded] == [True]


def test_levels_and_volume() -> None:
    samples = SoundDecoder(PCMA, 8000).decode(SoundUnit(LOUD, 0))
    assert level(samples) > 0.9
    assert level(array.array("h")) == 0.0
    assert louder(samples, 1.0) is samples
    assert 0.15 < level(louder(samples, 0.5)) < 0.3
    assert level(louder(samples, 0.0)) <= 1 / 32768


def test_a_tone_stays_a_tone_at_another_rate() -> None:
    tone = array.array("h", [int(8000 * math.sin(n * 2 * math.pi * 400 / 8000)) for n in range(1600)])
    import av

    frame = av.AudioFrame(format="s16", layout="mono", samples=1600)
    frame.planes[0].update(tone.tobytes())
    frame.sample_rate = 8000
    encoder = av.CodecContext.create("pcm_mulaw", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 8000, "mono", "s16"
    data = b"".join(bytes(packet) for packet in encoder.encode(frame))
    decoder = SoundDecoder(Track("audio", 0, "PCMU", 8000), 48000)
    samples = decoder.decode(SoundUnit(data, 0))
    crossings = sum(1 for one, other in itertools.pairwise(samples) if one < 0 <= other)
    assert crossings == pytest.approx(len(samples) / 48000 * 400, abs=2)


class Ear:
    rate = 8000

    def __init__(self) -> None:
        self.heard = array.array("h")
        self.closed = False

    def play(self, samples: array.array[int]) -> None:
        self.heard += samples

    def close(self) -> None:
        self.closed = True


def test_muted_is_measured_and_not_played() -> None:
    ears: list[Ear] = []

    def make() -> Ear:
        ears.append(Ear())
        return ears[-1]

    listener = Listener(make)
    listener.begin(PCMA)
    listener.hear([SoundUnit(LOUD, 0)])
    assert (listener.level > 0.9, ears) == (True, [])
    listener.muted = False
    listener.hear([SoundUnit(LOUD, 0)])
    assert len(ears[0].heard) == 160
    listener.muted = True
    listener.hear([])
    assert ears[0].closed
    listener.end()


def test_no_output_is_a_note_and_asked_for_once() -> None:
    asked = []

    def nothing() -> Ear:
        asked.append(1)
        raise NotSupported("This computer has no sound output.", hint="Plug one in.")

    listener = Listener(nothing)
    listener.begin(PCMA)
    listener.muted = False
    for _ in range(5):
        listener.hear([SoundUnit(LOUD, 0)])
    assert listener.note == "This computer has no sound output. Plug one in."
    assert len(asked) == 1
    assert listener.level > 0.9


def test_the_real_output_plays_or_says_why_not() -> None:
    try:
        speaker = PortAudioSpeaker()
    except NotSupported as error:
        pytest.skip(f"nothing to play on: {error.summary}")
    speaker.play(array.array("h", bytes(3200)))
    time.sleep(0.05)
    speaker.close()


def test_aac_units_of_one_and_of_several_packets() -> None:
    track = Track("audio", 97, "AAC", 16000, fmtp={"sizelength": "13", "indexlength": "3", "indexdeltalength": "3"})
    reader = AacReader(track)
    two = b"\0\x20" + (5 << 3).to_bytes(2, "big") + (3 << 3).to_bytes(2, "big") + b"abcdefgh"
    assert [unit.data for unit in reader.push(Packet(True, 97, 1, 100, 1, two), 0)] == [b"abcde", b"fgh"]
    head = b"\0\x10" + (6 << 3).to_bytes(2, "big")
    assert reader.push(Packet(False, 97, 2, 200, 1, head + b"abc"), 0) == []
    assert reader.push(Packet(True, 97, 3, 200, 1, head + b"def"), 0) == [SoundUnit(b"abcdef", 200)]


@given(
    st.lists(st.tuples(st.binary(max_size=60), st.integers(0, 2)), max_size=20), st.sampled_from(["13", "1", "32", "x"])
)
def test_aac_payloads_of_any_kind_never_raise(payloads: list[tuple[bytes, int]], bits: str) -> None:
    reader = AacReader(Track("audio", 97, "AAC", 16000, fmtp={"sizelength": bits}))
    for number, (payload, lost) in enumerate(payloads):
        reader.push(Packet(True, 97, number, number, 1, payload), lost)


@given(st.lists(st.binary(max_size=200), max_size=10))
def test_broken_sound_is_counted(units: list[bytes]) -> None:
    decoder = SoundDecoder(Track("audio", 97, "AAC", 16000, fmtp={"config": "1408"}), 16000)
    for data in units:
        if data:
            decoder.decode(SoundUnit(data, 0))

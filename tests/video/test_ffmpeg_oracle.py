"""What our own reader makes of a stream, against what FFmpeg's makes of the same one, over real sockets."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import av
import pytest
from live_media import Clip, nal_kind, nal_units, packetise
from live_server import Script, Server
from PIL import Image, ImageChops

from app.model.stream import StreamEndpoint
from app.simulator.picture import EncoderSettings, PictureSettings
from app.simulator.rtsp_server import RtspServer
from app.simulator.tone import SOUNDS, tone
from app.transport.packets import Limits
from app.video.sound import SoundDecoder, level
from app.video.source import RtspSource

COUNT = 24
PATIENT = Limits(connect=20.0, answer=20.0, silence=20.0)
OPTIONS = {"rtsp_transport": "tcp", "analyzeduration": "500000", "probesize": "100000"}


def ours(url: str, count: int) -> list[bytes]:
    source = RtspSource(StreamEndpoint(url, transport="tcp"), PATIENT)
    units: list[bytes] = []
    try:
        source.open()
        while len(units) < count:
            units += [arrived.unit.data for arrived in source.read(1.0)]
    finally:
        source.close()
    return units[:count]


def ffmpegs(url: str, count: int, kind: str = "video") -> list[bytes]:
    with av.open(url, options=OPTIONS, timeout=(20, 20)) as container:
        stream = next(each for each in container.streams if each.type == kind)
        packets = (bytes(packet) for packet in container.demux(stream) if packet.size)
        return [next(packets) for _ in range(count)]


@pytest.mark.parametrize("aggregate", [True, False])
@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_access_units_are_those_of_ffmpeg(codec: str, aggregate: bool, request: pytest.FixtureRequest) -> None:
    clip: Clip = request.getfixturevalue(codec)
    script = Script(sdp=clip.sdp(), pictures=packetise(clip, aggregate=aggregate, start=0))
    with Server(script) as server:
        mine, theirs = ours(server.url, COUNT), ffmpegs(server.url, COUNT)
    for number, (one, other) in enumerate(zip(mine, theirs, strict=True)):
        assert _pictures(codec, one) == _pictures(codec, other), number


def _pictures(codec: str, data: bytes) -> list[bytes]:
    """Without parameter sets: we put those of the description before a key frame, FFmpeg keeps them apart."""
    kinds = (7, 8) if codec == "h264" else (32, 33, 34)
    return [unit.rstrip(b"\0") for unit in nal_units(data) if nal_kind(codec.upper(), unit) not in kinds]


def test_jpeg_pictures_are_those_of_ffmpeg(jpeg: Clip) -> None:
    with Server(Script(sdp=jpeg.sdp(), pictures=packetise(jpeg, start=0))) as server:
        mine, theirs = ours(server.url, COUNT), ffmpegs(server.url, COUNT)
    for one, other in zip(mine, theirs, strict=True):
        first, second = (Image.open(io.BytesIO(data)).convert("RGB") for data in (one, other))
        assert ImageChops.difference(first, second).getbbox() is None


class Hearing:
    """A simulated camera with sound."""

    def __init__(self, codec: str) -> None:
        self._codec = codec

    def encoder_settings(self, stream_id: str) -> EncoderSettings | None:
        return EncoderSettings("h264", 320, 180, 25, 400, 10)

    def picture_settings(self) -> PictureSettings:
        return PictureSettings(seed=1)

    def rtsp_challenges(self, method: str, uri: str, authorization: str | None, peer: str) -> tuple[str, ...] | None:
        return None

    def sound_codec(self, stream_id: str) -> str:
        return self._codec


@contextmanager
def simulated(codec: str) -> Iterator[str]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = RtspServer(Hearing(codec))
    try:
        port = asyncio.run_coroutine_threadsafe(server.start("127.62.1.1"), loop).result(30)
        yield f"rtsp://127.62.1.1:{port}/Streaming/Channels/101"
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def is_run_of(part: list[bytes], loop: list[bytes]) -> bool:
    """Whether the part is one stretch of a loop that goes round for ever."""
    return any(all(loop[(at + n) % len(loop)] == unit for n, unit in enumerate(part)) for at in range(len(loop)))


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("codec", SOUNDS)
def test_the_sound_is_that_of_ffmpeg_and_a_tone(codec: str, transport: str) -> None:
    sent = [payload[4:] if codec == "aac" else payload for payload in tone(codec).payloads]
    with simulated(codec) as url:
        source = RtspSource(StreamEndpoint(url, transport=transport), PATIENT)
        heard = []
        try:
            source.open()
            assert source.sound is not None
            decoder, loudest = SoundDecoder(source.sound, 16000), 0.0
            while len(heard) < 30 or loudest < 0.3:  # a beep comes each second
                source.read(0.05)
                for unit in source.take_sound():
                    heard.append(unit.data)
                    loudest = max(loudest, level(decoder.decode(unit)))
        finally:
            source.close()
        theirs = ffmpegs(url, 30, "audio") if transport == "tcp" else []
    assert decoder.refused == 0
    assert 0.3 < loudest < 0.7  # half of full scale
    if transport == "tcp":  # datagrams may be lost on a busy machine
        assert is_run_of(heard, sent)
        assert is_run_of(_split(theirs, len(sent[0]) if codec != "aac" else 0), sent)


def _split(packets: list[bytes], size: int) -> list[bytes]:
    """FFmpeg may join the packets of telephone sound."""
    joined = b"".join(packets)
    return [joined[at : at + size] for at in range(0, len(joined) - size + 1, size)] if size else packets

"""Encoded clips through a packetiser written apart: what comes out must be what went in, and must decode alike."""

from __future__ import annotations

import io

import av
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from live_media import (
    Clip,
    JpegParts,
    encode_clip,
    jpeg_parts,
    jpeg_payloads,
    nal_units,
    packetise,
    picture,
    without_sets,
)
from PIL import Image, ImageChops

from app.errors import VideoError
from app.video.decoder import _FRUITLESS, Decoder
from app.wire.depacketise import depacketiser
from app.wire.rtp import AccessUnit, Packet, Sequencer, parse_packet
from app.wire.rtp_jpeg import JpegDepacketiser, scaled_tables
from app.wire.sdp import Track, parse_sdp


def track(clip: Clip, *, with_sets: bool = True) -> Track:
    found = parse_sdp(clip.sdp(with_sets=with_sets).encode()).video()
    assert found is not None
    return found


def units(clip: Clip, pictures: list[list[bytes]], depth: int = 0) -> list[AccessUnit]:
    sequencer, reader = Sequencer(depth), depacketiser(track(clip))
    return [
        unit
        for packets in pictures
        for data in packets
        for packet, lost in sequencer.push(parse_packet(data), 0.0)
        for unit in reader.push(packet, lost)
    ]


def decoded(codec: str, found: list[AccessUnit]) -> list[tuple[int, int, bytes]]:
    decoder = Decoder(codec)
    return [(p.width, p.height, bytes(p.planes[0])) for unit in found for p in decoder.decode(unit)]


def ffmpeg_decoded(codec: str, data: list[bytes]) -> list[tuple[int, int, bytes]]:
    """FFmpeg's own parser and decoder over the raw file."""
    container = av.open(io.BytesIO(b"".join(data)), format={"H264": "h264", "H265": "hevc", "JPEG": "mjpeg"}[codec])
    with container:
        return [(p.width, p.height, bytes(p.planes[0])) for p in container.decode(video=0)]


@pytest.mark.parametrize("codec", ["h264", "h265"])
@pytest.mark.parametrize("aggregate", [True, False])
def test_units_come_out_as_they_went_in(codec: str, aggregate: bool, request: pytest.FixtureRequest) -> None:
    clip: Clip = request.getfixturevalue(codec)
    found = units(clip, packetise(clip, aggregate=aggregate))
    assert [nal_units(unit.data) for unit in found] == [nal_units(unit) for unit in clip.units]
    assert [unit.key for unit in found] == clip.keys
    assert not any(unit.damaged for unit in found)
    assert decoded(clip.codec, found) == ffmpeg_decoded(clip.codec, clip.units)


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_sets_only_in_the_description_are_enough(codec: str, request: pytest.FixtureRequest) -> None:
    clip: Clip = request.getfixturevalue(codec)
    bare = [without_sets(clip.codec, unit) for unit in clip.units]
    found = units(clip, packetise(clip, units=bare))
    assert len(decoded(clip.codec, found)) == len(clip.units)


def test_several_slices_make_one_picture() -> None:
    clip = encode_clip("H264", options={"x264-params": "slices=4:sliced-threads=0"})
    assert sum(1 for unit in nal_units(clip.units[1]) if unit[0] & 31 == 1) == 4
    found = units(clip, packetise(clip))
    assert decoded("H264", found) == ffmpeg_decoded("H264", clip.units)


@pytest.mark.parametrize("subsampling", [1, 2])
@pytest.mark.parametrize("restart", [0, 4])
def test_jpeg_scans_survive_whole(subsampling: int, restart: int) -> None:
    target = io.BytesIO()
    extra = {"restart_marker_blocks": restart} if restart else {}
    picture(3, 320, 240).save(target, "JPEG", quality=70, subsampling=subsampling, **extra)
    reader = JpegDepacketiser()
    payloads = jpeg_payloads(target.getvalue())
    assert len(payloads) > 2
    (unit,) = [
        u for n, p in enumerate(payloads) for u in reader.push(Packet(n == len(payloads) - 1, 26, n, 9, 1, p), 0)
    ]
    sent, made = jpeg_parts(target.getvalue()), jpeg_parts(unit.data)
    assert made == sent
    assert same(Image.open(io.BytesIO(unit.data)), Image.open(target))


def same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getbbox() is None


def test_jpeg_tables_by_quality_are_those_of_libjpeg() -> None:
    for quality in range(1, 100):
        target = io.BytesIO()
        Image.new("RGB", (16, 16)).save(target, "JPEG", quality=quality)
        assert [b"\0" + table for table in jpeg_parts(target.getvalue()).tables] == list(scaled_tables(quality))


def test_jpeg_tables_are_remembered_by_their_number(jpeg: Clip) -> None:
    reader = JpegDepacketiser()
    made = []
    for number, with_tables in ((0, False), (1, True), (2, False)):
        payloads = jpeg_payloads(jpeg.units[number], quality=200, with_tables=with_tables)
        for place, payload in enumerate(payloads):
            made += reader.push(Packet(place == len(payloads) - 1, 26, place, number, 1, payload), 0)
    parts: list[JpegParts] = [jpeg_parts(unit.data) for unit in made]
    assert [p.scan for p in parts] == [jpeg_parts(unit).scan for unit in jpeg.units[1:3]]


def test_a_jpeg_with_a_hole_is_dropped(jpeg: Clip) -> None:
    pictures = packetise(jpeg)
    del pictures[2][1]
    del pictures[4][0]
    del pictures[6][-1]
    found = units(jpeg, pictures)
    assert [nal.data for nal in found if jpeg_parts(nal.data)] != []
    assert len(found) == len(jpeg.units) - 3


@given(st.lists(st.tuples(st.binary(max_size=40), st.booleans(), st.integers(0, 1)), max_size=20))
def test_jpeg_payloads_of_any_kind_never_raise(packets: list[tuple[bytes, bool, int]]) -> None:
    reader = JpegDepacketiser((640, 480))
    for number, (payload, marker, lost) in enumerate(packets):
        reader.push(Packet(marker, 26, number, 0, 1, payload), lost)
        reader.push(Packet(marker, 26, number, 0, 1, b"\0\0\0\0\1\xff\x0a\x0a" + payload), lost)


@pytest.mark.parametrize("codec", ["h264", "h265", "jpeg"])
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_loss_reorder_and_copies_give_marked_pictures_and_no_exception(
    codec: str, request: pytest.FixtureRequest, data: st.DataObject
) -> None:
    clip: Clip = request.getfixturevalue(codec)
    flat = [packet for packets in packetise(clip) for packet in packets]
    lost = data.draw(st.sets(st.integers(1, len(flat) - 1), max_size=6))
    twice = data.draw(st.sets(st.integers(0, len(flat) - 1), max_size=6))
    swapped = data.draw(st.sets(st.integers(1, len(flat) - 2), max_size=6))
    for place in swapped:
        flat[place], flat[place + 1] = flat[place + 1], flat[place]
    sent = [p for n, p in enumerate(flat) if n not in lost for _ in range(2 if n in twice else 1)]
    found = units(clip, [sent], depth=16)
    whole = [nal_units(unit) for unit in clip.units]
    for unit in found:
        if not unit.damaged and clip.codec != "JPEG":
            assert nal_units(unit.data) in whole
    assert len(decoded(clip.codec, found)) <= len(clip.units)


@pytest.mark.parametrize("codec", ["h264", "h265", "jpeg"])
@settings(max_examples=10, deadline=None)
@given(seed=st.binary(min_size=24, max_size=24))
@example(seed=b"\1" + bytes(10) + b" " + bytes(9) + b" " + bytes(2))
def test_corrupt_units_are_survived(codec: str, request: pytest.FixtureRequest, seed: bytes) -> None:
    """Nothing but VideoError may come, and that only once so many whole units in a row gave no picture."""
    clip: Clip = request.getfixturevalue(codec)
    decoder = Decoder(clip.codec)
    fruitless = 0
    for number, unit in enumerate(clip.units * 2):
        try:
            pictures = list(decoder.decode(AccessUnit(mangled(unit, seed, number), 0, True, False)))
        except VideoError:
            assert fruitless + 1 == _FRUITLESS
            return
        fruitless = 0 if pictures else fruitless + 1
        assert fruitless < _FRUITLESS


@pytest.mark.parametrize("codec", ["h264", "h265", "jpeg"])
def test_noise_in_place_of_pictures_is_an_error_in_the_end(codec: str, request: pytest.FixtureRequest) -> None:
    clip: Clip = request.getfixturevalue(codec)
    decoder = Decoder(clip.codec)
    noise = b"\0\0\0\1" + b"\xa5\x5a" * 50
    for _ in range(_FRUITLESS - 1):
        assert list(decoder.decode(AccessUnit(noise, 0, True, False))) == []
    for _ in range(100):  # what the network broke does not count
        assert list(decoder.decode(AccessUnit(noise, 0, True, True))) == []
    with pytest.raises(VideoError):
        list(decoder.decode(AccessUnit(noise, 0, True, False)))


def mangled(unit: bytes, seed: bytes, number: int) -> bytes:
    data = bytearray(unit)
    for place in range(0, len(data) - 6, 97):
        data[place + 5] ^= seed[(number + place) % len(seed)]
    return bytes(data)

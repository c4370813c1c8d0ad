from __future__ import annotations

import io
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.video.reformatter import Colorspace
from live_media import Clip, encode_clip
from PIL import Image
from PIL.ExifTags import IFD, Base

from app.errors import InvalidSetting, NotSupported, VideoError
from app.video import snapshot
from app.video.decoder import Decoder, Scaler, fit
from app.wire.rtp import AccessUnit


def pictures(clip: Clip, decoder: Decoder | None = None) -> list[av.VideoFrame]:
    decoder = decoder or Decoder(clip.codec)
    return [
        picture
        for unit, key in zip(clip.units, clip.keys, strict=True)
        for picture in decoder.decode(AccessUnit(unit, 0, key, False))
    ]


def test_every_unit_gives_its_picture_at_once(h264: Clip) -> None:
    decoder = Decoder("H264")
    for unit, key in zip(h264.units, h264.keys, strict=True):
        assert len(list(decoder.decode(AccessUnit(unit, 0, key, False)))) == 1


def test_nothing_before_the_key_frame(h264: Clip) -> None:
    decoder = Decoder("H264")
    later = Clip("H264", 320, 240, h264.units[5:], h264.keys[5:])
    assert len(pictures(later, decoder)) == len(later.units) - 5
    assert decoder.skipped == 5
    assert decoder.corrupt == 0


def test_damaged_and_refused_pictures_are_counted(h264: Clip) -> None:
    decoder = Decoder("H264")
    list(decoder.decode(AccessUnit(h264.units[0], 0, True, False)))
    list(decoder.decode(AccessUnit(h264.units[1], 0, False, True)))
    list(decoder.decode(AccessUnit(b"\0\0\0\1\x41\xff\xff\xff", 0, False, False)))
    assert decoder.corrupt == 2


def test_a_change_of_size_in_the_stream_is_followed(h264: Clip) -> None:
    decoder, scaler = Decoder("H264"), Scaler()
    sizes = set()
    for clip in (h264, encode_clip("H264", 640, 352, count=4), h264):
        for picture in pictures(clip, decoder):
            sizes.add((picture.width, picture.height))
            shown = scaler.scale(picture, *fit(picture.width, picture.height, (200, 200)))
            assert shown.width == 200
    assert sizes == {(320, 240), (640, 352)}


@pytest.mark.parametrize(
    ("source", "view", "aspect", "size"),
    [
        ((1920, 1080), (960, 960), 1.0, (960, 540)),
        ((1920, 1080), (5000, 540), 1.0, (960, 540)),
        ((1920, 1080), None, 1.0, (1920, 1080)),
        ((704, 576), (1000, 576), 12 / 11, (768, 576)),
        ((1920, 1080), (1, 1), 1.0, (1, 1)),
    ],
)
def test_the_view_keeps_the_aspect(source, view, aspect, size) -> None:  # type: ignore[no-untyped-def]
    assert fit(*source, view, aspect) == size


@pytest.mark.parametrize(
    ("codec", "encoder", "layout", "height", "matrix"),
    [
        ("H264", "libx264", "yuv420p", 240, Colorspace.ITU601),
        ("H264", "libx264", "yuv420p", 720, Colorspace.ITU709),
        ("JPEG", "mjpeg", "yuvj420p", 720, Colorspace.ITU601),
    ],
)
def test_colours_arrive_as_they_were(codec: str, encoder: str, layout: str, height: int, matrix: Colorspace) -> None:
    """A flat colour through encoder, decoder and scaler, within the codec's rounding, with no matrix named."""
    context = av.CodecContext.create(encoder, "w")
    context.width, context.height, context.time_base, context.pix_fmt = 320, height, Fraction(1, 25), layout
    context.options = {"tune": "zerolatency"} if codec == "H264" else {}
    source = av.VideoFrame.from_image(Image.new("RGB", (320, height), (200, 60, 30)))
    frame = source.reformat(format=layout, dst_colorspace=matrix)
    frame.pts, frame.colorspace = 0, 2
    data = b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])
    (picture,) = Decoder(codec).decode(AccessUnit(data, 0, True, False))
    shown = Scaler().scale(picture, 160, 120)
    blue, green, red = bytes(shown.planes[0])[:3]
    assert (red, green, blue) == pytest.approx((200, 60, 30), abs=6)
    assert snapshot.image(picture).getpixel((10, 10)) == pytest.approx((200, 60, 30), abs=6)


def test_snapshots_are_full_size_files(h264: Clip, tmp_path: Path) -> None:
    picture = pictures(h264)[0]
    for name in ("a.jpg", "b.PNG"):
        snapshot.save(picture, tmp_path / name)
        with Image.open(tmp_path / name) as image:
            assert image.size == (320, 240)
    assert Image.open(io.BytesIO(snapshot.jpeg(picture))).format == "JPEG"
    with pytest.raises(InvalidSetting):
        snapshot.save(picture, tmp_path / "c.exe")


def test_snapshots_say_where_and_when(h264: Clip, tmp_path: Path) -> None:
    taken = datetime(2026, 3, 4, 5, 6, 7, 250_000).astimezone().timestamp()
    label = snapshot.Label("Tor Süd", taken, "DS-2CD2386", 90)
    snapshot.save(pictures(h264)[0], tmp_path / "a.jpg", label)
    snapshot.save(pictures(h264)[0], tmp_path / "a.png", label)
    for name in ("a.jpg", "a.png"):
        with Image.open(tmp_path / name) as image:
            exif = image.getexif()
            assert "2026:03:04 05:06:07" in (exif[Base.DateTime], exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal])
            assert exif[Base.Software] == "Camwright"
            assert (exif[Base.Model], exif[Base.Orientation]) == ("DS-2CD2386", 6)
            found = exif[Base.ImageDescription]
            raw = found if isinstance(found, bytes) else found.encode("latin-1", "replace")
            assert b"Tor S" in raw


def test_b_frames_come_out_in_order_and_one_by_one(h265: Clip) -> None:
    """The low delay flag must not bring the order of a stream with B frames into disorder."""
    options = {"preset": "medium", "tune": "psnr", "x265-params": "log-level=none:repeat-headers=1:pools=1:b-adapt=0"}
    clip = encode_clip("H265", count=40, options=options, b_frames=3)
    assert clip.shown != sorted(clip.shown)
    found = [bytes(picture.planes[0]) for picture in pictures(clip)]
    with av.open(io.BytesIO(b"".join(clip.units)), format="hevc") as container:
        theirs = [bytes(picture.planes[0]) for picture in container.decode(video=0)]
    assert len(found) >= 36
    assert found == theirs[: len(found)]


@pytest.mark.parametrize("codec", ["H264", "H265"])
def test_several_slices_and_4k(codec: str) -> None:
    params = {
        "H264": {"x264-params": "slices=8:sliced-threads=0"},
        "H265": {"x265-params": "log-level=none:slices=4:repeat-headers=1:pools=1"},
    }[codec]
    clip = encode_clip(codec, 3840, 2160, count=3, options=params)
    found = pictures(clip)
    assert [(picture.width, picture.height) for picture in found] == [(3840, 2160)] * 3
    assert Scaler().scale(found[0], *fit(3840, 2160, (960, 540))).width == 960


def test_a_stream_that_turned_into_another_codec_is_an_error(h264: Clip, h265: Clip) -> None:
    decoder = Decoder("H264")
    assert len(pictures(h264, decoder)) == len(h264.units)
    long_enough = Clip("H265", 320, 240, h265.units * 2, h265.keys * 2)
    with pytest.raises(VideoError):
        pictures(long_enough, decoder)


def test_unknown_codecs_are_not_supported() -> None:
    with pytest.raises(NotSupported):
        Decoder("VP9")

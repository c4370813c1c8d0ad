"""One stream's thread: paint, encode, hand over. It runs only while somebody watches."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Protocol

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import VideoReformatter
from PIL import Image

from app.errors import VideoError
from app.simulator.painter import Painter, jpeg
from app.simulator.picture import EncoderSettings, PictureSettings, VideoSource, picture_of

log = logging.getLogger(__name__)

CLOCK = 90_000  # RTP ticks a second, for every video codec
_PAINTED = (1280, 720)  # the largest picture that is painted; larger ones are scaled up on the way
_JPEG_SIDE = 2040  # RFC 2435 counts in eights and has one byte for it


@dataclass(frozen=True, slots=True)
class EncodedPicture:
    """One access unit: Annex B NAL units, or a JPEG file. captured is time.time() of the scene."""

    settings: EncoderSettings
    data: bytes
    key: bool
    captured: float

    @property
    def ticks(self) -> int:
        """captured in RTP ticks; callers add their own offset and cut to 32 bits."""
        return round(self.captured * CLOCK)


class _Coder(Protocol):
    def encode(self, image: Image.Image, ticks: int, force_key: bool) -> list[tuple[bytes, bool]]:
        """(data, is a key frame) of each picture that is ready: with these settings always exactly one."""


class _AvCoder:
    """H.264 or H.265: no look-ahead, no B frames, parameter sets before every key frame."""

    def __init__(self, settings: EncoderSettings) -> None:
        self._settings = settings
        self._context = _open(settings)
        self._reformatter = VideoReformatter()
        self._raw: VideoFrame | None = None

    def encode(self, image: Image.Image, ticks: int, force_key: bool) -> list[tuple[bytes, bool]]:
        frame = self._reformatter.reformat(
            self._load(image),
            self._settings.width,
            self._settings.height,
            "yuv420p",
            interpolation="FAST_BILINEAR",
        )
        frame.pts = ticks
        frame.time_base = Fraction(1, CLOCK)
        frame.pict_type = PictureType.I if force_key else PictureType.NONE
        return [(bytes(packet), packet.is_keyframe) for packet in self._context.encode(frame)]

    def _load(self, image: Image.Image) -> VideoFrame:
        if self._raw is None:
            self._raw = VideoFrame(image.width, image.height, "rgb0")
        plane = self._raw.planes[0]
        rows, wide = image.tobytes(), image.width * 4
        if plane.line_size == wide:
            plane.update(rows)
        else:  # FFmpeg pads its lines
            pad = bytes(plane.line_size - wide)
            plane.update(b"".join(rows[y * wide : y * wide + wide] + pad for y in range(image.height)))
        return self._raw


class _JpegCoder:
    """Every picture a key frame; the quality follows the bit rate."""

    def __init__(self, settings: EncoderSettings) -> None:
        self._target = settings.bitrate_kbps * 125 / max(1.0, settings.fps)
        self._quality = 70

    def encode(self, image: Image.Image, ticks: int, force_key: bool) -> list[tuple[bytes, bool]]:
        data = jpeg(image, self._quality)
        if len(data) > self._target * 1.1:
            self._quality = max(10, self._quality - 4)
        elif len(data) < self._target * 0.8:
            self._quality = min(90, self._quality + 2)
        return [(data, True)]


def _open(settings: EncoderSettings, *, headers_apart: bool = False) -> VideoCodecContext:
    name = {"h264": "libx264", "h265": "libx265"}[settings.codec]
    context = av.CodecContext.create(name, "w")
    if not isinstance(context, VideoCodecContext):
        raise TypeError(f"{name} is not a video encoder")
    context.width, context.height = settings.width, settings.height
    context.pix_fmt = "yuv420p"
    context.time_base = Fraction(1, CLOCK)
    context.framerate = Fraction(settings.fps).limit_denominator(1000)
    context.bit_rate = settings.bitrate_kbps * 1000
    context.gop_size = max(1, settings.gop_frames)
    context.max_b_frames = 0
    context.thread_count = 1
    options = {"preset": "ultrafast", "tune": "zerolatency", "forced-idr": "1"}
    gop, rate = max(1, settings.gop_frames), settings.bitrate_kbps
    if settings.codec == "h264":
        options["x264-params"] = (
            f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes=0:sliced-threads=0:vbv-maxrate={rate}:vbv-bufsize={rate}"
        )
    else:
        options["x265-params"] = (
            f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes=0:pools=none:frame-threads=1:"
            f"vbv-maxrate={rate}:vbv-bufsize={rate}:log-level=none"
        )
    context.options = options
    if headers_apart:
        context.flags |= av.codec.context.Flags.global_header
    context.open()
    return context


@lru_cache(maxsize=32)
def parameter_sets(settings: EncoderSettings) -> bytes:
    """VPS, SPS and PPS (Annex B) that a stream with these settings starts with; b"" for MJPEG.

    VideoError when there is no encoder for them."""
    settings = effective(settings)
    if settings.codec == "mjpeg":
        return b""
    try:
        return bytes(_open(settings, headers_apart=True).extradata or b"")
    except (av.error.FFmpegError, ValueError, KeyError) as fault:
        raise VideoError(f"The encoder cannot do {settings.width}×{settings.height}.", detail=str(fault)) from fault


def effective(settings: EncoderSettings) -> EncoderSettings:
    """What is really sent: even sides, MJPEG within what RTP can carry, rates above zero."""
    step, width, height = 2, settings.width, settings.height
    if settings.codec == "mjpeg":
        step = 8
        scale = min(1.0, _JPEG_SIDE / max(width, height))
        width, height = int(width * scale), int(height * scale)
    return EncoderSettings(
        codec=settings.codec,
        width=max(32, width // step * step),
        height=max(32, height // step * step),
        fps=min(60.0, settings.fps) if settings.fps > 0 else 25.0,
        bitrate_kbps=max(32, settings.bitrate_kbps),
        gop_frames=max(1, settings.gop_frames),
    )


def _painter_for(settings: EncoderSettings) -> Painter:
    if settings.codec == "mjpeg":
        return Painter(settings.width, settings.height)
    scale = min(1.0, _PAINTED[0] / settings.width, _PAINTED[1] / settings.height)
    return Painter(max(32, round(settings.width * scale)), max(32, round(settings.height * scale)))


def pictures_at(
    picture: PictureSettings, wanted: EncoderSettings, moments: Iterable[float]
) -> Iterator[EncodedPicture]:
    """The scene at each moment (time.time() seconds), as one stream: the same moments give the same bytes. For one
    thread at a time."""
    settings = effective(wanted)
    painter = _painter_for(settings)
    coder: _Coder = _JpegCoder(settings) if settings.codec == "mjpeg" else _AvCoder(settings)
    for moment in moments:
        for data, key in coder.encode(painter.paint(picture, moment), round(moment * CLOCK), False):
            yield EncodedPicture(settings, data, key, moment)


class Encoder:
    """The thread of one stream. on_picture is called in it, on_end as well (with the reason, "" for stop())
    and then nothing more."""

    def __init__(
        self,
        source: VideoSource,
        stream_id: str,
        on_picture: Callable[[EncodedPicture], None],
        on_end: Callable[[str], None],
    ) -> None:
        self._source = source
        self._stream_id = stream_id
        self._on_picture = on_picture
        self._on_end = on_end
        self._stopping = threading.Event()
        self._force_key = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"encoder {stream_id}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns at once; the thread ends within one picture."""
        self._stopping.set()

    def join(self) -> None:
        self._thread.join()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def force_key(self) -> None:
        """The next picture is a key frame."""
        self._force_key.set()

    def _run(self) -> None:
        reason = ""
        try:
            reason = self._work()
        except (av.error.FFmpegError, ValueError, KeyError, OSError) as fault:
            reason = f"The encoder failed: {fault}"
            log.warning("stream %s: %s", self._stream_id, reason)
        finally:
            self._on_end(reason)

    def _work(self) -> str:
        while not self._stopping.is_set():
            wanted = self._source.encoder_settings(self._stream_id)
            if wanted is None:
                return f"Stream {self._stream_id} was switched off."
            self._encode_while(wanted)
        return ""

    def _encode_while(self, wanted: EncoderSettings) -> None:
        """Until the settings are others; then the encoder is opened anew, as in a camera."""
        settings = effective(wanted)
        painter = _painter_for(settings)
        coder: _Coder = _JpegCoder(settings) if settings.codec == "mjpeg" else _AvCoder(settings)
        due = time.monotonic()
        while self._source.encoder_settings(self._stream_id) == wanted:
            now = time.time()
            force = self._force_key.is_set()
            self._force_key.clear()
            image = painter.paint(picture_of(self._source, self._stream_id), now)
            for data, key in coder.encode(image, round(now * CLOCK), force):
                self._on_picture(EncodedPicture(settings, data, key, now))
            # Late by more than a picture: skip, rather than to hurry afterwards.
            due = max(due + 1 / settings.fps, time.monotonic() - 1 / settings.fps)
            if self._stopping.wait(max(0.0, due - time.monotonic())):
                return

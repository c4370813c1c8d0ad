"""Coded pictures to pictures (PyAV), and pictures to what a view paints."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import av
from av.codec.context import Flags, ThreadType
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from app.errors import NotSupported, VideoError
from app.wire.rtp import AccessUnit

log = logging.getLogger(__name__)

_CODECS = {"H264": "h264", "H265": "hevc", "JPEG": "mjpeg"}
_FRUITLESS = 30  # units in a row without a picture; B frames delay by 16 at most
_MAX_SIDE = 16384  # pixels of a view


class Decoder:
    """One stream's decoder. Nothing comes out before the first key picture; a broken picture is counted, not raised.

    corrupt counts pictures that were damaged on the way or that the decoder flagged or refused.
    """

    def __init__(self, codec: str) -> None:
        """codec: "H264", "H265" or "JPEG"; NotSupported for others."""
        if codec not in _CODECS:
            raise NotSupported(f"The codec {codec} cannot be decoded.")
        self.codec = codec
        self.corrupt = 0
        self.skipped = 0  # pictures before the first key picture
        self._context = _context(_CODECS[codec])
        self._started = False
        self._fruitless = 0

    @property
    def pixel_aspect(self) -> float:
        """Width of a pixel over its height."""
        ratio = self._context.sample_aspect_ratio
        return float(ratio) if ratio and 0.25 <= float(ratio) <= 4.0 else 1.0

    def decode(self, unit: AccessUnit) -> Iterator[VideoFrame]:
        """The pictures that this unit completes: usually one. VideoError when the decoder itself fails, or when
        30 units in a row that arrived whole gave nothing: the stream is no longer what its description says."""
        if not self._started:
            if not unit.key:
                self.skipped += 1
                return
            self._started = True
        try:
            pictures = self._context.decode(av.Packet(unit.data))
        except (MemoryError, NotImplementedError) as error:
            raise VideoError("The decoder failed.", detail=f"{type(error).__name__}: {error}") from error
        except FFmpegError as error:
            log.debug("refused picture: %s", error)
            self.corrupt += 1
            pictures = []
        else:
            self.corrupt += unit.damaged or any(picture.is_corrupt for picture in pictures)
        if pictures:
            self._fruitless = 0
        elif not unit.damaged:  # what the network did says nothing about the camera's encoding
            self._fruitless += 1
        if self._fruitless >= _FRUITLESS:
            raise VideoError(
                "What the camera sends cannot be decoded any more.",
                hint="Its encoding may have been changed just now.",
                detail=f"{_FRUITLESS} coded pictures in a row gave nothing as {self.codec}",
            )
        yield from pictures


class Scaler:
    """Pictures to BGRA of a view's size. One for each stream: it keeps the scaler's tables."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def scale(self, picture: VideoFrame, width: int, height: int) -> VideoFrame:
        """BGRA of exactly this size. threads=1: the next stream has a core's worth of work as well."""
        return self._reformatter.reformat(
            picture,
            width=width,
            height=height,
            format="bgra",
            src_colorspace=colours(picture),
            interpolation=Interpolation.FAST_BILINEAR,
            threads=1,
        )


def fit(width: int, height: int, view: tuple[int, int] | None, pixel_aspect: float = 1.0) -> tuple[int, int]:
    """The largest size inside the view with the picture's aspect; the picture's own size where view is None."""
    shown = width * pixel_aspect
    if view is None:
        return max(round(shown), 1), height
    factor = min(view[0] / shown, view[1] / height)
    return (
        min(max(round(shown * factor), 1), _MAX_SIDE),
        min(max(round(height * factor), 1), _MAX_SIDE),
    )


def _context(name: str) -> VideoCodecContext:
    context = av.CodecContext.create(name, "r")
    assert isinstance(context, VideoCodecContext)
    # Frame threads would hold one picture back for every thread.
    context.thread_type = ThreadType.SLICE
    context.flags |= Flags.low_delay
    return context


def colours(picture: VideoFrame) -> int | None:
    """Cameras that name no matrix mean BT.709 from HD upwards; swscale would take BT.601."""
    unnamed = picture.colorspace in (Colorspace.DEFAULT, 2)
    full = picture.color_range == ColorRange.JPEG
    return Colorspace.ITU709 if unnamed and picture.height >= 720 and not full else None

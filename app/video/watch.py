"""A look at a stream without a window: plays for a while and says what came."""

from __future__ import annotations

import time
from dataclasses import dataclass

from app.errors import VideoError
from app.model.stream import StreamEndpoint
from app.transport.rtsp import Limits
from app.video.decoder import Decoder
from app.video.meter import rate
from app.video.source import RtspSource


@dataclass(frozen=True, slots=True)
class WatchResult:
    """Rates are over the pictures received; first_frame_ms counts from the call."""

    codec: str
    width: int
    height: int
    fps: float
    bitrate_kbps: float
    frames: int
    gaps: int
    corrupt: int
    first_frame_ms: float | None


def watch(endpoint: StreamEndpoint, seconds: float, limits: Limits = Limits()) -> WatchResult:  # noqa: B008
    """Blocks for the time to connect plus `seconds`. Raises CameraError, also when no picture came at all."""
    started = time.monotonic()
    source = RtspSource(endpoint, limits)
    try:
        source.open()
        decoder = Decoder(source.codec)
        until = time.monotonic() + seconds
        times: list[float] = []
        size = (0, 0)
        received = 0
        first: float | None = None
        while (now := time.monotonic()) < until:
            for arrived in source.read(until - now):
                received += len(arrived.unit.data)
                for picture in decoder.decode(arrived.unit):
                    times.append(arrived.arrival)
                    size = (picture.width, picture.height)
                    first = first or (time.monotonic() - started) * 1000
        if not times:
            raise VideoError(
                f"No picture came within {seconds:g} s.",
                hint="Watch longer than the I-frame interval of the stream.",
                detail=f"{source.received_bytes} bytes, {decoder.skipped} pictures before the first key frame",
            )
        return WatchResult(
            codec=source.codec,
            width=size[0],
            height=size[1],
            fps=round(rate(times), 2),
            bitrate_kbps=round(received * 8 / 1000 / seconds, 1),
            frames=len(times),
            gaps=source.gaps,
            corrupt=decoder.corrupt,
            first_frame_ms=None if first is None else round(first, 1),
        )
    finally:
        source.close()

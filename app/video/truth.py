"""Does the camera send what it is set to? Settings beside what arrived. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.model.stream import StreamInfo
from app.video.frame import StreamStats

SETTLED = 6.0  # seconds of playing before rates are judged
_SLOW, _FAST = 0.85, 1.15  # of the frame rate; the clock of a camera is no reason to warn
_HEAVY = 1.35  # of the bit rate, which cameras keep on average only
_NAMES = {"h.264": "h264", "h.265": "h265", "hevc": "h265", "mjpeg": "jpeg", "h.264+": "h264", "h.265+": "h265"}


@dataclass(frozen=True, slots=True)
class Difference:
    """what: "codec", "size", "fps", "bitrate" or "gop"; both sides as texts with their unit."""

    what: str
    promised: str
    received: str


def differences(info: StreamInfo, stats: StreamStats) -> tuple[Difference, ...]:
    """Nothing is said of what the settings do not promise, nor of rates before they have settled."""
    found: list[Difference] = []
    if not stats.width:
        return ()
    if info.codec and _plain(info.codec) != _plain(stats.codec):
        found.append(Difference("codec", info.codec, stats.codec))
    # Codecs count in blocks: some cameras say 1080 and send 1088, which no viewer sees.
    is_off = max(abs(info.width - stats.width), abs(info.height - stats.height)) >= 16
    if info.width and info.height and is_off:
        found.append(Difference("size", f"{info.width} × {info.height}", f"{stats.width} × {stats.height}"))
    if stats.playing_s < SETTLED:
        return tuple(found)
    if info.fps and not info.fps * _SLOW <= stats.received_fps <= info.fps * _FAST:
        found.append(Difference("fps", f"{info.fps:g} fps", f"{stats.received_fps:.1f} fps"))
    if info.bitrate_kbps and stats.bitrate_kbps > info.bitrate_kbps * _HEAVY:
        found.append(Difference("bitrate", f"{info.bitrate_kbps} kbps", f"{stats.bitrate_kbps:.0f} kbps"))
    if info.gop_frames and stats.gop is not None and stats.gop > info.gop_frames:
        found.append(Difference("gop", f"{info.gop_frames} pictures", f"{stats.gop} pictures"))
    return tuple(found)


def _plain(codec: str) -> str:
    name = codec.strip().lower()
    return _NAMES.get(name, name)

"""What the picture says about itself: words for the state of a stream and lines of statistics. Pure."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.model.stream import StreamInfo
from app.video.frame import StreamPhase, StreamStats, StreamStatus
from app.video.record import Recording
from app.video.truth import Difference

_CODECS = {"h264": "H.264", "h265": "H.265", "hevc": "H.265", "mjpeg": "MJPEG", "jpeg": "MJPEG"}


@dataclass(frozen=True, slots=True)
class Words:
    """A headline and what may follow it; both empty while the picture speaks for itself."""

    headline: str = ""
    text: str = ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("VideoView", text)


def codec_title(codec: str) -> str:
    return _CODECS.get(codec.lower().replace(".", ""), codec)


def status_words(status: StreamStatus | None, monotonic: float, wall: float) -> Words:
    """monotonic and wall are the two clocks now, in seconds."""
    if status is None or status.phase in (StreamPhase.PLAYING, StreamPhase.STOPPED):
        return Words()
    since = time.strftime("%H:%M:%S", time.localtime(wall - (monotonic - status.since)))
    if status.phase is StreamPhase.CONNECTING:
        return Words(_tr("Connecting"), status.hint)
    if status.phase is StreamPhase.WAITING:
        return Words(_tr("Waiting for a key frame since {}").format(since), status.hint)
    if status.phase is StreamPhase.STALLED:
        return Words(_tr("Stalled since {}").format(since), status.hint or status.text)
    if status.phase is StreamPhase.RECONNECTING:
        return Words(_tr("No picture since {}").format(since), _reconnecting(status, monotonic))
    if status.phase is StreamPhase.ENDED:
        return Words(status.text or _tr("Ended"), status.hint)
    return Words(status.text, status.hint)


def _reconnecting(status: StreamStatus, monotonic: float) -> str:
    # `since` is when the trouble began, not when this pause did: the seconds are what was announced, not a countdown.
    again = _tr("Trying again.") if not status.retry_in else _tr("Trying again in {:g} s.").format(status.retry_in)
    return " ".join(part for part in (status.text, status.hint, again) if part)


def waiting_words(info: StreamInfo | None, asked: bool) -> str:
    """Why no picture is there yet: the stream's own interval, and what was done about it."""
    parts = [_tr("A picture can only begin with a key frame.")]
    if info is not None and info.gop_frames and info.fps:
        seconds = info.gop_frames / info.fps
        parts.append(
            _tr("This stream sends one every {} pictures, that is every {:.1f} s.").format(info.gop_frames, seconds)
        )
    elif info is not None and info.gop_frames:
        parts.append(_tr("This stream sends one every {} pictures.").format(info.gop_frames))
    if asked:
        parts.append(_tr("The camera was asked for one now."))
    return " ".join(parts)


def truth_words(found: tuple[Difference, ...]) -> Words:
    """For the badge: the first difference, and all of them."""
    names = {
        "codec": _tr("codec"),
        "size": _tr("size"),
        "fps": _tr("frame rate"),
        "bitrate": _tr("bit rate"),
        "gop": _tr("key frame interval"),
    }
    lines = [
        _tr("{}: set to {}, received {}").format(names[each.what].capitalize(), each.promised, each.received)
        for each in found
    ]
    return Words(_tr("Not as set: {}").format(", ".join(names[each.what] for each in found)), "\n".join(lines))


def recording_words(recording: Recording) -> str:
    minutes, seconds = divmod(int(recording.seconds), 60)
    return _tr("Recording {}:{:02}, {:.1f} MB").format(minutes, seconds, recording.size / 1e6)


def needs_help(status: StreamStatus | None) -> bool:
    """True where a person may want to try again by hand."""
    return status is not None and status.phase in (StreamPhase.FAILED, StreamPhase.RECONNECTING)


def is_dimmed(status: StreamStatus | None) -> bool:
    """The picture is not what the camera sees now."""
    return status is not None and status.phase is not StreamPhase.PLAYING


def loss(stats: StreamStats) -> float:
    """The part of the packets that did not arrive."""
    return stats.gaps / (stats.gaps + stats.packets) if stats.gaps else 0.0


def _gop(pictures: int | None) -> str:
    if pictures is None:
        return "–"
    return _tr("picture") if pictures == 1 else _tr("{} pictures").format(pictures)


def statistics(stats: StreamStats, shown_fps: float | None = None) -> tuple[tuple[str, str], ...]:
    """Name and value, line by line. shown_fps: pictures that reached the screen, None where nobody counts."""
    size = f"{stats.width} × {stats.height}" if stats.width else "–"
    first = "–" if stats.first_frame_ms is None else f"{stats.first_frame_ms:.0f} ms"
    return (
        (_tr("Stream"), f"{codec_title(stats.codec) or '–'}  {size}"),
        (_tr("Received"), f"{stats.received_fps:.1f} fps  {stats.bitrate_kbps:,.0f} kbps".replace(",", " ")),
        (_tr("Decoded"), f"{stats.fps:.1f} fps"),
        (_tr("Shown"), "–" if shown_fps is None else f"{shown_fps:.1f} fps"),
        (_tr("Age of the picture"), "–" if stats.age_ms is None else f"{stats.age_ms:.0f} ms"),
        (_tr("Key frame every"), _gop(stats.gop)),
        (_tr("Transport"), stats.transport.upper() or "–"),
        (_tr("Jitter"), f"{stats.jitter_ms:.1f} ms"),
        (_tr("Decoding"), f"{stats.decode_ms:.1f} ms"),
        (_tr("Packets missing"), f"{stats.gaps}  ({loss(stats):.2%})"),
        (_tr("Pictures damaged"), str(stats.corrupt)),
        (_tr("Pictures skipped"), str(stats.dropped)),
        (_tr("First picture after"), first),
        (_tr("Reconnects"), str(stats.reconnects)),
        (_tr("Sound"), stats.sound or "–"),
    )

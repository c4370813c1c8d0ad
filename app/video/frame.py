"""A decoded picture, the one-slot mailbox it waits in, and what is counted on the way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Frame:
    """BGRA rows in a buffer that the frame keeps alive (owner). stride is bytes per row; times are
    time.monotonic() seconds; number counts pictures since the player started."""

    data: memoryview
    width: int
    height: int
    stride: int
    number: int
    received: float  # last packet of the picture arrived
    decoded: float
    source_width: int
    source_height: int
    owner: object = field(default=None, repr=False)


class Mailbox:
    """Newest picture wins. put() from the stream's thread, take() from anywhere; on_ready is called in the
    stream's thread, once for each time the empty box is filled."""

    def __init__(self, on_ready: Callable[[], None] | None = None) -> None:
        self._lock = threading.Lock()
        self._frame: Frame | None = None
        self._on_ready = on_ready
        self.dropped = 0

    def put(self, frame: Frame) -> None:
        with self._lock:
            was_empty = self._frame is None
            if not was_empty:
                self.dropped += 1
            self._frame = frame
        if was_empty and self._on_ready is not None:
            self._on_ready()

    def take(self) -> Frame | None:
        with self._lock:
            frame, self._frame = self._frame, None
            return frame


class StreamPhase(StrEnum):
    """Words for people, not spinners."""

    CONNECTING = "connecting"
    WAITING = "waiting for a key frame"
    PLAYING = "playing"
    STALLED = "stalled"
    RECONNECTING = "reconnecting"
    FAILED = "failed"
    ENDED = "ended"  # the camera has sent all there was
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """phase, a sentence for people, the error's hint, and since when (time.monotonic())."""

    phase: StreamPhase
    text: str
    since: float
    hint: str = ""
    retry_in: float | None = None


@dataclass(frozen=True, slots=True)
class StreamStats:
    """A snapshot of the counters; rates are over the last two seconds or so."""

    codec: str = ""
    width: int = 0
    height: int = 0
    fps: float = 0.0
    bitrate_kbps: float = 0.0
    frames: int = 0
    gaps: int = 0  # packets known to be missing
    corrupt: int = 0  # pictures the decoder flagged or refused
    dropped: int = 0  # pictures replaced before they were shown
    gop: int | None = None  # pictures between two key frames, the most of the last few
    jitter_ms: float = 0.0
    decode_ms: float = 0.0
    transport: str = ""  # "tcp" or "udp"
    first_frame_ms: float | None = None
    reconnects: int = 0
    received_fps: float = 0.0  # coded pictures that arrived
    age_ms: float | None = None  # since the newest picture arrived
    packets: int = 0  # that arrived; with gaps they make the loss
    playing_s: float = 0.0  # since this connection's first picture
    sound: str = ""  # codec
    sound_level: float = 0.0  # peak, 0.0 to 1.0
    sound_note: str = ""  # why nothing is heard

"""A live stream into files, as it was coded: nothing is encoded again, and a file that was cut off still plays.

MP4 is written in fragments, one from each key frame to the next. Where the parameters of the stream change (its size,
its codec, a new connection) a new file begins: "gate.mp4", "gate (2).mp4" …
"""

from __future__ import annotations

import heapq
import io
import logging
import os
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError

from app.disk import is_full, shortage
from app.errors import InvalidSetting, VideoError
from app.wire.rtp import AccessUnit
from app.wire.rtp_audio import SoundUnit
from app.wire.rtp_nal import H264, H265
from app.wire.sdp import Track

log = logging.getLogger(__name__)

CLOCK = 90_000
_CONTAINERS = {".mp4": ("mp4", ("AAC",)), ".mov": ("mov", ("AAC", "PCMA", "PCMU"))}
_RAW = {"PCMA": "alaw", "PCMU": "mulaw"}
_DEMUXERS = {"H264": "h264", "H265": "hevc", "JPEG": "mjpeg"}
_JUMP = 10 * CLOCK  # ticks: beyond that the camera has set its clock
_DEEPEST = 4  # pictures that may be sent before those they are shown after
_FIRST_SOUND = 10.0  # seconds; a sound that starts later than the picture by more has another clock


@dataclass(frozen=True, slots=True)
class Recording:
    """What has been written: every file so far, seconds of picture, bytes. error: why it ended, "" while it goes on;
    full: the system's number where there was no room for more; note: what is not in it, and why."""

    files: tuple[Path, ...] = ()
    seconds: float = 0.0
    size: int = 0
    error: str = ""
    note: str = ""
    full: int = 0


class Timeline:
    """Times of a 32-bit clock that wraps, and that cameras set: seconds since the first picture, as ticks."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._heard = 0.0
        self._now = 0

    def ticks(self, timestamp: int, arrival: float) -> int:
        """Goes back a little where pictures are sent in another order than they are shown in."""
        if self._last is not None:
            step = (timestamp - self._last + 2**31) % 2**32 - 2**31
            if abs(step) > _JUMP:
                step = max(round((arrival - self._heard) * CLOCK), 1)
            self._now += step
        self._last, self._heard = timestamp, arrival
        return self._now


class Order:
    """Decoding times for pictures whose showing times are not in order: never later than those, always growing."""

    def __init__(self) -> None:
        self._waiting: list[int] = []
        self._depth = 0
        self._last: int | None = None

    def times(self, shown: int) -> tuple[int, int]:
        """(showing time, decoding time)."""
        if self._last is not None and shown <= self._last and self._depth < _DEEPEST:
            self._depth += 1
        heapq.heappush(self._waiting, shown)
        due = heapq.heappop(self._waiting) if len(self._waiting) > self._depth else shown
        decoded = min(due, shown) if self._last is None else max(min(due, shown), self._last + 1)
        self._last = decoded
        return max(shown, decoded), decoded


class Take:
    """One file. Starts with a key frame. seconds: given to it; whole: up to the last key frame, before which every
    fragment is in the file."""

    def __init__(self, path: Path, codec: str, first: AccessUnit, sound: Track | None) -> None:
        self.path = path
        self.parameters = parameters(codec, first.data)
        self.seconds = self.whole = 0.0
        self._border = 0
        self._timeline, self._order = Timeline(), Order()
        self._sound_start: tuple[int, int] | None = None
        kind, sounds = _CONTAINERS[path.suffix.lower()]
        flags = "frag_keyframe+empty_moov+default_base_moof"
        options = {"movflags": flags, "flush_packets": "1"}
        self._out: OutputContainer = av.open(str(path), "w", format=kind, options=options)
        try:
            # The demuxer reads size and parameter sets out of the first picture.
            with _open(first.data, _DEMUXERS[codec]) as probe:
                self._picture = self._out.add_stream_from_template(probe.streams.video[0])
            self._picture.time_base = Fraction(1, CLOCK)
            self._sound = None
            if sound is not None and sound.encoding in sounds:
                with _probe(sound) as probe:
                    self._sound = self._out.add_stream_from_template(probe.streams.audio[0])
                self._sound_clock = sound.clock_rate
        except BaseException:
            self._out.close()
            path.unlink(missing_ok=True)
            raise

    def picture(self, unit: AccessUnit, arrival: float) -> None:
        packet = av.Packet(unit.data)
        packet.pts, packet.dts = self._order.times(self._timeline.ticks(unit.timestamp, arrival))
        packet.time_base, packet.stream, packet.is_keyframe = Fraction(1, CLOCK), self._picture, unit.key
        shown = packet.pts / CLOCK
        self.seconds = max(self.seconds, shown)
        self._out.mux(packet)
        if unit.key:
            self.whole, self._border = shown, _size(self.path)

    def sound(self, unit: SoundUnit, since_start: float) -> None:
        """since_start: seconds between the first picture's arrival and this sound's."""
        if self._sound is None:
            return
        if self._sound_start is None:
            self._sound_start = (unit.timestamp, round(max(since_start, 0.0) * self._sound_clock))
            self._sound_last = -1
        first, start = self._sound_start
        time_ = start + (unit.timestamp - first) % 2**32
        if not self._sound_last < time_ < (since_start + _FIRST_SOUND) * self._sound_clock:
            self._sound_start = None  # the camera has set its clock
            return
        packet = av.Packet(unit.data)
        packet.pts = packet.dts = self._sound_last = time_
        packet.time_base, packet.stream = Fraction(1, self._sound_clock), self._sound
        packet.is_keyframe = True
        self._out.mux(packet)

    def close(self) -> None:
        self._out.close()

    def cut(self) -> None:
        """After close, where there was no room for the last fragment: the file ends with the one before; one without
        any is taken away. OSError."""
        self.seconds = self.whole
        if self.whole:
            os.truncate(self.path, self._border)
        else:
            self.path.unlink(missing_ok=True)


class Recorder:
    """begin() with each connection, then pictures and sounds as they come; used by one thread. Raises VideoError."""

    def __init__(self, path: Path) -> None:
        """InvalidSetting where the name does not end in .mp4 or .mov."""
        if path.suffix.lower() not in _CONTAINERS:
            raise InvalidSetting(f"A stream cannot be recorded as “{path.suffix}”.", hint="Use .mp4 or .mov.")
        self._path = path
        self._files: list[Path] = []
        self._before = (0.0, 0)  # seconds and bytes of the files that are closed
        self._take: Take | None = None
        self._codec = ""
        self._sound: Track | None = None
        self._started = 0.0
        self._note = ""
        self._error = ""
        self._full = 0

    def begin(self, codec: str, sound: Track | None) -> None:
        self._finish()
        self._codec, self._sound = codec, sound
        allowed = _CONTAINERS[self._path.suffix.lower()][1]
        if sound is not None and sound.encoding not in allowed:
            self._note = f"The sound ({sound.encoding}) cannot be kept in {self._path.suffix} files; .mov keeps it."

    def picture(self, unit: AccessUnit, arrival: float) -> None:
        if self._error or self._codec not in _DEMUXERS:
            return
        try:
            if unit.key and self._take is not None and self._take.parameters != parameters(self._codec, unit.data):
                self._finish()
            if self._take is None:
                if not unit.key or unit.damaged:
                    return
                self._start(unit, arrival)
            assert self._take is not None
            self._take.picture(unit, arrival)
        except (FFmpegError, OSError, ValueError) as error:
            self._fail(error)

    @property
    def position(self) -> float:
        """Seconds of picture in the file at hand."""
        return self._take.seconds if self._take is not None else 0.0

    def sound(self, units: list[SoundUnit], since_start: float | None = None) -> None:
        """since_start: seconds between the file's first picture and these sounds, where they do not come live."""
        if self._take is None or self._error:
            return
        try:
            for unit in units:
                live = time.monotonic() - self._started
                self._take.sound(unit, live if since_start is None else since_start)
        except (FFmpegError, OSError, ValueError) as error:
            self._fail(error)

    def close(self) -> Recording:
        self._finish()
        if not self._files and not self._error:
            self._error = "Nothing was recorded: no key frame came."
        return self.state()

    def state(self) -> Recording:
        seconds, size = self._before
        if self._take is not None:
            seconds, size = seconds + self._take.seconds, size + _size(self._take.path)
        return Recording(tuple(self._files), seconds, size, self._error, self._note, self._full)

    def _start(self, unit: AccessUnit, arrival: float) -> None:
        path = free_name(self._path)
        self._take, self._started = Take(path, self._codec, unit, self._sound), arrival
        self._files.append(path)

    def _finish(self, problem: Exception | None = None) -> None:
        """problem: what the file ends of before its time."""
        take, self._take = self._take, None
        if take is not None:
            try:
                take.close()
            except (FFmpegError, OSError) as error:
                problem = problem or error
            if problem is not None and is_full(problem):
                self._cut(take)
            self._before = (self._before[0] + take.seconds, self._before[1] + _size(take.path))
        if problem is not None:
            log.warning("recording to %s ended: %s", self._path, problem)
            self._full = getattr(problem, "errno", 0) if is_full(problem) else 0
            self._error = self._why(problem)

    def _cut(self, take: Take) -> None:
        try:
            take.cut()
        except OSError as error:
            log.warning("%s may end in the middle of a picture: %s", take.path, error)
        if not take.whole:
            self._files.remove(take.path)

    def _why(self, problem: Exception) -> str:
        if not is_full(problem):
            return f"The recording ended: {problem}"
        again = f"{shortage(self._path.parent, problem)}Make room and start it again."
        if not self._files:
            return f"The disk is full: nothing of the recording was kept. {again}"
        kept = round(self._before[0])
        return f"The disk is full: the recording ended. About {kept} s of it are kept. {again}"

    def _fail(self, error: Exception) -> None:
        """The stream goes on without the recording."""
        self._finish(error)


def _probe(sound: Track) -> InputContainer:
    """A container as small as can be that describes the sound: templates of streams come from containers only."""
    if sound.encoding != "AAC":
        options = {"sample_rate": str(sound.clock_rate), "ch_layout": "mono" if sound.channels == 1 else "stereo"}
        return _open(bytes(1024), _RAW[sound.encoding], options)
    config = bytes.fromhex(sound.fmtp.get("config", ""))
    tags = b"".join(_flv_tag(b"\xaf" + body) for body in (b"\0" + config, b"\1" + bytes(16)))
    return _open(b"FLV\1\4\0\0\0\x09\0\0\0\0" + tags, "flv")


def _open(data: bytes, kind: str, options: dict[str, str] | None = None) -> InputContainer:
    found = av.open(io.BytesIO(data), format=kind, options=options)
    assert isinstance(found, InputContainer)
    return found


def _flv_tag(body: bytes) -> bytes:
    return b"\x08" + len(body).to_bytes(3, "big") + bytes(7) + body + (len(body) + 11).to_bytes(4, "big")


def parameters(codec: str, data: bytes) -> bytes:
    """What a decoder is set up with, as it stands in a key frame: a change of it needs a new file."""
    if codec == "JPEG":
        at = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc1"))
        return data[at + 4 : at + 10] if at >= 0 else b""
    rules = H264 if codec == "H264" else H265
    units = data.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")
    return b"|".join(u.rstrip(b"\0") for u in units if len(u) > rules.header and rules.kind(u) in rules.parameters)


def check(path: Path) -> None:
    """Before a recording starts: VideoError where the folder cannot be written to."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        probe = free_name(path)
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as error:
        raise VideoError(
            f"Nothing can be recorded to {path.parent}.", hint=error.strerror or "", detail=str(error)
        ) from error


def free_name(path: Path) -> Path:
    """The path itself or the next one with a number that is not there yet."""
    found, number = path, 2
    while found.exists():
        found, number = path.with_name(f"{path.stem} ({number}){path.suffix}"), number + 1
    return found


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0

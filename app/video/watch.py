"""A look at a stream without a window: plays for a while and says what came."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from app.errors import VideoError
from app.model.stream import StreamEndpoint
from app.transport.packets import Limits
from app.video.decoder import Decoder
from app.video.meter import rate
from app.video.opening import open_source
from app.video.record import Recorder, Recording
from app.video.record import check as check_place
from app.video.sound import SoundDecoder, level
from app.video.source import Arrived, Source
from app.wire.rtp_audio import SoundUnit


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
    packets: int = 0
    loss: float = 0.0  # part of the packets that did not arrive, 0.0 to 1.0
    transport: str = ""
    audio: str = ""  # codec of the sound, "" without one
    audio_kbps: float = 0.0
    audio_peak: float = 0.0  # 0.0 to 1.0
    recorded: tuple[str, ...] = ()  # files
    recording_note: str = ""


class _Sound:
    """What is heard: counted and measured, not played."""

    def __init__(self, source: Source) -> None:
        self.peak = 0.0
        self.size = 0
        self._source = source
        self._decoder = SoundDecoder(source.sound, 16000) if source.sound is not None else None

    def take(self) -> list[SoundUnit]:
        units = self._source.take_sound()
        for unit in units:
            self.size += len(unit.data)
            if self._decoder is not None:
                self.peak = max(self.peak, level(self._decoder.decode(unit)))
        return units


class _Pictures:
    """What is seen: decoded and counted, not shown. size in bytes, times of arrival in seconds."""

    def __init__(self, source: Source, started: float) -> None:
        self.decoder = Decoder(source.codec)
        self.times: list[float] = []
        self.measures = (0, 0)
        self.size = 0
        self.first_ms: float | None = None
        self._started = started

    def take(self, arrived: Arrived) -> None:
        self.size += len(arrived.unit.data)
        for picture in self.decoder.decode(arrived.unit):
            self.times.append(arrived.arrival)
            self.measures = (picture.width, picture.height)
            if self.first_ms is None:
                self.first_ms = (time.monotonic() - self._started) * 1000


def watch(
    endpoint: StreamEndpoint,
    seconds: float,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    record: Path | None = None,
) -> WatchResult:
    """Blocks for the time to connect plus `seconds`. record: an .mp4 or .mov file for what comes.

    Raises CameraError, also when no picture came at all or nothing could be recorded."""
    started = time.monotonic()
    recorder = Recorder(record) if record is not None else None
    if record is not None:
        check_place(record)
    source = open_source(endpoint, limits)
    try:
        source.open()
        sound = _Sound(source)
        if recorder is not None:
            recorder.begin(source.codec, source.sound)
        pictures = _Pictures(source, started)
        until = time.monotonic() + seconds
        while (now := time.monotonic()) < until:
            for arrived in source.read(until - now):
                if recorder is not None:
                    recorder.picture(arrived.unit, arrived.arrival)
                pictures.take(arrived)
            heard = sound.take()
            if recorder is not None:
                recorder.sound(heard)
        if not pictures.times:
            raise _no_picture(source, pictures, seconds)
        recording = recorder.close() if recorder is not None else Recording()
        if recording.error:
            raise VideoError(recording.error)
        return _result(source, pictures, sound, recording, seconds)
    finally:
        source.close()
        if recorder is not None:
            recorder.close()


def _no_picture(source: Source, pictures: _Pictures, seconds: float) -> VideoError:
    if not source.received_bytes:
        return VideoError(
            f"The camera agreed to play, but nothing came within {seconds:g} s.",
            hint="Try another transport or stream; a firewall may keep the pictures away.",
            detail=f"transport {source.transport or 'unknown'}",
        )
    return VideoError(
        f"No picture came within {seconds:g} s.",
        hint="Watch longer than the I-frame interval of the stream.",
        detail=f"{source.received_bytes} bytes, {pictures.decoder.skipped} pictures before the first key frame",
    )


def _result(source: Source, pictures: _Pictures, sound: _Sound, recording: Recording, seconds: float) -> WatchResult:
    width, height = pictures.measures
    return WatchResult(
        codec=source.codec,
        width=width,
        height=height,
        fps=round(rate(pictures.times), 2),
        bitrate_kbps=round(pictures.size * 8 / 1000 / seconds, 1),
        frames=len(pictures.times),
        gaps=source.gaps,
        corrupt=pictures.decoder.corrupt,
        first_frame_ms=None if pictures.first_ms is None else round(pictures.first_ms, 1),
        packets=source.packets,
        loss=round(source.gaps / max(source.gaps + source.packets, 1), 5),
        transport=source.transport,
        audio=source.sound.encoding if source.sound is not None else "",
        audio_kbps=round(sound.size * 8 / 1000 / seconds, 1),
        audio_peak=round(sound.peak, 3),
        recorded=tuple(str(path) for path in recording.files),
        recording_note=recording.note,
    )

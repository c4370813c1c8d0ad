"""Coded sound to the loudspeaker. PortAudio (sounddevice) plays; where there is no device a note says so."""

from __future__ import annotations

import logging
import threading
import time
from array import array
from collections import deque
from typing import Any, Protocol

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.resampler import AudioResampler
from av.error import FFmpegError

from app.errors import NotSupported
from app.wire.rtp_audio import SoundUnit
from app.wire.sdp import Track

log = logging.getLogger(__name__)

_CODECS = {"PCMA": "pcm_alaw", "PCMU": "pcm_mulaw", "AAC": "aac"}
_AHEAD = 0.08  # seconds collected before the first sound: the network is not even
_MOST = 0.4  # seconds; beyond that the sound is too late for the picture, and the oldest is dropped
_FULL = 32768
_HOLD = 0.6  # seconds that a peak is remembered: whoever looks twice a second misses no beep
_PEAKS = 64


class SoundDecoder:
    """One audio track to 16-bit mono samples at `rate`."""

    def __init__(self, track: Track, rate: int) -> None:
        """NotSupported for what cannot be decoded."""
        if track.encoding not in _CODECS:
            raise NotSupported(f"Sound encoded as {track.encoding} cannot be played.")
        try:
            context = av.CodecContext.create(_CODECS[track.encoding], "r")
            assert isinstance(context, AudioCodecContext)
            if track.encoding == "AAC":
                context.extradata = bytes.fromhex(track.fmtp.get("config", ""))
            else:
                context.sample_rate = track.clock_rate
                context.layout = "mono" if track.channels == 1 else "stereo"
        except (FFmpegError, ValueError) as error:
            raise NotSupported("The camera's sound cannot be played.", detail=str(error)) from error
        self.refused = 0
        self._context = context
        self._resampler = AudioResampler("s16", "mono", rate)

    def decode(self, unit: SoundUnit) -> array[int]:
        """Samples, perhaps none. What cannot be decoded is counted."""
        samples = array("h")
        try:
            for frame in self._context.decode(av.Packet(unit.data)):
                for part in self._resampler.resample(frame):
                    samples.frombytes(bytes(part.planes[0])[: part.samples * 2])
        except (FFmpegError, ValueError) as error:
            log.debug("sound: %s", error)
            self.refused += 1
        return samples


def level(samples: array[int]) -> float:
    """The peak, 0.0 to 1.0."""
    return min(max(max(samples), -min(samples)) / _FULL, 1.0) if samples else 0.0


class Speaker(Protocol):
    """Takes samples from the stream's thread and never holds it up."""

    rate: int

    def play(self, samples: array[int]) -> None: ...

    def close(self) -> None: ...


class PortAudioSpeaker:
    """The system's default output. Made when there is something to be heard, closed when muted."""

    def __init__(self) -> None:
        """NotSupported, with words for people, where nothing can be heard on this computer."""
        self._lock = threading.Lock()
        self._waiting = bytearray()
        self._flowing = False
        try:
            import sounddevice  # type: ignore[import-untyped]
        except (ImportError, OSError) as error:  # OSError: the wheel is there, the system's library is not
            raise NotSupported(
                "Sound cannot be played: PortAudio is missing.",
                hint="On Linux, install the package libportaudio2.",
                detail=str(error),
            ) from error
        try:
            self.rate = int(sounddevice.query_devices(kind="output")["default_samplerate"])
            self._stream: Any = sounddevice.RawOutputStream(
                samplerate=self.rate, channels=1, dtype="int16", latency="low", callback=self._fill
            )
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError, KeyError) as error:
            raise NotSupported("This computer has no sound output.", detail=str(error)) from error

    def play(self, samples: array[int]) -> None:
        most = int(self.rate * _MOST) * 2
        with self._lock:
            self._waiting += samples.tobytes()
            if len(self._waiting) > most:
                del self._waiting[: len(self._waiting) - int(self.rate * _AHEAD) * 2]

    def close(self) -> None:
        self._stream.close(ignore_errors=True)

    def _fill(self, target: Any, frames: int, times: Any, status: Any) -> None:
        """In PortAudio's thread."""
        size = len(target)
        with self._lock:
            if not self._flowing and len(self._waiting) < self.rate * _AHEAD * 2:
                target[:] = bytes(size)
                return
            taken = bytes(self._waiting[:size])
            del self._waiting[:size]
        self._flowing = len(taken) == size
        target[:] = taken + bytes(size - len(taken))


class Listener:
    """What a player does with a track's sound: decodes, measures, and plays unless it is muted. The stream's
    thread calls `begin`, `hear` and `end`; any thread sets muted and volume (0.0 to 1.0)."""

    def __init__(self, make_speaker: Any = PortAudioSpeaker) -> None:
        self.muted = True
        self.volume = 1.0
        self._peaks: deque[tuple[float, float]] = deque(maxlen=_PEAKS)  # when, and how loud
        self.note = ""
        self.codec = ""
        self._make_speaker = make_speaker
        self._speaker: Speaker | None = None
        self._silent = False  # this computer has no output: not asked again before the next unmuting
        self._track: Track | None = None
        self._decoder: SoundDecoder | None = None
        self._decoder_rate = 0

    @property
    def level(self) -> float:
        """The loudest of the last moment, 0.0 to 1.0."""
        since = time.monotonic() - _HOLD
        return max((peak for when, peak in tuple(self._peaks) if when >= since), default=0.0)

    def begin(self, track: Track | None) -> None:
        """A connection with this sound, or without one."""
        self._track, self._decoder = track, None
        self._peaks.clear()
        self.codec = track.encoding if track is not None else ""
        self.note = ""

    def hear(self, units: list[SoundUnit]) -> None:
        self._follow_mute()
        if self._track is None or not units:
            return
        rate = self._speaker.rate if self._speaker is not None else 16000
        if self._decoder is None or rate != self._decoder_rate:
            try:
                self._decoder, self._decoder_rate = SoundDecoder(self._track, rate), rate
            except NotSupported as error:
                self._track, self.note = None, error.summary
                return
        for unit in units:
            samples = self._decoder.decode(unit)
            if samples:
                self._peaks.append((time.monotonic(), level(samples)))
            if self._speaker is not None:
                self._speaker.play(louder(samples, self.volume))

    def end(self) -> None:
        """Lets go of the loudspeaker."""
        self._peaks.clear()
        if self._speaker is not None:
            self._speaker.close()
            self._speaker = None

    def _follow_mute(self) -> None:
        if self.muted:
            self._silent = False
            if self._speaker is not None:
                self._speaker.close()
                self._speaker = None
        elif self._speaker is None and not self._silent and self._track is not None:
            try:
                self._speaker = self._make_speaker()
                self.note = ""
            except NotSupported as error:
                self._silent, self.note = True, f"{error.summary} {error.hint}".strip()


def louder(samples: array[int], volume: float) -> array[int]:
    """At 1.0 as it came; at 0.0 silence."""
    if volume >= 1.0:
        return samples
    factor = int(max(volume, 0.0) ** 2 * 256)  # the ear counts in decibels
    return array("h", [sample * factor >> 8 for sample in samples])

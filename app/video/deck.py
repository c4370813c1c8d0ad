"""The recording that runs beside a stream, if there is one: started and stopped by one thread, fed by the stream's."""

from __future__ import annotations

import threading
from pathlib import Path

from app.errors import VideoError
from app.video.record import Recorder, Recording, check
from app.video.source import Arrived, Source
from app.wire.rtp_audio import SoundUnit


class Deck:
    """At most one recording at a time. What comes while there is none is not kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recorder: Recorder | None = None

    def start(self, path: Path, source: Source | None) -> None:
        """From the next key frame; source: the connection at hand, None between two. InvalidSetting, VideoError."""
        recorder = Recorder(path)
        check(path)
        with self._lock:
            if self._recorder is not None:
                raise VideoError("This stream is being recorded already.")
            if source is not None and source.codec:
                recorder.begin(source.codec, source.sound)
            self._recorder = recorder

    def stop(self) -> Recording:
        """What was recorded. May wait for the disk. VideoError where nothing is being recorded."""
        with self._lock:
            recorder, self._recorder = self._recorder, None
            if recorder is None:
                raise VideoError("This stream is not being recorded.")
            return recorder.close()

    @property
    def state(self) -> Recording | None:
        """How far it is, None while nothing is recorded."""
        recorder = self._recorder
        return None if recorder is None else recorder.state()

    # By the stream's thread

    def begin(self, source: Source) -> None:
        """Another connection, or other parameters on the same one."""
        with self._lock:
            if self._recorder is not None:
                self._recorder.begin(source.codec, source.sound)

    def picture(self, arrived: Arrived) -> None:
        if self._recorder is None:  # the usual case takes no lock
            return
        with self._lock:
            if self._recorder is not None:
                self._recorder.picture(arrived.unit, arrived.arrival)

    def sound(self, units: list[SoundUnit]) -> None:
        if not units or self._recorder is None:
            return
        with self._lock:
            if self._recorder is not None:
                self._recorder.sound(units)

    def close(self) -> None:
        """The stream is over: the file ends whole, and how it ended can still be asked."""
        with self._lock:
            if self._recorder is not None:
                self._recorder.close()

"""From the microphone to a device's loudspeaker, for as long as somebody talks. PortAudio (sounddevice) listens."""

from __future__ import annotations

import logging
import queue
import threading
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from app.errors import CameraError, NotSupported
from app.families.media import TalkLine
from app.video.sound import level

log = logging.getLogger(__name__)

RATE = 8000  # samples a second, as `TalkLine.say` wants them
_BLOCK = 160  # samples: 20 ms
_MOST = 25  # blocks that wait; beyond that the oldest is dropped, for a late voice is worse than a gap
_WAIT = 0.1  # seconds between two looks whether to go on


class TalkPhase(StrEnum):
    CONNECTING = "connecting"
    TALKING = "talking"
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TalkStatus:
    """text and hint are for people, where it failed."""

    phase: TalkPhase
    text: str = ""
    hint: str = ""


class Microphone(Protocol):
    """One that is listening."""

    def read(self, wait: float) -> array[int]:
        """What was heard, nothing after `wait` seconds."""

    def close(self) -> None: ...


class PortAudioMicrophone:
    """The system's default input."""

    def __init__(self) -> None:
        """NotSupported, with words for people, where nothing can be heard on this computer."""
        self._blocks: queue.Queue[bytes] = queue.Queue(_MOST)
        try:
            import sounddevice  # type: ignore[import-untyped]
        except (ImportError, OSError) as error:  # OSError: the wheel is there, the system's library is not
            raise NotSupported(
                "Nobody can talk: PortAudio is missing.",
                hint="On Linux, install the package libportaudio2.",
                detail=str(error),
            ) from error
        try:
            self._stream: Any = sounddevice.RawInputStream(
                samplerate=RATE, channels=1, dtype="int16", blocksize=_BLOCK, latency="low", callback=self._heard
            )
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            raise NotSupported(
                "This computer has no microphone.", hint="Plug one in, or allow its use.", detail=str(error)
            ) from error

    def read(self, wait: float) -> array[int]:
        samples = array("h")
        try:
            samples.frombytes(self._blocks.get(timeout=wait))
        except queue.Empty:
            return samples
        return samples

    def close(self) -> None:
        self._stream.close(ignore_errors=True)

    def _heard(self, data: Any, frames: int, times: Any, status: Any) -> None:
        """In PortAudio's thread."""
        if self._blocks.full():
            try:
                self._blocks.get_nowait()
            except queue.Empty:
                log.debug("the line took the block meanwhile")
        self._blocks.put_nowait(bytes(data))


class Talker:
    """One time of talking: start once, stop once. on_status is called in its thread."""

    def __init__(
        self,
        line: TalkLine,
        on_status: Callable[[TalkStatus], None],
        make_microphone: Callable[[], Microphone] = PortAudioMicrophone,
    ) -> None:
        self.level = 0.0  # of the voice, 0.0 to 1.0
        self._line = line
        self._on_status = on_status
        self._make_microphone = make_microphone
        self._stop = threading.Event()
        self._open = False
        self._thread = threading.Thread(target=self._run, name="talk", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns at once; what was said until now still goes out."""
        self._stop.set()
        if not self._open:
            self._line.end()

    def join(self, timeout: float | None = None) -> bool:
        """True when the thread has ended."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        self._on_status(TalkStatus(TalkPhase.CONNECTING))
        last = TalkStatus(TalkPhase.ENDED)
        try:
            self._talk()
        except CameraError as error:
            if not self._stop.is_set():
                last = TalkStatus(TalkPhase.FAILED, error.summary, error.hint)
        finally:
            self._line.close()
            self.level = 0.0
        self._on_status(last)

    def _talk(self) -> None:
        microphone = self._make_microphone()  # before the line: nobody is kept from talking by a silent computer
        try:
            self._line.open()
            self._open = True
            if not self._stop.is_set():
                self._on_status(TalkStatus(TalkPhase.TALKING))
            while not self._stop.is_set():
                samples = microphone.read(_WAIT)
                self.level = level(samples)
                self._line.say(samples)
        finally:
            microphone.close()

"""One live stream: a thread that receives, decodes and scales, and starts over when the stream breaks."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from av.video.frame import VideoFrame

from app.errors import CameraError, VideoError
from app.model.stream import StreamEndpoint
from app.transport.packets import Limits
from app.transport.tls import MemoryPins
from app.video import snapshot
from app.video.deck import Deck
from app.video.decoder import Decoder, Scaler, fit
from app.video.frame import Frame, Mailbox, StreamPhase, StreamStats, StreamStatus
from app.video.meter import Meter
from app.video.opening import is_final, open_source
from app.video.record import Recording
from app.video.snapshot import Label
from app.video.sound import Listener, PortAudioSpeaker, Speaker
from app.video.source import Arrived, Source
from app.wire.rtsp_play import StreamEnded

log = logging.getLogger(__name__)

_POLL = 0.25  # seconds between two looks at the clock while nothing arrives


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. retries are the pauses before each new try; the last one repeats."""

    limits: Limits = field(default_factory=Limits)
    stalled: float = 2.0  # without a picture, until the status says so
    retries: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)


class LivePlayer(Protocol):
    """What a view needs. A player that decodes in a child process would keep to this."""

    @property
    def status(self) -> StreamStatus: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def set_view(self, width: int | None, height: int | None) -> None: ...

    def stats(self) -> StreamStats: ...

    def latest_picture_jpeg(self, label: Label = ...) -> bytes: ...

    def snapshot(self, path: Path, label: Label = ...) -> None: ...

    def set_sound(self, *, muted: bool, volume: float = 1.0) -> None: ...

    def record(self, path: Path) -> None: ...

    def stop_recording(self) -> Recording: ...

    @property
    def recording(self) -> Recording | None: ...


class Player:
    """Plays one endpoint into a mailbox. Started once; a stopped player is done.

    on_status is called with each new status, in the stream's thread (STOPPED: in the thread that calls stop).
    """

    def __init__(
        self,
        endpoint: StreamEndpoint,
        mailbox: Mailbox,
        on_status: Callable[[StreamStatus], None] | None = None,
        *,
        patience: Patience = Patience(),
        make_source: Callable[[StreamEndpoint, Limits], Source] = open_source,
        make_speaker: Callable[[], Speaker] = PortAudioSpeaker,
    ) -> None:
        self._endpoint = endpoint if endpoint.pins is not None else replace(endpoint, pins=MemoryPins())
        self._mailbox = mailbox
        self._on_status = on_status
        self._patience = patience
        self._make_source = make_source
        self._meter = Meter()
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._source: Source | None = None
        self._view: tuple[int, int] | None = None
        self._picture: tuple[VideoFrame, float] | None = None  # and time.time() of its arrival
        self._listener = Listener(make_speaker)
        self._deck = Deck()
        self._status = StreamStatus(StreamPhase.CONNECTING, "Connecting …", time.monotonic())
        self._thread = threading.Thread(target=self._run, name=f"live {endpoint.url[:60]}", daemon=True)

    @property
    def status(self) -> StreamStatus:
        return self._status

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns at once, also while the camera hangs; the thread ends by itself, after the picture at hand."""
        with self._lock:
            self._stop.set()
            source = self._source
        if source is not None:
            source.shutdown()
        self._set_status(StreamPhase.STOPPED, "Stopped.")

    def join(self, timeout: float | None = None) -> bool:
        """True when the thread has ended."""
        if self._thread.ident is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def set_view(self, width: int | None, height: int | None) -> None:
        """The view's size in device pixels. None: the source's own size. 0: hidden, nothing is scaled or put."""
        self._view = None if width is None or height is None else (max(width, 0), max(height, 0))

    def stats(self) -> StreamStats:
        listener = self._listener
        return replace(
            self._meter.snapshot(self._mailbox.dropped),
            sound=listener.codec,
            sound_level=listener.level,
            sound_note=listener.note,
        )

    def set_sound(self, *, muted: bool, volume: float = 1.0) -> None:
        """A player starts muted. What stands in the way of hearing something is in the statistics."""
        self._listener.volume = min(max(volume, 0.0), 1.0)
        self._listener.muted = muted

    def latest_picture_jpeg(self, label: Label = Label()) -> bytes:  # noqa: B008 - frozen
        """The last decoded picture at full size; VideoError before the first. The time goes into the label."""
        picture, taken = self._latest()
        return snapshot.jpeg(picture, replace(label, taken=taken))

    def snapshot(self, path: Path, label: Label = Label()) -> None:  # noqa: B008 - frozen
        """The last decoded picture at full size into a .jpg or .png file. VideoError, InvalidSetting."""
        picture, taken = self._latest()
        snapshot.save(picture, path, replace(label, taken=taken))

    def _latest(self) -> tuple[VideoFrame, float]:
        picture = self._picture
        if picture is None:
            raise VideoError("There is no picture yet.")
        return picture

    def record(self, path: Path) -> None:
        """From the next key frame into a new .mp4 or .mov file, through reconnects. InvalidSetting, VideoError."""
        with self._lock:
            source = self._source
        self._deck.start(path, source)

    def stop_recording(self) -> Recording:
        """What was recorded. May wait for the disk. VideoError where nothing is being recorded."""
        return self._deck.stop()

    @property
    def recording(self) -> Recording | None:
        """How far it is, None while nothing is recorded."""
        return self._deck.state

    # The stream's thread

    def _run(self) -> None:
        try:
            self._keep_playing()
        finally:
            self._deck.close()

    def _keep_playing(self) -> None:
        failures = 0
        while not self._stop.is_set():
            before = self._meter.frames
            error = self._attempt()
            if self._stop.is_set():
                return
            if isinstance(error, StreamEnded):
                self._set_status(StreamPhase.ENDED, error.summary, error.hint)
                return
            failures = 0 if self._meter.frames > before else failures
            if is_final(error):
                self._set_status(StreamPhase.FAILED, error.summary, error.hint)
                return
            pause = self._patience.retries[min(failures, len(self._patience.retries) - 1)]
            failures += 1
            self._set_status(StreamPhase.RECONNECTING, error.summary, error.hint, pause)
            self._stop.wait(pause)

    def _attempt(self) -> CameraError:
        """Plays until something ends it: what that was."""
        try:
            self._play()
        except CameraError as error:
            log.info("stream ended: %s (%s)", error.summary, error.detail)
            return error
        except Exception as error:
            # Whatever a codec or a bug here throws must be seen, and must not end the thread unseen.
            log.exception("the stream's thread failed")
            return VideoError("The player failed inside.", detail=f"{type(error).__name__}: {error}")
        return VideoError("The stream ended.")

    def _play(self) -> None:
        source = self._make_source(self._endpoint, self._patience.limits)
        try:
            with self._lock:
                if self._stop.is_set():
                    return
                self._source = source
            self._meter.connecting()
            if self._meter.frames == 0:
                self._set_status(StreamPhase.CONNECTING, "Connecting …")
            source.open()
            self._meter.opened(source.codec, source.transport)
            self._listener.begin(source.sound)
            self._deck.begin(source)
            self._set_status(StreamPhase.WAITING, "Connected, waiting for a key frame.")
            self._receive(source)
        finally:
            with self._lock:
                self._source = None
            source.close()
            self._listener.end()

    def _receive(self, source: Source) -> None:
        decoder, scaler = Decoder(source.codec), Scaler()
        gaps = corrupt = packets = 0
        last = time.monotonic()
        while not self._stop.is_set():
            for arrived in source.read(_POLL):
                if source.codec != decoder.codec:
                    decoder = self._other_codec(source)
                    corrupt = 0
                self._meter.unit(len(arrived.unit.data), arrived.unit.key, arrived.arrival)
                if self._decode(decoder, scaler, arrived):
                    last = time.monotonic()
                    self._playing()
                self._deck.picture(arrived)  # after it was shown: a slow disk must not be seen
            heard = source.take_sound()
            self._listener.hear(heard)
            self._deck.sound(heard)
            self._meter.losses(source.gaps - gaps, decoder.corrupt - corrupt, source.jitter, source.packets - packets)
            gaps, corrupt, packets = source.gaps, decoder.corrupt, source.packets
            if time.monotonic() - last > self._patience.stalled:
                self._stalled(decoder)

    def _other_codec(self, source: Source) -> Decoder:
        """The camera has said that its pictures are coded otherwise from now on."""
        self._meter.opened(source.codec, source.transport)
        self._deck.begin(source)
        return Decoder(source.codec)

    def _decode(self, decoder: Decoder, scaler: Scaler, arrived: Arrived) -> bool:
        """True when a picture came out."""
        started = time.monotonic()
        seen = False
        for picture in decoder.decode(arrived.unit):
            seen = True
            self._picture = (picture, time.time() - (time.monotonic() - arrived.arrival))
            frame = self._frame(picture, scaler, decoder.pixel_aspect, arrived.arrival)
            now = time.monotonic()
            self._meter.picture(picture.width, picture.height, now - started, now)
            started = now
            if frame is not None and not self._stop.is_set():
                self._mailbox.put(frame)
        return seen

    def _frame(self, picture: VideoFrame, scaler: Scaler, aspect: float, arrival: float) -> Frame | None:
        view = self._view
        if view is not None and 0 in view:
            return None
        shown = scaler.scale(picture, *fit(picture.width, picture.height, view, aspect))
        plane = shown.planes[0]
        return Frame(
            data=memoryview(plane),
            width=shown.width,
            height=shown.height,
            stride=plane.line_size,
            number=self._meter.frames,
            received=arrival,
            decoded=time.monotonic(),
            source_width=picture.width,
            source_height=picture.height,
            owner=shown,
        )

    # Status

    def _playing(self) -> None:
        if self._status.phase is not StreamPhase.PLAYING:
            self._set_status(StreamPhase.PLAYING, "Playing.")

    def _stalled(self, decoder: Decoder) -> None:
        if self._status.phase is StreamPhase.PLAYING:
            self._set_status(StreamPhase.STALLED, "The camera sends no picture.")
        elif self._status.phase is StreamPhase.WAITING and decoder.skipped and self._status.hint == "":
            self._set_status(
                StreamPhase.WAITING,
                "Connected, waiting for a key frame.",
                "The camera sends pictures, but none yet that decoding can start with. A shorter I-frame interval"
                " makes this quicker.",
            )

    def _set_status(self, phase: StreamPhase, text: str, hint: str = "", retry_in: float | None = None) -> None:
        with self._lock:
            if self._status.phase is StreamPhase.STOPPED:
                return
            if self._stop.is_set() and phase is not StreamPhase.STOPPED:
                return
            since = self._status.since if self._status.phase is phase else time.monotonic()
            self._status = status = StreamStatus(phase, text, since, hint, retry_in)
        if self._on_status is not None:
            try:
                self._on_status(status)
            except Exception:
                log.exception("the listener of a stream's status failed")

"""Addresses that FFmpeg opens better than we do, read in a child process: what hangs there can be ended.

The child sends coded pictures; they are decoded here as any others. FFmpeg holds a picture back until the next one
begins, so this way is later by one picture: it is the fallback.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import av
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from app.errors import ConnectionLost, NotSupported, TimedOut, Unreachable, VideoError
from app.model.stream import StreamEndpoint
from app.transport.packets import Limits
from app.video.source import Arrived
from app.wire.rtp import AccessUnit
from app.wire.rtp_audio import SoundUnit
from app.wire.sdp import Track

FOREIGN_SCHEMES = frozenset({"rtmp", "rtmps", "srt", "http", "https", "mmsh", "mmst"})
_CODECS = {"h264": "H264", "hevc": "H265", "mjpeg": "JPEG"}
_FILTERS = {"h264": "h264_mp4toannexb", "hevc": "hevc_mp4toannexb"}
_CLOCK = 90_000


class ForeignSource:
    """A `Source` of whatever `av.open` can read."""

    def __init__(self, endpoint: StreamEndpoint, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
        self.codec = ""
        self.transport = "ffmpeg"
        self.sound: Track | None = None
        self.received_bytes = 0
        self.packets = 0
        self.gaps = 0
        self.jitter = 0.0
        self._limits = limits
        self._url = _with_login(endpoint)
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        # shutdown() comes from another thread: the end of this pipe wakes the reader
        self._wake_end, self._wake = multiprocessing.Pipe(duplex=False)
        self._last = 0.0

    def open(self) -> None:
        """Raises CameraError."""
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=_child, args=(self._url, theirs), name="stream reader", daemon=True)
        self._process.start()
        theirs.close()
        kind, value = self._receive(self._limits.connect + self._limits.answer, "did not answer")
        if kind != "codec":
            raise _error(kind, value)
        if value not in _CODECS:
            raise NotSupported(f"This stream is encoded as {value}, which cannot be shown.")
        self.codec = _CODECS[value]
        self._last = time.monotonic()

    def read(self, seconds: float) -> list[Arrived]:
        """Pictures that were completed meanwhile, perhaps none. Raises CameraError."""
        assert self._pipe is not None
        silence = self._last + self._limits.silence - time.monotonic()
        if not self._wait(min(seconds, max(silence, 0.0))):
            if silence <= 0:
                raise TimedOut(f"Nothing came from the stream for {self._limits.silence:.0f} s.")
            return []
        kind, value = self._take()
        if kind != "unit":
            raise _error(kind, value)
        data, timestamp, key = value
        now = self._last = time.monotonic()
        self.received_bytes += len(data)
        self.packets += 1
        return [Arrived(AccessUnit(data, timestamp, key, False), now)]

    def take_sound(self) -> list[SoundUnit]:
        return []

    def shutdown(self) -> None:
        try:
            self._wake.send(None)
        except OSError:
            pass  # closed: nobody waits any more

    def close(self) -> None:
        """The child is killed: whatever it waits for does not matter any more."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None
        for each in (self._pipe, self._wake, self._wake_end):
            if each is not None:
                each.close()

    def _receive(self, seconds: float, what: str) -> tuple[str, Any]:
        if not self._wait(seconds):
            raise TimedOut(f"The stream {what} within {seconds:.0f} s.")
        return self._take()

    def _wait(self, seconds: float) -> bool:
        assert self._pipe is not None
        ready = wait([self._pipe, self._wake_end], seconds)
        if self._wake_end in ready:
            raise ConnectionLost("The view was closed.")
        return bool(ready)

    def _take(self) -> tuple[str, Any]:
        assert self._pipe is not None
        try:
            kind, value = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise ConnectionLost("The stream's reader ended.", detail=str(error)) from error
        return str(kind), value


def _error(kind: str, value: Any) -> VideoError | ConnectionLost | Unreachable:
    if kind == "end":
        return ConnectionLost("The stream ended.")
    if kind == "unreachable":
        return Unreachable("The stream cannot be opened.", detail=str(value))
    return VideoError("The stream cannot be played.", detail=str(value))


def _with_login(endpoint: StreamEndpoint) -> str:
    """FFmpeg takes the password inside the URL: it goes to the child by its pipe, never by its command line."""
    if not endpoint.user:
        return endpoint.url
    parts = urlsplit(endpoint.url)
    place = parts.netloc.rpartition("@")[2]
    login = f"{quote(endpoint.user, safe='')}:{quote(endpoint.password, safe='')}@"
    return urlunsplit(parts._replace(netloc=login + place))


def _units(container: InputContainer, stream: VideoStream, codec: str) -> Iterator[tuple[bytes, int, bool]]:
    """Data, timestamp and whether it is a key frame, of each access unit."""
    bsf = BitStreamFilterContext(_FILTERS[codec], stream) if codec in _FILTERS else None
    for packet in container.demux(stream):
        for each in bsf.filter(packet) if bsf is not None and packet.size else [packet]:
            if each.size:
                when = each.pts if each.pts is not None else each.dts or 0
                yield bytes(each), int(when * (each.time_base or 0) * _CLOCK) & 0xFFFFFFFF, each.is_keyframe


def _child(url: str, pipe: Connection) -> None:
    """In the child: sends ("codec", name), then ("unit", (data, timestamp, key)) until the end."""
    opened = False
    try:
        # Not "nobuffer": it throws away what was read to learn the format, and with it the first key frame.
        options = {"max_delay": "0", "probesize": "500000", "analyzeduration": "500000"}
        with av.open(url, options=options, timeout=(10, 10)) as container:
            if not container.streams.video:
                pipe.send(("failed", "no video in it"))
                return
            stream = container.streams.video[0]
            name = stream.codec_context.name
            pipe.send(("codec", name))
            opened = True
            for unit in _units(container, stream, name):
                pipe.send(("unit", unit))
        pipe.send(("end", ""))
    except (FFmpegError, OSError, ValueError) as error:
        # Only the kind of error: FFmpeg's text repeats the URL and the password in it.
        kind = "failed" if not isinstance(error, OSError) else "end" if opened else "unreachable"
        try:
            pipe.send((kind, f"{type(error).__name__} {getattr(error, 'errno', '')}"))
        except OSError:
            pass  # nobody listens any more

"""What a session offers to see and to hear: streams, pictures, recordings, and the device's loudspeaker."""

from __future__ import annotations

from array import array
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from app.model.recording import Clip
from app.model.stream import StreamEndpoint, StreamInfo


class Streams(Protocol):
    async def list(self) -> tuple[StreamInfo, ...]: ...

    def endpoint(self, stream: StreamInfo) -> StreamEndpoint: ...


@runtime_checkable
class KeyFrames(Protocol):
    """What the implementation of Streams may do besides: ask the camera for a key frame now."""

    async def request_key_frame(self, stream: StreamInfo) -> None: ...


@runtime_checkable
class HttpStreams(Protocol):
    """What the implementation of Streams may know besides: the stream as pictures over HTTP."""

    def http_endpoint(self, stream: StreamInfo) -> StreamEndpoint: ...


class Recordings(Protocol):
    """What the device has recorded. Days and times are those of the device's own clock."""

    async def days(self, first: date, last: date) -> tuple[date, ...]:
        """Days of this range that have recordings, in order."""

    async def clips(self, day: date) -> tuple[Clip, ...]:
        """In the order in which they begin; pieces of several kinds may cover the same time."""

    def playback(self, clip: Clip, at: datetime) -> StreamEndpoint:
        """A piece from a moment in it, as fast as it was recorded. The stream ends by itself."""

    def transfer(self, clip: Clip, begin: int = 0) -> StreamEndpoint:
        """A piece as fast as it comes, without the first bytes of payload, which are there already: `Playing.begins`
        tells whether the device could do that. `app.video.fetch` makes a file of it."""


class TalkLine(Protocol):
    """Somebody's voice on its way to the device. open, say and close are called in one thread, end in any."""

    def open(self) -> None:
        """Raises CameraError, also where somebody else talks already."""

    def say(self, samples: array[int]) -> None:
        """16-bit mono samples at 8,000 a second, at the pace at which they were spoken. Raises CameraError."""

    def end(self) -> None:
        """Whatever waits then raises ConnectionLost."""

    def close(self) -> None: ...


class Talk(Protocol):
    """The device's loudspeaker."""

    async def line(self) -> TalkLine:
        """One for each time somebody talks."""


class Snapshot(Protocol):
    """A session that offers none, but streams, gets one that looks into the stream (`app.video.still`)."""

    async def jpeg(self, channel: int = 1) -> bytes: ...


@runtime_checkable
class FromStream(Protocol):
    """A Snapshot that opens the stream for each picture: no use beside a stream that plays."""

    from_stream: bool

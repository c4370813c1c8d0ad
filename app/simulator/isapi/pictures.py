"""What one simulated camera gives its encoders: read for every picture, worked out anew after a write only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Generic, TypeVar

from app.simulator.access import Gate
from app.simulator.head import Head
from app.simulator.isapi import paths, picture_source
from app.simulator.isapi.clock import CameraClock
from app.simulator.isapi.state import State
from app.simulator.picture import EncoderSettings, PictureSettings

_TIME = "System/time"

T = TypeVar("T")


class Kept(Generic[T]):
    """Something that is made from the state, and holds until the next write."""

    def __init__(self, state: State, make: Callable[[], T]) -> None:
        self._state = state
        self._make = make
        self._made: tuple[int, T] | None = None

    def get(self) -> T:
        version, made = self._state.version, self._made
        if made is None or made[0] != version:
            made = self._made = (version, self._make())
        return made[1]


class Pictures:
    """Implements VideoSource, Sounding and ManyPictures."""

    def __init__(self, state: State, clock: CameraClock, gate: Gate, number: int, head: Head | None) -> None:
        """number: that of the camera in its farm; head: what a dome looks with."""
        self._state = state
        self._clock = clock
        self._gate = gate
        self._number = number
        self._head = head
        self._encodings: dict[str, Kept[EncoderSettings | None]] = {}
        self._channels: dict[str, Kept[PictureSettings]] = {}

    def encoder_settings(self, stream_id: str) -> EncoderSettings | None:
        stream = paths.stream_key(self._state, stream_id)
        if stream not in self._encodings:
            self._encodings[stream] = Kept(self._state, lambda: picture_source.encoder_settings(self._state, stream))
        return self._encodings[stream].get()

    def sound_codec(self, stream_id: str) -> str:
        return picture_source.sound_codec(self._state, paths.stream_key(self._state, stream_id))

    def picture_settings(self) -> PictureSettings:
        return self.channel_picture("101")

    def channel_picture(self, stream_id: str) -> PictureSettings:
        """What the channel of a stream shows; stream 201 belongs to channel 2."""
        channel = stream_id[:-2] if len(stream_id) > 2 else "1"
        # Recorders show other places than the cameras that stand beside them.
        seed = self._number + 1000 * (int(channel) - 1 if channel.isdigit() else 0)
        if channel not in self._channels:
            self._channels[channel] = Kept(
                self._state, lambda: picture_source.picture_settings(self._state, seed, channel)
            )
        ahead = round(self._clock.ahead(self._state.raw_value(_TIME, "timeZone")).total_seconds())
        window = self._head.window if self._head is not None else None
        return replace(self._channels[channel].get(), clock_ahead=ahead, window=window)

    def rtsp_challenges(self, method: str, uri: str, authorization: str | None, peer: str) -> tuple[str, ...] | None:
        verdict = self._gate.check(method, uri, authorization, peer)
        if verdict.account is not None:
            return None
        return self._gate.challenges(stale=verdict.stale, qop=False)

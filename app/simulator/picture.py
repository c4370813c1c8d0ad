"""What a simulated camera says about its picture: the contract between a camera and its video.

A `VideoSource` goes to `rtsp_server.RtspServer` and to `painter.snapshot_jpeg`; where the moving things are is
`scene.Scene(seed).objects_at(time.time())`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """One encoding. codec: "h264", "h265" or "mjpeg"; width and height in pixels, fps in frames a second.

    gop_frames counts pictures from one key frame to the next."""

    codec: str
    width: int
    height: int
    fps: float
    bitrate_kbps: int
    gop_frames: int


@dataclass(frozen=True, slots=True)
class OverlayText:
    """A text on the picture. x and y in 0..1 from the top left corner are the text's own top left corner."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class PictureSettings:
    """What the lens and the image processor do. brightness to sharpness are 0..100 with 50 for no change;
    flip is "", "LEFTRIGHT", "UPDOWN" or "CENTER"; seed makes each camera's scene different; clock_ahead is how many
    seconds the camera's wall clock is ahead of UTC."""

    brightness: int = 50
    contrast: int = 50
    saturation: int = 50
    sharpness: int = 50
    flip: str = ""
    overlays: tuple[OverlayText, ...] = ()
    show_clock: bool = True
    seed: int = 0
    # What a dome sees: the middle of its view in widths and heights of the scene, which goes on mirrored beyond its
    # edges, and the size of the view.
    window: tuple[float, float, float] | None = None
    clock_ahead: int = 0
    clock_at: tuple[float, float] = (0.02, 0.025)  # as OverlayText's
    masks: tuple[tuple[tuple[float, float], ...], ...] = ()  # corners in 0..1 of what nobody may see
    touched: bool = False  # somebody puts a hand over the lens once a minute


@runtime_checkable
class ManyPictures(Protocol):
    """A video source whose streams show different scenes: a recorder, a housing with two lenses."""

    def channel_picture(self, stream_id: str) -> PictureSettings: ...


@runtime_checkable
class Sounding(Protocol):
    """A video source whose streams carry sound as well."""

    def sound_codec(self, stream_id: str) -> str:
        """One of `tone.SOUNDS`, "" for none."""


def sound_of(source: VideoSource, stream_id: str) -> str:
    """What a stream's sound is coded with, "" where it has none."""
    return source.sound_codec(stream_id) if isinstance(source, Sounding) else ""


def picture_of(source: VideoSource, stream_id: str) -> PictureSettings:
    """What a stream shows."""
    return source.channel_picture(stream_id) if isinstance(source, ManyPictures) else source.picture_settings()


class VideoSource(Protocol):
    """The camera, as its video sees it. The methods may be called from any thread and return at once."""

    def encoder_settings(self, stream_id: str) -> EncoderSettings | None:
        """The encoding with this id ("101"); None when the camera has none, or has switched it off."""

    def picture_settings(self) -> PictureSettings: ...

    def rtsp_challenges(self, method: str, uri: str, authorization: str | None, peer: str) -> tuple[str, ...] | None:
        """None lets the request in; else the WWW-Authenticate values of the 401, or an empty tuple for a 403.

        peer is the client's address, for lock-outs."""

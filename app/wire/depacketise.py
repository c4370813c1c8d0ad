"""Which depacketiser reads which track."""

from __future__ import annotations

from app.errors import NotSupported
from app.wire.rtp import Depacketiser
from app.wire.rtp_jpeg import JpegDepacketiser
from app.wire.rtp_nal import H264, H265, NalDepacketiser
from app.wire.sdp import Track

CODECS = ("H264", "H265", "JPEG")
SOUNDS = ("PCMU", "PCMA", "AAC")


def is_audible(track: Track) -> bool:
    """Sound that can be decoded. AAC needs its configuration, which only this one mode describes."""
    if track.encoding == "AAC":
        return bool(track.fmtp.get("config")) and track.fmtp.get("mode", "aac-hbr").lower() == "aac-hbr"
    return track.encoding in SOUNDS


def depacketiser(track: Track) -> Depacketiser:
    """A fresh one; NotSupported for an encoding that is not in CODECS."""
    if track.encoding == "H264":
        return NalDepacketiser(H264, track.parameter_sets())
    if track.encoding == "H265":
        return NalDepacketiser(H265, track.parameter_sets())
    if track.encoding == "JPEG":
        return JpegDepacketiser(track.size)
    raise NotSupported(
        f"This stream is encoded as {track.encoding or 'something unnamed'}, which cannot be shown.",
        hint="Set the stream to H.264, H.265 or MJPEG.",
    )

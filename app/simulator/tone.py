"""What a simulated camera hears: a beep each second, as coded sound in packets that can be repeated for ever."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from functools import cache

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame

SECONDS = 4  # until it begins anew
PITCH, LOUD, BEEP = 440.0, 0.5, 0.25  # hertz, part of full scale, seconds of each second
SOUNDS = ("pcmu", "pcma", "aac")
_ENCODERS = {"pcmu": "pcm_mulaw", "pcma": "pcm_alaw", "aac": "aac"}
_STATIC = {"pcmu": 0, "pcma": 8}  # payload types of RFC 3551
_DYNAMIC = 97


@dataclass(frozen=True, slots=True)
class Tone:
    """payloads are RTP payloads; samples of the clock lie between two of them."""

    codec: str
    clock_rate: int
    samples: int
    payloads: tuple[bytes, ...]
    config: str = ""  # AudioSpecificConfig in hexadecimal digits, of AAC

    @property
    def payload_type(self) -> int:
        return _STATIC.get(self.codec, _DYNAMIC)

    @property
    def media_lines(self) -> list[str]:
        """The SDP lines from m= to fmtp (RFC 3551 and RFC 3640)."""
        if self.codec != "aac":
            return [f"m=audio 0 RTP/AVP {self.payload_type}", f"a=rtpmap:{self.payload_type} {self.codec.upper()}/8000"]
        fmtp = (
            "streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;"
            f"config={self.config}"
        )
        kind = f"mpeg4-generic/{self.clock_rate}/1"
        return [f"m=audio 0 RTP/AVP {_DYNAMIC}", f"a=rtpmap:{_DYNAMIC} {kind}", f"a=fmtp:{_DYNAMIC} {fmtp}"]


@cache
def tone(codec: str) -> Tone:
    """codec: one of SOUNDS."""
    rate, samples = (16000, 1024) if codec == "aac" else (8000, 160)
    context = av.CodecContext.create(_ENCODERS[codec], "w")
    assert isinstance(context, AudioCodecContext)
    context.sample_rate, context.layout = rate, "mono"
    context.format = "fltp" if codec == "aac" else "s16"
    context.open()
    units = [
        bytes(packet)
        for at in range(0, SECONDS * rate, samples)
        for packet in context.encode(_frame(at, samples, rate, planar=codec == "aac"))
    ]
    config = bytes(context.extradata or b"").hex().upper()
    payloads = (_au_header(unit) + unit for unit in units) if codec == "aac" else units
    return Tone(codec, rate, samples, tuple(payloads), config)


def _frame(start: int, count: int, rate: int, *, planar: bool) -> AudioFrame:
    levels = (_level((start + at) / rate) for at in range(count))
    frame = AudioFrame("fltp" if planar else "s16", "mono", count)
    frame.sample_rate, frame.pts = rate, start
    samples = array("f", levels) if planar else array("h", (round(level * 32767) for level in levels))
    frame.planes[0].update(samples.tobytes())
    return frame


def _level(seconds: float) -> float:
    return LOUD * math.sin(2 * math.pi * PITCH * seconds) if seconds % 1.0 < BEEP else 0.0


def _au_header(unit: bytes) -> bytes:
    """One AU-header of 16 bits (RFC 3640 3.2.1): size in 13 bits, index 0 in 3."""
    return b"\x00\x10" + (len(unit) << 3).to_bytes(2, "big")

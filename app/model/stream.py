"""Encodings of a video input, and where to fetch them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """One encoding. role: "main", "sub" or "third"; fps, bitrate_kbps None where not said."""

    id: str
    channel: int
    role: str
    title: str
    codec: str = ""
    width: int = 0
    height: int = 0
    fps: float | None = None
    bitrate_kbps: int | None = None
    gop_frames: int | None = None


@dataclass(frozen=True, slots=True)
class StreamEndpoint:
    """How to open a stream. The URL never holds credentials. transport: "tcp", "udp" or "auto" (TCP, then UDP)."""

    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    transport: str = "auto"
    allow_basic: bool = True

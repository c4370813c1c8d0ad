"""Session descriptions (RFC 4566) as cameras write them, read as tolerantly as the field demands."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from app.errors import ProtocolError

SDP_LIMIT = 64 * 1024  # bytes; real ones stay below 2 KB

_STATIC = {0: ("PCMU", 8000), 8: ("PCMA", 8000), 14: ("MPA", 90000), 26: ("JPEG", 90000), 33: ("MP2T", 90000)}
_ALIASES = {"HEVC": "H265", "MJPEG": "JPEG", "MPEG4-GENERIC": "AAC"}


@dataclass(frozen=True, slots=True)
class Track:
    """One medium. encoding is upper case ("H264", "H265", "JPEG", "PCMA", "AAC", …), "" when nobody says.

    control is the text of a=control ("" when absent); fmtp keys are lower case; size is (0, 0) when not said.
    """

    kind: str
    payload_type: int
    encoding: str
    clock_rate: int
    channels: int = 1
    control: str = ""
    fmtp: Mapping[str, str] = field(default_factory=dict)
    size: tuple[int, int] = (0, 0)
    fps: float | None = None

    def parameter_sets(self) -> tuple[bytes, ...]:
        """Decoder parameter sets (NAL units without start codes), in decoding order; broken ones are left out."""
        names = ("sprop-parameter-sets",) if self.encoding == "H264" else ("sprop-vps", "sprop-sps", "sprop-pps")
        texts = (part for name in names for part in self.fmtp.get(name, "").split(","))
        units = (_unbase64(text) for text in texts)
        return tuple(unit for unit in units if unit)


@dataclass(frozen=True, slots=True)
class Description:
    """The session: its name, its own control text, its range ("npt=now-") and its tracks in order."""

    tracks: tuple[Track, ...]
    name: str = ""
    control: str = ""
    range: str = ""

    def video(self) -> Track | None:
        """The first video track."""
        return next((track for track in self.tracks if track.kind == "video"), None)


def parse_sdp(data: bytes) -> Description:
    """Any text with an m= line passes; ProtocolError for something else or more than SDP_LIMIT bytes."""
    if len(data) > SDP_LIMIT:
        raise ProtocolError("The stream's description is too long.", detail=f"{len(data)} bytes of SDP")
    lines = [line.strip() for line in data.decode("utf-8", "replace").replace("\0", "").splitlines()]
    sections: list[list[str]] = [[]]
    for line in lines:
        if line[:2] == "m=":
            sections.append([])
        if line[1:2] == "=":
            sections[-1].append(line)
    if len(sections) == 1:
        raise ProtocolError(
            "The camera describes no stream at this address.", detail=f"SDP without media: {data[:200]!r}"
        )
    head = sections[0]
    return Description(
        tracks=tuple(_track(section) for section in sections[1:]),
        name=next((line[2:] for line in head if line.startswith("s=")), ""),
        control=_attribute(head, "control"),
        range=_attribute(head, "range"),
    )


def control_url(base: str, control: str) -> str:
    """The URL of a control text: absolute, relative, "*" or absent. base may or may not end in a slash."""
    if control in ("", "*"):
        return base
    if urlsplit_scheme(control):
        return control
    return f"{base.rstrip('/')}/{control.lstrip('/')}"


def urlsplit_scheme(text: str) -> str:
    """The scheme of an absolute URL, "" for anything else (also for text that is no URL at all)."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return parts.scheme if parts.netloc else ""


def _track(lines: list[str]) -> Track:
    words = lines[0][2:].split()
    kind = words[0].lower() if words else ""
    types = [int(word) for word in words[3:] if _is_small_number(word)]
    maps = {number: value for number, value in map(_numbered, _attributes(lines, "rtpmap")) if number is not None}
    known = [number for number in types if number in maps or number in _STATIC]
    payload_type = next(iter(known or types or list(maps)), -1)
    encoding, clock, channels = _encoding(payload_type, maps.get(payload_type, ""))
    formats = dict(map(_numbered, _attributes(lines, "fmtp")))
    fmtp_text = formats.get(payload_type) or formats.get(None) or ""
    return Track(
        kind=kind,
        payload_type=payload_type,
        encoding=encoding,
        clock_rate=clock or (90000 if kind == "video" else 8000),
        channels=channels,
        control=_attribute(lines, "control"),
        fmtp=_fmtp(fmtp_text),
        size=_size(lines),
        fps=_rate(_attribute(lines, "framerate")),
    )


def _encoding(payload_type: int, rtpmap: str) -> tuple[str, int, int]:
    name, _, rest = rtpmap.partition("/")
    clock, _, channels = rest.partition("/")
    if not name.strip():
        static, rate = _STATIC.get(payload_type, ("", 0))
        return static, rate, 1
    name = name.strip().upper()
    return (
        _ALIASES.get(name, name),
        int(clock) if _is_small_number(clock) else 0,
        int(channels) if _is_small_number(channels) else 1,
    )


def _fmtp(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {key.strip().lower(): value.strip().strip('"') for key, _, value in pairs if key.strip()}


def _numbered(text: str) -> tuple[int | None, str]:
    """`96 H264/90000`: the number, None where a camera forgot it, and the rest."""
    number, _, rest = text.partition(" ")
    return (int(number), rest.strip()) if _is_small_number(number) else (None, text)


def _attributes(lines: list[str], name: str) -> list[str]:
    prefix = f"a={name}:"
    return [line[len(prefix) :].strip() for line in lines if line.lower().startswith(prefix)]


def _attribute(lines: list[str], name: str) -> str:
    return next(iter(_attributes(lines, name)), "")


def _size(lines: list[str]) -> tuple[int, int]:
    """From a=framesize:26 640-480, a=x-dimensions:640,480 or a=cliprect:0,0,480,640."""
    for name, pattern in (
        ("framesize", r"(?:\d+\s+)?(\d{1,5})-(\d{1,5})$"),
        ("x-dimensions", r"(\d{1,5}),\s*(\d{1,5})$"),
    ):
        if found := re.match(pattern, _attribute(lines, name), re.ASCII):
            return int(found[1]), int(found[2])
    if found := re.match(r"\d+,\d+,(\d{1,5}),(\d{1,5})$", _attribute(lines, "cliprect"), re.ASCII):
        return int(found[2]), int(found[1])
    return 0, 0


def _rate(text: str) -> float | None:
    found = re.match(r"\d{1,4}(\.\d{1,6})?$", text, re.ASCII)
    return float(text) if found and float(text) > 0 else None


def _is_small_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 9


def _unbase64(text: str) -> bytes:
    """Some cameras drop the padding."""
    text = text.strip().rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""

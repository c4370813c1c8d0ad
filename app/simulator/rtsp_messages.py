"""RTSP as the server sees it: requests in, answers out. Pure text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    461: "Unsupported Transport",
    500: "Internal Server Error",
    503: "Service Unavailable",
    505: "RTSP Version Not Supported",
}
_STREAM = re.compile(r"/(?:streaming/(?:channels|tracks)/|stream(?=\d))(\w{1,32})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RtspRequest:
    """headers have lower-case names; the first of equal ones wins."""

    method: str
    uri: str
    version: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def stream_id(self) -> str:
        """The id in the path, "" where there is none. A query or a track after it does not matter."""
        found = _STREAM.search(self.uri.partition("?")[0])
        return found.group(1) if found else ""

    @property
    def session(self) -> str:
        return self.headers.get("session", "").partition(";")[0].strip()


def parse_head(head: bytes) -> RtspRequest:
    """The lines up to the empty one; ValueError says what is wrong."""
    lines = head.decode("utf-8", "replace").replace("\r\n", "\n").strip("\n").split("\n")
    words = lines[0].split(" ")
    if len(words) != 3 or not re.fullmatch("[A-Za-z_]{1,32}", words[0]):
        raise ValueError("the request line is not “METHOD address RTSP/1.0”")
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise ValueError("a header has no colon")
        headers.setdefault(name.strip().lower(), value.strip())
    return RtspRequest(words[0].upper(), words[1], words[2], headers)


def body_length(request: RtspRequest) -> int:
    """Content-Length; ValueError for what is no length or more than 64 kB."""
    text = request.headers.get("content-length", "0")
    if not text.isascii() or not text.isdigit() or int(text[:9]) > 65536:
        raise ValueError("Content-Length is not a length")
    return int(text)


def answer(status: int, request: RtspRequest | None, headers: Sequence[tuple[str, str]] = (), body: str = "") -> bytes:
    lines = [f"RTSP/1.0 {status} {REASONS.get(status, 'Error')}"]
    sequence = request.headers.get("cseq", "") if request else ""
    if sequence.isascii() and sequence.isdigit():
        lines.append(f"CSeq: {sequence}")
    lines += [f"{name}: {value}" for name, value in headers]
    content = body.encode()
    if content:
        lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*lines, "", ""]).encode() + content


@dataclass(frozen=True, slots=True)
class WantedTransport:
    """One acceptable entry of a Transport header. ports are channels for "tcp", UDP ports for "udp"."""

    kind: str
    ports: tuple[int, int] | None


def wanted_transports(header: str) -> list[WantedTransport]:
    """What the client offers and we know, in its order; multicast and other profiles are left out."""
    found: list[WantedTransport] = []
    for entry in header.split(","):
        parts = [part.strip().lower() for part in entry.split(";")]
        if "multicast" in parts:
            continue
        if parts[0] == "rtp/avp/tcp":
            found.append(WantedTransport("tcp", _pair(parts, "interleaved=", 254)))
        elif parts[0] in ("rtp/avp", "rtp/avp/udp"):
            ports = _pair(parts, "client_port=", 65535)
            if ports is not None and ports[0] > 0:
                found.append(WantedTransport("udp", ports))
    return found


def _pair(parts: list[str], name: str, most: int) -> tuple[int, int] | None:
    for part in parts:
        match = re.fullmatch(re.escape(name) + r"(\d{1,5})(?:-(\d{1,5}))?", part)
        if match:
            first = int(match.group(1))
            second = int(match.group(2) or first + 1)
            return (first, second) if first <= most and second <= 65535 else None
    return None

"""RTCP (RFC 3550): what senders report, and the little that a receiver must say."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from app.errors import ProtocolError

_SENDER_REPORT, _RECEIVER_REPORT, _DESCRIPTION, _BYE = 200, 201, 202, 203
_NTP_TO_UNIX = 2208988800


@dataclass(frozen=True, slots=True)
class SenderReport:
    """The sender's wall clock (seconds since 1970) at an RTP timestamp. ntp_middle goes into our own report."""

    ssrc: int
    wall_clock: float
    timestamp: int
    ntp_middle: int


@dataclass(frozen=True, slots=True)
class Bye:
    """The sender ends the stream."""

    ssrcs: tuple[int, ...]


def parse_rtcp(data: bytes) -> tuple[SenderReport | Bye, ...]:
    """The parts of a compound packet that matter here; ProtocolError when it is not RTCP."""
    found: list[SenderReport | Bye] = []
    start = 0
    while start < len(data):
        if len(data) - start < 4 or data[start] >> 6 != 2:
            raise ProtocolError("The camera sent something that is not RTCP.", detail=data[:16].hex())
        kind, words = data[start + 1], int.from_bytes(data[start + 2 : start + 4], "big")
        part = data[start : start + 4 + 4 * words]
        if len(part) < 4 + 4 * words:
            raise ProtocolError("A control packet of the stream is cut short.", detail=data[:16].hex())
        if kind == _SENDER_REPORT and len(part) >= 28:
            ssrc, seconds, fraction, timestamp = struct.unpack_from("!IIII", part, 4)
            clock = seconds - _NTP_TO_UNIX + fraction / 2**32
            found.append(SenderReport(ssrc, clock, timestamp, (seconds & 0xFFFF) << 16 | fraction >> 16))
        elif kind == _BYE:
            count = min(part[0] & 0x1F, words)
            found.append(Bye(struct.unpack_from(f"!{count}I", part, 4)))
        start += len(part)
    return tuple(found)


def receiver_report(
    own_ssrc: int,
    *,
    ssrc: int,
    highest: int,
    lost: int,
    jitter_ticks: int,
    last_report: int = 0,
    since_report: float = 0.0,
) -> bytes:
    """One report block and a name. highest is the extended sequence number, since_report in seconds."""
    block = struct.pack(
        "!IIIIII",
        ssrc,
        min(max(lost, 0), 0x7FFFFF),
        highest & 0xFFFFFFFF,
        min(jitter_ticks, 0xFFFFFFFF),
        last_report,
        min(int(since_report * 65536), 0xFFFFFFFF) if last_report else 0,
    )
    report = struct.pack("!BBHI", 0x81, _RECEIVER_REPORT, 7, own_ssrc) + block
    name = b"camwright"
    items = struct.pack("!IBB", own_ssrc, 1, len(name)) + name
    items += bytes(4 - len(items) % 4)
    return report + struct.pack("!BBH", 0x81, _DESCRIPTION, len(items) // 4) + items

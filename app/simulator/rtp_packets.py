"""Pictures into RTP payloads and RTCP reports: RFC 6184 (H.264), RFC 7798 (H.265), RFC 2435 (JPEG), RFC 3550."""

from __future__ import annotations

import base64
import re
import struct
from dataclasses import dataclass

MTU = 1400  # bytes of payload; leaves room for headers on any link
_NTP_EPOCH = 2_208_988_800  # seconds from 1900 to 1970

Payload = tuple[bytes, bool]  # payload, is the last of its picture
_START = re.compile(rb"\x00\x00(?:\x00)?\x01")


def nal_units(annex_b: bytes) -> list[bytes]:
    """The NAL units between the start codes, without trailing zeros."""
    return [unit for unit in (part.rstrip(b"\x00") for part in _START.split(annex_b)) if unit]


def payloads(codec: str, data: bytes) -> list[Payload]:
    """One picture as payloads. ValueError for a JPEG that RFC 2435 cannot carry."""
    if codec == "mjpeg":
        return jpeg_payloads(data)
    fragment = _h264_fragments if codec == "h264" else _h265_fragments
    parts: list[bytes] = []
    for unit in nal_units(data):
        parts.extend([unit] if len(unit) <= MTU else fragment(unit))
    return [(part, number == len(parts) - 1) for number, part in enumerate(parts)]


def _h264_fragments(unit: bytes) -> list[bytes]:
    """FU-A."""
    indicator, kind = unit[0] & 0xE0 | 28, unit[0] & 0x1F
    return [bytes((indicator, flags | kind)) + piece for flags, piece in _pieces(unit[1:], MTU - 2)]


def _h265_fragments(unit: bytes) -> list[bytes]:
    """FU: type 49 in the two-byte header."""
    head, kind = bytes((unit[0] & 0x81 | 49 << 1, unit[1])), unit[0] >> 1 & 0x3F
    return [head + bytes((flags | kind,)) + piece for flags, piece in _pieces(unit[2:], MTU - 3)]


def _pieces(body: bytes, size: int) -> list[tuple[int, bytes]]:
    """Pieces with the start (0x80) and end (0x40) bits of both fragment headers."""
    cuts = range(0, len(body), size)
    return [((0x80 if at == 0 else 0) | (0x40 if at + size >= len(body) else 0), body[at : at + size]) for at in cuts]


@dataclass(frozen=True, slots=True)
class _Jpeg:
    width: int
    height: int
    kind: int  # 0 for 4:2:2, 1 for 4:2:0
    tables: bytes  # two quantisation tables of 64 bytes
    scan: bytes


def jpeg_payloads(data: bytes) -> list[Payload]:
    """ValueError when it is no baseline JPEG of 4:2:0 or 4:2:2.

    The quantisation tables travel in the first packet (Q 255), so any quality works."""
    picture = _parse_jpeg(data)
    shape = bytes((picture.kind, 255, picture.width // 8, picture.height // 8))
    tables = struct.pack(">BBH", 0, 0, len(picture.tables)) + picture.tables
    result: list[Payload] = []
    at = 0
    while at < len(picture.scan):
        head = struct.pack(">I", at) + shape + (tables if at == 0 else b"")
        piece = picture.scan[at : at + MTU - len(head)]
        at += len(piece)
        result.append((head + piece, at >= len(picture.scan)))
    return result


def _parse_jpeg(data: bytes) -> _Jpeg:
    tables: dict[int, bytes] = {}
    width = height = 0
    kind = -1
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + size]
        match marker:
            case 0xDB:
                starts = range(0, len(body) - 64, 65)
                tables |= {body[start]: body[start + 1 : start + 65] for start in starts}
            case 0xC0 if len(body) >= 9:
                height, width = struct.unpack(">HH", body[1:5])
                kind = {0x22: 1, 0x21: 0}.get(body[7], -1)
            case 0xDA:
                scan = data[at + 2 + size :].removesuffix(b"\xff\xd9")
                if kind < 0 or width % 8 or height % 8 or max(width, height) > 2040 or 0 not in tables:
                    raise ValueError(f"RTP cannot carry this JPEG of {width}×{height}")
                return _Jpeg(width, height, kind, tables[0] + tables.get(1, tables[0]), scan)
        at += 2 + size
    raise ValueError("not a baseline JPEG")


def rtp_header(payload_type: int, sequence: int, ticks: int, ssrc: int, *, marker: bool) -> bytes:
    return struct.pack(
        ">BBHII", 0x80, payload_type | (0x80 if marker else 0), sequence & 0xFFFF, ticks & 0xFFFFFFFF, ssrc
    )


def sender_report(ssrc: int, wall: float, ticks: int, packets: int, octets: int) -> bytes:
    """An SR for the picture at wall (time.time() seconds) with ticks, and an SDES with the name."""
    seconds = int(wall)
    fraction = int((wall - seconds) * (1 << 32))
    report = struct.pack(
        ">BBHIIIIII",
        0x80,
        200,
        6,
        ssrc,
        seconds + _NTP_EPOCH,
        fraction,
        ticks & 0xFFFFFFFF,
        packets & 0xFFFFFFFF,
        octets & 0xFFFFFFFF,
    )
    item = struct.pack(">IBB", ssrc, 1, 6) + b"camera"
    item += bytes(4 - len(item) % 4)
    return report + struct.pack(">BBH", 0x81, 202, len(item) // 4) + item


def goodbye(ssrc: int) -> bytes:
    return struct.pack(">BBHI", 0x81, 203, 1, ssrc)


def media_lines(codec: str, sets: bytes, *, with_sets: bool = True) -> list[str]:
    """The SDP lines from m= to fmtp. sets are the parameter sets as Annex B."""
    if codec == "mjpeg":
        return ["m=video 0 RTP/AVP 26", "a=rtpmap:26 JPEG/90000"]
    units = nal_units(sets)
    encoded = [base64.b64encode(unit).decode() for unit in units]
    if codec == "h264":
        chosen = [text for text, unit in zip(encoded, units, strict=True) if unit[0] & 0x1F in (7, 8)]
        level = next((unit[1:4].hex().upper() for unit in units if unit[0] & 0x1F == 7), "42001F")
        fmtp = f"packetization-mode=1;profile-level-id={level}"
        if with_sets and chosen:
            fmtp += f";sprop-parameter-sets={','.join(chosen)}"
        return ["m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000", f"a=fmtp:96 {fmtp}"]
    names = {32: "sprop-vps", 33: "sprop-sps", 34: "sprop-pps"}
    found = [
        f"{names[unit[0] >> 1 & 0x3F]}={text}"
        for text, unit in zip(encoded, units, strict=True)
        if unit[0] >> 1 & 0x3F in names
    ]
    lines = ["m=video 0 RTP/AVP 96", "a=rtpmap:96 H265/90000"]
    return [*lines, f"a=fmtp:96 {';'.join(found)}"] if with_sets and found else lines


def payload_type(codec: str) -> int:
    return 26 if codec == "mjpeg" else 96

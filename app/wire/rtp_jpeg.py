"""JPEG over RTP (RFC 2435): the headers that the sender left out are made again. A picture with a hole is dropped."""

from __future__ import annotations

import struct

from app.wire.rtp import UNIT_LIMIT, AccessUnit, Packet

# Annex K of the JPEG standard in zigzag order; RFC 2435 scales them by Q.
_LUMA = bytes.fromhex(
    "100b0c0e0c0a100e0d0e1211101318281a181616183123251d283a333d3c3933"
    "383740485c4e404457453738506d51575f626768673e4d71797064785c656763"
)
_CHROMA = bytes.fromhex("1112121815182f1a1a2f634238426363") + bytes([0x63]) * 48

_LUMA_DC = (bytes.fromhex("00010501010101010100000000000000"), bytes(range(12)))
_CHROMA_DC = (bytes.fromhex("00030101010101010101010000000000"), bytes(range(12)))
_LUMA_AC = (
    bytes.fromhex("0002010303020403050504040000017d"),
    bytes.fromhex(
        "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a"
        "3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a929394"
        "95969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8"
        "e9eaf1f2f3f4f5f6f7f8f9fa"
    ),
)
_CHROMA_AC = (
    bytes.fromhex("00020102040403040705040400010277"),
    bytes.fromhex(
        "0001020311040521310612415107617113223281081442 91a1b1c109233352f0156272d10a162434e125f11718191a262728"
        "292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92"
        "939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7"
        "e8e9eaf2f3f4f5f6f7f8f9fa"
    ),
)


class JpegDepacketiser:
    """One MJPEG track. size is the picture's from the session description, for pictures too large for the header."""

    def __init__(self, size: tuple[int, int] = (0, 0)) -> None:
        self.broken = 0
        self._size = size
        self._tables: dict[int, tuple[bytes, bytes]] = {}
        self._head = b""
        self._scan = bytearray()
        self._timestamp: int | None = None
        self._usable = False

    def push(self, packet: Packet, lost: int) -> list[AccessUnit]:
        """The picture that this packet completes, if it does."""
        if lost:
            self._usable = False
        payload = packet.payload
        if len(payload) < 8:
            return self._reject()
        offset = int.from_bytes(payload[1:4], "big")
        kind, quality = payload[4], payload[5]
        at = 8
        restart = 0
        if 64 <= kind <= 127:
            if len(payload) < 12:
                return self._reject()
            restart = int.from_bytes(payload[8:10], "big")
            at = 12
        if offset == 0:
            self._timestamp = packet.timestamp
            self._scan.clear()
            self._usable = False
            tables, at = self._quantisation(payload, at, quality)
            width, height = payload[6] * 8 or self._size[0], payload[7] * 8 or self._size[1]
            if tables is None or kind & 0x3F > 1 or kind > 127 or not (0 < width < 65536 and 0 < height < 65536):
                return self._reject()
            self._head = _headers(kind & 1, width, height, tables, restart)
            self._usable = True
        elif not self._usable or packet.timestamp != self._timestamp or offset != len(self._scan):
            self._usable = False
            return []
        self._scan += payload[at:]
        if len(self._scan) > UNIT_LIMIT:
            return self._reject()
        return self._finish() if packet.marker else []

    def _finish(self) -> list[AccessUnit]:
        self._usable = False
        end = b"" if self._scan.endswith(b"\xff\xd9") else b"\xff\xd9"
        return [AccessUnit(self._head + self._scan + end, self._timestamp or 0, key=True, damaged=False)]

    def _reject(self) -> list[AccessUnit]:
        self.broken += 1
        self._usable = False
        return []

    def _quantisation(self, payload: bytes, at: int, quality: int) -> tuple[tuple[bytes, bytes] | None, int]:
        """Luma and chroma as they stand in a DQT segment (precision byte first), and where the scan starts."""
        if quality < 128:
            return (scaled_tables(quality) if 1 <= quality <= 99 else None), at
        if len(payload) < at + 4:
            return None, at
        precision, size = payload[at + 1], int.from_bytes(payload[at + 2 : at + 4], "big")
        data = payload[at + 4 : at + 4 + size]
        at += 4 + size
        if size == 0:
            return self._tables.get(quality), at
        tables = _in_band(data, precision) if len(data) == size else None
        if tables is not None and quality < 255:
            self._tables[quality] = tables
        return tables, at


def scaled_tables(quality: int) -> tuple[bytes, bytes]:
    """Both tables for Q of 1 to 99, each with the precision byte 0 in front."""
    factor = 5000 // quality if quality < 50 else 200 - quality * 2

    def scale(table: bytes) -> bytes:
        return b"\0" + bytes(min(max((value * factor + 50) // 100, 1), 255) for value in table)

    return scale(_LUMA), scale(_CHROMA)


def _in_band(data: bytes, precision: int) -> tuple[bytes, bytes] | None:
    tables: list[bytes] = []
    at = 0
    while at < len(data) and len(tables) < 2:
        wide = precision >> len(tables) & 1
        table = data[at : at + (128 if wide else 64)]
        if len(table) < (128 if wide else 64):
            return None
        tables.append(bytes((wide << 4,)) + table)
        at += len(table)
    return (tables[0], tables[-1]) if tables else None


def _headers(kind: int, width: int, height: int, tables: tuple[bytes, bytes], restart: int) -> bytes:
    """Everything before the scan. kind 0 has chroma halved in width (4:2:2), 1 in both directions (4:2:0)."""
    parts = [b"\xff\xd8"]
    for number, table in enumerate(tables):
        parts.append(_segment(0xDB, bytes((table[0] | number,)) + table[1:]))
    if restart:
        parts.append(_segment(0xDD, struct.pack("!H", restart)))
    luma = 0x22 if kind else 0x21
    components = bytes((1, luma, 0, 2, 0x11, 1, 3, 0x11, 1))
    parts.append(_segment(0xC0, struct.pack("!BHHB", 8, height, width, 3) + components))
    for selector, (counts, symbols) in zip(
        (0x00, 0x10, 0x01, 0x11), (_LUMA_DC, _LUMA_AC, _CHROMA_DC, _CHROMA_AC), strict=True
    ):
        parts.append(_segment(0xC4, bytes((selector,)) + counts + symbols))
    parts.append(_segment(0xDA, bytes((3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0))))
    return b"".join(parts)


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0xFF, marker, len(body) + 2) + body

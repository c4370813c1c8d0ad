"""Sound from RTP: G.711 (RFC 3551) as it is, AAC (RFC 3640) cut into its access units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.wire.rtp import Packet
from app.wire.sdp import Track

_UNIT_LIMIT = 64 * 1024  # bytes of one AAC access unit
_AAC_SAMPLES = 1024


@dataclass(frozen=True, slots=True)
class SoundUnit:
    """Coded sound that decodes by itself. timestamp counts the track's clock."""

    data: bytes
    timestamp: int


class SoundReader(Protocol):
    """Never raises on anything that a packet holds."""

    def push(self, packet: Packet, lost: int) -> list[SoundUnit]: ...


class PlainReader:
    """Every packet is sound by itself."""

    def push(self, packet: Packet, lost: int) -> list[SoundUnit]:
        return [SoundUnit(packet.payload, packet.timestamp)] if packet.payload else []


class AacReader:
    """Headers of all units first, then the units; one unit may go over several packets."""

    def __init__(self, track: Track) -> None:
        self.broken = 0
        self._size_bits = _number(track.fmtp.get("sizelength"), 13)
        self._index_bits = _number(track.fmtp.get("indexlength"), 3)
        self._delta_bits = _number(track.fmtp.get("indexdeltalength"), 3)
        self._part = bytearray()
        self._wanted = 0

    def push(self, packet: Packet, lost: int) -> list[SoundUnit]:
        if lost:
            self._part.clear()
        payload = packet.payload
        if len(payload) < 2:
            self.broken += 1
            return []
        bits = int.from_bytes(payload[:2], "big")
        start = 2 + (bits + 7) // 8
        sizes = self._sizes(payload[2:start], bits)
        if not sizes or start > len(payload):
            self.broken += 1
            return []
        data = payload[start:]
        if len(sizes) == 1 and (self._part or sizes[0] > len(data)):
            return self._fragment(sizes[0], data, packet)
        self._part.clear()
        found, at = [], 0
        for number, size in enumerate(sizes):
            unit = data[at : at + size]
            if len(unit) < size:
                self.broken += 1
                break
            found.append(SoundUnit(unit, packet.timestamp + number * _AAC_SAMPLES & 0xFFFFFFFF))
            at += size
        return found

    def _fragment(self, size: int, data: bytes, packet: Packet) -> list[SoundUnit]:
        self._part += data
        if len(self._part) > _UNIT_LIMIT:
            self._part.clear()
            self.broken += 1
        elif len(self._part) >= size:
            unit = bytes(self._part[:size])
            self._part.clear()
            return [SoundUnit(unit, packet.timestamp)]
        return []

    def _sizes(self, headers: bytes, bits: int) -> list[int]:
        value, left = int.from_bytes(headers, "big") >> (-bits % 8), bits
        sizes: list[int] = []
        while left >= self._size_bits:
            left -= self._size_bits
            sizes.append(value >> max(left, 0) & ((1 << self._size_bits) - 1))
            left -= self._index_bits if len(sizes) == 1 else self._delta_bits
        return [size for size in sizes if size]


def sound_reader(track: Track) -> SoundReader:
    """For a track that `depacketise.is_audible`."""
    return AacReader(track) if track.encoding == "AAC" else PlainReader()


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and 0 < int(text[:3]) <= 32 else default

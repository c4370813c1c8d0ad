"""RTP packets (RFC 3550): the header, and a stream of them put back into order with its losses counted."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from app.errors import ProtocolError

UNIT_LIMIT = 16 * 1024 * 1024  # bytes of one coded picture; an 8K key frame stays far below
_RESTART = 3000  # a jump this far back is a new stream, not a late packet (RFC 3550 A.1)


class Packet(NamedTuple):
    marker: bool
    payload_type: int
    sequence: int  # 0..65535
    timestamp: int  # 0..2**32-1, in the track's clock
    ssrc: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """One coded picture. data is Annex B (H.264, H.265) or a whole JPEG file; damaged: packets of it are missing."""

    data: bytes
    timestamp: int
    key: bool
    damaged: bool


class Depacketiser(Protocol):
    """Turns one track's packets, in order, into access units. Never raises on anything that a packet holds."""

    broken: int  # payloads that break the rules of their format

    def push(self, packet: Packet, lost: int) -> list[AccessUnit]:
        """lost: how many packets are missing right before this one."""


def parse_packet(data: bytes) -> Packet:
    """ProtocolError when this is no RTP packet."""
    if len(data) < 12 or data[0] >> 6 != 2:
        raise ProtocolError("The camera sent something that is not RTP.", detail=data[:16].hex())
    first, second, sequence, timestamp, ssrc = struct.unpack_from("!BBHII", data)
    start, end = 12 + 4 * (first & 0x0F), len(data)
    if first & 0x10:
        if end < start + 4:
            raise ProtocolError("An RTP packet ends inside its header.", detail=data[:16].hex())
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    if first & 0x20:
        end -= data[-1]
        if data[-1] == 0:
            raise ProtocolError("An RTP packet has a padding of no bytes.", detail=data[:16].hex())
    if end < start:
        raise ProtocolError("An RTP packet ends inside its header.", detail=data[:16].hex())
    return Packet(bool(second & 0x80), second & 0x7F, sequence, timestamp, ssrc, data[start:end])


def make_packet(
    payload_type: int, sequence: int, timestamp: int, ssrc: int, payload: bytes, *, marker: bool = False
) -> bytes:
    """A packet of our own; sequence and timestamp are cut to their sizes."""
    second = payload_type | (0x80 if marker else 0)
    return struct.pack("!BBHII", 0x80, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc) + payload


def is_rtcp(data: bytes) -> bool:
    """True for RTCP that came on an RTP channel (RFC 5761)."""
    return len(data) >= 8 and data[0] >> 6 == 2 and 192 <= data[1] <= 223


def forward(earlier: int, later: int) -> int:
    """Signed distance of two sequence numbers on their circle of 65536: -32768..32767."""
    return ((later - earlier + 0x8000) & 0xFFFF) - 0x8000


class Sequencer:
    """Gives packets on in order. Later packets wait for a missing one until there are more than depth of them, or
    until patience seconds have passed. With a depth of 0, for TCP, none waits."""

    def __init__(self, depth: int = 0, clock_rate: int = 90000, patience: float = 0.06) -> None:
        self.lost = 0
        self.reordered = 0
        self.duplicates = 0
        self.received = 0
        self.ssrc: int | None = None
        self.highest = 0  # extended: wraps in the upper half
        self.jitter = 0.0  # seconds (RFC 3550 6.4.1)
        self._depth = depth
        self._patience = patience
        self._waiting_since = 0.0
        self._clock = clock_rate
        self._next: int | None = None
        self._waiting: dict[int, Packet] = {}
        self._transit: float | None = None

    def push(self, packet: Packet, arrival: float) -> Iterator[tuple[Packet, int]]:
        """(packet, packets missing right before it) for each packet that is now due. arrival in seconds."""
        if packet.ssrc != self.ssrc:
            yield from self._drain()
            self._start(packet)
        assert self._next is not None
        ahead = forward(self._next, packet.sequence)
        if ahead < -_RESTART:
            yield from self._drain()
            self._start(packet)
            ahead = 0
        self._measure(packet, arrival)
        if ahead < 0 or packet.sequence in self._waiting:
            self.duplicates += 1  # a copy, or so late that the gap was already given up
            return
        self.received += 1
        if ahead == 0 and not self._waiting:
            yield self._give(packet)
            return
        if self._waiting and ahead < max(forward(self._next, s) for s in self._waiting):
            self.reordered += 1
        if not self._waiting:
            self._waiting_since = arrival
        self._waiting[packet.sequence] = packet
        yield from self._due(arrival)
        while len(self._waiting) > self._depth or (self._waiting and arrival - self._waiting_since > self._patience):
            yield self._give(self._waiting.pop(self._nearest()))
            yield from self._due(arrival)

    def _due(self, now: float) -> Iterator[tuple[Packet, int]]:
        """What no longer waits for anything; what is left waits for another packet from now on."""
        while self._next in self._waiting:
            self._waiting_since = now
            yield self._give(self._waiting.pop(self._next))

    def _drain(self) -> Iterator[tuple[Packet, int]]:
        while self._waiting:
            yield self._give(self._waiting.pop(self._nearest()))

    def _nearest(self) -> int:
        start = self._next or 0
        return min(self._waiting, key=lambda sequence: forward(start, sequence))

    def _start(self, packet: Packet) -> None:
        self.ssrc = packet.ssrc
        self._next = packet.sequence
        self.highest = packet.sequence
        self._transit = None

    def _give(self, packet: Packet) -> tuple[Packet, int]:
        assert self._next is not None
        gap = forward(self._next, packet.sequence)
        self.lost += gap
        self._next = (packet.sequence + 1) & 0xFFFF
        self.highest += forward(self.highest & 0xFFFF, packet.sequence)
        return packet, gap

    def _measure(self, packet: Packet, arrival: float) -> None:
        transit = arrival - packet.timestamp / self._clock
        if self._transit is not None:
            delta = abs(transit - self._transit)
            if delta < 10.0:  # a wrap or a clock jump is not jitter
                self.jitter += (delta - self.jitter) / 16
        self._transit = transit

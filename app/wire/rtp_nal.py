"""H.264 (RFC 6184) and H.265 (RFC 7798) from RTP to Annex B access units.

A picture ends at the marker bit, which saves one frame of delay against waiting for the next picture. Some cameras set
the marker on every slice or on parameter sets alone; both are noticed and the timestamp decides instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.wire.rtp import UNIT_LIMIT, AccessUnit, Packet

START_CODE = b"\0\0\0\1"


@dataclass(frozen=True, slots=True)
class Rules:
    """What tells the two codecs apart. Numbers are NAL unit types."""

    header: int  # bytes of the NAL unit header
    pictures: frozenset[int]  # slices
    keys: frozenset[int]  # slices that decoding can start at
    parameters: tuple[int, ...]  # parameter sets, in decoding order
    sequence: int  # the parameter set that only comes with a place to start at
    aggregate: int
    fragment: int

    def kind(self, unit: bytes) -> int:
        return unit[0] & 0x1F if self.header == 1 else unit[0] >> 1 & 0x3F

    def starts_picture(self, unit: bytes) -> bool:
        """True for the first slice of a picture: first_mb_in_slice is 0, first_slice_segment_in_pic_flag is 1."""
        return len(unit) > self.header and bool(unit[self.header] & 0x80)


H264 = Rules(1, frozenset(range(1, 6)), frozenset({5}), (7, 8), 7, aggregate=24, fragment=28)
H265 = Rules(2, frozenset(range(32)), frozenset(range(16, 24)), (32, 33, 34), 33, aggregate=48, fragment=49)


class NalDepacketiser:
    """One video track. parameter_sets come from the session description and go before a key frame without its own."""

    def __init__(self, rules: Rules, parameter_sets: Iterable[bytes] = ()) -> None:
        self.broken = 0
        self._rules = rules
        self._sets: dict[int, list[bytes]] = {}
        for unit in parameter_sets:
            if len(unit) > rules.header and rules.kind(unit) in rules.parameters:
                self._sets.setdefault(rules.kind(unit), []).append(unit)
        self._units: list[bytes] = []
        self._size = 0
        self._fragments: bytearray | None = None
        self._timestamp: int | None = None
        self._closed: int | None = None  # timestamp of the picture given last
        self._has_picture = False
        self._damaged = False
        self._trust_marker = True

    def push(self, packet: Packet, lost: int) -> list[AccessUnit]:
        """The pictures that this packet completes: none, one, or two when it also shows that one had ended before."""
        done: list[AccessUnit] = []
        if lost:
            # What is missing may be the end of the picture at hand or the start of the next one.
            self._keep_fragments()
            self._damaged = True
        if packet.timestamp != self._timestamp:
            done += self._close()
            self._damaged = self._damaged or bool(lost)
            self._timestamp = packet.timestamp
        self._read(packet.payload)
        if packet.marker and self._trust_marker and (self._has_picture or self._fragments is not None):
            done += self._close()
        return done

    def _read(self, payload: bytes) -> None:
        rules = self._rules
        if len(payload) <= rules.header:
            self._reject()
            return
        kind = rules.kind(payload)
        if kind == rules.fragment:
            self._fragment(payload)
            return
        self._keep_fragments()
        if kind == rules.aggregate:
            self._aggregate(payload)
        elif kind > rules.fragment or (rules is H264 and (kind == 0 or kind > 23)):
            self._reject()  # interleaved modes and packets for content with other tools: nobody sends them
        else:
            self._add(payload)

    def _aggregate(self, payload: bytes) -> None:
        at = self._rules.header
        while at + 2 <= len(payload):
            size = int.from_bytes(payload[at : at + 2], "big")
            unit = payload[at + 2 : at + 2 + size]
            if len(unit) < size:
                self._reject()
            if len(unit) > self._rules.header:
                self._add(unit)
            at += 2 + size

    def _fragment(self, payload: bytes) -> None:
        header = self._rules.header
        if len(payload) < header + 2:
            self._reject()
            return
        flags = payload[header]
        if flags & 0x80:
            self._keep_fragments()
            if header == 1:
                self._fragments = bytearray((payload[0] & 0xE0 | flags & 0x1F,))
            else:
                self._fragments = bytearray((payload[0] & 0x81 | (flags & 0x3F) << 1, payload[1]))
        elif self._fragments is None:
            self._damaged = True  # its start was lost
            return
        assert self._fragments is not None
        self._fragments += payload[header + 1 :]
        if len(self._fragments) > UNIT_LIMIT:
            self._fragments = None
            self._reject()
        elif flags & 0x40:
            unit, self._fragments = bytes(self._fragments), None
            self._add(unit)

    def _keep_fragments(self) -> None:
        """A unit whose end never came: its beginning still helps the decoder to conceal the rest."""
        if self._fragments is None:
            return
        unit, self._fragments = bytes(self._fragments), None
        self._damaged = True
        if self._rules.kind(unit) in self._rules.pictures:
            self._add(unit)

    def _add(self, unit: bytes) -> None:
        rules = self._rules
        kind = rules.kind(unit)
        if kind in rules.pictures:
            if not self._has_picture and self._timestamp == self._closed and not rules.starts_picture(unit):
                self._trust_marker = False
            self._has_picture = True
        elif kind in rules.parameters:
            self._remember(kind, unit)
        if self._size + len(unit) > UNIT_LIMIT:
            self._reject()
            return
        self._units.append(unit)
        self._size += len(unit)

    def _remember(self, kind: int, unit: bytes) -> None:
        """Sets in the stream replace those of the description: a camera may change its size meanwhile."""
        known = self._sets.setdefault(kind, [])
        if unit in known:
            return
        if kind == self._rules.sequence:
            for later in self._rules.parameters[self._rules.parameters.index(kind) :]:
                self._sets.get(later, []).clear()
        known.append(unit)
        del known[:-8]

    def _close(self) -> list[AccessUnit]:
        self._keep_fragments()
        if not self._has_picture:
            return []  # parameter sets with a timestamp of their own belong to the next picture
        kinds = [self._rules.kind(unit) for unit in self._units]
        has_sets = self._rules.sequence in kinds
        key = has_sets or not self._rules.keys.isdisjoint(kinds)
        units = self._units
        if key and not has_sets:
            units = [unit for kind in self._rules.parameters for unit in self._sets.get(kind, ())] + units
        data = START_CODE + START_CODE.join(units)
        done = AccessUnit(data, self._timestamp or 0, key, self._damaged)
        self._closed = self._timestamp
        self._units, self._size = [], 0
        self._has_picture = self._damaged = False
        return [done]

    def _reject(self) -> None:
        self.broken += 1
        self._damaged = True

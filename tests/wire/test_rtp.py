from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ProtocolError
from app.wire.rtcp import Bye, SenderReport, parse_rtcp, receiver_report
from app.wire.rtp import Packet, Sequencer, forward, is_rtcp, parse_packet


def packet(sequence: int, ssrc: int = 1, timestamp: int = 0) -> Packet:
    return Packet(False, 96, sequence & 0xFFFF, timestamp, ssrc, b"x")


def order(sequencer: Sequencer, numbers: list[int]) -> tuple[list[int], int]:
    given = [pair for number in numbers for pair in sequencer.push(packet(number), 0.0)]
    return [each.sequence for each, _ in given], sum(lost for _, lost in given)


def test_header_with_extension_sources_and_padding() -> None:
    head = struct.pack("!BBHII", 0x80 | 0x20 | 0x10 | 2, 0x80 | 96, 7, 99, 5)
    data = head + bytes(8) + struct.pack("!HH", 0xABAC, 1) + bytes(4) + b"payload" + b"\0\0\3"
    assert parse_packet(data) == Packet(True, 96, 7, 99, 5, b"payload")


@pytest.mark.parametrize(
    "data", [b"", b"\x80" * 11, b"\x40" + bytes(20), b"\xa0" + bytes(12), b"\x8f" + bytes(20), b"\x90" + bytes(13)]
)
def test_what_is_no_packet_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        parse_packet(data)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_packet_or_a_protocol_error(data: bytes) -> None:
    for read in (parse_packet, parse_rtcp):
        try:
            read(data)
        except ProtocolError:
            pass


@given(st.integers(0, 65535), st.integers(-32768, 32767))
def test_distance_on_the_circle(start: int, step: int) -> None:
    assert forward(start, (start + step) & 0xFFFF) == step


def test_order_is_kept_over_the_wrap() -> None:
    numbers = [65534, 65535, 0, 1]
    sequencer = Sequencer()
    assert order(sequencer, numbers) == (numbers, 0)
    assert sequencer.highest == 65537


def test_a_gap_is_counted_at_once_over_tcp() -> None:
    sequencer = Sequencer()
    assert order(sequencer, [10, 11, 14, 15]) == ([10, 11, 14, 15], 2)
    assert sequencer.lost == 2


def test_copies_and_latecomers_are_dropped() -> None:
    sequencer = Sequencer()
    assert order(sequencer, [10, 10, 13, 11, 14])[0] == [10, 13, 14]
    assert sequencer.duplicates == 2


def test_a_missing_packet_is_waited_for_as_long_as_agreed() -> None:
    sequencer = Sequencer(depth=3)
    assert order(sequencer, [1, 3, 4]) == ([1], 0)
    assert order(sequencer, [2]) == ([2, 3, 4], 0)
    assert order(sequencer, [6, 7, 8]) == ([], 0)
    assert order(sequencer, [9]) == ([6, 7, 8, 9], 1)


def test_a_missing_packet_is_not_waited_for_longer_than_patience() -> None:
    sequencer = Sequencer(depth=64, patience=0.05)
    out = [
        list(sequencer.push(packet(number), at))
        for number, at in ((1, 0.0), (3, 0.01), (4, 0.05), (5, 0.07), (6, 0.08))
    ]
    assert [[(p.sequence, lost) for p, lost in each] for each in out] == [
        [(1, 0)],
        [],
        [],
        [(3, 1), (4, 0), (5, 0)],
        [(6, 0)],
    ]


def test_a_new_source_or_a_jump_back_starts_over() -> None:
    sequencer = Sequencer()
    order(sequencer, [30000])
    assert [p.sequence for p, _ in sequencer.push(packet(5, ssrc=2), 0.0)] == [5]
    order(sequencer, [20000])
    assert order(sequencer, [9000]) == ([9000], 0)


@given(st.integers(0, 65535), st.integers(1, 200), st.integers(0, 2**32))
def test_packets_shuffled_within_the_depth_come_out_in_order_and_complete(first: int, count: int, seed: int) -> None:
    numbers = [(first + n) & 0xFFFF for n in range(count)]
    chaos = random.Random(seed)
    rest = list(enumerate(numbers[1:]))
    shuffled = [numbers[0]] + [n for _, n in sorted(rest, key=lambda pair: pair[0] + chaos.uniform(0, 8))]
    out, lost = order(Sequencer(depth=16), shuffled + [(first + count + n) & 0xFFFF for n in range(1)])
    assert out == [*numbers, (first + count) & 0xFFFF]
    assert lost == 0


@given(st.lists(st.tuples(st.integers(0, 65535), st.integers(0, 1)), max_size=60), st.sampled_from([0, 4]))
def test_any_sequence_of_numbers_is_survived(numbers: list[tuple[int, int]], depth: int) -> None:
    sequencer = Sequencer(depth)
    for number, ssrc in numbers:
        for _, lost in sequencer.push(packet(number, ssrc), 1.0):
            assert 0 <= lost < 65536
        assert len(sequencer._waiting) <= depth


def test_jitter_follows_rfc_3550() -> None:
    steady, uneven = Sequencer(), Sequencer()
    for n in range(100):
        list(steady.push(packet(n, timestamp=n * 900), n * 0.01))
        list(uneven.push(packet(n, timestamp=n * 900), n * 0.01 + (0.004 if n % 2 else 0)))
    assert steady.jitter < 1e-9
    assert uneven.jitter == pytest.approx(0.004, rel=0.02)


def test_reports_of_the_sender() -> None:
    report = struct.pack("!BBHIIIIII", 0x80, 200, 6, 9, 2208988800 + 1000, 1 << 31, 77, 1, 2)
    bye = struct.pack("!BBHI", 0x81, 203, 1, 9)
    assert parse_rtcp(report + bye) == (
        SenderReport(9, 1000.5, 77, (1000 + 2208988800 & 0xFFFF) << 16 | 0x8000),
        Bye((9,)),
    )
    assert is_rtcp(report)
    with pytest.raises(ProtocolError):
        parse_rtcp(report[:-4])


@given(st.integers(-5, 2**40), st.integers(0, 2**40), st.floats(0, 1e9))
def test_our_report_is_well_formed(lost: int, highest: int, since: float) -> None:
    data = receiver_report(
        1, ssrc=2, highest=highest, lost=lost, jitter_ticks=highest, last_report=5, since_report=since
    )
    assert len(data) % 4 == 0
    assert parse_rtcp(data) == ()
    assert data[1] == 201
    assert data[33] == 202

"""Single steps with units written by hand; whole encoded clips are compared in tests/video/test_oracle.py."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wire.rtp import AccessUnit, Packet
from app.wire.rtp_nal import H264, H265, NalDepacketiser

SPS, PPS, IDR, SLICE, SECOND = b"\x67sps", b"\x68pps", b"\x65\x88idr", b"\x41\x9aslice", b"\x41\x1asecond"
CODE = b"\0\0\0\1"


def feed(
    depacketiser: NalDepacketiser, *packets: tuple[bytes, int, bool] | tuple[bytes, int, bool, int]
) -> list[AccessUnit]:
    found = []
    for number, (payload, timestamp, marker, *lost) in enumerate(packets):
        found += depacketiser.push(Packet(marker, 96, number, timestamp, 1, payload), lost[0] if lost else 0)
    return found


def joined(*units: bytes) -> bytes:
    return b"".join(CODE + unit for unit in units)


def test_the_marker_closes_a_picture() -> None:
    depacketiser = NalDepacketiser(H264)
    assert feed(depacketiser, (SPS, 1, False), (PPS, 1, False), (IDR, 1, True), (SLICE, 2, True)) == [
        AccessUnit(joined(SPS, PPS, IDR), 1, True, False),
        AccessUnit(joined(SLICE), 2, False, False),
    ]


def test_a_new_timestamp_closes_a_picture_without_marker() -> None:
    found = feed(NalDepacketiser(H264), (IDR, 1, False), (SLICE, 2, False), (SLICE, 3, False))
    assert [unit.timestamp for unit in found] == [1, 2]


def test_sets_of_the_description_go_before_a_key_frame_without_its_own() -> None:
    depacketiser = NalDepacketiser(H264, [SPS, PPS, b"", b"\x09x"])
    (first, second) = feed(depacketiser, (IDR, 1, True), (SLICE, 2, True))
    assert first.data == joined(SPS, PPS, IDR)
    assert second.data == joined(SLICE)


def test_sets_in_the_stream_replace_those_of_the_description() -> None:
    depacketiser = NalDepacketiser(H264, [SPS, PPS])
    found = feed(depacketiser, (b"\x67new", 1, False), (b"\x68new", 1, False), (IDR, 1, True), (IDR, 2, True))
    assert found[1].data == joined(b"\x67new", b"\x68new", IDR)


def test_aggregates_and_fragments() -> None:
    aggregate = b"\x78" + b"".join(struct.pack("!H", len(u)) + u for u in (SPS, PPS))
    body = IDR[1:]
    packets = [
        (aggregate, 1, False),
        (b"\x7c\x85" + body[:2], 1, False),
        (b"\x7c\x05" + body[2:3], 1, False),
        (b"\x7c\x45" + body[3:], 1, True),
    ]
    assert feed(NalDepacketiser(H264), *packets) == [AccessUnit(joined(SPS, PPS, IDR), 1, True, False)]


def test_a_lost_fragment_marks_the_picture_and_keeps_its_beginning() -> None:
    packets = [(b"\x7c\x85AB", 1, False), (b"\x7c\x05EF", 1, False, 1), (b"\x7c\x45GH", 1, True), (SLICE, 2, True)]
    damaged, whole = feed(NalDepacketiser(H264), *packets)
    assert damaged == AccessUnit(joined(b"\x65AB"), 1, True, True)
    assert not whole.damaged


def test_a_lost_marker_marks_both_pictures() -> None:
    found = feed(NalDepacketiser(H264), (b"\x7c\x85AB", 1, False), (SLICE, 2, True, 1))
    assert [unit.damaged for unit in found] == [True, True]


def test_marker_on_parameter_sets_alone() -> None:
    found = feed(NalDepacketiser(H264), (SPS, 1, True), (PPS, 1, True), (IDR, 1, True), (SLICE, 2, True))
    assert [unit.data for unit in found] == [joined(SPS, PPS, IDR), joined(SLICE)]


def test_a_camera_with_a_marker_on_every_slice_is_noticed() -> None:
    packets = [(unit, time, True) for time in range(1, 5) for unit in (SLICE, SECOND)]
    found = feed(NalDepacketiser(H264), *packets)
    assert [unit.data for unit in found[2:]] == [joined(SLICE, SECOND)] * (len(found) - 2)
    assert len(found) >= 3


def test_h265_aggregate_fragment_and_key() -> None:
    vps, sps, pps, idr = b"\x40\x01v", b"\x42\x01s", b"\x44\x01p", b"\x26\x01\x80idrdata"
    aggregate = b"\x60\x01" + b"".join(struct.pack("!H", len(u)) + u for u in (vps, sps, pps))
    packets = [
        (aggregate, 1, False),
        (b"\x62\x01\x93" + idr[2:5], 1, False),
        (b"\x62\x01\x53" + idr[5:], 1, True),
        (b"\x02\x01\x80x", 2, True),
    ]
    found = feed(NalDepacketiser(H265), *packets)
    assert found[0] == AccessUnit(joined(vps, sps, pps, idr), 1, True, False)
    assert not found[1].key


@pytest.mark.parametrize("payload", [b"", b"\x67", b"\x79interleaved", b"\x7c", b"\x00zero", b"\x78\xff\xffx"])
def test_broken_payloads_are_counted_and_mark_the_picture(payload: bytes) -> None:
    depacketiser = NalDepacketiser(H264)
    (unit,) = feed(depacketiser, (payload, 1, False), (IDR, 1, True))
    assert depacketiser.broken == 1
    assert unit.damaged


@given(
    st.sampled_from([H264, H265]),
    st.lists(st.tuples(st.binary(max_size=24), st.integers(0, 3), st.booleans(), st.integers(0, 2)), max_size=40),
)
def test_payloads_of_any_kind_never_raise(rules, packets) -> None:  # type: ignore[no-untyped-def]
    for unit in feed(NalDepacketiser(rules, [b"\x67abc", b"\x68abc"]), *packets):
        assert unit.data.startswith(CODE)

"""Clock and time zone of an ISAPI device: signs, summer time, offsets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.families.isapi.clock import device_time, parse_zone

NOW = datetime(2026, 7, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "hours", "summer", "rule"),
    [
        ("CST-8:00:00", 8, None, ""),
        ("CST+5:00:00", -5, None, ""),
        ("UTC0", 0, None, ""),
        ("IST-5:30:00", 5.5, None, ""),
        ("<+03>-3", 3, None, ""),
        ("CST+5:00:00DST01:00:00,M3.2.0/02:00:00,M11.1.0/02", -5, 1, "DST01:00:00,M3.2.0/02:00:00,M11.1.0/02"),
        ("CET-1CEST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00", 1, 1, "CEST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00"),
        ("CET-1CEST-2,M3.5.0,M10.5.0", 1, 2, "CEST-2,M3.5.0,M10.5.0"),
        ("CET-1CEST,M3.5.0,M10.5.0", 1, 1, "CEST,M3.5.0,M10.5.0"),
    ],
)  # fmt: skip
def test_zones_have_the_posix_sign(text, hours, summer, rule):
    zone = parse_zone(text)
    assert zone.offset == timedelta(hours=hours)
    assert zone.summer == (None if summer is None else timedelta(hours=summer))
    assert zone.rule == rule


@pytest.mark.parametrize("text", ["", "8", "CST", "CST-99:00:00", "Europe/Vienna"])
def test_other_texts_are_no_zones(text):
    assert parse_zone(text) is None


def test_an_offset_in_the_time_wins_over_the_zone():
    time = device_time("2026-09-09T07:24:29-05:00", parse_zone("CST-8:00:00"), NOW)
    assert time == datetime(2026, 9, 9, 12, 24, 29, tzinfo=UTC)


def test_a_time_without_offset_is_read_in_the_devices_zone():
    time = device_time("2026-07-01T20:00:05", parse_zone("CST-8:00:00"), NOW)
    assert time - NOW == timedelta(seconds=5)
    assert time.utcoffset() == timedelta(hours=8)


def test_summer_time_is_taken_where_it_is_nearer():
    zone = parse_zone("CET-1CEST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00")
    assert device_time("2026-07-01T14:00:00", zone, NOW) == NOW
    winter = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
    assert device_time("2026-01-01T13:00:00", zone, winter) == winter


def test_utc_is_understood():
    assert device_time("2026-07-01T12:00:00Z", None, NOW) == NOW
    assert device_time("2026-07-01T12:00:00+0200", None, NOW).tzinfo == timezone(timedelta(hours=2))


@pytest.mark.parametrize("text", ["", "now", "2026-13-01T00:00:00", "2026-07-01", "2026-07-01T12:00:00+99:00"])
def test_what_is_no_time_is_none(text):
    assert device_time(text, parse_zone("CST-8:00:00"), NOW) is None


@given(st.text(max_size=60), st.text(max_size=40))
def test_any_texts_are_survived(zone, local):
    made = device_time(local, parse_zone(zone), NOW)
    assert made is None or made.tzinfo is not None

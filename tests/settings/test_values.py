"""Values by kind: reading, writing, checking and showing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidSetting
from app.settings import advice, parsers, values
from app.settings.spec import Kind, Option, Spec


def spec(kind: Kind, **limits: Any) -> Spec:
    options = tuple(Option(value, title) for value, title in limits.pop("options", {}).items())
    return Spec(kind=kind, title="T", options=options, **limits)


def test_every_kind_has_a_row() -> None:
    assert set(values.ROWS) == set(Kind)


GOOD: list[tuple[Kind, str, object]] = [
    (Kind.BOOL, "true", True),
    (Kind.BOOL, " FALSE ", False),
    (Kind.BOOL, "ture", True),
    (Kind.BOOL, "0", False),
    (Kind.INT, " 05\n", 5),
    (Kind.INT, "-7", -7),
    (Kind.FLOAT, "1.50", 1.5),
    (Kind.TEXT, " Tür ", " Tür "),
    (Kind.OPTION, " auto ", "auto"),
    (Kind.PASSWORD, " x ", " x "),
    (Kind.IPV4, "192.168.1.64 ", IPv4Address("192.168.1.64")),
    (Kind.IPV6, "FE80:0::1", IPv6Address("fe80::1")),
    (Kind.HOST, "pool.ntp.org", "pool.ntp.org"),
    (Kind.HOST, "cam_2.local.", "cam_2.local."),
    (Kind.HOST, "FE80:0::1", "fe80::1"),
    (Kind.HOST, "", ""),
    (Kind.PORT, "554", 554),
    (Kind.MAC, "AA-BB-cc-00-11-22", "aa:bb:cc:00:11:22"),
    (Kind.MAC, "aabbcc001122", "aa:bb:cc:00:11:22"),
    (Kind.DATETIME, "2026-01-31T18:00:00", datetime(2026, 1, 31, 18)),
    (Kind.DATETIME, "2026-01-31T18:00:00+08:00", datetime(2026, 1, 31, 18, tzinfo=timezone(timedelta(hours=8)))),
    (Kind.DATETIME, "2026-01-31 18:00Z", datetime(2026, 1, 31, 18, tzinfo=UTC)),
    (Kind.TIME, "06:30", time(6, 30)),
    (Kind.TIME, "24:00:00", parsers.END_OF_DAY),
    (Kind.DATE, "2024-02-29", date(2024, 2, 29)),
    (Kind.HEX, "FFfc00", "fffc00"),
    (Kind.FPS100, "1250", 1250),
    (Kind.OPAQUE, "<any>", "<any>"),
]


@pytest.mark.parametrize(("kind", "text", "value"), GOOD)
def test_good_texts(kind: Kind, text: str, value: object) -> None:
    its = spec(kind)
    assert values.problem(text, its) == ""
    assert values.parse(text, its) == value
    assert values.parse(values.format_value(value, its), its) == value
    assert values.same(text, values.format_value(value, its), its)


BAD: list[tuple[Kind, str]] = [
    *((Kind.INT, text) for text in ("", "1e3", "٣", "²", "NaN", "0x10", "1_000")),
    *((Kind.INT, text) for text in ("1,5", "5 6", "9" * 20, "4096 kbps")),
    *((Kind.FLOAT, text) for text in ("", "nan", "inf", "1e3", "1.", ".5", "1,5", "1.5.5", "١.٥")),
    *((Kind.BOOL, text) for text in ("", "maybe", "2", "truee")),
    *((Kind.IPV4, text) for text in ("", "1.2.3", "256.1.1.1", "1.2.3.4/24", "::1", "1.2.3.٤", "01.2.3.4")),
    *((Kind.IPV6, text) for text in ("", "1.2.3.4", "::g", "1::2::3")),
    *((Kind.HOST, text) for text in ("a b", "-a.de", "256.1.1.1", "1.2.3", "http://x")),
    *((Kind.HOST, text) for text in ("a..b", "tür.de", "a" * 64, "x." * 130)),
    *((Kind.PORT, text) for text in ("", "0", "65536", "-1", "80a")),
    *((Kind.MAC, text) for text in ("", "aa:bb:cc:00:11", "aa:bb:cc:00:11:2g")),
    *((Kind.MAC, text) for text in ("aa:bb-cc:00:11:22", "aabbcc00112")),
    *((Kind.DATETIME, text) for text in ("", "2026-02-30T00:00:00", "2026-01-31")),
    *((Kind.DATETIME, text) for text in ("2026-W01-1T00:00", "now", "0000-01-01T00:00:00")),
    *((Kind.TIME, text) for text in ("", "25:00", "24:01", "6:30", "06:60", "06")),
    *((Kind.DATE, text) for text in ("", "2026-02-29", "20260131", "31.01.2026")),
    *((Kind.TIMEZONE, text) for text in ("", "UTC+", "+8", "CST-25", "CST-8:60")),
    *((Kind.TIMEZONE, text) for text in ("CST+5DST,M13.1.0,M11.1.0", "CST+5DST,M3.2.0")),
    *((Kind.HEX, text) for text in ("0g", "0x1", "f f")),
    *((Kind.FPS100, text) for text in ("", "25 fps", "12.5", "-2500")),
    *((Kind.TEXT, text) for text in ("a\0b", "\ud800", "\x1b[0m", "\uffff", "x" * 70_000)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), BAD)
def test_bad_texts_are_problems_in_words(kind: Kind, text: str) -> None:
    said = values.problem(text, spec(kind))
    assert said
    assert len(said) < 120
    assert said[0].isupper()
    assert not said.endswith(".")


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, text in BAD if kind is Kind.INT])
def test_what_has_no_value_cannot_be_parsed(kind: Kind, text: str) -> None:
    with pytest.raises(InvalidSetting):
        values.parse(text, spec(kind))


SPECS = st.builds(
    Spec,
    kind=st.sampled_from(Kind),
    title=st.just("T"),
    minimum=st.none() | st.integers(-9, 9) | st.floats(-9, 9),
    maximum=st.none() | st.integers(-9, 99) | st.floats(-9, 99),
    ranges=st.sampled_from([(), ((0, 0), (5, 9.5))]),
    min_length=st.none() | st.integers(0, 3),
    max_length=st.none() | st.integers(0, 9),
    options=st.sampled_from([(), (Option("true", "On"),), (Option("1", "One"), Option("ture", ""))]),
    open_options=st.booleans(),
    default=st.sampled_from([None, "", "1", "false"]),
    unit=st.sampled_from(["", "kbps"]),
    source=st.sampled_from(["device", "catalog", "value"]),
)
TEXTS = st.text() | st.text("0123456789+-.:/TZMJ,CSDaf \t", max_size=30) | st.sampled_from([t for _, t in BAD])


@given(TEXTS, TEXTS, SPECS)
def test_nothing_raises(one: str, other: str, its: Spec) -> None:
    texts = (
        values.problem(one, its),
        values.oddity(one, its),
        values.display(one, its),
        values.ranges_text(its),
        values.wire(one, its),
    )
    assert all(isinstance(text, str) for text in texts)
    assert values.same(one, one, its)
    assert values.same(one, other, its) == values.same(other, one, its)
    if not values.problem(one, its):
        value = values.parse(one, its)
        again = values.parse(values.format_value(value, its, like=other), its)
        assert values.same(values.ROWS[its.kind].format(value), values.ROWS[its.kind].format(again), its)


@pytest.mark.parametrize(
    ("its", "text", "said"),
    [
        (spec(Kind.INT, minimum=256, maximum=16384, unit="kbps"), "5", "Use 256 to 16384 kbps"),
        (spec(Kind.INT, minimum=256, maximum=16384, unit="kbps"), "x", "Use 256 to 16384 kbps"),
        (spec(Kind.INT, minimum=1), "0", "Use at least 1"),
        (spec(Kind.INT, maximum=9), "10", "Use at most 9"),
        (spec(Kind.INT), "x", "Use a whole number"),
        (spec(Kind.INT, ranges=((0, 0), (456, 456), (1674, 2009))), "457", "Use 0, 456 or 1674 to 2009"),
        (spec(Kind.INT, ranges=((0, 0), (456, 456), (1674, 2009))), "456", ""),
        (spec(Kind.INT, minimum=1, maximum=9, ranges=((0, 99),)), "10", "Use 0 to 99"),
        (spec(Kind.FLOAT, minimum=0.5, maximum=2), "0.4", "Use 0.5 to 2"),
        (spec(Kind.PORT), "0", "Use 1 to 65535"),
        (spec(Kind.PORT, minimum=1024), "80", "Use 1024 to 65535"),
        (spec(Kind.FPS100, minimum=100, maximum=2500), "3000", "Use 1 to 25 fps"),
        (spec(Kind.FPS100, minimum=100, maximum=2500), "fast", "Use 1 to 25 fps"),
        (spec(Kind.FPS100), "fast", "Use a number of frames per second, like 25 or 12.5"),
        (spec(Kind.TEXT, max_length=32), "x" * 40, "At most 32 characters (yours has 40)"),
        (spec(Kind.TEXT, max_length=32), "ü" * 32, ""),
        (spec(Kind.PASSWORD, min_length=8, max_length=16), "short", "At least 8 characters (yours has 5)"),
        (spec(Kind.HEX, min_length=4, max_length=4), "ffff0", "Exactly 4 characters (yours has 5)"),
        (spec(Kind.OPTION, options={"a": "Auto", "m": "Manual"}), "x", "Use one of Auto, Manual"),
        (spec(Kind.OPTION, options={"a": "Auto", "m": "Manual"}), "A", "Use one of Auto, Manual"),
        (spec(Kind.OPTION, options={"a": "Auto"}), "", "Only Auto is possible"),
        (spec(Kind.OPTION, options={"a": "Auto"}, open_options=True), "x", ""),
        (spec(Kind.OPTION), "x", ""),
        (spec(Kind.BOOL, options={"true": "On"}), "false", "Only On is possible"),
        (spec(Kind.BOOL, options={"ture": "On", "false": "Off"}), "true", ""),
        (spec(Kind.INT, options={"1": "", "2": ""}), "03", "Use one of 1, 2"),
        (spec(Kind.INT, options={"1": "", "2": ""}), "02", ""),
        (
            spec(Kind.OPTION, options={str(n): "" for n in range(12)}),
            "x",
            "Use one of 0, 1, 2, 3, 4, 5, 6, 7 and 4 more",
        ),
    ],
)
def test_problems(its: Spec, text: str, said: str) -> None:
    assert values.problem(text, its) == said


def test_oddities() -> None:
    gain = spec(Kind.INT, minimum=0, maximum=15, source="device")
    assert values.oddity("60", gain) == "The camera holds 60, outside its own limits 0 to 15"
    assert values.oddity("15", gain) == ""
    assert values.oddity("", gain) == ""
    assert "whole number" in values.oddity("auto", spec(Kind.INT))
    name = spec(Kind.TEXT, max_length=3, source="device")
    assert values.oddity("abcd", name) == "The camera holds 4 characters, outside its own limits: at most 3 characters"
    mode = spec(Kind.OPTION, options={"CBR": "", "VBR": ""}, source="device")
    assert values.oddity("vbr", mode) == "The camera holds vbr, which is not one of its own options"
    assert values.oddity("secret", spec(Kind.PASSWORD, min_length=9)) == ""
    assert len(values.oddity("x" * 5000, spec(Kind.INT))) < 160


@pytest.mark.parametrize(
    ("its", "text", "shown"),
    [
        (spec(Kind.BOOL), "ture", "On"),
        (spec(Kind.BOOL), "0", "Off"),
        (spec(Kind.BOOL), "?", "?"),
        (spec(Kind.FPS100), "2500", "25 fps"),
        (spec(Kind.FPS100), "1250", "12.5 fps"),
        (spec(Kind.FPS100), "0", "full rate"),
        (spec(Kind.INT, unit="kbps"), "4096", "4096 kbps"),
        (spec(Kind.INT, unit="kbps"), "", ""),
        (spec(Kind.OPTION, options={"a": "Auto"}), "a", "Auto"),
        (spec(Kind.OPTION, options={"a": "Auto"}), "b", "b"),
        (spec(Kind.OPTION, options={"a": ""}), "a", "a"),
        (spec(Kind.PASSWORD), "hunter2", "••••"),
        (spec(Kind.PASSWORD), "", ""),
        (spec(Kind.TEXT, unit="kbps"), "x", "x"),
    ],
)
def test_display(its: Spec, text: str, shown: str) -> None:
    assert values.display(text, its) == shown


def test_ranges_text() -> None:
    assert values.ranges_text(spec(Kind.INT, minimum=256, maximum=16384, unit="kbps")) == "256 to 16384"
    assert values.ranges_text(spec(Kind.INT, ranges=((1, 2), (4, 4)))) == "1 to 2 or 4"
    assert values.ranges_text(spec(Kind.INT)) == ""
    assert values.ranges_text(spec(Kind.TEXT, min_length=1, max_length=8)) == "1 to 8 characters"
    assert values.ranges_text(spec(Kind.TEXT, min_length=2)) == "at least 2 characters"
    assert values.ranges_text(spec(Kind.TEXT, min_length=0, max_length=1)) == "at most 1 character"
    assert values.ranges_text(spec(Kind.IPV4, minimum=1)) == ""


@pytest.mark.parametrize(
    ("its", "like", "on", "off"),
    [
        (spec(Kind.BOOL), "", "true", "false"),
        (spec(Kind.BOOL), "1", "1", "0"),
        (spec(Kind.BOOL, default="0"), "", "1", "0"),
        (spec(Kind.BOOL, options={"ture": "", "false": ""}), "", "ture", "false"),
        (spec(Kind.BOOL, options={"1": "", "0": ""}), "", "1", "0"),
        (spec(Kind.BOOL, options={"TRUE": "", "FALSE": ""}), "", "TRUE", "FALSE"),
    ],
)
def test_switches_keep_the_spelling_of_the_device(its: Spec, like: str, on: str, off: str) -> None:
    assert values.format_value(True, its, like) == on
    assert values.format_value(False, its, like) == off


def test_formats_follow_what_is_held() -> None:
    assert values.format_value(time(6, 30), spec(Kind.TIME), "08:00") == "06:30"
    assert values.format_value(time(6, 30), spec(Kind.TIME), "08:00:00") == "06:30:00"
    assert values.format_value("aa:bb:cc:00:11:22", spec(Kind.MAC), "00-00-00-00-00-00") == "aa-bb-cc-00-11-22"
    assert values.format_value(0.0000001, spec(Kind.FLOAT)) == "0.0000001"
    with pytest.raises(ValueError, match="nan"):
        values.format_value(float("nan"), spec(Kind.FLOAT))


@pytest.mark.parametrize(
    ("kind", "one", "other", "alike"),
    [
        (Kind.INT, "05", "5", True),
        (Kind.BOOL, "TRUE", "1", True),
        (Kind.MAC, "AABBCC001122", "aa:bb:cc:00:11:22", True),
        (Kind.IPV6, "0:0:0:0:0:0:0:1", "::1", True),
        (Kind.FLOAT, "0.50", "0.5", True),
        (Kind.DATETIME, "2026-01-31T18:00:00+08:00", "2026-01-31T10:00:00Z", True),
        (Kind.TIME, "06:00", "06:00:00", True),
        (Kind.OPTION, "vbr", "VBR", True),
        (Kind.HEX, "FF", "ff", True),
        (Kind.TIMEZONE, "CST-8", "CST-8:00:00", True),
        (Kind.TIMEZONE, "CST-8:00:00", "CST+8:00:00", False),
        (
            Kind.TIMEZONE,
            "CST+5:00:00DST01:00:00,M3.2.0/02:00:00,M11.1.0/02:00:00",
            "CST+5DST01:00,M3.2.0,M11.1.0",
            True,
        ),
        (Kind.TEXT, "Gate", "gate", False),
        (Kind.PASSWORD, "x ", "x", False),
        (Kind.INT, "25", "25.0", True),
        (Kind.INT, "25", "25.5", False),
        (Kind.INT, "18446744073709551615", "18446744073709551614", False),
        (Kind.PORT, "0554", "554", True),
        (Kind.IPV6, "2001:db8::1", "2001:DB8:0:0:0:0:0:1", True),
        (Kind.IPV6, "fe80::1%eth0", "fe80::1", False),
        (Kind.IPV6, "::ffff:1.2.3.4", "::ffff:102:304", True),
        (Kind.HOST, "Pool.NTP.org", "pool.ntp.org.", True),
        (Kind.HOST, "2001:db8::1", "2001:db8:0::1", True),
        (Kind.TIME, "06:00:00", "06:00:00Z", True),
        (Kind.TIME, "06:00:00+08:00", "06:00:00Z", False),
        (Kind.COLOUR, "#FF8000", "ff8000", True),
        (Kind.INT, "auto", " auto", True),
        (Kind.INT, "auto", "5", False),
    ],
)
def test_sameness(kind: Kind, one: str, other: str, alike: bool) -> None:
    assert values.same(one, other, spec(kind)) is alike


def test_two_options_that_differ_in_capitals_are_two() -> None:
    its = spec(Kind.OPTION, options={"a": "Low", "A": "High"})
    assert not values.same("a", "A", its)
    assert values.same("a", "A", spec(Kind.OPTION, options={"a": "Low"}))


@pytest.mark.parametrize(
    ("kind", "typed", "held", "sent"),
    [
        (Kind.MAC, "aa-bb-cc-00-11-23", "AA:BB:CC:00:11:22", "AA:BB:CC:00:11:23"),
        (Kind.MAC, "AABBCC001123", "aa-bb-cc-00-11-22", "aa-bb-cc-00-11-23"),
        (Kind.MAC, "AA:BB:CC:00:11:23", "aabbcc001122", "aabbcc001123"),
        (Kind.MAC, "AA:BB:CC:00:11:23", "", "aa:bb:cc:00:11:23"),
        (Kind.COLOUR, "#FF8000", "00ff00", "ff8000"),
        (Kind.COLOUR, "ff8000", "#FF0000", "#FF8000"),
        (Kind.HEX, "ff", "0A", "FF"),
        (Kind.INT, " +0010", "9", "10"),
        (Kind.FLOAT, "+1.50", "1", "1.50"),
        (Kind.INT, "05", "5", "5"),
        (Kind.BOOL, "on", "0", "1"),
        (Kind.BOOL, "yes", "FALSE", "true"),
        (Kind.TIME, "06:30", "08:00:00", "06:30:00"),
        (Kind.TIME, "06:30:00", "08:00", "06:30"),
        (Kind.TIME, "06:30:15", "08:00", "06:30:15"),
        (Kind.TIME, "24:00", "08:00:00", "24:00:00"),
        (Kind.DATETIME, "2026-01-31 18:00", "2020-01-01T00:00:00+08:00", "2026-01-31T18:00:00"),
        (Kind.DATETIME, "2026-01-31T18:00Z", "2020-01-01 00:00:00", "2026-01-31 18:00:00Z"),
        (Kind.IPV6, " 2001:db8:0::1 ", "", "2001:db8:0::1"),
        (Kind.IPV6, "2001:db8:0::1", "2001:db8::1", "2001:db8::1"),
        (Kind.IPV6, "fe80::1%eth0", "fe80::1", "fe80::1%eth0"),
        (Kind.HOST, " Pool.NTP.org\n", "pool.ntp.org", "Pool.NTP.org"),
        (Kind.INT, "no number", "5", "no number"),
        (Kind.TEXT, " Gate ", "gate", " Gate "),
    ],
)
def test_what_is_sent_is_spelt_as_the_camera_spells_it(kind: Kind, typed: str, held: str, sent: str) -> None:
    assert values.wire(typed, spec(kind), held) == sent


@given(TEXTS | st.sampled_from([t for _, t, _ in GOOD]), TEXTS | st.sampled_from([t for _, t, _ in GOOD]), SPECS)
def test_whatever_is_accepted_is_sent_as_something_the_device_takes(typed: str, held: str, its: Spec) -> None:
    if values.problem(typed, its):
        return
    sent = values.wire(typed, its, held)
    assert values.same(sent, typed, its)
    assert values.wire(sent, its, held) == sent
    if not (held and values.same(sent, held, its)):  # what the device holds is never judged
        assert values.problem(sent, its) == ""


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (Kind.INT, "2,048", "Write 2048, without separators"),
        (Kind.INT, "2 048", "Write 2048, without separators"),
        (Kind.INT, "2.048", "Write 2048, without separators"),
        (Kind.INT, "2'048'000", "Write 2048000, without separators"),
        (Kind.INT, "4096 kbps", "Write 4096 alone: the unit is understood"),
        (Kind.FLOAT, "1,5", "Write 1.5, with a point"),
        (Kind.FLOAT, "1,500", "Write 1500 or 1.500: a comma can mean both"),
        (Kind.IPV4, "192.168.1", "An IPv4 address has four numbers, like 192.168.1.64"),
        (Kind.IPV4, "192.168.1.64:8000", "Write 192.168.1.64 alone: the port is a setting of its own"),
        (Kind.IPV4, "192.168.1.64/24", "Write 192.168.1.64 alone: the mask is a setting of its own"),
        (Kind.IPV4, "http://192.168.1.64/doc", "Write the address alone: 192.168.1.64"),
        (Kind.IPV4, "192.168.1.300", "Use an IPv4 address like 192.168.1.64"),
        (Kind.IPV6, "[2001:db8::1]", "Write 2001:db8::1 without brackets"),
        (Kind.IPV6, "2001:db8::1/64", "Write 2001:db8::1 alone: the mask is a setting of its own"),
        (Kind.HOST, "pool.ntp.org:123", "Write pool.ntp.org alone: the port is a setting of its own"),
        (Kind.MAC, "00:11:22:33", "A MAC address has 12 digits (yours has 8)"),
        (Kind.TIME, "6:30", "Write 06:30"),
        (Kind.INT, "18446744073709551616", "Use a whole number"),
    ],
)
def test_frequent_mistakes_are_told_how_to_write_what_was_meant(kind: Kind, text: str, said: str) -> None:
    assert values.problem(text, spec(kind)) == said


def test_limits_at_the_end_of_what_a_number_can_hold() -> None:
    most = 2**63 - 1
    its = spec(Kind.INT, minimum=-(2**63), maximum=most)
    assert values.problem(str(most), its) == ""
    assert values.problem(str(most + 1), its) == f"Use {-(2**63)} to {most}"
    assert values.problem(str(2**64 - 1), spec(Kind.INT)) == ""
    assert values.problem(str(-(2**63) - 1), spec(Kind.INT)) != ""


GOOD_WORDS = [(kind, text) for kind, text, _ in GOOD if kind in (Kind.IPV4, Kind.IPV6, Kind.MAC, Kind.TIME)]


@pytest.mark.parametrize(("kind", "text"), [pair for pair in GOOD_WORDS if pair[1] != "24:00:00"])
def test_a_value_is_on_its_way_at_every_letter(kind: Kind, text: str) -> None:
    """While a good value is typed, nothing on the way to it is called wrong."""
    its, text = spec(kind), text.strip()
    for end in range(1, len(text)):
        typed = text[:end]
        assert not values.problem(typed, its) or advice.is_begun(typed, its), typed
    assert not advice.is_begun("hello", its)


def test_time_zone_parts() -> None:
    zone = values.parse("CST+5:00:00DST01:00:00,M3.2.0/02:00:00,M11.1.0/03:00:00", spec(Kind.TIMEZONE))
    assert (zone.name, zone.offset) == ("CST", timedelta(hours=5))
    assert (zone.saving_name, zone.saving) == ("DST", timedelta(hours=1))
    assert zone.begins == ("M3.2.0", timedelta(hours=2))
    assert zone.ends == ("M11.1.0", timedelta(hours=3))
    assert str(zone).startswith("CST+5:00:00DST")

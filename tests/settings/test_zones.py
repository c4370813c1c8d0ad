"""Time zones for people, checked against the tz data."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings import parsers, values, zones
from app.settings.spec import Kind, Spec

YEAR = 2026


def on(rule: tuple[str, timedelta]) -> datetime:
    """The local moment of a rule like M3.5.0/02:00:00."""
    month, week, weekday = map(int, rule[0][1:].split("."))
    days = [date(YEAR, month, day) for day in range(1, monthrange(YEAR, month)[1] + 1)]
    fitting = [day for day in days if day.isoweekday() % 7 == weekday]
    day = fitting[-1] if week == 5 else fitting[week - 1]
    return datetime(day.year, day.month, day.day) + rule[1]


def offset(zone: parsers.Zone, moment: datetime) -> timedelta:
    """The offset that a text means at a moment in UTC."""
    standard, summer = zones.ahead(zone), zones.added(zone)
    if summer is None:
        return standard
    assert zone.begins is not None
    assert zone.ends is not None
    begins = on(zone.begins) - standard
    ends = on(zone.ends) - standard - summer
    told = moment.replace(tzinfo=None)
    inside = begins <= told < ends if begins < ends else not ends <= told < begins
    return standard + summer if inside else standard


@pytest.mark.parametrize("place", zones.PLACES, ids=lambda place: place.key)
def test_every_place_has_the_time_of_the_tz_data_in_every_hour_of_a_year(place):
    zone = parsers.zone(place.text)
    known = ZoneInfo(place.key)
    moment = datetime(YEAR, 1, 1, tzinfo=UTC)
    while moment.year == YEAR:
        assert offset(zone, moment) == moment.astimezone(known).utcoffset(), moment
        moment += timedelta(hours=1)


def test_places_are_sendable_and_told_apart():
    assert all(not values.problem(place.text, Spec(Kind.TIMEZONE, "Zone")) for place in zones.PLACES)
    assert len({place.text for place in zones.PLACES}) == len(zones.PLACES)
    assert [place.offset for place in zones.PLACES] == sorted(place.offset for place in zones.PLACES)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("CST-8:00:00", "CST-8:00:00 is UTC+8, no summer time"),
        ("CST+3:30", "CST+3:30 is UTC−3:30, no summer time"),
        ("GMT0", "GMT0 is UTC, no summer time"),
        (
            "CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00",
            "CST-1:00:00 is UTC+1, +1 h from the last Sunday in March 02:00 to the last Sunday in October 03:00",
        ),
        ("CET-1CEST", "CET-1 is UTC+1, summer time +1 h, without a rule when"),
        (
            "CET-1CEST-2,M3.5.0,M10.5.0/3",
            "CET-1 is UTC+1, +1 h from the last Sunday in March 02:00 to the last Sunday in October 03:00",
        ),
        (
            "LHST-10:30DST00:30:00,J100,200",
            "LHST-10:30 is UTC+10:30, +30 min from day 100 of the year 02:00 to day 200 of the year 02:00",
        ),
        ("nonsense", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_the_meaning_in_words(text, meaning):
    assert zones.explain(text) == meaning


@given(st.text(max_size=60))
def test_any_text_has_a_meaning_or_none(text):
    assert isinstance(zones.explain(text), str)

"""The device's clock: POSIX zone texts and local times with or without an offset. Pure.

The sign of a POSIX zone points from local time to UTC: `CST-8:00:00` is UTC+8. A rule for daylight saving time
("DST01:00:00,M3.2.0/02:00:00,M11.1.0/02:00:00") is kept as text; its first part is what is added in summer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

_HMS = r"(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?"
_ZONE = re.compile(rf"\s*(?:<[^>]{{1,16}}>|[A-Za-z]{{1,16}})([+-]?){_HMS}(.*?)\s*", re.DOTALL)
_SUMMER = re.compile(rf"(?:<[^>]{{1,16}}>|[A-Za-z]{{1,16}})([+-]?)(?:{_HMS})?,")
_LOCAL = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?")


@dataclass(frozen=True, slots=True)
class Zone:
    """offset is local minus UTC in winter; summer is what is added while rule says so, None without a rule."""

    offset: timedelta
    summer: timedelta | None = None
    rule: str = ""


def parse_zone(text: str) -> Zone | None:
    """A zone text of the device, None where it cannot be read."""
    match = _ZONE.fullmatch(text)
    if match is None:
        return None
    span = _span(match[2], match[3], match[4])
    if span > timedelta(hours=14):
        return None
    offset = span if match[1] == "-" else -span
    rule = match[5].strip()
    if not rule:
        return Zone(offset)
    saving = _SUMMER.match(rule)
    if saving is None:
        return Zone(offset, None, rule)
    added = _span(saving[2], saving[3], saving[4]) if saving[2] else timedelta(hours=1)
    if added > timedelta(hours=2):
        added = timedelta(hours=1)  # a full POSIX offset in place of the added time
    return Zone(offset, added, rule)


def _span(hours: str, minutes: str | None, seconds: str | None) -> timedelta:
    return timedelta(hours=int(hours), minutes=int(minutes or 0), seconds=int(seconds or 0))


def device_time(local: str, zone: Zone | None, now: datetime) -> datetime | None:
    """The device's time as an aware value; None where the text cannot be read.

    A time without offset is read in the device's zone. Where that has a summer rule, of the two readings the one
    nearer to now (aware) wins: a clock that is wrong by exactly one hour looks right, but no rule is needed here.
    Without any zone the time is taken as this computer's local one.
    """
    match = _LOCAL.fullmatch(local.strip())
    if match is None:
        return None
    try:
        naive = datetime.fromisoformat(f"{match[1]}T{match[2]}")
    except ValueError:
        return None
    try:
        if match[3]:
            return naive.replace(tzinfo=_offset(match[3]))
        if zone is None:
            return naive.astimezone()
        readings = [naive.replace(tzinfo=timezone(zone.offset))]
        if zone.summer:
            readings.append(naive.replace(tzinfo=timezone(zone.offset + zone.summer)))
        return min(readings, key=lambda each: abs(each - now))
    except (ValueError, OverflowError):
        return None


def _offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))

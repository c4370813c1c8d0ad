"""The clock of a simulated camera: it can be set, and its zone is a POSIX text."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

_OFFSET = r"([+-]?)(\d{1,2})(?::(\d\d))?(?::\d\d)?"
_ZONE = re.compile(rf"[A-Za-z]+{_OFFSET}(?:([A-Za-z]+)(?:{_OFFSET})?)?")
_CHANGE = re.compile(r"M(\d{1,2})\.([1-5])\.([0-6])(?:/(\d{1,2})(?::(\d\d))?(?::(\d\d))?)?")


class CameraClock:
    """offset is how far the camera's clock is ahead of this computer's; drift is what it gains in each second."""

    def __init__(self, drift: float = 0.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.offset = timedelta(0)
        self.drift = drift
        self._monotonic = monotonic
        self._set_at = monotonic()

    def now(self, zone: str) -> datetime:
        return in_zone(datetime.now(UTC) + self._wrong(), zone).replace(microsecond=0)

    def ahead(self, zone: str) -> timedelta:
        """What the wall clock shows less UTC: the zone, how the clock was set, and what it gained since."""
        wrong = self._wrong()
        return wrong + (in_zone(datetime.now(UTC) + wrong, zone).utcoffset() or timedelta(0))

    def _wrong(self) -> timedelta:
        gained = timedelta(seconds=self.drift * (self._monotonic() - self._set_at)) if self.drift else timedelta(0)
        return self.offset + gained

    def set(self, text: str, zone: str) -> None:
        """From an ISO 8601 text; without an offset it is in the camera's own zone. ValueError when it is none."""
        time = datetime.fromisoformat(text.replace("Z", "+00:00"))
        if time.tzinfo is None:
            time = time.replace(tzinfo=_offset_at(time, zone))
        self.offset = time - datetime.now(UTC)
        self._set_at = self._monotonic()


def zone_of(text: str) -> timezone:
    """The standard offset of a POSIX zone, whose sign is reversed: CST-8 is eight hours ahead of UTC."""
    match = _ZONE.match(text)
    return UTC if match is None else timezone(_ahead(*match.group(1, 2, 3)))


def in_zone(moment: datetime, text: str) -> datetime:
    """The moment as the camera's clock shows it, summer time included where the zone has a rule for it."""
    standard = moment.astimezone(zone_of(text))
    return moment.astimezone(_offset_at(standard.replace(tzinfo=None), text))


def _offset_at(standard: datetime, text: str) -> timezone:
    """What holds at a time of the standard clock (naive)."""
    zone, rules = zone_of(text), [_CHANGE.fullmatch(part.strip()) for part in text.split(",")[1:]]
    match = _ZONE.match(text)
    if match is None or not match.group(4) or len(rules) != 2 or rules[0] is None or rules[1] is None:
        return zone
    base = zone.utcoffset(None)
    gain = (_ahead(*match.group(5, 6, 7)) - base) if match.group(6) else timedelta(hours=1)
    if match.group(6) and not match.group(5) and match.group(6) in ("00", "01", "02"):
        # Cameras write how far the clock is put forward (DST01:00:00) where POSIX has an offset from UTC.
        gain = timedelta(hours=int(match.group(6)), minutes=int(match.group(7) or 0))
    starts = _change(standard.year, rules[0])
    ends = _change(standard.year, rules[1]) - gain  # the rule's time is that of the summer clock
    summer = starts <= standard < ends if starts < ends else not ends <= standard < starts
    possible = abs(base + gain) < timedelta(hours=24)
    return timezone(base + gain) if summer and possible else zone


def _change(year: int, rule: re.Match[str]) -> datetime:
    """The week'th such weekday of a month; week 5 is the last."""
    month, week, day = (int(part) for part in rule.group(1, 2, 3))
    first = datetime(year, min(max(month, 1), 12), 1)
    date = first + timedelta(days=(day - first.isoweekday()) % 7 + 7 * (week - 1))
    while date.month != first.month:
        date -= timedelta(days=7)
    hours, minutes = rule.group(4), rule.group(5)
    return date + timedelta(hours=int(hours) if hours else 2, minutes=int(minutes or 0))


def _ahead(sign: str | None, hours: str, minutes: str | None) -> timedelta:
    return (1 if sign == "-" else -1) * timedelta(hours=int(hours) % 24, minutes=int(minutes or 0))

"""A week of stretches of time. Pure.

A stretch is (begin, end) in seconds from midnight, end up to 86400. People paint half hours; what a device holds
between them is kept to the second until it is painted over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SLOTS, SLOT, END = 48, 1800, 86_400  # half hours of a day, seconds of one, seconds of a day
_SHORT = tuple(day[:3] for day in DAYS)
_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?")

Stretch = tuple[int, int]
Block = tuple[int, int, int]  # day 0..6, begin, end


@dataclass(frozen=True, slots=True)
class Week:
    """days has seven entries from Monday, each with its stretches in order, neither touching nor empty."""

    days: tuple[tuple[Stretch, ...], ...]

    def is_on(self, day: int, slot: int) -> bool:
        """Whether most of a half hour is on."""
        begin, end = slot * SLOT, (slot + 1) * SLOT
        return sum(max(0, min(e, end) - max(b, begin)) for b, e in self.days[day]) * 2 > SLOT

    def painted(self, days: Iterable[int], first: int, last: int, on: bool) -> Week:
        """The half hours first to last (included) of these days switched on or off, everything else as it was."""
        begin, end = first * SLOT, (last + 1) * SLOT
        changed = list(self.days)
        for day in days:
            if on:
                changed[day] = _merged((*self.days[day], (begin, end)))
            else:
                left = [(b, min(e, begin)) for b, e in self.days[day]]
                right = [(max(b, end), e) for b, e in self.days[day]]
                changed[day] = _merged((*left, *right))
        return Week(tuple(changed))

    def copied(self, day: int, to: Iterable[int]) -> Week:
        """Other days like this one."""
        chosen = set(to)
        return Week(tuple(self.days[day] if n in chosen else own for n, own in enumerate(self.days)))

    def __str__(self) -> str:
        return format_week(self)


EMPTY = Week(((),) * 7)


def week_of(blocks: Iterable[Block]) -> Week:
    found: list[list[Stretch]] = [[] for _ in DAYS]
    for day, begin, end in blocks:
        found[day].append((begin, end))
    return Week(tuple(_merged(each) for each in found))


def _merged(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    joined: list[Stretch] = []
    for begin, end in sorted(each for each in stretches if each[0] < each[1]):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return tuple(joined)


# -- as text -----------------------------------------------------------------------------------------------------------


def format_week(week: Week) -> str:
    """ "Mon 08:00-12:00 13:00-18:00; Tue 00:00-24:00"; "never" for nothing at all."""
    days = [(name, each) for name, each in zip(_SHORT, week.days, strict=True) if each]
    shown = (f"{name} {' '.join(f'{clock(b)}-{clock(e)}' for b, e in each)}" for name, each in days)
    return "; ".join(shown) or "never"


def parse_week(text: str) -> Week:
    """The inverse of `format_week`; ValueError for anything else."""
    blocks: list[Block] = []
    for part in text.split(";") if text.strip() != "never" else ():
        name, *stretches = part.split()
        if not stretches:
            raise ValueError(text)
        for each in stretches:
            begin, _, end = each.partition("-")
            block = (_SHORT.index(name), seconds(begin), seconds(end))
            if block[1] >= block[2]:
                raise ValueError(text)
            blocks.append(block)
    if not blocks and text.strip() != "never":
        raise ValueError(text)
    return week_of(blocks)


def summary(week: Week) -> str:
    """For people: equal neighbours together, "Monday to Friday 08:00–18:00"."""
    parts, first = [], 0
    for day in range(1, 8):
        if day == 7 or week.days[day] != week.days[first]:
            if week.days[first]:
                parts.append(f"{_span(first, day - 1)} {_stretches(week.days[first])}")
            first = day
    return "; ".join(parts) or "Never"


def _span(first: int, last: int) -> str:
    if (first, last) == (0, 6):
        return "Every day"
    return DAYS[first] if first == last else f"{DAYS[first]} to {DAYS[last]}"


def _stretches(stretches: tuple[Stretch, ...]) -> str:
    if stretches == ((0, END),):
        return "all day"
    return ", ".join(f"{clock(begin)}–{clock(end)}" for begin, end in stretches)


def clock(at: int) -> str:
    shown = f"{at // 3600:02}:{at // 60 % 60:02}"
    return f"{shown}:{at % 60:02}" if at % 60 else shown


def seconds(text: str) -> int:
    """ "08:30" and "08:30:00" -> seconds from midnight; ValueError for no time of day."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    at = int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0)
    if at > END:
        raise ValueError(text)
    return at

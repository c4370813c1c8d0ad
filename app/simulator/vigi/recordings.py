"""What is on a simulated memory card: pieces of recording that follow from the camera and the day alone."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

KEPT_DAYS = 14
CONTINUOUS = "Timing"
# What a yard triggers, and how often beside each other.
_EVENTS = {
    "MotionDetection": 12,
    "PeopleDetection": 6,
    "VehicleDetection": 5,
    "CrossLineDetection": 3,
    "InvasionDetection": 2,
}
BYTES_PER_SECOND = 96 * 1024
_PIECE = 30 * 60  # seconds of one continuous piece


@dataclass(frozen=True, slots=True)
class Piece:
    """start and end in seconds since 1970, end excluded."""

    start: int
    end: int
    kind: str

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return (self.end - self.start) * BYTES_PER_SECOND

    @property
    def file_id(self) -> str:
        """14 digits, as cameras name files."""
        return f"{self.start:012d}{_KINDS.index(self.kind):02d}"


_KINDS = (CONTINUOUS, *_EVENTS)


class Card:
    """The card of one camera. Nothing of it is stored: the same seed and day give the same pieces."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self.formatted_at = 0.0

    def pieces(self, day: date, zone: timezone, now: float) -> list[Piece]:
        """Everything that a day of the camera's calendar holds at this moment, by time."""
        today = datetime.fromtimestamp(now, zone).date()
        dice = random.Random(f"{self._seed} {day.isoformat()}")
        lost = dice.random() < 0.2 and day != today  # the camera was off
        if lost or not today - timedelta(days=KEPT_DAYS) < day <= today:
            return []
        midnight = int(datetime.combine(day, time(), zone).timestamp())
        made = [*_continuous(midnight), *_events(midnight, dice)]
        whole = [Piece(each.start, min(each.end, int(now)), each.kind) for each in made if each.start < int(now)]
        return sorted((each for each in whole if each.end > self.formatted_at), key=lambda each: (each.start, each.end))

    def between(self, start: float, end: float, zone: timezone, now: float) -> list[Piece]:
        """Every piece that has a part of this time, by time."""
        begin = max(start, now - (KEPT_DAYS + 1) * 86400)
        day = datetime.fromtimestamp(begin, zone).date()
        last = datetime.fromtimestamp(min(end, now), zone).date()
        found: list[Piece] = []
        while day <= last:
            found += [each for each in self.pieces(day, zone, now) if each.end > start and each.start < end]
            day += timedelta(days=1)
        return found


def _continuous(midnight: int) -> list[Piece]:
    """In working hours, in pieces of half an hour."""
    return [Piece(at, at + _PIECE, CONTINUOUS) for at in range(midnight + 7 * 3600, midnight + 19 * 3600, _PIECE)]


def _events(midnight: int, dice: random.Random) -> list[Piece]:
    kinds = dice.choices(list(_EVENTS), weights=list(_EVENTS.values()), k=40)
    starts = sorted(dice.randrange(0, 86400 - 120) for _ in kinds)
    made: list[Piece] = []
    free = 0
    for start, kind in zip(starts, kinds, strict=True):
        begin = max(start, free)
        end = min(begin + dice.randrange(12, 90), 86400)
        if end > begin:
            made.append(Piece(midnight + begin, midnight + end, kind))
        free = end + 5
    return made


def zone_of(text: str) -> timezone:
    """From "UTC+01:00"; UTC for anything else."""
    sign, hours, colon, minutes = text[3:4], text[4:6], text[6:7], text[7:9]
    if not text.startswith("UTC") or colon != ":" or not (hours + minutes).isdigit():
        return UTC
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-ahead if sign == "-" else ahead)

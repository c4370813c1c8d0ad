"""What a simulated camera notices: the things of its scene against the regions that are drawn, whatever its family.

Everything follows from the time: the same regions and the same moments give the same happenings, on every machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.model.region import Direction, Purpose
from app.simulator.armed import Watched
from app.simulator.noticing import PULSES, Look, crossings, lasting

POST = 1.0  # seconds between two posts of something that lasts
PULSE = 1.0  # seconds that a crossing is "active"
LONGEST_STEP = 0.5  # seconds; after a longer sleep what happened meanwhile went unseen

Key = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Happening:
    """count is 1 at the beginning and grows while it lasts; the end carries the last one."""

    watched: Watched
    active: bool
    count: int
    target: str = ""
    direction: Direction | None = None


@dataclass(slots=True)
class _Running:
    watched: Watched
    target: str
    direction: Direction | None
    posted: float
    until: float  # inf: as long as it is seen
    count: int = 1


@dataclass
class Detector:
    """One camera. Call `tick` a few times a second with a time that grows."""

    look: Look
    _last: float = -math.inf
    _running: dict[Key, _Running] = field(default_factory=dict)

    def tick(self, watched: tuple[Watched, ...], now: float) -> tuple[Happening, ...]:
        before = max(self._last, now - LONGEST_STEP) if self._last > -math.inf else now
        self._last = now
        armed = {_key(each): each for each in watched if each.armed and not each.hidden and each.sensitivity > 0}
        found = [self._end(key) for key in tuple(self._running) if key not in armed]
        for key, each in armed.items():
            hidden = tuple(other for other in watched if _hides(other, each))
            found += self._one(key, each, hidden, before, now)
        return tuple(found)

    def _one(
        self, key: Key, each: Watched, hidden: tuple[Watched, ...], before: float, now: float
    ) -> Iterator[Happening]:
        running = self._running.get(key)
        if each.purpose in PULSES:
            crossing = next(crossings(each, hidden, self.look, before, now), None)
            if running is not None and (crossing is not None or now >= running.until):
                yield self._end(key)
            if crossing is not None:
                yield self._begin(key, each, crossing[0], crossing[1], now, now + PULSE)
            return
        target = next(lasting(each, hidden, self.look, now), None)
        if running is not None and target is None:
            yield self._end(key)
        elif running is not None and now - running.posted >= POST:
            running.posted, running.count = now, running.count + 1
            yield Happening(each, True, running.count, running.target)
        elif running is None and target is not None:
            yield self._begin(key, each, target, None, now, math.inf)

    def _begin(
        self, key: Key, each: Watched, target: str, direction: Direction | None, now: float, until: float
    ) -> Happening:
        self._running[key] = _Running(each, target, direction, now, until)
        return Happening(each, True, 1, target, direction)

    def _end(self, key: Key) -> Happening:
        gone = self._running.pop(key)
        return Happening(gone.watched, False, gone.count, gone.target, gone.direction)


def _key(each: Watched) -> Key:
    return each.event, each.channel, each.region


def _hides(other: Watched, each: Watched) -> bool:
    same = other.hidden and other.purpose is each.purpose
    return other.channel == each.channel and other.armed and (same or other.purpose is Purpose.PRIVACY)

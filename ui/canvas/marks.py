"""What is said of regions for a while: an event that came, a walk test, what became of an Apply. Times are those of
time.monotonic()."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

FLASH = 0.9  # seconds that a region lights up
TICK_STAYS, TICK_FADES = 4.0, 1.5  # seconds that the sign of a region that was kept is seen


class WalkState(StrEnum):
    NONE = ""
    UNTESTED = "untested"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Mark:
    """count events came, the last one at `last`, with a text of its own ("person")."""

    count: int = 0
    last: float = 0.0
    text: str = ""
    walk: WalkState = WalkState.NONE

    def glow(self, now: float) -> float:
        """1 when the event comes, 0 when it has faded."""
        return max(0.0, 1.0 - (now - self.last) / FLASH) if self.count else 0.0

    def words(self, now: float) -> str:
        """Counter and time since the last event."""
        if not self.count:
            return ""
        seconds = max(0, int(now - self.last))
        since = f"{seconds} s" if seconds < 60 else f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h"
        said = QCoreApplication.translate("Canvas", "{0} × · {1} ago").format(self.count, since)
        return f"{self.text} · {said}" if self.text else said


class Marks:
    """By layer and the camera's own id of a region."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._marks: dict[tuple[str, str], Mark] = {}

    def event(self, layer: str, region: str, text: str) -> None:
        before = self.get(layer, region)
        self._marks[layer, region] = replace(before, count=before.count + 1, last=self._clock(), text=text)

    def walk(self, layer: str, region: str, state: WalkState) -> None:
        self._marks[layer, region] = replace(self.get(layer, region), walk=state)

    def get(self, layer: str, region: str) -> Mark:
        return self._marks.get((layer, region), Mark())

    def clear(self) -> None:
        self._marks.clear()

    def __iter__(self) -> Iterator[tuple[str, str, Mark]]:
        for (layer, region), mark in self._marks.items():
            yield layer, region, mark

    @property
    def pace(self) -> int:
        """Milliseconds until something looks different: short while anything fades, 0 when nothing will change."""
        now = self._clock()
        if any(mark.glow(now) for mark in self._marks.values()):
            return 40
        return 500 if any(mark.count for mark in self._marks.values()) else 0

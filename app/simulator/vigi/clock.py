"""The clock and the log of a simulated camera."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

LOG_TYPES = ("all", "alarm", "exception", "operation", "information")  # by their number in an entry
_LOG_LENGTH = 500


class Clock:
    """Seconds since 1970 as the camera has them. drift is what it gains in each second."""

    def __init__(self, drift: float = 0.0, system: Callable[[], float] = time.time) -> None:
        self._drift = drift
        self._system = system
        self._ahead = 0.0
        self._set_at = system()

    def now(self) -> float:
        real = self._system()
        return real + self._ahead + self._drift * (real - self._set_at)

    def set(self, seconds: int) -> None:
        self._set_at = self._system()
        self._ahead = seconds - self._set_at


@dataclass(frozen=True, slots=True)
class Entry:
    """kind is one of `LOG_TYPES`; at in seconds since 1970."""

    kind: str
    at: int
    module: str
    text: str

    @property
    def line(self) -> str:
        return f"<{LOG_TYPES.index(self.kind)}>{self.at}[{self.module}]{self.text}"


class Log:
    """The last things that happened, newest first."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=_LOG_LENGTH)

    def add(self, entry: Entry) -> None:
        self._entries.appendleft(entry)

    def find(self, start: int, end: int, kind: str) -> list[Entry]:
        return [each for each in self._entries if start <= each.at <= end and kind in ("all", each.kind)]

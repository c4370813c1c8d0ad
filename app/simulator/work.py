"""What takes a simulated camera a while."""

from __future__ import annotations

import time
from collections.abc import Callable


class Work:
    """Something that is under way. percent goes from 0 to 100 in the seconds that it takes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = 0.0
        self._seconds: float | None = None

    def begin(self, seconds: float) -> None:
        self._began, self._seconds = self._clock(), seconds

    def end(self) -> None:
        self._seconds = None

    @property
    def percent(self) -> int:
        """100 once it is through, 0 before it ever began."""
        if self._seconds is None:
            return 0
        passed = self._clock() - self._began
        return 100 if passed >= self._seconds else int(100 * passed / self._seconds)

    @property
    def running(self) -> bool:
        return self._seconds is not None and self.percent < 100

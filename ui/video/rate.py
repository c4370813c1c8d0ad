"""How many pictures a second reach the screen."""

from __future__ import annotations

import time
from collections import deque

LOOKS = 5  # that the rate is taken over


class PaintRate:
    def __init__(self) -> None:
        self.painted = 0  # pictures, since the view was made
        self._looks: deque[tuple[float, int]] = deque(maxlen=LOOKS)  # when, and how many had been painted

    def look(self) -> float | None:
        """Pictures a second over the last looks; None at the first."""
        self._looks.append((time.monotonic(), self.painted))
        (first, before), (last, now) = self._looks[0], self._looks[-1]
        return (now - before) / (last - first) if last > first else None

    def begin(self) -> None:
        """The next look is the first."""
        self._looks.clear()

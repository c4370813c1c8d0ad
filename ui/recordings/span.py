"""The part of a day that a timeline shows. Seconds count from the day's midnight. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.model.recording import Clip

DAY = 24 * 3600.0
NARROWEST = 120.0  # seconds across the whole width
_STEPS = (60, 300, 900, 1800, 3600, 2 * 3600, 3 * 3600, 6 * 3600)
_CLOSEST = 64  # pixels between two marks


@dataclass(frozen=True, slots=True)
class Span:
    """start and length in seconds, laid over `width` pixels from `left` on."""

    left: int
    width: int
    start: float = 0.0
    length: float = DAY

    def x(self, second: float) -> float:
        return self.left + (second - self.start) / self.length * self.width

    def second(self, x: float) -> float:
        """Within the day."""
        return min(max(self.start + (x - self.left) / max(self.width, 1) * self.length, 0.0), DAY)

    def laid(self, left: int, width: int) -> Span:
        """The same time in another place."""
        return Span(left, max(width, 1), self.start, self.length)

    def zoomed(self, factor: float, second: float) -> Span:
        """factor above 1 looks closer; the second stays where it is."""
        length = min(max(self.length / factor, NARROWEST), DAY)
        share = (second - self.start) / self.length
        return self._at(second - share * length, length)

    def moved(self, seconds: float) -> Span:
        return self._at(self.start + seconds, self.length)

    def showing(self, first: float, last: float) -> Span:
        """Moved as little as possible, so that this is in view."""
        margin = min(self.length * 0.05, 60.0)
        if first - margin < self.start:
            return self._at(first - margin, self.length)
        if last + margin > self.start + self.length:
            return self._at(min(last + margin - self.length, first - margin), self.length)
        return self

    def marks(self) -> Iterator[tuple[float, str]]:
        """Seconds with their clock text, as close as they can be read."""
        fitting = (step for step in _STEPS if step / self.length * self.width >= _CLOSEST)
        step = next(fitting, _STEPS[-1])
        second = -(-self.start // step) * step
        while second <= min(self.start + self.length, DAY):
            yield second, f"{int(second) // 3600:02}:{int(second) % 3600 // 60:02}"
            second += step

    def _at(self, start: float, length: float) -> Span:
        return Span(self.left, self.width, min(max(start, 0.0), DAY - length), length)


def seconds_of(moment: datetime, midnight: datetime) -> float:
    return (moment - midnight).total_seconds()


def lanes_of(clips: Sequence[Clip]) -> tuple[str, ...]:
    """Titles in the order of the rows: what is recorded all the time first, then by name."""
    always = {clip.title for clip in clips if clip.purpose is None}
    return (*sorted(always), *sorted({clip.title for clip in clips} - always))


def clip_at(clips: Sequence[Clip], title: str, moment: datetime) -> Clip | None:
    """The piece of a row that holds a moment; the last to begin, where several do."""
    return next((c for c in reversed(clips) if c.title == title and c.start <= moment < c.end), None)

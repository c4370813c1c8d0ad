"""What every part of the tour is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stops:
    """shoot, until and rest are the tour's own; missed is told what was not there."""

    shoot: Callable[[str], Awaitable[None]]
    until: Callable[[str, Callable[[], object]], Awaitable[None]]
    rest: Callable[[int], Awaitable[None]]
    missed: list[str]

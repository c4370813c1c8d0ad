"""What a simulated camera watches right now, whatever its family: the scene is compared with this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from app.model.region import Purpose, Shape


@dataclass(frozen=True, slots=True)
class Watched:
    """One region as the camera holds it, in 0..1 from the top left of its channel's picture.

    event is the family's own word for the detection ("linedetection"), region the camera's own id of the region.
    armed: the detection is on, and this region too. hidden: a mask that takes its part away from the other regions
    of the same purpose. sensitivity is 0..1; targets are "person" and "vehicle", () for whatever moves; seconds is
    how long something has to be there, to stay, or to be gone; occupation is 0..1, the part of the region that has to
    be taken up.
    """

    purpose: Purpose
    event: str
    channel: int
    region: str
    shape: Shape
    armed: bool
    hidden: bool = False
    sensitivity: float = 0.5
    targets: tuple[str, ...] = ()
    seconds: float = 0.0
    occupation: float = 0.0
    name: str = ""


@runtime_checkable
class Watching(Protocol):
    """A simulated camera that detects. May be asked from any thread and returns at once."""

    def watched(self) -> tuple[Watched, ...]:
        """Every region that is drawn, armed or not; the same object until the next write."""

"""What cameras report while it happens, whatever the maker."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.model.region import Direction, Purpose


@dataclass(frozen=True, slots=True)
class DeviceEvent:
    """One report. active is False at the end of an event, None where a maker tells no ends.

    type is the protocol's own word ("linedetection"), title is for people. region is the id of `Region` it names, ""
    where it names none; layer that of its `RegionLayer`, "" where it cannot be told. at is the device's own time,
    received this computer's (time.time()). picture is a JPEG that came along. count is the device's running number.
    """

    type: str
    title: str
    purpose: Purpose | None
    received: float
    active: bool | None = True
    channel: int = 1
    region: str = ""
    layer: str = ""
    target: str = ""  # "person", "vehicle", ... "" not said
    direction: Direction | None = None
    at: datetime | None = None
    description: str = ""
    count: int | None = None
    picture: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A sign of life."""

    received: float


@dataclass(frozen=True, slots=True)
class Skipped:
    """Bytes that made no sense, and why: what was dropped is shown, not hidden."""

    received: float
    reason: str
    size: int


Report = DeviceEvent | Heartbeat | Skipped

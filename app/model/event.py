"""What cameras report while it happens, whatever the maker."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.model.region import Direction, Purpose


@dataclass(frozen=True, slots=True)
class DeviceEvent:
    """One report. active is False at the end of an event, None where a maker tells no ends.

    type is the protocol's own word ("linedetection"), title is for people. region is the id of `Region` it names, ""
    where it names none; layer that of its `LayerInfo`, "" where it cannot be told. at is the device's own time,
    received this computer's (time.time()). count is how often the device has posted this occurrence, from 1: what goes
    on is posted again and again with a count that grows. A picture that comes along is an `EventPicture` behind it.
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


@dataclass(frozen=True, slots=True)
class EventPicture:
    """A JPEG that the device sent along with an event: events are told at once, their pictures when they are there."""

    received: float
    event: DeviceEvent
    jpeg: bytes = field(repr=False)


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


Report = DeviceEvent | EventPicture | Heartbeat | Skipped

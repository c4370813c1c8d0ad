"""What devices have recorded, whatever the maker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.model.region import Purpose


@dataclass(frozen=True, slots=True)
class Clip:
    """One piece. start and end are aware, in the device's own zone; kind is the protocol's word for why it was recorded
    and title is for people; purpose is that of the detection, None for what was recorded all the time. size is in
    bytes, None where the device does not say; id may be "" where pieces have no names."""

    start: datetime
    end: datetime
    kind: str
    title: str
    purpose: Purpose | None = None
    id: str = ""
    size: int | None = None

    @property
    def length(self) -> timedelta:
        return self.end - self.start

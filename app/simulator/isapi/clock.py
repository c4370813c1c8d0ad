"""The clock of a simulated camera: it can be set, and its zone is a POSIX text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_ZONE = re.compile(r"[A-Za-z]+([+-]?)(\d{1,2})(?::(\d\d))?")


class CameraClock:
    """offset is how far the camera's clock is ahead of this computer's."""

    def __init__(self) -> None:
        self.offset = timedelta(0)

    def now(self, zone: str) -> datetime:
        return (datetime.now(UTC) + self.offset).astimezone(zone_of(zone)).replace(microsecond=0)

    def set(self, text: str, zone: str) -> None:
        """From an ISO 8601 text; without an offset it is in the camera's own zone. ValueError when it is none."""
        time = datetime.fromisoformat(text.replace("Z", "+00:00"))
        if time.tzinfo is None:
            time = time.replace(tzinfo=zone_of(zone))
        self.offset = time - datetime.now(UTC)


def zone_of(text: str) -> timezone:
    """The standard offset of a POSIX zone, whose sign is reversed: CST-8 is eight hours ahead of UTC."""
    match = _ZONE.match(text)
    if match is None:
        return UTC
    sign = 1 if match.group(1) == "-" else -1
    return timezone(sign * timedelta(hours=int(match.group(2)) % 24, minutes=int(match.group(3) or 0)))

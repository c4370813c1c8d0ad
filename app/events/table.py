"""Records as a table for other programs."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from typing import TextIO

from app.events.log import Record

HEAD = (
    "device",
    "began",
    "ended",
    "kind",
    "event",
    "channel",
    "region",
    "target",
    "direction",
    "posts",
    "device time",
    "type",
    "description",
    "note",
)


def write_csv(records: Iterable[Record], file: TextIO) -> int:
    """One line for each record; the file must have been opened with newline="". Returns how many."""
    writer = csv.writer(file)
    writer.writerow(HEAD)
    count = 0
    for record in records:
        writer.writerow([_harmless(cell) for cell in _row(record)])
        count += 1
    return count


def _row(record: Record) -> tuple[str, ...]:
    event = record.event
    times = (local(record.began), "" if record.ended is None else local(record.ended))
    head = (record.device, *times, record.kind.value, record.title)
    if event is None:
        return (*head, "", "", "", "", str(record.repeats), "", "", "", record.note)
    return (
        *head,
        str(event.channel),
        event.region,
        event.target,
        event.direction.value if event.direction is not None else "",
        str(record.repeats),
        event.at.isoformat() if event.at is not None else "",
        event.type,
        event.description,
        record.note,
    )


def local(moment: float) -> str:
    """ISO 8601 with this computer's offset, to the millisecond."""
    return datetime.fromtimestamp(moment).astimezone().isoformat(timespec="milliseconds")


def _harmless(cell: str) -> str:
    """Devices name things as they like; a spreadsheet must not take a name for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell

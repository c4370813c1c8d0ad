"""What devices have written down of themselves, whatever the maker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LogLevel:
    """A kind of entries that can be asked for: id is the protocol's word, title is for people."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class LogEntry:
    """at is aware, in UTC, and by the device's own clock; None where the entry does not say. level is a title, "" where
    it does not say; source is the part of the device that wrote it."""

    at: datetime | None
    level: str
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class LogFound:
    """entries: newest first. total: how many there are, as the device says; more than entries where it tells only some.
    unread counts entries that make no sense, which are not among the entries."""

    entries: tuple[LogEntry, ...]
    total: int
    unread: int = 0

    @property
    def is_whole(self) -> bool:
        return self.total <= len(self.entries) + self.unread


def log_line(entry: LogEntry) -> str:
    """One entry as text, its time in the zone of this computer."""
    when = f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S}" if entry.at is not None else "-"
    return "  ".join((when, entry.level or "-", entry.source or "-", entry.text))

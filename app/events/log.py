"""The alarms of a session, of one device or of many: counted, paired, coalesced, bounded. Nothing goes unsaid.

An event that is posted again while it lasts is one record with a count. Beginning and end find each other. What was
not understood, and the time when nobody could listen, are records as well. When the log is full the oldest records go,
and how many is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.model.event import DeviceEvent, Skipped

CAPACITY = 40_000  # records
PICTURE_BYTES = 64 * 1024 * 1024  # of all pictures together
LASTING = 30.0  # seconds without a word after which an event that lasts has ended without saying so
REPEATED = 2.0  # seconds within which the same post, without a count that grows, is the same occurrence


class RecordKind(StrEnum):
    EVENT = "event"
    SKIPPED = "skipped"
    GAP = "gap"  # nobody could listen


@dataclass(frozen=True, slots=True)
class Record:
    """number grows with every record of a log and is never used twice. began, last and ended are this computer's
    time.time(); ended None: it lasts, or nobody tells. repeats counts the posts. note is a plain sentence."""

    number: int
    device: str
    kind: RecordKind
    title: str
    began: float
    last: float
    repeats: int = 1
    ended: float | None = None
    event: DeviceEvent | None = None
    note: str = ""
    picture: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Batch:
    """What happened since the last look: records, each as it is now, by number; first is the oldest that is kept."""

    new: tuple[Record, ...]
    changed: tuple[Record, ...]
    first: int


def continues(before: DeviceEvent, event: DeviceEvent, last: float | None = None) -> bool:
    """Whether an event is another post of an occurrence that was posted before (last: at this time)."""
    gap = event.received - (before.received if last is None else last)
    if before.count is not None and event.count is not None and event.count != before.count:
        return event.count > before.count and gap <= LASTING
    return gap <= REPEATED if event.count is not None or event.active is None else gap <= LASTING


Key = tuple[str, str, int, str]


class EventLog:
    """Belongs to one thread. `watch` for those who look from time to time."""

    def __init__(self, capacity: int = CAPACITY, picture_bytes: int = PICTURE_BYTES) -> None:
        self.evicted = 0
        self.events: Counter[str] = Counter()  # posts by device, ends included
        self.skipped_bytes: Counter[str] = Counter()
        self._capacity = capacity
        self._picture_bytes = picture_bytes
        self._records: dict[int, Record] = {}
        self._next = 1
        self._open: dict[Key, tuple[int, DeviceEvent]] = {}
        self._same: dict[tuple[str, str], int] = {}  # skipped things by device and reason
        self._gaps: dict[str, int] = {}
        self._pictures: dict[int, int] = {}  # record -> bytes, the oldest first
        self._held = 0
        self._watches: list[Watch] = []

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        """The oldest first."""
        return iter(tuple(self._records.values()))

    def __getitem__(self, number: int) -> Record:
        """KeyError for one that is gone."""
        return self._records[number]

    def __contains__(self, number: int) -> bool:
        return number in self._records

    def after(self, number: int) -> tuple[Record, ...]:
        """The records with higher numbers, the oldest first."""
        found: list[Record] = []
        for record in reversed(self._records.values()):
            if record.number <= number:
                break
            found.append(record)
        return tuple(reversed(found))

    @property
    def last(self) -> int:
        """The number of the newest record ever, 0 before the first."""
        return self._next - 1

    @property
    def first(self) -> int:
        """The number of the oldest record that is kept."""
        return next(iter(self._records), self._next)

    # What comes in

    def add(self, device: str, event: DeviceEvent) -> tuple[Record, bool]:
        """The record that the event belongs to, and whether a new occurrence began with it."""
        self.events[device] += 1
        key = (device, event.type.lower(), event.channel, event.region)
        known = self._open.get(key)
        if event.active is False:
            return self._end(device, event, key, known), False
        if known is not None:
            record = self._records[known[0]]
            if continues(known[1], event, record.last):
                self._open[key] = (record.number, event)
                return self._change(replace(record, last=event.received, repeats=record.repeats + 1)), False
            if record.event is not None and record.event.active:
                note = "Its end was never reported."
                self._change(replace(record, ended=record.last, note=note))
        added = self._append(device, RecordKind.EVENT, event.title, event.received, event=event)
        self._open[key] = (added.number, event)
        return added, True

    def _end(self, device: str, event: DeviceEvent, key: Key, known: tuple[int, DeviceEvent] | None) -> Record:
        if known is None:
            note = "Its beginning was not reported."
            return self._append(
                device, RecordKind.EVENT, event.title, event.received, event=event, ended=event.received, note=note
            )
        del self._open[key]
        record = self._records[known[0]]
        return self._change(replace(record, last=event.received, ended=event.received))

    def skip(self, device: str, skipped: Skipped) -> Record:
        """One record for each reason, with a count."""
        self.skipped_bytes[device] += skipped.size
        known = self._same.get((device, skipped.reason))
        if known is not None:
            record = self._records[known]
            return self._change(replace(record, last=skipped.received, repeats=record.repeats + 1))
        added = self._append(device, RecordKind.SKIPPED, skipped.reason, skipped.received)
        self._same[device, skipped.reason] = added.number
        return added

    def gap(self, device: str, title: str, now: float) -> Record:
        """From now on nobody listens; the same gap, for the reason at hand, when this was known."""
        known = self._gaps.get(device)
        if known is not None:
            record = self._records[known]
            return self._change(replace(record, title=title, last=now))
        added = self._append(device, RecordKind.GAP, title, now)
        self._gaps[device] = added.number
        return added

    def gap_ended(self, device: str, now: float) -> None:
        """Somebody listens again. What lasted before may have ended unheard."""
        known = self._gaps.pop(device, None)
        if known is not None:
            self._change(replace(self._records[known], last=now, ended=now))

    def picture(self, number: int, jpeg: bytes) -> None:
        """For a record that has none yet. The oldest pictures go when there are too many."""
        record = self._records.get(number)
        if record is None or record.picture is not None:
            return
        self._pictures[number] = len(jpeg)
        self._held += len(jpeg)
        self._change(replace(record, picture=jpeg))
        while self._held > self._picture_bytes:
            oldest = next(iter(self._pictures))
            self._held -= self._pictures.pop(oldest)
            gone = replace(self._records[oldest], picture=None, note="Its picture gave way to newer ones.")
            self._change(gone)

    def note(self, number: int, text: str) -> None:
        record = self._records.get(number)
        if record is not None and not record.note:
            self._change(replace(record, note=text))

    def clear(self, device: str | None = None) -> None:
        """Forgets what is kept of a device, or of all."""
        for record in tuple(self._records.values()):
            if device is None or record.device == device:
                self._forget(record)

    # Those who look

    def watch(self) -> Watch:
        """Begins with everything that is kept."""
        made = Watch(self)
        self._watches.append(made)
        return made

    def unwatch(self, watch: Watch) -> None:
        if watch in self._watches:
            self._watches.remove(watch)

    def _append(
        self,
        device: str,
        kind: RecordKind,
        title: str,
        now: float,
        *,
        event: DeviceEvent | None = None,
        ended: float | None = None,
        note: str = "",
    ) -> Record:
        record = Record(self._next, device, kind, title, now, now, ended=ended, event=event, note=note)
        self._next += 1
        self._records[record.number] = record
        if len(self._records) > self._capacity:
            self._forget(next(iter(self._records.values())))
            self.evicted += 1
        return record

    def _change(self, record: Record) -> Record:
        self._records[record.number] = record
        for watch in self._watches:
            watch.touched.add(record.number)
        return record

    def _forget(self, record: Record) -> None:
        del self._records[record.number]
        self._held -= self._pictures.pop(record.number, 0)
        if record.event is not None:
            key = (record.device, record.event.type.lower(), record.event.channel, record.event.region)
            if self._open.get(key, (0,))[0] == record.number:
                del self._open[key]
        if record.kind is RecordKind.SKIPPED:
            del self._same[record.device, record.title]
        if self._gaps.get(record.device) == record.number:
            del self._gaps[record.device]


class Watch:
    """Looks at a log from time to time. Costs no more than one number for each record that has changed."""

    def __init__(self, log: EventLog) -> None:
        self.touched: set[int] = set()
        self._log = log
        self._seen = 0

    def take(self) -> Batch:
        """What is new and what has changed since the last call."""
        log, seen = self._log, self._seen
        touched, self.touched = self.touched, set()
        changed = [log[number] for number in sorted(touched) if number <= seen and number in log]
        new = log.after(seen)
        if new:
            self._seen = new[-1].number
        return Batch(new, tuple(changed), log.first)

    def close(self) -> None:
        self._log.unwatch(self)

"""What the site file holds, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from app.settings.changes import Verdict
from app.site.identity import Identity


class Origin(StrEnum):
    """Where a change set came from."""

    FORM = "form"
    RAW = "raw"
    UNDO = "undo"
    RESTORE = "restore"
    CLI = "cli"
    EFFECT = "side effect"  # sent by nobody: what a camera changed when something else was written


class ChangeState(StrEnum):
    """SENDING is on the disk before the device is asked; a crash leaves it behind and it becomes UNKNOWN, until the
    device is met again (`app.site.open_ends`)."""

    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"  # the device refused, or nothing was sent
    UNKNOWN = "unknown"  # nobody knows what the device made of it: read it again
    JUDGING = "judging"  # it is being read again


@dataclass(frozen=True, slots=True)
class Device:
    """A device of the site. conflicts names kinds of keys that it claims twice ("2 serial numbers: A, B")."""

    id: int
    name: str
    family: str
    dialect: str
    model: str
    firmware: str
    place: str
    identity: Identity
    first_seen: datetime
    last_seen: datetime
    addresses: tuple[str, ...] = ()  # the last one it was seen at comes first

    @property
    def conflicts(self) -> tuple[str, ...]:
        return self.identity.conflicts

    @property
    def title(self) -> str:
        return self.name or self.model or (self.addresses[0] if self.addresses else f"Device {self.id}")


@dataclass(frozen=True, slots=True)
class Sighting:
    """A device as it was met: keys, where, and what it says of itself. Empty texts leave what is known."""

    identity: Identity
    address: str
    family: str = ""
    dialect: str = ""
    name: str = ""
    model: str = ""
    firmware: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    id: int
    device_id: int
    written: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class RecordedField:
    """One field of a change set. verdict is None while nobody knows. Secrets are masks."""

    path: str
    title: str
    old: str
    new: str
    secret: bool = False
    verdict: Verdict | None = None
    read_back: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """One Apply. who is the account of this computer, account the one used on the device."""

    id: int
    started: datetime
    finished: datetime | None
    who: str
    account: str
    device_id: int
    device_name: str
    device_keys: frozenset[str]
    address: str
    family: str
    resource: str
    title: str
    origin: Origin
    state: ChangeState
    undo_of: int | None
    reboot_required: bool
    error: str
    fields: tuple[RecordedField, ...] = ()
    effect_of: int | None = None  # the change that this page was changed besides


@dataclass(frozen=True, slots=True)
class StoredSnapshot:
    """An entry of the list of snapshots; its documents are fetched by id."""

    id: int
    device_id: int
    name: str
    taken: datetime
    author: str
    resources: int


def stamp(when: datetime) -> str:
    """UTC in a form that sorts as text."""
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """The inverse of `stamp`; the beginning of time for what a damaged file holds."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)

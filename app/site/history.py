"""Change sets: written before the device is asked, finished with what became of them."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.errors import SiteError
from app.settings.changes import Verdict
from app.site import effects, owner
from app.site.devices import remember
from app.site.file import SiteFile
from app.site.records import ChangeSet, ChangeState, Origin, RecordedField, Sighting, moment, stamp

LONGEST_SENDING = timedelta(minutes=15)  # of a process on another computer, of which nothing else is known
LONGEST_TURN = 20.0  # seconds; by then another window has sent what it had to send, and reads back or follows
LOOK_AGAIN = 0.05  # seconds
_AT_ONCE = 50  # change sets whose words are learnt in one go: nobody waits long for the file
_LARGEST = 2**62  # what SQLite can count to, and then some
_COLUMNS = """change_sets.id, started, finished, os_user, account, device_id, device_keys, address,
    change_sets.family, resource, title, origin, state, undo_of, reboot_required, error"""
_NAMES = ", coalesce(nullif(devices.name, ''), devices.model, '')"
# All that one can look for, as one text: what is shown of a change set and of its fields, secrets as their masks.
_TEXT = """change_sets.id || ' ' || change_sets.title || ' ' || resource || ' ' || os_user || ' ' || account || ' ' ||
    address || ' ' || coalesce(devices.name, '') || ' ' || coalesce(devices.model, '') || ' ' || error || ' ' ||
    coalesce((SELECT group_concat(change_fields.title || ' ' || path || ' ' || old || ' ' || new || ' ' ||
    coalesce(read_back, ''), ' ') FROM change_fields WHERE change_set_id = change_sets.id), '')"""
_ODD = """(state IN ('failed', 'unknown') OR EXISTS (SELECT 1 FROM change_fields WHERE change_set_id = change_sets.id
    AND verdict IN ('adjusted', 'ignored', 'side effect')))"""
_FROM = " FROM change_sets LEFT JOIN devices ON devices.id = change_sets.device_id"


Told = Callable[[ChangeSet], str]


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be sent: everything that is known before. before is the masked document."""

    device: Sighting
    account: str
    resource: str
    title: str
    origin: Origin
    fields: tuple[RecordedField, ...]
    before: bytes
    undo_of: int | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """Which change sets are looked for. device_ids None: of all devices. Every word must stand somewhere in what is
    kept of a change set, whatever its case. odd: only those that the device did not keep as they were sent."""

    device_ids: tuple[int, ...] | None = None
    words: str = ""
    odd: bool = False


class History:
    """The table of change sets. Everything raises SiteError when the file fails."""

    def __init__(self, file: SiteFile) -> None:
        self._file = file
        self._told: dict[int, tuple[str, str]] = {}  # state and words of each change set that was searched

    async def begin(self, intent: Intent) -> int:
        """The id of the change set, which is on the disk as "sending"."""
        return await self._file.write(lambda connection: _begin(connection, intent))

    async def turn(self, change_set: int) -> None:
        """Waits until this change set may be sent: while another process sends an earlier one of the same page of the
        same device, each would put back what the other has just changed."""
        deadline = asyncio.get_running_loop().time() + LONGEST_TURN
        while await self._file.read(lambda connection: _is_preceded(connection, change_set)):
            if asyncio.get_running_loop().time() > deadline:
                return
            await asyncio.sleep(LOOK_AGAIN)

    async def finish(
        self,
        change_set: int,
        state: ChangeState,
        *,
        fields: Sequence[RecordedField] | None = None,
        after: bytes | None = None,
        reboot_required: bool = False,
        error: str = "",
    ) -> None:
        """fields None keeps those of the intent, whose verdicts are open."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE change_sets SET finished = ?, state = ?, after_id = ?, reboot_required = ?, error = ?"
                " WHERE id = ?",
                (
                    stamp(datetime.now(UTC)), state, _document(connection, after), int(reboot_required), error,
                    change_set,
                ),
            )  # fmt: skip
            if fields is not None:
                connection.execute("DELETE FROM change_fields WHERE change_set_id = ?", (change_set,))
                _add_fields(connection, change_set, fields)

        await self._file.write(work)

    async def add_effect(self, intent: Intent, after: bytes, cause: int) -> int:
        """What a device changed on another page when cause was written: seen afterwards, so its outcome is known."""

        def work(connection: sqlite3.Connection) -> int:
            number = _begin(connection, intent)
            connection.execute(
                "UPDATE change_sets SET finished = started, state = ?, after_id = ? WHERE id = ?",
                (ChangeState.DONE, _document(connection, after), number),
            )
            effects.add(connection, number, cause)
            return number

        return await self._file.write(work)

    async def effects(self, change_set: int) -> tuple[ChangeSet, ...]:
        """What the device changed on other pages when this one was written, in the order in which it was seen."""

        numbers = await self._file.read(lambda connection: effects.of(connection, change_set))
        return tuple(reversed(await self.some(numbers)))

    async def settle(self) -> int:
        """Marks what a process that is gone left behind as unknown; how many there were."""

        def abandoned(connection: sqlite3.Connection) -> list[int]:
            rows = connection.execute("SELECT id, started, host, pid FROM change_sets WHERE state = 'sending'")
            return [row[0] for row in rows if _is_abandoned(moment(row[1]), row[2], row[3])]

        def work(connection: sqlite3.Connection) -> int:
            left = abandoned(connection)
            connection.executemany(
                "UPDATE change_sets SET state = 'unknown', finished = ?, error = ? WHERE id = ? AND state = 'sending'",
                [(stamp(datetime.now(UTC)), "Camwright ended before the device answered.", each) for each in left],
            )
            return len(left)

        return await self._file.write(work) if await self._file.read(abandoned) else 0

    async def page(
        self, limit: int = 100, *, before: int | None = None, device_ids: Sequence[int] | None = None
    ) -> tuple[ChangeSet, ...]:
        """Newest first, with their fields; before is the id that the last page ended with."""

        def work(connection: sqlite3.Connection) -> tuple[ChangeSet, ...]:
            where, given = ["change_sets.id < ?"], [_countable(_LARGEST if before is None else before)]
            if device_ids is not None:
                where.append(f"device_id IN ({_marks(device_ids)})")
                given += device_ids
            rows = connection.execute(
                f"SELECT {_COLUMNS}{_NAMES}{_FROM} WHERE {' AND '.join(where)} ORDER BY change_sets.id DESC LIMIT ?",
                (*given, _countable(limit)),
            ).fetchall()
            return _change_sets(connection, rows)

        return await self._file.read(work)

    async def find(self, search: Search) -> tuple[int, ...]:
        """The numbers of the change sets that fit, the newest first; `some` tells what they are."""
        return await self._file.read(lambda connection: _find(connection, search, self._told))

    async def learn(self, told: Told) -> bool:
        """Learns what people see of some more change sets, the newest first, so that `find` looks there as well. False
        where nothing was left to be learnt. told is called on the thread of the file."""

        def work(connection: sqlite3.Connection) -> bool:
            rows = connection.execute("SELECT id, state FROM change_sets ORDER BY id DESC")
            news = [int(number) for number, state in rows if self._told.get(number, ("",))[0] != state][:_AT_ONCE]
            found = connection.execute(
                f"SELECT {_COLUMNS}{_NAMES}{_FROM} WHERE change_sets.id IN ({_marks(news)})", news
            ).fetchall()
            for each in _change_sets(connection, found):
                self._told[each.id] = (each.state, told(each).casefold())
            return bool(news)

        return await self._file.read(work)

    async def some(self, numbers: Sequence[int]) -> tuple[ChangeSet, ...]:
        """Those of the numbers that there are, the newest first."""

        def work(connection: sqlite3.Connection) -> tuple[ChangeSet, ...]:
            rows = connection.execute(
                f"SELECT {_COLUMNS}{_NAMES}{_FROM} WHERE change_sets.id IN ({_marks(numbers)})"
                " ORDER BY change_sets.id DESC",
                tuple(numbers),
            ).fetchall()
            return _change_sets(connection, rows)

        return await self._file.read(work)

    async def get(self, change_set: int) -> ChangeSet:
        """SiteError when there is none."""

        def work(connection: sqlite3.Connection) -> tuple[ChangeSet, ...]:
            rows = connection.execute(
                f"SELECT {_COLUMNS}{_NAMES}{_FROM} WHERE change_sets.id = ?",
                (_countable(change_set),),
            ).fetchall()
            return _change_sets(connection, rows)

        found = await self._file.read(work)
        if not found:
            raise SiteError(f"The history has no change {change_set}.", hint="“camwright history” lists them.")
        return found[0]

    async def documents(self, change_set: int) -> tuple[bytes | None, bytes | None]:
        """The masked documents before and after; None where there is none."""

        def work(connection: sqlite3.Connection) -> tuple[bytes | None, bytes | None]:
            found: list[bytes | None] = []
            for column in ("before_id", "after_id"):
                row = connection.execute(
                    f"SELECT body FROM documents WHERE id = (SELECT {column} FROM change_sets WHERE id = ?)",
                    (change_set,),
                ).fetchone()
                found.append(_unpacked(row[0]) if row else None)
            return found[0], found[1]

        return await self._file.read(work)


def _countable(number: int) -> int:
    """Numbers of people may be larger than any that SQLite takes; nothing is there either way."""
    return max(-_LARGEST, min(number, _LARGEST))


def _find(connection: sqlite3.Connection, search: Search, told: Mapping[int, tuple[str, str]]) -> tuple[int, ...]:
    words = search.words.casefold().split()
    where: list[str] = ["1"]
    given: list[object] = []
    if search.device_ids is not None:
        where.append(f"device_id IN ({_marks(search.device_ids)})")
        given += search.device_ids
    if search.odd:
        where.append(_ODD)
    if words:  # LIKE knows no case but that of ASCII, and installers write in every language

        def has_words(number: int, text: object) -> bool:
            kept, shown = str(text).casefold(), told.get(number, ("", ""))[1]
            return all(word in kept or word in shown for word in words)

        connection.create_function("has_words", 2, has_words)
        where.append(f"has_words(change_sets.id, {_TEXT})")
    rows = connection.execute(
        f"SELECT change_sets.id{_FROM} WHERE {' AND '.join(where)} ORDER BY change_sets.id DESC", given
    )
    return tuple(int(row[0]) for row in rows)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _begin(connection: sqlite3.Connection, intent: Intent) -> int:
    device = remember(connection, intent.device)
    values = {
        "started": stamp(datetime.now(UTC)),
        "os_user": owner.os_user(),
        "account": intent.account,
        "device_id": device.id,
        "device_keys": "\n".join(sorted(intent.device.identity.keys)),
        "address": intent.device.address,
        "family": intent.device.family,
        "resource": intent.resource,
        "title": intent.title,
        "origin": intent.origin,
        "state": ChangeState.SENDING,
        "undo_of": intent.undo_of,
        "before_id": _document(connection, intent.before),
        "reboot_required": 0,
        "error": "",
        "host": owner.host(),
        "pid": os.getpid(),
    }
    added = connection.execute(
        f"INSERT INTO change_sets ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
        tuple(values.values()),
    )
    change_set = int(added.lastrowid or 0)
    _add_fields(connection, change_set, intent.fields)
    return change_set


def _is_preceded(connection: sqlite3.Connection, change_set: int) -> bool:
    # The plus leads SQLite to the few that are being sent, not through all that a device ever had.
    rows = connection.execute(
        "SELECT earlier.started, earlier.host, earlier.pid FROM change_sets AS own JOIN change_sets AS earlier"
        " ON +earlier.device_id = own.device_id AND earlier.resource = own.resource AND earlier.id < own.id"
        " WHERE own.id = ? AND earlier.state = 'sending' AND (earlier.host, earlier.pid) != (own.host, own.pid)",
        (change_set,),
    )
    return any(not _is_abandoned(moment(started), host, pid) for started, host, pid in rows)


def _add_fields(connection: sqlite3.Connection, change_set: int, fields: Sequence[RecordedField]) -> None:
    connection.executemany(
        "INSERT INTO change_fields (change_set_id, path, title, old, new, secret, verdict, read_back, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (change_set, f.path, f.title, f.old, f.new, int(f.secret), f.verdict, f.read_back, f.reason)
            for f in fields
        ],
    )  # fmt: skip


def _document(connection: sqlite3.Connection, raw: bytes | None) -> int | None:
    """The id of a document; the one after a change is mostly the one before the next, and kept once."""
    if raw is None:
        return None
    digest = hashlib.sha256(raw).digest()
    row = connection.execute("SELECT id FROM documents WHERE digest = ?", (digest,)).fetchone()
    if row is not None:
        return int(row[0])
    added = connection.execute(
        "INSERT INTO documents (digest, size, body) VALUES (?, ?, ?)", (digest, len(raw), zlib.compress(raw, 6))
    )
    return int(added.lastrowid or 0)


def _unpacked(body: bytes) -> bytes | None:
    """None for what a damaged file holds."""
    try:
        return zlib.decompress(body)
    except zlib.error:
        return None


def _is_abandoned(started: datetime, host: str, pid: int) -> bool:
    if host == owner.host() and pid != os.getpid() and not owner.is_alive(pid):
        return True
    return datetime.now(UTC) - started > LONGEST_SENDING


def _change_sets(connection: sqlite3.Connection, rows: Sequence[tuple[object, ...]]) -> tuple[ChangeSet, ...]:
    ids = [row[0] for row in rows]
    fields: dict[object, list[RecordedField]] = {}
    found = connection.execute(
        "SELECT change_set_id, path, title, old, new, secret, verdict, read_back, reason FROM change_fields"
        f" WHERE change_set_id IN ({_marks(ids)}) ORDER BY id",
        ids,
    )
    for change_set, path, title, old, new, secret, verdict, read_back, reason in found:
        judged = Verdict(verdict) if verdict in set(Verdict) else None
        fields.setdefault(change_set, []).append(
            RecordedField(path, title, old, new, bool(secret), judged, read_back, reason)
        )
    causes = effects.causes(connection, ids)
    return tuple(_change_set(row, tuple(fields.get(row[0], ())), causes.get(row[0])) for row in rows)


def _change_set(row: Sequence[object], fields: tuple[RecordedField, ...], effect_of: int | None) -> ChangeSet:
    (
        number, started, finished, who, account, device_id, keys, address,
        family, resource, title, origin, state, undo_of, reboot, error, name,
    ) = row  # fmt: skip
    return ChangeSet(
        id=int(str(number)),
        started=moment(str(started)),
        finished=moment(str(finished)) if finished else None,
        who=str(who),
        account=str(account),
        device_id=int(str(device_id)),
        device_name=str(name or ""),
        device_keys=frozenset(str(keys).split("\n")) - {""},
        address=str(address),
        family=str(family),
        resource=str(resource),
        title=str(title),
        origin=Origin(str(origin)) if origin in set(Origin) else Origin.FORM,
        state=ChangeState(str(state)) if state in set(ChangeState) else ChangeState.UNKNOWN,
        undo_of=int(str(undo_of)) if undo_of is not None else None,
        reboot_required=bool(reboot),
        error=str(error),
        fields=fields,
        effect_of=effect_of,
    )

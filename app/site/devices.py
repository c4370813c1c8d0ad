"""The devices of a site: who they are, where they were seen, what people noted about them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from app.errors import SiteError
from app.site import owner
from app.site.file import SiteFile
from app.site.identity import Identity, merge
from app.site.records import Device, Note, Sighting, moment, stamp

_DEVICE = "SELECT id, name, family, dialect, model, firmware, place, first_seen, last_seen FROM devices"


class Devices:
    """The table of devices. Reads and writes raise SiteError."""

    def __init__(self, file: SiteFile) -> None:
        self._file = file

    async def remember(self, sighting: Sighting) -> Device:
        """The device seen: a new one, the known one brought up to date, or several joined into the oldest."""
        return await self._file.write(lambda connection: remember(connection, sighting))

    async def all(self) -> tuple[Device, ...]:
        """The one seen last comes first."""
        return await self._file.read(lambda connection: _devices(connection))

    async def get(self, device_id: int) -> Device:
        """SiteError when there is none."""
        found = await self._file.read(lambda connection: _devices(connection, (device_id,)))
        if not found:
            raise SiteError("The site file does not know this device.", detail=f"device {device_id}")
        return found[0]

    async def find(self, identity: Identity) -> tuple[Device, ...]:
        """Every device with one of the keys, the one seen last first."""
        return await self._file.read(lambda connection: find(connection, identity))

    async def unlist(self, address: str) -> None:
        """The device there is in no list any more, until it is met again. Its history, notes and names stay."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "DELETE FROM device_keys WHERE kind = 'at' AND device_id IN"
                " (SELECT device_id FROM device_keys WHERE kind = 'at' AND value = ?)",
                (_split(next(iter(Identity.of("", "", address).keys)))[1],),
            )

        await self._file.write(work)

    async def place(self, device_id: int, name: str) -> None:
        """Where people say that it hangs."""
        await self._file.write(lambda c: c.execute("UPDATE devices SET place = ? WHERE id = ?", (name, device_id)))

    async def add_note(self, device_id: int, text: str) -> Note:
        written, author = datetime.now(UTC), owner.os_user()

        def work(connection: sqlite3.Connection) -> Note:
            added = connection.execute(
                "INSERT INTO notes (device_id, written, author, text) VALUES (?, ?, ?, ?)",
                (device_id, stamp(written), author, text),
            )
            return Note(int(added.lastrowid or 0), device_id, written, author, text)

        return await self._file.write(work)

    async def notes(self, device_id: int) -> tuple[Note, ...]:
        """The newest first."""

        def work(connection: sqlite3.Connection) -> tuple[Note, ...]:
            rows = connection.execute(
                "SELECT id, device_id, written, author, text FROM notes WHERE device_id = ? ORDER BY id DESC",
                (device_id,),
            )
            return tuple(Note(row[0], row[1], moment(row[2]), row[3], row[4]) for row in rows)

        return await self._file.read(work)

    async def delete_note(self, note_id: int) -> None:
        await self._file.write(lambda connection: connection.execute("DELETE FROM notes WHERE id = ?", (note_id,)))


def remember(connection: sqlite3.Connection, sighting: Sighting) -> Device:
    """The work of `Devices.remember`, for transactions that do more."""
    now = stamp(datetime.now(UTC))
    candidates = find(connection, sighting.identity)
    same = [candidates[place].id for place in merge([each.identity for each in candidates], sighting.identity)]
    if same:
        kept = min(same)
        _join(connection, kept, [each for each in same if each != kept])
        _update(connection, kept, sighting, now)
    else:
        added = connection.execute(
            "INSERT INTO devices (name, family, dialect, model, firmware, place, first_seen, last_seen)"
            " VALUES (?, ?, ?, ?, ?, '', ?, ?)",
            (sighting.name, sighting.family, sighting.dialect, sighting.model, sighting.firmware, now, now),
        )
        kept = int(added.lastrowid or 0)
    connection.executemany(
        "INSERT INTO device_keys (device_id, kind, value, first_seen, last_seen) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (kind, value, device_id) DO UPDATE SET last_seen = excluded.last_seen",
        [(kept, *_split(key), now, now) for key in sorted(sighting.identity.keys)],
    )
    return _devices(connection, (kept,))[0]


def _update(connection: sqlite3.Connection, device_id: int, sighting: Sighting, now: str) -> None:
    for column in ("name", "family", "dialect", "model", "firmware"):
        said = getattr(sighting, column)
        if said:
            connection.execute(f"UPDATE devices SET {column} = ? WHERE id = ?", (said, device_id))
    connection.execute("UPDATE devices SET last_seen = ? WHERE id = ?", (now, device_id))


def _join(connection: sqlite3.Connection, kept: int, others: Iterable[int]) -> None:
    """What hung on the others hangs on the kept one; nothing is dropped but keys it has already."""
    for other in others:
        connection.execute("UPDATE OR IGNORE device_keys SET device_id = ? WHERE device_id = ?", (kept, other))
        for table in ("notes", "change_sets", "snapshots", "walk_tests", "promises"):
            connection.execute(f"UPDATE {table} SET device_id = ? WHERE device_id = ?", (kept, other))
        # The kept one's own picture of a preset wins.
        connection.execute("UPDATE OR IGNORE preset_views SET device_id = ? WHERE device_id = ?", (kept, other))
        connection.execute(
            "UPDATE devices SET place = (SELECT place FROM devices WHERE id = ?2) WHERE id = ?1 AND place = ''",
            (kept, other),
        )
        connection.execute("DELETE FROM devices WHERE id = ?", (other,))


def find(connection: sqlite3.Connection, identity: Identity) -> tuple[Device, ...]:
    """Every device with one of the keys, the one seen last first."""
    found: set[int] = set()
    for key in identity.keys:
        rows = connection.execute("SELECT device_id FROM device_keys WHERE kind = ? AND value = ?", _split(key))
        found.update(row[0] for row in rows)
    return _devices(connection, tuple(found)) if found else ()


def _devices(connection: sqlite3.Connection, ids: Sequence[int] | None = None) -> tuple[Device, ...]:
    where = "" if ids is None else f" WHERE {{}} IN ({', '.join('?' * len(ids))})"
    given = tuple(ids or ())
    keys: dict[int, set[str]] = {}
    addresses: dict[int, list[str]] = {}
    rows = connection.execute(
        "SELECT device_id, kind, value FROM device_keys" + where.format("device_id") + " ORDER BY last_seen DESC, id",
        given,
    )
    for device_id, kind, value in rows:
        keys.setdefault(device_id, set()).add(f"{kind}:{value}")
        if kind == "at":
            addresses.setdefault(device_id, []).append(value)
    rows = connection.execute(_DEVICE + where.format("id") + " ORDER BY last_seen DESC, id DESC", given)
    return tuple(
        Device(
            id=row[0],
            name=row[1],
            family=row[2],
            dialect=row[3],
            model=row[4],
            firmware=row[5],
            place=row[6],
            identity=Identity(frozenset(keys.get(row[0], ()))),
            first_seen=moment(row[7]),
            last_seen=moment(row[8]),
            addresses=tuple(addresses.get(row[0], ())),
        )
        for row in rows
    )


def _split(key: str) -> tuple[str, str]:
    kind, _, value = key.partition(":")
    return kind, value

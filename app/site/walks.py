"""Walk tests and the promises that go with them: what was armed for a walk and has to be put back."""

from __future__ import annotations

import os
import sqlite3
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.errors import SiteError
from app.site import owner
from app.site.file import SiteFile
from app.site.records import moment, stamp

FOREIGN = timedelta(days=1)  # after which a promise of another computer is taken over
_PROMISE = (
    "SELECT promises.id, device_id, devices.name, layer, switch, title, held, made, host, pid FROM promises"
    " JOIN devices ON devices.id = device_id WHERE kept IS NULL"
)


@dataclass(frozen=True, slots=True)
class StoredWalk:
    """What the list shows of a walk test; its body is asked for by id."""

    id: int
    device_id: int
    started: datetime
    ended: datetime
    author: str
    account: str
    stations: int
    passed: int
    untested: int


@dataclass(frozen=True, slots=True)
class Promise:
    """A switch that was turned for a walk: switch is its role, held whether it was on before."""

    id: int
    device_id: int
    device_name: str
    layer: str
    switch: str
    title: str
    held: bool
    made: datetime
    host: str
    pid: int

    @property
    def is_abandoned(self) -> bool:
        """Whoever made it cannot keep it any more."""
        if self.host == owner.host():
            return self.pid != os.getpid() and not owner.is_alive(self.pid)
        return datetime.now(UTC) - self.made > FOREIGN


class Walks:
    """Reads and writes raise SiteError."""

    def __init__(self, file: SiteFile) -> None:
        self._file = file

    async def add(
        self,
        device_id: int,
        started: datetime,
        ended: datetime,
        account: str,
        counts: tuple[int, int, int],
        body: bytes,
    ) -> int:
        """counts: stations, passed, untested. Returns the number of the walk."""
        values = (device_id, stamp(started), stamp(ended), owner.os_user(), account, *counts)
        packed = zlib.compress(body)

        def work(connection: sqlite3.Connection) -> int:
            added = connection.execute(
                "INSERT INTO walk_tests (device_id, started, ended, author, account, stations, passed, untested, size,"
                " body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, len(body), packed),
            )
            return int(added.lastrowid or 0)

        return await self._file.write(work)

    async def of(self, device_id: int) -> tuple[StoredWalk, ...]:
        """The newest first."""

        def work(connection: sqlite3.Connection) -> tuple[StoredWalk, ...]:
            rows = connection.execute(
                "SELECT id, device_id, started, ended, author, account, stations, passed, untested FROM walk_tests"
                " WHERE device_id = ? ORDER BY id DESC",
                (device_id,),
            )
            return tuple(StoredWalk(row[0], row[1], moment(row[2]), moment(row[3]), *row[4:]) for row in rows)

        return await self._file.read(work)

    async def body(self, walk_id: int) -> bytes:
        """SiteError when it is not there or damaged."""

        def work(connection: sqlite3.Connection) -> bytes | None:
            row = connection.execute("SELECT body FROM walk_tests WHERE id = ?", (walk_id,)).fetchone()
            return bytes(row[0]) if row else None

        packed = await self._file.read(work)
        try:
            if packed is not None:
                return zlib.decompress(packed)
        except zlib.error as error:
            raise SiteError("This walk test is damaged in the site file.", detail=str(error)) from error
        raise SiteError("The site file does not have this walk test.", detail=f"walk test {walk_id}")

    # Promises

    async def promise(self, device_id: int, layer: str, switch: str, title: str, *, held: bool) -> int:
        """On the disk before anything is sent."""
        values = (device_id, layer, switch, title, held, stamp(datetime.now(UTC)), owner.os_user())
        here = (owner.host(), os.getpid())

        def work(connection: sqlite3.Connection) -> int:
            added = connection.execute(
                "INSERT INTO promises (device_id, layer, switch, title, held, made, author, host, pid)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, *here),
            )
            return int(added.lastrowid or 0)

        return await self._file.write(work)

    async def kept(self, promise_id: int, note: str = "") -> None:
        """note: in what way, where there is more to say than that it was put back."""
        values = (stamp(datetime.now(UTC)), note, promise_id)
        await self._file.write(lambda c: c.execute("UPDATE promises SET kept = ?, note = ? WHERE id = ?", values))

    async def promises(self, device_id: int | None = None) -> tuple[Promise, ...]:
        """Those that are still to be kept, of one device or of all; the last one made comes first."""

        def work(connection: sqlite3.Connection) -> tuple[Promise, ...]:
            where, values = ("", ()) if device_id is None else (" AND device_id = ?", (device_id,))
            rows = connection.execute(f"{_PROMISE}{where} ORDER BY promises.id DESC", values)
            return tuple(_promise(row) for row in rows)

        return await self._file.read(work)


def _promise(row: sqlite3.Row) -> Promise:
    return Promise(
        id=row[0],
        device_id=row[1],
        device_name=row[2],
        layer=row[3],
        switch=row[4],
        title=row[5],
        held=bool(row[6]),
        made=moment(row[7]),
        host=row[8],
        pid=row[9],
    )

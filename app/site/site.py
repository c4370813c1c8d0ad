"""One site: its file and the tables in it, opened together."""

from __future__ import annotations

import sqlite3
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.errors import SiteError
from app.site import owner
from app.site.devices import Devices
from app.site.file import SiteFile
from app.site.history import History
from app.site.mending import Mended
from app.site.preset_views import PresetViews
from app.site.records import StoredSnapshot, moment, stamp
from app.site.recovery import Tell
from app.site.walks import Walks
from app.site.walls import Walls


class Ladder:
    """Which way of writing worked last, by family, model, firmware and endpoint."""

    def __init__(self, file: SiteFile) -> None:
        self._file = file

    async def rung(self, family: str, model: str, firmware: str, endpoint: str) -> str | None:
        def work(connection: sqlite3.Connection) -> str | None:
            row = connection.execute(
                "SELECT rung FROM ladder WHERE family = ? AND model = ? AND firmware = ? AND endpoint = ?",
                (family, model, firmware, endpoint),
            ).fetchone()
            return str(row[0]) if row else None

        return await self._file.read(work)

    async def rungs(self, family: str, model: str, firmware: str) -> dict[str, str]:
        """Every endpoint of a kind of device at once."""

        def work(connection: sqlite3.Connection) -> dict[str, str]:
            rows = connection.execute(
                "SELECT endpoint, rung FROM ladder WHERE family = ? AND model = ? AND firmware = ?",
                (family, model, firmware),
            )
            return {str(endpoint): str(rung) for endpoint, rung in rows}

        return await self._file.read(work)

    async def learn(self, family: str, model: str, firmware: str, endpoint: str, rung: str) -> None:
        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO ladder (family, model, firmware, endpoint, rung, learned) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (family, model, firmware, endpoint)"
                " DO UPDATE SET rung = excluded.rung, learned = excluded.learned",
                (family, model, firmware, endpoint, rung, stamp(datetime.now(UTC))),
            )

        await self._file.write(work)


class Snapshots:
    """Named sets of documents of a device, as `snapshot.dump` writes them: without secrets."""

    def __init__(self, file: SiteFile) -> None:
        self._file = file

    async def add(self, device_id: int, name: str, taken: datetime, resources: int, body: bytes) -> StoredSnapshot:
        author = owner.os_user()

        def work(connection: sqlite3.Connection) -> StoredSnapshot:
            added = connection.execute(
                "INSERT INTO snapshots (device_id, name, taken, author, resources, size, body)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (device_id, name, stamp(taken), author, resources, len(body), zlib.compress(body, 6)),
            )
            return StoredSnapshot(int(added.lastrowid or 0), device_id, name, taken, author, resources)

        return await self._file.write(work)

    async def of(self, device_id: int) -> tuple[StoredSnapshot, ...]:
        """The newest first."""

        def work(connection: sqlite3.Connection) -> tuple[StoredSnapshot, ...]:
            rows = connection.execute(
                "SELECT id, device_id, name, taken, author, resources FROM snapshots WHERE device_id = ?"
                " ORDER BY id DESC",
                (device_id,),
            )
            return tuple(StoredSnapshot(row[0], row[1], row[2], moment(row[3]), row[4], row[5]) for row in rows)

        return await self._file.read(work)

    async def body(self, snapshot_id: int) -> bytes:
        """What was added; SiteError when it is not there or damaged."""

        def work(connection: sqlite3.Connection) -> bytes | None:
            row = connection.execute("SELECT body FROM snapshots WHERE id = ?", (snapshot_id,)).fetchone()
            return bytes(row[0]) if row else None

        packed = await self._file.read(work)
        if packed is None:
            raise SiteError("The site file does not have this snapshot.", detail=f"snapshot {snapshot_id}")
        try:
            return zlib.decompress(packed)
        except zlib.error as error:
            raise SiteError("This snapshot is damaged in the site file.", detail=str(error)) from error

    async def delete(self, snapshot_id: int) -> None:
        await self._file.write(
            lambda connection: connection.execute("DELETE FROM snapshots WHERE id = ?", (snapshot_id,))
        )


@dataclass(frozen=True, slots=True)
class Site:
    """`Site.open()`; close it at the end."""

    file: SiteFile
    devices: Devices
    history: History
    ladder: Ladder
    snapshots: Snapshots
    walls: Walls
    walks: Walks
    preset_views: PresetViews

    @classmethod
    async def open(cls, path: Path | None = None, *, stand_in: bool = False) -> Site:
        """None: CAMWRIGHT_SITE or the user's own. What a process that was killed left half-done becomes "unknown".

        A file that can only be read opens too: `file.problem` says why. SiteError when not even that works; with
        stand_in the site is empty then and for reading only.
        """
        file = await SiteFile.open(path, stand_in=stand_in)
        parts = (Ladder(file), Snapshots(file), Walls(file), Walks(file), PresetViews(file))
        site = cls(file, Devices(file), History(file), *parts)
        await site._settle()
        return site

    async def _settle(self) -> None:
        if self.file.problem is not None:
            return
        try:
            await self.history.settle()
        except SiteError:
            pass  # damaged, busy or full: for reading it is good enough, and the next start settles

    async def mend(self, tell: Tell = lambda done, total: None) -> Mended:
        """As `SiteFile.mend`: everything here goes on in the new file."""
        mended = await self.file.mend(tell)
        await self._settle()
        return mended

    async def close(self) -> None:
        await self.file.close()

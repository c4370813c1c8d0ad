"""What a camera saw when a preset was set: small pictures, by device and preset."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from app.site import owner
from app.site.file import SiteFile
from app.site.records import moment, stamp

LARGEST = 64 * 1024  # bytes of one picture


@dataclass(frozen=True, slots=True)
class PresetView:
    """body is a JPEG of width x height pixels."""

    preset: str
    body: bytes
    width: int
    height: int
    taken: datetime


class PresetViews:
    def __init__(self, file: SiteFile) -> None:
        self._file = file

    async def of(self, device_id: int, channel: int = 1) -> dict[str, PresetView]:
        """By the device's own id of the preset."""

        def work(connection: sqlite3.Connection) -> dict[str, PresetView]:
            rows = connection.execute(
                "SELECT preset, body, width, height, taken FROM preset_views WHERE device_id = ? AND channel = ?",
                (device_id, channel),
            )
            found = (PresetView(str(row[0]), bytes(row[1]), int(row[2]), int(row[3]), moment(row[4])) for row in rows)
            return {each.preset: each for each in found}

        return await self._file.read(work)

    async def keep(
        self, device_id: int, preset: str, body: bytes, size: tuple[int, int], *, name: str = "", channel: int = 1
    ) -> None:
        """In the place of an older one. ValueError for a picture that is too large."""
        if len(body) > LARGEST:
            raise ValueError(f"a picture of {len(body)} bytes is too large")
        row: tuple[object, ...] = (
            device_id,
            channel,
            preset,
            name,
            stamp(datetime.now(UTC)),
            owner.os_user(),
            owner.host(),
        )
        row += ("image/jpeg", *size, len(body), body)

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO preset_views"
                " (device_id, channel, preset, name, taken, author, host, media, width, height, size, body)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )

        await self._file.write(work)

    async def forget(self, device_id: int, preset: str, channel: int = 1) -> None:
        await self._file.write(
            lambda connection: connection.execute(
                "DELETE FROM preset_views WHERE device_id = ? AND channel = ? AND preset = ?",
                (device_id, channel, preset),
            )
        )

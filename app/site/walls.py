"""Arrangements of live pictures: how many tiles, which camera in which, under a name of the people's choice."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from app.model.device import Found
from app.site.file import SiteFile

SIZES = (1, 4, 9, 16, 25)  # tiles
_NOW = ""  # the name of the wall as it was left


@dataclass(frozen=True, slots=True)
class Spot:
    """The camera of a tile. serial and mac find it again when its address has changed; name is for people."""

    at: str
    channel: int = 1
    name: str = ""
    serial: str = ""
    mac: str = ""

    @classmethod
    def of(cls, found: Found, channel: int = 1) -> Spot:
        return cls(str(found.address), channel, found.name or found.model, found.serial, found.mac)

    def is_of(self, found: Found) -> bool:
        """By what a camera cannot change, where both sides know it, else by its address."""
        for own, other in ((self.serial, found.serial), (self.mac, found.mac)):
            if own and other:
                return own.casefold() == other.casefold()
        return self.at == str(found.address)


@dataclass(frozen=True, slots=True)
class Wall:
    """spots: camera by number of the tile, row by row. name: the layout it was chosen from."""

    size: int = 4
    spots: dict[int, Spot] = field(default_factory=dict)
    captions: bool = True
    name: str = ""

    def text(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def parse(cls, text: str) -> Wall:
        """What makes no sense (a damaged file, another version) is left out."""
        try:
            given = json.loads(text)
        except ValueError:
            return cls()
        if not isinstance(given, dict):
            return cls()
        spots = given.get("spots")
        found = {int(number): _spot(each) for number, each in _items(spots) if number.isascii() and number.isdigit()}
        return cls(
            size=given["size"] if given.get("size") in SIZES else cls().size,
            spots={number: spot for number, spot in found.items() if spot is not None and number < SIZES[-1]},
            captions=given.get("captions") is not False,
            name=str(given.get("name") or ""),
        )


def _items(given: Any) -> list[tuple[str, Any]]:
    return [(str(key)[:4], value) for key, value in given.items()] if isinstance(given, dict) else []


def _spot(given: Any) -> Spot | None:
    if not isinstance(given, dict) or not isinstance(given.get("at"), str) or not given["at"]:
        return None
    channel = given.get("channel")
    texts = {name: str(given.get(name) or "") for name in ("name", "serial", "mac")}
    return Spot(given["at"], channel if isinstance(channel, int) and channel > 0 else 1, **texts)


class Walls:
    """The table of walls. Reads and writes raise SiteError."""

    def __init__(self, file: SiteFile) -> None:
        self._file = file

    async def current(self) -> Wall | None:
        """As it was left; None where nobody had one yet."""
        return await self._body(_NOW)

    async def keep(self, wall: Wall) -> None:
        """As it is now."""
        await self._put(_NOW, wall)

    async def names(self) -> tuple[str, ...]:
        def work(connection: sqlite3.Connection) -> tuple[str, ...]:
            rows = connection.execute("SELECT name FROM walls WHERE name <> '' ORDER BY name COLLATE NOCASE")
            return tuple(str(row[0]) for row in rows)

        return await self._file.read(work)

    async def load(self, name: str) -> Wall | None:
        """None where there is none of this name."""
        found = await self._body(name) if name != _NOW else None
        return None if found is None else replace(found, name=name)

    async def save(self, name: str, wall: Wall) -> None:
        """In the place of one with the same name. ValueError without a name."""
        if not name.strip():
            raise ValueError("a layout needs a name")
        await self._put(name.strip(), replace(wall, name=name.strip()))

    async def delete(self, name: str) -> None:
        await self._file.write(lambda connection: connection.execute("DELETE FROM walls WHERE name = ?", (name,)))

    async def _body(self, name: str) -> Wall | None:
        def work(connection: sqlite3.Connection) -> str | None:
            row = connection.execute("SELECT body FROM walls WHERE name = ?", (name,)).fetchone()
            return str(row[0]) if row else None

        text = await self._file.read(work)
        return None if text is None else Wall.parse(text)

    async def _put(self, name: str, wall: Wall) -> None:
        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO walls (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body",
                (name, wall.text()),
            )

        await self._file.write(work)

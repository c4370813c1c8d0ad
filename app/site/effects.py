"""Which change sets are side effects of which: what a device changed on one page when another one was written."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence


def add(connection: sqlite3.Connection, effect: int, cause: int) -> None:
    connection.execute("INSERT INTO effects (id, effect_of) VALUES (?, ?)", (effect, cause))


def of(connection: sqlite3.Connection, cause: int) -> tuple[int, ...]:
    """The numbers of the effects, in the order in which they were seen."""
    if not _has_effects(connection):
        return ()
    rows = connection.execute("SELECT id FROM effects WHERE effect_of = ? ORDER BY id", (cause,))
    return tuple(int(row[0]) for row in rows)


def causes(connection: sqlite3.Connection, numbers: Sequence[object]) -> dict[object, int]:
    """Effect -> cause, for those of the numbers that are effects."""
    if not numbers or not _has_effects(connection):
        return {}
    marks = ", ".join("?" * len(numbers))
    rows = connection.execute(f"SELECT id, effect_of FROM effects WHERE id IN ({marks})", tuple(numbers))
    return {row[0]: int(row[1]) for row in rows}


def _has_effects(connection: sqlite3.Connection) -> bool:
    """An older file that can only be read has no such table."""
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'effects'")
    return found.fetchone() is not None

"""What can still be read of a damaged site file, as a new file or in memory. The damaged one is kept as it is."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.errors import SiteError
from app.site import foreign_log, salvage, schema
from app.site.connecting import has_log, log_of
from app.site.trouble import explained

Tell = Callable[[int, int], None]  # pages read, of how many; what it raises ends the reading
_CLASSES = {"INTEGER": (int,), "TEXT": (str,), "BLOB": (bytes,)}
_NO_PLACE = datetime.fromtimestamp(0, UTC).isoformat(timespec="microseconds")


class Stopped(SiteError):
    """Whoever was told how far it has got wants no more of it."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """path is the new file, damaged the old one (untouched); rows counts what was copied, by table."""

    path: Path
    damaged: Path
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    columns: tuple[str, ...]
    classes: tuple[tuple[type, ...], ...]
    optional: tuple[bool, ...]

    def fits(self, values: tuple[salvage.Value, ...]) -> bool:
        """The first column is the row's number, which SQLite keeps elsewhere and stores as NULL."""
        return values[0] is None and all(
            (value is None and optional) or type(value) in classes
            for value, classes, optional in zip(values[1:], self.classes[1:], self.optional[1:], strict=True)
        )


def recover(path: Path) -> Path:
    """Blocking. The new file beside the old one; SiteError when nothing could be read or written."""
    return recovered(path).path


def recovered(path: Path) -> Recovered:
    """`recover`, with what was found."""
    target = _free_name(path)
    counts = write(path, target)
    if not counts:
        target.unlink(missing_ok=True)
        raise SiteError(f"Nothing in {path} could be read.", hint="The file was kept as it is.")
    return Recovered(target, path, dict(counts))


def write(path: Path, target: Path, tell: Tell = lambda done, total: None) -> Counter[str]:
    """A whole site file at target, which must not be there, with everything that can be read of the one at path.
    SiteError, and whatever tell raises: then there is no target."""
    pages = evidence(path)
    try:
        with closing(sqlite3.connect(target, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA page_size = {schema.PAGE_SIZE}")
            schema.migrate(connection)
            return _fill(connection, pages, tell)
    except sqlite3.Error as error:
        _drop(target)
        raise explained(target, error) from error
    except BaseException:
        _drop(target)
        raise


def _drop(target: Path) -> None:
    with suppress(OSError):  # where nothing can be written, nothing can be there
        target.unlink(missing_ok=True)


def view(path: Path) -> sqlite3.Connection:
    """The same in memory, for reading. SiteError where nothing can be read."""
    connection = _in_memory()
    counts = _fill(connection, evidence(path), lambda done, total: None)
    if not counts:
        connection.close()
        raise SiteError(f"Nothing in {path} could be read.", hint="The file was kept as it is.")
    connection.execute("PRAGMA query_only = ON")
    return connection


def empty() -> sqlite3.Connection:
    """A site in memory that nobody has written to, for reading."""
    connection = _in_memory()
    connection.execute("PRAGMA query_only = ON")
    return connection


def evidence(path: Path) -> salvage.Pages:
    """The pages of the file with its log; without the log where that is another file's. SiteError."""
    try:
        database = path.read_bytes()
        log = log_of(path).read_bytes() if has_log(path) and (not database or foreign_log.fits(path)) else b""
    except OSError as error:
        raise SiteError(f"{path} cannot be read: {error.strerror or error}.") from error
    return salvage.Pages(database, log, schema.PAGE_SIZE)


def _in_memory() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    schema.migrate(connection)
    return connection


def _fill(connection: sqlite3.Connection, pages: salvage.Pages, tell: Tell) -> Counter[str]:
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("BEGIN IMMEDIATE")
    counts = _copy(connection, salvage.rows(pages, tell))
    _mend(connection)
    connection.execute("COMMIT")
    return counts


def _free_name(path: Path) -> Path:
    stem = re.sub(r"-recovered(?:-\d+)?$", "", path.stem)
    suffix = path.suffix or ".camwright"
    names = (f"{stem}-recovered{'' if n == 1 else f'-{n}'}{suffix}" for n in range(1, 10_000))
    return next(found for name in names if not (found := path.with_name(name)).exists())


def _tables(connection: sqlite3.Connection) -> dict[int, _Table]:
    tables = {}
    for name in schema.TABLES:
        info = connection.execute(f"PRAGMA table_info({name})").fetchall()
        tables[len(info)] = _Table(
            name,
            tuple(row[1] for row in info),
            tuple(_CLASSES[row[2]] for row in info),
            tuple(not row[3] for row in info),
        )
    return tables


def _copy(connection: sqlite3.Connection, rows: Iterable[salvage.Row]) -> Counter[str]:
    """A row that is there twice (a page and its forgotten copy) is kept once."""
    tables = _tables(connection)
    counts: Counter[str] = Counter()
    for row in rows:
        table = tables.get(len(row.values))
        if table is None or not table.fits(row.values):
            continue
        places = ", ".join("?" * len(table.columns))
        try:
            added = connection.execute(
                f"INSERT OR IGNORE INTO {table.name} ({', '.join(table.columns)}) VALUES ({places})",
                (row.rowid, *row.values[1:]),
            )
        except (sqlite3.IntegrityError, OverflowError):
            continue
        counts[table.name] += max(added.rowcount, 0)
    return counts


def _mend(connection: sqlite3.Connection) -> None:
    """References to rows that are lost: devices come back with the keys that their changes name."""
    lost = connection.execute(
        "SELECT device_id, max(family), max(address), max(device_keys), min(started), max(started) FROM change_sets"
        " WHERE device_id NOT IN (SELECT id FROM devices) GROUP BY device_id"
    ).fetchall()
    for device_id, family, address, keys, first, last in lost:
        _add_device(connection, device_id, family, first, last)
        _add_keys(connection, device_id, [*str(keys).split("\n"), f"at:{address}"], first, last)
    for table in ("device_keys", "notes", "snapshots"):
        orphans = connection.execute(
            f"SELECT DISTINCT device_id FROM {table} WHERE device_id NOT IN (SELECT id FROM devices)"
        ).fetchall()
        for (device_id,) in orphans:
            _add_device(connection, device_id, "", _NO_PLACE, _NO_PLACE)
    for column in ("before_id", "after_id"):
        connection.execute(f"UPDATE change_sets SET {column} = NULL WHERE {column} NOT IN (SELECT id FROM documents)")
    connection.execute("UPDATE change_sets SET undo_of = NULL WHERE undo_of NOT IN (SELECT id FROM change_sets)")
    _adopt_fields(connection)
    known = "(SELECT id FROM change_sets)"
    connection.execute(f"DELETE FROM effects WHERE id NOT IN {known} OR effect_of NOT IN {known}")


def _add_device(connection: sqlite3.Connection, device_id: int, family: str, first: str, last: str) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO devices (id, name, family, dialect, model, firmware, place, first_seen, last_seen)"
        " VALUES (?, '', ?, '', '', '', '', ?, ?)",
        (device_id, family, first, last),
    )


def _add_keys(connection: sqlite3.Connection, device_id: int, keys: Iterable[str], first: str, last: str) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO device_keys (device_id, kind, value, first_seen, last_seen) VALUES (?, ?, ?, ?, ?)",
        [(device_id, *key.split(":", 1), first, last) for key in keys if ":" in key],
    )


def _adopt_fields(connection: sqlite3.Connection) -> None:
    """Fields whose change set is lost get one that says so."""
    orphans = connection.execute(
        "SELECT DISTINCT change_set_id FROM change_fields WHERE change_set_id NOT IN (SELECT id FROM change_sets)"
    ).fetchall()
    if not orphans:
        return
    connection.execute(
        "INSERT INTO devices (name, family, dialect, model, firmware, place, first_seen, last_seen)"
        " VALUES ('Lost in the damaged file', '', '', '', '', '', ?, ?)",
        (_NO_PLACE, _NO_PLACE),
    )
    keeper = connection.execute("SELECT last_insert_rowid()").fetchone()[0]
    connection.executemany(
        "INSERT INTO change_sets (id, started, os_user, account, device_id, device_keys, address, family, resource,"
        " title, origin, state, reboot_required, error, host, pid)"
        " VALUES (?, ?, '', '', ?, '', '', '', '', '', 'form', 'unknown', 0, ?, '', 0)",
        [(number, _NO_PLACE, keeper, "Recovered from a damaged file in part.") for (number,) in orphans],
    )

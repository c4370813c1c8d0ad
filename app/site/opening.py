"""Opening a site file. It never changes a file that is not ours, that a newer Camwright wrote, or that is damaged: such
a file is opened for reading where that works, and `Database.problem` says why."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from app.errors import SiteDamaged, SiteError
from app.site import connecting, foreign_log, schema
from app.site.connecting import connect
from app.site.database import Database
from app.site.trouble import NO_ROOM, code_of, damaged, explained


def open_database(path: Path) -> Database:
    """Blocking. SiteError when the file is no site file, or cannot even be read."""
    try:
        _make_place(path)
        misfit = foreign_log.problem(path)
        return Database.salvaged(path, misfit) if misfit is not None else _patiently(path)
    except SiteDamaged as damage:
        return _what_is_left(path, damage)
    except sqlite3.Error as error:
        problem = explained(path, error)
        if isinstance(problem, SiteDamaged):
            return _what_is_left(path, problem)
        if code_of(error) in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
            return _read_only(path, problem)
        if code_of(error) in NO_ROOM and path.stat().st_size > 0:  # to read it needs none
            return _read_only(path, problem)
        raise problem from error
    except UnicodeDecodeError as error:  # SQLite's own message quotes a damaged name
        return _what_is_left(path, damaged(path, str(error)))
    except OSError as error:
        if path.is_file():
            return _read_only(path, SiteError(f"{path} can only be read.", detail=error.strerror or ""))
        raise SiteError(
            f"The site file {path} cannot be made: {error.strerror or error}.",
            hint="Choose another place with --site FILE or CAMWRIGHT_SITE.",
        ) from error


def _what_is_left(path: Path, problem: SiteDamaged) -> Database:
    try:
        return Database.salvaged(path, problem)
    except SiteError as nothing:
        raise SiteDamaged(
            f"{path} holds nothing that Camwright can read.",
            hint="It may be another program's file. It was not changed.",
            detail=f"{problem.detail} {nothing.detail}".strip(),
        ) from nothing


def _patiently(path: Path) -> Database:
    """Two processes that make one file at once: changing to a write-ahead log does not wait by itself."""
    deadline = time.monotonic() + connecting.BUSY_SECONDS
    while True:
        connection = connect(path)
        try:
            return _opened(path, connection)
        except BaseException as error:
            connection.close()
            if not isinstance(error, sqlite3.Error) or code_of(error) != sqlite3.SQLITE_BUSY:
                raise
            if time.monotonic() > deadline:
                raise
        time.sleep(0.05)


def _make_place(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # what it tells of a network is nobody else's business


def _opened(path: Path, connection: sqlite3.Connection) -> Database:
    version = schema.version(connection)
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    ours = set(schema.FOUNDATION) <= tables
    if tables and not ours and version < schema.LATEST:
        raise SiteError(f"{path} is not a site file of Camwright.", hint="Nothing in it was changed.")
    if ours and version <= schema.LATEST and not is_ours(connection):
        raise damaged(path, "The head of the file is not what it should be.")
    if version > schema.LATEST:
        newer = SiteError(
            f"{path} was written by a newer Camwright, so it is opened for reading only.",
            hint="Update Camwright to write into it.",
            detail=f"file version {version}, this program knows {schema.LATEST}",
        )
        return _again_read_only(path, connection, newer)
    if version == 0:
        connection.execute(f"PRAGMA page_size = {schema.PAGE_SIZE}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")  # recovery reads whole pages: what was deleted must not come back
    if version < schema.LATEST:
        if version > 0:
            back_up(path, connection, version)
        schema.migrate(connection)
    return Database(path, connection, None)


def back_up(path: Path, connection: sqlite3.Connection, version: int) -> Path:
    """A copy beside the file, made before a migration touches it."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    target = path.with_name(f"{path.name}.v{version}-{stamp}.bak")
    with closing(sqlite3.connect(target)) as copy:
        connection.backup(copy)
    return target


def _again_read_only(path: Path, connection: sqlite3.Connection, problem: SiteError) -> Database:
    connection.close()
    return _read_only(path, problem)


def _read_only(path: Path, problem: SiteError) -> Database:
    """A write-ahead log beside a folder that cannot be written is readable only when it is ignored."""
    for mode in ("ro", "immutable"):
        connection: sqlite3.Connection | None = None
        try:
            connection = connect(path, mode)
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except (sqlite3.Error, UnicodeDecodeError):
            if connection is not None:
                connection.close()
            continue
        return Database(path, connection, problem)
    raise problem


def is_ours(connection: sqlite3.Connection) -> bool:
    """Whether its head says that it is a site file of a version that this program knows."""
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    return application == schema.APPLICATION_ID and 0 < schema.version(connection) <= schema.LATEST


def look_through(database: Database) -> None:
    """Looks through the whole file, with a connection of its own so that nobody has to wait to read."""
    if database.problem is not None:
        return
    try:
        with closing(connect(database.path, "ro")) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA quick_check(3)")]
    except sqlite3.Error as error:
        database.problem = explained(database.path, error)
        return
    except UnicodeDecodeError as error:
        database.problem = damaged(database.path, str(error))
        return
    if found != ["ok"]:
        database.problem = damaged(database.path, "; ".join(found))

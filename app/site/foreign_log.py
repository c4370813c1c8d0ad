"""A write-ahead log that lies beside a site file and is not its own.

SQLite takes any log whose check sums hold for the file's own and writes it into the file when it is closed. After a
folder was put back from a backup, or copied in part, that would destroy what the file holds. So a log that a process
left behind is looked at before SQLite may write.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from app.errors import SiteDamaged, SiteError
from app.site.connecting import connect, has_log
from app.site.trouble import damaged, explained

if os.name == "posix":
    import fcntl

_SHARED_FIRST, _SHARED_SIZE = 0x40000002, 510  # bytes that every process locks that has the file open


def problem(path: Path) -> SiteDamaged | None:
    """Why the log beside the file must not be written into it; None where there is none, where it fits, and where
    somebody is at work with both."""
    if not has_log(path) or is_in_use(path):
        return None
    if path.stat().st_size == 0:
        return damaged(path, "The file is empty, the log beside it is not.")
    return None if fits(path) else damaged(path, "The write-ahead log beside the file belongs to another file.")


def fits(path: Path) -> bool:
    """False where the file is whole without the log and is not with it, or loses entries of its journal, which only
    ever grows."""
    try:
        with closing(connect(path, "immutable")) as alone:
            ends = _journal_ends(alone) if _is_whole(alone) else ()
    except (sqlite3.Error, UnicodeDecodeError):
        return True  # nobody can tell: without the log it cannot be read either
    if not ends:
        return True
    try:
        with closing(connect(path, "ro")) as together:
            return _is_whole(together) and all(_holds(together, end) for end in ends)
    except sqlite3.Error as error:
        return not isinstance(explained(path, error), SiteDamaged)
    except UnicodeDecodeError:
        return False


def _is_whole(connection: sqlite3.Connection) -> bool:
    return [str(row[0]) for row in connection.execute("PRAGMA quick_check(1)")] == ["ok"]


_FACTS = "id, started, os_user, address, resource"


def _journal_ends(connection: sqlite3.Connection) -> tuple[tuple[object, ...], ...]:
    """The first and the last change set; () where there is none."""
    found = (
        connection.execute(f"SELECT {_FACTS} FROM change_sets ORDER BY id {order} LIMIT 1").fetchone()
        for order in ("ASC", "DESC")
    )
    return tuple(tuple(row) for row in found if row is not None)


def _holds(connection: sqlite3.Connection, end: tuple[object, ...]) -> bool:
    row = connection.execute(f"SELECT {_FACTS} FROM change_sets WHERE id = ?", end[:1]).fetchone()
    return row is not None and tuple(row) == end


def is_in_use(path: Path) -> bool:
    """Whether another process has the file open. On Windows nobody can tell, and an open file cannot be replaced."""
    if os.name != "posix":
        return False
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _locked(handle)
    finally:
        os.close(handle)


class Held:
    """`with Held(path):` nobody else opens the file as SQLite does. SiteError where somebody has it open."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle = -1

    def __enter__(self) -> None:
        if os.name != "posix":
            return
        self._handle = os.open(self._path, os.O_RDWR)
        if not _locked(self._handle) or os.fstat(self._handle).st_ino != self._path.stat().st_ino:
            self.__exit__()
            raise SiteError(
                f"Another program has {self._path} open.", hint="Close it there, also other windows, and do it again."
            )

    def __exit__(self, *_: object) -> None:
        if self._handle >= 0:
            with suppress(OSError):
                os.close(self._handle)
            self._handle = -1


def _locked(handle: int) -> bool:
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED_FIRST)
    except OSError:
        return False
    return True

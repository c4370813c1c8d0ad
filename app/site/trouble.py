"""What is wrong with a site file, in words."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from app.disk import room
from app.errors import SiteDamaged, SiteError

_RECOVER = "Run “camwright recover {0}” to copy every readable entry into a new file; the damaged one is kept."
NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def damaged(path: Path, detail: str) -> SiteDamaged:
    return SiteDamaged(
        f"The site file {path} is damaged and can only be read.", hint=_RECOVER.format(path), detail=detail[:500]
    )


def explained(path: Path, error: sqlite3.Error) -> SiteError:
    """What a failure of SQLite means to people."""
    code, detail = code_of(error), str(error)
    if code in _DAMAGED:
        return damaged(path, detail)
    words = {
        sqlite3.SQLITE_FULL: ("The disk is full: nothing was written to {0}.", "Make room and do it again."),
        sqlite3.SQLITE_IOERR: ("The disk failed or is full: nothing was written to {0}.", "Make room and do it again."),
        sqlite3.SQLITE_READONLY: ("{0} can only be read.", "Choose another site file, or allow writing to this one."),
        sqlite3.SQLITE_CANTOPEN: ("{0} cannot be opened.", "Check the folder and who may read it."),
        sqlite3.SQLITE_BUSY: ("Another program holds {0} for too long.", "Close it there and do it again."),
    }
    summary, hint = words.get(code, ("{0} cannot be used.", ""))
    if code in NO_ROOM:
        hint = f"{room(path.parent)}{hint}"
    return SiteError(summary.format(path), hint=hint, detail=detail)


def code_of(error: sqlite3.Error) -> int:
    """The primary result code; 0 for errors that Python made up."""
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF

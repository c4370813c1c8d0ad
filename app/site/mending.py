"""A whole site file in the place of a damaged one.

Nothing is lost at any instant, whatever ends the process: the damaged file and its log are kept under another name
before anything is replaced; the log's pages are written into the file before the log goes; the new file is whole and on
the disk before it takes the place.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from app.errors import SiteDamaged, SiteError
from app.site import foreign_log, recovery
from app.site.connecting import connect, has_log, log_of
from app.site.foreign_log import Held
from app.site.opening import is_ours
from app.site.recovery import Tell
from app.site.salvage import Pages
from app.site.trouble import damaged


@dataclass(frozen=True, slots=True)
class Mended:
    """kept: where the damaged file is now; None where another program had mended it already. entries were recovered."""

    kept: Path | None
    entries: int


def mend(path: Path, tell: Tell) -> Mended:
    """Blocking; nobody in this process may have the file open. tell may raise to end it before anything was replaced.

    path is damaged, as `open_database` says. SiteError: it stands where it stood. Where nothing of it can be read the
    new file is empty.
    """
    if _is_whole(path):
        return Mended(None, 0)
    fresh, merged = _beside(path, "recovering"), _beside(path, "merging")
    try:
        for old in (fresh, merged):
            old.unlink(missing_ok=True)
        with Held(path):  # told before the long work, not after it
            seen = _state(path)
        pages = recovery.evidence(path)
        counts = recovery.write(path, fresh, tell)
        _check(fresh)
        if pages.has_log:
            _write(merged, pages)
        with Held(path):  # from here to its end nobody opens the file: closing it would let go of it
            if _state(path) != seen:
                raise SiteError(f"Another program changed {path} meanwhile.", hint="Do it again.")
            kept = _swap(path, fresh, merged)
    except OSError as error:
        raise SiteError(
            f"{path} could not be recovered: {error.strerror or error}.",
            hint="The damaged file was kept. Make room, or allow writing to its folder, and do it again.",
        ) from error
    finally:
        with suppress(OSError):
            for old in (fresh, merged):
                old.unlink(missing_ok=True)
    return Mended(kept, sum(counts.values()))


def _swap(path: Path, fresh: Path, merged: Path) -> Path:
    """Where the damaged file is kept. Each step leaves everything readable where it was, or in its new place."""
    kept = _keep(path)
    if merged.exists():
        merged.replace(path)  # the same rows with the log and without it
    for side in (log_of(path), path.with_name(path.name + "-shm")):
        side.unlink(missing_ok=True)
    fresh.replace(path)
    _settle(path.parent)
    return kept


def _write(target: Path, pages: Pages) -> None:
    with target.open("wb") as file:
        file.writelines(pages.all())
        file.flush()
        os.fsync(file.fileno())


def _state(path: Path) -> tuple[tuple[int, int, int], ...]:
    """Differs when the file or its log was written to."""
    facts = (each.stat() for each in (path, log_of(path)) if each.exists())
    return tuple((fact.st_ino, fact.st_size, fact.st_mtime_ns) for fact in facts)


def _is_whole(path: Path) -> bool:
    """Whether somebody else was faster. Changes nothing."""
    if foreign_log.problem(path) is not None:
        return False
    try:
        _check(path)
    except SiteDamaged:
        return False
    return True


def _check(path: Path) -> None:
    try:
        with closing(connect(path, "ro")) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA quick_check(1)")]
            if not is_ours(connection):
                found = ["The head of the file is not what it should be."]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise damaged(path, str(error)) from error
    if found != ["ok"]:
        raise damaged(path, "; ".join(found))


def _beside(path: Path, word: str) -> Path:
    return path.with_name(f"{path.name}.{word}")


def _keep(path: Path) -> Path:
    """Another name for the damaged file, a copy where the disk knows no second names, and a copy of its log."""
    suffix = path.suffix or ".camwright"
    names = (f"{path.stem}-damaged{'' if n == 1 else f'-{n}'}{suffix}" for n in range(1, 10_000))
    kept = next(found for name in names if not (found := path.with_name(name)).exists())
    if has_log(path):
        shutil.copy2(log_of(path), log_of(kept))
    try:
        os.link(path, kept)
    except OSError:
        shutil.copy2(path, kept)
    _settle(path.parent)
    return kept


def _settle(folder: Path) -> None:
    """The names in it are on the disk, where the system can promise that."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

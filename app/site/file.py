"""The site file: one SQLite database, one thread that owns the connection, errors in words.

Opening never changes a file that is not ours, that a newer Camwright wrote, or that is damaged: such a file is
opened for reading where that works, and `problem` says why. Writes wait for the check of the whole file; reads do not.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import platformdirs

from app.errors import SiteError
from app.site import schema

Result = TypeVar("Result")
Work = Callable[[sqlite3.Connection], Result]

ENVIRONMENT = "CAMWRIGHT_SITE"
BUSY_SECONDS = 15.0  # how long one process waits for another's transaction
_RECOVER = "Run “camwright recover {0}” to copy every readable entry into a new file; the damaged one is kept."
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def default_path() -> Path:
    """CAMWRIGHT_SITE, else the user's data folder."""
    wanted = os.environ.get(ENVIRONMENT)
    return Path(wanted) if wanted else Path(platformdirs.user_data_dir("camwright", False)) / "default.camwright"


class Database:
    """The connection and what is wrong with it. Every method runs in the one thread of its `SiteFile`."""

    def __init__(self, path: Path, connection: sqlite3.Connection, problem: SiteError | None) -> None:
        self.path = path
        self.connection = connection
        self.problem = problem

    def read(self, work: Work[Result]) -> Result:
        try:
            self.connection.execute("BEGIN")
            try:
                return work(self.connection)
            finally:
                self._leave()
        except sqlite3.Error as error:
            raise self._explained(error) from error
        except (TypeError, ValueError) as error:  # a number where a text was written, and the like
            raise _damaged(self.path, f"{type(error).__name__}: {error}") from error

    def write(self, work: Work[Result]) -> Result:
        """One transaction: all of it is on the disk when this returns, or none of it."""
        if self.problem is not None:
            raise self.problem
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(self.connection)
                self.connection.execute("COMMIT")
            finally:
                self._leave()
        except sqlite3.Error as error:
            raise self._explained(error) from error
        except UnicodeDecodeError as error:
            raise _damaged(self.path, str(error)) from error
        return result

    def _leave(self) -> None:
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def _explained(self, error: sqlite3.Error) -> SiteError:
        told = explained(self.path, error)
        if _code(error) in _DAMAGED:
            self.problem = told
        return told


class SiteFile:
    """The same from asyncio: `await read(work)`, `await write(work)`. work gets the connection, in the one thread."""

    def __init__(self, path: Path, database: Database, thread: ThreadPoolExecutor) -> None:
        self.path = path
        self._database = database
        self._thread = thread
        self._checker = ThreadPoolExecutor(1, thread_name_prefix="site check")
        self._check: Future[None] = self._checker.submit(_check, database)
        self._writing: set[asyncio.Future[Any]] = set()
        self._closed = False

    @classmethod
    async def open(cls, path: Path | None = None) -> SiteFile:
        """Makes the file where there is none. SiteError when not even reading it works."""
        place = path or default_path()
        thread = ThreadPoolExecutor(1, thread_name_prefix="site file")
        try:
            database = await asyncio.get_running_loop().run_in_executor(thread, open_database, place)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(place, database, thread)

    @property
    def problem(self) -> SiteError | None:
        """Why the file can only be read; None while it can be written. Known for certain after `checked`."""
        return self._database.problem

    async def checked(self) -> SiteError | None:
        """Waits until the whole file was looked through once, and says what is wrong with it."""
        await asyncio.shield(asyncio.wrap_future(self._check))  # the check goes on when nobody waits
        return self._database.problem

    async def read(self, work: Work[Result]) -> Result:
        return await self._run(lambda: self._database.read(work))

    async def write(self, work: Work[Result]) -> Result:
        """SiteError: nothing of it was written. A caller that is cancelled meanwhile does not stop the writing."""
        task = asyncio.ensure_future(self._write(work))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return await asyncio.shield(task)

    async def _write(self, work: Work[Result]) -> Result:
        await self.checked()
        return await self._run(lambda: self._database.write(work))

    async def revision(self) -> tuple[int, int]:
        """Differs from an earlier one when this or any other process has written since."""

        def look(connection: sqlite3.Connection) -> tuple[int, int]:
            return int(connection.execute("PRAGMA data_version").fetchone()[0]), connection.total_changes

        return await self._run(lambda: look(self._database.connection))

    async def wait_for_change(self, seen: tuple[int, int], every: float = 0.5) -> tuple[int, int]:
        """Polls until the revision is another one than seen; SQLite has no other sign of a foreign write."""
        while (now := await self.revision()) == seen:  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(every)
        return now

    async def close(self) -> None:
        """Ends what is being written first. Closing twice is no error."""
        if self._closed:
            return
        if self._writing:
            await asyncio.wait(set(self._writing))
        self._closed = True
        await asyncio.wrap_future(self._check)
        await asyncio.get_running_loop().run_in_executor(self._thread, self._database.connection.close)
        self._checker.shutdown(wait=False)
        self._thread.shutdown(wait=False)

    async def _run(self, call: Callable[[], Result]) -> Result:
        if self._closed:
            raise SiteError("The site file is closed.", detail=str(self.path))
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)


def open_database(path: Path) -> Database:
    """Blocking. SiteError when the file is no site file, or cannot even be read."""
    try:
        _make_place(path)
        return _patiently(path)
    except sqlite3.Error as error:
        if _code(error) in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT):
            return _read_only(path, explained(path, error))
        raise explained(path, error) from error
    except UnicodeDecodeError as error:  # SQLite's own message quotes a damaged name
        return _read_only(path, _damaged(path, str(error)))
    except OSError as error:
        if path.is_file():
            return _read_only(path, SiteError(f"{path} can only be read.", detail=error.strerror or ""))
        raise SiteError(
            f"The site file {path} cannot be made: {error.strerror or error}.",
            hint="Choose another place with --site FILE or CAMWRIGHT_SITE.",
        ) from error


def _patiently(path: Path) -> Database:
    """Two processes that make one file at once: changing to a write-ahead log does not wait by itself."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        connection = _connect(path)
        try:
            return _opened(path, connection)
        except BaseException as error:
            connection.close()
            if not isinstance(error, sqlite3.Error) or _code(error) != sqlite3.SQLITE_BUSY:
                raise
            if time.monotonic() > deadline:
                raise
        time.sleep(0.05)


def _make_place(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # what it tells of a network is nobody else's business


def _connect(path: Path, mode: str = "rw") -> sqlite3.Connection:
    """Raises sqlite3.Error. The thread may change: the check at the start has a connection and a thread of its own."""
    uri = f"{path.resolve().as_uri()}?{'immutable=1' if mode == 'immutable' else f'mode={mode}'}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.text_factory = _text
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def _text(raw: bytes) -> str:
    """Damaged text is shown with its damage."""
    return raw.decode("utf-8", "replace")


def _opened(path: Path, connection: sqlite3.Connection) -> Database:
    version = schema.version(connection)
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    ours = set(schema.FOUNDATION) <= tables
    if tables and not ours and version < schema.LATEST:
        raise SiteError(f"{path} is not a site file of Camwright.", hint="Nothing in it was changed.")
    if ours and (version == 0 or _application(connection) != schema.APPLICATION_ID):
        return _again_read_only(path, connection, _damaged(path, "The head of the file is not what it should be."))
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
            connection = _connect(path, mode)
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except (sqlite3.Error, UnicodeDecodeError):
            if connection is not None:
                connection.close()
            continue
        return Database(path, connection, problem)
    raise problem


def _application(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA application_id").fetchone()[0])


def _check(database: Database) -> None:
    """Looks through the whole file, with a connection of its own so that nobody has to wait to read."""
    if database.problem is not None:
        return
    try:
        with closing(_connect(database.path, "ro")) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA quick_check(3)")]
    except sqlite3.Error as error:
        database.problem = explained(database.path, error)
        return
    except UnicodeDecodeError as error:
        database.problem = _damaged(database.path, str(error))
        return
    if found != ["ok"]:
        database.problem = _damaged(database.path, "; ".join(found))


def _damaged(path: Path, detail: str) -> SiteError:
    return SiteError(
        f"The site file {path} is damaged and can only be read.", hint=_RECOVER.format(path), detail=detail[:500]
    )


def explained(path: Path, error: sqlite3.Error) -> SiteError:
    """What a failure of SQLite means to people."""
    code, detail = _code(error), str(error)
    if code in _DAMAGED:
        return _damaged(path, detail)
    words = {
        sqlite3.SQLITE_FULL: ("The disk is full: nothing was written to {0}.", "Make room and do it again."),
        sqlite3.SQLITE_IOERR: ("The disk failed or is full: nothing was written to {0}.", "Make room and do it again."),
        sqlite3.SQLITE_READONLY: ("{0} can only be read.", "Choose another site file, or allow writing to this one."),
        sqlite3.SQLITE_CANTOPEN: ("{0} cannot be opened.", "Check the folder and who may read it."),
        sqlite3.SQLITE_BUSY: ("Another program holds {0} for too long.", "Close it there and do it again."),
    }
    summary, hint = words.get(code, ("{0} cannot be used.", ""))
    return SiteError(summary.format(path), hint=hint, detail=detail)


def _code(error: sqlite3.Error) -> int:
    """The primary result code; 0 for errors that Python made up."""
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF

"""The site file: one SQLite database, one thread that owns the connection, errors in words.

Writes wait for the check of the whole file; reads do not.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import platformdirs

from app.errors import SiteDamaged, SiteError
from app.site.database import Database, Result, Work
from app.site.mending import Mended, mend
from app.site.opening import look_through, open_database
from app.site.recovery import Tell

ENVIRONMENT = "CAMWRIGHT_SITE"
Listener = Callable[[SiteError | None], None]


def default_path() -> Path:
    """CAMWRIGHT_SITE, else the user's data folder."""
    wanted = os.environ.get(ENVIRONMENT)
    return Path(wanted) if wanted else Path(platformdirs.user_data_dir("camwright", False)) / "default.camwright"


class SiteFile:
    """The same from asyncio: `await read(work)`, `await write(work)`. work gets the connection, in the one thread."""

    def __init__(self, path: Path, database: Database, thread: ThreadPoolExecutor) -> None:
        self.path = path
        self._database = database
        self._thread = thread
        self._checker = ThreadPoolExecutor(1, thread_name_prefix="site check")
        self._check: Future[None] = self._checker.submit(look_through, database)
        self._writing: set[asyncio.Future[Any]] = set()
        self._listeners: list[Listener] = []
        self._said = database.problem
        self._mended = 0  # times
        self._closed = False

    @classmethod
    async def open(cls, path: Path | None = None, *, stand_in: bool = False) -> SiteFile:
        """Makes the file where there is none. SiteError when not even reading it works; with stand_in it is empty then,
        and `problem` says why nothing can be written."""
        place = path or default_path()
        thread = ThreadPoolExecutor(1, thread_name_prefix="site file")
        try:
            database = await asyncio.get_running_loop().run_in_executor(thread, _opened, place, stand_in)
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
        self._tell()
        return self._database.problem

    def follow(self, listener: Listener) -> Callable[[], None]:
        """Called when `problem` becomes another one. The answer ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self) -> None:
        if self._database.problem is not self._said:
            self._said = self._database.problem
            for listener in tuple(self._listeners):
                listener(self._said)

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

    async def mend(self, tell: Tell = lambda done, total: None) -> Mended:
        """A whole file with everything that can be read in the place of the damaged one; from then on it is this one.

        tell is called in another thread, and may raise to end it. SiteError: it is as it was, for reading.
        """
        problem = await self.checked()
        if problem is not None and not isinstance(problem, SiteDamaged):
            raise problem
        await self._finish_writing()
        mended = await self._run(lambda: self._mend(tell))
        self._check = self._checker.submit(look_through, self._database)
        await self.checked()
        return mended

    def _mend(self, tell: Tell) -> Mended:
        self._database.connection.close()
        try:
            return mend(self.path, tell)
        finally:
            self._mended += 1
            self._database = _opened(self.path, stand_in=True)

    async def revision(self) -> tuple[int, int]:
        """Differs from an earlier one when this or any other process has written since."""

        def look(connection: sqlite3.Connection) -> tuple[int, int]:
            version = int(connection.execute("PRAGMA data_version").fetchone()[0])
            return version + (self._mended << 32), connection.total_changes

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
        await self._finish_writing()
        self._closed = True
        await asyncio.wrap_future(self._check)
        await asyncio.get_running_loop().run_in_executor(self._thread, self._database.connection.close)
        self._checker.shutdown(wait=False)
        self._thread.shutdown(wait=False)

    async def _finish_writing(self) -> None:
        if self._writing:
            await asyncio.wait(set(self._writing))

    async def _run(self, call: Callable[[], Result]) -> Result:
        if self._closed:
            raise SiteError("The site file is closed.", detail=str(self.path))
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, call)
        finally:
            self._tell()


def _opened(path: Path, stand_in: bool) -> Database:
    try:
        return open_database(path)
    except SiteError as error:
        if not stand_in:
            raise
        return Database.stand_in(path, error)

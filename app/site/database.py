"""The connection to a site file and what is wrong with it. Blocking: all of it runs in the thread of a `SiteFile`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.errors import SiteDamaged, SiteError
from app.site import recovery
from app.site.trouble import damaged, explained

Result = TypeVar("Result")
Work = Callable[[sqlite3.Connection], Result]


class Database:
    """problem: why nothing can be written. Of a damaged file everything that can be salvaged is read, which is more
    than SQLite itself would give."""

    def __init__(self, path: Path, connection: sqlite3.Connection, problem: SiteError | None) -> None:
        self.path = path
        self.connection = connection
        self.problem = problem
        self._is_salvaged = False

    @classmethod
    def salvaged(cls, path: Path, problem: SiteError) -> Database:
        """What can be read of a damaged file. SiteError where that is nothing."""
        database = cls(path, recovery.view(path), problem)
        database._is_salvaged = True
        return database

    @classmethod
    def stand_in(cls, path: Path, problem: SiteError) -> Database:
        """An empty one in the place of a file that cannot be read: it says why to everybody who wants to write."""
        database = cls(path, recovery.empty(), problem)
        database._is_salvaged = True
        return database

    def read(self, work: Work[Result]) -> Result:
        if isinstance(self.problem, SiteDamaged) and not self._is_salvaged:
            self._salvage()
        try:
            self.connection.execute("BEGIN")
            try:
                return work(self.connection)
            finally:
                self._leave()
        except sqlite3.Error as error:
            raise self._explained(error) from error
        except (TypeError, ValueError) as error:  # a number where a text was written, and the like
            raise damaged(self.path, f"{type(error).__name__}: {error}") from error

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
            raise damaged(self.path, str(error)) from error
        return result

    def _salvage(self) -> None:
        self._is_salvaged = True  # tried once: where it fails, SQLite may still give some of it
        try:
            view = recovery.view(self.path)
        except SiteError:
            return
        self.connection.close()
        self.connection = view

    def _leave(self) -> None:
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def _explained(self, error: sqlite3.Error) -> SiteError:
        told = explained(self.path, error)
        if isinstance(told, SiteDamaged):
            self.problem = told
        return told

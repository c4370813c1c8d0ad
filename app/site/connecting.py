"""Connections to a site file, and what lies beside it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

BUSY_SECONDS = 15.0  # how long one process waits for another's transaction


def connect(path: Path, mode: str = "rw") -> sqlite3.Connection:
    """Raises sqlite3.Error. The thread may change: the check at the start has a connection and a thread of its own."""
    uri = f"{path.resolve().as_uri()}?{'immutable=1' if mode == 'immutable' else f'mode={mode}'}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.text_factory = as_text
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def as_text(raw: bytes) -> str:
    """Damaged text is shown with its damage."""
    return raw.decode("utf-8", "replace")


def log_of(path: Path) -> Path:
    """Its write-ahead log."""
    return path.with_name(path.name + "-wal")


def has_log(path: Path) -> bool:
    try:
        return log_of(path).stat().st_size > 0
    except OSError:
        return False

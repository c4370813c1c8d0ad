"""The tables of the site file, as numbered steps from an empty file to today's.

Rules that recovery (`salvage`) depends on: the first column of every table is `id INTEGER PRIMARY KEY`, no two
tables have the same number of columns, and a step that changes a table's columns writes its rows anew.
"""

from __future__ import annotations

import sqlite3

APPLICATION_ID = 0x43574D54  # "CWMT"
PAGE_SIZE = 4096

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE devices (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, family TEXT NOT NULL, dialect TEXT NOT NULL,
            model TEXT NOT NULL, firmware TEXT NOT NULL, place TEXT NOT NULL, first_seen TEXT NOT NULL,
            last_seen TEXT NOT NULL)""",
        """CREATE TABLE device_keys (
            id INTEGER PRIMARY KEY, device_id INTEGER NOT NULL REFERENCES devices(id) ON DELETE CASCADE,
            kind TEXT NOT NULL, value TEXT NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
            UNIQUE (kind, value, device_id))""",
        "CREATE INDEX device_keys_by_device ON device_keys(device_id)",
        """CREATE TABLE notes (
            id INTEGER PRIMARY KEY, device_id INTEGER NOT NULL REFERENCES devices(id) ON DELETE CASCADE,
            written TEXT NOT NULL, author TEXT NOT NULL, text TEXT NOT NULL)""",
        "CREATE INDEX notes_by_device ON notes(device_id)",
        """CREATE TABLE documents (
            id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, size INTEGER NOT NULL, body BLOB NOT NULL)""",
        """CREATE TABLE change_sets (
            id INTEGER PRIMARY KEY AUTOINCREMENT, started TEXT NOT NULL, finished TEXT, os_user TEXT NOT NULL,
            account TEXT NOT NULL, device_id INTEGER NOT NULL REFERENCES devices(id), device_keys TEXT NOT NULL,
            address TEXT NOT NULL, family TEXT NOT NULL, resource TEXT NOT NULL, title TEXT NOT NULL,
            origin TEXT NOT NULL, state TEXT NOT NULL, undo_of INTEGER REFERENCES change_sets(id),
            before_id INTEGER REFERENCES documents(id), after_id INTEGER REFERENCES documents(id),
            reboot_required INTEGER NOT NULL, error TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL)""",
        "CREATE INDEX change_sets_by_device ON change_sets(device_id, id)",
        "CREATE INDEX change_sets_sending ON change_sets(state) WHERE state = 'sending'",
        """CREATE TABLE change_fields (
            id INTEGER PRIMARY KEY, change_set_id INTEGER NOT NULL REFERENCES change_sets(id) ON DELETE CASCADE,
            path TEXT NOT NULL, title TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL, secret INTEGER NOT NULL,
            verdict TEXT, read_back TEXT, reason TEXT NOT NULL)""",
        "CREATE INDEX change_fields_by_set ON change_fields(change_set_id)",
        """CREATE TABLE ladder (
            id INTEGER PRIMARY KEY, family TEXT NOT NULL, model TEXT NOT NULL, firmware TEXT NOT NULL,
            endpoint TEXT NOT NULL, rung TEXT NOT NULL, learned TEXT NOT NULL,
            UNIQUE (family, model, firmware, endpoint))""",
        """CREATE TABLE snapshots (
            id INTEGER PRIMARY KEY AUTOINCREMENT, device_id INTEGER NOT NULL REFERENCES devices(id),
            name TEXT NOT NULL, taken TEXT NOT NULL, author TEXT NOT NULL, resources INTEGER NOT NULL,
            size INTEGER NOT NULL, body BLOB NOT NULL)""",
        "CREATE INDEX snapshots_by_device ON snapshots(device_id, id)",
    ),
    # Arrangements of live pictures, as `walls` writes them; the one without a name is the wall as it was left.
    ("CREATE TABLE walls (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, body TEXT NOT NULL)",),
    # Walk tests with their results, and what was switched for one and is to be switched back.
    (
        """CREATE TABLE walk_tests (
            id INTEGER PRIMARY KEY AUTOINCREMENT, device_id INTEGER NOT NULL REFERENCES devices(id),
            started TEXT NOT NULL, ended TEXT NOT NULL, author TEXT NOT NULL, account TEXT NOT NULL,
            stations INTEGER NOT NULL, passed INTEGER NOT NULL, untested INTEGER NOT NULL, size INTEGER NOT NULL,
            body BLOB NOT NULL)""",
        "CREATE INDEX walk_tests_by_device ON walk_tests(device_id, id)",
        """CREATE TABLE promises (
            id INTEGER PRIMARY KEY AUTOINCREMENT, device_id INTEGER NOT NULL REFERENCES devices(id),
            layer TEXT NOT NULL, switch TEXT NOT NULL, title TEXT NOT NULL, held INTEGER NOT NULL,
            made TEXT NOT NULL, kept TEXT, author TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
            note TEXT NOT NULL DEFAULT '')""",
        "CREATE INDEX promises_open ON promises(device_id) WHERE kept IS NULL",
    ),
    # What a camera saw when a preset was set.
    (
        """CREATE TABLE preset_views (
            id INTEGER PRIMARY KEY, device_id INTEGER NOT NULL REFERENCES devices(id) ON DELETE CASCADE,
            channel INTEGER NOT NULL, preset TEXT NOT NULL, name TEXT NOT NULL, taken TEXT NOT NULL,
            author TEXT NOT NULL, host TEXT NOT NULL, media TEXT NOT NULL, width INTEGER NOT NULL,
            height INTEGER NOT NULL, size INTEGER NOT NULL, body BLOB NOT NULL,
            UNIQUE (device_id, channel, preset))""",
    ),
    # Change sets that nobody sent: what a device changed on one page when another one was written.
    (
        """CREATE TABLE effects (
            id INTEGER PRIMARY KEY REFERENCES change_sets(id),
            effect_of INTEGER NOT NULL REFERENCES change_sets(id))""",
        "CREATE INDEX effects_by_cause ON effects(effect_of)",
    ),
)
LATEST = len(MIGRATIONS)
# Tables in a file of any version.
FOUNDATION = (
    "devices",
    "device_keys",
    "notes",
    "documents",
    "change_sets",
    "change_fields",
    "ladder",
    "snapshots",
)  # in a file of any version
TABLES = (*FOUNDATION, "walls", "walk_tests", "promises", "preset_views", "effects")


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, steps: tuple[tuple[str, ...], ...] = MIGRATIONS) -> None:
    """All missing steps in one transaction. Another process may have been faster: then there are none."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statements in steps[version(connection) :]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(steps)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def columns(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    return tuple(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))

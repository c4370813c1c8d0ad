"""Changes whose end nobody saw: the process was killed, the connection lost, or the camera restarted before it could be
read. At the next contact with their device they are looked at, by reading alone, and judged.

Two processes never judge one change: who looks at it has taken it in the site file before, and gives it back where the
device does not answer.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from app.errors import (
    AuthError,
    CameraError,
    DeviceFault,
    Forbidden,
    InvalidSetting,
    NotSupported,
    ProtocolError,
    SiteError,
    TransportError,
)
from app.families.base import RawSettings, Session, SettingsTree
from app.settings.document import Document
from app.site import hindsight, owner, secrets
from app.site.file import SiteFile
from app.site.identity import Identity
from app.site.journal import JournalledSettings
from app.site.records import ChangeSet, ChangeState, RecordedField, moment, stamp
from app.site.site import Site

LONGEST = 30.0  # seconds for all looks of one contact; what is left is looked at another time
LONGEST_TAKEN = timedelta(minutes=15)  # by a process on another computer, of which nothing else is known
_log = logging.getLogger(__name__)


async def _at_once() -> None:
    """Nobody else wants the device."""


async def judge_open_ends(
    session: Session, site: Site, at_rest: Callable[[], Awaitable[None]] = _at_once, seconds: float = LONGEST
) -> tuple[ChangeSet, ...]:
    """Reads what the device holds of its changes without a known end, and puts the verdicts into the journal. Gives
    those that are known by now, the newest first. Never fails: what cannot be read stays as it was. at_rest is waited
    for before each page."""
    settings = session.offer(SettingsTree)
    if not isinstance(settings, JournalledSettings) or site.file.problem is not None:
        return ()
    done: list[ChangeSet] = []
    try:
        async with asyncio.timeout(seconds):
            await _judge_all(session, settings, site, at_rest, done)
    except (TimeoutError, CameraError) as error:
        _log.info("Not every change on %s has a known end: %s", session.address, error)
    return tuple(done)


async def _judge_all(
    session: Session,
    settings: JournalledSettings,
    site: Site,
    at_rest: Callable[[], Awaitable[None]],
    done: list[ChangeSet],
) -> None:
    """Puts what is known into done as soon as it is."""
    await site.history.settle()
    if not await site.file.read(_are_any):
        return
    await at_rest()
    async with _taken(site, (await settings.subject.sighting()).identity) as taken:
        for resource in dict.fromkeys(each.resource for each in taken):
            await at_rest()
            after = await _read(settings, resource)
            if after is None:
                continue
            for each in (each for each in taken if each.resource == resource):
                known = await _judge(each, session, settings, site, after)
                done.append(known)


async def _read(settings: JournalledSettings, resource: str) -> Document | None:
    """None where the device does not show this page; raises where it shows none at all."""
    try:
        return await settings.load(resource)
    except CameraError as error:
        refused = isinstance(error, AuthError) and not isinstance(error, Forbidden)
        if refused or isinstance(error, TransportError):
            raise
        return None


async def _judge(
    change_set: ChangeSet, session: Session, settings: JournalledSettings, site: Site, after: Document
) -> ChangeSet:
    since = await site.file.read(lambda connection: _written_since(connection, change_set))
    raw = session.offer(RawSettings)
    body, _ = await site.history.documents(change_set.id)
    before = await _before(raw, after, body)
    held = _held(change_set.fields, raw, after, body)
    proved = hindsight.judged(change_set.fields, since, before, after, held)
    hidden = settings.subject.secrets | secrets.secrets_of(after)
    now = f"{datetime.now().astimezone():%Y-%m-%d %H:%M}"
    await asyncio.shield(
        site.history.finish(
            change_set.id,
            ChangeState.DONE,
            fields=secrets.judged(after, proved, hidden),
            after=secrets.masked(after, hidden),
            reboot_required=change_set.reboot_required,
            error=f"{change_set.error} It was read again on {now}.".strip(),
        )
    )
    return await site.history.get(change_set.id)


async def _before(raw: RawSettings | None, after: Document, body: bytes | None) -> Document | None:
    """The document that was edited, as far as the site file has it."""
    if raw is None or body is None:
        return None
    try:
        return await raw.as_read(after, body)
    except (ProtocolError, NotSupported, DeviceFault):
        return None


def _held(
    fields: Sequence[RecordedField], raw: RawSettings | None, after: Document, body: bytes | None
) -> dict[str, str]:
    """The texts at the paths of the change, also at those that are no fields: what differs from the document of before
    is told by the family, anything else is as it was."""
    held = {field.path: field.text for field in after.fields if field.present}
    if raw is None or body is None:
        return held
    try:
        differing = {change.path: change.old for change in raw.raw_changes(after, body)}
    except InvalidSetting:
        return held
    beside = {field.path: differing.get(field.path, field.old) for field in fields if not field.secret}
    return beside | held


# -- the table ---------------------------------------------------------------------------------------------------------


def _are_any(connection: sqlite3.Connection) -> bool:
    row = connection.execute("SELECT 1 FROM change_sets WHERE state IN ('unknown', 'judging') LIMIT 1").fetchone()
    return row is not None


@asynccontextmanager
async def _taken(site: Site, identity: Identity) -> AsyncIterator[tuple[ChangeSet, ...]]:
    """The open ends of this very device, the newest first; () for a device that has no number of its own, as another
    one may have its address by now. What was not finished within it is given back."""
    ids = [each.id for each in await site.devices.find(identity)] if identity.strong else []
    numbers = await site.file.write(lambda connection: _take(connection, ids)) if ids else ()
    try:
        found = await site.history.some(numbers) if numbers else ()
        yield tuple(each for each in found if _is_it(Identity(each.device_keys), identity))
    finally:
        if numbers:
            await asyncio.shield(_give_back(site.file, numbers))


def _is_it(then: Identity, now: Identity) -> bool:
    """By its serial number; by its MAC address where one of them has no serial number."""
    for kind in ("serial", "mac"):
        if then.values(kind) and now.values(kind):
            return not set(then.values(kind)).isdisjoint(now.values(kind))
    return False


def _take(connection: sqlite3.Connection, device_ids: Sequence[int]) -> tuple[int, ...]:
    rows = connection.execute(
        "SELECT id, state, finished, host, pid FROM change_sets WHERE state IN ('unknown', 'judging')"
        f" AND device_id IN ({', '.join('?' * len(device_ids))})",
        tuple(device_ids),
    )
    free = [row[0] for row in rows if row[1] == ChangeState.UNKNOWN or _is_abandoned(moment(row[2] or ""), *row[3:])]
    now = stamp(datetime.now(UTC))
    connection.executemany(
        "UPDATE change_sets SET state = ?, finished = ?, host = ?, pid = ? WHERE id = ?",
        [(ChangeState.JUDGING, now, owner.host(), os.getpid(), each) for each in free],
    )
    return tuple(free)


def _is_abandoned(since: datetime, host: str, pid: int) -> bool:
    gone = host == owner.host() and pid != os.getpid() and not owner.is_alive(pid)
    return gone or datetime.now(UTC) - since > LONGEST_TAKEN


async def _give_back(file: SiteFile, numbers: Sequence[int]) -> None:
    def work(connection: sqlite3.Connection) -> None:
        connection.executemany(
            "UPDATE change_sets SET state = ? WHERE id = ? AND state = ? AND host = ? AND pid = ?",
            [(ChangeState.UNKNOWN, each, ChangeState.JUDGING, owner.host(), os.getpid()) for each in numbers],
        )

    try:
        await file.write(work)
    except SiteError as error:
        _log.warning("Changes stay taken until this process ends: %s", error)


def _written_since(connection: sqlite3.Connection, change_set: ChangeSet) -> Mapping[str, int]:
    """The paths of the same page that later changes have written or seen changed, with the newest of these."""
    rows = connection.execute(
        "SELECT path, max(change_sets.id) FROM change_sets JOIN change_fields ON change_set_id = change_sets.id"
        " WHERE device_id = ? AND resource = ? AND change_sets.id > ? AND state != 'failed' GROUP BY path",
        (change_set.device_id, change_set.resource, change_set.id),
    )
    return {str(path): int(number) for path, number in rows}

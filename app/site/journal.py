"""Every write of every session goes through here: into the journal, to the device, and back into the journal."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

from app.errors import OPEN_ENDS, CameraError, SiteError
from app.families.around import SessionAround
from app.families.base import Neighbourhood, Overview, RawSettings, Regions, Session, SettingsTree
from app.model.device import Address, DeviceFacts, Recognition
from app.settings.changes import Change, FieldProof, Neighbour, Proof
from app.settings.document import Document
from app.settings.tree import Node
from app.site import secrets
from app.site.held_regions import HeldRegions
from app.site.history import Intent
from app.site.identity import Identity
from app.site.records import ChangeState, Origin, RecordedField, Sighting
from app.site.second_look import SecondLook
from app.site.site import Site

Write = Callable[[], Awaitable[tuple[Proof, Document]]]

_UNREAD = "The device took it and could not be read afterwards."
_log = logging.getLogger(__name__)


class Subject:
    """Who is written to. Asked once, when it is first needed: sessions that only read cost nothing."""

    def __init__(self, session: Session, recognition: Recognition | None = None) -> None:
        self.session = session
        self._recognition = recognition
        self._sighting: Sighting | None = None
        self._lock = asyncio.Lock()
        self.secrets: frozenset[str] = frozenset()  # every one met in this session; in memory only

    @property
    def account(self) -> str:
        return self.session.user

    async def sighting(self) -> Sighting:
        """What the device says of itself; what discovery heard where it does not answer."""
        async with self._lock:
            if self._sighting is None:
                self._sighting = seen(self.session, await self._facts(), self._recognition)
            return self._sighting

    async def moved(self, place: Address) -> Sighting:
        """The same device, seen at another address."""
        before = await self.sighting()
        strong = frozenset(before.identity.strong)
        there = Identity(strong | Identity.of(address=str(place)).keys)
        self._sighting = replace(before, identity=there, address=str(place))
        return self._sighting

    async def _facts(self) -> DeviceFacts:
        overview = self.session.offer(Overview)
        try:
            return await overview.facts() if overview is not None else DeviceFacts()
        except CameraError as error:
            _log.info("%s does not say who it is: %s", self.session.address, error.summary)
            return DeviceFacts()


def seen(session: Session, facts: DeviceFacts, recognition: Recognition | None = None) -> Sighting:
    """The device behind a session as the site file remembers it."""
    heard = recognition or Recognition(session.family, session.dialect, 0)
    address = str(session.address)
    return Sighting(
        Identity.of(facts.serial or heard.serial, facts.mac or heard.mac, address),
        address,
        session.family,
        session.dialect,
        facts.name or heard.name,
        facts.model or heard.model,
        facts.firmware or heard.firmware,
    )


class JournalledSettings:
    """Implements `base.SettingsTree` around another one, of any family.

    `apply` raises SiteError when the journal cannot be written: then nothing was sent. When only the outcome
    cannot be written the proof is returned all the same, report is told, and the change set stays "sending"
    (from the next start on "unknown").
    """

    def __init__(
        self,
        inner: SettingsTree,
        site: Site,
        subject: Subject,
        origin: Origin = Origin.FORM,
        *,
        look: SecondLook | None = None,
        undo_of: int | None = None,
        report: Callable[[SiteError], None] | None = None,
    ) -> None:
        self.inner = inner
        self.site = site
        self.subject = subject
        self.origin = origin
        self._look = look or SecondLook(None)
        self._undo_of = undo_of
        self._report = report
        self.last_id: int | None = None  # of the change set written last

    def under(self, origin: Origin, undo_of: int | None = None) -> JournalledSettings:
        """The same settings, journalled as coming from somewhere else."""
        return JournalledSettings(
            self.inner, self.site, self.subject, origin, look=self._look, undo_of=undo_of, report=self._report
        )

    async def tree(self) -> Node:
        return await self.inner.tree()

    async def load(self, resource: str) -> Document:
        document = await self.inner.load(resource)
        self._look.hold(document)
        return document

    def held(self, resource: str) -> Document | None:
        """A page as this session has read it last, also by itself after a write (`Proof.neighbours`)."""
        return self._look.held(resource)

    def request_text(self, document: Document) -> str:
        return self.inner.request_text(document)

    def __getattr__(self, name: str) -> Any:
        """What a family offers beyond the contract is not journalled and passes through."""
        if name.startswith("_") or name == "inner":
            raise AttributeError(name)
        return getattr(self.inner, name)

    async def apply(self, document: Document, changes: tuple[Change, ...]) -> tuple[Proof, Document]:
        return await self.record(document, changes, lambda: self.inner.apply(document, changes))

    async def record(self, document: Document, changes: tuple[Change, ...], write: Write) -> tuple[Proof, Document]:
        """Any other way of writing changes of a document (by hand, in two phases), journalled as `apply` is."""
        hidden = self._hide(secrets.secrets_of(document, changes))
        await self._look.prepare(self, document, changes)
        change_set = await self._begin(await self._intent(document, changes, hidden))
        try:
            proof, after = await write()
        except CameraError as error:
            secrets.clean_error(error, hidden)
            state = ChangeState.UNKNOWN if isinstance(error, OPEN_ENDS) else ChangeState.FAILED
            await self._finish(change_set, state, error=secrets.clean(str(error), hidden))
            raise
        except BaseException as error:
            text = "Stopped before the device answered." if isinstance(error, asyncio.CancelledError) else repr(error)
            await self._finish(change_set, ChangeState.UNKNOWN, error=secrets.clean(text, hidden))
            raise
        hidden = self._hide(secrets.secrets_of(after))
        kept = secrets.judged(document, proof.fields, hidden)
        proof = secrets.clean_proof(proof, kept)
        await self._finish(
            change_set,
            ChangeState.UNKNOWN if proof.unread else ChangeState.DONE,
            error=_UNREAD if proof.unread else "",
            fields=kept,
            after=secrets.masked(after, hidden) if after is not document else None,
            reboot_required=proof.reboot_required,
        )
        if proof.moved_to is not None:
            await self._follow(proof.moved_to)
        if after is document or proof.unread:
            return proof, after
        self._look.wrote(after)
        neighbours = [each async for each in self._beside(change_set, document, changes, proof)]
        return replace(proof, neighbours=tuple(neighbours)), after

    async def _beside(
        self, change_set: int, document: Document, changes: tuple[Change, ...], proof: Proof
    ) -> AsyncIterator[Neighbour]:
        """What changed on other pages is in the journal as soon as it is seen, whatever becomes of the rest."""
        async for seen in self._look.around(document, changes, proof):
            if seen.before is None or seen.now is None:
                yield seen.neighbour
                continue
            hidden = self._hide(secrets.secrets_of(seen.before) | secrets.secrets_of(seen.now))
            fields = secrets.judged(seen.before, seen.neighbour.fields, hidden)
            try:
                intent = await self._effect(seen.before, fields, hidden)
                after = secrets.masked(seen.now, hidden)
                await asyncio.shield(self.site.history.add_effect(intent, after, change_set))
            except SiteError as error:
                self._tell(f"A side effect of change {change_set} is not in the journal", error)
            yield replace(seen.neighbour, fields=tuple(map(_as_kept, seen.neighbour.fields, fields)))

    async def _effect(self, before: Document, fields: tuple[RecordedField, ...], hidden: frozenset[str]) -> Intent:
        sighting = await self.subject.sighting()
        raw = secrets.masked(before, hidden)
        account, title = self.subject.account, before.title
        return Intent(sighting, account, before.resource, title, Origin.EFFECT, fields, raw)

    async def _follow(self, place: Address) -> None:
        """The site file learns where the device is. Never fails, for the same reason as `_finish`."""
        try:
            await asyncio.shield(self.site.devices.remember(await self.subject.moved(place)))
        except SiteError as error:
            self._tell(f"{place} is not remembered", error)

    def _tell(self, what: str, error: SiteError) -> None:
        _log.warning("%s: %s", what, error)
        if self._report is not None:
            self._report(error)

    def _hide(self, found: frozenset[str]) -> frozenset[str]:
        """Every secret of the session: an old one may stand in a later document where nobody expects it."""
        self.subject.secrets |= found
        return self.subject.secrets

    async def _intent(self, document: Document, changes: tuple[Change, ...], hidden: frozenset[str]) -> Intent:
        return Intent(
            device=await self.subject.sighting(),
            account=self.subject.account,
            resource=document.resource,
            title=document.title,
            origin=self.origin,
            fields=secrets.intended(document, changes, hidden),
            before=secrets.masked(document, hidden),
            undo_of=self._undo_of,
        )

    async def _begin(self, intent: Intent) -> int:
        writing = asyncio.ensure_future(self.site.history.begin(intent))
        try:
            begun = await asyncio.shield(writing)
            await self.site.history.turn(begun)
        except (asyncio.CancelledError, SiteError) as error:
            # The entry may be on the disk already; nothing was sent, and it must say so.
            await asyncio.wait([writing])
            if not writing.cancelled() and writing.exception() is None:
                await self._finish(writing.result(), ChangeState.FAILED, error="Stopped before anything was sent.")
            if isinstance(error, asyncio.CancelledError):
                raise
            raise SiteError(
                f"Nothing was sent: the change could not be written into the journal. {error.summary}",
                hint=error.hint,
                detail=error.detail,
            ) from error
        self.last_id = begun
        return begun

    async def _finish(self, change_set: int, state: ChangeState, **outcome: Any) -> None:
        """Never fails: what the device did must reach the caller whatever the disk does."""
        try:
            await asyncio.shield(self.site.history.finish(change_set, state, **outcome))
        except SiteError as error:
            self._tell(f"The outcome of change {change_set} is not in the journal", error)


class JournalledRaw:
    """Implements `base.RawSettings` around another one: what is written by hand is journalled like everything."""

    def __init__(
        self, inner: RawSettings, settings: JournalledSettings, origin: Origin = Origin.RAW, undo_of: int | None = None
    ) -> None:
        self._inner = inner
        self._settings = settings.under(origin, undo_of)

    def under(self, origin: Origin, undo_of: int | None = None) -> JournalledRaw:
        """The same, journalled as coming from somewhere else."""
        return JournalledRaw(self._inner, self._settings, origin, undo_of)

    def check_raw(self, document: Document, body: bytes) -> str:
        return self._inner.check_raw(document, body)

    def raw_changes(self, document: Document, body: bytes) -> tuple[Change, ...]:
        return self._inner.raw_changes(document, body)

    def raw_url(self, document: Document) -> str:
        return self._inner.raw_url(document)

    async def as_read(self, document: Document, body: bytes) -> Document:
        return await self._inner.as_read(document, body)

    async def apply_raw(self, document: Document, body: bytes) -> tuple[Proof, Document]:
        changes = self._inner.raw_changes(document, body)
        return await self._settings.record(document, changes, lambda: self._inner.apply_raw(document, body))


def _as_kept(judged: FieldProof, kept: RecordedField) -> FieldProof:
    """With its values hidden where the journal hides them: nobody typed these, nobody has to see them."""
    if not kept.secret:
        return judged
    return replace(judged, old=kept.old, new=kept.new, read_back=kept.read_back, secret=True)


async def recall(session: Session, site: Site, recognition: Recognition) -> None:
    """Remembers that the device was met here. Looking at a device must work with a full disk too: never fails."""
    if site.file.problem is not None:
        return
    try:
        await site.devices.remember(seen(session, DeviceFacts(), recognition))
    except SiteError as error:
        _log.warning("%s is not remembered: %s", session.address, error)


def journalled(
    session: Session,
    site: Site,
    origin: Origin = Origin.FORM,
    *,
    recognition: Recognition | None = None,
    report: Callable[[SiteError], None] | None = None,
) -> Session:
    """The session with its writes in the journal; unchanged where it offers no settings."""
    inner = session.offer(SettingsTree)
    if inner is None:
        return session
    look = SecondLook(session.offer(Neighbourhood), eager=origin is Origin.CLI)
    settings = JournalledSettings(inner, site, Subject(session, recognition), origin, look=look, report=report)
    ours: dict[type, object] = {SettingsTree: settings}
    raw = session.offer(RawSettings)
    if raw is not None:
        ours[RawSettings] = JournalledRaw(raw, settings)
    regions = session.offer(Regions)
    if regions is not None:
        ours[Regions] = HeldRegions(regions, look)
    return SessionAround(session, ours)

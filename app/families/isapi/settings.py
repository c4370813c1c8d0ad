"""The settings interface of a session: tree, load, apply."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from app.errors import OPEN_ENDS, CameraError, DeviceFault, GivenUp, NotSupported
from app.families.base import LadderMemory
from app.families.isapi import catalog as catalogs
from app.families.isapi import exclusion, outline, tree, writing
from app.families.isapi.client import Client
from app.families.isapi.foresight import Foresight
from app.families.isapi.identity import Identity
from app.families.isapi.loading import Loader, document_of
from app.families.isapi.memory import SessionMemory, ShieldedMemory
from app.families.isapi.relocation import Relocation
from app.families.isapi.survey import Survey, survey
from app.families.isapi.titles import titles
from app.patience import Sleep
from app.settings import blame, proof
from app.settings.changes import Change, FieldProof, Proof, Verdict
from app.settings.document import Document
from app.settings.rebase import Rebased, rebase
from app.settings.search import Entry
from app.settings.strands import Strand
from app.settings.tree import Node

__all__ = ["IsapiSettings", "document_of", "with_problem"]


class IsapiSettings:
    """Implements `base.SettingsTree`."""

    def __init__(
        self,
        client: Client,
        *,
        identity: Identity | None = None,
        relocation: Relocation | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """relocation: how to follow the device where a change sends it elsewhere; without it, it is not followed."""
        self._client = client
        self._survey: Survey | None = None
        self._identity = identity or Identity(client)
        self._relocation = relocation
        self.loader = Loader(client, sleep)
        self.ladder = writing.Ladder(
            client, SessionMemory(), self._identity.model_and_firmware, sleep, self.loader.composed
        )
        self.foresight = Foresight(client, self.loader, self.ladder, self.tree)

    def use_memory(self, memory: LadderMemory) -> None:
        self.ladder.memory = ShieldedMemory(memory)

    async def tree(self) -> Node:
        """Asks the device what it has (once), then draws; later calls add what was refused since."""
        known = catalogs.catalog(self._client.dialect)
        return tree.build(self._client.dialect, known, titles(), await self._surveyed(), self.loader.refused)

    async def protocol_tree(self) -> Node:
        """Implements `base.SettingsOutline`."""
        known = catalogs.catalog(self._client.dialect)
        found = await self._surveyed()
        return outline.protocol_tree(self._client.dialect, known, titles(), found, self.loader.refused)

    def catalogued(self, resource: str) -> tuple[Entry, ...]:
        """Implements `base.SettingsOutline`."""
        return outline.entries(self._client.dialect, self._client.dialect.path(resource), titles())

    async def _surveyed(self) -> Survey:
        if self._survey is None:
            self._survey = await survey(self._client)
        return self._survey

    async def load(self, resource: str) -> Document:
        return await self.loader.load(resource)

    def request_text(self, document: Document) -> str:
        edits = {change.path: change.new for change in document.changes()}
        return writing.masked_text(document, edits, str(self._client.channel.address))

    async def apply(self, document: Document, changes: tuple[Change, ...]) -> tuple[Proof, Document]:
        """As `base.SettingsTree.apply`. Conflict: the device no longer holds what was edited; nothing was sent."""
        base, rebased = await self.prepare(document, changes)
        return await self.write(base, rebased)

    async def write(self, base: Document, rebased: Rebased) -> tuple[Proof, Document]:
        """Sends, follows a device that goes elsewhere, reads back and compares."""
        if not rebased.changes:
            return Proof(base.resource, rebased.held), base
        if self._relocation is not None and self.strands(base, rebased.changes):
            return await self._move(self._relocation, base, rebased)
        written, lost = await self.send(base, rebased.changes)
        return await self._proved(base, rebased, written, lost)

    def strands(self, document: Document, changes: tuple[Change, ...]) -> tuple[Strand, ...]:
        """Implements `base.Stranding`."""
        return self._relocation.strands(self._client, document, changes) if self._relocation else ()

    async def check(self, document: Document, changes: tuple[Change, ...]) -> tuple[str, ...]:
        """Implements `base.Stranding`."""
        return await self._relocation.check(self._client, document, changes) if self._relocation else ()

    async def _move(self, relocation: Relocation, base: Document, rebased: Rebased) -> tuple[Proof, Document]:
        await self._identity.get()  # who it is must be known before it goes
        await relocation.check(self._client, base, rebased.changes)
        written, _ = await self.send(base, rebased.changes)
        proved, after = await relocation.follow(
            self._client, self._identity, base, rebased.changes, written, self.ladder.sleep
        )
        return replace(proved, fields=(*rebased.held, *proved.fields)), after

    async def prepare(self, document: Document, changes: tuple[Change, ...]) -> tuple[Document, Rebased]:
        """The changes on top of what the device holds this moment. Sends nothing but questions."""
        writing.edits_of(document, changes)
        base = await self.loader.again(document)
        rebased = rebase(document, changes, base)
        if rebased.changes:
            writing.edits_of(base, rebased.changes)
        return base, rebased

    async def send(
        self, base: Document, changes: tuple[Change, ...]
    ) -> tuple[writing.Written | None, CameraError | None]:
        """Writes. The answer of a device that took it may be lost or unreadable: then what it holds decides."""
        try:
            return await self.ladder.write(base, {change.path: change.new for change in changes}), None
        except OPEN_ENDS as problem:
            return None, problem
        except (NotSupported, DeviceFault) as refusal:
            if isinstance(refusal, DeviceFault):
                blame.name_field(refusal, base, changes)
            await self.foresight.refused(base, changes)
            raise await exclusion.explain(self._client, base, refusal) from refusal

    async def _proved(
        self, base: Document, rebased: Rebased, written: writing.Written | None, lost: CameraError | None
    ) -> tuple[Proof, Document]:
        reboot = written is not None and written.reboot
        try:
            after = await self.loader.read_back(base.resource)
        except CameraError as problem:
            if lost is not None:
                raise lost from problem
            unread = proof.unread(base, rebased.changes, problem.summary, reboot_required=reboot)
            return replace(unread, fields=(*rebased.held, *unread.fields)), base
        proved = proof.prove(base, rebased.changes, after, reboot_required=reboot)
        if written is not None and _took_something(proved):
            await self.ladder.learn(base.resource, written.rung)
        elif written is not None and written.refusal is None:
            await self.ladder.doubt(base.resource, written.rung)
        await self.foresight.taken(after, rebased.changes, proved)
        left = written.refusal if written is not None else lost
        fields = tuple(with_problem(each, left) for each in proved.fields)
        return replace(proved, fields=(*rebased.held, *fields), stopped=isinstance(left, GivenUp)), after


def _took_something(proved: Proof) -> bool:
    return any(each.verdict in (Verdict.KEPT, Verdict.ADJUSTED) for each in proved.fields)


def with_problem(field: FieldProof, problem: CameraError | None) -> FieldProof:
    """A field in the refused one of several requests, or in one whose answer was lost, was not ignored without a
    word."""
    if problem is None or field.verdict is not Verdict.IGNORED:
        return field
    return replace(field, reason=f"{field.reason} {problem}")

"""Answers that somebody wrote by hand, or that a drawing was made into: checked, compared, written and proved."""

from __future__ import annotations

import json
import shlex

from app.errors import CameraError, Conflict, InvalidSetting, NotSupported, ProtocolError
from app.families.vigi import document
from app.families.vigi.document import Able
from app.families.vigi.settings import VigiSettings
from app.families.vigi.shapes import RegionSet
from app.settings import proof
from app.settings.changes import Change, FieldProof, Proof, Verdict
from app.settings.document import Document
from app.settings.rebase import Rebased, rebase
from app.settings.spec import Access
from app.wire import json_text


class VigiRaw:
    """Implements `base.RawSettings`. What is edited is the answer to the get method; what is sent is made from it."""

    def __init__(self, settings: VigiSettings, address: str) -> None:
        self._settings = settings
        self._address = address

    def raw_url(self, document_: Document) -> str:
        """Without the token, which is as good as the password for half an hour."""
        del document_
        return f"https://{self._address}/stok=…"

    def raw_command(self, document_: Document, body: bytes | None) -> str:
        """Implements `base.RawCommands`."""
        call = f'{{"method":"{document_.resource}"}}'.encode()
        if body is not None:
            changed = tuple(change.path for change in self.raw_changes(document_, body))
            call = document.body_of(self._settings.setter(document_), document_, body, changed)
        words = ["curl", "-k", "-H", f"Content-Type: {document.JSON}", "--data-raw", call.decode("utf-8", "replace")]
        return f'{shlex.join(words)} "https://{self._address}/stok=${{STOK:?a token from doAuth}}"'

    def check_raw(self, document_: Document, body: bytes) -> str:
        try:
            fresh = json_text.parse(body)
        except ProtocolError as error:
            return f"No proper JSON: {error.detail or error.summary}"
        before = document.source_of(document_).document
        flaws = [flaw for flaw in fresh.flaws if flaw not in before.flaws]
        if flaws:
            return f"No proper JSON: {flaws[0]}."
        try:
            self._rebuilt(document_, body)
        except (ProtocolError, NotSupported):
            return "The values must stay where the camera has them."
        return ""

    def raw_changes(self, document_: Document, body: bytes) -> tuple[Change, ...]:
        problem = self.check_raw(document_, body)
        if problem:
            raise InvalidSetting(problem)
        old = {field.path: field for field in document_.fields}
        new = {field.path: field for field in self._rebuilt(document_, body).fields}
        found = []
        for path in [*old, *(path for path in new if path not in old)]:
            before, now = old.get(path), new.get(path)
            if before is not None and now is not None and before.text == now.text:
                continue
            spec = (before or now or old[path]).spec
            section = (before or now or old[path]).section
            title = f"{section[-1]}: {spec.title}" if section else spec.title
            found.append(Change(path, before.text if before else "", now.text if now else "", title))
        return tuple(found)

    async def as_read(self, document_: Document, body: bytes) -> Document:
        able = await self._settings.able(document_.resource)
        return document.rebuilt(document_, body, able, self._settings.camera)

    async def apply_raw(self, document_: Document, body: bytes) -> tuple[Proof, Document]:
        changes = self.raw_changes(document_, body)
        if not changes:
            raise InvalidSetting("There is nothing to change: every value is as the camera holds it.")
        fresh = await self._settings.again(document_)
        if self._same_shape(document_, body):
            self._refuse_facts(document_, changes)
            rebased = rebase(document_, changes, fresh) if fresh is not document_ else Rebased(changes)
            if not rebased.changes:
                return Proof(fresh.resource, rebased.held), fresh
            sent = (
                body if fresh is document_ else self._settings.encoded(fresh, {c.path: c.new for c in rebased.changes})
            )
            return await self._settings.write(fresh, rebased, sent)
        if fresh is not document_ and proof.prove(document_, (), fresh).fields:
            raise Conflict(
                f"{document_.title} has changed on the camera meanwhile.",
                hint="Nothing was sent. Read it again and repeat the change.",
            )
        return await self._write_shape(fresh, changes, body)

    def _refuse_facts(self, document_: Document, changes: tuple[Change, ...]) -> None:
        for change in changes:
            spec = document_.field(change.path).spec
            if spec.access is Access.READ_ONLY:
                raise InvalidSetting(f"{spec.title} can only be read.", path=change.path)

    async def _write_shape(self, base: Document, changes: tuple[Change, ...], body: bytes) -> tuple[Proof, Document]:
        """Entries came or went: verdicts by what is there afterwards."""
        method = self._settings.setter(base)
        lost = await self._settings.send(method, base, body, tuple(change.path for change in changes))
        try:
            after = await self._settings.read_back(base.resource)
        except CameraError as problem:
            if lost is not None:
                raise lost from problem
            return proof.unread(self._rebuilt(base, body), changes, problem.summary), base
        wanted = {field.path: field.text for field in self._rebuilt(base, body).fields}
        return Proof(base.resource, _judged(base, changes, wanted, after)), after

    def _rebuilt(self, document_: Document, body: bytes) -> Document:
        return document.rebuilt(document_, body, Able(), "The camera")

    def _same_shape(self, document_: Document, body: bytes) -> bool:
        """Whether only values differ. A set of regions is sent as a whole: its numbers are no values of their own."""
        if isinstance(document.source_of(document_).shape, RegionSet):
            return False
        return {f.path for f in document_.fields} == {f.path for f in self._rebuilt(document_, body).fields}


def _judged(
    base: Document, changes: tuple[Change, ...], wanted: dict[str, str], after: Document
) -> tuple[FieldProof, ...]:
    held = {field.path: field.text for field in after.fields}
    before = {field.path: field for field in base.fields}
    edited = {change.path for change in changes}
    found = [
        proof.judge_presence(each, wanted.get(each.path), _like(wanted.get(each.path), held.get(each.path)))
        for each in changes
    ]
    for path in [*before, *(path for path in held if path not in before)]:
        if path in edited or (path in before and before[path].text == held.get(path)):
            continue
        field = before.get(path) or after.field(path)
        if field.spec.access is Access.READ_WRITE:
            old, now = before[path].text if path in before else "", held.get(path)
            reason = "It changed without being asked." if now is not None else "This setting is no longer there."
            found.append(FieldProof(path, field.spec.title, old, old, Verdict.SIDE_EFFECT, now, reason))
    return tuple(found)


def _like(wanted: str | None, held: str | None) -> str | None:
    """What is held, as it was wanted where both are the same list: some cameras make texts of numbers."""
    if wanted is None or held is None or wanted == held or not wanted.startswith("["):
        return held
    try:
        same = [str(each) for each in json.loads(wanted)] == [str(each) for each in json.loads(held)]
    except (ValueError, TypeError):
        return held
    return wanted if same else held

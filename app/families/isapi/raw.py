"""Documents that somebody wrote by hand: checked, compared, written and proved.

Where only values differ they go up the same ladder as the edits of a form, but the limits that the device tells are
the device's to enforce. Where elements or attributes differ the document is sent as it was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.errors import (
    OPEN_ENDS,
    CameraError,
    Conflict,
    DeviceFault,
    GivenUp,
    InvalidSetting,
    NotSupported,
    ProtocolError,
)
from app.families.isapi import errors, exclusion, kinds, part, raw_records, rungs
from app.families.isapi.client import Client
from app.families.isapi.derived import derived, is_below
from app.families.isapi.document import PLAIN_LIMIT, PLAIN_PATH, XmlSource
from app.families.isapi.settings import IsapiSettings, with_problem
from app.families.isapi.writing import Written, put
from app.patience import patiently
from app.settings import proof, values
from app.settings.changes import Change, FieldProof, Proof, Verdict
from app.settings.document import Document
from app.settings.rebase import Rebased, rebase
from app.settings.spec import Kind
from app.wire import xml
from app.wire.xml import Element, XmlDocument


class IsapiRaw:
    """Implements `base.RawSettings`."""

    def __init__(self, client: Client, settings: IsapiSettings) -> None:
        self._client = client
        self._settings = settings

    def raw_url(self, document: Document) -> str:
        return f"http://{self._client.channel.address}{document.resource}"

    def check_raw(self, document: Document, body: bytes) -> str:
        if not isinstance(document.source, XmlSource):
            return _plain_problem(body)
        try:
            now = xml.parse(body)
        except ProtocolError as error:
            return f"No well-formed XML: {error.detail or error.summary}."
        before = document.source.document
        flaws = [flaw for flaw in now.flaws if flaw not in before.flaws]
        if flaws:
            return f"No well-formed XML: {flaws[0]}."
        if (now.root.name, now.root.namespace) != (before.root.name, before.root.namespace):
            return f"The outer element must stay <{before.root.name}>."
        old, new = _texts(before), _texts(now)
        spoilt = derived(before.root)
        if any(is_below(path, spoilt) for path in _differing(old, new)):
            return "The camera works these shapes out from its grid and takes none of its own. Draw the grid instead."
        return ""

    def raw_changes(self, document: Document, body: bytes) -> tuple[Change, ...]:
        self._refuse_wrong(document, body)
        old, new = _held(document), _written(document, body)
        return tuple(_change(document, path, old.get(path, ""), new.get(path, "")) for path in _differing(old, new))

    def _refuse_wrong(self, document: Document, body: bytes) -> None:
        problem = self.check_raw(document, body)
        if problem:
            raise InvalidSetting(problem)

    async def as_read(self, document: Document, body: bytes) -> Document:
        return await self._settings.loader.as_read(document, body)

    async def apply_raw(self, document: Document, body: bytes) -> tuple[Proof, Document]:
        changes = self.raw_changes(document, body)
        if not changes:
            raise InvalidSetting("There is nothing to change: every value is as the camera holds it.")
        base = await self._settings.loader.again(document)
        if _same_shape(document, body):
            rebased = rebase(document, changes, base) if base is not document else Rebased(changes)
            return await self._settings.write(base, rebased)
        return await self._apply_shape(document, changes, base, body)

    async def _apply_shape(
        self, document: Document, changes: tuple[Change, ...], base: Document, body: bytes
    ) -> tuple[Proof, Document]:
        """Nothing of it can be carried over to another document: the device must hold what was edited."""
        if base is not document and proof.prove(document, (), base).fields:
            raise Conflict(
                f"{document.title} has changed on the camera meanwhile.",
                hint="Nothing was sent. Read it again and repeat the change.",
            )
        known = {field.path for field in document.fields}
        if self._settings.strands(base, tuple(change for change in changes if change.path in known)):
            raise InvalidSetting(
                "This could cut the camera off, and it changes elements as well as values.",
                hint="Nothing was sent. Change the values alone, here or in the form.",
            )
        composed = document.resource in self._settings.loader.composed
        written = await (self._put_records(base, _record_plan(base, body)) if composed else self._put(base, body))
        try:
            after = await self._settings.loader.read_back(base.resource)
        except CameraError as problem:
            return _unread(base, changes, problem.summary, written), base
        return _proof(base, changes, _written(document, body), after, written), after

    async def _put(self, base: Document, body: bytes) -> Written:
        """A lost answer is no verdict, nor is that of a device that stumbled: what it holds afterwards is."""
        if isinstance(base.source, XmlSource):
            body = rungs.without_derived(body, "", derived(xml.parse(body).root))
        request = put(base.resource, body, base.source.media_type)
        try:
            status = await patiently(lambda: self._client.send(request), self._settings.ladder.sleep)
        except OPEN_ENDS as lost:
            return Written(rungs.WHOLE, refusal=lost)
        except (NotSupported, DeviceFault) as refusal:
            if errors.stumbled(refusal) and await self._holds_some(base, body):
                return Written(rungs.WHOLE, refusal=refusal)
            written = await self._put_part(base, body)
            if written is not None:
                return written
            plan = _record_plan(base, body)
            if plan.steps or (plan.problem and isinstance(refusal, NotSupported)):
                return await self._put_records(base, plan)
            raise await exclusion.explain(self._client, base, refusal) from refusal
        return Written(rungs.WHOLE, status.reboot_required)

    async def _holds_some(self, base: Document, body: bytes) -> bool:
        """Whether anything of what was written is there that was not there before."""
        try:
            now = _held(await self._settings.loader.read_back(base.resource))
        except CameraError:
            return True  # nobody knows: it is not sent again
        old, new = _held(base), _written(base, body)
        return any(now.get(path) == new.get(path) for path in _differing(old, new))

    async def _put_records(self, base: Document, plan: raw_records.Plan) -> Written:
        """Some devices take no list as a whole, only its entries. NotSupported where that is not what was written."""
        try:
            written = await self._settings.ladder.write_records(base, plan)
        except OPEN_ENDS as lost:
            return Written(rungs.RECORDS, refusal=lost)
        if written is None:
            why = plan.problem or "it cannot be taken apart into entries that have addresses of their own"
            raise NotSupported(
                f"{self._client.camera} takes the entries of “{base.title}” only one by one, and this document"
                f" cannot be sent that way: {why}.",
                hint="Nothing was changed. Use the list in the form, or change one thing at a time here.",
            )
        return written

    async def _put_part(self, base: Document, body: bytes) -> Written | None:
        """Some devices take a part under its own address and never the whole. None where that does not help."""
        request = await part.request(self._client, base, body, self._settings.ladder.sleep)
        if request is None:
            return None
        try:
            status = await patiently(lambda: self._client.send(request), self._settings.ladder.sleep)
        except OPEN_ENDS as lost:
            return Written(rungs.PART, refusal=lost)
        except (NotSupported, DeviceFault):
            return None
        return Written(rungs.PART, status.reboot_required)


def _record_plan(base: Document, body: bytes) -> raw_records.Plan:
    return raw_records.plan(base.source, body) if isinstance(base.source, XmlSource) else raw_records.Plan()


def _plain_problem(body: bytes) -> str:
    try:
        text = body.decode("utf-8").strip()
    except UnicodeDecodeError:
        return "This is no text."
    printable = text.replace("\r", "").replace("\n", "").isprintable()
    return "" if printable and len(body) <= PLAIN_LIMIT else "This is too long, or holds characters that are no text."


def _texts(document: XmlDocument) -> dict[str, str]:
    """Every leaf by its path and every attribute as PATH@NAME, in document order."""
    found: dict[str, str] = {}
    for element in (document.root, *document.root.iter()):
        found |= {f"{element.path}@{name}": text for name, text in element.attributes.items()}
        if element.is_leaf:
            found[element.path] = element.value
    return found


def _held(document: Document) -> dict[str, str]:
    if isinstance(document.source, XmlSource):
        return _texts(document.source.document)
    return {PLAIN_PATH: document.field(PLAIN_PATH).text}


def _written(document: Document, body: bytes) -> dict[str, str]:
    return _texts(xml.parse(body)) if isinstance(document.source, XmlSource) else {PLAIN_PATH: body.decode().strip()}


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for path in [*old, *(path for path in new if path not in old)]:
        if old.get(path) != new.get(path):
            yield path


def _change(document: Document, path: str, old: str, new: str) -> Change:
    field = next((each for each in document.fields if each.path == path), None)
    name = path.rpartition("@")[2].rpartition("/")[2].partition("[")[0]
    secret = field.spec.kind is Kind.PASSWORD if field is not None else kinds.is_secret(name)
    return Change(path, old, new, field.spec.title if field is not None else name, secret)


def _same_shape(document: Document, body: bytes) -> bool:
    """Whether nothing but the texts of fields differs."""
    if not isinstance(document.source, XmlSource):
        return True
    before, now = document.source.document, xml.parse(body)
    fields = {field.path for field in document.fields if field.present}
    changed = set(_differing(_texts(before), _texts(now)))
    return _shape(before.root) == _shape(now.root) and changed <= fields


def _shape(root: Element) -> list[tuple[str, str, bool]]:
    return [(each.path, each.namespace, each.is_leaf) for each in root.iter()]


def _proof(
    base: Document, changes: tuple[Change, ...], wanted: Mapping[str, str], after: Document, written: Written
) -> Proof:
    """As `proof.prove`, also for elements that came or went."""
    held = _held(after)
    known = {field.path for field in base.fields if field.present}
    plain = tuple(c for c in changes if c.path in known and c.path in wanted)
    proved = {each.path: each for each in proof.prove(base, plain, after).fields}
    touched = {change.path for change in changes}
    mine = [
        proved.get(change.path)
        if change.path in {each.path for each in plain}
        else proof.judge_presence(change, wanted.get(change.path), held.get(change.path))
        for change in changes
    ]
    others = [each for path, each in proved.items() if path not in touched]
    judged = (with_problem(each, written.refusal) for each in (*filter(None, mine), *others))
    return Proof(base.resource, tuple(judged), written.reboot, stopped=isinstance(written.refusal, GivenUp))


def _unread(base: Document, changes: tuple[Change, ...], reason: str, written: Written) -> Proof:
    fields = tuple(
        FieldProof(c.path, c.title, *((values.MASK,) * 2 if c.secret else (c.old, c.new)), Verdict.NOT_VERIFIABLE, None,
                   reason, c.secret)
        for c in changes
    )  # fmt: skip
    return Proof(base.resource, fields, written.reboot, unread=True)

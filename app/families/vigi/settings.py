"""The settings interface of a session: tree, load, apply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.errors import (
    OPEN_ENDS,
    CameraError,
    DeviceBusy,
    DeviceFault,
    Forbidden,
    InvalidSetting,
    NotSupported,
    TransportError,
)
from app.families.vigi import catalog, document, logbook, tree
from app.families.vigi.answers import Reply
from app.families.vigi.client import WRITE_DEADLINE, Client
from app.families.vigi.document import Able
from app.families.vigi.facts import Facts
from app.patience import Sleep, Wait, is_stopped, pause, reading_back
from app.settings import proof, values
from app.settings.changes import Change, Proof, Verdict
from app.settings.document import Document
from app.settings.rebase import Rebased, rebase
from app.settings.search import Entry
from app.settings.spec import Access, Kind
from app.settings.tree import Node

READ_BACK_WAITS = (0.5, 1.0, 2.0, 3.0)  # seconds; a camera that changes its streams does not answer for a moment
# What the page of the system log shows (`base.SystemLog` searches further); how far a camera's clock may be ahead.
_LOG_SPAN, _AHEAD = timedelta(days=7), timedelta(days=1)
# Some firmware knows the one spelling of a method, some the other.
_OTHER_SPELLING = {"getTimeZone": "getTimezone", "setTimeZone": "setTimezone"}
_ALARMS = {"sound_alarm_enabled": "This camera has no siren", "light_alarm_enabled": "This camera has no alarm light"}


class VigiSettings:
    """Implements `base.SettingsTree` and `base.SettingsOutline`. Resources go by the method that reads them."""

    def __init__(self, client: Client, facts: Facts, *, sleep: Sleep = asyncio.sleep) -> None:
        self._client = client
        self._facts = facts
        self._sleep = sleep
        self.refused: dict[str, str] = {}  # resource -> reason, for the tree
        self._spelled: dict[str, str] = {}  # methods of which this camera knows the other spelling

    @property
    def camera(self) -> str:
        """The camera in messages."""
        return self._client.camera

    async def tree(self) -> Node:
        return tree.build(await self._facts.modules(), self.refused)

    async def protocol_tree(self) -> Node:
        return tree.by_module(await self._facts.modules(), self.refused)

    def catalogued(self, resource: str) -> tuple[Entry, ...]:
        return tree.entries(catalog.resource_id(resource))

    async def load(self, resource: str) -> Document:
        name = catalog.resource_id(resource)
        method = catalog.methods().get(name)
        if method is None or method.kind != "get" or not tree.is_page(name):
            raise NotSupported(f"{resource[:80]} is no page of {self._client.camera}.")
        try:
            made = document.build(name, await self._read(name), await self.able(name), self._client.camera)
        except (NotSupported, Forbidden) as refusal:
            self.refused[name] = refusal.summary
            raise
        self.refused.pop(name, None)
        return made

    async def able(self, resource: str) -> Able:
        """What the camera can do, as far as it counts for a resource."""
        if resource == "getResolution":
            return Able(main_sizes=await self._facts.sizes("main"), minor_sizes=await self._facts.sizes("minor"))
        for part in ("Speaker", "Microphone"):
            if resource == f"get{part}Volume" and not await self._facts.can_set_volume(part.lower()):
                return Able(lacking={"volume": "This camera does not let anybody set this volume"})
        if not resource.endswith(("Switch", "Region")):
            return Able()
        modules = await self._facts.modules()
        lacking = {name: reason for name, reason in _ALARMS.items() if modules is not None and name not in modules}
        return Able(enhancement=await self._facts.enhancement(), lacking=lacking)

    def request_text(self, document_: Document) -> str:
        method = self.setter(document_)
        edits = {change.path: change.new for change in document_.changes()}
        try:
            body = document.body_of(method, document_, self.encoded(document_, edits), tuple(edits))
        except InvalidSetting as problem:
            return f"# {problem}"
        host = self._client.channel.address
        head = f"POST /stok=… HTTP/1.1\nHost: {host}\nContent-Type: {document.JSON}\nContent-Length: {len(body)}\n"
        return f"{head}\n{body.decode('utf-8', 'replace')}"

    async def apply(self, document_: Document, changes: tuple[Change, ...]) -> tuple[Proof, Document]:
        self._check(document_, changes)
        fresh = await self.again(document_)
        rebased = rebase(document_, changes, fresh)
        if not rebased.changes:
            return Proof(fresh.resource, rebased.held), fresh
        edits = {change.path: change.new for change in rebased.changes}
        body = self.encoded(fresh, edits)
        return await self.write(fresh, rebased, body)

    async def write(self, base: Document, rebased: Rebased, body: bytes) -> tuple[Proof, Document]:
        """Sends what a document's bytes hold, reads back and compares. "errCode 0" proves nothing."""
        changed = tuple(change.path for change in rebased.changes)
        method = self.setter(base)
        lost = await self.send(method, base, body, changed)
        proved, after = await self._proved(base, rebased.changes, lost)
        other = _OTHER_SPELLING.get(method)
        if other and method not in self._spelled and all(f.verdict is Verdict.IGNORED for f in proved.fields):
            self._spelled[method] = other  # it said OK to a method that it does not have
            lost = await self.send(method, base, body, changed)
            proved, after = await self._proved(base, rebased.changes, lost)
        return replace(proved, fields=(*rebased.held, *proved.fields)), after

    async def send(self, method: str, base: Document, body: bytes, changed: tuple[str, ...]) -> CameraError | None:
        """What is wrong where the answer was lost or cannot be read: what the camera holds decides then."""
        try:
            await self._call(method, lambda name: document.body_of(name, base, body, changed))
        except OPEN_ENDS as problem:
            return problem
        return None

    async def again(self, held: Document) -> Document:
        """What the camera holds now: the very same document where not a byte has changed."""
        reply = await self._read(held.resource)
        if reply.document.raw == held.source.raw:
            return held
        return document.build(held.resource, reply, await self.able(held.resource), self._client.camera)

    async def read_back(self, resource: str) -> Document:
        """A fresh copy after a write, asked for again while the camera does not answer, until somebody asks for an end
        of that wait as well."""
        with reading_back():
            for wait in READ_BACK_WAITS:
                if is_stopped():
                    break
                try:
                    return await self.load(resource)
                except TransportError:
                    await pause(Wait.AWAY, wait, self._sleep)
            return await self.load(resource)

    def encoded(self, base: Document, edits: dict[str, str]) -> bytes:
        """The document's bytes with these texts, switches in the camera's own words."""
        spelled = {}
        for path, text in edits.items():
            spec = base.field(path).spec
            if spec.kind is Kind.BOOL:
                text = values.format_value(values.parse(text, spec), spec, like=base.field(path).text)
            spelled[path] = text
        return base.source.encode(spelled)

    def _check(self, held: Document, changes: tuple[Change, ...]) -> None:
        if not changes:
            raise InvalidSetting("There is nothing to change.")
        for change in changes:
            spec = held.field(change.path).spec
            if spec.access is Access.READ_ONLY:
                raise InvalidSetting(f"{spec.title} can only be read.", path=change.path)
            # As things stand with all edits: what one of them allows, another one may need.
            if problem := held.problem_of(change.path, change.new):
                raise InvalidSetting(f"{spec.title}: {problem}", path=change.path)
        self.setter(held)
        self.encoded(held, {change.path: change.new for change in changes})

    def setter(self, held: Document) -> str:
        method = catalog.methods().get(held.resource)
        if method is None or not method.pair:
            raise InvalidSetting(f"{held.title} can only be read.")
        return method.pair

    async def _proved(
        self, base: Document, changes: tuple[Change, ...], lost: CameraError | None
    ) -> tuple[Proof, Document]:
        try:
            after = await self.read_back(base.resource)
        except CameraError as problem:
            if lost is not None:
                raise lost from problem
            return proof.unread(base, changes, problem.summary), base
        return proof.prove(base, changes, after), after

    async def _read(self, resource: str) -> Reply:
        if resource == logbook.METHOD:
            now = datetime.now(UTC)
            span = logbook.params(now - _LOG_SPAN, now + _AHEAD, logbook.LEVELS[0].id)
            return await self._client.call(resource, span)
        return await self._call(resource, lambda name: f'{{"method":"{name}"}}'.encode())

    async def _call(self, method: str, body: Callable[[str], bytes]) -> Reply:
        """By the spelling of the method that this camera knows."""
        name = self._spelled.get(method, method)
        try:
            return await self._client.send(name, body(name), deadline=WRITE_DEADLINE)
        except DeviceBusy:
            raise
        except (NotSupported, DeviceFault) as refusal:
            other = _OTHER_SPELLING.get(method)
            if other is None or name == other:
                raise
            try:
                reply = await self._client.send(other, body(other), deadline=WRITE_DEADLINE)
            except (NotSupported, DeviceFault):
                raise refusal from None
            self._spelled[method] = other
            return reply

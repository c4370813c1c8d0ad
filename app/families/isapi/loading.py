"""Resources as documents: the answer, its capabilities, what depends on what, and lists that devices refuse."""

from __future__ import annotations

import asyncio

from app.errors import (
    CameraError,
    ConnectionLost,
    DeviceBusy,
    DeviceFault,
    Forbidden,
    NotSupported,
    ProtocolError,
    TimedOut,
    TooLarge,
    TransportError,
)
from app.families.isapi import catalog as catalogs
from app.families.isapi import dependence, dynamic, elsewhere, errors, lists
from app.families.isapi import document as documents
from app.families.isapi.client import Client
from app.families.isapi.dialect import Dialect
from app.families.isapi.exclusion import Declared, declared
from app.families.isapi.status import CAMERA
from app.families.isapi.survey import REFUSALS
from app.families.isapi.titles import titles
from app.patience import Sleep, Wait, busy_wait, is_stopped, patiently, pause, reading_back
from app.settings import schedule
from app.settings.depends import Depends
from app.settings.document import Document
from app.settings.spec import Kind
from app.wire.http import HttpAnswer, HttpRequest
from app.wire.xml import Element, XmlDocument

# Seconds between the tries of a read-back: a changed service starts again, a changed device restarts (FIELD 56).
READ_BACK_WAITS = (0.5, 1.0, 2.0, *(3.0,) * 30)
_BUSY_TRIES = 4  # of them for a device that is there and only busy


class Loader:
    """Loads documents and remembers what the device refused. refused: full path -> reason, for the tree."""

    def __init__(self, client: Client, sleep: Sleep = asyncio.sleep) -> None:
        self._client = client
        self._sleep = sleep
        self.refused: dict[str, str] = {}
        self.composed: set[str] = set()  # lists that were put together from their entries
        self.excludes: dict[str, tuple[Declared, ...]] = {}  # full path -> what was declared last not to run beside it
        self._without: set[str] = set()  # addresses of capabilities that are not there

    def forget(self) -> None:
        """The device runs another firmware: what it lacked and declared may be there or gone."""
        self._without.clear()
        self.excludes.clear()

    async def load(self, resource: str) -> Document:
        """Document and constraints; waits while the device is busy."""
        path = self._client.dialect.path(resource)
        return await patiently(lambda: self._load(path), self._sleep)

    async def again(self, document: Document) -> Document:
        """What the device holds now: the very same document where not a byte has changed."""

        async def once() -> Document:
            if document.resource in self.composed:
                fresh = await self._load(document.resource)
                return document if fresh.source.raw == document.source.raw else fresh
            answer = await self._answer(document.resource)
            if answer.body == document.source.raw:
                return document
            return await self._build(document.resource, answer)

        return await patiently(once, self._sleep)

    async def as_read(self, document: Document, body: bytes) -> Document:
        """As `base.RawSettings.as_read`."""
        media = (("Content-Type", document.source.media_type),)
        return await self._build(document.resource, HttpAnswer(200, media, body))

    async def read_back(self, resource: str) -> Document:
        """A fresh copy after a write; waits while the device is busy, restarts or wakes up, until somebody asks for an
        end of that wait as well."""
        path = self._client.dialect.path(resource)
        with reading_back():
            return await self._read_back(path)

    async def _read_back(self, path: str) -> Document:
        was_gone, busy = False, 0
        clock = asyncio.get_running_loop().time
        until = clock() + sum(READ_BACK_WAITS)  # asking takes its time as well
        for wait in READ_BACK_WAITS:
            if clock() > until or is_stopped():
                break
            try:
                return await self._load(path)
            except TransportError:
                was_gone = True
            except DeviceBusy as problem:
                busy += 1
                if busy >= _BUSY_TRIES and not was_gone:
                    raise
                wait = busy_wait(wait, problem)
            except (NotSupported, ProtocolError, DeviceFault):
                if not was_gone:  # a device that wakes up may not know its pages yet
                    raise
            await pause(Wait.AWAY if was_gone else Wait.BUSY, wait, self._sleep)
        return await self._load(path)

    async def _load(self, path: str) -> Document:
        try:
            answer = await self._answer(path)
        except (NotSupported, Forbidden) as refusal:
            self.refused[path] = refusal.summary
            raise
        except DeviceFault as fault:
            composed = None if isinstance(fault, DeviceBusy) else await self._composed(path)
            if composed is None:
                raise
            return composed
        made = await self._build(path, answer)
        self.refused.pop(path, None)
        self.composed.discard(path)
        return made

    async def _answer(self, path: str) -> HttpAnswer:
        answer = await self._client.answer(path)
        errors.check(answer, path, self._client.camera)
        return answer

    async def _build(self, path: str, answer: HttpAnswer) -> Document:
        root = root_of(answer)
        by_codec = await self.optional(f"{path}/dynamicCap") if root is not None and dynamic.is_stream(root) else None
        capabilities = await self.capabilities(path)
        self.excludes[path] = declared(capabilities) if capabilities is not None else ()
        if root is not None:
            capabilities = dynamic.completed(root, capabilities, by_codec)
        depends = await self._depends(path, root, capabilities, by_codec)
        return document_of(
            self._client.dialect,
            path,
            answer,
            capabilities,
            depends,
            self._client.camera,
            read_only=await self._is_only_read(path),
        )

    async def _is_only_read(self, path: str) -> bool:
        """Whether a page that the text does not know says in its description that nothing can be put there (7.3)."""
        if catalogs.catalog(self._client.dialect).lookup(path) is not None:
            return False
        described = await self.optional(f"{path}/description")
        return described is not None and described.child("get") is not None and described.child("put") is None

    async def _composed(self, path: str) -> Document | None:
        """A list that answers with an error, from the entries it is known to have (FIELD 32)."""
        tail = self._client.dialect.tail(path)
        found: list[XmlDocument] = []
        for each in lists.probes(tail):
            entry = await self._maybe(f"{path}/{each}")
            if entry is not None:
                found.append(entry)
        known = catalogs.catalog(self._client.dialect).lookup(path)
        body = lists.compose(known.block if known else "", found)
        if body is None:
            return None
        self.composed.add(path)
        self.refused.pop(path, None)
        answer = HttpAnswer(200, (("Content-Type", documents.XML),), body)
        return await self._build(path, answer)

    async def capabilities(self, path: str) -> Element | None:
        """The capabilities of a resource, else those of the list it is an entry of."""
        own = await self.optional(f"{path}/capabilities")
        known = catalogs.catalog(self._client.dialect).lookup(path)
        if own is not None or known is None or not catalogs.is_placeholder(known.template.rpartition("/")[2]):
            return own
        return await self.optional(f"{path.rpartition('/')[0]}/capabilities")

    async def _depends(
        self, path: str, root: Element | None, capabilities: Element | None, declared: Element | None
    ) -> Depends | None:
        """declared: the dynamic capabilities of a stream that has some."""
        if root is None:
            return None
        known = catalogs.catalog(self._client.dialect).lookup(path)
        others = {
            template: page
            for template, address in elsewhere.pages(root, path, known).items()
            if (page := await self._page(address)) is not None
        }
        found = dependence.of(root, capabilities, titles(), known, others)
        if dynamic.is_stream(root):
            if declared is not None:
                found = found.merged(dynamic.of_stream(root, declared))
            found = found.merged(await self._average(path, root, capabilities))
        return found

    async def _page(self, path: str) -> elsewhere.Page | None:
        """A page that decides on fields of another one, as it is now."""
        root = await self.optional(path)
        if root is None:
            return None
        dialect = self._client.dialect
        known = catalogs.catalog(dialect).lookup(path)
        title = titles().page(dialect.tail(path), dialect.tail(known.template) if known else "")
        return elsewhere.Page(root, await self.optional(f"{path}/capabilities"), known, title)

    async def _average(self, path: str, root: Element, capabilities: Element | None) -> Depends:
        """Asked each time, as the answer goes with what the stream holds."""
        question = dynamic.condition(root, capabilities)
        address = f"{path}/dynamicCapWithCondition"
        if not question or address in self._without:
            return Depends()
        try:
            request = HttpRequest("GET", address, body=question, content_type=documents.XML)
            answer = await self._client.channel.send(request)
            return dynamic.of_average(root, errors.document(answer, address, self._client.camera).root)
        except DeviceBusy:
            return Depends()
        except REFUSALS:
            self._without.add(address)
            return Depends()

    async def optional(self, path: str) -> Element | None:
        """A page that most devices do not have, which is asked only once. One that hangs up or keeps silent about it
        now may tell it another time: what it may hold is worth less than what it holds."""
        if path in self._without:
            return None
        try:
            return (await self._client.read(path)).root
        except (DeviceBusy, ConnectionLost, TimedOut):
            return None
        except (*REFUSALS, TooLarge):
            self._without.add(path)
            return None

    async def _maybe(self, path: str) -> XmlDocument | None:
        try:
            return await self._client.read(path)
        except TransportError:
            raise
        except CameraError:
            return None


def root_of(answer: HttpAnswer) -> Element | None:
    """The root of an XML answer, None for anything else."""
    try:
        return errors.document(answer, "").root
    except CameraError:
        return None


def document_of(
    dialect: Dialect,
    path: str,
    answer: HttpAnswer,
    capabilities: Element | None,
    depends: Depends | None = None,
    camera: str = CAMERA,
    *,
    read_only: bool = False,
) -> Document:
    """The document of any readable answer, XML or plain text. ProtocolError for what is neither."""
    known = catalogs.catalog(dialect).lookup(path)
    title = titles().page(dialect.tail(path), dialect.tail(known.template) if known else "")
    read_only = read_only or (known is not None and "PUT" not in known.methods)
    context = documents.Context(path, title, titles(), known, read_only)
    body = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    media = answer.header("content-type") if "xml" in answer.content_type else ""
    if body and not body.startswith((b"<", b"{", b"[")) and answer.content_type in ("", "text/plain", documents.XML):
        kind = Kind.TIMEZONE if path.endswith("/timeZone") else Kind.TEXT
        return documents.build_plain(context, answer.body, media or "text/plain", kind)
    made = documents.build(context, errors.document(answer, path, camera), capabilities, media)
    if depends is None:
        return made
    depends = depends.merged(Depends(combined=schedule.empty_weeks(made.lists)))
    absent = {each.path for each in made.fields if not each.present}
    root = root_of(answer)
    if absent and root is not None:
        depends = depends.merged(dependence.of_absent(root, absent, titles(), known))
    return Document(
        made.resource, made.title, made.fields, made.source, depends, made.lists, made.alphabet, made.advise
    )

"""The settings interface of a session: tree, load, apply."""

from __future__ import annotations

import asyncio

from app.errors import (
    CameraError,
    ConnectionLost,
    DeviceBusy,
    Forbidden,
    NotSupported,
    TimedOut,
    TransportError,
)
from app.families.isapi import catalog as catalogs
from app.families.isapi import document as documents
from app.families.isapi import errors, tree, writing
from app.families.isapi.client import Client, Sleep, patiently
from app.families.isapi.dialect import Dialect
from app.families.isapi.survey import REFUSALS, Survey, survey
from app.families.isapi.titles import titles
from app.settings import proof
from app.settings.changes import Change, Proof
from app.settings.document import Document
from app.settings.spec import Kind
from app.settings.tree import Node
from app.wire.http import HttpAnswer
from app.wire.xml import Element

READ_BACK_WAITS = (0.5, 1.0, 2.0, 4.0)  # seconds; a changed service may restart before it answers again


class IsapiSettings:
    """Implements `base.SettingsTree`."""

    def __init__(self, client: Client, *, sleep: Sleep = asyncio.sleep) -> None:
        self._client = client
        self._sleep = sleep
        self._survey: Survey | None = None
        self._refused: dict[str, str] = {}
        self._without_capabilities: set[str] = set()

    async def tree(self) -> Node:
        """Asks the device what it has (once), then draws; later calls add what was refused since."""
        if self._survey is None:
            self._survey = await survey(self._client)
        known = catalogs.catalog(self._client.dialect)
        return tree.build(self._client.dialect, known, titles(), self._survey, self._refused)

    async def load(self, resource: str) -> Document:
        path = self._client.dialect.path(resource)
        return await patiently(lambda: self._load(path), self._sleep)

    async def _load(self, path: str) -> Document:
        try:
            answer = await self._client.answer(path)
            errors.check(answer, path)
        except (NotSupported, Forbidden) as refusal:
            self._refused[path] = refusal.summary
            raise
        made = self._build(path, answer, await self._capabilities(path))
        self._refused.pop(path, None)
        return made

    def request_text(self, document: Document) -> str:
        edits = {change.path: change.new for change in document.changes()}
        return writing.masked_text(document, edits, str(self._client.channel.address))

    async def apply(self, document: Document, changes: tuple[Change, ...]) -> tuple[Proof, Document]:
        edits = writing.edits_of(document, changes)
        lost: TransportError | None = None
        reboot = False
        try:
            reboot = await writing.write(self._client, document, edits, sleep=self._sleep)
        except (ConnectionLost, TimedOut) as problem:
            # The answer was lost, the write perhaps not: what the device holds now decides.
            lost = problem
        try:
            after = await self._read_back(document.resource)
        except CameraError as problem:
            if lost is not None:
                raise lost from problem
            return proof.unread(document, changes, problem.summary, reboot_required=reboot), document
        return proof.prove(document, changes, after, reboot_required=reboot), after

    async def _read_back(self, path: str) -> Document:
        """A fresh copy; waits while the device is busy or gone for a moment."""
        for wait in READ_BACK_WAITS:
            try:
                return await self._load(path)
            except (DeviceBusy, TransportError):
                await self._sleep(wait)
        return await self._load(path)

    async def _capabilities(self, path: str) -> Element | None:
        """The capabilities of a resource, else those of the list it is an entry of."""
        own = await self._capabilities_at(path)
        known = catalogs.catalog(self._client.dialect).lookup(path)
        if own is not None or known is None or not catalogs.is_placeholder(known.template.rpartition("/")[2]):
            return own
        return await self._capabilities_at(path.rpartition("/")[0])

    async def _capabilities_at(self, path: str) -> Element | None:
        """Most pages have none, which is asked only once."""
        if path in self._without_capabilities:
            return None
        try:
            return (await self._client.read(f"{path}/capabilities")).root
        except DeviceBusy:
            return None
        except REFUSALS:
            self._without_capabilities.add(path)
            return None

    def _build(self, path: str, answer: HttpAnswer, capabilities: Element | None) -> Document:
        return document_of(self._client.dialect, path, answer, capabilities)


def document_of(dialect: Dialect, path: str, answer: HttpAnswer, capabilities: Element | None) -> Document:
    """The document of any readable answer, XML or plain text. ProtocolError for what is neither."""
    known = catalogs.catalog(dialect).lookup(path)
    label = titles().resource(dialect.tail(known.template if known else path))
    read_only = known is not None and "PUT" not in known.methods
    context = documents.Context(path, label.title, titles(), known, read_only)
    body = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    media = answer.header("content-type") if "xml" in answer.content_type else ""
    if body and not body.startswith((b"<", b"{", b"[")) and answer.content_type in ("", "text/plain", documents.XML):
        kind = Kind.TIMEZONE if path.endswith("/timeZone") else Kind.TEXT
        return documents.build_plain(context, answer.body, media or "text/plain", kind)
    return documents.build(context, errors.document(answer, path), capabilities, media)

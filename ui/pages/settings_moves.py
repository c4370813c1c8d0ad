"""Changes after which the camera may be elsewhere: asked about in words, sent last, followed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from app.errors import CameraError
from app.families.base import Session, Stranding
from app.model.device import Address, Found
from app.settings.changes import Change, Proof
from app.settings.document import Document
from app.settings.strands import Lost, Strand
from app.site.moving import follow_login
from ui.bridge.writer import Applies
from ui.context import Context
from ui.dialogs.confirm import ConfirmSheet

Written = tuple[Proof, Document]
Moved = Callable[[Address, Found], None]


def _tr(text: str) -> str:
    return QCoreApplication.translate("SettingsPage", text)


class Moves:
    """Writes in the place of `SettingsTree.apply` and then tells everybody who keeps an address or a login.

    That belongs to the write: it is done as well when the page that started it is gone by then. moved is told the
    old address and the entry of the new one, before the old entry goes out of the list.
    """

    def __init__(self, settings: Applies, session: Session, context: Context, device: str, moved: Moved) -> None:
        self._settings, self._session, self._context = settings, session, context
        self._device, self._moved = device, moved
        self._stranding = session.offer(Stranding)
        self.under_way = False  # such a change is being written or followed

    def strands(self, document: Document, changes: tuple[Change, ...]) -> tuple[Strand, ...]:
        return () if self._stranding is None else self._stranding.strands(document, changes)

    def last(self, resources: Iterable[str], documents: Iterable[Document]) -> tuple[tuple[str, ...], list[Document]]:
        """The resources with those that strand behind all others, and the documents of these."""
        going = [document for document in documents if self.strands(document, document.changes())]
        names = {document.resource for document in going}
        return tuple(sorted(resources, key=lambda resource: resource in names)), going

    async def consequences(self, document: Document, changes: tuple[Change, ...]) -> tuple[str, ...]:
        """In words. InvalidSetting for what cannot work; nothing is sent to the camera."""
        strands = self.strands(document, changes)
        warnings = await self._stranding.check(document, changes) if self._stranding is not None else ()
        return tuple(dict.fromkeys([*(strand.text for strand in strands), *warnings]))

    def progress(self, document: Document, changes: tuple[Change, ...]) -> str:
        """What is being done while such a change is written."""
        here = self._session.address
        targets = [strand.target for strand in self.strands(document, changes)]
        if None in targets:
            return _tr("Looking for {} …").format(self._device)
        there = next((each for each in targets if each is not None and each != here), None)
        if there is None:
            return _tr("Waiting for {} …").format(self._device)
        place = there.host if there.port == here.port else str(there)
        return _tr("Following {0} to {1} …").format(self._device, place)

    async def apply(self, document: Document, changes: tuple[Change, ...]) -> tuple[Proof, Document]:
        strands = self.strands(document, changes)
        left, account = self._session.address, self._session.user
        if not strands:
            return await self._settings.apply(document, changes)
        self.under_way = True
        try:
            proof, after = await self._settings.apply(document, changes)
            await follow_login(self._context.vault, self._session, (left,), account, strands, changes, proof)
            if proof.moved_to is not None:
                await self._move(left, proof.moved_to)
            elif proof.lost is not None:
                self._lose(left, proof.lost)
        finally:
            self.under_way = False
        return proof, after

    async def _move(self, left: Address, there: Address) -> None:
        """The row of the camera goes along, with what was known of it."""
        discovery = self._context.discovery
        old = _row(discovery.found, left)
        if old is not None:
            discovery.remember((replace(old, address=there),))
        try:
            now = await discovery.add(there)
        except CameraError as error:
            text = _tr("{0} is at {1} now, but could not be listed there. {2}")
            self._context.messages.warning(text.format(self._device, there, error), device=self._device)
            return
        self._moved(left, _row(discovery.found, now.address) or now)
        if old is not None:
            discovery.forget(old)
        self._context.messages.info(_tr("{0} is at {1} now.").format(self._device, there), device=self._device)

    def _lose(self, left: Address, lost: Lost) -> None:
        row = _row(self._context.discovery.found, left)
        if row is not None:
            self._context.discovery.lose(row)
        self._context.messages.error(lost.summary, hint=lost.hint, device=self._device)


class Departure:
    """The question before such changes are sent, and the wait behind them, which may be left."""

    def __init__(self, over: QWidget, device: str) -> None:
        self._over, self._device = over, device
        self._agreed: dict[str, tuple[Change, ...]] = {}
        self._following: asyncio.Task[Written] | None = None
        self._left = False
        self.sheet: ConfirmSheet | None = None

    @property
    def asking(self) -> bool:
        return self.sheet is not None

    async def ask(self, words: Iterable[str], documents: Iterable[Document]) -> bool:
        """Whether somebody agreed. The window goes on meanwhile."""
        self._agreed = {document.resource: document.changes() for document in documents}
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def decide(agreed: bool) -> None:
            if not answer.done():
                answer.set_result(agreed)

        title = _tr("Change how {} is reached?").format(self._device)
        text = "\n\n".join(dict.fromkeys(words))
        sheet = self.sheet = ConfirmSheet(self._over, title, text, _tr("Send to {}").format(self._device))
        sheet.agreed.connect(lambda: decide(True))
        # Agreeing closes the sheet first, so the other answer waits for one turn of the loop.
        sheet.closed.connect(lambda: asyncio.get_running_loop().call_soon(decide, False))
        sheet.open()
        try:
            return await answer
        finally:
            self.sheet = None

    def agreed_to(self, document: Document, changes: tuple[Change, ...]) -> bool:
        return self._agreed.get(document.resource) == changes

    async def follow(self, write: Coroutine[Any, Any, Written], strands: bool) -> Written | None:
        """What was written; None when somebody did not want to wait: then the write goes on by itself."""
        if not strands:
            return await write
        self._following, self._left = asyncio.create_task(write), False
        try:
            return await self._following
        except asyncio.CancelledError:
            if self._left:
                return None
            raise
        finally:
            self._following = None

    def leave(self) -> bool:
        """Whether a camera was being followed, which goes on by itself now."""
        if self._following is None:
            return False
        self._left = True
        self._following.cancel()
        return True


def _row(found: Iterable[Found], address: Address) -> Found | None:
    return next((each for each in found if each.address == address), None)

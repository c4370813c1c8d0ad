"""Sessions by kept passwords, one for each device: its page and every tile of it share the one that is open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.errors import AuthError, BadCredentials, CredentialsNeeded
from app.model.device import Address, Found
from ui.context import Context

if TYPE_CHECKING:  # the window is painted before the engine is imported
    from app.families.base import Session


class Sessions:
    """Tries a kept password once, whoever asks, and however many at the same time. A refusal is remembered: tiles do
    not try again before `forget` is called. A session belongs to the device's page from `take` on, until then to this.
    """

    def __init__(self, context: Context, of_page: Callable[[Address], Session | None]) -> None:
        self.of_page = of_page
        self._context = context
        self._own: dict[Address, asyncio.Task[Session]] = {}

    async def get(self, found: Found) -> Session:
        """To be used, not closed. Raises CameraError; CredentialsNeeded where no password is kept."""
        theirs = self.of_page(found.address)
        if theirs is not None:
            return theirs
        task = self._own.get(found.address)
        if task is None or _may_try_again(task):
            task = self._own[found.address] = asyncio.ensure_future(self._open(found))
            task.add_done_callback(_looked_at)
        return await asyncio.shield(task)  # others wait for the same one

    async def take(self, found: Found) -> Session:
        """For the device's page, which somebody has opened: what was refused before is tried once more. The page
        closes what it gets here. Raises CameraError."""
        self.forget(found.address)
        session = await self.get(found)
        self._own.pop(found.address, None)
        return session

    def forget(self, address: Address) -> None:
        """Somebody has logged in by hand, or wants another try: an old refusal says nothing any more."""
        task = self._own.get(address)
        if task is not None and task.done() and (task.cancelled() or task.exception() is not None):
            del self._own[address]

    async def close(self) -> None:
        tasks, self._own = list(self._own.values()), {}
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, BaseException):
                continue
            try:
                await ended.close()
            except OSError:
                continue  # the camera went first; there is nothing left to close

    async def _open(self, found: Found) -> Session:
        vault, key = self._context.vault, str(found.address)
        stored = await vault.get(key)
        if stored is None:
            raise CredentialsNeeded(
                QCoreApplication.translate("Sessions", "{} needs its password.").format(found.name or found.address)
            )
        try:
            return await self._context.connect(found, stored)
        except BadCredentials:
            if await vault.get(key) == stored:  # it would be tried again at the next start
                await vault.forget(key)
            raise


def _looked_at(task: asyncio.Task[Session]) -> None:
    """Those who waited may all be gone: a failure is then nobody's business any more."""
    if not task.cancelled():
        task.exception()


def _may_try_again(task: asyncio.Task[Session]) -> bool:
    """After what had nothing to do with the password."""
    if not task.done():
        return False
    return task.cancelled() or (task.exception() is not None and not isinstance(task.exception(), AuthError))

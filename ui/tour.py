"""Goes through every page and sheet, light and dark, and saves what it sees. The pictures are the review."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from app.model.device import Address
from ui.bridge.messages import Level, Message
from ui.demo import DemoCamera
from ui.pages.device import DevicePage
from ui.theme import Mode, Theme
from ui.window import Window

log = logging.getLogger(__name__)
LIMIT = 30.0  # seconds to wait for one thing
SETTLE = 0.4  # seconds for pictures and layouts to come to rest


class Tour:
    """`await Tour(window, theme, folder, devices).run()` is the exit status: 0, or 1 when a stop was not
    reached or something was reported as an error on the way."""

    def __init__(self, window: Window, theme: Theme, folder: Path, cameras: Sequence[DemoCamera]) -> None:
        self._window = window
        self._theme = theme
        self._folder = folder
        self._devices = tuple(camera.address for camera in cameras)
        self._number = 0
        self.missed: list[str] = []

    async def run(self) -> int:
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        try:
            await self._go()
        finally:
            self._theme.use(Mode.LIGHT)
        for what in self.missed:
            log.error("the tour did not reach: %s", what)
        faults = [] if self._window.context is None else self._window.context.messages.all
        errors = [message for message in faults if message.level is Level.ERROR]
        for message in errors:
            log.error("during the tour: %s %s", message.text, message.detail)
        return 1 if self.missed or errors else 0

    async def _go(self) -> None:
        window = self._window
        await self._shoot("welcome")
        await self._until("every device", lambda: all(map(window.pane.model.device, self._devices)))
        await self._shoot("site")
        # Only our own: other cameras may run on this computer, and their passwords are not ours to guess.
        ours = [address for address in self._devices if window.pane.model.device(address) is not None]
        if ours:
            window.pane.select(ours[0])
            await self._until("a session", lambda: self._page(ours[0]).session is not None)
            await self._pages(self._page(ours[0]))
        await self._sheets(self._page(ours[0]).name if ours else "")
        if len(ours) > 1:
            await self._login(ours[1], ours[0])
        window.resize(1024, 640)
        await self._shoot("small")
        window.resize(1920, 1080)
        await self._shoot("large")

    async def _pages(self, device: DevicePage) -> None:
        for page in device.pages:
            device.show_page(page.title)
            await self._rest(4)
            await self._shoot(page.title.lower())
        entries = [entry for page in device.pages for entry in page.palette_entries()]
        for wanted in ("Device information", "Time", "Stream", "Main stream", "Image"):
            for entry in entries:
                if wanted.casefold() in entry.title.casefold():
                    entry.run()
                    await self._rest(3)
                    await self._shoot("settings-" + wanted.lower().replace(" ", "-"))
                    break

    async def _sheets(self, device: str) -> None:
        window = self._window
        window.open_palette()
        await self._shoot("palette")
        window.palette_list.close_palette()
        window.show_keys()
        await self._shoot("keys")
        window.close_sheet()
        window.show_about()
        await self._shoot("about")
        window.close_sheet()
        window.add_address()
        await self._shoot("add-address")
        window.pane.adding.hide()
        text = window.tr("This is how a message looks; it stays in the list below.")
        assert window.context is not None
        window.context.messages.post(Message(Level.WARNING, text, device, window.tr("Press Ctrl+M to see all.")))
        await self._shoot("toast")
        window.show_messages(True)
        await self._shoot("messages")
        window.show_messages(False)

    async def _login(self, other: Address, known: Address) -> None:
        """Another device, its password taken out of the vault for a while: the credentials sheet."""
        window = self._window
        assert window.context is not None
        vault = window.context.vault
        kept = await vault.get(str(other))
        await vault.forget(str(other))
        window.pane.select(other)
        await self._until("the login", lambda: self._page(other).sheet is not None)
        await self._shoot("login")
        if kept is not None:
            await vault.set(str(other), kept)
        window.pane.select(known)

    def _page(self, address: Address) -> DevicePage:
        page = self._window.device_page(address)
        assert page is not None
        return page

    async def _shoot(self, name: str) -> None:
        self._number += 1
        for mode in (Mode.LIGHT, Mode.DARK):
            self._theme.use(mode)
            await self._rest()
            picture = self._window.grab()
            picture.save(str(self._folder / f"{self._number:02}-{name}-{mode.value}.png"))
        self._theme.use(Mode.LIGHT)

    async def _rest(self, times: int = 1) -> None:
        for _ in range(times):
            await asyncio.sleep(SETTLE)

    async def _until(self, what: str, reached: Callable[[], bool]) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + LIMIT
        while not reached():
            if loop.time() > end:
                self.missed.append(what)
                return
            await asyncio.sleep(0.05)

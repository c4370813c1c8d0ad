"""A whole window in a process of its own, told what to do line by line. Run by test_two_windows.

PYTHONPATH=ROOT:ROOT/tests/ui python window_process.py SITE_FILE ADDRESS PASSWORD FOLDER SECONDS

SECONDS: how long it waits for a site file that somebody else writes to. Each line of the standard input is a JSON list,
a word and what belongs to it; each is answered by one line of JSON. It ends with its input.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from aio import until
from PySide6.QtCore import QSettings

from app.families.base import Credentials
from app.model.device import Address
from app.site import connecting
from ui import main
from ui.bridge.messages import Level, Messages
from ui.demo import DemoVault
from ui.models.history import OUTCOME, WHAT
from ui.pages.device import DevicePage
from ui.pages.history import HistoryPage
from ui.pages.settings import SettingsPage
from ui.theme import Theme
from ui.window import Window

SITE_FILE, ADDRESS, PASSWORD, FOLDER, SECONDS = sys.argv[1:]


class Hands:
    """What the test does with the window, as somebody before it would."""

    def __init__(self, window: Window, device: DevicePage) -> None:
        self._window, self._device = window, device

    def _page(self, kind: type) -> object:
        self._device.show_page(kind.title)
        return next(page for page in self._device.pages if isinstance(page, kind))

    async def edit(self, title: str, path: str, text: str) -> int:
        """How many edits wait then."""
        page = self._page(SettingsPage)
        await until(lambda: page.tree.model.nodes)
        resource = next(node.id for node in page.tree.model.nodes if node.title == title)
        page.jump(resource, path)
        await until(lambda: page.panel.resource == resource and page.edits.document(resource) is not None)
        page.edits.document(resource).set_text(path, text)
        await until(lambda: page.edits.count)
        return page.edits.count

    async def apply(self) -> tuple[str, int]:
        """What the page says of it, and how many edits are left."""
        page = self._page(SettingsPage)
        page.bar.apply.click()
        assert page.writer.active
        await until(lambda: not page.writer.active)
        return page.bar.text.text(), page.edits.count

    async def history(self, count: int) -> list[tuple[str, str, str]]:
        """Once it shows so many: of each what, its outcome, and by whom."""
        page = self._page(HistoryPage)
        await until(lambda: self._finished(page) == count)
        return [await self._row(page, at) for at in range(count)]

    def _finished(self, page: HistoryPage) -> int:
        outcomes = [page.table.text(at, OUTCOME) for at in range(page.table.rowCount())]
        return sum(outcome not in ("", "being sent") for outcome in outcomes)

    async def _row(self, page: HistoryPage, at: int) -> tuple[str, str, str]:
        page.list.choose(at)
        await until(lambda: page.detail._id == page.chosen_id)
        return page.table.text(at, WHAT), page.table.text(at, OUTCOME), page.detail.who.text()

    async def complaints(self) -> list[str]:
        said = [message for message in self._window.context.messages.all if message.level is not Level.INFO]
        return [f"{message.text} {message.hint}" for message in said]


async def serve(window: Window, messages: Messages, settings: QSettings, theme: Theme, stack: AsyncExitStack) -> int:
    address, vault = Address.parse(ADDRESS), DemoVault()
    await vault.set(address, Credentials("admin", PASSWORD))
    path = Path(SITE_FILE)
    given = {"site_file": path, "vault": vault, "interfaces": "127.0.0.1", "try_demo": None}
    await main._attach(window, messages, settings, theme, stack, **given)
    await window.context.discovery.add(address)
    await until(lambda: window.pane.model.device(address))
    window.pane.select(address)
    device = window.current_device
    await until(lambda: device.session is not None)
    hands = Hands(window, device)
    print(json.dumps("open"), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        word, *given = json.loads(line)
        print(json.dumps(await getattr(hands, word)(*given)), flush=True)
    window.close()
    return 0


if __name__ == "__main__":
    connecting.BUSY_SECONDS = float(SECONDS)
    sys.exit(main._run(serve, QSettings(str(Path(FOLDER) / "window.ini"), QSettings.Format.IniFormat), "Two windows"))

"""A window of its own process with a dome's live page, in which a key is held. Run by test_ptz_killed.

PYTHONPATH=ROOT:ROOT/tests/ui python ptz_window.py ADDRESS PASSWORD FOLDER
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import qasync
from aio import NoDiscovery, until
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.families.base import Credentials
from app.families.isapi import FAMILY
from app.model.device import Address
from app.transport.dialer import NetworkDialer, loopback_only
from ui.bridge.messages import Messages
from ui.context import Context
from ui.pages.live import LivePage
from ui.theme import Mode, Theme


async def hold(app: QApplication, address: str, password: str, folder: str) -> None:
    session = await FAMILY.connect(
        NetworkDialer(allowed=loopback_only), Address.parse(address), "v2", Credentials("admin", password)
    )
    settings = QSettings(str(Path(folder) / "window.ini"), QSettings.Format.IniFormat)
    theme = Theme(app, Mode.LIGHT)
    page = LivePage(session, Context(NoDiscovery(), None, None, Messages(), settings, theme, None), "Dome")
    page.show()
    page.activateWindow()
    page.activated()
    await until(lambda: page.ptz is not None and page.ptz.panel is not None)
    page.ptz.panel.on.click()
    await until(lambda: page.view.hasFocus() and page.isActiveWindow())
    QTest.keyPress(page.view, Qt.Key.Key_Right)
    await asyncio.Event().wait()  # until somebody ends this process


if __name__ == "__main__":
    qt = QApplication([])
    loop = qasync.QEventLoop(qt)
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(hold(qt, *sys.argv[1:]))

"""A window on a made-up site, run by the same event loop as in earnest."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import qasync
from fakes import FakeConnect, FakeDiscovery, found
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from ui.bridge.messages import Messages
from ui.context import Context
from ui.demo import DemoVault
from ui.theme import Mode, Theme
from ui.window import Window

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def run(qapp: QApplication) -> Iterator[Run]:
    """Runs a coroutine in Qt's event loop."""
    qapp.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(qapp, already_running=False)
    asyncio.set_event_loop(loop)
    yield loop.run_until_complete
    loop.close()
    asyncio.set_event_loop(None)
    del loop
    gc.collect()  # here, not in some thread of the next test: timers of a QObject can only be ended in their own


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    font, palette, style = qapp.font(), qapp.palette(), qapp.style().objectName()
    theme = Theme(qapp, Mode.LIGHT)
    yield theme
    qapp.setStyleSheet("")
    qapp.setStyle(style)
    qapp.setPalette(palette)
    qapp.setFont(font)
    theme.deleteLater()


@dataclass
class Site:
    window: Window
    discovery: FakeDiscovery
    connect: FakeConnect
    vault: DemoVault
    messages: Messages
    settings: QSettings
    context: Context


@pytest.fixture
def site(qapp: QApplication, run: Run, theme: Theme, tmp_path: Path) -> Iterator[Site]:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    messages = Messages()
    discovery = FakeDiscovery(*(found(number) for number in range(5)))
    connect, vault = FakeConnect(), DemoVault()
    context = Context(discovery, None, vault, messages, settings, theme, connect, "Warehouse 4", try_demo=lambda: None)
    window = Window(messages, settings, theme, "Warehouse 4")
    window.show()

    async def start() -> None:
        window.attach(context)

    run(start())
    yield Site(window, discovery, connect, vault, messages, settings, context)
    run(window.shut())
    window.close()
    window.deleteLater()
    qapp.processEvents()

"""A window on a made-up site, run by the same event loop as in earnest."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable, Coroutine, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import qasync
from fakes import FakeConnect, FakeDiscovery, found
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QApplication

from app.video.player import Player
from ui.bridge.messages import Messages
from ui.context import Context
from ui.demo import DemoVault
from ui.pages.base import Page
from ui.theme import Mode, Theme
from ui.window import Window

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, Any, Any]:
    """A test that fails leaves no page running: what it plays and waits for would go on in the tests after it."""
    try:
        return (yield)
    except BaseException:
        for widget in QApplication.allWidgets() if QApplication.instance() is not None else ():
            if isinstance(widget, Page):
                widget.close_page()
        raise


@pytest.fixture(autouse=True)
def nothing_stays(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every player ends with its test, whatever became of it, and what was to be deleted later is deleted now: no
    event loop may ever run again in this process."""
    begun: weakref.WeakSet[Player] = weakref.WeakSet()
    start = Player.start

    def begin(player: Player) -> None:
        begun.add(player)
        start(player)

    monkeypatch.setattr(Player, "start", begin)
    yield
    for player in tuple(begun):
        player.stop()
    late = [player for player in tuple(begun) if not player.join(20)]
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not late


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

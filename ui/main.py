"""Composition root of the window: makes every object once, passes it on, and takes all of it down in order."""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QSettings
from PySide6.QtWidgets import QApplication

from app.errors import CameraError, SiteDamaged, SiteError
from app.model.device import Found
from ui.bridge.collector import Collector
from ui.bridge.messages import Action, Messages, install_crash_hook, watch_loop
from ui.context import Context, Vault
from ui.theme import Mode, Theme
from ui.window import Window

if TYPE_CHECKING:  # imported with the demo or the engine
    from app.site.site import Site
    from ui.demo import DemoCamera
    from ui.panes.site_trouble import SiteTrouble

log = logging.getLogger(__name__)
# Seconds that a thread may keep the interpreter while others want it. Python's own 5 ms, several threads deep, would be
# the whole budget from a key press to the camera; shorter turns cost the decoders nothing that can be measured.
TURN = 0.001
DEADLINE = 5.0  # seconds for sessions to close; then the program ends all the same

Body = Callable[[Window, Messages, QSettings, Theme, AsyncExitStack], Awaitable[int]]
Script = Callable[[Window, Theme, Sequence["DemoCamera"]], Awaitable[int]]


def open_window() -> int:
    """The window on this computer's networks. The answer is the exit status."""
    return _run(_on_the_network, QSettings("Camwright", "Camwright"), "")


def demo(count: int = 6, tour: str | None = None) -> int:
    """The window on simulated cameras; with tour, pictures of every page go into that folder and it ends."""
    if tour is None:
        return play_demo(count, _until_closed)

    async def show(window: Window, theme: Theme, cameras: Sequence[DemoCamera]) -> int:
        from ui.tour import Tour

        return await Tour(window, theme, Path(tour), cameras).run()

    return play_demo(count, show)


def play_demo(count: int, script: Script, first: str | None = None, site_file: Path | None = None) -> int:
    """The demo site from the first process to the last. It ends with the script, whose answer it returns.

    first: address of the first camera, the next ones follow. site_file None: one that is gone with the demo.
    """
    with tempfile.TemporaryDirectory(prefix="camwright-demo-") as folder:
        settings = QSettings(str(Path(folder) / "demo.ini"), QSettings.Format.IniFormat)
        kept_in = site_file or Path(folder) / "demo.site"

        async def body(window: Window, messages: Messages, kept: QSettings, theme: Theme, stack: AsyncExitStack) -> int:
            return await _on_the_demo(window, messages, kept, theme, stack, kept_in, count, script, first)

        status = _run(body, settings, "Demo site")
        settings.sync()
        del settings
    return status


def _run(body: Body, settings: QSettings, site: str) -> int:
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("Camwright")
    application.setOrganizationName("Camwright")
    messages = Messages()
    unhook = install_crash_hook(messages)
    kept = settings.value("theme")
    theme = Theme(application, Mode(kept) if kept in set(Mode) else Mode.SYSTEM)
    window = Window(messages, settings, theme, site)
    window.show()
    sys.setswitchinterval(TURN)
    collector = Collector()
    application.processEvents()  # on the screen before the slow imports
    import qasync

    application.setQuitOnLastWindowClosed(False)  # the loop ends after the sessions, not before
    loop = qasync.QEventLoop(application)
    watch_loop(loop, messages)
    try:
        with loop:
            return loop.run_until_complete(_live(body, window, messages, settings, theme))
    finally:
        unhook()
        theme.deleteLater()
        collector.stop()


async def _live(body: Body, window: Window, messages: Messages, settings: QSettings, theme: Theme) -> int:
    async with AsyncExitStack() as stack:
        stack.push_async_callback(_shut, window)
        try:
            return await body(window, messages, settings, theme, stack)
        except CameraError as error:
            messages.failure(error)
            await _closed(window)
            return 1


async def _on_the_network(
    window: Window, messages: Messages, settings: QSettings, theme: Theme, stack: AsyncExitStack
) -> int:
    from ui.demo import launch_demo

    await _attach(
        window, messages, settings, theme, stack, site_file=None, vault=None, interfaces=None, try_demo=launch_demo
    )
    await _closed(window)
    return 0


async def _on_the_demo(
    window: Window,
    messages: Messages,
    settings: QSettings,
    theme: Theme,
    stack: AsyncExitStack,
    site_file: Path,
    count: int,
    script: Script,
    first: str | None,
) -> int:
    from ui.demo import FIRST, DemoSite, DemoVault

    site = DemoSite(count, first or FIRST)
    stack.callback(site.stop)
    starting = window.tr("Starting a simulated camera") if count == 1 else window.tr("Starting {} simulated cameras")
    window.status.say(starting.format(count))
    cameras = await site.start()
    one = window.tr("Demo: a simulated camera on this computer")
    more = window.tr("Demo: {} simulated cameras on this computer")
    window.status.say(one if len(cameras) == 1 else more.format(len(cameras)))
    vault = DemoVault()
    for camera in cameras:
        await vault.set(camera.address, camera.credentials)
    await _attach(
        window,
        messages,
        settings,
        theme,
        stack,
        site_file=site_file,
        vault=vault,
        interfaces="127.0.0.1",
        try_demo=None,
    )
    return await script(window, theme, cameras)


async def _until_closed(window: Window, theme: Theme, cameras: Sequence[DemoCamera]) -> int:
    del theme, cameras
    await _closed(window)
    return 0


async def _attach(
    window: Window,
    messages: Messages,
    settings: QSettings,
    theme: Theme,
    stack: AsyncExitStack,
    *,
    site_file: Path | None,
    vault: Vault | None,
    interfaces: str | None,
    try_demo: Callable[[], object] | None,
) -> None:
    """Brings the engine up behind the window that is on the screen already. site_file None: the user's own."""
    engine_type, connect = await asyncio.to_thread(_import_engine)
    site = await _open_site(site_file, stack)
    engine = await engine_type.create(vault=vault, interfaces=interfaces, site=site, report=_not_written(messages))
    discovery = await stack.enter_async_context(engine.discovery())
    discovery.remember(await _devices_of(site, messages))  # before the first scan takes a step: it asks them as well
    context = Context(
        discovery=discovery,
        dialer=engine.dialer,
        vault=engine.vault,
        messages=messages,
        settings=settings,
        theme=theme,
        connect=connect(engine),
        site=window.header.site.text(),
        try_demo=try_demo,
        site_file=site,
    )
    # The window lets go of discovery before discovery ends: what is pushed later is called first.
    stack.push_async_callback(_shut, window)
    window.attach(context)
    window.pane.unlist = site.devices.unlist
    trouble = _watch(site, window, context)
    stack.push_async_callback(trouble.close)
    await _say_what_is_wrong(site, trouble, messages)
    await _say_what_is_promised(site, window, messages)


async def _open_site(path: Path | None, stack: AsyncExitStack) -> Site:
    """The site file. Where it cannot be read at all an empty one stands in, which says why to whoever wants to write:
    nothing is sent to a camera that cannot be written down."""
    from app.site.site import Site

    site = await Site.open(path, stand_in=True)
    stack.push_async_callback(site.close)
    return site


def _not_written(messages: Messages) -> Callable[[SiteError], None]:
    def say(error: SiteError) -> None:
        messages.warning(
            QCoreApplication.translate("Main", "A change was sent, but its outcome is not in the history."),
            hint=QCoreApplication.translate("Main", "{} The page shows what became of it.").format(error),
            detail=error.detail,
        )

    return say


async def _devices_of(site: Site, messages: Messages) -> tuple[Found, ...]:
    from app.site.remembered import remembered

    try:
        return await remembered(site)
    except SiteError as error:
        messages.failure(error)
        return ()


def _watch(site: Site, window: Window, context: Context) -> SiteTrouble:
    from ui.panes.site_trouble import SiteTrouble

    async def again() -> None:
        context.discovery.remember(await _devices_of(site, context.messages))
        await _say_what_is_promised(site, window, context.messages)

    trouble = SiteTrouble(site, context.messages, window.open_sheet, again, window.centralWidget())
    window.add_strip(trouble)
    window.everything.sources.append(trouble.palette_entries)
    return trouble


async def _say_what_is_wrong(site: Site, trouble: SiteTrouble, messages: Messages) -> None:
    """Once the whole file was looked through, behind a window that works already."""
    problem = await site.file.checked()
    if problem is not None:
        action = Action(trouble.recover, trouble.ask) if isinstance(problem, SiteDamaged) else None
        messages.warning(problem.summary, hint=problem.hint, detail=problem.detail, action=action)


async def _say_what_is_promised(site: Site, window: Window, messages: Messages) -> None:
    from ui.promises import say_promises

    try:
        await say_promises(site, messages, window.pane.select)
    except SiteError as error:
        messages.failure(error)


def _import_engine() -> tuple[Any, Any]:
    from app.compose import Engine
    from ui.connect import Connector

    return Engine, Connector


async def _closed(window: Window) -> None:
    closed = asyncio.get_running_loop().create_future()

    def close() -> None:
        if not closed.done():
            closed.set_result(None)

    window.closing.connect(close)
    if window.isVisible():
        await closed


async def _shut(window: Window) -> None:
    try:
        async with asyncio.timeout(DEADLINE):
            await window.shut()
    except TimeoutError:
        log.warning("some sessions did not close within %s s", DEADLINE)

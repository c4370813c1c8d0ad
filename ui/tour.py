"""Goes through every page and sheet, light and dark, and saves what it sees. The pictures are the review."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from app.families.base import Credentials
from app.model.device import Address, DeviceState, Found
from ui.bridge.messages import Level, Message
from ui.demo import DemoCamera, DemoSite
from ui.models.status import Login, Standing
from ui.pages.device import DevicePage
from ui.pages.live import LivePage
from ui.pages.recordings import RecordingsPage
from ui.pages.settings import SettingsPage
from ui.theme import Mode, Theme
from ui.tour_regions import RegionsTour
from ui.tour_settings import QUIRKS as SETTINGS_QUIRKS
from ui.tour_settings import SettingsTour, settings_of
from ui.views.shelf import VIEWS
from ui.views.wall import WallView
from ui.window import Window

log = logging.getLogger(__name__)
LIMIT = 90.0  # seconds to wait for one thing: cameras on a busy machine take their time
SETTLE = 0.4  # seconds for pictures and layouts to come to rest
WRONG = 6  # passwords that no camera forgives
ODD = "127.0.10.101"  # address of the camera that does not do what it is told
REGIONS = ("rounds_regions=22", "drops_over_limit=2")
QUIRKS = (*SETTINGS_QUIRKS, "lock_seconds=1800", *REGIONS)


class Tour:
    """`await Tour(window, theme, folder, cameras).run()` is the exit status: 0, or 1 when a stop was not
    reached or something was reported as an error on the way."""

    def __init__(self, window: Window, theme: Theme, folder: Path, cameras: Sequence[DemoCamera]) -> None:
        self._window = window
        self._theme = theme
        self._folder = folder
        self._cameras = tuple(cameras)
        self._number = 0
        self.missed: list[str] = []
        self._regions = RegionsTour(self._shoot, self._until, self._rest, self.missed)
        self._settings = SettingsTour(self._shoot, self._until, self._rest, self.missed)

    async def run(self) -> int:
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        odd = DemoSite(1, ODD, quirks=QUIRKS)
        try:
            await self._go(odd)
        finally:
            odd.stop()
            self._theme.use(Mode.LIGHT)
        for what in self.missed:
            log.error("the tour did not reach: %s", what)
        faults = [] if self._window.context is None else self._window.context.messages.all
        errors = [message for message in faults if message.level is Level.ERROR]
        for message in errors:
            log.error("during the tour: %s %s", message.text, message.detail)
        return 1 if self.missed or errors else 0

    async def _go(self, odd: DemoSite) -> None:
        """Only to cameras of our own: others may run on this computer, and their passwords are not ours to guess."""
        window = self._window
        await self._shoot("welcome")
        strange = (await odd.start())[0]
        for camera in (*self._cameras, strange):
            await self._until(f"camera {camera.address}", lambda c=camera: window.pane.model.device(c.address))
        await self._shoot("site")
        first = await self._open(self._cameras[0])
        await self._pages(first)
        await self._wall()
        await self._recordings(self._cameras[-2])  # in a mixed site, a camera of another family
        await self._open(self._cameras[0])
        await self._settings.edits(first)
        await self._settings.history(first)
        await self._regions.good(first)
        await self._settings.maintenance(first)
        await self._sheets(first.name)
        await self._login(strange)
        await self._settings.verdicts(self._page(strange.address))
        await self._regions.odd(self._page(strange.address))
        self._page(strange.address).show_page(SettingsPage.title)
        await self._reboot(self._page(strange.address))
        await self._locked(self._cameras[-1])
        await self._states()
        await self._sizes(self._cameras[0])
        await self._empty()

    async def _open(self, camera: DemoCamera) -> DevicePage:
        self._window.pane.select(camera.address)
        page = self._page(camera.address)
        await self._until(f"a session with {camera.address}", lambda: page.session is not None)
        return page

    # Pages

    async def _pages(self, device: DevicePage) -> None:
        for page in device.pages:
            device.show_page(page.title)
            await self._rest(4)
            await self._shoot(page.title.lower())
            if isinstance(page, LivePage):
                page.view.set_statistics_shown(True)
                await self._rest(6)
                await self._shoot("live-statistics")
                page.view.set_statistics_shown(False)
        await self._settings.forms(device)

    async def _recordings(self, camera: DemoCamera) -> None:
        device = await self._open(camera)
        page = next((each for each in device.pages if isinstance(each, RecordingsPage)), None)
        if page is None:
            self.missed.append("recordings")
            return
        device.show_page(page.title)
        await self._until("a day of recordings", lambda: page.pieces.shown)
        clip = page.pieces.shown[0]
        page.timeline.set_current(clip)
        page.playing.play(clip, clip.start)
        await self._until("a recording that plays", lambda: page.view.painted)
        await self._rest()
        await self._shoot("recordings")

    async def _wall(self) -> None:
        self._window.show_view(VIEWS[0])
        wall = self._window.current_view
        if not isinstance(wall, WallView):
            self.missed.append("the wall")
            return
        await self._shoot("wall-empty")
        for number, camera in enumerate(self._cameras[:4]):
            found = self._window.pane.model.device(camera.address)
            if found is not None:
                wall.put(number, found)
        await self._until("pictures on the wall", lambda: all(not tile.dimmed for tile in wall.tiles.values()))
        wall.show_statistics(True)
        await self._rest(2)
        await self._shoot("wall")
        wall.open_tile(0)
        await self._until("the large picture", lambda: wall.enlarged is not None and wall.enlarged.view.painted)
        self._window.set_full_screen(True)
        await self._rest()
        await self._shoot("wall-full-screen")
        self._window.set_full_screen(False)
        wall.shrink()

    async def _reboot(self, device: DevicePage) -> None:
        settings = settings_of(device)
        settings.panel.reboot.button.click()
        address = device.found.address
        model = self._window.pane.model
        await self._until("a lost camera", lambda: _state(model.device(address)) is DeviceState.LOST)
        if device.found.state is not DeviceState.LOST:
            self.missed.append("the lost camera's page")
        await self._shoot("lost")
        await self._until("the camera back", lambda: _state(model.device(address)) is DeviceState.FOUND)

    # Login

    async def _login(self, camera: DemoCamera) -> None:
        """Asked for, refused, let in."""
        self._window.pane.select(camera.address)
        page = self._page(camera.address)
        await self._until("the login", lambda: page.door.sheet is not None)
        await self._shoot("login")
        await self._try(page, Credentials(camera.credentials.user, "wrong"), Login.REFUSED)
        await self._shoot("login-refused")
        await self._try(page, camera.credentials, Login.OPEN)

    async def _locked(self, camera: DemoCamera) -> None:
        """Another camera, its password taken out of the vault: wrong ones until it locks."""
        assert self._window.context is not None
        await self._window.context.vault.forget(str(camera.address))
        self._window.pane.select(camera.address)
        page = self._page(camera.address)
        await self._until("the login", lambda: page.door.sheet is not None)
        for number in range(WRONG):
            await self._try(page, Credentials(camera.credentials.user, f"wrong-{number}"), Login.REFUSED, Login.LOCKED)
            if page.standing.login is Login.LOCKED:
                break
        await self._shoot("login-locked")

    async def _try(self, page: DevicePage, credentials: Credentials, *ends: Login) -> None:
        if page.door.sheet is not None:
            page.door.sheet.user.setText(credentials.user)
            page.door.sheet.password.setText(credentials.password)
            page.door.sheet.enter.click()
        await self._rest()
        await self._until(f"an answer to the login ({ends[0]})", lambda: page.standing.login in ends)

    # Sheets, states, sizes

    async def _sheets(self, device: str) -> None:
        window = self._window
        window.open_palette()
        await self._shoot("palette")
        window.palette_list.line.setText("bitrate")
        await self._shoot("palette-search")
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

    async def _states(self) -> None:
        """Devices in states that no simulated camera takes; nothing is sent to them."""
        window = self._window
        like = self._page(self._cameras[0].address).found
        for number, (state, name) in enumerate(
            (
                (DeviceState.NEEDS_SETUP, "needs-setup"),
                (DeviceState.FOREIGN_SUBNET, "foreign-subnet"),
                (DeviceState.UNKNOWN, "unknown"),
            )
        ):
            made_up = _made_up(like, number, state)
            window.pane.model.take((made_up,), (), ())
            window.pane.set_standing(made_up.address, Standing())
            window.pane.select(made_up.address)
            await self._shoot(name)
        window.pane.model.take((), (), tuple(_made_up(like, number, DeviceState.UNKNOWN) for number in range(3)))

    async def _sizes(self, camera: DemoCamera) -> None:
        window = self._window
        device = await self._open(camera)
        for width, height, size in ((1024, 640, "small"), (1920, 1080, "large")):
            window.resize(width, height)
            for page in device.pages:
                device.show_page(page.title)
                await self._rest(3)
                await self._shoot(f"{size}-{page.title.lower()}")
        window.resize(1280, 720)

    async def _empty(self) -> None:
        """Filtered to nothing, then nothing found at all."""
        window = self._window
        window.pane.search.setText("no such camera")
        await self._shoot("no-device-fits")
        window.pane.search.clear()
        assert window.context is not None
        discovery = window.context.discovery
        await self._until("the end of the scan", lambda: discovery.progress.done)
        for found in discovery.found:
            discovery.forget(found)
        await self._rest(2)
        await self._shoot("empty-site")

    # Helpers

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
            target = self._folder / f"{self._number:02}-{name}-{mode.value}.png"
            if not picture.save(str(target)):
                self.missed.append(f"{target}, which cannot be written")
        self._theme.use(Mode.LIGHT)

    async def _rest(self, times: int = 1) -> None:
        for _ in range(times):
            await asyncio.sleep(SETTLE)

    async def _until(self, what: str, reached: Callable[[], object]) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + LIMIT
        while not reached():
            if loop.time() > end:
                self.missed.append(what)
                return
            await asyncio.sleep(0.05)


def _state(found: Found | None) -> DeviceState | None:
    return found.state if found is not None else None


def _made_up(like: Found, number: int, state: DeviceState) -> Found:
    name = ("Ramp", "Yard north", "")[number]
    address = Address(f"192.0.2.{64 + number}", 80)
    return replace(like, address=address, name=name, serial=f"TOUR{number}", mac="", state=state, note="")

"""The wall: its bar, its grid, and the tile that is enlarged."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.errors import CameraError
from app.model.device import DeviceState, Found
from app.site.walls import SIZES, Spot, Wall
from app.video.player import Player
from ui.context import Context
from ui.models.status import Login, Standing, device_name
from ui.pages.live import LivePage
from ui.palette import PaletteEntry
from ui.theme.icons import icon
from ui.views.base import Shell, SiteView
from ui.wall.bar import WallBar
from ui.wall.grid import Grid
from ui.wall.paint import Look
from ui.wall.tile import MakePlayer, Tile

KEEP_AFTER = 400  # milliseconds after the last change


class WallView(SiteView):
    """Plays while it is in front. What is arranged is kept in the site file, and is there again at the next start."""

    title = "Wall"
    icon = "wall"
    make_player: MakePlayer = staticmethod(Player)

    def __init__(self, context: Context, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(context, shell, parent)
        self.wall = Wall()
        self.tiles: dict[int, Tile] = {}
        self.enlarged: LivePage | None = None
        self.sessions = shell.sessions
        self._look = Look()
        self._in_front = False
        self._restored: asyncio.Task[None] | None = None
        self._keeping = QTimer(self, singleShot=True, interval=KEEP_AFTER)
        self._keeping.timeout.connect(lambda: self.scope.start(self._keep()))
        self._build()

    def _build(self) -> None:
        self.bar = WallBar()
        self.grid = Grid()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.grid)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.stack, 1)
        self.bar.size_wanted.connect(self.set_size)
        self.bar.fill_wanted.connect(self.fill)
        self.bar.captions_wanted.connect(self.show_captions)
        self.bar.statistics_wanted.connect(self.show_statistics)
        self.bar.sound_wanted.connect(self.hear_selected)
        self.bar.full_screen_wanted.connect(lambda: self.shell.full_screen(None))
        self.bar.layout_wanted.connect(lambda name: self.scope.start(self._load_layout(name)))
        self.bar.save_wanted.connect(lambda name: self.scope.start(self._save_layout(name)))
        self.bar.delete_wanted.connect(lambda name: self.scope.start(self._delete_layout(name)))
        self.grid.opened.connect(self.open_tile)
        self.grid.cleared.connect(self.clear_tile)
        self.grid.moved.connect(self.swap)
        self.grid.dropped.connect(self._dropped)
        self.grid.menu_wanted.connect(self._menu)
        self.grid.captions_toggled.connect(lambda: self.show_captions(not self._look.captions))
        self.grid.statistics_toggled.connect(lambda: self.show_statistics(not self._look.statistics))
        self.grid.sound_toggled.connect(lambda: self.hear_selected(not self._look.sound))
        self.grid.selected_changed.connect(self._hear)
        self.grid.full_screen_wanted.connect(lambda: self.shell.full_screen(None))
        self.bar.show_wall(self.wall)
        self.grid.show_tiles(self.wall.size, {})

    # What the window asks for

    def activated(self) -> None:
        self._in_front = True
        if self._restored is None:
            self._restored = self.scope.start(self._restore())
        if self.enlarged is not None:
            self.enlarged.activated()
        else:
            self.grid.setFocus()
        for tile in self.tiles.values():
            if tile.needs_login and tile.found is not None and self.sessions.of_page(tile.found.address) is not None:
                tile.log_in_again()  # its own page is open meanwhile
        self._play()

    def deactivated(self) -> None:
        self._in_front = False
        if self.enlarged is not None:
            self.enlarged.deactivated()
        for tile in self.tiles.values():
            tile.stop()

    @property
    def fills_screen(self) -> bool:
        return True

    def set_bare(self, bare: bool) -> None:
        self.bar.setHidden(bare)
        if self.enlarged is not None:
            self.enlarged.set_bare(bare)

    def escape(self) -> bool:
        if self.enlarged is not None:
            self.shrink()
            return True
        return False

    def device_changed(self, found: Found, standing: Standing | None) -> None:
        for tile in self.tiles.values():
            if not tile.spot.is_of(found):
                continue
            if standing is None:
                tile.device_changed(found)
                if not self._in_front:
                    tile.stop()
            elif standing.login is Login.OPEN and self._in_front:
                tile.log_in_again()

    def palette_entries(self) -> Iterator[PaletteEntry]:
        place = self.tr("Wall")
        for size in SIZES:
            yield PaletteEntry(self.tr("{} tiles").format(size), place, lambda s=size: self.set_size(s), icon="wall")
        for name in self.bar.layouts:
            text = self.tr("Layout {}").format(name)
            yield PaletteEntry(text, place, lambda n=name: self.scope.start(self._load_layout(n)), icon="wall")
        yield PaletteEntry(self.tr("Fill the empty tiles"), place, self.fill, icon="add")
        captions, figures = not self._look.captions, not self._look.statistics
        yield PaletteEntry(self.tr("Names on the tiles"), place, lambda: self.show_captions(captions), "C", "picture")
        yield PaletteEntry(self.tr("Statistics"), place, lambda: self.show_statistics(figures), "I", "status")
        sound = not self._look.sound
        yield PaletteEntry(self.tr("Hear the selected tile"), place, lambda: self.hear_selected(sound), "M", "sound")

    async def close_view(self) -> None:
        self.deactivated()
        if self.enlarged is not None:
            self.enlarged.close_page()
        if self._keeping.isActive():
            self._keeping.stop()
            await self._keep()
        await super().close_view()

    # Arranging

    def set_size(self, size: int) -> None:
        self._arrange(replace(self.wall, size=size))

    def put(self, number: int, found: Found, channel: int = 1) -> None:
        """A camera into a tile, in the place of what is there."""
        self._arrange(replace(self.wall, spots={**self.wall.spots, number: Spot.of(found, channel)}))

    def clear_tile(self, number: int) -> None:
        self._arrange(replace(self.wall, spots={n: s for n, s in self.wall.spots.items() if n != number}))

    def swap(self, first: int, second: int) -> None:
        places = {first: second, second: first}
        self.tiles = {places.get(number, number): tile for number, tile in self.tiles.items()}
        self._arrange(replace(self.wall, spots={places.get(n, n): spot for n, spot in self.wall.spots.items()}))

    def fill(self) -> None:
        """Cameras that are not on the wall into its empty tiles, in the order of the list."""
        spots = dict(self.wall.spots)
        waiting = [found for found in self._cameras() if not any(spot.is_of(found) for spot in spots.values())]
        size = self.wall.size
        if not spots:
            size = next((each for each in SIZES if each >= len(waiting)), SIZES[-1])
        free = [number for number in range(size) if number not in spots]
        spots |= {number: Spot.of(found) for number, found in zip(free, waiting, strict=False)}
        self._arrange(replace(self.wall, size=size, spots=spots))

    def show_captions(self, shown: bool) -> None:
        self._arrange(replace(self.wall, captions=shown))

    def show_statistics(self, shown: bool) -> None:
        self._look = replace(self._look, statistics=shown)
        self.bar.show_look(self._look)
        self.grid.show_with(self._look)

    def hear_selected(self, wanted: bool) -> None:
        """The wall is silent until this is asked for, and again at the next start."""
        self._look = replace(self._look, sound=wanted)
        self.bar.show_look(self._look)
        self._hear()

    def _hear(self) -> None:
        for number, tile in self.tiles.items():
            tile.hear(self._look.sound and number == self.grid.selected)

    def _arrange(self, wall: Wall, *, keep: bool = True) -> None:
        """The wall as it shall be: tiles of cameras that stay go on playing."""
        self.wall = wall
        for number, tile in list(self.tiles.items()):
            if wall.spots.get(number) != tile.spot:
                tile.stop()
                del self.tiles[number]
        for number, spot in wall.spots.items():
            if number not in self.tiles:
                self.tiles[number] = Tile(spot, self._found(spot), self.sessions, self.scope, self.make_player)
        self._look = replace(self._look, captions=wall.captions)
        self.bar.show_wall(wall)
        self.bar.show_look(self._look)
        self.grid.show_with(self._look)
        self.grid.show_tiles(wall.size, {n: tile for n, tile in self.tiles.items() if n < wall.size})
        self._hear()
        self._play()
        if keep:
            self._keeping.start()

    def _play(self) -> None:
        """Tiles that can be seen; the others let go of their camera."""
        for number, tile in self.tiles.items():
            if self._in_front and number < self.wall.size:
                tile.start()
            else:
                tile.stop()

    def _found(self, spot: Spot) -> Found | None:
        return next((found for found in self.shell.devices() if spot.is_of(found)), None)

    def _cameras(self) -> Iterable[Found]:
        silent = (DeviceState.LOST, DeviceState.UNKNOWN)
        return (found for found in self.shell.devices() if found.state not in silent)

    def _dropped(self, number: int, address: str) -> None:
        found = next((each for each in self.shell.devices() if str(each.address) == address), None)
        if found is not None:
            self.put(number, found)

    # Kept in the site file

    async def _restore(self) -> None:
        if self.context.site_file is None:
            return
        walls = self.context.site_file.walls
        left = await walls.current()
        self.bar.show_layouts(await walls.names())
        if left is not None and not self.wall.spots:
            self._arrange(left, keep=False)

    async def _keep(self) -> None:
        if self.context.site_file is not None and self.context.site_file.file.problem is None:
            await self.context.site_file.walls.keep(self.wall)

    async def _load_layout(self, name: str) -> None:
        if self.context.site_file is None:
            return
        found = await self.context.site_file.walls.load(name)
        if found is not None:
            self._arrange(found)

    async def _save_layout(self, name: str) -> None:
        if self.context.site_file is None:
            return
        await self.context.site_file.walls.save(name, self.wall)
        self.wall = replace(self.wall, name=name.strip())
        self.bar.show_layouts(await self.context.site_file.walls.names())
        self.bar.show_wall(self.wall)
        self._keeping.start()

    async def _delete_layout(self, name: str) -> None:
        if self.context.site_file is None:
            return
        await self.context.site_file.walls.delete(name)
        self.wall = replace(self.wall, name="")
        self.bar.show_layouts(await self.context.site_file.walls.names())
        self.bar.show_wall(self.wall)
        self._keeping.start()

    # One tile

    def open_tile(self, number: int) -> None:
        """What a double click means: the large picture, the camera's login, or a camera for an empty tile."""
        tile = self.tiles.get(number)
        if tile is None or tile.found is None:
            self.shell.choose(self._choices(number))
        elif tile.needs_login:
            self.shell.show_device(tile.found.address)
        else:
            self.scope.start(self._enlarge(tile, tile.found), on_error=lambda error: self._not_enlarged(tile, error))

    def _choices(self, number: int) -> Iterator[PaletteEntry]:
        place = self.tr("Into tile {}").format(number + 1)
        for found in self._cameras():
            name = device_name(found)
            yield PaletteEntry(name, place, lambda f=found: self.put(number, f), icon="camera")

    async def _enlarge(self, tile: Tile, found: Found) -> None:
        session = await self.sessions.get(found)
        if not self._in_front or self.enlarged is not None:
            return
        page = LivePage(session, self.context, tile.name)
        page.prefer(tile.spot.channel)
        page.full_screen_wanted.connect(lambda: self.shell.full_screen(None))
        page.view.opened.connect(self._view_opened)
        page.set_bare(self.bar.isHidden())
        self.enlarged = page
        self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)
        if not tile.image.isNull():
            page.view.set_still(tile.image.copy())  # something to look at until the large picture is there
        page.activated()

    def _not_enlarged(self, tile: Tile, error: CameraError) -> None:
        self.context.messages.failure(error, device=tile.name)

    def _view_opened(self) -> None:
        ptz = self.enlarged.ptz if self.enlarged is not None else None
        if ptz is None or ptz.overlay is None or not ptz.overlay.is_on:  # there a click moves the camera
            self.shrink()

    def shrink(self) -> None:
        """Back to the grid."""
        page, self.enlarged = self.enlarged, None
        if page is None:
            return
        page.deactivated()
        page.close_page()
        self.stack.setCurrentWidget(self.grid)
        self.stack.removeWidget(page)
        page.deleteLater()
        self.grid.setFocus()

    def _menu(self, number: int, at: QPoint) -> None:
        tile = self.tiles.get(number)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if tile is not None and tile.found is not None:
            found = tile.found
            menu.addAction(icon("live"), self.tr("Enlarge"), lambda: self.open_tile(number))
            menu.addAction(icon("camera"), self.tr("Open the camera"), lambda: self.shell.show_device(found.address))
            if len(tile.channels) > 1:
                for channel in tile.channels:
                    text = self.tr("Channel {}").format(channel)
                    menu.addAction(text, lambda c=channel: self.put(number, found, c))
        choose = self.tr("Choose a camera")
        menu.addAction(icon("search"), choose, lambda: self.shell.choose(self._choices(number)))
        if tile is not None:
            menu.addAction(icon("forget"), self.tr("Take off the wall"), lambda: self.clear_tile(number))
        menu.popup(at)

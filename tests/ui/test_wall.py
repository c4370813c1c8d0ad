"""The wall in the window: real players on a simulated camera's RTSP server, sessions, arranging, the site file."""

from __future__ import annotations

import asyncio
import functools
from array import array
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from aio import until
from fakes import FakeDiscovery, found
from hypothesis import given
from hypothesis import strategies as st
from live_rig import ServerThread, live_threads
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest

from app.discovery import Changes
from app.errors import BadCredentials, NotSupported
from app.families.base import Credentials
from app.families.media import Streams
from app.model.device import DeviceState
from app.model.stream import StreamEndpoint, StreamInfo, main_of, sub_of
from app.simulator.picture import EncoderSettings
from app.simulator.rtsp_sessions import RtspQuirks
from app.site.site import Site as SiteFile
from app.site.walls import SIZES, Spot, Wall
from app.video.frame import Mailbox, StreamPhase
from app.video.player import Player
from app.video.sound import level
from ui.models.site import DEVICE_MIME
from ui.sessions import Sessions
from ui.views.base import Shell
from ui.views.wall import WallView
from ui.wall import cells

pytestmark = pytest.mark.gui

MAIN = StreamInfo("101", 1, "main", "Main stream", "h264", 640, 360, 25.0, 1000, 25)
SUB = StreamInfo("102", 1, "sub", "Sub-stream", "mjpeg", 320, 184, 15.0, gop_frames=25)
NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SECRET = Credentials("admin", "secret")


class CameraStreams:
    def __init__(self, server: ServerThread) -> None:
        self._server = server
        self.asked = 0
        self.answers = True

    async def list(self) -> tuple[StreamInfo, ...]:
        return (MAIN, SUB)

    def endpoint(self, stream: StreamInfo) -> StreamEndpoint:
        return StreamEndpoint(self._server.url(stream.id))

    async def request_key_frame(self, stream: StreamInfo) -> None:
        self.asked += 1
        if self.answers:
            self._server.call(lambda: self._server.server.sessions.request_key_frame(stream.id))


@pytest.fixture
def server() -> Iterator[ServerThread]:
    server = ServerThread()
    server.start()
    yield server
    server.stop()


async def known(site, *numbers: int) -> None:
    for number in numbers:
        await site.vault.set(str(found(number).address), SECRET)


async def wall_of(site, server: ServerThread | None = None) -> WallView:
    """The wall in the window, reached by its key."""
    if server is not None:
        site.connect.offers = {Streams: CameraStreams(server)}
    QTest.keyClick(site.window.pane.list, Qt.Key.Key_G, CONTROL)
    await until(lambda: isinstance(site.window.current_view, WallView))
    await until(lambda: site.window.current_view.grid.width() > 600)  # laid out
    return site.window.current_view


def playing(view: WallView) -> int:
    return sum(1 for tile in view.tiles.values() if not tile.dimmed)


def press(view: WallView, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(view.grid, key, modifiers)


def test_it_fills_plays_enlarges_and_lets_go(server, site, run) -> None:

    async def go() -> None:
        await known(site, 0, 1, 2, 3)
        view = await wall_of(site, server)
        QTest.mouseClick(view.bar.fill, Qt.MouseButton.LeftButton)
        assert view.wall.size == 9
        assert [spot.name for _, spot in sorted(view.wall.spots.items())] == [found(n).name for n in range(5)]
        await until(lambda: playing(view) == 4 and view.tiles[4].needs_login)
        assert view.tiles[4].words.headline == "Password needed"
        await until(lambda: view.grid.painted >= 60)
        assert view.grid.repaints < view.grid.painted  # one for many tiles
        assert view.tiles[0].stats().codec == "JPEG"
        assert len(site.connect.tries) == 4
        view.grid.select(0)
        press(view, Qt.Key.Key_Return)
        await until(lambda: view.enlarged is not None and view.enlarged.view.painted > 2)
        assert view.enlarged.player.stats().codec == "H264"  # the main stream
        assert len(site.connect.tries) == 4  # in the same session
        view.enlarged.view.setFocus()
        QTest.keyClick(view.enlarged.view, Qt.Key.Key_Return)  # and back
        await until(lambda: view.enlarged is None)
        QTest.mouseDClick(view.grid, Qt.MouseButton.LeftButton, NONE, view.grid.place_of(1).center())
        await until(lambda: view.enlarged is not None and view.enlarged.view.painted > 0)
        assert view.enlarged.device_name == found(1).name
        QTest.keyClick(view.enlarged.view, Qt.Key.Key_Escape)
        await until(lambda: view.enlarged is None)
        count = view.grid.painted
        await until(lambda: view.grid.painted > count + 5)
        site.window.pane.select(found(1).address)
        await until(lambda: not live_threads())
        assert site.window.current_device.name == "Loading dock"
        assert all(tile.player is None for tile in view.tiles.values())
        site.window.header.views[0].click()
        await until(lambda: site.window.current_view is view and playing(view) == 4)

    run(go())
    assert all(session.closed is False for session in site.connect.sessions)


def test_a_camera_on_the_wall_and_on_its_page_is_one_login(server, site, run) -> None:

    async def go() -> None:
        window = site.window
        await known(site, 0)
        view = await wall_of(site, server)
        view.put(0, found(0))
        await until(lambda: playing(view) == 1)
        window.pane.select(found(0).address)
        await until(lambda: window.current_device is not None and window.current_device.session is not None)
        assert [window.current_device.session] == site.connect.sessions
        assert len(site.connect.tries) == 1
        window.header.views[0].click()
        await until(lambda: playing(view) == 1)
        await window.device_page(found(0).address).close()  # which closes what it has taken over
        assert site.connect.sessions[0].closed

    run(go())
    assert len(site.connect.tries) == 1


def test_a_wrong_password_is_tried_once_when_page_and_wall_ask_at_the_same_time(server, site, run) -> None:

    async def go() -> None:
        window = site.window
        site.connect.refusal = lambda: BadCredentials("Gate refused the password.")
        site.connect.gate = asyncio.Event()
        await site.vault.set(str(found(0).address), Credentials("admin", "old"))
        window.pane.select(found(0).address)
        await until(lambda: site.connect.tries)
        view = await wall_of(site, server)
        view.put(0, found(0))
        await until(lambda: view.tiles[0].words.headline == "Connecting")
        site.connect.gate.set()
        await until(lambda: view.tiles[0].needs_login)
        await until(lambda: window.device_page(found(0).address).door.sheet is not None)
        assert len(site.connect.tries) == 1

    run(go())


def test_sessions_end_with_the_window(server, site, run) -> None:

    async def go() -> None:
        await known(site, 0, 1)
        view = await wall_of(site, server)
        view.put(0, found(0))
        view.put(1, found(1))
        await until(lambda: playing(view) == 2)
        await site.window.shut()
        await until(lambda: not live_threads())

    run(go())
    assert [session.closed for session in site.connect.sessions] == [True, True]


def test_nothing_is_left_after_many_showings(server, site, run) -> None:

    async def go() -> None:
        await known(site, 0, 1)
        view = await wall_of(site, server)
        view.put(0, found(0))
        view.put(1, found(1))
        files: list[int] = []
        for _ in range(12):
            await until(lambda: playing(view) == 2)
            site.window.pane.select(found(4).address)
            await until(lambda: not live_threads() and not server.server.viewers)
            files.append(len(list(Path("/proc/self/fd").iterdir())))
            site.window.header.views[0].click()
        assert files[-1] <= files[1] + 2
        assert len(site.connect.tries) == 2

    run(go())


def test_a_wrong_password_is_tried_once_and_mended_on_the_camera_s_page(server, site, run) -> None:

    async def go() -> None:
        window = site.window
        site.connect.refusal = lambda: BadCredentials("Gate refused the password.")
        await site.vault.set(str(found(0).address), Credentials("admin", "old"))
        view = await wall_of(site, server)
        view.put(0, found(0))
        view.put(3, found(0), channel=2)  # two tiles of one camera are one try
        await until(lambda: view.tiles[0].needs_login and view.tiles[3].needs_login)
        assert view.tiles[0].words.headline == "Wrong password"
        assert "Enter" in view.tiles[0].words.text
        assert len(site.connect.tries) == 1
        assert await site.vault.get(str(found(0).address)) is None
        view.set_size(9)  # arranging is no reason for another try
        view.grid.select(0)
        press(view, Qt.Key.Key_Return)
        await until(lambda: window.current_device is not None and window.current_device.door.sheet is not None)
        assert len(site.connect.tries) == 1
        window.current_device.door.submit(SECRET, False)
        await until(lambda: window.current_device.session is not None)
        window.header.views[0].click()
        await until(lambda: playing(view) == 2)
        assert len(site.connect.tries) == 2  # the page's session serves the tiles

    run(go())


def test_a_camera_that_goes_and_comes_back(server, site, run) -> None:

    async def go() -> None:
        await known(site, 0)
        view = await wall_of(site, server)
        view.put(0, found(0))
        await until(lambda: playing(view) == 1)
        server.run(server.server.stop())
        await until(lambda: view.tiles[0].player.status.phase is StreamPhase.RECONNECTING)
        await until(lambda: view.tiles[0].words.headline.startswith("No picture since"))
        assert "Trying again" in view.tiles[0].words.text
        assert view.tiles[0].dimmed
        view.tiles[0].stop()
        lost = replace(found(0), state=DeviceState.LOST)
        site.discovery.tell(Changes(changed=(lost,)))
        await until(lambda: view.tiles[0].words.headline == "Lost")
        server.run(server.server.start("127.17.2.1", server.port))
        site.discovery.tell(Changes(changed=(found(0),)))
        await until(lambda: playing(view) == 1)

    run(go())


def test_a_tile_that_waits_shows_a_snapshot_and_says_why(site, run) -> None:
    server = ServerThread(RtspQuirks(no_key_frame_on_play=True))
    server.yard.streams["102"] = EncoderSettings("h264", 320, 180, 25, 400, 1000)
    server.start()
    first = Player(StreamEndpoint(server.url("102")), Mailbox())  # has the key frame that all later ones miss

    async def go() -> None:
        first.start()
        await until(lambda: first.status.phase is StreamPhase.PLAYING)
        await known(site, 0)
        view = await wall_of(site, server)
        streams = site.connect.offers[Streams]
        streams.answers = False
        view.put(0, found(0))
        await until(lambda: not view.tiles[0].image.isNull())
        tile = view.tiles[0]
        assert tile.words.headline.startswith("Waiting for a key frame since")
        assert "every 25 pictures" in tile.words.text
        assert tile.dimmed
        assert streams.asked == 1
        server.call(lambda: server.server.sessions.request_key_frame("102"))
        await until(lambda: not tile.dimmed)

    try:
        run(go())
    finally:
        first.stop()
        first.join(20)
        run(site.window.shut())
        server.stop()


def test_arranging_with_mouse_and_keys(server, site, run) -> None:

    async def go() -> None:
        view = await wall_of(site, server)
        model = site.window.pane.model
        mime = model.mimeData([model.index_of(found(2).address)])
        at = QPointF(view.grid.place_of(1).center())
        drop = QDropEvent(at, Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, NONE)
        view.grid.dropEvent(drop)  # Qt sends it only from within a drag
        assert view.wall.spots[1].name == found(2).name
        tile = view.tiles[1]
        start, end = view.grid.place_of(1).center(), view.grid.place_of(2).center()
        QTest.mousePress(view.grid, Qt.MouseButton.LeftButton, NONE, start)
        QTest.mouseMove(view.grid, start + QPoint(-30, 10))
        QTest.mouseMove(view.grid, end)
        QTest.mouseRelease(view.grid, Qt.MouseButton.LeftButton, NONE, end)
        assert set(view.wall.spots) == {2}
        assert view.tiles[2] is tile  # it goes on playing
        assert view.grid.selected == 2
        view.grid.setFocus()
        press(view, Qt.Key.Key_Right, CONTROL)
        assert set(view.wall.spots) == {3}
        press(view, Qt.Key.Key_Home)
        press(view, Qt.Key.Key_Return)  # an empty tile asks for a camera
        await until(site.window.palette_list.isVisible)
        QTest.keyClicks(site.window.palette_list.line, "office")
        QTest.keyClick(site.window.palette_list.line, Qt.Key.Key_Return)
        assert view.wall.spots[0].name == "Office"
        press(view, Qt.Key.Key_C)
        assert not view.wall.captions
        press(view, Qt.Key.Key_I)
        assert view.bar.statistics.isChecked()
        press(view, Qt.Key.Key_End)
        press(view, Qt.Key.Key_Delete)
        assert set(view.wall.spots) == {0}
        assert view.grid.accessibleDescription() == "Tile 4 of 4, empty"

    run(go())


def test_a_click_in_the_list_opens_the_camera_again(site, run) -> None:

    async def go() -> None:
        window = site.window
        window.pane.select(found(0).address)
        await until(lambda: window.current_device is not None)
        await wall_of(site)
        assert window.current_device is None
        place = window.pane.list.visualRect(window.pane.model.index_of(found(0).address)).center()
        QTest.mouseClick(window.pane.list.viewport(), Qt.MouseButton.LeftButton, NONE, place)
        await until(lambda: window.current_device is not None)

    run(go())


def test_a_drag_out_of_the_list_does_not_leave_the_wall_but_a_click_does(site, run) -> None:

    async def go() -> None:
        view = await wall_of(site)
        window, rows = site.window, site.window.pane.list
        taken: list[object] = []
        rows.startDrag = lambda actions: taken.append(rows.model().mimeData(rows.selectedIndexes()))
        handle = window.windowHandle()
        row = rows.visualRect(window.pane.model.index_of(found(3).address)).center()
        start = rows.viewport().mapTo(window, row)

        def drag() -> None:
            QTest.mousePress(handle, Qt.MouseButton.LeftButton, NONE, start)
            for step in (6, 60):
                QTest.mouseMove(handle, start + QPoint(step, 4))
            QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, NONE, start + QPoint(60, 4))

        # Events of a window are handled at once, which must not happen inside a task: hence the timers.
        QTimer.singleShot(0, drag)
        await until(lambda: taken)
        assert bytes(taken[0].data(DEVICE_MIME).data()).decode() == str(found(3).address)
        assert window.current_view is view
        QTimer.singleShot(0, lambda: QTest.mouseClick(handle, Qt.MouseButton.LeftButton, NONE, start))
        await until(lambda: window.current_device is not None)
        assert window.current_device.found == found(3)

    run(go())


class Ear:
    """A loudspeaker that remembers."""

    rate = 8000

    def __init__(self) -> None:
        self.loudest = 0.0
        self.closed = False

    def play(self, samples: array[int]) -> None:
        self.loudest = max(self.loudest, level(samples))

    def close(self) -> None:
        self.closed = True


def test_the_selected_tile_is_heard_when_it_is_wanted(server, site, run, monkeypatch) -> None:
    server.yard.sound = "pcma"
    ears: list[Ear] = []

    def make_ear() -> Ear:
        ears.append(Ear())
        return ears[-1]

    player = functools.partial(Player, make_speaker=make_ear)
    monkeypatch.setattr(WallView, "make_player", staticmethod(player))

    async def go() -> None:
        await known(site, 0, 1)
        view = await wall_of(site, server)
        view.put(0, found(0))
        view.put(1, found(1))
        await until(lambda: playing(view) == 2)
        first, second = view.tiles[0], view.tiles[1]
        assert first.stats().sound == ""  # not even asked for
        press(view, Qt.Key.Key_M)
        assert view.bar.sound.isChecked()
        await until(lambda: ears and ears[0].loudest > 0.01)
        assert first.sound_words == "sound on"
        assert (second.sound_words, second.stats().sound) == ("", "")
        press(view, Qt.Key.Key_Right)  # another tile, another sound
        await until(lambda: ears[0].closed and len(ears) == 2 and ears[1].loudest > 0.01)
        assert (first.sound_words, second.sound_words) == ("", "sound on")
        press(view, Qt.Key.Key_M)
        await until(lambda: ears[1].closed)
        await until(lambda: playing(view) == 2)

    run(go())


def test_a_tile_that_cannot_be_heard_says_why(server, site, run, monkeypatch) -> None:
    def no_output() -> Ear:
        raise NotSupported("This computer has no sound output.")

    monkeypatch.setattr(WallView, "make_player", staticmethod(functools.partial(Player, make_speaker=no_output)))

    async def go() -> None:
        await known(site, 0)
        view = await wall_of(site, server)
        view.put(0, found(0))
        await until(lambda: playing(view) == 1)
        press(view, Qt.Key.Key_M)
        await until(lambda: view.tiles[0].sound_words == "no sound")  # this camera has none
        press(view, Qt.Key.Key_M)
        server.yard.sound = "pcma"
        view.tiles[0].stop()
        press(view, Qt.Key.Key_M)
        view.tiles[0].start()
        await until(lambda: view.tiles[0].sound_words == "This computer has no sound output.")
        await until(lambda: playing(view) == 1)

    run(go())


def test_alone_on_the_screen(site, run) -> None:

    async def go() -> None:
        window, view = site.window, await wall_of(site)
        press(view, Qt.Key.Key_F)
        assert window.isFullScreen()
        assert window.pane.isHidden()
        assert window.header.isHidden()
        assert view.bar.isHidden()
        press(view, Qt.Key.Key_Escape)
        assert not window.isFullScreen()
        assert window.pane.isVisible()
        assert view.bar.isVisible()
        QTest.keyClick(view.grid, Qt.Key.Key_F11)
        assert window.isFullScreen()
        window.pane.select(found(1).address)  # the palette can go anywhere
        await until(lambda: window.current_device is not None)
        assert not window.isFullScreen()
        window.set_full_screen(True)  # a page of texts is not worth it
        assert not window.isFullScreen()

    run(go())


def test_layouts_are_kept_under_their_names(site, run, tmp_path: Path) -> None:

    async def go() -> None:
        kept = await SiteFile.open(tmp_path / "site.camwright")
        context = replace(site.context, site_file=kept)
        sessions = Sessions(context, lambda at: None)
        shell = Shell(sessions, lambda: site.discovery.found, lambda at: None, lambda rows: None, lambda on: None)
        view = WallView(context, shell)
        view.activated()
        view.put(2, found(3))
        view.set_size(16)
        QTest.mouseClick(view.bar.save, Qt.MouseButton.LeftButton)
        QTest.keyClicks(view.bar.name, "Night")
        QTest.keyClick(view.bar.name, Qt.Key.Key_Return)
        await until(lambda: view.bar.layouts == ("Night",))
        view.clear_tile(2)
        view.set_size(4)
        view.bar.layout_wanted.emit("Night")
        await until(lambda: view.wall.size == 16)
        assert view.wall.spots == {2: Spot.of(found(3))}
        await view.close_view()
        again = WallView(context, shell)  # the next start
        again.activated()
        await until(lambda: again.wall.name == "Night")
        assert (again.wall.size, again.wall.spots) == (16, view.wall.spots)
        assert again.bar.box.currentText() == "Night"
        again.bar.remove.click()
        await until(lambda: again.bar.layouts == ())
        await again.close_view()
        assert (await kept.walls.current()).name == ""
        await kept.close()
        for each in (view, again):
            each.deleteLater()

    run(go())


def test_a_camera_not_on_this_network_is_named(site, run) -> None:

    async def go() -> None:
        view = await wall_of(site)
        view._arrange(Wall(1, {0: Spot("127.62.9.9:80", name="Cellar")}))
        assert (view.tiles[0].name, view.tiles[0].words.headline) == ("Cellar", "Not found")
        assert isinstance(site.discovery, FakeDiscovery)
        site.discovery.tell(Changes(added=(found(7, host="127.62.9.9", name="Cellar"),)))
        await until(lambda: view.tiles[0].words.headline == "Password needed")
        fresh = found(8, host="127.62.9.8", state=DeviceState.NEEDS_SETUP)
        site.discovery.tell(Changes(added=(fresh,)))
        view.put(0, fresh)
        assert view.tiles[0].words.headline == "No password yet"
        press(view, Qt.Key.Key_Return)
        await until(lambda: site.window.current_device is not None)
        assert site.window.current_device.found == fresh
        assert site.connect.tries == []

    run(go())


sizes = st.sampled_from(SIZES)


@given(sizes, st.integers(20, 4000), st.integers(20, 3000))
def test_cells_cover_the_wall_without_touching(size: int, width: int, height: int) -> None:
    places = cells.cells(size, width, height)
    assert len(places) == size
    assert max(c.left + c.width for c in places) == width
    assert max(c.top + c.height for c in places) == height
    widths = {c.width for c in places}
    assert max(widths) - min(widths) <= 1
    for number, cell in enumerate(places):
        assert cells.at(places, cell.left, cell.top) == number
        assert cells.at(places, cell.left + cell.width - 1, cell.top + cell.height - 1) == number
    assert cells.at(places, width + 1, 0) is None


@given(sizes, st.data())
def test_steps_stay_on_the_wall(size: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, size - 1))
    for across, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        there = cells.step(number, size, across, down)
        assert 0 <= there < size
        if there != number:
            assert cells.step(there, size, -across, -down) == number


def test_which_stream_a_tile_shows() -> None:
    other = StreamInfo("201", 2, "main", "Other", "h264", 1920, 1080)
    infos = (MAIN, SUB, other)
    assert (sub_of(infos, 1), main_of(infos, 1)) == (SUB, MAIN)
    assert (sub_of(infos, 2), main_of(infos, 2)) == (other, other)
    assert sub_of(infos, 7) is SUB
    assert sub_of((), 1) is None

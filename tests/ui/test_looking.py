"""Digital zoom, pan and rotation of the live picture: where things lie, and what the player is asked for."""

from __future__ import annotations

import asyncio

import pytest
from aio import OneSession, context, told, until  # noqa: F401 - fixtures
from live_rig import ServerThread
from PIL import Image
from PIL.ExifTags import Base
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.families.media import Streams
from app.model.geometry import Point
from app.model.stream import StreamEndpoint, StreamInfo
from app.video.frame import Frame
from ui.pages.live import LivePage
from ui.video.lens import Lens
from ui.video.looker import Looker
from ui.video.view import VideoView

pytestmark = pytest.mark.gui

CONTROL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


def wheel(view: VideoView, at: QPoint, turn: int, modifiers: Qt.KeyboardModifier = CONTROL) -> bool:
    """Whether somebody took it."""
    event = QWheelEvent(
        QPointF(at), QPointF(at), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    event.setAccepted(False)
    return (QApplication.sendEvent(view, event) and event.isAccepted()) or view.lens.zoom > 1


@pytest.fixture
def view(qtbot):
    view = VideoView("Gate")
    qtbot.addWidget(view)
    view.resize(480, 360)
    view.show()
    view.attach().mailbox.put(_frame())
    qtbot.waitUntil(lambda: view.painted == 1)
    return view


def _frame(width: int = 480, height: int = 270) -> Frame:
    """Grey with a red corner at the upper left."""
    data = bytearray(b"\x60\x60\x60\xff" * (width * height))
    for row in range(40):
        data[row * width * 4 : row * width * 4 + 160] = b"\x00\x00\xff\xff" * 40
    return Frame(memoryview(data), width, height, width * 4, 1, 0.0, 0.0, width, height)


def colour(view: VideoView, x: int, y: int) -> str:
    view.controls.hide()
    return view.grab().toImage().pixelColor(x, y).name()


def test_the_wheel_looks_closer_at_what_is_under_the_mouse(view, qtbot) -> None:
    looker = Looker(view)
    at = QPoint(120, 100)
    before = view.part_at(at.x(), at.y())
    assert not wheel(view, at, 120, NONE)  # that is the dome's
    with qtbot.waitSignal(view.area_changed):
        assert wheel(view, at, 240)
    assert view.lens.zoom == pytest.approx(1.25**2)
    assert view.part_at(at.x(), at.y())[0] == pytest.approx(before[0])  # there is no room for more below yet
    wheel(view, at, 240)
    near = view.part_at(at.x(), at.y())
    wheel(view, at, 120)
    assert view.part_at(at.x(), at.y()) == pytest.approx(near)
    assert view.wanted == (None, None)  # the source's own pixels
    for _ in range(12):
        wheel(view, at, -120)
    assert view.lens == Lens()
    assert view.wanted == (480, 360)
    looker.set_mode(True)
    assert wheel(view, at, 120, NONE)


def test_a_drag_pans_only_what_is_larger_than_the_view(view) -> None:
    looker = Looker(view)
    start, end = QPoint(240, 180), QPoint(300, 200)

    def drag() -> None:
        QTest.mousePress(view, Qt.MouseButton.LeftButton, NONE, start)
        QTest.mouseMove(view, end)
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, NONE, end)

    drag()
    assert view.lens == Lens()
    looker.zoom(4)
    held = view.part_at(start.x(), start.y())
    drag()
    assert view.part_at(end.x(), end.y()) == pytest.approx(held)
    looker.nudge(-1, 0)
    assert view.part_at(end.x(), end.y())[0] < held[0]
    looker.pan(100_000, 100_000)
    assert colour(view, 10, 10) == "#ff0000"  # the corner, and no gap beside it
    looker.fit()
    assert view.lens == Lens()


@pytest.mark.parametrize(("degrees", "corner"), [(0, (10, 50)), (90, (335, 10)), (180, (470, 310)), (270, (145, 350))])
def test_a_turned_picture_keeps_its_aspect_and_knows_its_places(view, qtbot, degrees, corner) -> None:
    view.set_rotation(degrees)
    swapped = degrees in (90, 270)
    assert view.wanted == ((360, 480) if swapped else (480, 360))
    count = view.painted
    view._inlet.mailbox.put(_frame(*((480, 270) if not swapped else (360, 203))))
    qtbot.waitUntil(lambda: view.painted > count)
    assert colour(view, *corner) == "#ff0000"
    shown = view.picture
    assert (shown.width() < shown.height()) == swapped
    across, down = view.part_at(*corner)
    assert across < 0.15
    assert down < 0.15
    view.look(view.lens.zoomed(3, Point(0.5, 0.5), view.fit_size, (480, 360)))
    assert view.part_at(240, 180) == pytest.approx((0.5, 0.5), abs=0.01)


class OneStream:
    def __init__(self, server: ServerThread) -> None:
        self._server = server

    async def list(self) -> tuple[StreamInfo, ...]:
        return (StreamInfo("101", 1, "main", "Main stream", "h264", 640, 360, 25.0, 1000, 25),)

    def endpoint(self, stream: StreamInfo) -> StreamEndpoint:
        return StreamEndpoint(self._server.url(stream.id))


def test_keys_of_the_page_and_the_saved_picture(run, qtbot, context, told, tmp_path) -> None:  # noqa: F811
    server = ServerThread()
    server.start()
    page = LivePage(OneSession({Streams: OneStream(server)}), context, "Gate 1")
    page.keeper.folder = tmp_path / "pictures"
    qtbot.addWidget(page)
    page.resize(640, 480)
    page.show()

    async def work() -> None:
        page.activated()
        await until(lambda: page.view.painted > 2)
        page.view.setFocus()
        page.activateWindow()
        await until(page.view.hasFocus)
        for key in (Qt.Key.Key_Plus, Qt.Key.Key_Plus, Qt.Key.Key_Right):
            QTest.keyClick(page.view, key, CONTROL)
        assert page.view.lens.zoom == pytest.approx(1.25**2)
        assert page.view.lens.x > 0.5
        await until(lambda: page.view.image.size().toTuple() == (640, 360))  # all that the camera sends
        QTest.keyClick(page.view, Qt.Key.Key_0, CONTROL)
        await until(lambda: page.view.image.width() < 640 or page.view.width() >= 640)
        QTest.keyClick(page.view, Qt.Key.Key_Z)
        assert page.looker.mode
        QTest.keyClick(page.view, Qt.Key.Key_R)
        assert page.view.rotation == 90
        await until(lambda: page.view.image.height() > page.view.image.width())
        page.keeper.save()
        await until(lambda: told)
        (path,) = await asyncio.to_thread(lambda: list(page.keeper.folder.iterdir()))
        with Image.open(path) as saved:
            assert saved.size == (640, 360)  # nothing was encoded anew for it
            assert saved.getexif()[Base.Orientation] == 6
        page.keeper.copy()
        await until(lambda: len(told) == 2)
        copied: QImage = QApplication.clipboard().image()
        assert copied.size().toTuple() == (360, 640)
        page.close_page()

    try:
        run(work())
    finally:
        server.stop()

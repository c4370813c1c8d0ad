"""Everything that is done to regions, on two cameras of the demo site, without a mouse: the way there, drawing, moving,
corners, splitting, cells, duplicates, mirrors, aligning, numbers, copying to the other camera, Apply and undo."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from aio import until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.families.base import Regions
from app.model.geometry import Point, bounds
from app.model.region import Cells, Purpose, Region
from app.regions.editing import Drawn
from ui.bridge.messages import Level
from ui.demo import DemoCamera
from ui.main import play_demo
from ui.pages.regions import RegionsPage
from ui.palette import ENTRY_ROLE, PaletteEntry
from ui.tabs import TITLES
from ui.theme import Theme
from ui.window import Window

pytestmark = [pytest.mark.gui, pytest.mark.timeout(180)]
Key = Qt.Key
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


class Hands:
    """On a keyboard, in front of the window."""

    def __init__(self, window: Window) -> None:
        self.window = window

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
        for _ in range(times):
            focused = QApplication.focusWidget()
            assert focused is not None
            QTest.keyClick(focused, key, modifier)

    def type(self, text: str) -> None:
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClicks(focused, text)

    @property
    def page(self) -> RegionsPage:
        device = self.window.current_device
        assert device is not None
        assert isinstance(device.current_page, RegionsPage)
        return device.current_page

    async def next_camera(self) -> None:
        before = self.window.current_device
        self.key(Key.Key_PageDown, CTRL)
        await until(lambda: self.window.current_device not in (None, before))
        device = self.window.current_device
        await until(lambda: device.session is not None and device.pages)
        self.key(Key(Key.Key_1 + TITLES.index(RegionsPage.title)), CTRL)
        await until(lambda: isinstance(device.current_page, RegionsPage))
        await until(self.page.canvas.hasFocus)

    async def take(self, purpose: Purpose) -> str:
        """A layer by its name, from the palette."""
        page = self.page

        def found() -> tuple[str, str] | None:
            infos = (layer.info for layer in page.edits.layers if layer.limits.shapes and layer.writable)
            return next(((info.id, info.title) for info in infos if info.purpose is purpose), None)

        await until(found)
        layer_id, title = found() or ("", "")
        self.key(Key.Key_K, CTRL)
        await until(lambda: self.window.palette_list.isVisible())
        self.type(title)
        for _ in range(20):  # a settings page may be called the same
            entry: PaletteEntry = self.window.palette_list.list.currentIndex().data(ENTRY_ROLE)
            if (entry.title, entry.icon) == (title, RegionsPage.icon):
                break
            self.key(Key.Key_Down)
        self.key(Key.Key_Return)
        await until(lambda: page.desk.layer_id == layer_id and page.canvas.hasFocus())
        return layer_id

    def choose_last(self) -> None:
        """The shape that was drawn last, whatever was chosen."""
        if self.page.desk.selection:
            self.key(Key.Key_Escape)
        self.key(Key.Key_PageUp)
        assert single(self.page).key == self.page.desk.sheet.keys[-1]

    async def tab_to(self, wanted: QWidget) -> None:
        for _ in range(80):
            if QApplication.focusWidget() is wanted:
                return
            self.key(Key.Key_Tab)
        raise AssertionError(f"{wanted} is not reached by Tab")

    async def apply(self) -> None:
        self.key(Key.Key_Return, CTRL)
        await until(lambda: self.page.edits.count == 0 and not self.page.writer.active)

    async def held(self, layer: str) -> tuple[Region, ...]:
        """Asked anew, beside the page."""
        regions = self.page.session.offer(Regions)
        assert regions is not None
        return (await regions.load(layer)).regions


def single(page: RegionsPage) -> Drawn:
    assert page.desk.single is not None
    return page.desk.single


def corners(drawn: Drawn) -> list[float]:
    return [round(value, 4) for point in drawn.region.shape.points for value in (point.x, point.y)]


async def field_is_drawn_moved_and_reshaped(hands: Hands) -> None:
    page = hands.page
    hands.key(Key.Key_P)
    hands.key(Key.Key_N, ALT)  # in the middle, drawn to nothing
    for way, times in ((Key.Key_Right, 8), (Key.Key_Down, 10), (Key.Key_Left, 8)):
        hands.key(way, times=times)
        hands.key(Key.Key_Insert, ALT)
    hands.key(Key.Key_Return)
    assert corners(single(page)) == [0.5, 0.5, 0.66, 0.5, 0.66, 0.7, 0.5, 0.7]
    hands.key(Key.Key_Left, times=3)
    hands.key(Key.Key_Up, ALT)
    assert bounds(single(page).region.shape.points).left == pytest.approx(0.47)
    assert 0.49 < bounds(single(page).region.shape.points).top < 0.5  # one step of the camera's own
    hands.key(Key.Key_Period)
    hands.key(Key.Key_Insert)
    assert len(single(page).region.shape.points) == 5
    hands.key(Key.Key_Up, times=4)
    assert page.desk.vertex == 1
    hands.key(Key.Key_Delete)
    assert len(single(page).region.shape.points) == 4


async def shapes_are_doubled_mirrored_and_aligned(hands: Hands) -> None:
    page = hands.page
    hands.choose_last()
    before = corners(single(page))
    hands.key(Key.Key_D, CTRL)
    copy = single(page)
    assert corners(copy) != before
    hands.key(Key.Key_H, SHIFT)
    hands.key(Key.Key_V, SHIFT)
    assert corners(single(page)) != corners(copy)
    assert bounds(single(page).region.shape.points) == bounds(copy.region.shape.points)
    hands.key(Key.Key_PageUp, SHIFT)  # the one it was made of as well
    assert len(page.desk.selection) == 2
    hands.key(Key.Key_Right, CTRL | SHIFT)
    hands.key(Key.Key_M, CTRL | SHIFT)
    one, other = (bounds(each.region.shape.points) for each in page.desk.chosen_regions)
    assert one.right == pytest.approx(other.right)
    assert one.top + one.bottom == pytest.approx(other.top + other.bottom)
    hands.key(Key.Key_PageDown)
    hands.key(Key.Key_PageUp)
    hands.key(Key.Key_PageDown)
    hands.key(Key.Key_Delete)


async def shape_is_split_at_a_corner_and_with_the_knife(hands: Hands) -> None:
    page = hands.page
    hands.choose_last()
    count = len(page.desk.sheet.drawn)
    hands.key(Key.Key_Period)
    hands.key(Key.Key_X, SHIFT)
    assert len(page.desk.sheet.drawn) == count + 1
    assert [len(each.region.shape.points) for each in page.desk.chosen_regions] == [3, 3]
    hands.key(Key.Key_Z, CTRL)
    assert len(page.desk.sheet.drawn) == count
    hands.choose_last()
    box = bounds(single(page).region.shape.points)
    hands.key(Key.Key_X)
    middle = (box.top + box.bottom) / 2
    await cross_to(hands, Point(box.left - 0.05, middle))
    hands.key(Key.Key_N, ALT)
    await cross_to(hands, Point(box.right + 0.05, middle))
    hands.key(Key.Key_N, ALT)
    assert len(page.desk.sheet.drawn) == count + 1


async def cross_to(hands: Hands, at: Point) -> None:
    """By arrows, to the nearest step."""
    canvas = hands.page.canvas
    if canvas.cross is None:
        hands.key(Key.Key_Right)
    for horizontal in (True, False):
        there, wanted = (canvas.cross.x, at.x) if horizontal else (canvas.cross.y, at.y)
        steps = round((wanted - there) / 0.02)
        way = (Key.Key_Right if steps > 0 else Key.Key_Left) if horizontal else Key.Key_Down
        way = Key.Key_Up if not horizontal and steps < 0 else way
        hands.key(way, NONE, abs(steps))


async def corner_is_typed_in_the_table(hands: Hands) -> None:
    page = hands.page
    hands.choose_last()
    hands.key(Key.Key_Period)
    await until(page.points.isVisible)
    await hands.tab_to(page.points)
    hands.key(Key.Key_Return)
    await until(lambda: QApplication.focusWidget() is not page.points)
    hands.key(Key.Key_A, CTRL)
    hands.type("41.5")
    hands.key(Key.Key_Return)
    await until(lambda: single(page).region.shape.points[0].x == pytest.approx(0.415))
    await hands.tab_to(page.canvas)


async def cells_are_painted_and_filled(hands: Hands) -> None:
    layer = await hands.take(Purpose.MOTION)
    before = single(hands.page).region.shape
    assert isinstance(before, Cells)
    hands.key(Key.Key_E)
    hands.key(Key.Key_N)
    hands.key(Key.Key_Right)
    hands.key(Key.Key_N)
    hands.key(Key.Key_G)
    hands.key(Key.Key_N, SHIFT)  # a rectangle is erased
    hands.key(Key.Key_Down, SHIFT, times=2)
    hands.key(Key.Key_N, SHIFT)
    hands.key(Key.Key_B)
    hands.key(Key.Key_N)
    hands.key(Key.Key_Escape)
    after = single(hands.page).region.shape
    assert isinstance(after, Cells)
    assert after.on != before.on
    await hands.apply()
    (held,) = await hands.held(layer)
    assert held.shape == after


async def shapes_go_to_the_other_camera(hands: Hands, layer: str) -> None:
    hands.page.show_layer(layer)
    hands.key(Key.Key_A, CTRL)
    hands.key(Key.Key_C, CTRL)
    copied = len(hands.page.desk.selection)
    await hands.next_camera()
    other = await hands.take(Purpose.INTRUSION)
    before = await hands.held(other)
    hands.key(Key.Key_V, CTRL)
    added = len(hands.page.desk.sheet.drawn) - len(before)
    assert 1 <= added <= copied
    await hands.apply()
    assert len(await hands.held(other)) == len(before) + added
    hands.key(Key.Key_Z, CTRL)
    await hands.apply()
    assert await hands.held(other) == before


def test_everything_is_done_from_the_keyboard(look: None, no_mouse: None) -> None:
    async def script(window: Window, theme: Theme, cameras: Sequence[DemoCamera]) -> int:
        del theme
        await until(lambda: all(window.pane.model.device(each.address) for each in cameras))
        hands = Hands(window)
        await hands.next_camera()
        layer = await hands.take(Purpose.INTRUSION)
        await field_is_drawn_moved_and_reshaped(hands)
        await shapes_are_doubled_mirrored_and_aligned(hands)
        await shape_is_split_at_a_corner_and_with_the_knife(hands)
        await corner_is_typed_in_the_table(hands)
        wanted = [corners(each) for each in hands.page.desk.sheet.drawn]
        await hands.apply()
        held = [[v for p in each.shape.points for v in (p.x, p.y)] for each in await hands.held(layer)]
        assert held == [pytest.approx(each, abs=0.002) for each in wanted]
        await cells_are_painted_and_filled(hands)
        await shapes_go_to_the_other_camera(hands, layer)
        assert not [m.text for m in window.context.messages.all if m.level is Level.ERROR]
        window.close()
        return 0

    assert play_demo(2, script, "127.77.3.1") == 0

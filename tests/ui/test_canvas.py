"""The canvas on its real widgets, with mouse and keyboard. No camera: what it draws is in the model."""

from __future__ import annotations

from dataclasses import replace

import pytest
from canvas_rig import MIDDLE, CanvasRig
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from region_rig import layer_of, polygon, region

from app.model.geometry import Point, bounds, is_upright
from app.model.region import Cells, Direction, Label, Limits, Line, Polygon, Purpose, Region, ShapeKind, Spot
from app.regions.proof import Outcome, RegionProof
from ui.canvas import edit
from ui.canvas.marks import FLASH, WalkState

pytestmark = pytest.mark.gui
Key = Qt.Key
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
LINES = Limits(shapes=(ShapeKind.LINE,), max_points=2)
CELLS = Limits(shapes=(ShapeKind.CELLS,), steps=(22, 18))


def near(*points: tuple[float, float]):
    return [pytest.approx(value, abs=0.004) for point in points for value in point]


def flat(shape) -> list[float]:
    return [value for point in shape.points for value in (point.x, point.y)]


# Drawing with the mouse


@pytest.mark.parametrize(
    ("size", "picture"),
    [((800, 450), (1280, 720)), ((500, 480), (704, 576)), ((960, 300), (1080, 1920))],
)
def test_a_rectangle_lands_where_the_mouse_was_at_every_size_and_aspect(qtbot, size, picture):
    rig = CanvasRig(qtbot, size=size, picture=picture)
    rig.key(Key.Key_R)
    rig.drag((0.25, 0.25), (0.5, 0.4), (0.75, 0.75), modifier=CTRL)
    (shape,) = rig.shapes
    box = bounds(shape.points)
    assert [box.left, box.top, box.right, box.bottom] == [pytest.approx(v, abs=0.02) for v in (0.25, 0.25, 0.75, 0.75)]
    assert is_upright(shape.points)
    assert rig.canvas.info.id == "select"  # one goes on with the shape
    assert rig.desk.selection == rig.sheet.keys
    assert rig.desk.stack.count() == 1


def test_a_polygon_is_set_corner_by_corner_and_one_gesture_is_one_undo(qtbot):
    rig = CanvasRig(qtbot)
    rig.key(Key.Key_P)
    for place in ((0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.45, 0.8)):
        rig.click(*place, CTRL)
    rig.key(Key.Key_Return)
    assert flat(rig.shapes[0]) == near((0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.45, 0.8))
    assert not rig.desk.stack.isClean()
    rig.desk.stack.undo()
    assert rig.shapes == ()
    assert rig.desk.stack.isClean()
    rig.desk.stack.redo()
    assert len(rig.shapes) == 1


def test_a_click_on_the_first_corner_closes_it_and_backspace_takes_one_back(qtbot):
    rig = CanvasRig(qtbot)
    rig.key(Key.Key_P)
    for place in ((0.3, 0.3), (0.7, 0.3), (0.9, 0.9)):
        rig.click(*place, CTRL)
    rig.key(Key.Key_Backspace)
    rig.click(0.5, 0.7, CTRL)
    rig.click(0.3, 0.3)
    assert flat(rig.shapes[0]) == near((0.3, 0.3), (0.7, 0.3), (0.5, 0.7))


def test_escape_gives_up_the_gesture_then_the_tool_then_the_choice(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("1")]))
    rig.key(Key.Key_A, CTRL)
    rig.key(Key.Key_P)
    rig.click(0.5, 0.5)
    assert rig.desk.draft is not None
    rig.key(Key.Key_Escape)
    assert rig.desk.draft is None
    assert rig.canvas.info.id == "polygon"
    rig.key(Key.Key_Escape)
    assert rig.canvas.info.id == "select"
    rig.key(Key.Key_Escape)
    assert rig.desk.selection == ()
    assert len(rig.shapes) == 1


def test_shift_keeps_a_line_straight(qtbot):
    rig = CanvasRig(qtbot, layer_of(limits=LINES))
    rig.key(Key.Key_L)
    rig.click(0.2, 0.5, CTRL)
    rig.click(0.8, 0.53, SHIFT)
    (line,) = rig.shapes
    assert isinstance(line, Line)
    assert line.points[0].y == pytest.approx(line.points[1].y)
    edit.turn(rig.desk, Direction.A_TO_B)
    assert rig.shapes[0].direction is Direction.A_TO_B


def test_cells_are_painted_erased_and_filled_each_as_one_step(qtbot):
    rig = CanvasRig(qtbot, layer_of([Region("1", Purpose.MOTION, Cells(22, 18))], limits=CELLS))
    middle = lambda c, r: ((c + 0.5) / 22, (r + 0.5) / 18)  # noqa: E731
    rig.key(Key.Key_B)
    rig.drag(middle(2, 2), middle(9, 2))
    assert rig.shapes[0].on == {(c, 2) for c in range(2, 10)}
    rig.key(Key.Key_E)
    rig.drag(middle(4, 2), middle(5, 2))
    assert rig.shapes[0].on == {(c, 2) for c in (2, 3, 6, 7, 8, 9)}
    rig.key(Key.Key_G)
    rig.drag(middle(10, 10), middle(11, 14), middle(12, 12))
    assert {(c, r) for c, r in rig.shapes[0].on if r >= 10} == {(c, r) for c in (10, 11, 12) for r in (10, 11, 12)}
    assert rig.desk.stack.count() == 3
    rig.desk.stack.undo()
    rig.desk.stack.undo()
    assert rig.shapes[0].on == {(c, 2) for c in range(2, 10)}


def test_a_grid_that_the_camera_does_not_have_yet_is_made_by_painting(qtbot):
    rig = CanvasRig(qtbot, layer_of(limits=CELLS))
    rig.key(Key.Key_G)
    rig.drag((0.01, 0.01), (0.99, 0.99))
    assert len(rig.shapes[0].on) == 22 * 18


def test_a_point_is_placed(qtbot):
    rig = CanvasRig(qtbot, layer_of(limits=Limits(shapes=(ShapeKind.SPOT,))))
    rig.key(Key.Key_T)
    rig.click(0.4, 0.6, CTRL)
    assert isinstance(rig.shapes[0], Spot)
    assert flat(rig.shapes[0]) == near((0.4, 0.6))


# Choosing and changing with the mouse


def test_a_shape_is_chosen_moved_and_its_corner_dragged(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3)]))
    rig.drag((0.35, 0.25), (0.45, 0.45), modifier=CTRL)
    assert flat(rig.shapes[0])[:2] == near((0.4, 0.4))
    rig.drag((0.5, 0.5), (0.7, 0.7), modifier=CTRL)
    assert flat(rig.shapes[0])[4:6] == near((0.7, 0.7))
    assert rig.desk.stack.count() == 2
    assert rig.shapes[0].points[0] == pytest.approx(rig.shapes[0].points[0])


def test_nothing_is_kept_before_the_button_is_released(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3)]))
    rig.drag((0.35, 0.25), (0.6, 0.6), release=False)
    assert rig.shapes == (region("1", 0.3).shape,)
    assert rig.desk.trial
    rig.key(Key.Key_Escape)
    assert rig.shapes == (region("1", 0.3).shape,)
    assert not rig.desk.trial
    assert rig.desk.stack.count() == 0


def test_a_corner_snaps_to_corners_edges_border_and_grid(qtbot):
    other = Region("2", Purpose.INTRUSION, Polygon((Point(0.6, 0.2), Point(0.9, 0.2), Point(0.9, 0.9))))
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3), other]))
    rig.click(0.35, 0.25)
    rig.drag((0.4, 0.3), (0.604, 0.208))
    assert rig.shapes[0].points[2] == Point(0.6, 0.2)
    rig.drag((0.6, 0.2), (0.75, 0.21), (0.75, 0.207))
    assert rig.shapes[0].points[2].y == pytest.approx(0.2)
    assert rig.shapes[0].points[2].x == pytest.approx(0.75, abs=0.004)
    corner = rig.shapes[0].points[2]
    rig.drag((corner.x, corner.y), (0.7, 0.5), (0.5, 0.99))
    assert rig.shapes[0].points[2].y == 1.0


def test_the_grid_of_the_camera_draws_in_once_it_can_be_seen(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3)], limits=Limits(steps=(16, 12))))
    rig.click(0.35, 0.25)
    rig.drag((0.4, 0.3), (0.55, 0.55))
    assert rig.shapes[0].points[2] == Point(round(0.55 * 16) / 16, round(0.55 * 12) / 12)


def test_a_double_click_puts_a_corner_in_and_delete_takes_it_out(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3)]))
    rig.click(0.35, 0.25)
    rig.double(0.35, 0.2)
    assert len(rig.shapes[0].points) == 5
    assert rig.desk.vertex == 1
    rig.key(Key.Key_Delete)
    assert rig.shapes[0] == region("1", 0.3).shape
    rig.key(Key.Key_Escape)
    rig.click(0.35, 0.25)
    rig.key(Key.Key_Delete)
    assert rig.shapes == ()


def test_the_knife_splits_a_polygon_and_says_when_it_cannot(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3)]))
    rig.click(0.35, 0.25)
    rig.key(Key.Key_X)
    rig.drag((0.5, 0.5), (0.6, 0.6))
    assert "cross the shape" in rig.complaint
    rig.drag((0.35, 0.1), (0.35, 0.4))
    assert [len(shape.points) for shape in rig.shapes] == [4, 4]
    assert [each.id for each in rig.sheet.regions] == ["1", ""]
    rig.desk.stack.undo()
    assert rig.shapes == (region("1", 0.3).shape,)


def test_a_click_takes_hold_of_another_layer_but_not_of_a_locked_or_hidden_one(qtbot):
    mask = layer_of([region("1", 0.7)], id="mask")
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3)]), mask)
    rig.click(0.75, 0.25)
    assert rig.desk.layer_id == "mask"
    rig.click(0.35, 0.25)
    assert rig.desk.layer_id == "field"
    rig.desk.set_locked("mask", True)
    rig.click(0.75, 0.25)
    assert rig.desk.layer_id == "field"
    rig.desk.set_locked("mask", False)
    rig.desk.set_hidden("mask", True)
    rig.click(0.75, 0.25)
    assert rig.desk.layer_id == "field"
    rig.desk.set_locked("field", True)
    rig.key(Key.Key_R)
    rig.drag((0.5, 0.5), (0.8, 0.8))
    assert "locked" in rig.complaint
    assert len(rig.shapes) == 1


# Limits while drawing


@pytest.mark.parametrize(
    ("limits", "place", "words"),
    [
        (Limits(simple=True), (0.35, 0.1), "cross"),
        (Limits(convex=True, simple=False), (0.32, 0.22), "inwards"),
        (Limits(min_width=0.2, min_height=0.2), (0.41, 0.31), "too small"),
    ],
)
def test_what_the_camera_would_not_take_is_said_while_the_corner_moves_and_refused(qtbot, limits, place, words):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3)], limits=limits))
    rig.click(0.35, 0.25)
    rig.drag((0.4, 0.3), place, modifier=CTRL, release=False)
    assert words in rig.complaint
    QTest.mouseRelease(rig.canvas, Qt.MouseButton.LeftButton, CTRL, rig.at(*place))
    assert words in rig.complaint
    assert rig.shapes == (region("1", 0.3).shape,)
    assert rig.desk.stack.count() == 0


def test_a_shape_too_many_is_refused_before_it_is_drawn(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3)], limits=Limits(most_regions=1)))
    rig.key(Key.Key_R)
    rig.drag((0.5, 0.5), (0.8, 0.8))
    assert "room for 1" in rig.complaint
    assert len(rig.shapes) == 1


def test_a_corner_too_many_is_not_set(qtbot):
    rig = CanvasRig(qtbot, layer_of(limits=Limits(max_points=4)))
    rig.key(Key.Key_P)
    for place in ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.5, 0.9), (0.2, 0.8)):
        rig.click(*place, CTRL)
    assert "At most 4" in rig.complaint
    rig.key(Key.Key_Return)
    assert len(rig.shapes[0].points) == 4


def test_what_the_camera_will_round_is_asked_on_its_own_grid(qtbot):
    asked: list[Region] = []

    def rounded(layer, drawn):
        asked.append(drawn)
        return drawn.with_shape(polygon(0.5))

    rig = CanvasRig(qtbot, layer_of([region("1", 0.3)]), rounded=rounded)
    plain = rig.picture()
    rig.click(0.35, 0.25)
    assert rig.picture() != plain
    assert asked
    after = rig.picture()
    along = [rig.at(x / 1000, 0.2) for x in range(505, 596)]
    assert max(plain.pixelColor(spot).lightness() for spot in along) < 130
    assert max(after.pixelColor(spot).lightness() for spot in along) > 160  # the white dots of what it would hold


# From the keyboard alone


def test_a_polygon_is_drawn_and_reshaped_without_a_mouse(qtbot):
    rig = CanvasRig(qtbot)
    rig.key(Key.Key_P)
    rig.key(Key.Key_Insert)  # in the middle
    rig.key(Key.Key_Right, times=10)
    rig.key(Key.Key_Insert)
    rig.key(Key.Key_Down, times=10)
    rig.key(Key.Key_Insert)
    rig.key(Key.Key_Return)
    assert flat(rig.shapes[0]) == near((0.5, 0.5), (0.7, 0.5), (0.7, 0.7))
    rig.key(Key.Key_Period)
    assert rig.desk.vertex == 0
    rig.key(Key.Key_Comma)
    assert rig.desk.vertex == 2
    rig.key(Key.Key_Left, ALT, times=5)
    assert flat(rig.shapes[0]) == near((0.5, 0.5), (0.7, 0.5), (0.695, 0.7))
    rig.key(Key.Key_Insert)
    assert len(rig.shapes[0].points) == 4
    rig.key(Key.Key_Delete)
    assert len(rig.shapes[0].points) == 3


def test_a_rectangle_and_cells_are_drawn_without_a_mouse(qtbot):
    cells = layer_of([Region("1", Purpose.MOTION, Cells(22, 18))], limits=CELLS, id="motion")
    rig = CanvasRig(qtbot, layer_of(), cells)
    rig.key(Key.Key_R)
    rig.key(Key.Key_Insert)
    rig.key(Key.Key_Right, times=5)
    rig.key(Key.Key_Down, times=5)
    rig.key(Key.Key_Return)
    box = bounds(rig.shapes[0].points)
    assert [box.left, box.top, box.right, box.bottom] == near((0.5, 0.5), (0.6, 0.6))
    rig.desk.take("motion")
    rig.key(Key.Key_B)
    rig.key(Key.Key_Insert)
    rig.key(Key.Key_Right)
    rig.key(Key.Key_Insert)
    assert rig.shapes[0].on == {(11, 9), (12, 9)}
    rig.key(Key.Key_G)
    rig.key(Key.Key_Insert)
    rig.key(Key.Key_Down, times=2)
    rig.key(Key.Key_Insert)
    assert (11, 11) in rig.shapes[0].on


def test_shapes_are_walked_through_and_nudged_and_nudging_on_is_one_step(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3), region("2", 0.6)]))
    rig.key(Key.Key_PageDown)
    rig.key(Key.Key_PageDown)
    assert rig.desk.selection == (rig.sheet.keys[1],)
    rig.key(Key.Key_Right, times=3)
    assert flat(rig.shapes[1])[:2] == near((0.63, 0.2))
    rig.key(Key.Key_Up, ALT)
    assert flat(rig.shapes[1])[:2] == near((0.63, 0.199))
    assert rig.desk.stack.count() == 1
    rig.desk.stack.undo()
    assert rig.shapes[1] == region("2", 0.6).shape


def test_duplicate_mirror_align_and_paste(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3)]))
    rig.key(Key.Key_PageDown)
    rig.key(Key.Key_D, CTRL)
    assert len(rig.shapes) == 2
    rig.key(Key.Key_C, CTRL)
    assert "camwright" in QGuiApplication.clipboard().text()
    rig.key(Key.Key_V, CTRL)
    assert len(rig.shapes) == 3
    assert len({shape.points for shape in rig.shapes}) == 3
    rig.key(Key.Key_A, CTRL)
    rig.key(Key.Key_Left, CTRL | SHIFT)
    assert {round(bounds(shape.points).left, 6) for shape in rig.shapes} == {0.3}
    rig.key(Key.Key_H, SHIFT)
    assert rig.shapes[0].points[0] == Point(pytest.approx(0.4), pytest.approx(0.2))
    QGuiApplication.clipboard().setText("not regions")
    rig.key(Key.Key_V, CTRL)
    assert "no regions" in rig.complaint


def test_pasting_on_a_camera_with_less_room_says_so(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3), region("2", 0.6)]))
    rig.key(Key.Key_A, CTRL)
    rig.key(Key.Key_C, CTRL)
    small = CanvasRig(qtbot, layer_of(limits=Limits(most_regions=1, max_points=4)))
    small.key(Key.Key_V, CTRL)
    assert len(small.shapes) == 1
    assert "room for 1" in small.complaint


def test_a_label_is_made_larger_without_a_mouse(qtbot):
    label = Region("1", Purpose.TEXT, Label(Point(0.2, 0.2), 0.2, 0.1, "Gate", sized=True))
    rig = CanvasRig(qtbot, layer_of([label], limits=Limits(shapes=(ShapeKind.LABEL,))))
    rig.key(Key.Key_PageDown)
    rig.key(Key.Key_Comma)  # its far corner
    rig.key(Key.Key_Right, times=5)
    assert rig.shapes[0].at == Point(0.2, 0.2)
    assert rig.shapes[0].width == pytest.approx(0.25)


def test_a_tool_for_shapes_that_the_camera_does_not_have_is_refused(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3)]))
    for key in (Key.Key_B, Key.Key_L, Key.Key_T):
        rig.key(key)
        assert rig.canvas.info.id == "select"
        assert "no such shape" in rig.complaint


def test_a_grid_is_pasted_over_the_grid_of_another_camera(qtbot):
    one = CanvasRig(qtbot, layer_of([Region("1", Purpose.MOTION, Cells(22, 18, frozenset({(0, 0)})))], limits=CELLS))
    one.key(Key.Key_A, CTRL)
    one.key(Key.Key_C, CTRL)
    fine = replace(CELLS, steps=(44, 36), most_regions=1)
    other = CanvasRig(qtbot, layer_of([Region("1", Purpose.MOTION, Cells(44, 36, frozenset({(9, 9)})))], limits=fine))
    other.key(Key.Key_V, CTRL)
    assert other.shapes == (Cells(44, 36, frozenset({(0, 0), (1, 0), (0, 1), (1, 1)})),)
    assert "44 by 36" in other.complaint


def test_what_is_drawn_in_a_hidden_layer_is_seen_again(qtbot):
    rig = CanvasRig(qtbot)
    rig.desk.set_hidden("field", True)
    rig.key(Key.Key_R)
    rig.drag((0.2, 0.2), (0.4, 0.4))
    assert rig.desk.hidden == frozenset()


def test_one_layer_alone_is_shown_and_taken_hold_of(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3)]), layer_of([region("1", 0.7)], id="mask"))
    other = rig.colour(0.75, 0.25)
    rig.key(Key.Key_O)
    assert rig.colour(0.75, 0.25) != other
    rig.click(0.75, 0.25)
    assert rig.desk.layer_id == "field"
    rig.key(Key.Key_O)
    assert rig.colour(0.75, 0.25) == other


# Looking


def test_the_wheel_zooms_where_the_mouse_is_and_shapes_stay_exact(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3)]))
    before = rig.at(0.3, 0.2)
    rig.wheel(0.3, 0.2, clicks=8)
    after = rig.at(0.3, 0.2)
    assert rig.view.lens.zoom > 5
    assert (after - before).manhattanLength() <= 2
    rig.drag((0.3, 0.2), (0.305, 0.205), modifier=CTRL)
    rig.click(0.31, 0.21)
    rig.key(Key.Key_0)
    assert rig.view.lens.zoom == 1
    assert rig.canvas.scale.width == pytest.approx(800)


def test_the_picture_is_dragged_with_the_middle_button_and_never_lost(qtbot):
    rig = CanvasRig(qtbot)
    rig.key(Key.Key_Plus, times=6)
    rig.drag((0.5, 0.5), (0.55, 0.55), button=MIDDLE)
    left = rig.canvas.scale.left
    rig.drag((0.4, 0.4), (5.0, 5.0), button=MIDDLE)
    assert rig.canvas.scale.left == pytest.approx(0)
    assert left < 0
    assert rig.desk.stack.count() == 0


def test_space_freezes_and_space_with_the_mouse_pans(qtbot):
    rig = CanvasRig(qtbot)
    asked = []
    rig.canvas.freeze_wanted.connect(lambda: asked.append(True))
    rig.key(Key.Key_Space)
    assert asked == [True]
    rig.key(Key.Key_Plus, times=4)
    before = rig.canvas.scale.left
    QTest.keyPress(rig.canvas, Key.Key_Space)
    rig.drag((0.5, 0.5), (0.45, 0.5))
    QTest.keyRelease(rig.canvas, Key.Key_Space)
    assert rig.canvas.scale.left < before
    assert asked == [True]


def test_a_part_of_the_picture_is_painted_larger(qtbot):
    rig = CanvasRig(qtbot)
    image = rig.view.image
    image.fill(Qt.GlobalColor.black)
    for x in range(640, 1280):
        for y in range(720):
            image.setPixelColor(x, y, Qt.GlobalColor.white)
    rig.view.set_still(image)
    rig.wheel(0.9, 0.5, clicks=8)
    assert rig.colour(0.9, 0.5).lightness() > 100  # dimmed, as a still is
    assert rig.picture().pixelColor(2, 225).lightness() > 100  # what was black at the left is out of view


# What is said of regions


def test_a_region_flashes_when_its_event_comes_counts_and_shows_the_time_since(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("7", 0.3)]))
    now = [100.0]
    rig.canvas.marks._clock = lambda: now[0]
    before = rig.colour(0.35, 0.25)
    rig.canvas.flash("field", "7", "person")
    rig.canvas.flash("field", "7", "person")
    mark = rig.canvas.marks.get("field", "7")
    assert mark.glow(now[0]) == 1.0
    assert mark.glow(now[0] + FLASH) == 0.0
    assert "2 ×" in mark.words(now[0] + 75)
    assert "1 min" in mark.words(now[0] + 75)
    assert mark.words(now[0]).startswith("person")
    assert rig.canvas.marks.pace == 40
    now[0] += FLASH + 1
    assert rig.canvas.marks.pace == 500
    rig.canvas.clear_marks()
    assert rig.canvas.marks.pace == 0
    assert rig.colour(0.35, 0.25) == before


def test_the_flash_is_seen_on_the_picture(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("7", 0.3)]))
    before = rig.colour(0.37, 0.28)
    rig.canvas.flash("field", "7")
    assert rig.colour(0.37, 0.28) != before


def test_a_walk_test_rings_what_is_untested_and_ticks_what_was_passed(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("7", 0.3)]))
    plain = rig.picture()
    rig.canvas.set_walk_state("field", "7", WalkState.UNTESTED)
    untested = rig.picture()
    rig.canvas.set_walk_state("field", "7", WalkState.PASSED)
    passed = rig.picture()
    rig.canvas.set_walk_state("field", "7", WalkState.NONE)
    assert len({picture.constBits().tobytes() for picture in (plain, untested, passed)}) == 3
    assert rig.picture() == plain


def test_verdicts_stand_on_the_picture_until_the_region_is_drawn_anew(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3), region("2", 0.6)]))
    one, two = rig.sheet.keys
    plain = rig.picture()
    kept = RegionProof("1", Outcome.KEPT, region("1", 0.3), region("1", 0.3), None)
    adjusted = RegionProof("2", Outcome.ADJUSTED, region("2", 0.7), region("2", 0.6), None, "It lies elsewhere.")
    rig.canvas.show_outcomes("field", {one: kept, two: adjusted})
    assert rig.picture() != plain
    assert rig.canvas.outcomes.fading
    rig.key(Key.Key_PageDown)
    rig.key(Key.Key_PageDown)
    rig.key(Key.Key_Right)
    assert rig.canvas.outcomes.get("field", two) is None
    assert rig.canvas.outcomes.get("field", one) is kept


def test_a_screen_reader_hears_tool_layer_and_shape(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3)]))
    assert "Select" in rig.canvas.accessibleName()
    rig.key(Key.Key_PageDown)
    assert "region 1 with 4 points" in rig.canvas.accessibleDescription()
    rig.key(Key.Key_P)
    assert "Polygon" in rig.canvas.accessibleName()


def test_several_shapes_are_chosen_centred_and_a_line_turned_by_keys(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.1), region("2", 0.3), region("3", 0.7)]))
    rig.key(Key.Key_PageDown)
    rig.key(Key.Key_PageDown)
    rig.key(Key.Key_PageDown, SHIFT)
    assert rig.desk.selection == rig.sheet.keys[1:]
    rig.key(Key.Key_C, CTRL | SHIFT)
    assert flat(rig.shapes[0]) == flat(region("1", 0.1).shape)
    assert flat(rig.shapes[1]) == pytest.approx(flat(rig.shapes[2]))
    rig.key(Key.Key_M, CTRL | SHIFT)
    assert flat(rig.shapes[1]) == pytest.approx(flat(region("2", 0.5).shape))
    rig.key(Key.Key_D)
    assert "Choose the line" in rig.complaint
    every = tuple(Direction)
    line = Region("1", Purpose.LINE, Line((Point(0.2, 0.5), Point(0.8, 0.5))))
    lines = CanvasRig(qtbot, layer_of([line], limits=replace(LINES, directions=every)))
    lines.key(Key.Key_PageDown)
    seen = []
    for _ in every:
        lines.key(Key.Key_D)
        seen.append(lines.shapes[0].direction)
    assert set(seen) == set(every)
    assert lines.shapes[0].direction is Direction.BOTH


def test_the_knife_cuts_from_the_keyboard_and_a_corner_splits(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.45)]))
    rig.key(Key.Key_PageDown)
    rig.key(Key.Key_X)
    rig.key(Key.Key_Up, times=20)  # from the middle, above it all
    rig.key(Key.Key_N, ALT)
    rig.key(Key.Key_Down, times=20)
    rig.key(Key.Key_N, ALT)
    assert [len(shape.points) for shape in rig.shapes] == [4, 4]
    assert sorted(round(bounds(shape.points).width, 3) for shape in rig.shapes) == [0.05, 0.05]
    rig.desk.stack.undo()
    rig.key(Key.Key_V)
    rig.key(Key.Key_Escape)
    rig.key(Key.Key_PageDown)
    rig.key(Key.Key_X, SHIFT)
    assert "Choose the corner" in rig.complaint
    rig.key(Key.Key_Period)
    rig.key(Key.Key_X, SHIFT)
    assert [len(shape.points) for shape in rig.shapes] == [3, 3]


def test_a_copy_in_the_corner_of_the_picture_lies_aside_as_well(qtbot):
    corner = Region("1", Purpose.INTRUSION, Polygon((Point(0.9, 0.9), Point(1, 0.9), Point(1, 1))))
    rig = CanvasRig(qtbot, layer_of([corner]))
    rig.key(Key.Key_PageDown)
    rig.key(Key.Key_D, CTRL)
    assert rig.shapes[0] != rig.shapes[1]


def test_fine_steps_of_the_cross_are_drawn_to_nothing_and_shift_keeps_straight(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.5)]))  # a corner at 0.5, 0.2
    rig.key(Key.Key_P)
    rig.key(Key.Key_Up, times=15)
    rig.key(Key.Key_Right, ALT, times=3)
    rig.key(Key.Key_N, ALT)
    first = rig.canvas.tool.points[0]
    assert first == rig.canvas.cross
    assert first != Point(0.5, 0.2)
    rig.key(Key.Key_Right, SHIFT, times=10)
    rig.key(Key.Key_Down, ALT, times=4)
    rig.key(Key.Key_Insert, SHIFT)
    assert rig.canvas.tool.points[1].y == pytest.approx(first.y)


def test_a_rectangle_of_cells_is_erased_by_keys(qtbot):
    full = Cells(22, 18, frozenset((c, r) for c in range(22) for r in range(18)))
    rig = CanvasRig(qtbot, layer_of([Region("1", Purpose.MOTION, full)], limits=CELLS))
    rig.key(Key.Key_G)
    rig.key(Key.Key_N, SHIFT)
    rig.key(Key.Key_Right, times=2)
    rig.key(Key.Key_N)
    assert len(full.on - rig.shapes[0].on) == 3


def test_a_polyline_with_its_direction_is_drawn_bent_and_split(qtbot):
    bent = Limits(shapes=(ShapeKind.LINE,), max_points=5, directions=tuple(Direction))
    rig = CanvasRig(qtbot, layer_of(limits=bent))
    way = ((0.2, 0.3), (0.5, 0.4), (0.7, 0.3), (0.8, 0.7))
    rig.key(Key.Key_L)
    for place in way:
        rig.click(*place, CTRL)
    rig.key(Key.Key_Return)
    assert flat(rig.shapes[0]) == near(*way)
    rig.key(Key.Key_D)
    turned = rig.shapes[0].direction
    assert turned is not Direction.BOTH
    rig.drag(way[1], (0.5, 0.6), modifier=CTRL)
    assert flat(rig.shapes[0]) == near(way[0], (0.5, 0.6), *way[2:])
    assert rig.desk.vertex == 1
    rig.key(Key.Key_X, SHIFT)
    assert [len(shape.points) for shape in rig.shapes] == [2, 3]
    assert {shape.direction for shape in rig.shapes} == {turned}

"""The canvas whichever way its picture is shown: resized, zoomed, turned. What is drawn stays the camera's own."""

from __future__ import annotations

import pytest
from canvas_rig import CanvasRig
from PySide6.QtCore import QPointF, QRectF, Qt
from region_rig import layer_of, region

from app.model.geometry import Box, Point, bounds
from app.model.region import Cells, Limits, Purpose, Region, ShapeKind
from app.regions.shaping import Edge
from ui.canvas.scale import Scale

pytestmark = pytest.mark.gui
Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
TURNS = (0, 90, 180, 270)
FIELD = ((0.3, 0.2), (0.7, 0.25), (0.6, 0.6))


def flat(shape) -> list[float]:
    return [value for point in shape.points for value in (point.x, point.y)]


def near(rig, *points):
    """To the pixel of the screen."""
    spread = 1.5 / min(rig.canvas.scale.width, rig.canvas.scale.height)
    return [pytest.approx(value, abs=spread) for point in points for value in point]


def turn(rig, degrees: int) -> None:
    rig.key(Key.Key_R, SHIFT, times=degrees // 90)
    assert rig.view.rotation == degrees


@pytest.mark.parametrize("degrees", TURNS)
def test_places_and_pixels_are_each_other_s_inverse(degrees):
    scale = Scale.of(QRectF(10, 20, 400, 300), degrees)
    for point in (Point(0, 0), Point(1, 0), Point(0.3, 0.8)):
        again = scale.point(scale.pixel(point))
        assert (again.x, again.y) == (pytest.approx(point.x), pytest.approx(point.y))
    corners = [scale.pixel(Point(x, y)) for x in (0, 1) for y in (0, 1)]
    assert {(round(at.x()), round(at.y())) for at in corners} == {(10, 20), (410, 20), (10, 320), (410, 320)}
    assert scale.rect(Box(0, 0, 1, 1)) == QRectF(10, 20, 400, 300)
    step = scale.way(1, 0)
    moved = scale.pixel(Point(0.5 + step[0] / 100, 0.5 + step[1] / 100)) - scale.pixel(Point(0.5, 0.5))
    assert moved.x() > 0
    assert moved.y() == pytest.approx(0)


def test_a_picture_turned_clockwise_shows_the_camera_s_left_edge_on_top():
    scale = Scale.of(QRectF(0, 0, 300, 400), 90)
    assert scale.pixel(Point(0, 1)) == QPointF(0, 0)
    assert scale.pixel(Point(0, 0)) == QPointF(300, 0)
    assert scale.edge(Edge.TOP) is Edge.LEFT
    assert scale.edge(Edge.CENTRE) is Edge.MIDDLE


@pytest.mark.parametrize("degrees", TURNS)
@pytest.mark.parametrize("clicks", [0, 6])
def test_a_shape_lands_where_the_mouse_was_turned_and_zoomed(qtbot, degrees, clicks):
    rig = CanvasRig(qtbot)
    turn(rig, degrees)
    if clicks:
        rig.wheel(0.5, 0.4, clicks=clicks)
    rig.key(Key.Key_P)
    for place in FIELD:
        rig.click(*place, CTRL)
    rig.key(Key.Key_Return)
    assert flat(rig.shapes[0]) == near(rig, *FIELD)


@pytest.mark.parametrize("degrees", TURNS)
def test_arrows_and_edges_are_those_of_the_screen(qtbot, degrees):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3)]))
    turn(rig, degrees)
    rig.key(Key.Key_PageDown)
    before = rig.canvas.scale.rect(bounds(rig.shapes[0].points))
    rig.key(Key.Key_Right, times=3)
    after = rig.canvas.scale.rect(bounds(rig.shapes[0].points))
    assert after.left() > before.left()
    assert after.top() == pytest.approx(before.top())
    rig.key(Key.Key_Up, CTRL | SHIFT)
    at_top = rig.canvas.scale.rect(bounds(rig.shapes[0].points))
    assert at_top.top() == pytest.approx(rig.canvas.scale.top)
    rig.key(Key.Key_H, SHIFT)
    assert rig.canvas.scale.rect(bounds(rig.shapes[0].points)).left() == pytest.approx(at_top.left())


@pytest.mark.parametrize("degrees", TURNS)
def test_the_brush_of_the_keyboard_goes_the_way_of_the_arrow(qtbot, degrees):
    grid = Region("1", Purpose.MOTION, Cells(22, 18))
    rig = CanvasRig(qtbot, layer_of([grid], limits=Limits(shapes=(ShapeKind.CELLS,), steps=(22, 18))))
    turn(rig, degrees)
    rig.key(Key.Key_B)
    rig.key(Key.Key_N)
    (first,) = rig.shapes[0].on
    rig.key(Key.Key_Right)
    rig.key(Key.Key_N)
    (second,) = rig.shapes[0].on - {first}
    assert (second[0] - first[0], second[1] - first[1]) == rig.canvas.scale.way(1, 0)


@pytest.mark.parametrize("size", [(500, 480), (960, 300), (320, 640)])
def test_a_window_that_is_resized_in_the_middle_of_a_gesture_changes_no_shape(qtbot, size):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3)]))
    rig.key(Key.Key_P)
    rig.click(*FIELD[0], CTRL)
    rig.click(*FIELD[1], CTRL)
    rig.view.resize(*size)
    qtbot.waitUntil(lambda: rig.canvas.size() == rig.view.size())
    rig.click(*FIELD[2], CTRL)
    turn(rig, 90)
    rig.key(Key.Key_Return)
    assert rig.shapes[0] == region("1", 0.3).shape
    assert flat(rig.shapes[1]) == near(rig, *FIELD)


def test_what_is_drawn_is_painted_where_the_mouse_finds_it_on_a_turned_picture(qtbot):
    rig = CanvasRig(qtbot, layer_of([region("1", 0.3)]))
    turn(rig, 90)
    inside, outside = rig.colour(0.35, 0.25), rig.colour(0.6, 0.7)
    assert inside != outside
    rig.click(0.35, 0.25)
    assert rig.desk.selection == rig.sheet.keys

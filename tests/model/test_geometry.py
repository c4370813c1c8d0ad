"""Geometry of what is drawn: pure, in shares of the picture."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model import geometry
from app.model.geometry import Box, Point

POINTS = st.builds(Point, st.floats(0, 1), st.floats(0, 1))
WHOLE = st.builds(Point, st.integers(0, 40), st.integers(0, 40))  # exact arithmetic
STEPS = st.tuples(st.integers(1, 4000), st.integers(1, 4000))
SQUARE = (Point(0, 0), Point(4, 0), Point(4, 4), Point(0, 4))
STAR = tuple(Point(math.cos(turn * 0.8 * math.pi), math.sin(turn * 0.8 * math.pi)) for turn in range(5))


def test_clockwise_as_seen_has_a_positive_area() -> None:
    assert geometry.signed_area(SQUARE) == 16
    assert geometry.signed_area(SQUARE[::-1]) == -16


def test_right_hand_of_somebody_who_walks_to_the_right_is_below() -> None:
    a, b = Point(0.2, 0.5), Point(0.8, 0.5)
    assert geometry.side(a, b, Point(0.5, 0.9)) > 0
    assert geometry.side(a, b, Point(0.5, 0.1)) < 0
    assert geometry.side(a, b, Point(0.5, 0.5)) == 0


@pytest.mark.parametrize(
    ("points", "simple", "convex", "upright"),
    [
        (SQUARE, True, True, True),
        (SQUARE[::-1], True, True, True),
        ((SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]), False, False, False),  # a bow tie
        ((Point(0, 0), Point(4, 0), Point(4, 0), Point(0, 4)), False, True, False),  # a corner twice
        ((Point(0, 0), Point(4, 0), Point(2, 0)), False, True, False),  # there and back again
        ((Point(0, 0), Point(4, 0), Point(4, 4), Point(4, 2)), False, False, False),  # a spike on an edge
        ((Point(0, 0), Point(4, 0), Point(2, 1), Point(0, 4)), True, False, False),
        ((Point(0, 0), Point(2, 0), Point(4, 0), Point(4, 4), Point(0, 4)), True, True, False),  # a straight corner
        ((Point(0, 0), Point(0, 0), Point(0, 0), Point(0, 0)), False, True, False),
        ((Point(1, 0), Point(4, 1), Point(3, 4), Point(0, 3)), True, True, False),  # a turned square
        (STAR, False, False, False),
    ],
)
def test_kinds_of_polygons(points: tuple[Point, ...], simple: bool, convex: bool, upright: bool) -> None:
    assert geometry.is_simple(points) is simple
    assert geometry.is_convex(points) is convex
    assert geometry.is_upright(points) is upright


@given(st.lists(WHOLE, min_size=3, max_size=8, unique=True), st.integers(0, 7))
def test_it_does_not_matter_where_a_polygon_starts_or_which_way_it_goes(points: list[Point], start: int) -> None:
    at = start % len(points)
    turned = [*points[at:], *points[:at]]
    for same in (turned, turned[::-1]):
        assert geometry.is_simple(same) == geometry.is_simple(points)
        assert geometry.is_convex(same) == geometry.is_convex(points)
        assert abs(geometry.signed_area(same)) == abs(geometry.signed_area(points))


@given(WHOLE, WHOLE, WHOLE, WHOLE)
def test_crossing_is_mutual(a: Point, b: Point, c: Point, d: Point) -> None:
    met = geometry.cross(a, b, c, d)
    assert geometry.cross(c, d, a, b) is met
    assert geometry.cross(b, a, c, d) is met
    assert geometry.cross(a, b, a, c)  # a shared end


def test_segments_that_only_point_at_each_other_do_not_cross() -> None:
    assert not geometry.cross(Point(0, 0), Point(1, 0), Point(2, -1), Point(2, 1))
    assert not geometry.cross(Point(0, 0), Point(1, 0), Point(2, 0), Point(3, 0))
    assert geometry.cross(Point(0, 0), Point(2, 0), Point(1, 0), Point(3, 0))
    assert geometry.cross(Point(0, 0), Point(2, 0), Point(1, -1), Point(1, 1))


@given(st.builds(Box, st.floats(0, 0.4), st.floats(0, 0.4), st.floats(0.5, 1), st.floats(0.5, 1)), POINTS)
def test_a_rectangle_holds_what_lies_between_its_sides(box: Box, point: Point) -> None:
    strictly = box.left < point.x < box.right and box.top < point.y < box.bottom
    if strictly or not geometry.inside(point, box):
        assert geometry.contains(box.corners, point) is strictly


def test_a_notch_is_not_inside() -> None:
    notched = (Point(0, 0), Point(4, 0), Point(4, 4), Point(2, 1), Point(0, 4))
    assert geometry.contains(notched, Point(2, 0.5))
    assert not geometry.contains(notched, Point(2, 2))


@given(st.lists(POINTS, min_size=1, max_size=8))
def test_bounds_hold_every_point_and_touch_some(points: list[Point]) -> None:
    box = geometry.bounds(points)
    assert all(geometry.inside(point, box) for point in points)
    assert box.width >= 0
    assert box.height >= 0
    assert any(point.x == box.left for point in points)
    assert any(point.y == box.bottom for point in points)


def test_nothing_has_no_bounds() -> None:
    with pytest.raises(ValueError, match="nothing"):
        geometry.bounds(())


@given(POINTS, STEPS)
def test_rounding_once_is_enough_and_goes_half_a_step_at_most(point: Point, steps: tuple[int, int]) -> None:
    held = geometry.on_steps(point, steps)
    assert geometry.on_steps(held, steps) == held
    assert abs(held.x - point.x) <= 0.5 / steps[0] + 1e-12
    assert abs(held.y - point.y) <= 0.5 / steps[1] + 1e-12


@given(st.integers(1, 10_000), st.data())
def test_every_step_is_kept(steps: int, data: st.DataObject) -> None:
    step = data.draw(st.integers(0, steps))
    assert geometry.to_steps(step / steps, steps) == step


@given(st.floats(-5, 5), st.integers(1, 1000))
def test_steps_end_at_the_picture(value: float, steps: int) -> None:
    assert 0 <= geometry.to_steps(value, steps) <= steps


@given(POINTS, POINTS, POINTS)
def test_a_segment_is_no_farther_than_its_ends(point: Point, a: Point, b: Point) -> None:
    away = geometry.distance_to_segment(point, a, b)
    assert away <= min(point.distance(a), point.distance(b)) + 1e-12
    assert geometry.distance_to_segment(a, a, b) == 0
    assert geometry.distance_to_segment(point, a, a) == point.distance(a)

"""What can be done to a shape: laws and the cases that went wrong elsewhere."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from region_rig import SENSITIVITY, layer_of, polygon, region

from app.errors import InvalidSetting
from app.model.geometry import Point, bounds, is_simple, side, signed_area
from app.model.region import Cells, Direction, Label, Limits, Line, Polygon, Purpose, Region, ShapeKind, Spot
from app.regions import shaping
from app.regions.pasting import paste
from app.regions.shaping import Edge
from app.regions.text import from_text, to_text

UNIT = st.floats(0, 1, allow_nan=False)
POINTS = st.builds(Point, UNIT, UNIT)
SHAPES = st.one_of(
    st.builds(Polygon, st.lists(POINTS, min_size=3, max_size=10).map(tuple)),
    st.builds(Line, st.lists(POINTS, min_size=2, max_size=5).map(tuple), st.sampled_from(Direction)),
    st.builds(Spot, POINTS),
    st.builds(Label, POINTS, st.just(0.0), st.just(0.0), st.text(max_size=5), st.booleans()),
    st.builds(
        lambda columns, rows, cells: Cells(columns, rows, frozenset((c % columns, r % rows) for c, r in cells)),
        st.integers(1, 64),
        st.integers(1, 36),
        st.lists(st.tuples(st.integers(0, 63), st.integers(0, 35)), max_size=20),
    ),
)
SQUARE = Polygon((Point(0.2, 0.2), Point(0.6, 0.2), Point(0.6, 0.6), Point(0.2, 0.6)))


@given(SHAPES, st.floats(-2, 2), st.floats(-2, 2))
def test_a_moved_shape_stays_in_the_picture_and_keeps_its_size(shape, dx, dy):
    after = shaping.moved(shape, dx, dy)
    assert all(-1e-9 <= v <= 1 + 1e-9 for point in after.points for v in (point.x, point.y))
    if shape.points:
        before, box = bounds(shape.points), bounds(after.points)
        assert (box.width, box.height) == pytest.approx((before.width, before.height), abs=1e-9)


@given(SHAPES, st.booleans())
def test_mirrored_twice_is_as_it_was(shape, across):
    twice = shaping.mirrored(shaping.mirrored(shape, across=across), across=across)
    assert twice.kind is shape.kind
    assert [v for p in twice.points for v in (p.x, p.y)] == pytest.approx([v for p in shape.points for v in (p.x, p.y)])
    if isinstance(shape, Cells | Line):
        assert replace(twice, **({} if isinstance(shape, Cells) else {"points": shape.points})) == shape


def test_a_mirrored_line_still_watches_the_same_side_of_the_yard():
    line = Line((Point(0.2, 0.5), Point(0.8, 0.5)), Direction.A_TO_B)  # to the right: B is below
    after = shaping.mirrored(line, across=True)
    assert after.direction is Direction.B_TO_A
    assert side(*after.points, Point(0.5, 0.9)) < 0  # what is below is A now, and comes from B to A


@given(SHAPES)
def test_regions_survive_their_text(shape):
    there = Region("", Purpose.OTHER, shape, "Näme", False, (("a/b", "1"),))
    assert from_text(to_text([there])) == (there,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"camwright": "regions", "version": 2, "regions": []}',
        to_text([region()]).replace("0.2", "1e999"),
        to_text([region()]).replace("0.2", "NaN"),
        to_text([region()]).replace("0.2", "true"),
        to_text([region()]).replace("polygon", "blob"),
        to_text([Region("", Purpose.MOTION, Cells(22, 18, frozenset({(1, 1)})))]).replace("22", "999999999"),
        '{"camwright": "regions", "version": 1, "regions": ' + "[" * 100_000,
        "x" * 2_000_000,
    ],
)
def test_a_text_that_holds_no_regions_is_refused(text):
    with pytest.raises(InvalidSetting):
        from_text(text)


def test_a_corner_of_a_rectangle_takes_its_neighbours_along():
    after = shaping.with_point(SQUARE, 2, Point(0.9, 0.8), Limits(upright=True))
    assert bounds(after.points) == bounds((Point(0.2, 0.2), Point(0.9, 0.8)))
    assert Limits(upright=True).problem(after) == ""
    assert shaping.with_point(SQUARE, 2, Point(0.9, 0.8), Limits()).points[2] == Point(0.9, 0.8)


def test_points_are_put_in_and_taken_out_within_the_limits():
    more = shaping.inserted(SQUARE, 3)
    assert more.points[4] == Point(0.2, 0.4)
    assert shaping.removed(more, 4) == SQUARE
    assert "4 corners" in shaping.can_insert(SQUARE, Limits(max_points=4))
    assert shaping.can_insert(SQUARE, Limits(max_points=5)) == ""
    assert shaping.can_remove(Polygon(SQUARE.points[:3]), Limits())
    assert shaping.can_remove(SQUARE, Limits(min_points=4))
    assert shaping.can_remove(SQUARE, Limits()) == ""


def test_a_polygon_is_cut_into_two_that_make_up_the_whole():
    one, two = shaping.cut(SQUARE, Point(0.1, 0.3), Point(0.9, 0.5))
    assert is_simple(one.points)
    assert is_simple(two.points)
    assert abs(signed_area(one.points)) + abs(signed_area(two.points)) == pytest.approx(0.16)
    assert shaping.cut(SQUARE, Point(0.7, 0.1), Point(0.7, 0.9)) is None
    assert shaping.split(SQUARE, 0, 1) is None
    halves = shaping.split(SQUARE, 0, 2)
    assert [len(half.points) for half in halves] == [3, 3]
    line = Line((Point(0, 0), Point(0.5, 0.5), Point(1, 0)))
    assert shaping.split(line, 1, 0) == (Line(line.points[:2]), Line(line.points[1:]))
    assert shaping.split(line, 0, 1) is None


def test_straight_goes_by_what_is_seen_and_not_by_the_numbers():
    at = shaping.straight(Point(0.5, 0.5), Point(0.6, 0.52), 16 / 9)
    assert at.y == pytest.approx(0.5)
    slant = shaping.straight(Point(0, 0), Point(0.1, 0.17), 16 / 9)
    assert slant.x * 16 / 9 == pytest.approx(slant.y)


def test_shapes_are_aligned_with_each_other_and_one_alone_with_the_picture():
    left, right = polygon(0.1), polygon(0.5)
    one, two = shaping.aligned([left, right], Edge.LEFT)
    assert one == left
    assert bounds(two.points).left == pytest.approx(0.1)
    (alone,) = shaping.aligned([left], Edge.RIGHT)
    assert bounds(alone.points).right == pytest.approx(1.0)
    one, two = shaping.aligned([left, polygon(0.5, 0.2)], Edge.MIDDLE)
    assert bounds(one.points).top + 0.05 == pytest.approx(bounds(two.points).top + 0.1)


def test_a_fast_brush_leaves_no_gap_and_fill_takes_every_cell_between():
    way = list(shaping.stroke((0, 0), (9, 3)))
    assert way[0] == (0, 0)
    assert way[-1] == (9, 3)
    assert all(max(abs(a[0] - b[0]), abs(a[1] - b[1])) == 1 for a, b in pairwise(way))
    assert len(set(shaping.block((4, 5), (2, 3)))) == 9
    cells = Cells(4, 4)
    assert shaping.cell_at(cells, Point(1.0, 1.0)) == (3, 3)
    assert shaping.cell_at(cells, Point(-0.2, 2.0)) == (0, 3)
    on = shaping.painted(cells, [(1, 1), (2, 1)], on=True)
    assert shaping.painted(on, [(1, 1)], on=False).on == {(2, 1)}


def test_pasting_on_a_smaller_camera_simplifies_and_says_what_was_lost():
    seven = Polygon(
        (
            Point(0.2, 0.2),
            Point(0.5, 0.19),
            Point(0.8, 0.2),
            Point(0.81, 0.5),
            Point(0.8, 0.8),
            Point(0.2, 0.8),
            Point(0.19, 0.5),
        )
    )
    there = region().with_shape(seven)
    result = paste([there], layer_of(limits=Limits(max_points=4)), [])
    assert len(result.regions[0].shape.points) == 4
    assert "4 corners at most here, it had 7" in result.words
    assert "%" in result.words
    upright = paste([there], layer_of(limits=Limits(upright=True)), [])
    assert Limits(upright=True).problem(upright.regions[0].shape) == ""


def test_pasting_stops_at_the_number_of_shapes_with_the_reason():
    result = paste([region(left=0.1), region(left=0.3)], layer_of(limits=Limits(most_regions=2)), [region("1", 0.7)])
    assert len(result.regions) == 1
    assert result.refusals == ("intrusion: The camera has room for 2.",)
    line = region().with_shape(Line((Point(0, 0), Point(1, 1))))
    assert "no such shape" in paste([line], layer_of(), []).words


def test_a_pasted_copy_lies_aside_and_takes_only_values_that_fit():
    there = region("1")
    odd = there.with_value("sensitivity", "900").with_value("elsewhere", "x")
    result = paste([odd], layer_of([there]), [there])
    assert result.regions[0].shape != there.shape
    assert result.regions[0].properties == ((SENSITIVITY.path, "50"),)
    fits = paste([there.with_value("sensitivity", "70")], layer_of(), [])
    assert fits.regions[0].value("sensitivity") == "70"
    assert fits.regions[0].id == ""


def test_a_grid_goes_onto_another_grid():
    whole = Cells(22, 18, frozenset(shaping.block((0, 0), (10, 17))))
    limits = Limits(shapes=(ShapeKind.CELLS,), steps=(44, 36))
    (pasted,) = paste([Region("", Purpose.MOTION, whole)], layer_of(limits=limits), []).regions
    assert pasted.shape == Cells(44, 36, frozenset(shaping.block((0, 0), (21, 35))))

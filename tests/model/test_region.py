"""What makes a region, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.geometry import Box, Point
from app.model.region import Cells, Direction, Label, Limits, Line, Polygon, Purpose, Region, Shape, ShapeKind, Spot

EVERY = tuple(ShapeKind)
SQUARE = Polygon(Box(0.25, 0.25, 0.75, 0.75).corners)
POINTS = st.builds(Point, st.floats(0, 1), st.floats(0, 1))
SHAPES = st.one_of(
    st.builds(Polygon, st.lists(POINTS, min_size=3, max_size=6).map(tuple)),
    st.builds(Line, st.lists(POINTS, min_size=2, max_size=4).map(tuple), st.sampled_from(Direction)),
    st.builds(Spot, POINTS),
    st.builds(Label, POINTS, st.floats(0, 1), st.floats(0, 1), st.text(max_size=4)),
    st.builds(Cells, st.just(22), st.just(18), st.frozensets(st.tuples(st.integers(0, 21), st.integers(0, 17)))),
)


@given(SHAPES, st.tuples(st.integers(1, 2000), st.integers(1, 2000)))
def test_a_rounded_shape_is_rounded(shape: Shape, steps: tuple[int, int]) -> None:
    limits = Limits(shapes=EVERY, steps=steps)
    held = limits.rounded(shape)
    assert limits.rounded(held) == held
    assert held.kind is shape.kind
    assert len(held.points) == len(shape.points)


@given(SHAPES, st.tuples(st.integers(1, 2000), st.integers(1, 2000)))
def test_what_the_camera_takes_it_takes_rounded_as_well(shape: Shape, steps: tuple[int, int]) -> None:
    """Otherwise a zone would be sent that the camera drops."""
    limits = Limits(shapes=EVERY, steps=steps, convex=True)
    if not limits.problem(shape):
        assert not limits.problem(limits.rounded(shape))


@pytest.mark.parametrize(
    ("limits", "shape", "said"),
    [
        (Limits(), SQUARE, ""),
        (Limits(), Line((Point(0, 0), Point(1, 1))), "no such shape"),
        (Limits(), Polygon((Point(0, 0), Point(1.2, 0), Point(0, 1))), "outside the picture"),
        (Limits(), Polygon((Point(0, 0), Point(float("nan"), 0), Point(0, 1))), "outside the picture"),
        (Limits(min_points=4), Polygon(SQUARE.points[:3]), "At least 4 corners"),
        (Limits(max_points=3), SQUARE, "At most 3 corners"),
        (Limits(), Polygon((Point(0, 0), Point(1, 1), Point(1, 0), Point(0, 1))), "encloses nothing"),
        (Limits(), Polygon((Point(0, 0), Point(0.9, 1), Point(1, 0), Point(0, 0.8))), "must not cross"),
        (Limits(), Polygon((Point(0, 0), Point(0.5, 0.5), Point(1, 1))), "encloses nothing"),
        (Limits(steps=(10, 10)), Polygon((*SQUARE.points, Point(0.26, 0.26))), "one and the same"),
        (Limits(upright=True), SQUARE, ""),
        (Limits(upright=True), Polygon((Point(0, 0), Point(1, 0), Point(1, 1), Point(0.1, 1))), "Only a rectangle"),
        (Limits(convex=True), Polygon((Point(0, 0), Point(1, 0), Point(0.2, 0.2), Point(0, 1))), "point inwards"),
        (Limits(min_width=0.5, min_height=0.5), SQUARE, ""),
        (Limits(min_width=0.52), SQUARE, "too small"),
        (Limits(shapes=EVERY), Line((Point(0, 0),)), "two points"),
        (Limits(shapes=EVERY), Line((Point(0, 0), Point(0.0001, 0))), "two points"),
        (Limits(shapes=EVERY, max_points=2), Line((Point(0, 0), Point(1, 0), Point(1, 1))), "At most 2 points"),
        (
            Limits(shapes=EVERY, directions=(Direction.BOTH,)),
            Line((Point(0, 0), Point(1, 0)), Direction.A_TO_B),
            "does not watch",
        ),
        (Limits(shapes=EVERY, steps=(22, 18)), Cells(22, 18, frozenset({(21, 17)})), ""),
        (Limits(shapes=EVERY, steps=(22, 18)), Cells(22, 15), "22 by 18 cells"),
        (Limits(shapes=EVERY, steps=(22, 18)), Cells(22, 18, frozenset({(22, 0)})), "outside the picture"),
        (Limits(shapes=EVERY), Label(Point(0.5, 0.5), 0.5, 0.5), ""),
        (Limits(shapes=EVERY), Label(Point(0.6, 0.5), 0.5, 0.5), "outside the picture"),
        (Limits(shapes=EVERY), Spot(Point(0.5, -0.1)), "outside the picture"),
    ],
)
def test_limits_say_what_is_wrong(limits: Limits, shape: Shape, said: str) -> None:
    problem = limits.problem(shape)
    assert said in problem
    assert bool(problem) == bool(said)


def test_room_runs_out() -> None:
    assert not Limits(most_regions=4).too_many(4)
    assert "room for 4" in Limits(most_regions=4).too_many(5)
    assert not Limits().too_many(400)


def test_cells_have_the_corners_of_what_is_on() -> None:
    assert Cells(10, 10).points == ()
    assert Cells(10, 10, frozenset({(2, 3), (4, 4)})).points == Box(0.2, 0.3, 0.5, 0.5).corners


def test_properties_keep_their_order() -> None:
    region = Region("1", Purpose.LINE, SQUARE, properties=(("a", "1"), ("b", "2")))
    assert region.with_value("a", "3").properties == (("a", "3"), ("b", "2"))
    assert region.value("c") == ""

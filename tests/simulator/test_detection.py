"""What a simulated camera notices follows from what is drawn and from the time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.geometry import Point
from app.model.region import Cells, Direction, Line, Polygon, Purpose
from app.simulator.armed import Watched
from app.simulator.detection import Detector
from app.simulator.picture import PictureSettings
from app.simulator.scene import Scene, SceneObject
from app.simulator.views import seen_in

LEFT_HALF = Polygon((Point(0, 0), Point(0.5, 0), Point(0.5, 1), Point(0, 1)))
MIDDLE = Line((Point(0.5, 0.0), Point(0.5, 1.0)))  # walking down: left hand is the right side of the picture


def person(x, y=0.8, kind="person", name="w", height=0.3):
    return SceneObject(kind, x - 0.05, y - height, 0.1, height, name)


def across(right=True, speed=0.1, kind="person"):
    """Somebody who is at x=0 (or 1) at time 0 and walks to the other side."""

    def look(channel, now):
        x = now * speed if right else 1 - now * speed
        return (person(x, kind=kind),) if 0 <= x <= 1 else ()

    return look


def region(purpose, shape, **more):
    given = {"armed": True, "sensitivity": 0.5, **more}
    return Watched(purpose, purpose.value, 1, "1", shape, **given)


def happenings(look, *watched, seconds=10.0, step=0.1):
    detector = Detector(look)
    return [
        (round(n * step, 1), each) for n in range(int(seconds / step) + 1) for each in detector.tick(watched, n * step)
    ]


def begins(found):
    return [(at, each.target, each.direction) for at, each in found if each.active and each.count == 1]


@pytest.mark.parametrize(("right", "direction"), [(True, Direction.B_TO_A), (False, Direction.A_TO_B)])
def test_a_line_knows_from_which_hand_one_comes(right, direction):
    found = happenings(across(right), region(Purpose.LINE, MIDDLE))
    ((at, target, said),) = begins(found)
    assert (target, said) == ("person", direction)
    assert at == pytest.approx(5.0, abs=0.2)
    assert [each.active for _, each in found] == [True, False]


def test_a_line_that_watches_one_direction_is_crossed_in_that_one_only():
    one_way = Line(MIDDLE.points, Direction.A_TO_B)
    assert begins(happenings(across(right=True), region(Purpose.LINE, one_way))) == []
    assert len(begins(happenings(across(right=False), region(Purpose.LINE, one_way)))) == 1


def test_entrance_and_exit_are_the_two_ways_over_the_edge():
    entrance, leaving = region(Purpose.ENTRANCE, LEFT_HALF), region(Purpose.EXIT, LEFT_HALF)
    assert begins(happenings(across(right=True), entrance)) == []
    assert len(begins(happenings(across(right=True), leaving))) == 1
    assert len(begins(happenings(across(right=False), entrance))) == 1


def test_an_intrusion_takes_its_time_and_lasts_as_long_as_it_lasts():
    found = happenings(across(), region(Purpose.INTRUSION, LEFT_HALF, seconds=2.0))
    ((at, _, _),) = begins(found)
    assert at == pytest.approx(2.0, abs=0.15)
    posts = [each.count for _, each in found if each.active]
    assert posts == list(range(1, len(posts) + 1))
    assert found[-1][1].active is False
    assert found[-1][0] == pytest.approx(5.0, abs=0.2)
    assert begins(happenings(across(speed=0.5), region(Purpose.INTRUSION, LEFT_HALF, seconds=2.0))) == []


def test_targets_are_told_apart():
    people = region(Purpose.LINE, MIDDLE, targets=("person",))
    assert begins(happenings(across(kind="car"), people)) == []
    ((_, target, _),) = begins(happenings(across(kind="car"), region(Purpose.LINE, MIDDLE, targets=("vehicle",))))
    assert target == "vehicle"


def test_what_is_off_under_a_mask_or_too_small_is_not_seen():
    line = region(Purpose.LINE, MIDDLE)
    mask = region(Purpose.PRIVACY, Polygon((Point(0.3, 0), Point(0.7, 0), Point(0.7, 1), Point(0.3, 1))))
    assert begins(happenings(across(), region(Purpose.LINE, MIDDLE, armed=False))) == []
    assert begins(happenings(across(), region(Purpose.LINE, MIDDLE, sensitivity=0.0))) == []
    assert begins(happenings(across(), line, mask)) == []
    assert len(begins(happenings(across(), line))) == 1

    def far(channel, now):
        return tuple(person(each.x + 0.05, height=0.05) for each in across()(channel, now))

    assert begins(happenings(far, line)) == []
    assert len(begins(happenings(far, region(Purpose.LINE, MIDDLE, sensitivity=1.0)))) == 1


def test_motion_is_of_the_cells_that_are_on_and_of_what_moves():
    left = Cells(22, 18, frozenset((column, row) for column in range(5) for row in range(18)))
    found = happenings(across(), region(Purpose.MOTION, left))
    assert found[-1][1].active is False
    assert found[-1][0] < 4
    assert begins(happenings(lambda channel, now: (person(0.1),), region(Purpose.MOTION, left))) == []
    assert begins(happenings(across(), region(Purpose.MOTION, Cells(22, 18)))) == []


def test_a_crowd_a_runner_and_a_parked_car():
    crowd = tuple(person(0.1 + 0.1 * n, name=str(n)) for n in range(3))
    assert begins(happenings(lambda channel, now: crowd, region(Purpose.GROUP, LEFT_HALF)))
    assert not begins(happenings(lambda channel, now: crowd[:2], region(Purpose.GROUP, LEFT_HALF)))
    assert begins(happenings(across(speed=0.2), region(Purpose.RAPID_MOVE, LEFT_HALF)))
    standing = person(0.2, kind="car")
    assert begins(happenings(lambda channel, now: (standing,), region(Purpose.PARKING, LEFT_HALF, seconds=3)))
    assert not begins(happenings(across(kind="car"), region(Purpose.PARKING, LEFT_HALF, seconds=3)))


def box(left, top, right, bottom):
    return Polygon((Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom)))


def test_an_occupation_is_the_part_of_the_region_that_has_to_be_taken_up():
    """Somebody of 0.1 by 0.3 stands in a region of 0.2 by 0.5: three tenths of it."""

    def stands(channel, now):
        return (person(0.5, y=0.8),)

    shape = box(0.4, 0.5, 0.6, 1.0)
    for purpose in (Purpose.INTRUSION, Purpose.PEOPLE):
        assert begins(happenings(stands, region(purpose, shape, occupation=0.28)))
        assert not begins(happenings(stands, region(purpose, shape, occupation=0.35)))
    crowd = tuple(person(0.42 + 0.08 * n, name=str(n)) for n in range(3))
    assert begins(happenings(lambda channel, now: crowd, region(Purpose.GROUP, shape, occupation=0.5)))
    assert not begins(happenings(lambda channel, now: crowd, region(Purpose.GROUP, shape, occupation=0.8)))


@pytest.mark.parametrize(
    ("purpose", "needed"),
    [(Purpose.UNATTENDED, 0.5), (Purpose.INTRUSION, 0.5), (Purpose.MOTION, 0.5), (Purpose.GROUP, 0.5)],
)
def test_a_sensitivity_decides_how_small_a_thing_is_seen(purpose, needed):
    kind, largest = ("case", 0.06) if purpose is Purpose.UNATTENDED else ("person", 0.2)
    still = purpose is Purpose.UNATTENDED

    def small(channel, now):
        return tuple(
            person(0.1 + 0.1 * n + (0 if still else now * 0.01), kind=kind, name=str(n), height=largest * needed)
            for n in range(3)
        )

    for sensitivity, seen in ((needed - 0.05, False), (needed + 0.05, True)):
        found = happenings(small, region(purpose, LEFT_HALF, sensitivity=sensitivity, seconds=1.0))
        assert bool(begins(found)) is seen


def case(x, y=0.8):
    return SceneObject("case", x - 0.02, y - 0.05, 0.04, 0.05, "case")


def left_and_taken(channel, now):
    """A case that somebody puts down at 5 s and takes at 20 s."""
    owner = person(0.2 if 4 <= now < 8 or 19 <= now < 22 else 0.9)
    return (owner, case(0.2)) if 5 <= now < 20 else (owner,)


def test_what_is_left_is_told_when_it_has_lain_for_its_time():
    found = happenings(left_and_taken, region(Purpose.UNATTENDED, LEFT_HALF, seconds=6.0), seconds=40)
    ((at, target, _),) = begins(found)
    assert at == pytest.approx(11, abs=1)
    assert target == ""
    assert found[-1][1].active is False
    assert found[-1][0] == pytest.approx(20, abs=0.3)
    elsewhere = box(0.5, 0, 1, 1)
    assert not begins(happenings(left_and_taken, region(Purpose.UNATTENDED, elsewhere, seconds=6.0), seconds=40))
    assert not begins(happenings(left_and_taken, region(Purpose.UNATTENDED, LEFT_HALF, seconds=16.0), seconds=40))


def test_what_is_taken_is_missed_for_a_while():
    found = happenings(left_and_taken, region(Purpose.REMOVAL, LEFT_HALF, seconds=6.0), seconds=60)
    ((at, _, _),) = begins(found)
    assert at == pytest.approx(26, abs=1)
    assert found[-1][1].active is False
    elsewhere = box(0.5, 0, 1, 1)
    assert not begins(happenings(left_and_taken, region(Purpose.REMOVAL, elsewhere, seconds=6.0), seconds=60))


def test_left_or_taken_is_told_by_one_detection_as_two():
    found = happenings(left_and_taken, region(Purpose.DROP_TAKE, LEFT_HALF, seconds=6.0), seconds=60)
    assert [at for at, _, _ in begins(found)] == [pytest.approx(11, abs=1), pytest.approx(26, abs=1)]


def test_what_is_carried_is_neither_left_nor_taken():
    def carried(channel, now):
        return (case(0.1 + now * 0.02),)

    for purpose in (Purpose.UNATTENDED, Purpose.REMOVAL, Purpose.DROP_TAKE):
        assert not begins(happenings(carried, region(purpose, LEFT_HALF, seconds=2.0), seconds=40))
    for purpose in (Purpose.INTRUSION, Purpose.MOTION):  # whoever carries it is seen, not the case
        assert not begins(happenings(carried, region(purpose, LEFT_HALF, sensitivity=1.0), seconds=40))


def covering(channel, now):
    """A hand that comes over the left three quarters of the picture at 3 s and goes at 6 s."""
    return (SceneObject("hand", 0.0, 0.0, 0.75, 1.0, "hand"),) if 3 <= now < 6 else ()


@pytest.mark.parametrize(
    ("shape", "sensitivity", "told"),
    [
        (box(0, 0, 1, 1), 0.5, True),
        (box(0, 0, 1, 1), 0.3, False),  # a quarter is still to be seen
        (box(0.8, 0, 1, 1), 1.0, False),
        (box(0.5, 0, 1, 1), 0.95, True),
        (box(0.1, 0.1, 0.6, 0.6), 0.01, True),
    ],
)
def test_a_covered_lens_is_told_where_enough_of_the_region_is_covered(shape, sensitivity, told):
    found = happenings(covering, region(Purpose.TAMPER, shape, sensitivity=sensitivity))
    assert [at for at, _, _ in begins(found)] == ([3.0] if told else [])
    if told:
        assert (found[-1][0], found[-1][1].active) == (6.0, False)
    assert not begins(happenings(covering, region(Purpose.INTRUSION, shape, sensitivity=1.0)))


def test_a_counting_line_counts_people():
    assert len(begins(happenings(across(), region(Purpose.COUNTING, MIDDLE)))) == 1
    assert not begins(happenings(across(kind="car"), region(Purpose.COUNTING, MIDDLE)))


def test_in_the_scene_a_case_is_left_and_taken_and_a_hand_covers_the_lens():
    settings = PictureSettings(seed=3, touched=True)
    watched = [
        region(purpose, box(0.3, 0.4, 0.6, 0.8), seconds=10.0)
        for purpose in (Purpose.UNATTENDED, Purpose.REMOVAL, Purpose.TAMPER)
    ]
    found = happenings(lambda channel, now: seen_in(settings, now), *watched, seconds=100, step=0.25)
    assert {each.watched.purpose for _, each in found if each.active and each.count == 1} == {
        Purpose.UNATTENDED,
        Purpose.REMOVAL,
        Purpose.TAMPER,
    }


def test_a_detection_that_is_switched_off_ends_what_it_told():
    detector = Detector(across())
    intrusion = region(Purpose.INTRUSION, LEFT_HALF)
    assert [each.active for each in detector.tick((intrusion,), 1.0)] == [True]
    assert [each.active for each in detector.tick((), 1.1)] == [False]


@given(st.integers(0, 20), st.floats(0, 1e6))
def test_the_same_time_gives_the_same_happenings(seed, start):
    def run():
        scene = Scene(seed)
        detector = Detector(lambda channel, now: scene.objects_at(now))
        line = region(Purpose.LINE, Line((Point(0, 0.8), Point(1, 0.6))), sensitivity=1.0)
        motion = region(Purpose.MOTION, Cells(4, 4, frozenset({(1, 2), (2, 3)})))
        return [each for n in range(50) for each in detector.tick((line, motion), start + n * 0.2)]

    assert run() == run()


def test_people_of_the_scene_cross_a_line_across_their_way():
    scene = Scene(3)
    found = happenings(
        lambda channel, now: scene.objects_at(now), region(Purpose.LINE, MIDDLE, sensitivity=1.0), seconds=60
    )
    assert {target for _, target, _ in begins(found)} == {"person", "vehicle"}
    assert {direction for _, _, direction in begins(found)} == {Direction.A_TO_B, Direction.B_TO_A}

"""Values of PTZ, and their documents there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.families.isapi import ptz_documents as documents
from app.model.ptz import (
    KeyPoint,
    Patrol,
    PtzCapabilities,
    PtzPosition,
    Range,
    Velocity,
    from_tenths,
    percent,
    step,
    tenths,
)
from app.wire.xml import parse

speeds = st.floats(-1, 1, allow_nan=False)


@given(st.integers(-900, 3600))
def test_tenths_there_and_back(value):
    assert tenths(from_tenths(value)) == value


@given(st.floats(-90, 360, allow_nan=False))
def test_degrees_are_off_by_half_a_tenth_at_most(value):
    assert abs(from_tenths(tenths(value)) - value) <= 0.05 + 1e-9


@given(speeds)
def test_a_speed_keeps_its_sign_and_never_becomes_zero(speed):
    whole = percent(speed)
    assert -100 <= whole <= 100
    assert (whole > 0, whole < 0) == (speed > 0, speed < 0)
    assert 1 <= step(speed, 7) <= 7


@pytest.mark.parametrize("bad", [1.01, -2, float("nan"), float("inf")])
def test_a_velocity_outside_its_range_is_refused(bad):
    with pytest.raises(ValueError, match="outside"):
        Velocity(pan=bad)


@given(pan=st.integers(0, 3600), tilt=st.integers(-900, 2700), zoom=st.integers(0, 1000))
def test_positions_there_and_back(pan, tilt, zoom):
    wanted = PtzPosition(pan / 10, tilt / 10, zoom / 10)
    root = parse(documents.absolute(wanted)).root
    assert documents.position(root) == wanted


@given(x=st.integers(0, 255), y=st.integers(0, 255))
def test_every_cross_of_the_grid_can_be_met(x, y):
    assert documents.grid(x / 255, (255 - y) / 255) == (x, y)


def test_the_grid_begins_at_the_bottom_left():
    assert documents.grid(0, 0) == (0, 255)
    assert documents.grid(1, 1) == (255, 0)


names = st.text(st.characters(min_codepoint=32, max_codepoint=0xD7FF), max_size=20).map(str.strip)


@given(
    name=names,
    points=st.lists(
        st.builds(
            KeyPoint,
            st.integers(1, 300).map(str),
            st.integers(0, 60_000).map(lambda each: each / 1000),
            st.integers(1, 40),
        ),
        min_size=1,
        max_size=8,
    ),
)
def test_patrols_there_and_back(name, points):
    patrol = Patrol("3", name, tuple(points))
    inner = documents.patrol(patrol).split(b"\n", 1)[1]
    assert documents.patrols(parse(b"<PTZPatrolList>" + inner + b"</PTZPatrolList>").root) == (patrol,)


def test_motion_always_has_three_axes():
    root = parse(documents.motion(0.25, 0, 0)).root
    assert [(each.name, each.text) for each in root.children] == [("pan", "25"), ("tilt", "0"), ("zoom", "0")]


_TAGS = ("id", "enabled", "PTZPreset", "XRange", "Min", "Max", "maxPresetNum", "AbsolutePanTiltPositionSpace", "space")


@given(
    st.recursive(
        st.tuples(st.sampled_from(_TAGS), st.sampled_from(["", "true", "-5", "9" * 30, "x", "٣"])),
        lambda inner: st.tuples(st.sampled_from(_TAGS), st.lists(inner, max_size=4)),
        max_leaves=12,
    )
)
def test_no_document_upsets_the_readers(tree):
    def text(node):
        name, inside = node
        return f"<{name}>{inside if isinstance(inside, str) else ''.join(map(text, inside))}</{name}>"

    root = parse(text(tree).encode()).root
    assert isinstance(documents.capabilities(root), PtzCapabilities)
    for read in (documents.patrols, documents.patterns, documents.auxiliaries, documents.key_points):
        read(root)
    documents.presets(root, frozenset())
    documents.position(root)
    documents.old_presets(root)


def test_capabilities_say_what_cannot_be_reached():
    can = PtzCapabilities(absolute_pan=Range(0, 360), absolute_zoom=Range(1, 25))
    assert can.checked(PtzPosition(pan=12)) == ""
    assert can.checked(PtzPosition(pan=12, zoom=30)) == "Zoom 30× is outside 1 to 25×."
    assert "Tilt cannot" in can.checked(PtzPosition(tilt=1))

"""Laws of every kind of region, v1 and v2: what is drawn comes back as it was rounded, and nothing else changes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import InvalidSetting
from app.families.isapi.regions import editing, table
from app.families.isapi.regions.row import Clearing, Form
from app.model.geometry import bounds, is_upright
from app.model.region import Cells, Region
from app.wire import xml
from tests.families import region_samples as samples

ROWS = [pytest.param(row, id=f"{row.dialect} {row.path} {row.form}") for row in table.ROWS]
LISTED = [
    pytest.param(row, id=f"{row.dialect} {row.path} {row.form}")
    for row in table.ROWS
    if row.clearing in (Clearing.CORNERS, Clearing.MEMBER)
]
SCENES = [each for each in ROWS if each.values[0].items]
SCALED = [
    each
    for each in ROWS
    if each.values[0].form not in (Form.GRID, Form.LABEL, Form.OLD_LABEL, Form.SIGN)
    and not each.values[0].sized_upper_left
    and each.values[0].size != (22, 18)
]
NEWLINES = st.sampled_from(["\n", "\r\n", ""])


def after(row, body):
    return samples.layer(row, body)


def only(layer, regions):
    found = editing.edits(layer, tuple(regions))
    assert len(found) == 1
    return found[0].body


@pytest.mark.parametrize("row", ROWS)
@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_a_region_comes_back_as_it_was_rounded_and_nothing_else_changes(row, data):
    one_region_is_redrawn(row, data)


@pytest.mark.parametrize("row", SCALED)
@given(data=st.data(), size=st.tuples(st.integers(200, 12_000), st.integers(200, 12_000)))
@settings(max_examples=3, deadline=None)
def test_the_same_on_any_scale(row, data, size):
    """Every device says its own, or has a picture of its own size."""
    one_region_is_redrawn(replace(row, size=size), data)


def one_region_is_redrawn(row, data):
    newline = data.draw(NEWLINES)
    held = samples.layer(row, samples.raw(row, newline=newline))
    place = data.draw(st.integers(0, len(held.regions) - 1))
    old = held.regions[place]
    new = samples.redrawn(old, data.draw(samples.shapes(held.limits)))
    wanted = editing.rounded(held, new)
    assert editing.rounded(held, wanted) == wanted
    assert is_near(new.shape, wanted.shape, held.limits.steps)
    regions = [new if each is old else each for each in held.regions]
    found = editing.edits(held, tuple(regions))
    if not found:
        assert wanted == old
        return
    body = found[0].body
    again = after(row, body)
    assert next(each for each in again.regions if each.id == old.id) == wanted
    assert [each for each in again.regions if each.id != old.id] == [each for each in held.regions if each is not old]
    parts = samples.pieces(row, newline=newline)
    first = 1 + place
    assert body.startswith("".join(parts[:first]).encode())
    assert body.endswith("".join(parts[first + 1 :]).encode())
    assert editing.edits(again, again.regions) == ()
    assert body.decode().count(samples.STRANGER) == held.document.source.raw.decode().count(samples.STRANGER)


@pytest.mark.parametrize("row", SCENES)
@given(data=st.data())
@settings(max_examples=4, deadline=None)
def test_with_several_scenes_only_the_resource_of_a_region_is_written(row, data):
    """Redrawn, switched off and deleted: nothing but that region's own document, and in it nothing but that."""
    whole = samples.raw(row)
    own = samples.items(row, newline=data.draw(NEWLINES))
    held = samples.layer(row, whole, items=own)
    place = data.draw(st.integers(0, len(held.regions) - 1))
    old = held.regions[place]
    shape = data.draw(samples.shapes(held.limits))
    changes = (samples.redrawn(old, shape), off(old), None)
    for new in changes:
        kept = [new if each is old else each for each in held.regions if each is not old or new is not None]
        found = editing.edits(held, tuple(kept))
        if not found:
            assert editing.rounded(held, new) == old
            continue
        (edit,) = found
        assert edit.document is own[old.id]
        again = samples.layer(row, whole, items=own | {old.id: samples.document_of(row, "/x", edit.body)})
        wanted = () if new is None else (editing.rounded(held, new),)
        assert tuple(each for each in again.regions if each.id == old.id) == wanted
        assert edit.body.decode().count(samples.STRANGER) == 1
        if new is not None and new.shape == old.shape:
            assert bare(edit.body) == bare(own[old.id].source.raw)


def is_near(drawn, held, steps):
    """Whether each corner is at the whole step that is next to it."""
    if isinstance(drawn, Cells):
        return drawn == held
    corners = [bounds(each.points).corners if is_upright(each.points) else each.points for each in (drawn, held)]
    for one, other in zip(*corners, strict=True):
        for was, now, whole in ((one.x, other.x, steps[0]), (one.y, other.y, steps[1])):
            if abs(was - now) * whole > 0.5 + 1e-6 or abs(now * whole - round(now * whole)) > 1e-6:
                return False
    return True


def switched(layer, body):
    """The document with its detection the other way, as `Regions.switched` writes it."""
    switch = layer.armed
    return layer.document.source.encode({switch.path: switch.off if switch.is_on else switch.on})


def turned(layer, place):
    """One region off, or on again."""
    old = layer.regions[place]
    return only(layer, [replace(each, enabled=not each.enabled) if each is old else each for each in layer.regions])


@pytest.mark.parametrize("row", ROWS)
@given(data=st.data())
@settings(max_examples=1, deadline=None)
def test_fifty_toggles_leave_what_is_drawn_as_it_is(row, data):
    """Of the detection and of its regions, in any order: each leaves every byte of the geometry, and the same ones
    again leave every byte."""
    held = first = samples.layer(row, samples.raw(row, 2, data.draw(NEWLINES)))
    ways = [None] if held.armed is not None else []
    ways += [n for n, each in enumerate(held.regions) if editing.rounded(held, off(each)) == off(each)]
    body = first.document.source.raw
    if not ways:
        assert "<enabled>" not in body.decode()
        return
    order = data.draw(st.lists(st.sampled_from(ways), min_size=25, max_size=25))
    for way in [*order, *data.draw(st.permutations(order))]:
        body = switched(held, body) if way is None else turned(held, way)
        held = after(row, body)
        assert [each.shape for each in held.regions] == [each.shape for each in first.regions]
        assert bare(body) == bare(first.document.source.raw)
    assert body == first.document.source.raw


def off(region):
    return replace(region, enabled=False)


def bare(body):
    """A document without the texts of its switches."""
    return re.sub(rb"<enabled>(true|false)<", b"<enabled><", body)


@pytest.mark.parametrize("row", [each for each in LISTED if each.values[0].listed])
def test_a_list_that_is_absent_is_not_put_in_by_other_edits(row):
    """Absent means unchanged: a document without its list is sent without it."""
    whole = samples.pieces(row)
    opened, _ = samples.list_tags(row)
    head = whole[0].removesuffix("".join(f"{tag}\r\n" for tag in opened))
    body = f"{head}{samples.STRANGER}</{row.root}>".encode()
    held = after(row, body)
    assert held.regions == ()
    assert editing.edits(held, ()) == ()
    if held.armed is not None:
        again = switched(held, body)
        assert row.listed.rpartition("/")[2].encode() not in again
        assert bare(again) == bare(body)


@pytest.mark.parametrize("row", ROWS)
def test_what_nobody_touched_encodes_to_nothing(row):
    held = samples.layer(row, samples.raw(row))
    assert held.regions
    assert editing.edits(held, held.regions) == ()
    assert editing.edits(held, held.regions[::-1]) == ()  # their order means nothing


@pytest.mark.parametrize("row", LISTED)
@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_a_new_region_leaves_the_others_alone(row, data):
    members = data.draw(st.integers(0, 2))
    newline = data.draw(NEWLINES)
    held = samples.layer(row, samples.raw(row, members, newline))
    shape = data.draw(samples.shapes(held.limits))
    body = only(held, [*held.regions, Region("", row.purpose, shape)])
    again = after(row, body)
    assert [each for each in again.regions if each.id in {old.id for old in held.regions}] == list(held.regions)
    fresh = [each for each in again.regions if each.id not in {old.id for old in held.regions}]
    assert len(fresh) == 1
    assert fresh[0].shape == editing.rounded(held, Region("", row.purpose, shape)).shape
    if members:
        assert fresh[0].id in held.limits.ids or held.limits.most_regions is None
        parts = samples.pieces(row, members, newline)
        assert body.startswith("".join(parts[:-1]).rstrip("\r\n").encode())
        assert body.endswith(parts[-1].encode())


@pytest.mark.parametrize("row", LISTED)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_deleted_region_is_gone_and_the_others_are_as_they_were(row, place):
    held = samples.layer(row, samples.raw(row))
    old = held.regions[place]
    body = only(held, [each for each in held.regions if each is not old])
    again = after(row, body)
    assert again.regions == tuple(each for each in held.regions if each is not old)
    parts = samples.pieces(row)
    assert body.startswith("".join(parts[: place + 1]).encode())
    assert body.endswith("".join(parts[place + 2 :]).encode())


@pytest.mark.parametrize("row", LISTED)
def test_all_regions_deleted_leave_a_list_that_is_there_and_empty(row):
    held = samples.layer(row, samples.raw(row))
    body = only(held, [])
    again = after(row, body)
    assert again.regions == ()
    assert f"<{row.listed.rpartition('/')[2]}" in body.decode()


@pytest.mark.parametrize(
    "row", [each for each in table.ROWS if each.clearing is Clearing.NEVER and each.form is not Form.RECTANGLE]
)
def test_what_belongs_to_the_camera_cannot_be_deleted(row):
    held = samples.layer(row, samples.raw(row))
    with pytest.raises(InvalidSetting, match="cannot be deleted"):
        editing.edits(held, ())


def test_the_first_region_of_an_empty_list_has_what_the_capabilities_declare():
    """Settings before the corners, as in the protocol's text."""
    row = next(each for each in table.ROWS if each.key == "intrusion")
    told = xml.parse(
        b"<FieldDetection><FieldDetectionRegionList size='2'><FieldDetectionRegion><id>1</id><enabled opt='true,false'>"
        b"true</enabled><sensitivityLevel min='1' max='100' def='40'>40</sensitivityLevel><RegionCoordinatesList size="
        b"'6' min='4'/><detectionTarget opt='human,vehicle'>human</detectionTarget></FieldDetectionRegion>"
        b"</FieldDetectionRegionList></FieldDetection>"
    ).root
    held = samples.layer(row, samples.raw(row, 0), capabilities=told)
    assert (held.limits.most_regions, held.limits.min_points, held.limits.max_points) == (2, 4, 6)
    assert [(each.path, each.text) for each in held.properties] == [
        ("sensitivityLevel", "40"),
        ("detectionTarget", "human"),
    ]
    assert held.properties[0].spec.maximum == 100
    both = next(each for each in held.properties if each.path == "detectionTarget").spec.options[-1]
    assert both.value == "human,vehicle"
    shape = samples.Polygon(samples.Box(0.1, 0.1, 0.5, 0.5).corners)
    new = Region("", row.purpose, shape, properties=(("sensitivityLevel", "55"), ("detectionTarget", both.value)))
    body = only(held, [new])
    text = body.decode()
    assert text.index("<id>1<") < text.index("<sensitivityLevel>55<") < text.index("<RegionCoordinatesList>")
    assert after(row, body).regions[0].value("sensitivityLevel") == "55"


@pytest.mark.parametrize("dialect", ["v1", "v2"])
def test_labels_come_and_go_in_their_places(dialect):
    row = next(each for each in table.ROWS if each.key == "text" and each.dialect == dialect)
    held = samples.layer(row, samples.raw(row))
    gone = after(row, only(held, held.regions[1:]))
    assert [each.id for each in gone.regions] == ["2", "3"]
    assert gone.limits.ids == ("1",)
    new = Region("", row.purpose, samples.Label(samples.Point(0.5, 0.5), text="Gate & yard"))
    back = after(row, only(gone, [*gone.regions, new]))
    assert next(each for each in back.regions if each.id == "1").shape.text == "Gate & yard"
    with pytest.raises(InvalidSetting, match=r"room|free place"):
        editing.edits(back, (*back.regions, new))

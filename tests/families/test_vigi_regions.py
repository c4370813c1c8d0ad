"""Regions of VIGI cameras: the laws of their codec, and the way through a simulated camera."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidSetting, NotSupported
from app.families.base import RawSettings, Regions
from app.families.vigi import answers, document, regions
from app.families.vigi.detections import DETECTIONS, Detection
from app.families.vigi.document import Able
from app.families.vigi.regions import edits, layer_of, rounded
from app.model.geometry import Point
from app.model.region import Direction, Line, Polygon, Purpose, Region
from app.settings.layer import RegionLayer
from app.wire import json_text
from tests.families.vigi_rig import session

DRAWN = [each for each in DETECTIONS if each.drawn]
LINE = next(each for each in DRAWN if each.purpose is Purpose.LINE)
MOTION = next(each for each in DRAWN if each.purpose is Purpose.MOTION)
SQUARE = Polygon((Point(0.1, 0.1), Point(0.9, 0.1), Point(0.9, 0.8), Point(0.1, 0.8)))

drawn = pytest.mark.parametrize("detection", DRAWN, ids=lambda each: each.name)


def layer(detection: Detection, raw: bytes) -> RegionLayer:
    reply = answers.read(raw, detection.region, "Yard")
    return layer_of(detection, document.build(detection.region, reply, Able(), "Yard"), Able())


def raw(detection: Detection, *members: dict[str, object], indent: int | None = None) -> bytes:
    rows = {}
    for place, extra in enumerate(members, 1):
        row: dict[str, object] = {"id": place} if detection.numbered else {}
        if detection is LINE:
            row |= {"points_num": 2, "points_x": [0, 10000, 0, 0, 0], "points_y": [5000, 5000, 0, 0, 0]}
            row |= {"direction": "AtoB"}
        else:
            row |= {"points_num": 4, "points_x": [0, 10000, 10000, 0], "points_y": [0, 0, 10000, 10000]}
        rows[f"region_info_{place}"] = row | regions._template(detection) | extra
    answer = {"method": detection.region, "errCode": 0, "result": rows, "unknown": [1, {"x": None}]}
    return json.dumps(answer, indent=indent).encode()


def only(held: RegionLayer, wanted: list[Region]) -> bytes:
    (edit,) = edits(held, tuple(wanted))
    return edit.body


_points = st.builds(Point, st.floats(0, 1), st.floats(0, 1))
_lines = st.builds(Line, st.lists(_points, min_size=2, max_size=5, unique=True).map(tuple), st.sampled_from(Direction))
_corners = st.tuples(st.floats(0.0, 0.45), st.floats(0.55, 1.0), st.floats(0.0, 0.45), st.floats(0.55, 1.0)).map(
    lambda v: Polygon((Point(v[0], v[2]), Point(v[1], v[2]), Point(v[1], v[3]), Point(v[0], v[3])))
)


def shapes_of(detection: Detection) -> st.SearchStrategy[Line | Polygon]:
    if detection is not LINE:
        return _corners
    return _lines.filter(lambda line: len(set(rounded(line).points)) == len(line.points))


@drawn
@given(data=st.data())
def test_what_is_drawn_comes_back_rounded_to_the_cameras_steps(detection, data):
    held = layer(detection, raw(detection, {}, indent=data.draw(st.sampled_from([None, 2]))))
    shape = data.draw(shapes_of(detection))
    body = only(held, [held.regions[0].with_shape(shape)]) if rounded(shape) != held.regions[0].shape else None
    if body is None:
        return
    again = layer(detection, body)
    assert again.regions[0].shape == rounded(shape)
    assert again.regions[0].properties == held.regions[0].properties
    assert edits(again, again.regions) == ()


@drawn
def test_what_nobody_touched_encodes_to_nothing(detection):
    held = layer(detection, raw(detection, {}, {}, {}))
    assert edits(held, held.regions) == edits(held, held.regions[::-1]) == ()


@drawn
@given(data=st.data())
def test_a_new_region_leaves_the_bytes_of_the_others_alone(detection, data):
    held = layer(detection, raw(detection, {}, {}))
    shape = data.draw(shapes_of(detection))
    body = only(held, [*held.regions, Region("", detection.purpose, shape)])
    again = layer(detection, body)
    assert again.regions[:2] == held.regions
    assert again.regions[2].shape == rounded(shape)
    assert [each.id for each in again.regions] == ["1", "2", "3"]
    assert dict(again.regions[2].properties).keys() == dict(held.regions[0].properties).keys()
    source, now = json_text.parse(held.document.source.raw), json_text.parse(body)
    for path in ("result/region_info_1", "result/region_info_2", "unknown"):
        assert now.slice(now.element(path)) == source.slice(source.element(path))


@drawn
@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_deleted_region_is_gone_and_the_rest_is_numbered_anew(detection, gone):
    held = layer(detection, raw(detection, {}, {}, {}))
    kept = [each for place, each in enumerate(held.regions) if place != gone]
    again = layer(detection, only(held, kept))
    assert [each.shape for each in again.regions] == [each.shape for each in kept]
    if detection.numbered:
        assert [each.id for each in again.regions] == [each.id for each in kept]
    holder = json_text.parse(again.document.source.raw).element("result")
    assert [each.name for each in holder.children] == ["region_info_1", "region_info_2"]
    assert layer(detection, only(held, [])).regions == ()


@drawn
def test_a_property_of_one_region_changes_one_value(detection):
    held = layer(detection, raw(detection, {}, {}))
    number = next((each for each in held.properties if each.path == "sensitivity"), None)
    if number is None:
        assert not held.properties
        return
    body = only(held, [held.regions[0].with_value("sensitivity", "77"), held.regions[1]])
    assert body == held.document.source.raw.replace(b'"sensitivity": 50', b'"sensitivity": 77', 1)


def test_the_left_hand_lies_on_the_picture():
    """Palm down, the fingers along the line to the right: the thumb, side A, points down, to the line's right."""
    held = layer(LINE, raw(LINE, {}))
    assert held.regions[0].shape.direction is Direction.B_TO_A
    turned = Line(held.regions[0].shape.points, Direction.A_TO_B)
    assert b'"direction": "BtoA"' in only(held, [held.regions[0].with_shape(turned)])


def test_points_are_padded_and_ids_are_the_first_free():
    held = layer(LINE, raw(LINE, {"id": 1}, {"id": 3}))
    assert [each.id for each in held.regions] == ["1", "3"]
    shape = Line((Point(0, 0), Point(0.5, 0.5), Point(1, 0)))
    fresh = json.loads(only(held, [*held.regions, Region("", Purpose.LINE, shape)]))["result"]
    assert [each["id"] for each in fresh.values()] == [1, 2, 3]
    assert fresh["region_info_2"]["points_x"] == [0, 5000, 10000, 0, 0]
    assert fresh["region_info_2"]["points_num"] == 3


def test_texts_of_a_loose_camera_stay_texts():
    odd = {"points_x": ["0", "5000", "5000", "0"], "points_num": "4", "sensitivity": "50"}
    held = layer(MOTION, raw(MOTION, odd))
    assert held.regions[0].shape.points[1] == Point(0.5, 0)
    changed = json.loads(only(held, [held.regions[0].with_shape(SQUARE)]))["result"]["region_info_1"]
    assert changed["points_x"] == ["1000", "9000", "9000", "1000"]
    assert changed["points_y"] == [1000, 1000, 8000, 8000]


@pytest.mark.parametrize(
    "odd",
    [{"points_num": 99}, {"points_x": []}, {"points_x": "none"}, {"points_y": [1]}, {"points_x": [None, "x", 1, 2]},
     {"points_num": None}, {"points_x": [99999, -5, 0, 1]}],
)  # fmt: skip
def test_odd_regions_are_read_and_never_sent_by_themselves(odd):
    held = layer(MOTION, raw(MOTION, odd, {}))
    assert len(held.regions) == 2
    assert edits(held, held.regions) == ()


def test_what_the_camera_would_not_take_is_said():
    held = layer(DRAWN[2], raw(DRAWN[2], {}, {}, {}, {}))
    with pytest.raises(InvalidSetting, match="room for 4"):
        edits(held, (*held.regions, Region("", Purpose.INTRUSION, SQUARE)))
    with pytest.raises(InvalidSetting, match="corners"):
        edits(held, (held.regions[0].with_shape(Polygon(SQUARE.points[:3])), *held.regions[1:]))
    with pytest.raises(InvalidSetting, match="one number"):
        edits(held, (*held.regions, held.regions[0]))


@pytest.mark.anyio
@pytest.mark.parametrize("quirk", ["", "loose_types", "result_nested", "trailing_commas"])
async def test_every_layer_is_drawn_sent_and_kept(quirk):
    async with session("127.67.32.1", *filter(None, [quirk])) as opened:
        offered, raw_settings = opened.offer(Regions), opened.offer(RawSettings)
        infos = await offered.layers()
        assert [each.purpose for each in infos] == [each.purpose for each in DRAWN]
        for info in infos:
            held = await offered.load(info.id)
            shape = SQUARE if info.purpose is not Purpose.LINE else Line(SQUARE.points[:3], Direction.A_TO_B)
            new = Region("", info.purpose, shape, properties=tuple((p.path, p.text) for p in held.properties))
            (edit,) = offered.edits(held, (*held.regions, new))
            proof, _ = await raw_settings.apply_raw(edit.document, edit.body)
            assert proof.kept_everything, (info.id, proof)
            again = await offered.load(info.id)
            assert again.regions[-1].shape == offered.rounded(held, new).shape
            (edit,) = offered.edits(again, again.regions[1:])
            proof, _ = await raw_settings.apply_raw(edit.document, edit.body)
            assert proof.kept_everything, (info.id, proof)
            assert len((await offered.load(info.id)).regions) == len(held.regions)


@pytest.mark.anyio
async def test_a_layer_knows_its_switches_and_pages():
    async with session("127.67.32.2") as opened:
        held = await opened.offer(Regions).load("getMotionDetectionRegion")
        assert held.armed.is_on
        assert held.notifies.is_on
        assert (held.notifies.resource, held.notifies.path) == ("getMotionDetectionSwitch", "msg_push_enabled")
        assert [each.resource for each in held.related] == ["getMotionDetectionSwitch", "getRecordSchedule"]
        offered = opened.offer(Regions)
        assert offered.switched(held, held.notifies, True) == ()
        for switch in (held.notifies, held.armed):
            (edit,) = offered.switched(held, switch, False)
            proof, _ = await opened.offer(RawSettings).apply_raw(edit.document, edit.body)
            assert proof.kept_everything
            held = await offered.load("getMotionDetectionRegion")
        assert not held.notifies.is_on
        assert not held.armed.is_on
        with pytest.raises(NotSupported):
            await opened.offer(Regions).load("getNothing")


@pytest.mark.anyio
async def test_regions_that_the_camera_ignores_are_not_called_kept():
    async with session("127.67.32.3", "ignores_field=MotionDetectionRegion/set_region_info") as opened:
        held = await opened.offer(Regions).load("getMotionDetectionRegion")
        (edit,) = opened.offer(Regions).edits(held, (held.regions[0].with_shape(SQUARE),))
        proof, _ = await opened.offer(RawSettings).apply_raw(edit.document, edit.body)
        assert not proof.kept_everything

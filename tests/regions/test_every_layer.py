"""Every layer of every simulated model: moved, written, proved, set back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.errors import CameraError
from app.families.base import Regions
from app.model.geometry import Point
from app.model.region import Cells, Direction, Label, Line, Polygon, Region, Spot
from app.regions import writer
from app.regions.proof import Outcome

pytestmark = pytest.mark.anyio
EXPECTED = {
    "CW-G4A": {
        "motion-1", "motion-expert-1", "line-1", "intrusion-1", "entrance-1", "exit-1", "loitering-1", "group-1",
        "rapid-move-1", "parking-1", "unattended-1", "removal-1", "people-1", "tamper-1", "privacy-1", "roi-101",
        "roi-102", "roi-103", "text-1", "picture-1", "counting-1", "counting-text-1", "heat-map-1", "clip-103",
    },
    "CW-B8M": {
        "plate-1", "plate-lane-1", "plate-line-1", "mixed-plate-1", "mixed-plate-lane-1", "mixed-plate-line-1",
        "lane-1", "vehicle-1", "reference-1", "traffic-rule-1", "illegal-parking-1", "traffic-frame-1",
        "traffic-line-1", "coil-1", "police-lane-1", "ships-1", "ships-line-1", "motion-1", "text-1",
    },
    "CW-P2D": {"line-1", "intrusion-1", "motion-1", "privacy-1", "tamper-1", "text-1"},
    "CW-H2T": {"thermal-2", "text-2", "motion-1"},
    "CW-P1M": {"motion-1", "privacy-1", "tamper-1", "text-1", "clock-1"},
    "CW-L1M": {"motion-1", "privacy-1", "tamper-1", "text-1"},
}  # fmt: skip


def other(shape, limits):
    """The shape, somewhere else, as the limits allow."""
    match shape:
        case Polygon() if limits.upright:
            return Polygon((Point(0.25, 0.25), Point(0.5, 0.25), Point(0.5, 0.5), Point(0.25, 0.5)))
        case Polygon():
            smaller = [Point(0.9 * point.x, 0.9 * point.y) for point in shape.points]
            between = Point((smaller[0].x + smaller[-1].x) / 2, (smaller[0].y + smaller[-1].y) / 2)
            room = limits.max_points is None or len(smaller) < limits.max_points
            return Polygon((*smaller, between) if room else tuple(smaller))
        case Line():
            turned = next((each for each in limits.directions if each is not shape.direction), shape.direction)
            return Line((Point(0.125, 0.25), Point(0.625, 0.5)), turned)
        case Cells():
            return Cells(shape.columns, shape.rows, frozenset({(0, 0), (3, 4), (21, 14)}))
        case Label():
            return replace(shape, at=Point(0.25, 0.5))
        case Spot():
            return Spot(Point(0.25, 0.75))


def added(layer):
    """One more region where there is room, else the first one moved."""
    if layer.regions:
        first = layer.regions[0]
        return (replace(first, shape=other(first.shape, layer.limits)), *layer.regions[1:])
    return (Region("", layer.info.purpose, Label(Point(0.25, 0.5), text="Gate")),)


async def readable(regions):
    for info in await regions.layers():
        try:
            yield await regions.load(info.id)
        except CameraError:
            continue


@pytest.mark.parametrize("model", EXPECTED)
async def test_every_layer_takes_what_is_drawn_and_gives_it_back(rig, model):
    running = await rig("no_lockout", model=model)
    session = await running.session()
    regions = session.offer(Regions)
    seen = set()
    async for layer in readable(regions):
        if not layer.regions and layer.limits.most_regions == 0:
            assert layer.note
            continue
        seen.add(layer.info.id)
        if not layer.writable:
            assert layer.regions
            continue
        before = layer.document.source.raw
        proof = await writer.write(session, layer, added(layer))
        assert proof.regions, layer.info.id
        assert {each.outcome for each in proof.regions} <= {Outcome.KEPT, Outcome.ROUNDED}, (layer.info.id, proof)
        again = await regions.load(layer.info.id)
        assert again.document.source.raw != before
        assert writer.plan(session, again, again.regions) == ()
        back = tuple(replace(each, id=each.id) for each in layer.regions)
        proof = await writer.write(session, again, back)
        assert proof.kept_everything, (layer.info.id, proof)
        assert [each.shape for each in (await regions.load(layer.info.id)).regions] == [
            each.shape for each in layer.regions
        ]
    assert EXPECTED[model] <= seen


async def test_a_rule_of_traffic_becomes_a_line_and_an_area_again(rig):
    """Each in its own block of the rule; what it says of the other one stays."""
    session = await (await rig(model="CW-B8M")).session()
    layer = await session.offer(Regions).load("traffic-rule-1")
    area, line = layer.regions
    assert (area.shape.kind.value, line.shape.kind.value) == ("polygon", "line")
    drawn = Line((Point(0.1, 0.2), Point(0.5, 0.5), Point(0.9, 0.2)))
    proof = await writer.write(session, layer, (area.with_shape(drawn), line))
    assert proof.kept_everything
    assert proof.layer.regions[0].shape == drawn
    proof = await writer.write(session, proof.layer, (area, line))
    assert proof.kept_everything
    assert proof.layer.regions == layer.regions


async def test_what_only_a_calibration_may_change_is_shown_and_not_written(rig):
    session = await (await rig(model="CW-B8M")).session()
    layer = await session.offer(Regions).load("vehicle-calibration-1")
    assert layer.regions
    assert not layer.writable


async def test_ships_and_their_trigger_lines_share_entries_and_not_shapes(rig):
    session = await (await rig(model="CW-B8M")).session()
    offered = session.offer(Regions)
    areas, lines = await offered.load("ships-1"), await offered.load("ships-line-1")
    drawn = Line((Point(0.1, 0.2), Point(0.3, 0.4)))
    new = Region("", lines.info.purpose, drawn)
    proof = await writer.write(session, lines, (*lines.regions, new))
    assert proof.kept_everything
    assert (await offered.load("ships-1")).regions == areas.regions
    proof = await writer.write(session, await offered.load("ships-1"), ())
    assert proof.kept_everything
    assert [each.shape for each in (await offered.load("ships-line-1")).regions] == [lines.regions[0].shape, drawn]


async def test_a_dome_is_written_region_by_region(rig):
    session = await (await rig(model="CW-P2D")).session()
    layer = await session.offer(Regions).load("line-1")
    line = Line((Point(0.1, 0.2), Point(0.3, 0.4)), Direction.B_TO_A)
    wanted = (*layer.regions, Region("", layer.info.purpose, line), Region("", layer.info.purpose, line))
    assert [edit.document.resource for edit in writer.plan(session, layer, wanted)] == [
        "/ISAPI/Smart/LineDetection/1/lineItem/2",
        "/ISAPI/Smart/LineDetection/1/lineItem/3",
    ]
    proof = await writer.write(session, layer, wanted)
    assert [(each.id, each.outcome) for each in proof.regions] == [("2", Outcome.KEPT), ("3", Outcome.KEPT)]
    proof = await writer.write(session, proof.layer, proof.layer.regions[1:])
    assert [(each.id, each.outcome) for each in proof.regions] == [("1", Outcome.DELETED)]


@pytest.mark.parametrize(
    ("quirk", "outcome", "said"),
    [
        ("drops_over_limit=1", Outcome.DROPPED, "does not hold it"),
        ("rounds_regions=8", Outcome.ADJUSTED, "elsewhere"),
        ("reorders_points", Outcome.KEPT, ""),
        ("renumbers_regions", Outcome.KEPT, ""),
    ],
)
async def test_what_a_camera_makes_of_a_new_region_is_told(rig, quirk, outcome, said):
    session = await (await rig(quirk)).session()
    layer = await session.offer(Regions).load("intrusion-1")
    shape = Polygon((Point(0.1, 0.2), Point(0.6, 0.3), Point(0.3, 0.9)))
    proof = await writer.write(session, layer, (*layer.regions, Region("", layer.info.purpose, shape)))
    new = proof.regions[0]
    assert new.outcome is outcome
    assert said in new.reason
    assert new.wanted.shape == shape
    if quirk == "renumbers_regions":
        assert [(each.outcome, each.reason) for each in proof.regions[1:]] == [
            (Outcome.SIDE_EFFECT, "The camera calls it 2 now.")
        ]
    if quirk.startswith("rounds"):
        assert new.held.shape.points[0] == Point(0.125, 0.25)


async def test_masks_of_a_camera_that_counts_from_below(rig):
    running = await rig("origin_lower_left", model="CW-D4M")
    session = await running.session()
    layer = await session.offer(Regions).load("privacy-1")
    box = Polygon((Point(0.25, 0.0), Point(0.5, 0.0), Point(0.5, 0.25), Point(0.25, 0.25)))
    await writer.write(session, layer, (replace(layer.regions[0], shape=box),))
    watched = next(each for each in running.camera.watched() if each.name == "Neighbour")
    assert set(watched.shape.points) == set(box.points)  # two readers of one document agree on where up is


async def test_areas_of_a_mode_that_the_camera_is_not_in_say_so(rig):
    running = await rig()
    session = await running.session()
    regions = session.offer(Regions)
    assert "normal mode" in (await regions.load("motion-expert-1")).asleep
    assert (await regions.load("motion-1")).asleep == ""
    state = running.camera.state
    resource = state.catalog.resources["System/Video/inputs/channels/1/motionDetectionExt"]
    for mode, asleep in (("expert", False), ("normal", True)):
        document = state.read(resource)
        document.child("activeMode").text = mode
        state.keep(resource, document)
        layer = await regions.load("motion-expert-1")
        assert bool(layer.asleep) is asleep
        assert layer.note == ""

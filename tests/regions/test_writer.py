"""Regions written to simulated cameras over real connections, and proved one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.errors import Conflict, InvalidSetting, NotSupported
from app.families.base import RawSettings, Regions, SettingsTree
from app.model.geometry import Box, Point
from app.model.region import Cells, Direction, Label, Line, Polygon, Purpose, Region
from app.regions import writer
from app.regions.proof import Outcome
from app.site.undo import plan_undo, undo

pytestmark = pytest.mark.anyio
TRIANGLE = Polygon((Point(0.2, 0.2), Point(0.8, 0.2), Point(0.5, 0.7)))
ORIGINAL = Polygon((Point(0.12, 0.42), Point(0.46, 0.4), Point(0.52, 0.88), Point(0.09, 0.9)))
UNEVEN = Polygon((Point(0.20003, 0.2), Point(0.8, 0.2), Point(0.5, 0.7), Point(0.4, 0.69), Point(0.3, 0.5)))


def changed(layer, **what):
    """All regions, the first one changed."""
    return (replace(layer.regions[0], **what), *layer.regions[1:])


def outcomes(proof):
    return [(each.id, each.outcome) for each in proof.regions]


async def load(session, layer):
    return await session.offer(Regions).load(layer)


async def test_fewer_corners_are_kept_and_said_to_be(rig):
    running = await rig()
    session = await running.session()
    layer = await load(session, "intrusion-1")
    proof = await writer.write(session, layer, changed(layer, shape=TRIANGLE))
    assert outcomes(proof) == [("1", Outcome.KEPT)]
    assert proof.kept_everything
    assert (await load(session, "intrusion-1")).regions[0].shape == TRIANGLE
    watched = next(each for each in running.camera.watched() if each.purpose is Purpose.INTRUSION)
    assert watched.shape == TRIANGLE


async def test_more_corners_are_rounded_to_the_scale_of_the_camera(rig):
    session = await (await rig()).session()
    layer = await load(session, "intrusion-1")
    proof = await writer.write(session, layer, changed(layer, shape=UNEVEN))
    assert outcomes(proof) == [("1", Outcome.ROUNDED)]
    assert "0.00%" in proof.regions[0].reason
    assert proof.regions[0].held.shape.points[0] == Point(0.2, 0.2)
    assert proof.kept_everything


async def test_a_new_region_takes_an_empty_place_and_a_deleted_one_leaves_it(rig):
    session = await (await rig()).session()
    layer = await load(session, "intrusion-1")
    assert [region.id for region in layer.regions] == ["1"]
    proof = await writer.write(session, layer, (*layer.regions, Region("", Purpose.INTRUSION, TRIANGLE)))
    assert outcomes(proof) == [("2", Outcome.KEPT)]
    layer = await load(session, "intrusion-1")
    proof = await writer.write(session, layer, layer.regions[1:])
    assert outcomes(proof) == [("1", Outcome.DELETED)]
    assert [region.id for region in (await load(session, "intrusion-1")).regions] == ["2"]


async def test_nothing_is_sent_for_what_the_limits_forbid(rig):
    session = await (await rig()).session()
    layer = await load(session, "intrusion-1")
    crossed = Polygon((Point(0, 0), Point(0.9, 1), Point(1, 0), Point(0, 0.8)))
    with pytest.raises(InvalidSetting, match="region 1: Its edges must not cross"):
        await writer.write(session, layer, changed(layer, shape=crossed))
    new = Region("", Purpose.INTRUSION, TRIANGLE)
    with pytest.raises(InvalidSetting, match="room for 4"):
        await writer.write(session, layer, (*layer.regions, *[new] * 4))
    with pytest.raises(InvalidSetting, match="Sensitivity"):
        await writer.write(session, layer, (layer.regions[0].with_value("sensitivityLevel", "400"),))
    assert (await load(session, "intrusion-1")).document.source.raw == layer.document.source.raw


async def test_two_programs_change_different_regions_and_both_are_kept(rig):
    running = await rig()
    one, other = await running.session(), await running.session()
    mine, theirs = await load(one, "line-1"), await load(other, "line-1")
    line = Line((Point(0.1, 0.3), Point(0.9, 0.4)), Direction.A_TO_B)
    await writer.write(
        other, theirs, (*theirs.regions[:1], replace(theirs.regions[1], shape=line), *theirs.regions[2:])
    )
    moved = Line((Point(0.1, 0.1), Point(0.5, 0.9)), Direction.B_TO_A)
    proof = await writer.write(one, mine, changed(mine, shape=moved))
    assert outcomes(proof) == [("1", Outcome.KEPT)]
    held = (await load(one, "line-1")).regions
    assert (held[0].shape, held[1].shape) == (moved, line)


async def test_a_region_that_somebody_else_has_changed_is_a_conflict(rig):
    running = await rig()
    one, other = await running.session(), await running.session()
    mine, theirs = await load(one, "intrusion-1"), await load(other, "intrusion-1")
    await writer.write(other, theirs, changed(theirs, shape=TRIANGLE))
    held = (await load(other, "intrusion-1")).document.source.raw
    with pytest.raises(Conflict, match="region 1: somebody else has changed it"):
        await writer.write(one, mine, changed(mine, shape=UNEVEN))
    with pytest.raises(Conflict, match="would be deleted"):
        await writer.write(one, mine, ())
    proof = await writer.write(one, mine, changed(mine, shape=TRIANGLE))  # the very same is no conflict
    assert "nothing was sent" in proof.regions[0].reason
    assert (await load(other, "intrusion-1")).document.source.raw == held


@pytest.mark.parametrize("shape", [TRIANGLE, UNEVEN])
async def test_undo_brings_back_corners_that_came_or_went(rig, shape):
    running = await rig()
    session = await running.session()
    layer = await load(session, "intrusion-1")
    await writer.write(session, layer, changed(layer, shape=shape))
    change = (await running.site.history.page(1))[0]
    plan = await plan_undo(change.id, session, running.site)
    assert plan.is_needed
    assert not plan.moved
    await undo(plan, session)
    assert (await load(session, "intrusion-1")).document.source.raw == layer.document.source.raw
    assert (await running.site.history.page(1))[0].undo_of == change.id


@pytest.mark.parametrize("shape", [TRIANGLE, UNEVEN])
async def test_undo_of_a_region_that_has_a_resource_of_its_own(rig, shape):
    """A dome's: its corners go back although its sensitivity has changed since; moved ones stay."""
    running = await rig(model="CW-P2D")
    session = await running.session()
    layer = await load(session, "intrusion-1")
    before = layer.regions[0]
    await writer.write(session, layer, changed(layer, shape=shape))
    change = (await running.site.history.page(1))[0]
    assert change.resource == "/ISAPI/Smart/FieldDetection/1/regions/1"
    now = await load(session, "intrusion-1")
    await writer.write(session, now, (now.regions[0].with_value("sensitivityLevel", "77"), *now.regions[1:]))
    plan = await plan_undo(change.id, session, running.site)
    assert plan.is_needed
    proof, _ = await undo(plan, session)
    assert proof.kept_everything
    after = (await load(session, "intrusion-1")).regions[0]
    assert after == before.with_value("sensitivityLevel", "77")
    now = await load(session, "intrusion-1")
    await writer.write(session, now, changed(now, shape=Polygon(Box(0.25, 0.25, 0.5, 0.5).corners)))
    plan = await plan_undo(change.id, session, running.site)
    assert plan.whole is None


async def test_undo_brings_back_a_region_of_a_dome_that_was_deleted_or_new(rig):
    running = await rig(model="CW-P2D")
    session = await running.session()
    layer = await load(session, "intrusion-1")
    await writer.write(session, layer, layer.regions[1:])
    change = (await running.site.history.page(1))[0]
    assert (await load(session, "intrusion-1")).regions == layer.regions[1:]
    proof, _ = await undo(await plan_undo(change.id, session, running.site), session)
    assert proof.kept_everything
    assert (await load(session, "intrusion-1")).regions == layer.regions
    new = Region("", Purpose.INTRUSION, TRIANGLE)
    layer = await load(session, "intrusion-1")
    await writer.write(session, layer, (*layer.regions, new))
    change = (await running.site.history.page(1))[0]
    assert len((await load(session, "intrusion-1")).regions) == len(layer.regions) + 1
    proof, _ = await undo(await plan_undo(change.id, session, running.site), session)
    assert proof.kept_everything
    assert (await load(session, "intrusion-1")).regions == layer.regions


async def test_undo_of_corners_that_somebody_has_moved_since_is_not_done_blindly(rig):
    running = await rig()
    session = await running.session()
    layer = await load(session, "intrusion-1")
    await writer.write(session, layer, changed(layer, shape=TRIANGLE))
    change = (await running.site.history.page(1))[0]
    layer = await load(session, "intrusion-1")
    await writer.write(session, layer, changed(layer, shape=UNEVEN))
    plan = await plan_undo(change.id, session, running.site)
    assert plan.whole is None
    assert plan.moved


async def test_a_grid_is_written_without_the_areas_that_the_camera_derives_from_it(rig):
    running = await rig("squares_after_toggle")
    session = await running.session()
    layer = await load(session, "motion-1")
    assert b"<RegionList" in layer.document.source.raw
    cells = Cells(22, 18, frozenset({(0, 0), (5, 7), (21, 17)}))
    proof = await writer.write(session, layer, changed(layer, shape=cells))
    assert outcomes(proof) == [("1", Outcome.KEPT)]
    assert (await load(session, "motion-1")).regions[0].shape == cells
    change = (await running.site.history.page(1))[0]
    await undo(await plan_undo(change.id, session, running.site), session)
    assert (await load(session, "motion-1")).regions == layer.regions


@pytest.mark.parametrize(
    ("quirk", "name"),
    [("squares_after_toggle", "motion-1"), ("squares_after_rewrite", "motion-1"), ("squares_after_toggle", "line-1")],
)
async def test_fifty_toggles_leave_what_is_drawn_to_the_byte(rig, quirk, name):
    session = await (await rig(quirk)).session()
    layer = before = await load(session, name)
    for _ in range(25):
        for on in (not before.armed.is_on, before.armed.is_on):
            assert await writer.switch(session, layer, layer.armed, on)
    layer = await load(session, name)
    assert layer.document.source.raw == before.document.source.raw


async def test_a_notification_is_taken_away_and_put_back(rig):
    session = await (await rig()).session()
    layer = await load(session, "line-1")
    assert layer.notifies.is_on
    assert await writer.switch(session, layer, layer.notifies, True) == ()
    await writer.switch(session, layer, layer.notifies, False)
    assert not (await load(session, "line-1")).notifies.is_on
    await writer.switch(session, layer, layer.notifies, True)
    assert (await load(session, "line-1")).notifies == layer.notifies


async def test_what_is_read_only_is_not_written(rig):
    session = await (await rig()).session()
    layer = replace(await load(session, "line-1"), writable=False)
    with pytest.raises(Exception, match="can only be read"):
        await writer.write(session, layer, ())


async def test_a_refused_layer_is_told_with_its_reason(rig):
    session = await (await rig(model="CW-H2T")).session()
    regions = session.offer(Regions)
    assert next(each for each in await regions.layers() if each.id == "line-2").reason == ""
    with pytest.raises(Exception, match="does not have this"):
        await regions.load("line-2")
    assert next(each for each in await regions.layers() if each.id == "line-2").reason


async def test_corners_and_settings_go_in_one_request(rig):
    session = await (await rig()).session()
    layer = await load(session, "intrusion-1")
    wanted = (layer.regions[0].with_shape(TRIANGLE).with_value("sensitivityLevel", "77"),)
    assert len(writer.plan(session, layer, wanted)) == 1
    proof = await writer.write(session, layer, wanted)
    assert outcomes(proof) == [("1", Outcome.KEPT)]
    assert proof.regions[0].held.value("sensitivityLevel") == "77"


async def test_a_mask_keeps_the_order_of_its_corners(rig):
    session = await (await rig()).session()
    layer = await load(session, "privacy-1")
    box = Polygon(Box(0.25, 0.25, 0.5, 0.75).corners)
    await writer.write(session, layer, changed(layer, shape=box, name="Garden"))
    after = await load(session, "privacy-1")
    assert after.regions[0].name == "Garden"
    body = after.document.source.raw.decode()
    assert body.index("<positionX>176<") < body.index("<positionY>144<") < body.index("<positionY>432<")
    raw = session.offer(RawSettings)
    assert raw.check_raw(after.document, after.document.source.raw) == ""
    assert session.offer(SettingsTree) is not None


@pytest.mark.parametrize("shape", [TRIANGLE, UNEVEN])
async def test_a_camera_that_takes_no_whole_documents_takes_the_region_by_itself(rig, shape):
    session = await (await rig("sub_resources_only")).session()
    layer = await load(session, "intrusion-1")
    proof = await writer.write(session, layer, changed(layer, shape=shape))
    assert proof.kept_everything
    layer = proof.layer
    both = (layer.regions[0].with_shape(layer.limits.rounded(UNEVEN)), Region("", Purpose.INTRUSION, TRIANGLE))
    assert (await writer.write(session, layer, both)).kept_everything


async def test_a_camera_that_takes_nothing_says_so(rig):
    session = await (await rig("read_only")).session()
    layer = await load(session, "intrusion-1")
    with pytest.raises(NotSupported):
        await writer.write(session, layer, changed(layer, shape=TRIANGLE))


async def test_texts_are_no_longer_than_the_camera_takes(rig):
    session = await (await rig()).session()
    layer = await load(session, "text-1")
    label = Region("2", Purpose.TEXT, Label(Point(0.25, 0.25), text="x" * 45))
    with pytest.raises(InvalidSetting, match=r"region 2: .*44"):
        await writer.write(session, layer, (*layer.regions, label))
    shorter = replace(label, shape=Label(Point(0.25, 0.25), text="Gate & yard"))
    assert (await writer.write(session, layer, (*layer.regions, shorter))).kept_everything
    masks = await load(session, "privacy-1")
    with pytest.raises(InvalidSetting, match="32"):
        await writer.write(session, masks, changed(masks, name="n" * 33))


@pytest.mark.parametrize("shape", [TRIANGLE, UNEVEN])
async def test_undo_leaves_alone_what_has_changed_elsewhere_since(rig, shape):
    running = await rig()
    session = await running.session()
    layer = await load(session, "intrusion-1")
    await writer.write(session, layer, changed(layer, shape=shape))
    change = (await running.site.history.page(1))[0]
    layer = await load(session, "intrusion-1")
    await writer.switch(session, layer, layer.armed, True)
    layer = await load(session, "intrusion-1")
    await writer.write(session, layer, (*layer.regions, Region("3", Purpose.INTRUSION, TRIANGLE)))
    plan = await plan_undo(change.id, session, running.site)
    assert plan.is_needed
    proof, _ = await undo(plan, session)
    assert proof.kept_everything
    after = await load(session, "intrusion-1")
    assert after.armed.is_on
    assert after.regions == (layer.regions[0].with_shape(ORIGINAL), after.regions[1])
    assert after.regions[1].shape == TRIANGLE

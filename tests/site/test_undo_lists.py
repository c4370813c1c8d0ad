"""Undo of lists of records on a real simulated camera: the very same bytes again, or the reason why not."""

from __future__ import annotations

import pytest

from app.families.base import SettingsTree
from app.site.undo import plan_undo, undo
from app.site.undo_standing import Standing

LINES = "/ISAPI/Smart/LineDetection/1"
LINE = "LineItemList/LineItem"
REGIONS = "/ISAPI/Smart/FieldDetection/1"
REGION = "FieldDetectionRegionList/FieldDetectionRegion"
CORNERS = "RegionCoordinatesList/RegionCoordinates"

pytestmark = pytest.mark.anyio


async def write(session, *edits, page=LINES):
    settings = session.offer(SettingsTree)
    document = await settings.load(page)
    for path, text in edits:
        document.set_text(path, text)
    proof, after = await settings.apply(document, document.changes())
    assert proof.kept_everything, proof
    return after


async def raw(session, page=LINES):
    return (await session.offer(SettingsTree).load(page)).source.raw


@pytest.mark.parametrize(
    "edits",
    [
        [(f"{LINE}[]", "1 2 3 +1"), (f"{LINE}[+1]/sensitivityLevel", "71")],
        [(f"{LINE}[]", "3 1 2"), (f"{LINE}[1]/sensitivityLevel", "72")],
        [(f"{LINE}[]", "1 3")],
        [(f"{LINE}[]", "3 +1 1"), (f"{LINE}[+1]/sensitivityLevel", "73"), (f"{LINE}[3]/sensitivityLevel", "74")],
        [(f"{LINE}[]", "2")],
    ],
)
async def test_undo_gives_the_very_same_list(open_site, run_camera, edits):
    async with open_site() as site, run_camera(site) as session:
        await write(session, (f"{LINE}[]", "1 +1 +2"), (f"{LINE}[+1]/sensitivityLevel", "52"))
        before = await raw(session)
        await write(session, *edits)
        assert await raw(session) != before
        plan = await plan_undo(2, session, site)
        assert {field.standing for field in plan.fields} <= {Standing.OURS, Standing.BACK}
        proof, _ = await undo(plan, session)
        assert proof.kept_everything, proof
        assert await raw(session) == before
        assert not (await plan_undo(2, session, site)).is_needed, "a second undo must not move anything"


async def test_a_list_that_somebody_changed_since_is_left_to_people(open_site, run_camera):
    async with open_site() as site, run_camera(site) as session:
        await write(session, (f"{LINE}[]", "1 +1"), (f"{LINE}[+1]/sensitivityLevel", "52"))
        await write(session, (f"{LINE}[2]/sensitivityLevel", "99"))
        plan = await plan_undo(1, session, site)
        assert {field.standing for field in plan.fields} == {Standing.STUCK}
        assert "changed since" in plan.fields[0].reason


async def test_undo_of_what_went_record_by_record_goes_record_by_record(open_site, run_camera):
    async with open_site() as site, run_camera(site, "records_only") as session:
        before = await raw(session)
        await write(session, (f"{LINE}[]", "1 +1"), (f"{LINE}[+1]/sensitivityLevel", "77"))
        assert await raw(session) != before
        plan = await plan_undo(1, session, site)
        assert {field.standing for field in plan.fields} == {Standing.OURS}
        proof, after = await undo(plan, session)
        assert proof.kept_everything, proof
        assert len(after.list_at(f"{LINE}[]").members) == 1
        assert await raw(session) == before
        assert not (await plan_undo(1, session, site)).is_needed


async def test_undo_of_another_order_place_by_place(open_site, run_camera):
    async with open_site() as site, run_camera(site, "records_only") as session:
        levels = [(f"{LINE}[+1]/sensitivityLevel", "52"), (f"{LINE}[+2]/sensitivityLevel", "53")]
        await write(session, (f"{LINE}[]", "1 +1 +2"), *levels)
        before = await raw(session)
        await write(session, (f"{LINE}[]", "3 1 2"), (f"{LINE}[1]/sensitivityLevel", "72"))
        assert await raw(session) != before
        plan = await plan_undo(2, session, site)
        assert {field.standing for field in plan.fields} <= {Standing.OURS, Standing.BACK}
        proof, _ = await undo(plan, session)
        assert proof.kept_everything, proof
        assert await raw(session) == before


async def test_undo_of_the_first_record_of_an_empty_list(open_site, run_camera):
    async with open_site() as site, run_camera(site) as session:
        empty = await write(session, (f"{REGION}[]", ""), page=REGIONS)
        before = empty.source.raw
        await write(session, (f"{REGION}[]", "+1"), (f"{REGION}[+1]/{CORNERS}[]", "4 1 2"), page=REGIONS)
        plan = await plan_undo(2, session, site)
        assert {field.standing for field in plan.fields} == {Standing.OURS}
        proof, _ = await undo(plan, session)
        assert proof.kept_everything, proof
        assert await raw(session, REGIONS) == before


@pytest.mark.parametrize(
    "edits",
    [
        [(f"{REGION}[]", "2 1"), (f"{REGION}[1]/{CORNERS}[]", "4 +1 1 2"), (f"{REGION}[2]/sensitivityLevel", "31")],
        [(f"{REGION}[]", "2")],  # of five corners; it comes back as a copy of one that has four
        [(f"{REGION}[]", "2 +1"), (f"{REGION}[+1]/{CORNERS}[]", "1 2 3"), (f"{REGION}[2]/{CORNERS}[]", "3 2 1")],
    ],
)
async def test_undo_of_lists_in_records_gives_the_very_same_lists(open_site, run_camera, edits):
    async with open_site() as site, run_camera(site) as session:
        await write(session, (f"{REGION}[]", "+1 1"), (f"{REGION}[+1]/{CORNERS}[]", "1 2 3 4 +1"), page=REGIONS)
        before = await raw(session, REGIONS)
        await write(session, *edits, page=REGIONS)
        assert await raw(session, REGIONS) != before
        plan = await plan_undo(2, session, site)
        assert {field.standing for field in plan.fields} <= {Standing.OURS, Standing.BACK}
        proof, _ = await undo(plan, session)
        assert proof.kept_everything, proof
        assert await raw(session, REGIONS) == before
        assert not (await plan_undo(2, session, site)).is_needed

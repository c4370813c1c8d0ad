"""What the history tells of regions that were drawn, and its undo with proof, on a real camera and a real site file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.families.base import Regions
from app.regions import writer
from app.site.summary import Happening, entries
from app.site.undo import plan_undo, undo

pytestmark = pytest.mark.anyio


async def test_a_line_that_was_added_and_its_undo_are_one_line_each(rig):
    running = await rig(model="CW-D4M")
    session = await running.session()
    regions = session.offer(Regions)
    before = await regions.load("line-1")
    await writer.write(session, before, (*before.regions, replace(before.regions[0], id="")))
    change = (await running.site.history.page())[0]
    new = "Line 2"
    assert change.title == before.info.title
    assert [(each.what, each.name) for each in entries(change.fields)] == [(Happening.CAME, new)]
    proof, _ = await undo(await plan_undo(change.id, session, running.site), session)
    assert proof.kept_everything
    assert (await regions.load("line-1")).regions == before.regions
    undone = (await running.site.history.page())[0]
    assert undone.undo_of == change.id
    assert [(each.what, each.name) for each in entries(undone.fields)] == [(Happening.WENT, new)]


async def test_a_line_that_was_deleted_comes_back(rig):
    running = await rig(model="CW-D4M")
    session = await running.session()
    regions = session.offer(Regions)
    one = await regions.load("line-1")
    await writer.write(session, one, (*one.regions, replace(one.regions[0], id="")))
    layer = await regions.load("line-1")
    await writer.write(session, layer, layer.regions[1:])
    change = (await running.site.history.page())[0]
    assert [(each.what, each.name) for each in entries(change.fields)] == [(Happening.WENT, "Line 1")]
    proof, _ = await undo(await plan_undo(change.id, session, running.site), session)
    assert proof.kept_everything
    assert (await regions.load("line-1")).regions == layer.regions

"""A setting that a camera declares and whose document lacks it: sent to a real simulated camera, proved, kept in the
journal, and undone as far as there is something to set back."""

from __future__ import annotations

import pytest

from app.families.base import SettingsTree
from app.settings.changes import Verdict
from app.site.records import ChangeState
from app.site.undo import plan_undo, undo, undone
from app.site.undo_standing import Standing

FTP = "/ISAPI/System/Network/ftp/1"
DEPTH, RULE, FOLDER = (f"uploadPath/{name}" for name in ("pathDepth", "topDirNameRule", "topDirName"))
LACKS = (f"lacks_field={RULE}", f"lacks_field={FOLDER}")

pytestmark = pytest.mark.anyio


async def load(session):
    return await session.offer(SettingsTree).load(FTP)


async def write(session, **texts):
    document = await load(session)
    for name, text in texts.items():
        document.set_text(f"uploadPath/{name}", text)
    return await session.offer(SettingsTree).apply(document, document.changes())


async def test_it_comes_with_the_value_that_it_hangs_on(open_site, run_camera):
    async with open_site() as site, run_camera(site, *LACKS) as session:
        before = await load(session)
        assert b"topDirName" not in before.source.raw
        assert not before.field(RULE).present
        assert not before.enabled(RULE)[0], "the folders are not used yet"
        proof, after = await write(session, pathDepth="1", topDirNameRule="customize", topDirName="Gate")
        assert {each.path: each.verdict for each in proof.fields} == dict.fromkeys((DEPTH, RULE, FOLDER), Verdict.KEPT)
        assert b"<topDirNameRule>customize</topDirNameRule>" in after.source.raw
        again = await load(session)
        assert [again.text(path) for path in (DEPTH, RULE, FOLDER)] == ["1", "customize", "Gate"]
        assert again.field(RULE).present


async def test_the_journal_has_it_with_nothing_before(open_site, run_camera):
    async with open_site() as site, run_camera(site, *LACKS) as session:
        before = (await load(session)).source.raw
        await write(session, pathDepth="1", topDirNameRule="devId")
        (entry,) = await site.history.page()
        assert entry.state is ChangeState.DONE
        assert {(each.path, each.old, each.new, each.read_back, each.verdict) for each in entry.fields} == {
            (DEPTH, "0", "1", "1", Verdict.KEPT),
            (RULE, "", "devId", "devId", Verdict.KEPT),
        }
        kept, then = await site.history.documents(entry.id)
        assert kept == before
        assert then is not None
        assert b"<topDirNameRule>devId</topDirNameRule>" in then


async def test_undo_sets_back_what_had_a_value_and_says_what_had_none(open_site, run_camera):
    async with open_site() as site, run_camera(site, *LACKS) as session:
        await write(session, pathDepth="1", topDirNameRule="devId")
        plan = await plan_undo(1, session, site)
        standing = {each.path: (each.standing, each.reason) for each in plan.fields}
        assert standing[DEPTH] == (Standing.OURS, "")
        assert standing[RULE] == (Standing.GOES, "It goes with the value that it came with.")
        proof, after = await undo(plan, session)
        left = undone(plan, proof, after)
        assert (left.short, left.besides) == ((), ())
        assert [(each.path, each.reason) for each in left.idle] == [(RULE, after.enabled(RULE)[1])]
        assert {each.path: each.verdict for each in proof.fields} == {DEPTH: Verdict.KEPT}
        assert after.text(DEPTH) == "0"
        assert after.text(RULE) == "devId", "nobody said that it went"
        assert not (await plan_undo(1, session, site)).is_needed


async def test_undo_of_a_later_change_of_it_sets_it_back(open_site, run_camera):
    async with open_site() as site, run_camera(site, *LACKS) as session:
        await write(session, pathDepth="1", topDirNameRule="devId")
        await write(session, topDirNameRule="devName")
        proof, after = await undo(await plan_undo(2, session, site), session)
        assert proof.kept_everything
        assert after.text(RULE) == "devId"


async def test_what_nobody_edits_is_not_made_up(open_site, run_camera):
    async with open_site() as site, run_camera(site, *LACKS) as session:
        await write(session, pathDepth="2")
        assert b"topDirName" not in (await load(session)).source.raw


async def test_a_camera_that_says_ok_and_keeps_none_is_told_as_such(open_site, run_camera):
    async with open_site() as site, run_camera(site, *LACKS, f"ignores_field={RULE}") as session:
        proof, _ = await write(session, pathDepth="1", topDirNameRule="devId")
        verdicts = {each.path: each.verdict for each in proof.fields}
        assert verdicts == {DEPTH: Verdict.KEPT, RULE: Verdict.IGNORED}
        (entry,) = await site.history.page()
        assert {each.path: each.verdict for each in entry.fields} == verdicts

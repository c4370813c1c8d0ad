"""Undo where things have gone their own way: twice, in the wrong order, after a restore, a restart, another schema, or
another order of records; and where nothing was changed at all. On real simulated cameras."""

from __future__ import annotations

import pytest

from app.errors import InvalidSetting
from app.families.base import Overview, SettingsTree
from app.settings.changes import Verdict
from app.site.records import Origin
from app.site.restore import plan_restore, restore
from app.site.snapshot import take
from app.site.undo import Undone, plan_undo, undo, undone
from app.site.undo_standing import Standing

STREAM, IMAGE = "/ISAPI/Streaming/channels/101", "/ISAPI/Image/channels/1"
LINES, LINE = "/ISAPI/Smart/LineDetection/1", "LineItemList/LineItem"
CODEC, PROFILE, OTHER, LENGTH = (f"Video/{n}" for n in ("videoCodecType", "H264Profile", "H265Profile", "GovLength"))

pytestmark = pytest.mark.anyio


async def write(session, page, **texts):
    """Paths with "__" for the slash."""
    settings = session.offer(SettingsTree)
    document = await settings.load(page)
    for path, text in texts.items():
        document.set_text(path.replace("__", "/"), text)
    await settings.apply(document, document.changes())
    return settings.last_id


async def texts(session, page, *paths):
    document = await session.offer(SettingsTree).load(page)
    return [document.text(path) if document.field(path).present else None for path in paths]


async def set_back(number, session, site, also=()):
    """The outcome, and the number of the undo."""
    plan = await plan_undo(number, session, site)
    proof, after = await undo(plan, session, also)
    return undone(plan, proof, after, also), (await site.history.page(1))[0].id


async def test_an_undo_of_an_undo_of_a_codec_and_so_on(open_site, run_camera):
    async with open_site() as site, run_camera(site, "forgets_hidden") as session:
        await write(session, STREAM, **{PROFILE: "High"})
        number = await write(session, STREAM, **{CODEC: "H.265"})
        for codec, profile, other in (("H.264", "High", None), ("H.265", None, "Main")) * 2:
            outcome, number = await set_back(number, session, site)
            assert outcome == Undone()
            now = await session.offer(SettingsTree).load(STREAM)
            held = {each.path: each.text for each in now.fields if each.present}
            assert (held[CODEC], held.get(PROFILE), held.get(OTHER)) == (codec, profile, other)


async def test_a_restore_is_undone_as_any_change(open_site, run_camera):
    async with open_site() as site, run_camera(site, "forgets_hidden") as session:
        await write(session, STREAM, **{PROFILE: "High", LENGTH: "41"})
        snapshot = await take(session, await session.offer(Overview).facts())
        await write(session, STREAM, **{CODEC: "H.265", LENGTH: "42"})
        await restore(await plan_restore(snapshot, session, [STREAM]), session)
        (entry,) = await site.history.page(1)
        assert entry.origin is Origin.RESTORE
        outcome, _ = await set_back(entry.id, session, site)
        assert outcome == Undone()
        assert await texts(session, STREAM, CODEC, LENGTH) == ["H.265", "42"]


async def test_two_changes_undone_in_the_wrong_order_show_three_sides_each(open_site, run_camera):
    async with open_site() as site, run_camera(site) as session:
        (start,) = await texts(session, STREAM, LENGTH)
        first = await write(session, STREAM, **{LENGTH: "41"})
        second = await write(session, STREAM, **{LENGTH: "42"})
        (moved,) = (await plan_undo(first, session, site)).moved
        assert (moved.before, moved.ours, moved.now) == (start, "41", "42")
        await set_back(first, session, site, {LENGTH})
        assert await texts(session, STREAM, LENGTH) == [start]
        (moved,) = (await plan_undo(second, session, site)).moved
        assert (moved.before, moved.ours, moved.now) == ("41", "42", start)
        with pytest.raises(InvalidSetting, match="nothing to set back"):
            await set_back(second, session, site)
        assert await texts(session, STREAM, LENGTH) == [start]


async def test_a_later_change_of_the_codec_is_in_the_way_and_is_named(open_site, run_camera):
    async with open_site() as site, run_camera(site) as session:
        first = await write(session, STREAM, **{PROFILE: "High"})
        second = await write(session, STREAM, **{CODEC: "H.265"})
        plan = await plan_undo(first, session, site)
        assert [(each.standing, each.reason) for each in plan.fields] == [
            (Standing.STUCK, "Only while “Codec” is H.264.")
        ]
        assert not plan.is_needed
        await set_back(second, session, site)
        outcome, _ = await set_back(first, session, site)
        assert outcome == Undone()
        assert await texts(session, STREAM, CODEC, PROFILE) == ["H.264", "Main"]


async def test_an_ignored_change_leaves_nothing_to_set_back(open_site, run_camera):
    async with open_site() as site, run_camera(site, f"ignores_field={LENGTH}") as session:
        number = await write(session, STREAM, **{LENGTH: "41"})
        plan = await plan_undo(number, session, site)
        assert [(each.standing, each.reason) for each in plan.fields] == [
            (Standing.BACK, "The device holds the earlier value already.")
        ]
        assert not plan.is_needed
        assert (await site.history.page(1))[0].id == number


async def test_undo_across_restarts(open_site, run_camera):
    async with open_site() as site, run_camera(site, "reboots_on_write", "reboot_seconds=0.2") as session:
        (start,) = await texts(session, STREAM, LENGTH)
        number = await write(session, STREAM, **{LENGTH: "41"})
        outcome, _ = await set_back(number, session, site)
        assert outcome == Undone()
        assert await texts(session, STREAM, LENGTH) == [start]


async def test_undo_after_the_schema_has_changed_says_what_is_no_longer_there(open_site, run_camera):
    """As after an update of the firmware: some settings of the page have gone, others stay."""
    async with open_site() as site, run_camera(site, "schema_changes=14") as session:
        settings = session.offer(SettingsTree)
        before = await settings.load(IMAGE)
        paths = [each.path for each in before.fields if each.path.endswith("Level") and each.text.isdigit()]
        for path in paths:
            before.set_text(path, str(int(before.text(path)) + (1 if before.text(path) != "100" else -1)))
        paths = [path for path in paths if not before.problem(path)]
        before.revert()
        for path in paths:
            before.set_text(path, str(int(before.text(path)) + (1 if before.text(path) != "100" else -1)))
        await settings.apply(before, before.changes())
        number = settings.last_id
        after = await settings.load(IMAGE)
        for _ in range(20):
            after = await settings.load(IMAGE)
        gone = set(paths) - {each.path for each in after.fields if each.present}
        assert gone
        plan = await plan_undo(number, session, site)
        standing = {each.path: each.standing for each in plan.fields}
        assert {standing[path] for path in gone} == {Standing.STUCK}
        assert all(each.reason for each in plan.fields if each.path in gone)
        if plan.is_needed:
            outcome, _ = await set_back(number, session, site, {each.path for each in plan.moved})
            assert gone <= {each.path for each in outcome.short}


async def test_a_list_that_was_put_in_order_meanwhile_goes_back_step_by_step(open_site, run_camera):
    async with open_site() as site, run_camera(site) as session:
        added = await write(session, LINES, **{f"{LINE}[]": "1 +1", f"{LINE}[+1]__sensitivityLevel": "77"})
        ordered = await write(session, LINES, **{f"{LINE}[]": "2 1"})
        plan = await plan_undo(added, session, site)
        assert {each.standing for each in plan.fields} == {Standing.STUCK}
        assert "changed since" in plan.fields[0].reason
        for number in (ordered, added):
            outcome, _ = await set_back(number, session, site)
            assert outcome == Undone()
        document = await session.offer(SettingsTree).load(LINES)
        assert len(document.list_at(f"{LINE}[]").members) == 1


async def test_values_of_another_camera_that_this_one_does_not_take_are_told_before_anything_is_sent(
    open_site, run_camera
):
    """A camera with a larger picture, pasted onto a smaller one: per field, with the reason."""
    async with (
        open_site() as site,
        run_camera(site, model="CW-B8M") as large,
        run_camera(site, model="CW-D4M") as small,
    ):
        await write(large, STREAM, **{"Video/videoResolution": "3840x2160", LENGTH: "41"})
        snapshot = await take(large, await large.offer(Overview).facts())
        sent = (await site.history.page(1))[0].id
        plan = await plan_restore(snapshot, small, [STREAM])
        refused = {step.path: step.reason for step in plan.left_out}
        assert {"Video/videoResolutionWidth", "Video/videoResolutionHeight"} <= set(refused)
        assert all(refused.values())
        assert LENGTH in [step.path for step in plan.wanted]
        assert (await site.history.page(1))[0].id == sent, "nothing was sent for the plan"
        (done,) = await restore(plan, small)
        verdicts = {each.path: each.verdict for each in done.proof.fields}
        assert verdicts[LENGTH] is Verdict.KEPT
        assert not set(verdicts) & set(refused)

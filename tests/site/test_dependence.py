"""What only goes together goes back together: undo and restore of settings that hang on each other, on a real simulated
camera. Alone each of them would be refused."""

from __future__ import annotations

import pytest

from app.errors import InvalidSetting
from app.families.base import Overview, SettingsTree
from app.settings.changes import Verdict
from app.site.restore import left_alone, plan_restore, restore
from app.site.snapshot import take
from app.site.undo import Undone, plan_undo, undo, undone
from app.site.undo_standing import Standing

STREAM = "/ISAPI/Streaming/channels/101"
SIZE, RATE, CODEC = (f"Video/{name}" for name in ("videoResolution", "maxFrameRate", "videoCodecType"))
# What the camera holds first, and then: the rate of the one is none of the other's.
FAST, LARGE = {SIZE: "1280x720", RATE: "5000"}, {SIZE: "2560x1440", RATE: "2500"}
OLD, NEW = {CODEC: "H.265"}, {CODEC: "H.264"}  # with a codec comes its profile, and the other one goes
RATES = [(FAST, LARGE), (LARGE, FAST)]
ALL = [*RATES, (OLD, NEW), (NEW, OLD), ({**OLD, **FAST}, {**NEW, **LARGE}), ({**OLD, **LARGE}, {**NEW, **FAST})]

pytestmark = pytest.mark.anyio


async def write(session, texts, page=STREAM):
    settings = session.offer(SettingsTree)
    document = await settings.load(page)
    for path, text in texts.items():
        document.set_text(path, text)
    if not document.edited_paths:
        return
    proof, _ = await settings.apply(document, document.changes())
    assert_kept(proof, texts)


def assert_kept(proof, texts):
    """What another codec brings along is a side effect."""
    verdicts = {each.path: each.verdict for each in proof.fields}
    wrong = {path: verdict for path, verdict in verdicts.items() if verdict not in (Verdict.KEPT, Verdict.SIDE_EFFECT)}
    assert not wrong, proof
    assert all(verdicts.get(path, Verdict.KEPT) is Verdict.KEPT for path in texts), proof


async def held(session, texts):
    document = await session.offer(SettingsTree).load(STREAM)
    return {path: document.text(path) for path in texts}


@pytest.mark.parametrize(("first", "then"), ALL)
async def test_undo_sets_back_in_one_write_what_goes_only_together(open_site, run_camera, first, then):
    async with open_site() as site, run_camera(site) as session:
        await write(session, first)
        before = await held(session, first)
        await write(session, then)
        newest = (await site.history.page(1))[0].id
        proof, _ = await undo(await plan_undo(newest, session, site), session)
        assert_kept(proof, then)
        assert await held(session, first) == before
        assert (await site.history.page(1))[0].id == newest + 1, "one write"


@pytest.mark.parametrize(("first", "then"), RATES)
async def test_restore_sets_back_in_one_write_what_goes_only_together(open_site, run_camera, first, then):
    async with open_site() as site, run_camera(site) as session:
        await write(session, first)
        before = await held(session, first)
        snapshot = await take(session, await session.offer(Overview).facts())
        await write(session, then)
        newest = (await site.history.page(1))[0].id
        plan = await plan_restore(snapshot, session, [STREAM])
        assert not plan.left_out, plan.left_out
        (done,) = await restore(plan, session)
        assert done.proof is not None, done.error
        assert_kept(done.proof, then)
        assert await held(session, first) == before
        assert (await site.history.page(1))[0].id == newest + 1, "one write"


PROFILE, OTHER_PROFILE = "Video/H264Profile", "Video/H265Profile"


@pytest.mark.parametrize("quirks", [(), ("forgets_hidden",), ("forgets_hidden", "full_document_only")])
async def test_undo_of_a_codec_brings_its_profile_back_in_the_same_document(open_site, run_camera, quirks):
    """The camera shows the profile of the codec in use only, and may have forgotten the other one meanwhile."""
    async with open_site() as site, run_camera(site, *quirks) as session:
        await write(session, {PROFILE: "High"})
        await write(session, OLD)
        newest = (await site.history.page(1))[0].id
        plan = await plan_undo(newest, session, site)
        assert {each.path: each.standing for each in plan.fields} == {
            CODEC: Standing.OURS,
            PROFILE: Standing.OURS,
            OTHER_PROFILE: Standing.GOES,
        }
        proof, after = await undo(plan, session)
        assert {each.path: each.verdict for each in proof.fields} == {
            CODEC: Verdict.KEPT,
            PROFILE: Verdict.KEPT,
            OTHER_PROFILE: Verdict.SIDE_EFFECT,
        }
        assert undone(plan, proof, after) == Undone()
        assert await held(session, (CODEC, PROFILE)) == {CODEC: "H.264", PROFILE: "High"}
        assert (await site.history.page(1))[0].id == newest + 1, "one document"
        assert not (await plan_undo(newest, session, site)).is_needed


async def test_a_profile_without_its_codec_is_refused_before_anything_is_sent(open_site, run_camera):
    async with open_site() as site, run_camera(site) as session:
        await write(session, OLD)
        newest = (await site.history.page(1))[0].id
        document = await session.offer(SettingsTree).load(STREAM)
        document.set_text(PROFILE, "High")
        with pytest.raises(InvalidSetting, match=r"H\.264 profile: Only while “Codec” is H\.264"):
            document.changes()
        document.set_text(CODEC, "H.264")
        proof, after = await session.offer(SettingsTree).apply(document, document.changes())
        assert {each.path: each.verdict for each in proof.fields if each.path != OTHER_PROFILE} == {
            CODEC: Verdict.KEPT,
            PROFILE: Verdict.KEPT,
        }
        assert after.text(PROFILE) == "High"
        assert (await site.history.page(1))[0].id == newest + 1


@pytest.mark.parametrize("quirks", [(), ("forgets_hidden",)])
async def test_restore_of_a_codec_brings_its_profile_with_it(open_site, run_camera, quirks):
    async with open_site() as site, run_camera(site, *quirks) as session:
        await write(session, {PROFILE: "High"})
        snapshot = await take(session, await session.offer(Overview).facts())
        await write(session, OLD)
        plan = await plan_restore(snapshot, session, [STREAM])
        assert [step.path for step in plan.wanted] == [CODEC, PROFILE]
        assert [(step.path, step.reason) for step in plan.left_out] == [
            (OTHER_PROFILE, "It goes by itself, with the value that it came with.")
        ]
        done = await restore(plan, session)
        assert left_alone(plan, done) == ()
        assert_kept(done[0].proof, (CODEC, PROFILE))
        assert len(done) == 1, "one document"
        assert await held(session, (CODEC, PROFILE)) == {CODEC: "H.264", PROFILE: "High"}


async def test_restore_of_a_field_alone_says_what_it_goes_with(open_site, run_camera):
    async with open_site() as site, run_camera(site) as session:
        await write(session, {PROFILE: "High", SIZE: "1280x720", RATE: "5000"})
        snapshot = await take(session, await session.offer(Overview).facts())
        await write(session, {**OLD, SIZE: "2560x1440", RATE: "2500"})
        newest = (await site.history.page(1))[0].id
        plan = await plan_restore(snapshot, session, [f"{STREAM}:{PROFILE}", f"{STREAM}:{RATE}"])
        assert plan.wanted == ()
        assert {step.path: step.needs for step in plan.left_out} == {
            PROFILE: (CODEC,),
            RATE: ("Video/videoResolutionWidth", "Video/videoResolutionHeight"),
        }
        assert "Only while “Codec” is H.264" in [step.reason for step in plan.left_out]
        assert await restore(plan, session) == ()
        assert (await site.history.page(1))[0].id == newest, "nothing was sent"


SMALL = "/ISAPI/Streaming/channels/102"
LAYERED = "Video/SVC/enabled"


async def test_what_the_camera_declares_only_with_its_codec_is_set_back_after_it(open_site, run_camera):
    """A whole block, of which nobody can know beforehand where it belongs: a second document."""
    async with open_site() as site, run_camera(site, "forgets_hidden") as session:
        await write(session, {LAYERED: "true"}, SMALL)
        snapshot = await take(session, await session.offer(Overview).facts())
        await write(session, {CODEC: "MJPEG"}, SMALL)
        newest = (await site.history.page(1))[0].id
        plan = await plan_undo(newest, session, site)
        proof, after = await undo(plan, session)
        assert undone(plan, proof, after) == Undone()
        assert after.text(LAYERED) == "true"
        first, second = await site.history.page(2)
        assert (first.undo_of, second.undo_of) == (newest, newest)
        await write(session, {CODEC: "MJPEG"}, SMALL)
        plan = await plan_restore(snapshot, session, [SMALL])
        done = await restore(plan, session)
        assert left_alone(plan, done) == ()
        assert (await session.offer(SettingsTree).load(SMALL)).text(LAYERED) == "true"

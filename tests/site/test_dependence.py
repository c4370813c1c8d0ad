"""What only goes together goes back together: undo and restore of settings that hang on each other, on a real simulated
camera. Alone each of them would be refused."""

from __future__ import annotations

import pytest

from app.families.base import Overview, SettingsTree
from app.settings.changes import Verdict
from app.site.restore import plan_restore, restore
from app.site.snapshot import take
from app.site.undo import plan_undo, undo

STREAM = "/ISAPI/Streaming/channels/101"
SIZE, RATE, CODEC = (f"Video/{name}" for name in ("videoResolution", "maxFrameRate", "videoCodecType"))
# What the camera holds first, and then: the rate of the one is none of the other's.
FAST, LARGE = {SIZE: "1280x720", RATE: "5000"}, {SIZE: "2560x1440", RATE: "2500"}
OLD, NEW = {CODEC: "H.265"}, {CODEC: "H.264"}  # with a codec comes its profile, and the other one goes
RATES = [(FAST, LARGE), (LARGE, FAST)]
ALL = [*RATES, (OLD, NEW), (NEW, OLD), ({**OLD, **FAST}, {**NEW, **LARGE}), ({**OLD, **LARGE}, {**NEW, **FAST})]

pytestmark = pytest.mark.anyio


async def write(session, texts):
    settings = session.offer(SettingsTree)
    document = await settings.load(STREAM)
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

"""What a camera changes on other pages when one is written: found, journalled, undone, and never in the way."""

from __future__ import annotations

import asyncio

import pytest

from app.errors import BadCredentials, Conflict, ConnectionLost, Forbidden, ProtocolError, SiteError, TooLarge
from app.families.base import Neighbourhood, SettingsTree
from app.settings import neighbours
from app.settings.changes import Verdict
from app.simulator.isapi.model import MODELS
from app.site import second_look
from app.site.journal import journalled
from app.site.records import ChangeState, Origin
from app.site.recovery import recover
from app.site.second_look import Watch, watched
from app.site.undo import plan_undo, undo
from app.site.undo_effects import effects_of, set_back
from app.site.undo_standing import Standing

pytestmark = pytest.mark.anyio

LINES, IMAGE = "/ISAPI/Smart/LineDetection/1", "/ISAPI/Image/channels/1"
MOTION, TIME = "/ISAPI/System/Video/inputs/channels/1/motionDetection", "/ISAPI/System/time"
MAIN, SUB = "/ISAPI/Streaming/channels/101", "/ISAPI/Streaming/channels/102"
CODEC, RATE, SIZE = "Video/videoCodecType", "Video/maxFrameRate", "Video/videoResolution"
MAINS = "powerLineFrequency/powerLineFrequencyMode"
SLOWER, FASTER = (RATE, "2500", "1250"), (RATE, "2500", "3000")


async def read(session, *pages):
    for page in pages:
        await session.offer(SettingsTree).load(page)


async def write(session, page, texts):
    settings = session.offer(SettingsTree)
    document = await settings.load(page)
    for path, text in texts.items():
        document.set_text(path, text)
    proof, _ = await settings.apply(document, document.changes())
    return proof


def found(proof):
    return {each.resource: [(f.path, f.old, f.read_back) for f in each.fields] for each in proof.neighbours}


@pytest.mark.parametrize(
    ("family", "quirk", "page", "texts", "moved"),
    [
        ("isapi", "functions", LINES, {"enabled": "true"}, {MOTION: [("enabled", "true", "false")]}),
        ("isapi", "standard", IMAGE, {MAINS: "60hz"}, {MAIN: [FASTER], SUB: [FASTER]}),
        ("isapi", "streams", MAIN, {SIZE: "1920x1080"}, {SUB: [SLOWER], MOTION: []}),
        ("vigi", "functions", "getCrosslineDetectionSwitch", {"enabled": "on"},
         {"getMotionDetectionSwitch": [("enabled", "on", "off")]}),
    ],
)  # fmt: skip
async def test_a_side_effect_on_another_page_is_found_and_journalled(
    open_site, run_camera, family, quirk, page, texts, moved
):
    async with open_site() as site, run_camera(site, f"moves_others={quirk}", family=family) as session:
        await read(session, *moved)
        before = {each: session.offer(SettingsTree).held(each) for each in moved}
        proof = await write(session, page, texts)
        assert found(proof) == moved
        assert not proof.kept_everything
        assert {each.verdict for each in proof.fields} == {Verdict.KEPT}
        changed = [each for each in proof.neighbours if each.fields]
        assert {f.verdict for each in changed for f in each.fields} == {Verdict.SIDE_EFFECT}
        assert all(f.title and "not from here" in f.reason for each in changed for f in each.fields)
        written, *effects = reversed(await site.history.page())
        assert written.resource == page
        assert written.state is ChangeState.DONE
        assert written.effect_of is None
        assert [(each.resource, each.title) for each in effects] == [(each.resource, each.title) for each in changed]
        for each in effects:
            assert (each.origin, each.state, each.effect_of) == (Origin.EFFECT, ChangeState.DONE, written.id)
            assert [(f.path, f.old, f.read_back) for f in each.fields] == moved[each.resource]
            then, now = await site.history.documents(each.id)
            assert then == before[each.resource].source.raw
            assert now == session.offer(SettingsTree).held(each.resource).source.raw != then
        assert await site.history.effects(written.id) == tuple(effects)


async def test_another_codec_that_leaves_no_room_for_smart_detection_is_found(open_site, run_camera):
    async with open_site() as site, run_camera(site, "moves_others=codec") as session:
        await write(session, LINES, {"enabled": "true"})
        await read(session, TIME)
        proof = await write(session, MAIN, {CODEC: "H.265"})
        assert found(proof) == {LINES: [("enabled", "true", "false")]}


async def test_a_camera_that_moves_nothing_is_told_to_have_moved_nothing(open_site, run_camera):
    async with open_site() as site, run_camera(site) as session:
        await read(session, MOTION, MAIN, SUB, TIME)
        proof = await write(session, LINES, {"enabled": "true"})
        assert found(proof) == {MOTION: []}
        assert proof.kept_everything
        assert len(await site.history.page()) == 1


async def test_what_was_never_read_is_not_looked_at(open_site, run_camera):
    async with open_site() as site, run_camera(site, "moves_others") as session:
        proof = await write(session, LINES, {"enabled": "true"})
        assert proof.neighbours == ()


async def test_only_the_channel_that_was_written_to_is_looked_at(open_site, run_camera):
    recorder = next(each.name for each in MODELS if "nvr" in each.files)
    pages = [f"/ISAPI/Streaming/channels/{n}0{m}" for n in (1, 2, 3) for m in (1, 2)]
    async with open_site() as site, run_camera(site, model=recorder) as session:
        await read(session, *pages)
        proof = await write(session, pages[2], {"Video/constantBitRate": "1024"})
        assert list(found(proof)) == [pages[3]]


async def test_an_undo_sets_a_side_effect_back_and_leaves_alone_what_was_changed_since(open_site, run_camera):
    async with open_site() as site, run_camera(site, "moves_others=functions") as session:
        await read(session, MOTION)
        await write(session, LINES, {"enabled": "true"})
        line, motion = reversed(await site.history.page())
        await undo(await plan_undo(line.id, session, site), session)
        plan = await plan_undo(motion.id, session, site)
        assert [(each.standing, each.before, each.now) for each in plan.fields] == [(Standing.OURS, "true", "false")]
        proof, _ = await undo(plan, session)
        assert proof.kept_everything
        assert (await plan_undo(motion.id, session, site)).fields[0].standing is Standing.BACK


async def moved_rate(session, site):
    """A side effect that somebody has changed since: its number, and that of its cause."""
    await read(session, SUB)
    await write(session, MAIN, {SIZE: "1920x1080"})
    effect, cause = await site.history.page()
    await write(session, SUB, {RATE: "2000"})
    return effect.id, cause.id


async def test_a_side_effect_that_was_changed_since_is_left_alone_unless_somebody_wants_it(open_site, run_camera):
    async with open_site() as site, run_camera(site, "moves_others=streams") as session:
        effect, cause = await moved_rate(session, site)
        (seen,) = await effects_of(cause, session, site)
        assert (seen.change_set.id, seen.is_ours) == (effect, False)
        assert [(f.before, f.ours, f.now) for f in seen.plan.moved] == [("2500", "1250", "2000")]
        (refused,) = await set_back(cause, session, site, [effect])
        assert isinstance(refused.error, Conflict)
        assert "Frame rate" in refused.error.summary
        assert await set_back(cause, session, site, []) == ()
        (done,) = await set_back(cause, session, site, [effect], also=[effect])
        assert [(f.verdict, f.read_back) for f in done.proof.fields] == [(Verdict.KEPT, "2500")]


async def test_a_side_effect_whose_page_is_refused_is_told_and_stops_nothing(open_site, device, memory):
    async with open_site() as site:
        session, _ = device(site)
        await read(session, *PAGES)
        await write(session, "/one", {"name": "Yard"})
        del memory.resources["/two"]
        memory.meanwhile = lambda values: None
        refused, good = await effects_of(1, session, site)
        assert (refused.plan, refused.problem) == (None, "The device does not have this.")
        assert good.is_ours
        done = await set_back(1, session, site, [2, 3])
        assert [each.error is None for each in done] == [False, True]
        assert memory.resources["/three"]["rate"] == "2048"


async def test_a_page_that_is_part_of_a_written_one_is_not_told_to_have_changed_later(open_site, run_camera):
    part = f"{IMAGE}/powerLineFrequency"
    async with open_site() as site, run_camera(site) as session:
        await read(session, part)
        assert found(await write(session, IMAGE, {MAINS: "60hz"})) == {}
        await write(session, MAIN, {"Video/constantBitRate": "1024"})
        assert session.offer(SettingsTree).held(part) is None
        assert len(await site.history.page()) == 2


# What can go wrong on the way. The device is a dictionary.


class Nearby:
    """Everything hangs on everything; what an answer is may be set."""

    def __init__(self, settings):
        self._settings = settings
        self.answers = {}
        self.asked = []

    def channel(self, resource):
        return "1"

    def follows(self, resource, written, changes):
        return True

    async def again(self, document):
        self.asked.append(document.resource)
        answer = self.answers.get(document.resource)
        if isinstance(answer, Exception):
            raise answer
        if answer is not None:
            await answer.wait()
        return await self._settings.load(document.resource)


@pytest.fixture
def device(memory, memory_session):
    """A journalled session of the device in memory, which changes /two and /three when /one is written."""

    def made(site, **more):
        for page in ("/two", "/three"):
            memory.resources[page] = dict(memory.resources["/one"])

        def meanwhile(values):
            for page in ("/two", "/three"):
                memory.resources[page] |= {"rate": "1024", "adminPassword": "Other-9876", "uptime": "99"}

        memory.meanwhile = meanwhile
        session = memory_session(memory)
        nearby = Nearby(memory)
        session.interfaces()[Neighbourhood] = nearby
        return journalled(session, site, **more), nearby

    return made


PAGES = ("/three", "/two")  # the one read last is looked at first: /two
MOVED = [("rate", "2048", "1024")]


@pytest.mark.parametrize("error", [ConnectionLost("It hung up."), BadCredentials("Refused.")])
async def test_a_device_that_goes_away_meanwhile_leaves_the_first_verdict_standing(open_site, device, error):
    async with open_site() as site:
        session, nearby = device(site)
        await read(session, *PAGES)
        nearby.answers["/two"] = error
        proof = await write(session, "/one", {"name": "Yard"})
        assert [each.verdict for each in proof.fields] == [Verdict.KEPT]
        assert nearby.asked == ["/two"], "the others are not asked any more"
        assert [each.problem for each in proof.neighbours] == [error.summary] * 2
        (entry, *_) = reversed(await site.history.page())
        assert entry.state is ChangeState.DONE


@pytest.mark.parametrize("error", [ProtocolError("Nonsense."), TooLarge("Too much."), Forbidden("Not for you.")])
async def test_an_answer_that_cannot_be_used_is_told_and_the_others_are_looked_at(open_site, device, error):
    async with open_site() as site:
        session, nearby = device(site)
        await read(session, *PAGES)
        nearby.answers["/two"] = error
        proof = await write(session, "/one", {"name": "Yard"})
        assert [(each.resource, each.problem) for each in proof.neighbours] == [("/two", error.summary), ("/three", "")]
        assert found(proof)["/three"] == MOVED


async def test_a_slow_device_is_not_waited_for_longer_than_was_planned(open_site, device, monkeypatch):
    monkeypatch.setattr(neighbours, "LONGEST_KNOWN", 0.05)
    async with open_site() as site:
        session, nearby = device(site)
        await read(session, *PAGES)
        nearby.answers["/two"] = asyncio.Event()  # never
        proof = await write(session, "/one", {"name": "Yard"})
        assert [each.verdict for each in proof.fields] == [Verdict.KEPT]
        assert all("too slowly" in each.problem for each in proof.neighbours)
        assert len(proof.neighbours) == 2
        assert nearby.asked == ["/two"]


async def test_a_question_that_would_be_cut_off_is_not_begun(open_site, device, monkeypatch):
    late = 0.0
    monkeypatch.setattr(second_look, "_now", lambda: asyncio.get_running_loop().time() + late)

    async def slowly(document):
        nonlocal late
        late += 0.6 * neighbours.LONGEST_KNOWN
        return document

    async with open_site() as site:
        session, nearby = device(site)
        await read(session, *PAGES)
        monkeypatch.setattr(nearby, "again", slowly)
        proof = await write(session, "/one", {"name": "Yard"})
        assert [bool(each.problem) for each in proof.neighbours] == [False, True]
        assert late == pytest.approx(0.6 * neighbours.LONGEST_KNOWN)


async def test_whoever_waits_sees_how_far_it_is_and_can_stop_it(open_site, device):
    told = []

    def tell(title, number, total):
        told.append((title, number, total))
        if number == 1:
            watch.stop.set()

    watch = Watch(tell)
    async with open_site() as site:
        session, nearby = device(site)
        await read(session, *PAGES)
        nearby.answers["/three"] = asyncio.Event()
        with watched(watch):
            proof = await write(session, "/one", {"name": "Yard"})
    assert told == [("Page /two", 0, 2), ("Page /three", 1, 2)]
    assert [each.verdict for each in proof.fields] == [Verdict.KEPT]
    assert [bool(each.fields) for each in proof.neighbours] == [True, False]
    assert proof.neighbours[1].problem.startswith("Stopped")


async def test_who_cuts_it_off_loses_nothing_that_was_seen(open_site, device):
    async with open_site() as site:
        session, nearby = device(site)
        await read(session, *PAGES)
        begun = asyncio.Event()
        nearby.answers["/three"] = asyncio.Event()
        with watched(Watch(lambda title, number, total: begun.set() if number == 1 else None)):
            writing = asyncio.create_task(write(session, "/one", {"name": "Yard"}))
        await begun.wait()
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        effect, entry = await site.history.page()
        assert entry.state is ChangeState.DONE
        assert entry.fields[0].verdict is Verdict.KEPT
        assert (effect.resource, effect.effect_of) == ("/two", entry.id)


async def test_secrets_are_in_no_file_and_clocks_and_counters_are_no_side_effects(open_site, place, every_byte, device):
    async with open_site() as site:
        session, _ = device(site)
        await read(session, *PAGES)
        proof = await write(session, "/one", {"name": "Yard"})
        assert found(proof) == {"/two": MOVED, "/three": MOVED}
    assert b"Other-9876" not in every_byte(place)


async def test_what_was_read_long_ago_may_be_somebody_elses_doing(open_site, device, monkeypatch):
    monkeypatch.setattr(second_look, "JUST_NOW", -1.0)
    async with open_site() as site:
        session, _ = device(site)
        await read(session, *PAGES)
        proof = await write(session, "/one", {"name": "Yard"})
        assert all("or somebody else" in f.reason for each in proof.neighbours for f in each.fields)


async def test_what_was_seen_once_is_not_told_again(open_site, device, memory):
    async with open_site() as site:
        session, _ = device(site)
        await read(session, *PAGES)
        await write(session, "/one", {"name": "Yard"})
        memory.meanwhile = lambda values: None
        proof = await write(session, "/one", {"name": "Dock"})
        assert found(proof) == {"/two": [], "/three": []}
        assert proof.kept_everything


async def test_a_journal_that_cannot_take_the_side_effect_is_told(open_site, device, monkeypatch):
    told = []

    async def full(*_):
        raise SiteError("The disk is full.")

    async with open_site() as site:
        session, _ = device(site, report=told.append)
        await read(session, *PAGES)
        monkeypatch.setattr(site.history, "add_effect", full)
        proof = await write(session, "/one", {"name": "Yard"})
        assert found(proof) == {"/two": MOVED, "/three": MOVED}
        assert [each.summary for each in told] == ["The disk is full."] * 2


async def test_side_effects_survive_the_recovery_of_a_damaged_file(open_site, place, device):
    async with open_site() as site:
        session, _ = device(site)
        await read(session, *PAGES)
        await write(session, "/one", {"name": "Yard"})
        before = await site.history.page()
    async with open_site(recover(place)) as mended:
        assert await mended.history.page() == before
        assert [each.effect_of for each in before] == [1, 1, None]


async def test_an_older_file_that_can_only_be_read_has_no_side_effects(open_site, place, device):
    import sqlite3
    from contextlib import closing

    async with open_site() as site:
        session, _ = device(site)
        await write(session, "/one", {"name": "Yard"})
    with closing(sqlite3.connect(place, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("DROP TABLE effects")
        connection.execute("PRAGMA user_version = 9999")  # a newer one can only be read as well
    async with open_site() as site:
        assert site.file.problem is not None
        assert [each.effect_of for each in await site.history.page()] == [None]
        assert await site.history.effects(1) == ()

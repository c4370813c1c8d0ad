"""Changes whose end nobody saw: judged at the next contact by reading alone, by one process, on the same device."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys

import pytest

from app.errors import ConnectionLost, Unreachable
from app.families.base import RawSettings, SettingsTree
from app.patience import Stop, Wait, told_of_waits
from app.settings import lists
from app.settings.changes import Verdict
from app.site import owner
from app.site.open_ends import judge_open_ends
from app.site.records import ChangeState

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]
MAIN, LENGTH = "/ISAPI/Streaming/channels/101", "Video/GovLength"
AREAS = "/ISAPI/Smart/FieldDetection/1"
USERS = "/ISAPI/Security/users"


async def cut_off(session, resource, *, sent=True, **texts):
    """A change that the device took, or never got, and of which nobody heard any more; its number."""
    settings = session.offer(SettingsTree)
    document = await settings.load(resource)
    for path, text in texts.items():
        document.set_text(path, text)
    changes = document.changes()

    async def lost():
        if sent:
            await settings.inner.apply(document, changes)
        raise ConnectionLost("The camera hung up.")

    with pytest.raises(ConnectionLost):
        await settings.record(document, changes, lost)
    return settings.last_id


def verdicts(change_set):
    return [each.verdict for each in change_set.fields]


async def test_what_the_device_took_and_what_it_never_got_is_told_apart(open_site, run_camera):
    async with open_site() as site, run_camera(site) as session:
        kept = await cut_off(session, MAIN, **{LENGTH: "41", "Video/vbrUpperCap": "1500"})
        ignored = await cut_off(session, "/ISAPI/System/deviceInfo", sent=False, deviceName="Yard")
        puts = noted(session)
        found = await judge_open_ends(session, site)
        assert puts == []
        assert [each.id for each in found] == [ignored, kept]
        assert verdicts(found[1]) == [Verdict.KEPT, Verdict.KEPT]
        assert verdicts(found[0]) == [Verdict.IGNORED]
        assert {each.state for each in found} == {ChangeState.DONE}
        assert all("It was read again on" in each.error for each in found)
        before, after = await site.history.documents(kept)
        assert b"<GovLength>41<" in after
        assert b"<GovLength>41<" not in before
        assert await judge_open_ends(session, site) == ()


def noted(session):
    """What is asked of the camera to change something from now on."""
    inner = session
    while hasattr(inner, "inner"):
        inner = inner.inner
    channel, sent = inner._client.channel, []
    send = channel.send

    async def noting(request):
        if request.method != "GET":
            sent.append(request.path)
        return await send(request)

    channel.send = noting
    return sent


async def test_a_value_that_the_device_made_something_else_of_is_adjusted(open_site, run_camera):
    async with open_site() as site, run_camera(site, f"clamps={LENGTH}:1:60") as session:
        await cut_off(session, MAIN, **{LENGTH: "90"})
        (found,) = await judge_open_ends(session, site)
        assert [(each.verdict, each.read_back) for each in found.fields] == [(Verdict.ADJUSTED, "60")]


async def test_the_newest_of_several_wins(open_site, run_camera):
    async with open_site() as site, run_camera(site) as session:
        first = await cut_off(session, MAIN, **{LENGTH: "41", "Video/vbrUpperCap": "1500"})
        second = await cut_off(session, MAIN, **{LENGTH: "42"})
        newest, oldest = await judge_open_ends(session, site)
        assert (newest.id, oldest.id) == (second, first)
        assert verdicts(newest) == [Verdict.KEPT]
        told = {each.path: each for each in oldest.fields}
        assert told["Video/vbrUpperCap"].verdict is Verdict.KEPT
        assert told[LENGTH].verdict is Verdict.NOT_VERIFIABLE
        assert told[LENGTH].reason == f"It was written again since, by change {second}."


async def test_records_that_came_and_went_are_judged_as_at_the_time(open_site, run_camera):
    async with open_site() as site, run_camera(site) as session:
        settings = session.offer(SettingsTree)
        document = await settings.load(USERS)
        (path,) = [each.path for each in document.lists]
        new = {path: lists.format_order((*document.order(path), "+1"))}
        place = f"{path[:-1]}+1]"
        fields = {f"{place}/userName": "guest", f"{place}/password": "Guest-12345"}
        number = await cut_off(session, USERS, **new, **fields)
        (found,) = await judge_open_ends(session, site)
        assert found.id == number
        told = {each.path: each for each in found.fields}
        assert told[path].verdict is Verdict.KEPT
        assert told[f"{place}/userName"].verdict is Verdict.KEPT
        secret = told[f"{place}/password"]
        assert (secret.verdict, secret.secret, secret.new) == (Verdict.NOT_VERIFIABLE, True, "******")


async def test_a_document_by_hand_with_new_elements_is_judged_as_well(open_site, run_camera):
    async with open_site() as site, run_camera(site) as session:
        settings, raw = session.offer(SettingsTree), session.offer(RawSettings)
        document = await settings.load(AREAS)
        body = document.source.raw
        start = body.index(b"<RegionCoordinates>")
        end = body.index(b"</RegionCoordinates>") + len(b"</RegionCoordinates>")
        corner = b"<RegionCoordinates><positionX>321</positionX><positionY>222</positionY></RegionCoordinates>"
        wanted = body[:end] + corner + body[end:]
        assert start < end
        changes = raw.raw_changes(document, wanted)

        async def lost():
            await raw._inner.apply_raw(document, wanted)
            raise ConnectionLost("The camera hung up.")

        with pytest.raises(ConnectionLost):
            await settings.record(document, changes, lost)
        (found,) = await judge_open_ends(session, site)
        assert set(verdicts(found)) == {Verdict.KEPT}


async def test_a_camera_that_restarts_between_write_and_read_back_is_judged_when_it_is_back(open_site, run_camera):
    async with open_site() as site, run_camera(site, "reboots_on_write", "reboot_seconds=1") as session:
        settings, stop = session.offer(SettingsTree), Stop()
        document = await settings.load(MAIN)
        document.set_text(LENGTH, "41")

        def give_up(wait):
            assert wait is Wait.AWAY
            stop.ask()

        with told_of_waits(give_up, stop):
            proof, _ = await settings.apply(document, document.changes())
        assert proof.unread
        (entry,) = await site.history.page()
        assert entry.state is ChangeState.UNKNOWN
        assert "could not be read" in entry.error
        found = ()
        while not found:  # until it is back
            found = await judge_open_ends(session, site)
            await asyncio.sleep(0.05)
        assert verdicts(found[0]) == [Verdict.KEPT]


async def test_a_vigi_camera_is_judged_too(open_site, run_camera):
    async with open_site() as site, run_camera(site, family="vigi") as session:
        await cut_off(session, "getDeviceAlias", alias="Yard")
        (found,) = await judge_open_ends(session, site)
        assert [(each.verdict, each.read_back) for each in found.fields] == [(Verdict.KEPT, "Yard")]


async def test_another_device_at_the_address_is_not_asked(open_site, journal_of, memory_session, memory):
    async with open_site() as site:
        await cut_off(journal_of(site), "/one", rate="4096")
        assert await judge_open_ends(journal_of(site, serial="OTHER-2"), site) == ()
        assert await judge_open_ends(journal_of(site, serial=""), site) == ()
        (found,) = await judge_open_ends(journal_of(site, address="127.23.0.9:80"), site)  # it has moved
        assert verdicts(found) == [Verdict.KEPT]


async def test_a_device_that_does_not_answer_leaves_it_open(open_site, journal_of, memory):
    async with open_site() as site:
        session = journal_of(site)
        number = await cut_off(session, "/one", rate="4096")
        load = memory.load

        async def gone(_):
            raise Unreachable("Nobody is there.")

        memory.load = gone
        assert await judge_open_ends(session, site) == ()
        entry = await site.history.get(number)
        assert (entry.state, verdicts(entry)) == (ChangeState.UNKNOWN, [None])
        memory.load = load
        assert len(await judge_open_ends(session, site)) == 1


async def test_a_look_that_takes_too_long_or_is_cancelled_leaves_it_open(open_site, journal_of, memory):
    async with open_site() as site:
        session = journal_of(site)
        number = await cut_off(session, "/one", rate="4096")
        load, asked = memory.load, asyncio.Event()

        async def hangs(_):
            asked.set()
            await asyncio.Event().wait()

        memory.load = hangs
        assert await judge_open_ends(session, site, seconds=0.05) == ()
        assert (await site.history.get(number)).state is ChangeState.UNKNOWN
        asked.clear()
        looking = asyncio.ensure_future(judge_open_ends(session, site))
        await asked.wait()
        assert (await site.history.get(number)).state is ChangeState.JUDGING
        looking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await looking
        assert (await site.history.get(number)).state is ChangeState.UNKNOWN
        memory.load = load
        assert len(await judge_open_ends(session, site)) == 1


async def test_it_gives_way_to_whoever_waits_for_the_device(open_site, journal_of, memory):
    async with open_site() as site:
        session = journal_of(site)
        await cut_off(session, "/one", rate="4096")
        rested, asked = asyncio.Event(), []

        async def at_rest():
            asked.append(1)
            await rested.wait()

        load, loaded = memory.load, []

        async def noted_load(resource):
            loaded.append(resource)
            return await load(resource)

        memory.load = noted_load
        looking = asyncio.ensure_future(judge_open_ends(session, site, at_rest))
        while not asked:
            await asyncio.sleep(0)
        assert loaded == []
        rested.set()
        assert len(await looking) == 1
        assert loaded == ["/one"]


async def test_two_windows_do_not_both_judge(open_site, journal_of, memory):
    async with open_site() as one, open_site() as other:
        await cut_off(journal_of(one), "/one", rate="4096")
        found = await asyncio.gather(judge_open_ends(journal_of(one), one), judge_open_ends(journal_of(other), other))
        assert sorted(map(len, found)) == [0, 1]


async def test_what_a_killed_process_was_judging_is_judged_by_the_next(open_site, journal_of, memory, place):
    async with open_site() as site:
        number = await cut_off(journal_of(site), "/one", rate="4096")
        alive = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)

        def taken_by_it():
            with sqlite3.connect(place) as connection:
                connection.execute(
                    "UPDATE change_sets SET state = 'judging', host = ?, pid = ?, finished = started WHERE id = ?",
                    (owner.host(), alive.pid, number),
                )
            connection.close()

        await asyncio.to_thread(taken_by_it)
        assert await judge_open_ends(journal_of(site), site) == ()
        alive.kill()
        await asyncio.to_thread(alive.wait)
        alive.stdin.close()
        assert [each.id for each in await judge_open_ends(journal_of(site), site)] == [number]

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
import subprocess
import sys
from types import SimpleNamespace

import pytest

from app.errors import (
    ConnectionLost,
    DeviceFault,
    Forbidden,
    InvalidSetting,
    ProtocolError,
    SiteError,
    TimedOut,
    Unreachable,
)
from app.families.base import Overview, SettingsTree
from app.settings.changes import Verdict
from app.settings.field import Field
from app.settings.secrecy import is_secret
from app.settings.spec import Kind, Spec
from app.site import history
from app.site.journal import JournalledSettings, journalled
from app.site.records import ChangeState, Origin
from app.site.undo import plan_undo, undo
from app.site.undo_standing import Standing

pytestmark = pytest.mark.anyio
MAIN = "/ISAPI/Streaming/channels/101"


async def change(session, resource="/one", **values):
    settings = session.offer(SettingsTree)
    document = await settings.load(resource)
    for path, text in values.items():
        document.set_text(path.replace("__", "/"), text)
    return await settings.apply(document, document.changes())


async def test_a_change_is_in_the_journal_with_all_that_belongs_to_it(open_site, journal_of, memory):
    async with open_site() as site:
        proof, after = await change(journal_of(site), rate="4096", name="Yard")
        assert proof.kept_everything
        assert after.text("rate") == "4096"
        (entry,) = await site.history.page()
        assert (entry.state, entry.origin, entry.account) == (ChangeState.DONE, Origin.FORM, "installer")
        assert entry.who
        assert (entry.resource, entry.title, entry.device_name) == ("/one", "Page /one", "Dock 2")
        assert entry.device_keys == {"serial:serial-1", "mac:00:11:22:33:44:55", "at:127.23.0.1:80"}
        assert entry.finished >= entry.started
        assert [(f.path, f.old, f.new, f.verdict) for f in entry.fields] == [
            ("name", "Gate", "Yard", Verdict.KEPT),
            ("rate", "2048", "4096", Verdict.KEPT),
        ]
        before, then = await site.history.documents(entry.id)
        assert b"rate=2048" in before
        assert b"rate=4096" in then


async def test_it_is_written_before_the_device_is_asked(open_site, journal_of, memory, place):
    async with open_site() as site:
        seen = []

        def look(values):
            with sqlite3.connect(place) as connection:
                seen.extend(connection.execute("SELECT state, (SELECT count(*) FROM change_fields) FROM change_sets"))
            connection.close()

        memory.meanwhile = look
        await change(journal_of(site), rate="1")
        assert seen == [("sending", 1)]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (DeviceFault("No."), ChangeState.FAILED),
        (Forbidden("No."), ChangeState.FAILED),
        (InvalidSetting("No."), ChangeState.FAILED),
        (Unreachable("Gone."), ChangeState.FAILED),
        (ConnectionLost("Gone."), ChangeState.UNKNOWN),
        (TimedOut("Gone."), ChangeState.UNKNOWN),
        (ProtocolError("Nonsense."), ChangeState.UNKNOWN),
        (RuntimeError("a mistake of ours"), ChangeState.UNKNOWN),
    ],
)
async def test_what_went_wrong_is_in_the_journal(open_site, journal_of, memory, error, state):
    async with open_site() as site:
        memory.refuse = error
        with pytest.raises(type(error)):
            await change(journal_of(site), rate="1")
        (entry,) = await site.history.page()
        assert entry.state is state
        assert entry.error
        assert [(f.new, f.verdict) for f in entry.fields] == [("1", None)]


async def test_stopped_in_the_middle_is_unknown(open_site, journal_of, memory):
    async with open_site() as site:
        asked = asyncio.Event()

        async def never(document, changes):
            asked.set()
            await asyncio.Event().wait()

        memory.apply = never
        task = asyncio.create_task(change(journal_of(site), rate="1"))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        (entry,) = await site.history.page()
        assert entry.state is ChangeState.UNKNOWN


@pytest.fixture
def sent_elsewhere(place, monkeypatch):
    """Makes the newest change set one that another process, which lives, is sending. `looked` grows each time that
    somebody asks whether it still does; `sent_elsewhere.end()`: it does not."""
    looked = []
    ask = history._is_preceded
    monkeypatch.setattr(history, "_is_preceded", lambda *given: (ask(*given), looked.append(1))[0])
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def put(state):
        with contextlib.closing(sqlite3.connect(place)) as connection, connection:
            connection.execute("UPDATE change_sets SET state = ?, pid = ? WHERE id = 1", (state, other.pid))

    yield SimpleNamespace(begin=lambda: put("sending"), end=lambda: put("done"), looked=looked)
    other.stdin.close()
    other.wait(30)


async def looks(elsewhere, count):
    async with asyncio.timeout(60):
        while len(elsewhere.looked) < count:
            await asyncio.sleep(0.01)


async def test_a_change_waits_for_the_one_that_another_window_sends(open_site, journal_of, memory, sent_elsewhere):
    """Both have read the page before: whoever writes second would put back what the first has changed."""
    async with open_site() as site:
        session = journal_of(site)
        await change(session, rate="1")
        sent_elsewhere.begin()
        memory.sent.clear()
        task = asyncio.create_task(change(session, rate="2"))
        await looks(sent_elsewhere, 4)
        assert memory.sent == []
        await change(session, "/two", rate="5")  # another page has nothing to do with it
        assert [resource for resource, _ in memory.sent] == ["/two"]
        sent_elsewhere.end()
        proof, _ = await task
        assert proof.kept_everything
        assert [resource for resource, _ in memory.sent] == ["/two", "/one"]


async def test_who_waits_for_another_window_can_stop(open_site, journal_of, memory, sent_elsewhere):
    async with open_site() as site:
        await change(journal_of(site), rate="1")
        sent_elsewhere.begin()
        memory.sent.clear()
        task = asyncio.create_task(change(journal_of(site), rate="2"))
        await looks(sent_elsewhere, 4)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        entry, _ = await site.history.page()
        assert (entry.state, entry.error) == (ChangeState.FAILED, "Stopped before anything was sent.")
        assert memory.sent == []


async def test_nobody_waits_for_another_window_for_ever(open_site, journal_of, sent_elsewhere, monkeypatch):
    monkeypatch.setattr(history, "LONGEST_TURN", 0)
    async with open_site() as site:
        await change(journal_of(site), rate="1")
        sent_elsewhere.begin()
        proof, _ = await change(journal_of(site), rate="2")
        assert proof.kept_everything


async def test_stopped_before_anything_was_sent_says_so(open_site, journal_of, memory):
    async with open_site() as site:
        session = journal_of(site)
        settings = session.offer(SettingsTree)
        begin = site.history.begin
        begun = asyncio.Event()

        async def slow(intent):
            entry = await begin(intent)
            begun.set()
            await asyncio.sleep(0.01)
            return entry

        object.__setattr__(site.history, "begin", slow)
        task = asyncio.create_task(change(session, rate="1"))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert memory.sent == []
        assert settings.last_id is None
        (entry,) = await site.history.page()
        assert entry.state is ChangeState.FAILED
        assert "before anything was sent" in entry.error


async def test_without_a_journal_nothing_is_sent(open_site, journal_of, memory, place):
    async with open_site() as site:
        await site.devices.all()
    with sqlite3.connect(place) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    async with open_site() as site:
        with pytest.raises(SiteError, match="Nothing was sent"):
            await change(journal_of(site), rate="1")
        assert memory.sent == []


async def test_an_outcome_that_cannot_be_written_does_not_hide_the_proof(open_site, memory_session, memory):
    async with open_site() as site:
        told = []
        session = journalled(memory_session(memory), site, report=told.append)

        def full(values):
            object.__setattr__(site.history, "finish", refuse)

        async def refuse(*_, **__):
            raise SiteError("The disk is full.")

        memory.meanwhile = full
        proof, _ = await change(session, rate="7")
        assert proof.kept_everything
        assert [error.summary for error in told] == ["The disk is full."]
        (entry,) = await site.history.page()
        assert entry.state is ChangeState.SENDING


# Secrets


async def test_no_secret_is_in_the_file(open_site, journal_of, memory, place, every_byte):
    old, new, community = "Old-Secret-77", "New-Secret-88", "publicly-private"
    memory.resources["/one"] |= {"adminPassword": old, "snmpCommunity": community, "url": f"ftp://me:{old}@files/"}
    async with open_site() as site:
        session = journal_of(site)
        memory.meanwhile = lambda values: values.update(name=new)  # a device that shows the password elsewhere
        await change(session, adminPassword=new, rate="5")
        memory.meanwhile = lambda values: None
        memory.refuse = DeviceFault(f"I do not like {new}x", detail=new)
        with pytest.raises(DeviceFault):
            await change(session, adminPassword=f"{new}x", url=f"ftp://me:{new}@files/")
        for entry in await site.history.page():
            assert not {old, new, community} & {text for f in entry.fields for text in (f.old, f.new, f.read_back)}
            assert all(f.secret for f in entry.fields if f.path in ("adminPassword", "url"))
        found = every_byte(place)
    for secret in (old, new, community):
        assert secret.encode() not in found, secret
    assert b"rate=5" in found
    assert b"rate=5" in every_byte(place)  # after closing as well
    assert new.encode() not in every_byte(place)


FTP = "/ISAPI/System/Network/ftp/1"
ANSWERS = {
    "/ISAPI/System/deviceInfo": "<DeviceInfo><deviceName>Gate</deviceName><model>DS-1</model>"
    "<serialNumber>S-12345</serialNumber></DeviceInfo>",
    FTP: "<FTPNotification><id>1</id><hostName>files</hostName><userName>cam</userName>"
    "<password>Old&amp;Secret-77</password><!-- Old&amp;Secret-77 --></FTPNotification>",
}


def make_twin(folder):
    """A recorded device that gives its password away, as some do."""
    folder.mkdir()
    answers = []
    for number, (path, text) in enumerate(ANSWERS.items()):
        (folder / f"{number}.xml").write_text(text)
        answers.append(
            {"method": "GET", "path": path, "status": 200, "content_type": "application/xml", "file": f"{number}.xml"}
        )
    auth = {"scheme": "digest", "user": "admin", "password": "Right-1234"}
    twin = {"format": 1, "family": "isapi", "dialect": "v2", "model": "DS-1", "auth": auth}
    (folder / "twin.json").write_text(json.dumps({**twin, "default_status": 404, "answers": answers}))
    return folder


async def test_passwords_of_a_real_document_are_not_in_the_file(open_site, run_camera, place, tmp_path, every_byte):
    twin = make_twin(tmp_path / "twin")
    async with open_site() as site, run_camera(site, twin=twin, family="") as session:
        _, after = await change(session, FTP, password="New<Secret-88", hostName="other")
        assert b"New&lt;Secret-88" in after.source.raw
        (entry,) = await site.history.page()
        assert entry.state is ChangeState.DONE
        before, then = await site.history.documents(entry.id)
        assert b"<password>******</password>" in before
        assert b"<hostName>other</hostName>" in then
        found = every_byte(place)
        plan = await plan_undo(entry.id, session, site)
        assert {f.path: f.standing for f in plan.fields}["password"] is Standing.STUCK
        await undo(plan, session)  # the host name only
        assert b"New&lt;Secret-88" in (await session.offer(SettingsTree).load(FTP)).source.raw
    for secret in (b"Old&amp;Secret-77", b"Old&Secret-77", b"Secret-88", b"Right-1234"):
        assert secret not in found
        assert secret not in every_byte(place)


def named(name, kind=Kind.TEXT):
    return Field(f"Block/Entry[2]/{name}", "value", Spec(kind, name))


def test_secrets_are_known_by_kind_and_by_name():
    for name in (
        "password", "loginPassword", "passwd", "snmpPrivacyKey", "snmpAuthenticationKey", "sharedKey", "sharedkey",
        "encryptionKey", "communityString", "writeCommunity", "wpaPassphrase", "token", "key", "key[3]",
    ):  # fmt: skip
        assert is_secret(named(name)), name
    for name in ("keyFrameInterval", "passwordLen", "wepKeyType", "keyAlgorithm", "Compass", "highPassFilter"):
        assert not is_secret(named(name)), name
    assert is_secret(named("anything", Kind.PASSWORD))
    assert not is_secret(named("isSupportCheckPassword", Kind.BOOL))


# Undo


async def undone(site, session, number, **more):
    plan = await plan_undo(number, session, site)
    return plan, *(await undo(plan, session, **more))


async def test_undo_sets_back_what_still_holds_our_value(open_site, journal_of, memory):
    async with open_site() as site:
        session = journal_of(site)
        memory.meanwhile = lambda values: values.update(geometry="square")  # FIELD: a switch that spoils the area
        await change(session, rate="4096", name="Yard")
        memory.meanwhile = lambda values: None
        plan, proof, _ = await undone(site, session, 1)
        assert {f.standing for f in plan.fields} == {Standing.OURS}
        assert proof.kept_everything
        assert memory.resources["/one"]["rate"] == "2048"
        assert memory.resources["/one"]["geometry"] == "f0f0"
        second, first = await site.history.page()
        assert (second.origin, second.undo_of, first.undo_of) == (Origin.UNDO, first.id, None)
        again = await plan_undo(1, session, site)
        assert not again.is_needed
        with pytest.raises(InvalidSetting, match="nothing to set back"):
            await undo(again, session)
        await undone(site, session, second.id)  # an undo can be undone
        assert memory.resources["/one"]["rate"] == "4096"


async def test_undo_shows_three_sides_of_what_was_changed_since(open_site, journal_of, memory):
    async with open_site() as site:
        session = journal_of(site)
        await change(session, rate="4096", name="Yard")
        memory.resources["/one"]["name"] = "Somebody else's"
        plan = await plan_undo(1, session, site)
        (moved,) = plan.moved
        assert (moved.before, moved.ours, moved.now) == ("Gate", "Yard", "Somebody else's")
        await undo(plan, session)
        assert memory.resources["/one"]["name"] == "Somebody else's"
        assert memory.resources["/one"]["rate"] == "2048"
        await undo(await plan_undo(1, session, site), session, also={"name"})
        assert memory.resources["/one"]["name"] == "Gate"


async def test_undo_knows_the_value_that_the_device_made_of_ours(open_site, journal_of, memory):
    async with open_site() as site:
        session = journal_of(site)
        memory.meanwhile = lambda values: values.update(rate="4000")
        await change(session, rate="4096")
        memory.meanwhile = lambda values: None
        plan = await plan_undo(1, session, site)
        assert [(f.ours, f.standing) for f in plan.fields] == [("4000", Standing.OURS)]


async def test_what_cannot_be_undone_says_why(open_site, journal_of, memory):
    async with open_site() as site:
        session = journal_of(site)
        await change(session, adminPassword="New-Secret-88", name="Yard")
        del memory.resources["/one"]["name"]
        plan = await plan_undo(1, session, site)
        assert {f.standing for f in plan.fields} == {Standing.STUCK}
        assert all(f.reason for f in plan.fields)
        with pytest.raises(SiteError, match="no change 77"):
            await plan_undo(77, session, site)


async def test_undo_on_another_device_is_refused(open_site, journal_of, memory):
    async with open_site() as site:
        await change(journal_of(site), rate="1")
        other = journal_of(site, serial="")  # the same address, and no way to tell
        assert (await plan_undo(1, other, site)).is_needed
        other = journal_of(site, serial="SERIAL-2")
        other.inner._map[Overview]._facts = other.inner._map[Overview]._facts.__class__(serial="SERIAL-2")
        with pytest.raises(SiteError, match="another device"):
            await plan_undo(1, other, site)


async def test_an_interrupted_change_can_be_undone(open_site, journal_of, memory):
    async with open_site() as site:
        session = journal_of(site)
        memory.refuse = TimedOut("Gone.")
        with pytest.raises(TimedOut):
            await change(session, rate="4096")
        memory.refuse = None
        assert not (await plan_undo(1, session, site)).is_needed
        memory.resources["/one"]["rate"] = "4096"  # it had arrived after all
        await undone(site, session, 1)
        assert memory.resources["/one"]["rate"] == "2048"


async def test_undo_on_a_real_camera_gives_the_very_same_bytes(open_site, run_camera):
    async with open_site() as site, run_camera(site) as session:
        settings = session.offer(SettingsTree)
        before = (await settings.load(MAIN)).source.raw
        await change(session, MAIN, Video__GovLength="33", channelName="Gate & <yard>")
        assert (await settings.load(MAIN)).source.raw != before
        _, proof, _ = await undone(site, session, 1)
        assert proof.kept_everything
        assert (await settings.load(MAIN)).source.raw == before
        entry = await site.history.get(1)
        assert entry.device_keys & {key for key in entry.device_keys if key.startswith(("serial:", "mac:"))}
        assert (await site.history.documents(1))[0] == before
        (device,) = await site.devices.all()
        assert device.model
        assert device.firmware


async def test_a_camera_that_ignores_is_in_the_journal_as_such(open_site, run_camera):
    async with open_site() as site, run_camera(site, "ignores_field=Video/GovLength") as session:
        await change(session, MAIN, Video__GovLength="33")
        (entry,) = await site.history.page()
        assert [f.verdict for f in entry.fields] == [Verdict.IGNORED]
        assert not (await plan_undo(1, session, site)).is_needed


# The wrapper


async def test_a_journalled_session_is_the_session(open_site, journal_of, memory):
    async with open_site() as site:
        session = journal_of(site)
        assert (session.family, session.user, str(session.address)) == ("memory", "installer", "127.23.0.1:80")
        settings = session.offer(SettingsTree)
        assert isinstance(settings, JournalledSettings)
        assert (await settings.tree()).children
        assert settings.request_text(await settings.load("/one")) == "PUT"
        assert settings.resources is memory.resources  # what a family offers beyond the contract
        with pytest.raises(AttributeError):
            _ = settings.nothing
        assert settings.under(Origin.RAW).origin is Origin.RAW
        await session.close()


async def test_history_pages(open_site, journal_of):
    async with open_site() as site:
        session = journal_of(site)
        for number in range(7):
            await change(session, rate=str(number))
        ids = [entry.id for entry in await site.history.page(3)]
        assert ids == [7, 6, 5]
        assert [entry.id for entry in await site.history.page(3, before=5)] == [4, 3, 2]
        (device,) = await site.devices.all()
        assert len(await site.history.page(device_ids=[device.id])) == 7
        assert await site.history.page(device_ids=[device.id + 1]) == ()
        assert await site.history.page(device_ids=[]) == ()

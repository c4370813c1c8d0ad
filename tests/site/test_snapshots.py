from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import BadCredentials, ConnectionLost, DeviceFault, Forbidden, InvalidSetting, SiteError, TimedOut
from app.families.base import Overview, SettingsTree
from app.settings.changes import Verdict
from app.settings.spec import Access, Kind
from app.site import snapshot as snapshots
from app.site.compare import compare, is_setting
from app.site.records import Origin
from app.site.restore import danger, plan_restore, restore
from app.site.snapshot import DeviceSnapshot, Refusal, ResourceCopy, Value, dump, load, read_file, take

MAIN = "/ISAPI/Streaming/channels/101"
anyio = pytest.mark.anyio


async def taken(session, **more):
    return await take(session, await session.offer(Overview).facts(), **more)


# Taking


@anyio
async def test_everything_readable_is_in_it_and_refusals_have_reasons(memory, memory_session):
    steps = []
    copy = await taken(memory_session(memory), progress=lambda *step: steps.append(step))
    assert [each.resource for each in copy.resources] == ["/one", "/two"]
    assert [(each.resource, each.reason) for each in copy.refused] == [("/refused", "The device does not have this.")]
    assert (copy.name, copy.model, copy.serial, copy.title) == ("Dock 2", "M-1", "SERIAL-1", "Dock 2")
    assert steps == [(0, 3, "/one"), (1, 3, "/two"), (2, 3, "/refused"), (3, 3, "")]
    assert load(dump(copy)) == copy


@anyio
async def test_no_secret_is_in_it(memory, memory_session):
    memory.resources["/one"] |= {
        "adminPassword": "Old-Secret-77",
        "snmpCommunity": "publicly-private",
        "url": "ftp://me:Old-Secret-77@files/",
        "name": "with Old-Secret-77",
    }
    memory.resources["/two"] |= {"url": "ftp://me:Other-Secret-9@files/"}
    data = dump(await taken(memory_session(memory)))
    for secret in (b"Old-Secret-77", b"publicly-private", b"Other-Secret-9"):
        assert secret not in data


@anyio
async def test_it_can_be_stopped(memory, memory_session):
    stopped = iter([False, True])
    with pytest.raises(SiteError, match="stopped"):
        await taken(memory_session(memory), cancelled=lambda: next(stopped))


@anyio
@pytest.mark.parametrize("error", [BadCredentials("No."), ConnectionLost("Gone.")])
async def test_a_lost_device_ends_it(memory, memory_session, error):
    async def fail(resource):
        raise error

    memory.load = fail
    with pytest.raises(type(error)):
        await taken(memory_session(memory))


@anyio
@pytest.mark.parametrize("error", [Forbidden("No."), DeviceFault("Error 500."), TimedOut("Slow.")])
async def test_a_refused_resource_does_not(memory, memory_session, error):
    real = memory.load

    async def fail(resource):
        if resource == "/one":
            raise error
        return await real(resource)

    memory.load = fail
    copy = await taken(memory_session(memory))
    assert [each.resource for each in copy.resources] == ["/two"]
    assert Refusal("/one", "/one", error.summary) in copy.refused


# Files


texts = st.text(max_size=20)
values = st.builds(
    Value, texts, texts, texts, st.sampled_from(Kind), st.sampled_from(Access), st.lists(texts, max_size=2).map(tuple)
)
copies = st.builds(
    ResourceCopy,
    texts,
    texts,
    texts,
    st.binary(max_size=50),
    st.lists(values, max_size=4, unique_by=lambda v: v.path).map(tuple),
)
devices = st.builds(
    DeviceSnapshot,
    st.datetimes(timezones=st.just(snapshots.UTC)),
    *[texts] * 8,
    st.lists(copies, max_size=3, unique_by=lambda c: c.resource).map(tuple),
    st.lists(st.builds(Refusal, texts, texts, texts), max_size=2).map(tuple),
)


@settings(deadline=None)
@given(devices)
def test_what_is_written_is_read(snapshot):
    assert load(dump(snapshot)) == snapshot
    assert dump(load(dump(snapshot))) == dump(snapshot)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(devices, st.data())
def test_hostile_files_are_refused_in_words(snapshot, data):
    """One value of a good file replaced by anything: read, or SiteError; never another exception."""
    content = json.loads(dump(snapshot))
    place = content
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
            place = place[key]
            continue
        place[key] = data.draw(json_values)
        break
    try:
        load(json.dumps(content).encode())
    except SiteError:
        return


@given(st.binary(max_size=300))
def test_noise_is_refused(data):
    with pytest.raises(SiteError):
        load(data)


def test_files_that_are_too_much_are_refused(tmp_path, monkeypatch):
    with pytest.raises(SiteError):
        load(b"[" * 1_000_000)
    with pytest.raises(SiteError):
        load(b'{"kind": "camwright settings", "format": 1, "taken": ' + b"9" * 10_000 + b"}")
    with pytest.raises(SiteError, match="newer"):
        load(b'{"kind": "camwright settings", "format": 2}')
    with pytest.raises(SiteError, match="format"):
        load(b'{"kind": "camwright settings", "format": true}')
    with pytest.raises(SiteError, match="cannot be read"):
        read_file(tmp_path / "missing.json")
    monkeypatch.setattr(snapshots, "FILE_LIMIT", 100)
    (tmp_path / "big.json").write_bytes(b" " * 101)
    with pytest.raises(SiteError, match="larger"):
        read_file(tmp_path / "big.json")


def test_documents_that_are_no_text_survive(memory):
    raw = "<a>門</a>".encode("gb18030")
    copy = ResourceCopy("/a", "A", "application/xml", raw, ())
    snapshot = DeviceSnapshot(snapshots.datetime.now(snapshots.UTC), *[""] * 8, (copy,))
    data = dump(snapshot)
    assert json.loads(data)["resources"][0]["document"] == {"base64": base64.b64encode(raw).decode()}
    assert load(data).resources[0].raw == raw


# Comparing


def device(**resources) -> DeviceSnapshot:
    made = [ResourceCopy(f"/{name}", name.title(), "", b"", tuple(fields)) for name, fields in resources.items()]
    return DeviceSnapshot(snapshots.datetime.now(snapshots.UTC), *[""] * 8, tuple(made))


def test_differences_are_by_meaning_and_by_field():
    one = device(a=[Value("x", "X", "05", Kind.INT), Value("on", "On", "TRUE", Kind.BOOL), Value("t", "T", "a")], b=[])
    other = device(
        a=[Value("x", "X", "5", Kind.INT), Value("on", "On", "false", Kind.BOOL), Value("u", "U", "n")], c=[]
    )
    found = compare(one, other)
    assert [(d.path, d.title, d.one, d.other) for d in found.differences] == [
        ("on", "On", "TRUE", "false"),
        ("t", "T", "a", None),
        ("u", "U", None, "n"),
    ]
    assert (found.only_one, found.only_other) == (("/b",), ("/c",))
    assert compare(one, one).differences == ()


@pytest.mark.parametrize(
    "value",
    [
        Value("Channel/id", "Id", "1"),
        Value("List/Entry[2]/videoInputID", "Input", "1"),
        Value("deviceUUID", "Uuid", "1"),
        Value("serialNumber", "Serial", "1"),
        Value("localTime", "Time", "1", Kind.DATETIME),
        Value("uptime", "Uptime", "1", Kind.INT, Access.READ_ONLY),
    ],
)
def test_ids_clocks_and_facts_differ_only_when_asked(value):
    other = Value(value.path, value.title, "2", value.kind, value.access)
    assert compare(device(a=[value]), device(a=[other])).differences == ()
    assert len(compare(device(a=[value]), device(a=[other]), everything=True).differences) == 1


def test_settings_that_look_like_ids_are_settings():
    for path in ("video/bitrate", "grid", "valid", "SSID/hidden", "beginTime", "wide", "timeMode"):
        assert is_setting(Value(path, path, "1")), path


# Restoring


@pytest.mark.parametrize(
    ("resource", "path", "kind"),
    [
        ("/ISAPI/System/Network/interfaces/1", "IPAddress/ipAddress", Kind.IPV4),
        ("/ISAPI/System/Network/interfaces/1/ipAddress", "subnetMask", Kind.TEXT),
        ("/ISAPI/System/Network/interfaces/1", "IPAddress/addressingType", Kind.OPTION),
        ("/ISAPI/Security/adminAccesses/1", "portNo", Kind.INT),
        ("/ISAPI/Security/adminAccesses", "AdminAccessProtocol[2]/portNo", Kind.PORT),
        ("/ISAPI/Security/users/1", "userName", Kind.TEXT),
        ("/ISAPI/Security/users", "User[1]/userLevel", Kind.OPTION),
        ("network", "httpPort", Kind.INT),
        ("/api/v1/accounts", "list/name", Kind.TEXT),
    ],
)
def test_what_can_cut_or_lock_is_dangerous(resource, path, kind):
    assert danger(resource, path, kind)


@pytest.mark.parametrize(
    ("resource", "path", "kind"),
    [
        (MAIN, "Video/GovLength", Kind.INT),
        ("/ISAPI/System/time/ntpServers/1", "ipAddress", Kind.IPV4),
        ("/ISAPI/Image/channels/1", "supplementLight/mode", Kind.OPTION),
        ("/ISAPI/System/Video/inputs/channels/1/overlays", "TextOverlayList/TextOverlay/displayText", Kind.TEXT),
    ],
)
def test_what_cannot_is_not(resource, path, kind):
    assert danger(resource, path, kind) == ""


@anyio
async def test_chosen_differences_go_back_through_the_journal(open_site, journal_of, memory):
    async with open_site() as site:
        session = journal_of(site)
        snapshot = await taken(session)
        memory.resources["/one"] |= {"rate": "1", "name": "Other"}
        memory.resources["/two"] |= {"rate": "2"}
        plan = await plan_restore(snapshot, session)
        assert {(step.resource, step.path) for step in plan.wanted} == {
            ("/one", "rate"),
            ("/one", "name"),
            ("/two", "rate"),
        }
        assert memory.sent == []
        done = await restore(plan.choose(lambda step: step.path == "rate"), session)
        assert [each.proof.fields[0].verdict for each in done] == [Verdict.KEPT, Verdict.KEPT]
        assert memory.resources["/one"]["rate"] == memory.resources["/two"]["rate"] == "2048"
        assert memory.resources["/one"]["name"] == "Other"
        assert [entry.origin for entry in await site.history.page()] == [Origin.RESTORE] * 2


@anyio
async def test_only_names_resources_and_fields(memory, memory_session):
    session = memory_session(memory)
    snapshot = await taken(session)
    for name in ("/one", "/two"):
        memory.resources[name] |= {"rate": "1", "name": "Other"}

    async def planned(*only):
        return {f"{s.resource}:{s.path}" for s in (await plan_restore(snapshot, session, only)).wanted}

    assert await planned("rate") == {"/one:rate", "/two:rate"}
    assert await planned("/one") == {"/one:rate", "/one:name"}
    assert await planned("/two:name", "/one:rate") == {"/two:name", "/one:rate"}
    with pytest.raises(InvalidSetting, match="nothing at"):
        await planned("/three")


@anyio
async def test_what_does_not_fit_any_more_is_left_out_with_the_reason(memory, memory_session):
    session = memory_session(memory)
    memory.resources["/one"]["rate"] = "123456"  # outside its own limits
    snapshot = await taken(session)
    memory.resources["/one"]["rate"] = "1"
    del memory.resources["/one"]["name"]
    del memory.resources["/two"]
    plan = await plan_restore(snapshot, session)
    assert plan.wanted == ()
    assert {step.path for step in plan.left_out} == {"rate", "name"}
    assert all(step.reason for step in plan.left_out)
    assert [resource for resource, _ in plan.unreadable] == ["/two"]


@anyio
async def test_a_refused_resource_does_not_stop_the_others_and_a_lost_device_does(memory, memory_session):
    session = memory_session(memory)
    snapshot = await taken(session)
    for name in ("/one", "/two"):
        memory.resources[name]["rate"] = "1"
    memory.refuse = DeviceFault("No.")
    done = await restore(await plan_restore(snapshot, session), session)
    assert [each.error.summary for each in done] == ["No.", "No."]
    memory.refuse = ConnectionLost("Gone.")
    done = await restore(await plan_restore(snapshot, session), session)
    assert [each.error.summary for each in done] == ["Gone."]


@anyio
async def test_a_real_camera_is_exported_compared_and_restored(open_site, run_camera):
    async with open_site() as site, run_camera(site) as session:
        before = await taken(session)
        assert len(before.resources) > 30
        assert all(each.reason for each in before.refused)
        assert load(dump(before)) == before
        assert compare(before, await taken(session)).differences == ()
        settings = session.offer(SettingsTree)
        document = await settings.load(MAIN)
        document.set_text("Video/GovLength", "33")
        await settings.apply(document, document.changes())
        raw = (await settings.load(MAIN)).source.raw
        (difference,) = compare(before, await taken(session)).differences
        assert (difference.resource, difference.path, difference.other) == (MAIN, "Video/GovLength", "33")
        (done,) = await restore(await plan_restore(before, session), session)
        assert done.proof.kept_everything
        assert (await settings.load(MAIN)).source.raw != raw
        assert compare(before, await taken(session)).differences == ()


@anyio
async def test_another_cameras_address_is_not_taken_over(run_camera):
    async with run_camera(None) as one, run_camera(None) as other:
        snapshot = await taken(one)
        plan = await plan_restore(snapshot, other)
        addresses = [step for step in plan.steps if step.new == one.address.host]
        assert addresses
        assert all("unreachable" in step.reason for step in addresses)
        named = await plan_restore(snapshot, other, ["/ISAPI/System/Network/interfaces/1/ipAddress:ipAddress"])
        assert [step.dangerous for step in named.wanted] == [True]

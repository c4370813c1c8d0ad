"""What every family owes, whatever it speaks: found by walking the folders, each with the simulator of the same name.

A new family is tested by being there. `app/families/README.md` says how to add one.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.discovery.identify import identify
from app.errors import AuthError, BadCredentials, CameraError, InvalidSetting, LockedOut, TransportError
from app.families import base, families, family_modules, media, ptz
from app.families.base import (
    Clue,
    Credentials,
    Family,
    Neighbourhood,
    RawSettings,
    Regions,
    Session,
    SettingsOutline,
    SettingsTree,
)
from app.model.device import Address, DeviceFacts
from app.model.event import Heartbeat
from app.settings import proof
from app.settings.changes import Change, Verdict
from app.settings.document import Document
from app.settings.search import Search
from app.settings.spec import Access, Kind
from app.settings.tree import Node, NodeKind, NodeState
from app.simulator import simulators
from app.simulator.farm import Farm, plan_cameras
from app.transport.dialer import NetworkDialer, guard_for
from tests.contract.edits import another

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
PASSWORD = "contract-Pa55"
ADMIN = Credentials("admin", PASSWORD)
DEVICE = "only_path=eviceInfo"  # a page that every family has, in whatever capitals
BROKEN = (
    "truncated", "garbage", "reset", "bare", "bad_length", "bad_chunks", "nameless_header", "close_after_headers",
    "html_documents", "empty_documents", "deep", "closes_at=0", "closes_at=30", "closes_at=200",
)  # fmt: skip
PROTOCOLS = [
    each
    for module in (base, media, ptz)
    for _, each in inspect.getmembers(module, inspect.isclass)
    if getattr(each, "_is_protocol", False)
]

every_family = pytest.mark.parametrize("family", families(), ids=lambda each: each.key)


def dialer() -> NetworkDialer:
    return NetworkDialer(allowed=guard_for(["127.0.0.1"]))


def host_of(family: Family, number: int) -> str:
    return f"127.67.{100 + [each.key for each in families()].index(family.key)}.{number}"


@asynccontextmanager
async def camera(family: Family, number: int, *quirks: str) -> AsyncIterator[Address]:
    """One simulated camera. Where a protocol has a socket of its own, it is spoken there and not at the web page."""
    plans = plan_cameras(
        family=family.key, bind=host_of(family, number), password=PASSWORD, quirks=quirks, http_port=0, rtsp_port=0
    )
    farm = Farm(plans, snapshot=lambda *_: b"\xff\xd8\xff\xe0", ssdp=False)
    await farm.start()
    try:
        line = farm.camera_lines()[0]
        yield Address(str(line["address"]), int(str(line.get("control_port") or line["http_port"])))
    finally:
        await farm.stop()


@asynccontextmanager
async def session(family: Family, number: int, *quirks: str) -> AsyncIterator[Session]:
    async with camera(family, number, *quirks) as address:
        opened = await connect(family, address)
        try:
            yield opened
        finally:
            await opened.close()


async def connect(family: Family, address: Address, credentials: Credentials = ADMIN) -> Session:
    found = await family.fingerprint(dialer(), address)
    assert found is not None
    return await family.connect(dialer(), address, found.dialect, credentials)


def nodes(top: Node) -> Iterator[Node]:
    yield top
    for child in top.children:
        yield from nodes(child)


async def documents(opened: Session, most: int = 400) -> AsyncIterator[Document]:
    settings = opened.offer(SettingsTree)
    assert settings is not None
    for node in list(nodes(await settings.tree()))[:most]:
        if node.readable and node.kind in (NodeKind.SETTINGS, NodeKind.STATUS):
            try:
                yield await settings.load(node.id)
            except CameraError:
                continue  # greyed, with the reason


# -- the table -------------------------------------------------------------------------------------------------------


def test_every_folder_is_a_family_with_a_simulator_and_a_contract_on_imports() -> None:
    folders = [name.rpartition(".")[2] for name in family_modules()]
    assert sorted(folders) == sorted(each.key for each in families())
    assert set(folders) <= {each.key for each in simulators()}
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    named = {each["name"]: each for each in contracts}
    assert set(named["No page names a family"]["forbidden_modules"]) == set(family_modules())
    assert set(named["No family knows another"]["modules"]) == set(family_modules())


def test_the_tables_are_whole_and_differ() -> None:
    for family in families():
        assert family.title
        assert 0 < family.default_port < 65536
        assert family.priority > 0
        for probe in family.probes:
            assert probe.kind
            assert probe.payloads or probe.question
            assert not (probe.group and probe.direct)
    assert len({each.priority for each in families()}) == len({each.title for each in families()}) == len(families())


@every_family
@pytest.mark.parametrize("kind", ["ssdp", "odp", "unheard of"])
@pytest.mark.parametrize("body", [b"", b"\0" * 5000, b"<root/>", b"{}", bytes(range(256)) * 4])
def test_recognising_never_fails(family: Family, kind: str, body: bytes) -> None:
    assert family.recognise(Clue(kind, Address("127.67.100.1"), {"LOCATION": "x", "SERVER": "\udc80"}, body)) is None


@every_family
async def test_what_is_offered_is_what_its_protocol_names(family: Family) -> None:
    async with session(family, 2) as opened:
        assert (opened.family, opened.family_title) == (family.key, family.title)
        assert base.SettingsTree in opened.interfaces()
        assert base.Overview in opened.interfaces()
        for interface, made in opened.interfaces().items():
            assert interface in PROTOCOLS
            for name in _members(interface):
                member = getattr(made, name)
                wanted = inspect.getattr_static(interface, name, None)
                if inspect.isfunction(wanted):
                    assert inspect.iscoroutinefunction(member) == inspect.iscoroutinefunction(wanted), (interface, name)
        assert opened.offer(Family) is None


def _members(protocol: type) -> set[str]:
    told = {name for name in vars(protocol) if not name.startswith("_")}
    return told | {name for name in getattr(protocol, "__annotations__", {}) if not name.startswith("_")}


# -- laws of documents -----------------------------------------------------------------------------------------------


@every_family
async def test_pages_are_titled_and_go_back_byte_for_byte(family: Family) -> None:
    async with session(family, 3) as opened:
        settings, search = opened.offer(SettingsTree), Search()
        assert settings is not None
        tree = await settings.tree()
        ids = [node.id for node in nodes(tree)]
        assert len(set(ids)) == len(ids)
        assert all(node.title for node in nodes(tree))
        search.add_tree(tree)
        count = 0
        async for document in documents(opened):
            count += 1
            assert document.source.encode({}) == document.source.raw
            assert document.changes() == ()
            assert len({field.path for field in document.fields}) == len(document.fields)
            assert all(field.spec.title for field in document.fields)
            assert ADMIN.password.encode() not in document.source.raw
            search.add(document)
        assert count > 10
        outline = opened.offer(SettingsOutline)
        if outline is not None:
            refused = [n for n in nodes(await outline.protocol_tree()) if n.state is NodeState.REFUSED]
            assert all(node.reason for node in refused)


@every_family
async def test_an_edit_is_kept_read_back_and_taken_back(family: Family) -> None:
    async with session(family, 4) as opened:
        settings, raw = opened.offer(SettingsTree), opened.offer(RawSettings)
        assert settings is not None
        tried = kept = 0
        async for document in documents(opened):
            field = next((f for f in document.shown if _harmless(document, f.path)), None)
            if field is None or tried == 6:
                continue
            tried += 1
            before = document.text(field.path)
            document.set_text(field.path, str(another(field)))
            assert settings.request_text(document)
            encoded = document.encode()
            if raw is not None:
                assert raw.check_raw(document, encoded) == ""
                assert {each.path for each in raw.raw_changes(document, encoded)} == set(document.edited_paths)
            proof, after = await settings.apply(document, document.changes())
            assert [each.path for each in proof.fields][: len(document.edited_paths)] == list(document.edited_paths)
            if not proof.kept_everything:
                assert all(each.reason for each in proof.fields if each.verdict is not Verdict.KEPT)
                continue
            kept += 1
            after.set_text(field.path, before)
            proof, _ = await settings.apply(after, after.changes())
            assert proof.kept_everything, (document.resource, proof)
        assert tried == 6
        assert kept > 3


@every_family
async def test_pages_are_neighbours_without_a_question_and_one_that_is_as_it_was_is_the_same(family: Family) -> None:
    async with session(family, 17) as opened:
        nearby = opened.offer(Neighbourhood)
        if nearby is None:
            return
        looked = 0
        async for document in documents(opened):
            change = Change("no/such/field", "1", "2")
            assert not nearby.reaches(document, (change,))
            assert not nearby.follows(document.resource, document, ()), document.resource
            if nearby.channel(document.resource) is not None and proof.can_tell(document):
                again = await nearby.again(document)
                assert proof.unasked(document, again) == (), document.resource
                looked += 1
        assert looked > 5


def _harmless(document: Document, path: str) -> bool:
    """A switch or a number that nothing else hangs on, far from address and accounts."""
    place = document.resource.lower()
    if any(word in place for word in ("network", "security", "time", "upgrade", "user", "reboot", "stream", "trigger")):
        return False
    field = document.field(path)
    plain = field.spec.kind in (Kind.BOOL, Kind.INT) and field.spec.access is Access.READ_WRITE
    return plain and field.present and document.enabled(path)[0] and another(field) is not None


@every_family
async def test_regions_that_nobody_touched_are_never_sent(family: Family) -> None:
    async with session(family, 5) as opened:
        regions = opened.offer(Regions)
        if regions is None:
            pytest.skip("offers no regions")
        count = 0
        for info in await regions.layers():
            if info.reason:
                continue
            try:
                layer = await regions.load(info.id)
            except CameraError:
                continue
            count += 1
            assert regions.edits(layer, layer.regions) == ()
            assert all(regions.rounded(layer, region) == region for region in layer.regions)
        assert count > 3


@every_family
async def test_streams_hold_their_password_apart(family: Family) -> None:
    async with session(family, 13) as opened:
        streams = opened.offer(media.Streams)
        if streams is None:
            pytest.skip("offers no streams")
        found = await streams.list()
        assert {each.role for each in found} >= {"main", "sub"}
        assert len({each.id for each in found}) == len(found)
        for each in found:
            endpoint = streams.endpoint(each)
            assert PASSWORD not in endpoint.url
            assert PASSWORD not in repr(endpoint)
            assert host_of(family, 13) in endpoint.url


@every_family
async def test_events_begin_with_a_sign_of_life_and_end_when_they_are_closed(family: Family) -> None:
    async with session(family, 14) as opened:
        events = opened.offer(base.Events)
        if events is None:
            pytest.skip("offers no events")
        assert events.silence > 1
        async with asyncio.timeout(60), aclosing(events.reports()) as reports:
            assert isinstance(await anext(reports), Heartbeat)
        async with asyncio.timeout(60), aclosing(events.reports()) as reports:
            assert isinstance(await anext(reports), Heartbeat)


@every_family
async def test_the_log_is_searched_by_time_and_kind(family: Family) -> None:
    async with session(family, 15) as opened:
        log, now = opened.offer(base.SystemLog), datetime.now(UTC)
        if log is None:
            pytest.skip("offers no log")
        assert len({each.id for each in log.levels}) == len(log.levels) > 0
        whole = await log.search(now - timedelta(days=1), now + timedelta(days=1))
        assert whole.entries
        assert whole == await log.search(now - timedelta(days=1), now + timedelta(days=1), log.levels[0].id)
        times = [each.at for each in whole.entries if each.at is not None]
        assert times == sorted(times, reverse=True)
        for level in log.levels[1:]:
            some = await log.search(now - timedelta(days=1), now + timedelta(days=1), level.id)
            assert set(some.entries) <= set(whole.entries)
        assert not (await log.search(now - timedelta(days=400), now - timedelta(days=399))).entries
        for wrong in ((now, now - timedelta(seconds=2), ""), (now, now, "unheard of")):
            with pytest.raises(InvalidSetting):
                await log.search(*wrong)


# -- what goes wrong -------------------------------------------------------------------------------------------------


@every_family
@pytest.mark.parametrize("quirk", BROKEN)
async def test_broken_answers_end_in_words(family: Family, quirk: str) -> None:
    """Whatever comes: a page, a note or a CameraError that names the camera; never another exception."""
    async with camera(family, 6, quirk, DEVICE) as address:
        said = ""
        try:
            found = await family.fingerprint(dialer(), address)
            opened = await family.connect(dialer(), address, found.dialect if found else "", ADMIN)
        except CameraError as refusal:
            said = refusal.summary
        else:
            said = await _looked_at(opened)
            await opened.close()
        assert said.endswith((".", "!"))


async def _looked_at(opened: Session) -> str:
    """What the overview says of itself, or why there is none."""
    overview = opened.offer(base.Overview)
    assert overview is not None
    try:
        facts = await overview.facts()
    except CameraError as problem:
        return problem.summary
    assert isinstance(facts, DeviceFacts)
    return " ".join(facts.notes) or "All well."


@every_family
async def test_a_wrong_password_is_refused_once_and_says_so(family: Family) -> None:
    async with camera(family, 7) as address:
        with pytest.raises((BadCredentials, LockedOut)) as refused:
            await connect(family, address, Credentials("admin", "Nobody's-4711"))
        assert host_of(family, 7) in refused.value.summary
        assert "4711" not in repr(refused.value) + repr(refused.value.detail)
        again = await connect(family, address)  # one try has locked nobody out
        await again.close()


@every_family
async def test_a_closed_session_says_so(family: Family) -> None:
    async with session(family, 8) as opened:
        settings, overview = opened.offer(SettingsTree), opened.offer(base.Overview)
        assert settings is not None
        assert overview is not None
        page = next(n for n in nodes(await settings.tree()) if n.readable and n.kind is NodeKind.SETTINGS)
        await opened.close()
        await opened.close()
        with pytest.raises(CameraError):
            await settings.load(page.id)
        with pytest.raises(CameraError):
            await overview.facts()


@every_family
async def test_cancelling_leaves_a_session_that_works(family: Family) -> None:
    async with session(family, 9, "slow=1", DEVICE) as opened:
        overview = opened.offer(base.Overview)
        assert overview is not None
        for turns in (1, 10, 50):  # of the loop: before it is sent, while it is sent, while the camera thinks
            asking = asyncio.create_task(overview.facts())
            for _ in range(turns):
                await asyncio.sleep(0)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
        assert (await overview.facts()).model


@every_family
async def test_nobody_there(family: Family) -> None:
    with pytest.raises(TransportError):
        await family.fingerprint(dialer(), Address(host_of(family, 10), 9))
    with pytest.raises(CameraError):
        await family.connect(dialer(), Address(host_of(family, 10), 9), "", ADMIN)


@every_family
async def test_each_camera_is_taken_for_its_own_family(family: Family) -> None:
    async with camera(family, 11) as address:
        found = await identify(families(), dialer(), address)
        assert found.family == family.key
        for other in families():
            if other is not family:
                try:
                    assert await other.fingerprint(dialer(), address) is None
                except CameraError:
                    continue


@every_family
async def test_secrets_stay_where_they_belong(family: Family, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shown: list[str] = []
    async with camera(family, 12) as address:
        with pytest.raises(AuthError) as refused:
            await connect(family, address, Credentials("admin", "not-this-0ne"))
        opened = await connect(family, address)
        settings = opened.offer(SettingsTree)
        assert settings is not None
        async for document in documents(opened, most=40):
            shown.append(repr(document.fields))
            field = next((f for f in document.shown if _harmless(document, f.path)), None)
            if field is not None:
                document.set_text(field.path, str(another(field)))
                shown.append(settings.request_text(document))
        shown += [repr(opened), repr(dict(opened.interfaces())), repr(ADMIN), str(refused.value), refused.value.detail]
        await opened.close()
    texts = "\n".join([*shown, caplog.text])
    assert PASSWORD not in texts
    assert "not-this-0ne" not in texts

"""The settings of VIGI cameras: tree, forms, writing, proof, raw texts, the recording week."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Conflict, InvalidSetting, NotSupported
from app.families.base import Actions, Overview, RawCommands, RawSettings, Session, SettingsOutline, SettingsTree
from app.families.media import Streams
from app.families.vigi import FAMILY, catalog, recording_week, shapes
from app.settings.changes import Change, Verdict
from app.settings.depends import Case, Choice, Depends
from app.settings.document import Document
from app.settings.search import Search
from app.settings.spec import Access, Kind, Option
from app.settings.tree import Node, NodeKind, NodeState
from app.simulator.http_server import Answer, Fault
from app.wire import json_text
from tests.families.vigi_rig import ADMIN, dialer, opened, session, told

pytestmark = pytest.mark.anyio


def nodes(top: Node) -> Iterator[Node]:
    yield top
    for child in top.children:
        yield from nodes(child)


async def edited(opened_: Session, page: str, **edits: str):
    settings = opened_.offer(SettingsTree)
    document = await settings.load(page)
    for path, text in edits.items():
        document.set_text(path.replace("__", "/"), text)
    return await settings.apply(document, document.changes())


DRESSES = ("", "loose_types", "result_at_top", "result_nested", "error_code", "trailing_commas")


@pytest.mark.parametrize("quirk", DRESSES)
async def test_every_page_opens_in_every_dress(quirk):
    async with session("127.67.31.1", *filter(None, [quirk])) as opened_:
        settings = opened_.offer(SettingsTree)
        pages = [node for node in nodes(await settings.tree()) if node.readable]
        assert len(pages) >= 35
        for node in pages:
            document = await settings.load(node.id)
            assert document.title == node.title
            assert document.source.encode({}) == document.source.raw
            for field in document.fields:
                assert not document.note(field.path), (node.id, field)
                assert field.spec.title


async def test_pages_follow_the_modules_and_an_empty_list_shows_everything():
    async with session("127.67.31.2", model="CW-V230") as opened_:
        ids = {node.id for node in nodes(await opened_.offer(SettingsTree).tree())}
        assert "getMotionDetectionSwitch" in ids
        assert not ids & {"getCrosslineDetectionSwitch", "getPresetPoint", "getRecordSchedule"}
        outline = {node.id: node for node in nodes(await opened_.offer(SettingsOutline).protocol_tree())}
        assert outline["getCrosslineDetectionSwitch"].state is NodeState.REFUSED
        document = await opened_.offer(SettingsTree).load("MotionDetectionSwitch")
        assert "people_enhance" not in [field.path for field in document.fields]
    async with told("127.67.31.2", opened(lambda path, call: {"errCode": 0})) as (address, _):
        silent = await FAMILY.connect(dialer(), address, "", ADMIN)
        assert "getCrosslineDetectionSwitch" in {n.id for n in nodes(await silent.offer(SettingsTree).tree())}
        await silent.close()


def test_every_get_method_of_the_text_is_a_page_or_says_why_not():
    reading = [method for method in catalog.methods().values() if method.kind == "get"]
    assert len(reading) == 45
    assert len([each for each in catalog.methods().values() if each.kind != "stream"]) == 85
    without = {each.name for each in reading if each.name not in catalog.titles().pages}
    assert without == {"searchVideoCalendar", "searchVideoList", "getMediaList"}
    for page in catalog.titles().pages.values():
        assert page.title
        assert catalog.resource_id(page.id) == page.id
    for method in reading:
        for name in method.values:
            label = catalog.titles().label(method.name, name)
            assert label.title, (method.name, name)


@pytest.mark.parametrize("text", ["getDeviceAlias", "DeviceAlias", "devicealias", "setDeviceAlias", "/getDeviceAlias"])
def test_a_page_goes_by_any_spelling(text):
    assert catalog.resource_id(text) == "getDeviceAlias"


async def test_switches_are_sent_in_the_cameras_own_words_and_numbers_in_their_type():
    asked = []

    def answer(path, call):
        if call["method"] == "setMotionDetectionSwitch":
            asked.append(call["params"])
        return {"errCode": 0, "result": {"enabled": "on", "sensitivity": "60", "extra": 1.5}}

    async with told("127.67.31.3", opened(answer)) as (address, _):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        proof, _ = await edited(opened_, "MotionDetectionSwitch", enabled="false", sensitivity="70")
        assert asked == [{"enabled": "off", "sensitivity": "70", "extra": 1.5}]
        assert [each.verdict for each in proof.fields] == [Verdict.IGNORED, Verdict.IGNORED]
        await opened_.close()


@pytest.mark.parametrize(
    ("quirk", "verdict"),
    [
        ("", Verdict.KEPT),
        ("ignores_field=SpeakerVolume/volume", Verdict.IGNORED),
        ("clamps=SpeakerVolume/volume:0:10", Verdict.ADJUSTED),
        ("old_time_zone_only", Verdict.KEPT),
        ("loose_types", Verdict.KEPT),
    ],
)
async def test_ok_proves_nothing_the_read_back_does(quirk, verdict):
    async with session("127.67.31.4", *filter(None, [quirk])) as opened_:
        proof, _ = await edited(opened_, "SpeakerVolume", volume="33")
        assert [each.verdict for each in proof.fields] == [verdict]
        proof, _ = await edited(opened_, "getTimeZone", timezone="UTC-03:00", area="America/Sao_Paulo")
        assert proof.kept_everything


async def test_a_method_that_says_ok_and_is_none_is_tried_in_its_other_spelling():
    held = {"timezone": "UTC+00:00", "area": "Europe/London"}

    def answer(path, call):
        if call["method"] == "setTimezone":
            held.update(call["params"])
        return {"errCode": 0, "result": held}

    async with told("127.67.31.5", opened(answer)) as (address, server):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        proof, _ = await edited(opened_, "getTimeZone", timezone="UTC+01:00")
        assert proof.kept_everything
        await edited(opened_, "getTimeZone", timezone="UTC+02:00")
        assert len(server.calls("setTimeZone")) == 1
        await opened_.close()


async def test_a_lost_answer_is_no_verdict():
    held = {"alias": "old"}

    def answer(path, call):
        if call["method"] != "setDeviceAlias":
            return {"errCode": 0, "result": held}
        held.update(call["params"])
        return Answer(body=b"{}", fault=Fault("closes_at", at=0))

    async with told("127.67.31.6", opened(answer)) as (address, server):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        proof, after = await edited(opened_, "DeviceAlias", alias="new")
        assert proof.kept_everything
        assert after.text("alias") == "new"
        assert len(server.calls("setDeviceAlias")) == 1
        await opened_.close()


async def test_somebody_elses_change_is_a_conflict_and_nothing_is_sent():
    async with session("127.67.31.7") as one:
        settings = one.offer(SettingsTree)
        document = await settings.load("DeviceAlias")
        document.set_text("alias", "mine")
        await edited(one, "DeviceAlias", alias="theirs")
        with pytest.raises(Conflict):
            await settings.apply(document, document.changes())
        assert (await settings.load("DeviceAlias")).text("alias") == "theirs"


async def test_limits_of_the_camera_and_of_the_text_hold():
    async with session("127.67.31.8") as opened_:
        settings = opened_.offer(SettingsTree)
        sizes = (await settings.load("Resolution")).field("main/resolutions").spec
        assert [each.value for each in sizes.options] == ["2560*1440", "2304*1296", "1920*1080", "1280*720"]
        assert (sizes.source, sizes.options[0].title) == ("device", "2560 × 1440")
        volume = await settings.load("SpeakerVolume")
        volume.set_text("volume", "101")
        with pytest.raises(InvalidSetting):
            volume.changes()
        alias = await settings.load("DeviceAlias")
        alias.set_text("alias", "x" * 33)
        assert alias.problems
        with pytest.raises(InvalidSetting):
            await settings.apply(alias, ())
        with pytest.raises(NotSupported):
            await settings.load("getMediaList")
        info = await settings.load("DeviceInfo")
        assert {field.spec.access for field in info.fields} == {Access.READ_ONLY}
        proof, _ = await edited(opened_, "Resolution", minor__resolutions="352*288")
        assert proof.kept_everything
        assert (await opened_.offer(Streams).list())[1].width == 352


@pytest.mark.parametrize("main", ["2304*1296", ""])
async def test_values_that_go_only_together_are_judged_together(main):
    """A sub-stream that another main stream allows is in order beside it, and refused without it."""
    async with session("127.84.31.9") as opened_:
        settings = opened_.offer(SettingsTree)
        held = await settings.load("Resolution")
        case = Case((("main/resolutions", "2304*1296"),), (Option("352*288", "352 × 288"),))
        tight = replace(held.field("minor/resolutions").spec, options=(Option("640*480", "640 × 480"),))
        fields = [replace(each, spec=tight) if each.path == "minor/resolutions" else each for each in held.fields]
        choices = (Choice("minor/resolutions", (case,)),)
        document = Document(held.resource, held.title, fields, held.source, Depends(choices=choices))
        document.set_text("minor/resolutions", "352*288")
        changes = [Change("minor/resolutions", document.field("minor/resolutions").text, "352*288")]
        if main:
            document.set_text("main/resolutions", main)
            changes.append(Change("main/resolutions", document.field("main/resolutions").text, main))
            proof, _ = await settings.apply(document, tuple(changes))
            assert proof.kept_everything
        else:
            with pytest.raises(InvalidSetting):
                await settings.apply(document, tuple(changes))


async def test_what_the_camera_cannot_tell_apart_can_only_be_read():
    masks = {"people_enhance_ver": "2", "vehicle_enhance_ver": 0}

    def answer(path, call):
        if call["method"] == "getEventEnhanceCapability":
            return {"errCode": 0, "result": masks}
        return {"errCode": 0, "result": {"enabled": "on", "people_enhance": "off", "vehicle_enhance": "off"}}

    async with told("127.67.31.9", opened(answer)) as (address, _):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        motion = await opened_.offer(SettingsTree).load("MotionDetectionSwitch")
        line = await opened_.offer(SettingsTree).load("CrosslineDetectionSwitch")
        assert motion.field("people_enhance").spec.access is Access.READ_ONLY
        assert line.field("people_enhance").spec.access is Access.READ_WRITE
        assert line.field("vehicle_enhance").spec.access is Access.READ_ONLY
        await opened_.close()


async def test_the_clock_is_a_date_and_runs_on():
    async with session("127.67.31.10") as opened_:
        proof, after = await edited(opened_, "SystemTime", system_time="2026-01-31T18:00:00+01:00")
        assert proof.kept_everything
        assert after.field("system_time").spec.kind is Kind.DATETIME
        assert after.text("system_time").startswith("2026-01-31T17:00:0")


async def test_a_schedule_is_two_weeks():
    async with session("127.67.31.11") as opened_:
        settings = opened_.offer(SettingsTree)
        document = await settings.load("RecordSchedule")
        assert [field.path for field in document.shown] == ["enabled", "week/1", "week/2"]
        assert document.text("week/1") == "never"
        document.set_text("week/2", "Mon 18:00-24:00; Tue 00:00-24:00")
        document.set_text("week/1", "Mon 08:00-18:00")
        assert document.edited_shown == ("week/1", "week/2")
        assert '"monday":["0800-1800:1","1800-2400:2"]' in settings.request_text(document)
        proof, after = await settings.apply(document, document.changes())
        assert proof.kept_everything
        assert after.text("week/1") == "Mon 08:00-18:00"
        after.set_text("week/1", "Tue 08:00-09:00")
        assert "overlap on Tuesday" in settings.request_text(after)
        with pytest.raises(InvalidSetting, match="overlap"):
            await settings.apply(after, after.changes())


_minutes = st.lists(st.integers(0, 1440), min_size=2, max_size=8, unique=True).map(sorted)


@given(st.lists(_minutes, min_size=7, max_size=7), st.sampled_from("12"), st.data())
def test_the_law_of_the_week(days, kind, data):
    """What is read is what is written; an unedited list goes back byte for byte; the other kind stays."""

    def entries(minutes, which):
        pairs = zip(minutes[::2], minutes[1::2], strict=False)
        return [f"{a // 60:02}{a % 60:02}-{b // 60:02}{b % 60:02}:{which}" for a, b in pairs]

    other = "2" if kind == "1" else "1"
    values = {day: entries(m, kind) for day, m in zip(recording_week._DAYS, days, strict=True)}
    raw = json.dumps({"errCode": 0, "result": {"enabled": "on", **values}}).encode()
    holder = json_text.parse(raw).root.child("result")
    lists = recording_week.day_lists(holder)
    texts = recording_week.texts(lists)
    assert recording_week.edited(lists, texts) == {d: json.dumps(v, separators=(",", ":")) for d, v in values.items()}
    week = recording_week.weeks()[int(kind) - 1]
    whole = week.join(texts[part] for part in week.parts)
    assert week.join(week.split(whole)) == whole
    assert not any(texts[f"{day}/{other}"] for day in values)
    changed = data.draw(st.sampled_from(sorted(values)))
    emptied = recording_week.edited(lists, {f"{changed}/{kind}": ""})
    assert emptied == {changed: "[]"}


def test_a_list_that_nobody_understands_is_left_as_it_is():
    holder = json_text.parse(b'{"monday":["whenever"],"enabled":"on"}').root
    assert recording_week.day_lists(holder) == {}
    assert [part.path for part in shapes.Schedule().parts(holder)] == ["monday", "enabled"]


async def test_texts_written_by_hand():
    async with session("127.67.31.12") as opened_:
        settings, raw = opened_.offer(SettingsTree), opened_.offer(RawSettings)
        document = await settings.load("MotionDetectionSwitch")
        body = document.source.raw.replace(b'"sensitivity": 60', b'"sensitivity": 61')
        assert raw.check_raw(document, body) == ""
        assert [(c.path, c.old, c.new) for c in raw.raw_changes(document, body)] == [("sensitivity", "60", "61")]
        proof, after = await raw.apply_raw(document, body)
        assert proof.kept_everything
        assert after.text("sensitivity") == "61"
        assert "JSON" in raw.check_raw(document, b'{"errCode": 0')
        assert "values" in raw.check_raw(document, b'{"errCode": 0}')
        assert "stok" in raw.raw_url(document)
        assert isinstance(raw, RawCommands)
        assert '{"method":"getMotionDetectionSwitch"}' in raw.raw_command(document, None)
        written = raw.raw_command(document, body)
        assert '"sensitivity":61' in written
        assert "STOK:?" in written
        with pytest.raises(InvalidSetting):
            await raw.apply_raw(after, after.source.raw)
        info = await settings.load("DeviceInfo")
        with pytest.raises(InvalidSetting):
            await raw.apply_raw(info, info.source.raw.replace(b"SMART", b"OTHER"))


async def test_actions_say_their_consequence_and_want_agreement():
    async with session("127.67.31.13", "work_seconds=0") as opened_:
        actions = opened_.offer(Actions)
        listed = {each.id: each for each in await actions.list()}
        assert set(listed) == {"doSoftReset", "formatSdCard", "manualAlarm?start", "manualAlarm?stop"}
        assert "recordings" in listed["formatSdCard"].consequence
        assert "127.67.31.13" in listed["doSoftReset"].consequence
        name = (await opened_.offer(Overview).facts()).name
        assert all(name in each.consequence for each in await actions.list()), "now that its name is known"
        with pytest.raises(NotSupported, match=f"no page of {re.escape(name)}"):
            await opened_.offer(SettingsTree).load("nothing")
        with pytest.raises(InvalidSetting, match="erases"):
            await actions.run("formatSdCard")
        assert "taken" in (await actions.run("formatSdCard", confirmed=True)).text
        with pytest.raises(InvalidSetting, match="is no action"):
            await actions.run("doHarm", confirmed=True)


async def test_a_reset_is_waited_for():
    async with session("127.67.31.14", "reboot_seconds=3") as opened_:
        await edited(opened_, "SpeakerVolume", volume="33")
        actions = opened_.offer(Actions)
        actions._sleep = lambda seconds: asyncio.sleep(min(seconds, 0.3))
        done = await actions.run("doSoftReset", confirmed=True, wait=True)
        assert done.back
        assert (await opened_.offer(SettingsTree).load("SpeakerVolume")).text("volume") != "33"


async def test_any_setting_is_found_by_words():
    async with session("127.67.31.15") as opened_:
        settings, outline = opened_.offer(SettingsTree), opened_.offer(SettingsOutline)
        search = Search()
        search.add_tree(await settings.tree())
        for node in nodes(await settings.tree()):
            if node.kind is NodeKind.SETTINGS:
                search.add_catalogued(node.id, outline.catalogued(node.id))
        assert search.query("siren")[0].entry.path == "sound_alarm_enabled"
        assert search.query("recording schedule")[0].entry.resource == "getRecordSchedule"
        document = await settings.load("DayNightMode")
        search.add(document)
        assert search.query("automatic")[0].entry.resource == "getDayNightMode"

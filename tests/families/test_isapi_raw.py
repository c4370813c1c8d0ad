"""Documents written by hand, against the simulated camera."""

from __future__ import annotations

import re

import pytest

from app.errors import Conflict, DeviceFault, InvalidSetting, NotSupported
from app.families.base import RawSettings, SettingsTree
from app.settings.changes import Verdict
from app.site.journal import journalled
from app.site.records import ChangeState, Origin
from app.site.site import Site
from tests.families.isapi_rig import puts, session, writes

MAIN = "/ISAPI/Streaming/channels/101"
anyio = pytest.mark.anyio


async def both(opened, resource=MAIN):
    raw, settings = opened.offer(RawSettings), opened.offer(SettingsTree)
    return raw, await settings.load(resource)


def edited(document, old, new):
    assert old in document.source.raw
    return document.source.raw.replace(old, new, 1)


@anyio
async def test_what_is_no_document_is_told_before_anything_is_sent():
    async with session() as (opened, _):
        raw, document = await both(opened)
        sent = puts(opened)
        body = document.source.raw
        assert raw.check_raw(document, body) == ""
        assert "line" in raw.check_raw(document, body[:-5])
        assert "well-formed" in raw.check_raw(document, body.replace(b"</channelName>", b" & co</channelName>"))
        other = body.replace(b"<StreamingChannel ", b"<Other ").replace(b"</StreamingChannel>", b"</Other>")
        assert "<StreamingChannel>" in raw.check_raw(document, other)
        for wrong in (body[:-5], body, b""):
            with pytest.raises(InvalidSetting):
                await raw.apply_raw(document, wrong)
        assert not sent
        assert raw.raw_url(document) == f"http://{opened.address}{MAIN}"


@anyio
async def test_a_value_beyond_the_told_limits_is_left_to_the_camera_and_judged():
    async with session("clamps=vbrUpperCap:32:4000") as (opened, _):
        raw, document = await both(opened)
        bitrate = f"<vbrUpperCap>{document.text('Video/vbrUpperCap')}<".encode()
        sent = puts(opened)
        with pytest.raises(DeviceFault):
            await raw.apply_raw(document, edited(document, bitrate, b"<vbrUpperCap>999999<"))
        assert b">999999<" in sent[0].body
        proof, after = await raw.apply_raw(document, edited(document, bitrate, b"<vbrUpperCap>9000<"))
        assert [(each.path, each.verdict) for each in proof.fields] == [("Video/vbrUpperCap", Verdict.ADJUSTED)]
        assert after.text("Video/vbrUpperCap") == "4000"


@anyio
async def test_a_camera_that_takes_only_parts_gets_them():
    async with session("sub_resources_only") as (opened, _):
        raw, document = await both(opened, "/ISAPI/Image/channels/1")
        brightness = next(f for f in document.fields if f.path.lower().endswith("brightnesslevel"))
        name = brightness.path.rpartition("/")[2].encode()
        old = b"<" + name + b">" + brightness.text.encode()
        proof, _ = await raw.apply_raw(document, edited(document, old, b"<" + name + b">61"))
        assert [each.verdict for each in proof.fields] == [Verdict.KEPT]


@anyio
async def test_elements_that_come_and_go_are_judged_too():
    async with session() as (opened, _):
        raw, document = await both(opened, "/ISAPI/System/time")
        extra = edited(document, b"</Time>", b"<ntpNote>x</ntpNote></Time>")
        changes = raw.raw_changes(document, extra)
        assert [(c.path, c.old, c.new) for c in changes] == [("ntpNote", "", "x")]
        sent = puts(opened)
        proof, _ = await raw.apply_raw(document, extra)
        verdict = next(each.verdict for each in proof.fields if each.path == "ntpNote")
        assert verdict is Verdict.IGNORED
        assert b"<ntpNote>x</ntpNote>" in sent[0].body


@anyio
async def test_a_document_that_changed_meanwhile_is_not_overwritten():
    async with session() as (opened, _):
        raw, document = await both(opened)
        settings = opened.offer(SettingsTree)
        other = await settings.load(MAIN)
        other.set_text("channelName", "Somebody else")
        await settings.apply(other, other.changes())
        sent = puts(opened)
        name = document.text("channelName").encode()
        for body in (
            edited(document, b"<channelName>" + name, b"<channelName>Mine"),
            edited(document, b"</StreamingChannel>", b"<more>1</more></StreamingChannel>"),
        ):
            with pytest.raises(Conflict):
                await raw.apply_raw(document, body)
        assert not sent


@anyio
async def test_it_is_in_the_journal_as_written_by_hand(tmp_path):
    site = await Site.open(tmp_path / "a.site")
    try:
        async with session() as (opened, _):
            kept = journalled(opened, site)
            raw, document = await both(kept)
            name = document.text("channelName").encode()
            await raw.apply_raw(document, edited(document, b"<channelName>" + name, b"<channelName>By hand"))
            extra = edited(
                await kept.offer(SettingsTree).load(MAIN),
                b"</StreamingChannel>",
                b"<wifiPassword>Very-Secret-1</wifiPassword></StreamingChannel>",
            )
            fresh = await kept.offer(SettingsTree).load(MAIN)
            await raw.apply_raw(fresh, extra)
            entries = await site.history.page(10)
            assert [entry.origin for entry in entries] == [Origin.RAW, Origin.RAW]
            assert entries[1].state is ChangeState.DONE
            assert [(f.path, f.new) for f in entries[1].fields] == [("channelName", "By hand")]
            assert "wifiPassword" in {f.path for f in entries[0].fields}
    finally:
        await site.close()
    assert not any(b"Very-Secret-1" in each.read_bytes() for each in tmp_path.iterdir())


LINES = "/ISAPI/Smart/LineDetection/1"


def lines_in(document):
    return re.findall(rb"<LineItem>.*?</LineItem>", document.source.raw, re.DOTALL)


def with_line(document, number):
    """One more, as the first one is."""
    line = re.sub(rb"<id>\d</id>", b"<id>%d</id>" % number, lines_in(document)[0], count=1)
    return edited(document, b"</LineItemList>", line + b"</LineItemList>")


@anyio
async def test_a_list_by_hand_goes_record_by_record_where_the_whole_is_refused(tmp_path):
    site = await Site.open(tmp_path / "a.site")
    try:
        async with session("records_only", host="127.81.3.1") as (opened, _):
            kept = journalled(opened, site)
            raw, document = await both(kept, LINES)
            sent = writes(opened)
            proof, two = await raw.apply_raw(document, with_line(document, 2))
            assert {each.verdict for each in proof.fields} == {Verdict.KEPT}, proof
            assert sent[-1] == ("POST", f"{LINES}/lineItem")
            assert len(lines_in(two)) == 2
            # One goes and the other changes, in one document.
            first = two.text("LineItemList/LineItem[1]/sensitivityLevel").encode()
            body = edited(two, b"<sensitivityLevel>" + first, b"<sensitivityLevel>33")
            del sent[:]
            proof, one = await raw.apply_raw(two, body.replace(lines_in(two)[1], b""))
            assert {each.verdict for each in proof.fields} == {Verdict.KEPT}, proof
            assert sent[-2:] == [("DELETE", f"{LINES}/lineItem/2"), ("PUT", f"{LINES}/lineItem/1")]
            assert one.text("LineItemList/LineItem/sensitivityLevel") == "33"
            entries = await site.history.page(10)
            assert [entry.state for entry in entries] == [ChangeState.DONE, ChangeState.DONE]
            assert {entry.origin for entry in entries} == {Origin.RAW}
    finally:
        await site.close()


@anyio
async def test_what_cannot_be_sent_record_by_record_says_what_to_do():
    async with session("records_only", host="127.81.3.2") as (opened, _):
        raw, document = await both(opened, LINES)
        _, two = await raw.apply_raw(document, with_line(document, 2))
        more = with_line(two, 3)
        first, second = lines_in(two)
        on = b"<enabled>%s<" % two.text("enabled").encode()
        assert on in more
        beside = more.replace(on, b"<enabled>%s<" % (b"false" if b"true" in on else b"true"), 1)
        turned = more[: more.index(first)] + second + first + more[more.index(second) + len(second) :]
        for body, why in ((beside, "beside its lists"), (turned, "another order")):
            with pytest.raises(NotSupported, match=f"only one by one.*{why}"):
                await raw.apply_raw(two, body)
        swapped = two.source.raw.replace(first, b"").replace(second, second + first)
        with pytest.raises(NotSupported, match="cannot change places: the number of each is where it stands"):
            await raw.apply_raw(two, swapped)
        assert (await opened.offer(SettingsTree).load(LINES)).source.raw == two.source.raw

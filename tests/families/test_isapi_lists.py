"""Lists of records over real sockets, and their laws over every recorded document."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import InvalidSetting
from app.families.base import SettingsTree
from app.families.isapi import dependence, rungs
from app.families.isapi.dialect import V2
from app.families.isapi.memory import SessionMemory
from app.families.isapi.settings import document_of
from app.families.isapi.titles import titles
from app.settings import lists
from app.settings.changes import Verdict
from app.settings.document import Document
from app.wire import xml
from app.wire.http import HttpAnswer
from tests.families.isapi_rig import puts, session, writes

LINES = "/ISAPI/Smart/LineDetection/1"
LINE = "LineItemList/LineItem"
SERVERS = "/ISAPI/System/time/ntpServers"
USERS = "/ISAPI/Security/users"
SCHEDULE = "/ISAPI/Event/schedules/motionDetections/VMD-1"
LEAST_DOCUMENTS = 100


def document(raw: bytes, path: str = LINES) -> Document:
    return document_of(V2, path, HttpAnswer(200, (("Content-Type", "application/xml"),), raw), None)


async def written(writer: SettingsTree, edited: Document) -> tuple[dict[str, Verdict], Document]:
    proof, after = await writer.apply(edited, edited.changes())
    return {each.path: each.verdict for each in proof.fields}, after


@pytest.mark.anyio
async def test_a_line_is_added_moved_and_taken_out_again() -> None:
    async with session(host="127.61.1.1") as (opened, _):
        tree = opened.offer(SettingsTree)
        before = await tree.load(LINES)
        before.set_text(f"{LINE}[]", "+1 1")
        before.set_text(f"{LINE}[+1]/sensitivityLevel", "77")
        assert before.text(f"{LINE}[+1]/id") == "2"
        verdicts, after = await written(tree, before)
        assert set(verdicts.values()) == {Verdict.KEPT}, verdicts
        assert after.text(f"{LINE}[1]/sensitivityLevel") == "77"
        assert after.text(f"{LINE}[2]/id") == "1"
        after.set_text(f"{LINE}[]", "2 1")
        verdicts, moved = await written(tree, after)
        assert verdicts == {f"{LINE}[]": Verdict.KEPT}
        moved.set_text(f"{LINE}[]", "1")
        verdicts, back = await written(tree, moved)
        assert set(verdicts.values()) == {Verdict.KEPT}
        assert back.source.raw == (await tree.load(LINES)).source.raw
        original = [field.text for field in before.fields]
        assert [field.text for field in back.fields] == original


@pytest.mark.anyio
async def test_no_more_than_the_camera_takes() -> None:
    async with session(host="127.61.1.2") as (opened, _):
        tree = opened.offer(SettingsTree)
        lines = await tree.load(LINES)
        sent = puts(opened)
        lines.set_text(f"{LINE}[]", "1 +1 +2 +3 +4")
        with pytest.raises(InvalidSetting, match="at most 4"):
            lines.changes()
        assert sent == []
        lines.set_text(f"{LINE}[]", "1 +1 +2 +3")
        verdicts, after = await written(tree, lines)
        assert set(verdicts.values()) == {Verdict.KEPT}
        assert [after.text(f"{LINE}[{number}]/id") for number in range(1, 5)] == ["1", "2", "3", "4"]


@pytest.mark.anyio
async def test_a_list_whose_size_is_wrong_is_not_believed() -> None:
    async with session("wrong_list_size", "no_capabilities", host="127.61.1.3") as (opened, _):
        tree = opened.offer(SettingsTree)
        lines = await tree.load(LINES)
        assert lines.lists[0].most is None
        lines.set_text(f"{LINE}[]", "1 +1 +2 +3")
        assert set((await written(tree, lines))[0].values()) == {Verdict.KEPT}


@pytest.mark.anyio
async def test_a_camera_that_takes_only_what_changes_gets_the_list_alone() -> None:
    async with session("partial_only", host="127.61.1.4") as (opened, _):
        tree = opened.offer(SettingsTree)
        lines = await tree.load(LINES)
        sent = puts(opened)
        lines.set_text(f"{LINE}[]", "1 +1")
        assert set((await written(tree, lines))[0].values()) == {Verdict.KEPT}
        partial = xml.parse(sent[-1].body).root
        assert partial.find("normalizedScreenSize") is None
        assert [each.text_of("id") for each in partial.find("LineItemList").children] == ["1", "2"]


@pytest.mark.anyio
async def test_an_empty_list_is_filled_from_what_the_capabilities_show() -> None:
    async with session(host="127.61.1.5") as (opened, _):
        tree = opened.offer(SettingsTree)
        servers = await tree.load(SERVERS)
        servers.set_text("NTPServer[]", "")
        verdicts, empty = await written(tree, servers)
        assert set(verdicts.values()) == {Verdict.KEPT}
        assert empty.fields == ()
        assert [each.path for each in empty.lists] == ["NTPServer[]"]
        empty.set_text("NTPServer[]", "+1")
        empty.set_text("NTPServer[+1]/addressingFormatType", "hostname")
        empty.set_text("NTPServer[+1]/hostName", "time.example")
        verdicts, filled = await written(tree, empty)
        assert set(verdicts.values()) == {Verdict.KEPT}, verdicts
        assert (filled.text("NTPServer/id"), filled.text("NTPServer/hostName")) == ("1", "time.example")


@pytest.mark.anyio
async def test_a_week_of_more_stretches_than_the_list_has_blocks() -> None:
    async with session(host="127.61.1.6") as (opened, _):
        tree = opened.offer(SettingsTree)
        schedule = await tree.load(SCHEDULE)
        (path,) = [field.path for field in schedule.shown if field.path.endswith("TimeBlockList")]
        week = "; ".join(f"{day} 06:00-08:00 12:00-13:00 18:00-22:00" for day in ("Mon", "Tue", "Wed", "Thu"))
        schedule.set_text(path, week)
        assert schedule.edited_shown == (path,)
        assert schedule.problems == {}
        verdicts, after = await written(tree, schedule)
        assert set(verdicts.values()) == {Verdict.KEPT}, verdicts
        assert after.text(path) == week
        assert len(after.lists[0].members) == 12
        after.set_text(path, "never")
        verdicts, empty = await written(tree, after)
        assert set(verdicts.values()) == {Verdict.KEPT}, verdicts
        assert empty.text(path) == "never"
        empty.set_text(path, "Sat 10:00-12:00")
        verdicts, again = await written(tree, empty)
        assert set(verdicts.values()) == {Verdict.KEPT}, verdicts
        assert again.text(path) == "Sat 10:00-12:00"


def test_a_week_that_goes_back_leaves_no_edit() -> None:
    raw = b"<S><TimeBlockList>%s</TimeBlockList></S>" % (
        b"<TimeBlock><dayOfWeek>1</dayOfWeek><TimeRange><beginTime>08:00</beginTime><endTime>12:00</endTime></TimeRange>"
        b"</TimeBlock>"
    )
    answer = HttpAnswer(200, (("Content-Type", "application/xml"),), raw)
    depends = dependence.of(xml.parse(raw).root, None, titles())
    made = document_of(V2, SCHEDULE, answer, None, depends)
    made.set_text("TimeBlockList", "Mon 08:00-12:00 14:00-16:00; Tue 08:00-12:00")
    assert made.changes()[0].path == "TimeBlockList/TimeBlock[]"
    assert made.encode().count(b"<TimeBlock>") == 3
    assert made.text("TimeBlockList") == "Mon 08:00-12:00 14:00-16:00; Tue 08:00-12:00"
    made.set_text("TimeBlockList", "Mon 09:00-12:00")
    assert [change.path for change in made.changes()] == ["TimeBlockList/TimeBlock/TimeRange/beginTime"]
    made.revert("TimeBlockList")
    assert made.encode() == raw


@pytest.fixture(scope="session")
def with_lists(shared: Path) -> list[tuple[str, bytes]]:
    """The recorded documents in which something can be a list."""
    folder = shared / "realdata" / "isapi"
    entries = json.loads((folder / "manifest.json").read_text("utf-8"))
    config = [each for each in entries if each["kind"] == "config" and each["file"].endswith(".xml")]
    found = [(each["path"], (folder / each["file"]).read_bytes()) for each in config]
    return [(path, raw) for path, raw in found if re.search(rb"List[ >]|size=", raw) and len(raw) < 20_000]


@pytest.mark.shared
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_list_of_a_recorded_document_there_and_back(
    with_lists: list[tuple[str, bytes]], data: st.DataObject
) -> None:
    """Through the documents that forms edit: moved and moved back, added and taken out, it is one byte string."""
    assert len(with_lists) >= LEAST_DOCUMENTS
    path, raw = data.draw(st.sampled_from(with_lists))
    made = document(raw, path)
    if not made.lists:
        return
    of = data.draw(st.sampled_from(made.lists))
    order = data.draw(st.permutations(of.order))
    made.set_text(of.path, lists.format_order(order))
    back = lists.format_order(str(order.index(token) + 1) for token in of.order)
    assert through(made, path, of.path, back) == raw, (path, of.path)
    at = data.draw(st.integers(0, len(order)))
    made.set_text(of.path, lists.format_order([*of.order[:at], "+1", *of.order[at:]]))
    if of.members and not made.problems:
        again = (str(number + 1) for number in range(len(order) + 1) if number != at)
        assert through(made, path, of.path, lists.format_order(again)) == raw, (path, of.path)


def through(edited: Document, resource: str, path: str, order: str) -> bytes:
    """What is sent first, read as a document of the camera, and put in this order."""
    held = document(edited.encode(), resource)
    held.set_text(path, order)
    return held.encode()


@pytest.mark.anyio
async def test_a_camera_that_refuses_the_list_is_given_its_records_one_by_one() -> None:
    async with session("records_only", host="127.72.1.1") as (opened, _):
        tree = opened.offer(SettingsTree)
        memory = SessionMemory()
        opened.use_memory(memory)
        servers = await tree.load(SERVERS)
        sent = writes(opened)
        servers.set_text("NTPServer[]", "1 +1")
        servers.set_text("NTPServer/hostName", "first.example")
        servers.set_text("NTPServer[+1]/hostName", "second.example")
        verdicts, two = await written(tree, servers)
        assert set(verdicts.values()) == {Verdict.KEPT}, verdicts
        assert [two.text(f"NTPServer[{number}]/hostName") for number in (1, 2)] == ["first.example", "second.example"]
        assert sent[-2:] == [("PUT", f"{SERVERS}/1"), ("POST", SERVERS)]
        who = await tree.ladder.who()
        assert await memory.rung("isapi", *who, SERVERS) == rungs.RECORDS
        # From now on the camera is asked in this form at once.
        del sent[:]
        two.set_text("NTPServer[]", "2")
        verdicts, one = await written(tree, two)
        assert set(verdicts.values()) == {Verdict.KEPT}, verdicts
        assert one.text("NTPServer/hostName") == "second.example"
        assert sent == [("DELETE", f"{SERVERS}/1")]


@pytest.mark.anyio
async def test_a_list_inside_a_document_record_by_record() -> None:
    async with session("records_only", host="127.72.1.2") as (opened, _):
        tree = opened.offer(SettingsTree)
        lines = await tree.load(LINES)
        sent = writes(opened)
        lines.set_text(f"{LINE}[]", "1 +1")
        lines.set_text(f"{LINE}[+1]/sensitivityLevel", "77")
        verdicts, after = await written(tree, lines)
        assert set(verdicts.values()) == {Verdict.KEPT}, verdicts
        assert after.text(f"{LINE}[2]/sensitivityLevel") == "77"
        assert sent[-1][0] == "POST"
        after.set_text(f"{LINE}[]", "2")
        verdicts, after = await written(tree, after)
        assert set(verdicts.values()) == {Verdict.KEPT}, verdicts
        assert after.text(f"{LINE}/sensitivityLevel") == "77"


@pytest.mark.anyio
async def test_a_record_that_is_refused_is_told_apart_from_those_that_were_taken() -> None:
    """The first of two new accounts is taken, the second has no password."""
    async with session("records_only", host="127.72.1.4") as (opened, _):
        tree = opened.offer(SettingsTree)
        users = await tree.load(USERS)
        users.set_text("User[]", f"{users.lists[0].text} +1 +2")
        for token, name, password in (("+1", "guest", "Walk-the-line-7"), ("+2", "night", "")):
            users.set_text(f"User[{token}]/userName", name)
            users.set_text(f"User[{token}]/password", password)
        proof, after = await tree.apply(users, users.changes())
        told = {each.path: each for each in proof.fields}
        assert told["User[+1]/userName"].verdict is Verdict.KEPT
        assert told["User[+2]/userName"].verdict is Verdict.IGNORED
        assert told["User[]"].verdict is Verdict.ADJUSTED
        assert len(after.lists[0].members) == len(users.lists[0].members) + 1

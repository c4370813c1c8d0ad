"""The first record of an empty list, with the lists in it: as the capabilities show one, edited like any other."""

from __future__ import annotations

import pytest

from app.cli.setting import assign
from app.families.base import SettingsTree
from app.families.isapi.dialect import V2
from app.families.isapi.settings import document_of
from app.settings import lists
from app.settings.changes import Verdict
from app.settings.document import Document
from app.settings.proof import prove
from app.site.records import RecordedField
from app.site.undo import Standing, undo_fields
from app.wire import xml
from app.wire.http import HttpAnswer
from tests.families.isapi_rig import session

RULES, HOURS = "RuleList/Rule", "HourList/Hour"
CAPABILITIES = """<Plan><RuleList size="4"><Rule><id>1</id><level min="0" max="99">5</level><HourList {of}>{hours}\
</HourList></Rule></RuleList></Plan>"""
FIELDS = "/ISAPI/Smart/FieldDetection/1"
REGION = "FieldDetectionRegionList/FieldDetectionRegion"
POINTS = "RegionCoordinatesList/RegionCoordinates"


def plan(*hours: int, least: int = 0, inside: str = "") -> Document:
    """hours are those that the capabilities show in their example."""
    shown = "".join(f'<Hour><at min="0" max="23">{hour}</at></Hour>' for hour in hours)
    shown = shown or '<Hour><at min="0" max="23"></at></Hour>'
    capabilities = CAPABILITIES.format(of=f'size="3" min="{least}"', hours=shown).encode()
    raw = f"<Plan><on>true</on><RuleList>{inside}</RuleList></Plan>".encode()
    answer = HttpAnswer(200, (("Content-Type", "application/xml"),), raw)
    return document_of(V2, "/ISAPI/Smart/Plan/1", answer, xml.parse(capabilities).root)


def test_the_first_record_has_a_list_as_the_capabilities_show_it() -> None:
    document = plan(7, 9)
    document.set_text(f"{RULES}[]", "+1")
    inner = f"{RULES}[+1]/{HOURS}[]"
    assert document.text(inner) == "1 2"
    shown = [field.path for field in document.shown]
    assert shown.index(inner) < shown.index(f"{RULES}[+1]/{HOURS}[1]/at"), "the list before its records"
    assert [each.section for each in document.shown if each.path.endswith("/at")] == [
        ("New rule 1", "Hour 1"), ("New rule 1", "Hour 2")]  # fmt: skip
    document.set_text(inner, "2 +1")
    document.set_text(f"{RULES}[+1]/{HOURS}[+1]/at", "21")
    assert document.problems == {}
    written = (
        b"<Rule><id>1</id><level>5</level><HourList><Hour><at>9</at></Hour><Hour><at>21</at></Hour></HourList></Rule>"
    )
    assert document.encode() == b"<Plan><on>true</on><RuleList>%s</RuleList></Plan>" % written
    after = plan(7, 9, inside=written.decode())
    proof = prove(document, document.changes(), after)
    assert {each.verdict for each in proof.fields} == {Verdict.KEPT}, proof


def test_an_example_without_values_begins_with_an_empty_list() -> None:
    document = plan()
    document.set_text(f"{RULES}[]", "+1")
    inner = f"{RULES}[+1]/{HOURS}[]"
    assert document.text(inner) == ""
    assert b"<HourList></HourList>" in document.encode()
    document.set_text(inner, "+1 +2")
    document.set_text(f"{RULES}[+1]/{HOURS}[+1]/at", "3")
    document.set_text(f"{RULES}[+1]/{HOURS}[+2]/at", "4")
    assert b"<HourList><Hour><at>3</at></Hour><Hour><at>4</at></Hour></HourList>" in document.encode()
    document.set_text(inner, "+1 +2 +3 +4")
    assert "at most 3" in document.problems[inner]


def test_too_few_to_begin_with_is_said_before_anything_is_sent() -> None:
    document = plan(7, least=2)
    document.set_text(f"{RULES}[]", "+1")
    inner = f"{RULES}[+1]/{HOURS}[]"
    assert "at least 2" in document.problems[inner]
    document.set_text(inner, "1 +1")
    assert document.problems == {}


def test_the_command_line_adds_the_first_record_and_one_in_it() -> None:
    document = plan(7)
    assign(document, {f"{RULES}[]": "+", f"{RULES}[+1]/{HOURS}[]": "+", f"{RULES}[+1]/{HOURS}[+1]/at": "8"})
    assert document.encode().count(b"<Hour>") == 2


def test_texts_of_any_script_stand_in_a_first_record() -> None:
    document = plan(7)
    document.set_text(f"{RULES}[]", "+1")
    made = document.source.shapes[f"{RULES}[]"].model.made({"id": "Tür & 门"})
    assert made.startswith(b"<Rule><id>T&#252;r &amp; &#38376;</id>")


@pytest.mark.anyio
async def test_a_camera_without_regions_gets_its_first_one() -> None:
    async with session(host="127.81.1.1") as (opened, _):
        tree = opened.offer(SettingsTree)
        regions = await tree.load(FIELDS)
        regions.set_text(f"{REGION}[]", "")
        _, empty = await tree.apply(regions, regions.changes())
        assert empty.list_at(f"{REGION}[]").members == ()
        empty.set_text(f"{REGION}[]", "+1")
        points = f"{REGION}[+1]/{POINTS}[]"
        order = empty.order(points)
        assert len(order) >= 3, "as many corners as the capabilities show"
        empty.set_text(points, lists.format_order((*order[1:], "+1")))
        empty.set_text(f"{REGION}[+1]/{POINTS}[+1]/positionX", "321")
        proof, after = await tree.apply(empty, empty.changes())
        assert {each.verdict for each in proof.fields} == {Verdict.KEPT}, proof
        corners = after.list_at(f"{REGION}/{POINTS}[]").members
        assert len(corners) == len(order)
        assert after.text(f"{corners[-1]}/positionX") == "321"


@pytest.mark.parametrize("empty", ["<HourList/>", "<HourList></HourList>", "<HourList>\r\n  </HourList>"])
def test_a_copy_of_a_record_whose_list_is_empty_has_a_list(empty: str) -> None:
    document = plan(7, inside=f"<Rule><id>1</id><level>5</level>{empty}</Rule>")
    document.set_text(f"{RULES}[]", "1 +1")
    inner = f"{RULES}[+1]/{HOURS}[]"
    assert document.text(inner) == ""
    document.set_text(inner, "+1 +2")
    document.set_text(f"{RULES}[+1]/{HOURS}[+2]/at", "22")
    assert document.problems == {}
    sent = xml.parse(document.encode()).root
    hours = [[each.text_of("at") for each in rule.find("HourList").children] for rule in sent.find("RuleList").children]
    assert hours == [[], ["7", "22"]]


WITHOUT = "<Rule><id>1</id><level>5</level></Rule>"


def test_a_copy_of_a_record_that_lacks_the_list_has_one() -> None:
    document = plan(7, 9, least=2, inside=WITHOUT)
    document.set_text(f"{RULES}[]", "1 +1")
    inner = f"{RULES}[+1]/{HOURS}[]"
    assert document.text(inner) == ""
    assert document.problems == {}, "it may stay without, as the one it is a copy of"
    second = WITHOUT.replace("<id>1", "<id>2")
    assert document.encode() == f"<Plan><on>true</on><RuleList>{WITHOUT}{second}</RuleList></Plan>".encode()
    document.set_text(inner, "+1")
    assert "at least 2" in document.problems[inner]
    document.set_text(inner, "+1 +2")
    document.set_text(f"{RULES}[+1]/{HOURS}[+2]/at", "22")
    assert document.problems == {}
    shown = [field.path for field in document.shown]
    assert shown.index(inner) < shown.index(f"{RULES}[+1]/{HOURS}[+1]/at"), "the list before its records"
    [section] = {each.section for each in document.shown if each.path == f"{RULES}[+1]/{HOURS}[+2]/at"}
    assert section == ("New rule 1", "New hour 2")
    hours = "<HourList><Hour><at>7</at></Hour><Hour><at>22</at></Hour></HourList></Rule>"
    written = WITHOUT + second.replace("</Rule>", hours)
    assert document.encode() == f"<Plan><on>true</on><RuleList>{written}</RuleList></Plan>".encode()
    proof = prove(document, document.changes(), plan(7, 9, inside=written))
    assert {each.verdict for each in proof.fields} == {Verdict.KEPT}, proof
    lost = prove(document, document.changes(), plan(7, 9, inside=WITHOUT + second))
    assert {each.verdict for each in lost.fields if HOURS in each.path} == {Verdict.IGNORED}, lost


def test_the_list_that_was_lacking_stands_where_the_capabilities_have_it() -> None:
    capabilities = CAPABILITIES.format(of='size="3"', hours='<Hour><at min="0" max="23">7</at></Hour>').replace(
        "<level", "<on>true</on><level"
    )
    capabilities = capabilities.replace("</HourList></Rule>", "</HourList><note>n</note></Rule>")
    raw = (
        "<Plan>\r\n <RuleList>\r\n  <Rule>\r\n   <id>1</id>\r\n   <level>5</level>\r\n   <note>n</note>\r\n  </Rule>"
        "\r\n </RuleList>\r\n</Plan>"
    )
    answer = HttpAnswer(200, (("Content-Type", "application/xml"),), raw.encode())
    document = document_of(V2, "/ISAPI/Smart/Plan/1", answer, xml.parse(capabilities.encode()).root)
    assign(document, {f"{RULES}[+1]/{HOURS}[]": "+"})
    [_, added] = xml.parse(document.encode()).root.find("RuleList").children
    assert [child.name for child in added.children] == ["id", "level", "HourList", "note"]
    assert document.encode().startswith(raw[: raw.index("\r\n </RuleList>")].encode()), "the others as they were"


def test_without_its_new_record_the_list_is_gone_too() -> None:
    document = plan(7, inside=WITHOUT)
    before = document.encode()
    assign(document, {f"{RULES}[+1]/{HOURS}[+1]/at": "8"})
    assert b"<Hour><at>8</at></Hour>" in document.encode()
    document.set_text(f"{RULES}[]", "1")
    assert document.encode() == before
    assert document.changes() == ()


def two(first: str, second: str) -> str:
    return f"<Rule><id>1</id><level>5</level>{first}</Rule><Rule><id>2</id><level>6</level>{second}</Rule>"


def hours(*at: int) -> str:
    return f"<HourList>{''.join(f'<Hour><at>{each}</at></Hour>' for each in at)}</HourList>"


def written_as(inside: str) -> bytes:
    return f"<Plan><on>true</on><RuleList>{inside}</RuleList></Plan>".encode()


@pytest.mark.parametrize("number", [1, 2])
def test_a_record_that_lacks_the_list_can_have_one(number: int) -> None:
    document = plan(7, 9, least=2, inside=two("", ""))
    inner, other = (f"{RULES}[{each}]/{HOURS}[]" for each in (number, 3 - number))
    assert document.text(inner) == document.text(other) == ""
    assert document.problems == {}
    assert document.encode() == document.source.raw
    document.set_text(inner, "+1")
    assert "at least 2" in document.problems[inner]
    document.set_text(inner, "+1 +2")
    document.set_text(f"{RULES}[{number}]/{HOURS}[+2]/at", "22")
    assert document.problems == {}
    places = [hours(7, 22) if each == number else "" for each in (1, 2)]
    assert document.encode() == written_as(two(*places)), "nothing else is touched"
    shown = [field.path for field in document.shown]
    assert shown.index(inner) < shown.index(f"{RULES}[{number}]/{HOURS}[+1]/at"), "the list before its records"
    [section] = {each.section for each in document.shown if each.path == f"{RULES}[{number}]/{HOURS}[+2]/at"}
    assert section == (f"Rule {number}", "New hour 2")
    proof = prove(document, document.changes(), plan(7, 9, inside=two(*places)))
    assert {each.verdict for each in proof.fields} == {Verdict.KEPT}, proof
    lost = prove(document, document.changes(), plan(7, 9, inside=two("", "")))
    assert {each.verdict for each in lost.fields} == {Verdict.IGNORED}, lost
    document.revert(inner)
    assert document.encode() == document.source.raw


def test_a_list_that_was_lacking_goes_along_when_its_record_moves_or_goes() -> None:
    document = plan(7, inside=two("", hours(3)))
    inner = f"{RULES}[1]/{HOURS}[]"
    document.set_text(inner, "+1")
    document.set_text(f"{RULES}[]", "2 1")
    moved = "<Rule><id>2</id><level>6</level>{}</Rule><Rule><id>1</id><level>5</level>{}</Rule>"
    assert document.encode() == written_as(moved.format(hours(3), hours(7)))
    document.set_text(f"{RULES}[]", "2")
    assert document.encode() == written_as(f"<Rule><id>2</id><level>6</level>{hours(3)}</Rule>")


def test_what_was_lacking_can_be_taken_away_again() -> None:
    before = plan(7, inside=two("", hours(3)))
    before.set_text(f"{RULES}[1]/{HOURS}[]", "+1")
    after = plan(7, inside=two(hours(7), hours(3)))
    changes = before.changes()
    proof = prove(before, changes, after)
    recorded = [
        RecordedField(each.path, each.title, each.old, each.new, each.secret, each.verdict, each.read_back, each.reason)
        for each in proof.fields
    ]
    found = undo_fields(after, recorded, untouched=True)
    for path, text in (target for each in found if each.standing is Standing.OURS for target in each.targets):
        after.set_text(path, text)
    assert after.encode() == written_as(two("<HourList></HourList>", hours(3)))


def test_the_command_line_gives_an_existing_record_the_list_it_lacks() -> None:
    document = plan(7, inside=two("", ""))
    changes, _ = assign(document, {f"{RULES}[2]/{HOURS}[]": "+", f"{RULES}[2]/{HOURS}[+1]/at": "8"})
    assert [each.path for each in changes] == [f"{RULES}[2]/{HOURS}[]", f"{RULES}[2]/{HOURS}[+1]/at"]
    assert document.encode() == written_as(two("", hours(8)))


def test_lines_and_indents_are_those_of_the_record() -> None:
    indented = "\r\n  <Rule>\r\n   <id>1</id>\r\n   <level>5</level>\r\n  </Rule>\r\n "
    document = plan(7, inside=indented)
    document.set_text(f"{RULES}/{HOURS}[]", "+1")
    sent = document.encode().decode()
    assert sent.startswith("<Plan><on>true</on><RuleList>" + indented[: indented.index("\r\n  </Rule>")])
    assert "\r\n   <HourList>" in sent
    assert sent.endswith("\r\n  </Rule>\r\n </RuleList></Plan>")

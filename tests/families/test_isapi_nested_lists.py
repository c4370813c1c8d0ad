"""Lists in the records of a list: any edit of both at once arrives as it was meant, is proven, and can be undone."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.cli.setting import assign
from app.families.base import SettingsTree
from app.families.isapi import records
from app.families.isapi.dialect import V2
from app.families.isapi.settings import document_of
from app.settings import lists
from app.settings.changes import Verdict
from app.settings.document import Document
from app.settings.proof import prove
from app.settings.rebase import rebase
from app.site.records import RecordedField
from app.site.undo_standing import Standing, undo_fields
from app.wire import xml
from app.wire.http import HttpAnswer
from tests.families.isapi_rig import puts, session

FIELDS = "/ISAPI/Smart/FieldDetection/1"
REGION = "FieldDetectionRegionList/FieldDetectionRegion"
POINTS = "RegionCoordinatesList/RegionCoordinates"
MOST = 4
CAPABILITIES = b"""<Plan><RuleList size="4"><Rule><id>1</id><level min="0" max="999">1</level><HourList size="4">
<Hour><at min="0" max="999">1</at></Hour></HourList></Rule></RuleList></Plan>"""


@dataclass(frozen=True)
class Rule:
    """A record with a list of its own. number is "" where the device numbers nothing."""

    number: str
    level: int
    hours: tuple[int, ...]

    def markup(self) -> str:
        number = f"<id>{self.number}</id>" if self.number else ""
        hours = "".join(f"<Hour><at>{hour}</at></Hour>" for hour in self.hours)
        return f"<Rule>{number}<level  unit='%' >{self.level}</level ><!-- kept --><HourList>{hours}</HourList></Rule>"


def written(rules: list[Rule]) -> bytes:
    inner = "".join(each.markup() for each in rules)
    return f"<Plan ><!-- a > b --><on>true</on>\r\n<RuleList>{inner}</RuleList>\t<z>&#65;</z></Plan>\n".encode()


def read(raw: bytes) -> Document:
    answer = HttpAnswer(200, (("Content-Type", "application/xml"),), raw)
    return document_of(V2, "/ISAPI/Smart/Plan/1", answer, xml.parse(CAPABILITIES).root)


def ordered(data: st.DataObject, path: str, document: Document, least: int) -> lists.Order:
    """Some of the records in any order, new ones among them."""
    tokens = (*document.order(path), "+1", "+2")
    chosen = data.draw(st.permutations(tokens))[: data.draw(st.integers(least, MOST))]
    document.set_text(path, lists.format_order(chosen))
    return tuple(chosen)


def leaf(data: st.DataObject, document: Document, path: str) -> int:
    if data.draw(st.booleans()):
        document.set_text(path, str(data.draw(st.integers(0, 999))))
    return int(document.text(path))


def edited(data: st.DataObject, document: Document, least: int) -> list[Rule]:
    """Edits both lists and the leaves in them, and tells what the device shall hold."""
    outer = document.list_at("RuleList/Rule[]")
    assert outer is not None
    rules = []
    for token in ordered(data, outer.path, document, least):
        place = outer.place(token)
        hours = document.list_at(f"{place}/HourList/Hour[]")
        assert hours is not None
        order = ordered(data, hours.path, document, least) if data.draw(st.booleans()) else hours.order
        level = leaf(data, document, f"{place}/level")
        number = document.text(f"{place}/id") if outer.key else ""
        rules.append(Rule(number, level, tuple(leaf(data, document, f"{hours.place(each)}/at") for each in order)))
    return rules


def plans(numbered: bool) -> st.SearchStrategy[list[Rule]]:
    hours = st.lists(st.integers(0, 999), min_size=1, max_size=MOST).map(tuple)
    drawn = st.lists(st.tuples(st.integers(0, 999), hours), min_size=1, max_size=MOST)
    return drawn.map(lambda all_: [Rule(str(n) if numbered else "", *each) for n, each in enumerate(all_, 1)])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), held=st.booleans().flatmap(plans), least=st.sampled_from([0, 1]))
def test_any_edit_of_lists_in_lists_is_what_the_device_holds_then(
    data: st.DataObject, held: list[Rule], least: int
) -> None:
    """To the byte: everything that was not edited stands as it stood. Each record is proven, nothing else is told."""
    document = read(written(held))
    wanted = edited(data, document, least)
    assert document.encode() == written(wanted)
    if not (changes := document.changes()):
        return
    fresh = read(written(held))
    assert rebase(document, changes, fresh).changes == changes
    assert fresh.encode() == written(wanted)
    proof = prove(document, changes, read(document.encode()))
    assert {each.verdict for each in proof.fields} == {Verdict.KEPT}, proof
    assert [each.path for each in proof.fields] == [each.path for each in changes]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), held=st.booleans().flatmap(plans))
def test_undo_of_any_edit_of_lists_in_lists_gives_the_very_same_bytes(data: st.DataObject, held: list[Rule]) -> None:
    document = read(written(held))
    edited(data, document, 1)
    changes = document.changes()
    after = read(document.encode())
    proof = prove(document, changes, after)
    recorded = [
        RecordedField(each.path, each.title, each.old, each.new, each.secret, each.verdict, each.read_back, each.reason)
        for each in proof.fields
    ]
    found = undo_fields(after, recorded, untouched=True)
    assert {each.standing for each in found} <= {Standing.OURS, Standing.BACK}
    for path, text in (target for each in found if each.standing is Standing.OURS for target in each.targets):
        after.set_text(path, text)
    assert after.encode() == written(held)


def test_a_device_that_drops_a_record_of_an_inner_list_is_found_out() -> None:
    document = read(written([Rule("1", 10, (1, 2)), Rule("2", 20, (3,))]))
    document.set_text("RuleList/Rule[]", "2 1")
    document.set_text("RuleList/Rule[1]/HourList/Hour[]", "2 +1 1")
    document.set_text("RuleList/Rule[1]/HourList/Hour[+1]/at", "7")
    proof = prove(document, document.changes(), read(written([Rule("2", 20, (3,)), Rule("1", 10, (2, 1))])))
    told = {each.path: each.verdict for each in proof.fields}
    assert told == {
        "RuleList/Rule[]": Verdict.KEPT,
        "RuleList/Rule[1]/HourList/Hour[]": Verdict.ADJUSTED,
        "RuleList/Rule[1]/HourList/Hour[+1]/at": Verdict.IGNORED,
    }


def test_no_more_in_a_new_record_than_the_device_takes() -> None:
    document = read(written([Rule("1", 10, (1, 2))]))
    document.set_text("RuleList/Rule[]", "1 +1")
    document.set_text("RuleList/Rule[+1]/HourList/Hour[]", "1 2 +1 +2 +3")
    assert "at most 4" in document.problems["RuleList/Rule[+1]/HourList/Hour[]"]
    document.set_text("RuleList/Rule[]", "1")
    assert document.problems == {}, "it went with its record"
    document.revert("RuleList/Rule[]")
    assert document.edited_paths == ()


def test_the_command_line_adds_a_record_and_one_in_it() -> None:
    document = read(written([Rule("1", 10, (1, 2))]))
    new = "RuleList/Rule[+1]/HourList/Hour"
    assign(document, {f"{new}[+1]/at": "9", f"{new}[]": "3>1,-2", "RuleList/Rule/HourList/Hour[]": "-1"})
    assert document.encode() == written([Rule("1", 10, (2,)), Rule("2", 10, (9, 1))])


def test_a_new_record_alone_has_its_own_list() -> None:
    """For devices that take records one by one."""
    document = read(written([Rule("1", 10, (1, 2))]))
    assign(document, {"RuleList/Rule[+1]/HourList/Hour[+1]/at": "9", "RuleList/Rule[+1]/HourList/Hour[]": "-1"})
    edits = {change.path: change.new for change in document.changes()}
    (alone,) = records.fresh(document.source, "RuleList/Rule[]", edits)
    assert alone.decode() == Rule("2", 10, (2, 9)).markup()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("quirks", "host"),
    [((), "127.72.3.1"), (("partial_only",), "127.72.3.2"), (("sub_resources_only",), "127.72.3.3")],
)
async def test_a_region_gets_corners_and_a_new_one_has_its_own(quirks: tuple[str, ...], host: str) -> None:
    async with session(*quirks, host=host) as (opened, _):
        tree = opened.offer(SettingsTree)
        regions = await tree.load(FIELDS)
        sent = puts(opened)
        regions.set_text(f"{REGION}[]", "+1 1")
        regions.set_text(f"{REGION}[+1]/{POINTS}[]", "4 1 2 3 +1")
        regions.set_text(f"{REGION}[+1]/{POINTS}[+1]/positionX", "123")
        regions.set_text(f"{REGION}/{POINTS}[]", "2 3 4")
        proof, after = await tree.apply(regions, regions.changes())
        assert {each.verdict for each in proof.fields} == {Verdict.KEPT}, proof
        assert sent[-1].body.count(b"</FieldDetectionRegion>") == 2, "all in one write"
        inner = [each.members for each in after.lists if each.path.endswith(f"{POINTS}[]")]
        assert [len(members) for members in inner] == [5, 3]
        assert after.text(f"{inner[0][4]}/positionX") == "123"

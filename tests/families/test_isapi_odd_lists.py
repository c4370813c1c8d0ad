"""Lists that are not as they should be: equal ids, no ids, full, counted wrongly, changed by somebody else."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import Conflict, InvalidSetting
from app.families.base import SettingsTree
from app.families.isapi import records
from app.families.isapi.dialect import V2
from app.families.isapi.settings import document_of
from app.settings import lists
from app.settings.changes import Verdict
from app.settings.document import Document
from app.settings.proof import prove
from app.settings.rebase import rebase
from app.wire import xml
from app.wire.http import HttpAnswer
from tests.families.isapi_rig import session, writes

LINES = "/ISAPI/Smart/LineDetection/1"
LINE = "LineItemList/LineItem"
LIST = f"{LINE}[]"


def document(*rows: tuple[str, str], size: str = "", most: int = 4) -> Document:
    """rows are ids and names; size is what the list says of itself."""
    inner = "".join(f"<LineItem><id>{key}</id><name>{name}</name></LineItem>" for key, name in rows)
    counted = f' size="{size}"' if size else ""
    raw = f"<LineDetection><LineItemList{counted}>{inner}</LineItemList></LineDetection>".encode()
    capabilities = (
        f'<LineDetection><LineItemList size="{most}"><LineItem><id>1</id><name min="0" max="32">x</name></LineItem>'
        "</LineItemList></LineDetection>"
    ).encode()
    answer = HttpAnswer(200, (("Content-Type", "application/xml"),), raw)
    return document_of(V2, LINES, answer, xml.parse(capabilities).root)


def held(made: Document) -> list[str]:
    """The names, as the bytes that would be sent have them."""
    return [each.text_of("name") for each in xml.parse(made.encode()).root.find("LineItemList").children]


def test_equal_ids_are_told_apart_by_their_places() -> None:
    made = document(("1", "Gate"), ("1", "Door"), ("1", "Gate"))
    names = made.lists[0].names
    assert len(set(names)) == 3, names
    made.set_text(LIST, "3 2")
    made.set_text(f"{LINE}[2]/name", "Yard")
    assert held(made) == ["Gate", "Yard"]
    proof = prove(made, made.changes(), document(("1", "Gate"), ("1", "Yard")))
    assert {each.verdict for each in proof.fields} == {Verdict.KEPT}, proof
    made.set_text(LIST, "1 2 3 +1")
    assert made.text(f"{LINE}[+1]/id") == "2", "a number that is free"


@pytest.mark.parametrize("size", ["0", "1", "99999999999999999999", "-3", "many", " 4 "])
def test_a_list_that_says_a_wrong_size_can_be_edited(size: str) -> None:
    made = document(("1", "Gate"), ("2", "Door"), size=size)
    assert made.lists[0].most == 4, "the capabilities know"
    made.set_text(LIST, "2 +1 1")
    made.set_text(f"{LINE}[+1]/name", "Yard")
    assert held(made) == ["Door", "Yard", "Gate"]
    assert made.encode().count(f'size="{size}"'.encode()) == 1


def test_a_full_list_takes_one_only_for_one_that_goes() -> None:
    made = document(("1", "a"), ("2", "b"), most=2)
    made.set_text(LIST, "1 2 +1")
    assert "at most 2" in made.problems[LIST]
    with pytest.raises(InvalidSetting, match="at most 2"):
        made.changes()
    made.set_text(LIST, "1 +1")
    assert made.problems == {}
    assert made.text(f"{LINE}[+1]/id") == "2", "the number that became free"


def test_more_than_it_may_hold_can_be_taken_out_one_by_one() -> None:
    made = document(*((str(n), f"n{n}") for n in range(1, 6)), most=2)
    made.set_text(LIST, "1 2 3 5")
    assert made.problems == {}
    assert held(made) == ["n1", "n2", "n3", "n5"]


def test_somebody_else_renumbered_or_took_one_out_meanwhile() -> None:
    for now in ((("1", "Gate"), ("5", "Door")), (("2", "Door"),), (("1", "Gate"), ("2", "Else"))):
        made = document(("1", "Gate"), ("2", "Door"))
        made.set_text(LIST, "2 1")
        with pytest.raises(Conflict, match="not the one that you edited"):
            rebase(made, made.changes(), document(*now))


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    data=st.data(),
    keys=st.lists(st.sampled_from(["1", "2", "3", "7", "101", "x", ""]), max_size=5),
    steps=st.integers(0, 12),
)
def test_any_steps_by_hand_are_what_is_sent(data: st.DataObject, keys: list[str], steps: int) -> None:
    """Adding, taking out and moving one after the other, as keys do it, whatever the ids are: the model is a list."""
    made = document(*((key, f"n{number}") for number, key in enumerate(keys)), most=8)
    if not made.lists:
        return
    model = {token: f"n{number}" for number, token in enumerate(made.order(LIST))}
    order = list(made.order(LIST))
    for _ in range(steps):
        what = data.draw(st.sampled_from(["add", "out", "move", "name"]))
        if what == "add" and len(order) < 8:
            new = lists.next_new(order)
            order.insert(data.draw(st.integers(0, len(order))), new)
            made.set_text(LIST, lists.format_order(order))
            model[new] = made.text(f"{LINE}[{new}]/name")
        elif what == "out" and order:
            order.pop(data.draw(st.integers(0, len(order) - 1)))
            made.set_text(LIST, lists.format_order(order))
        elif what == "move" and order:
            token = order.pop(data.draw(st.integers(0, len(order) - 1)))
            order.insert(data.draw(st.integers(0, len(order))), token)
            made.set_text(LIST, lists.format_order(order))
        elif what == "name" and order:
            token = data.draw(st.sampled_from(order))
            text = data.draw(st.sampled_from(["Tor", "Tür & Hof", "<", "門", "7"]))
            made.set_text(f"{made.lists[0].place(token)}/name", text)
            model[token] = text
    assert not made.problems
    assert held(made) == [model[token] for token in order]
    again = document_of(V2, LINES, HttpAnswer(200, (("Content-Type", "application/xml"),), made.encode()), None)
    assert [again.text(f"{place}/name") for place in (again.lists[0].members if again.lists else ())] == held(made)
    made.revert()
    assert made.encode() == made.source.raw


@pytest.mark.anyio
async def test_the_last_one_goes_and_the_first_one_comes_record_by_record() -> None:
    async with session("records_only", host="127.81.4.1") as (opened, _):
        tree = opened.offer(SettingsTree)
        lines = await tree.load(LINES)
        lines.set_text(LIST, "")
        proof, empty = await tree.apply(lines, lines.changes())
        assert {each.verdict for each in proof.fields} == {Verdict.KEPT}, proof
        empty.set_text(LIST, "+1 +2")
        empty.set_text(f"{LINE}[+2]/sensitivityLevel", "44")
        proof, two = await tree.apply(empty, empty.changes())
        assert {each.verdict for each in proof.fields} == {Verdict.KEPT}, proof
        assert two.text(f"{LINE}[2]/sensitivityLevel") == "44"


@pytest.mark.anyio
async def test_an_id_that_changed_under_the_form_stops_the_write() -> None:
    async with session("records_only", host="127.81.4.2") as (opened, _):
        tree = opened.offer(SettingsTree)
        lines = await tree.load(LINES)
        lines.set_text(LIST, "1 +1 +2")
        _, three = await tree.apply(lines, lines.changes())
        mine = await tree.load(LINES)
        three.set_text(LIST, "1 3")
        await tree.apply(three, three.changes())
        sent = writes(opened)
        mine.set_text(LIST, "3 2 1")
        with pytest.raises(Conflict):
            await tree.apply(mine, mine.changes())
        assert sent == []


def test_records_without_ids_cannot_be_moved_one_by_one() -> None:
    made = document(("", "a"), ("", "b"))
    made.set_text(LIST, "2 1")
    assert records.unsafe(made.source, made.source.shapes[LIST])
    made = document(("1", "a"), ("1", "b"))
    assert records.unsafe(made.source, made.source.shapes[LIST])
    made = document(("1", "a"), ("4", "b"))
    assert records.unsafe(made.source, made.source.shapes[LIST]) == ""

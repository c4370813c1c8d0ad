"""Lists of records: orders as texts, and a document whose list is edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Conflict, InvalidSetting
from app.settings import lists, values
from app.settings.changes import Verdict
from app.settings.document import Document
from app.settings.field import Field
from app.settings.lists import RecordList, commanded, format_order, parse_order
from app.settings.proof import prove
from app.settings.rebase import rebase
from app.settings.spec import Access, Kind, Spec

LIST = "lines[]"


@dataclass(frozen=True)
class Rows:
    """A source of no protocol: a record on each line."""

    rows: tuple[tuple[str, str], ...]
    media_type: str = "text/plain"

    @property
    def raw(self) -> bytes:
        return repr(self.rows).encode()

    def encode(self, edits: Mapping[str, str]) -> bytes:
        order = parse_order(edits[LIST]) if LIST in edits else [str(n + 1) for n in range(len(self.rows))]
        made = []
        for token in order:
            own = ("", "") if lists.is_new(token) else self.rows[int(token) - 1]
            place = f"lines[{token}]"
            made.append(tuple(edits.get(f"{place}/{name}", old) for name, old in zip(("id", "name"), own, strict=True)))
        return repr(tuple(made)).encode()


def fields_of(rows: tuple[tuple[str, str], ...]) -> list[Field]:
    fields = [Field("on", "true", Spec(Kind.BOOL, "On"))]
    for number, (key, name) in enumerate(rows, 1):
        section = (f"Line {key}",)
        fields.append(Field(f"lines[{number}]/id", key, Spec(Kind.TEXT, "Id", access=Access.READ_ONLY), section))
        fields.append(Field(f"lines[{number}]/name", name, Spec(Kind.TEXT, "Name", max_length=8), section))
    return fields


def document(*rows: tuple[str, str], most: int | None = 4, least: int = 0) -> Document:
    keys = tuple(key for key, _ in rows)
    template = (
        Field("id", "", Spec(Kind.TEXT, "Id", access=Access.READ_ONLY)),
        Field("name", rows[-1][1] if rows else "", Spec(Kind.TEXT, "Name", min_length=1, max_length=8)),
    )
    places = tuple(f"lines[{number}]" for number in range(1, len(rows) + 1))
    names = tuple(f"Line {key}" for key in keys)
    made = RecordList(LIST, "Lines", "Line", places, names, template, "id", keys, most, least)
    return Document("/lines", "Crossing", fields_of(rows), Rows(rows), records=(made,))


THREE = (("1", "Gate"), ("2", "Door"), ("3", "Yard"))


def shown(made: Document) -> list[str]:
    return [field.path for field in made.shown]


def test_the_list_stands_before_its_records() -> None:
    made = document(*THREE)
    assert shown(made)[:3] == ["on", LIST, "lines[1]/id"]
    assert made.text(LIST) == "1 2 3"
    field = made.field(LIST)
    assert values.display(field.text, field.spec) == "Line 1, Line 2, Line 3"
    assert made.encode() == made.source.raw
    assert made.changes() == ()


def test_records_are_moved_taken_out_and_added() -> None:
    made = document(*THREE)
    told: list[str] = []
    made.subscribe(told.append)
    made.set_text(LIST, "3 +1 1")
    assert told == [LIST]
    assert shown(made) == ["on", LIST, "lines[3]/id", "lines[3]/name", "lines[+1]/id", "lines[+1]/name", "lines[1]/id",
                           "lines[1]/name"]  # fmt: skip
    assert made.text("lines[+1]/id") == "2", "the lowest number that is free"
    made.set_text("lines[+1]/name", "Roof")
    assert made.edited_paths == (LIST, "lines[+1]/name")
    assert made.encode() == repr((("3", "Yard"), ("2", "Roof"), ("1", "Gate"))).encode()
    told_changes = [(change.path, change.old, change.new, change.gone) for change in made.changes()]
    assert told_changes == [
        (LIST, "1 2 3", "3 +1 1", False),
        ("lines[2]/id", "2", "", True),
        ("lines[2]/name", "Door", "", True),
        ("lines[+1]/id", "", "2", False),
        ("lines[+1]/name", "", "Roof", False),
    ]
    made.revert(LIST)
    assert made.edited_paths == ()
    assert made.encode() == made.source.raw


def test_an_edit_in_a_record_that_goes_is_not_sent() -> None:
    made = document(*THREE)
    made.set_text("lines[2]/name", "Shed")
    made.set_text(LIST, "1 3")
    assert made.edited_paths == (LIST,)
    assert made.encode() == repr((THREE[0], THREE[2])).encode()
    made.set_text(LIST, "1 2 3")
    assert made.edited_paths == ("lines[2]/name",), "it comes back with its record"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1 2 3 +1 +2", "at most 4 (yours has 5)"),
        ("", "at least 1 (yours has 0)"),
        ("1 1", "only once"),
        ("1 4", "no number 4"),
        ("1;2", "Use places"),
        ("01", "Use places"),
        ("+0", "Use places"),
    ],
)
def test_wrong_orders_are_said_and_not_sent(text: str, problem: str) -> None:
    made = document(*THREE, least=1)
    made.set_text(LIST, text)
    assert problem in made.problem(LIST)
    with pytest.raises(InvalidSetting):
        made.changes()
    assert shown(made)[2] == "lines[1]/id", "the list stays as it was"


def test_a_new_record_is_checked_although_nobody_has_typed_in_it() -> None:
    made = document(most=2)
    made.set_text(LIST, "+1")
    assert made.problems == {"lines[+1]/name": "At least 1 character (yours has 0)"}
    made.set_text("lines[+1]/name", "Gate")
    assert made.encode() == b"(('1', 'Gate'),)"


@pytest.mark.parametrize(
    ("keys", "order", "expected"),
    [
        (("1", "2"), "1 2 +1 +2", "3 4"),
        (("1", "3"), "1 2 +1 +2", "2 4"),
        (("0", "1"), "1 2 +1", "2"),
        (("101", "102"), "1 2 +1", "103"),
        (("101", "102"), "2 +1", "101"),
        (("VMD-1", "VMD-2"), "1 2 +1", "VMD-3"),
    ],
)
def test_new_records_are_numbered_as_the_device_does(keys: tuple[str, ...], order: str, expected: str) -> None:
    made = document(*((key, "Gate") for key in keys), most=None)
    made.set_text(LIST, order)
    new = [token for token in order.split() if token.startswith("+")]
    assert " ".join(made.text(f"lines[{token}]/id") for token in new) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("+", "1 2 3 +1"), ("-2", "1 3"), ("3>1", "3 1 2"), ("-1, +, +", "2 3 +1 +2"), ("2 1", "2 1"), ("1>3,-2", "3 1")],
)
def test_short_commands(text: str, expected: str) -> None:
    assert commanded(("1", "2", "3"), text) == expected


@pytest.mark.parametrize("text", ["-4", "4>1", "1>0", "1>9", "-0"])
def test_short_commands_for_what_is_not_there(text: str) -> None:
    with pytest.raises(ValueError, match=r"\d"):
        commanded(("1", "2", "3"), text)


@given(st.permutations(["1", "2", "3", "+1", "+2"]))
def test_an_order_is_read_as_it_is_written(order: list[str]) -> None:
    assert parse_order(format_order(order)) == tuple(order)


# -- what became of it -------------------------------------------------------------------------------------------------


def outcome(sent: Document, *after: tuple[str, str]) -> dict[str, Verdict]:
    return {each.path: each.verdict for each in prove(sent, sent.changes(), document(*after)).fields}


def test_everything_kept() -> None:
    made = document(*THREE)
    made.set_text(LIST, "3 1 +1")
    made.set_text("lines[+1]/name", "Roof")
    made.set_text("lines[1]/name", "Wall")
    found = outcome(made, ("3", "Yard"), ("1", "Wall"), ("2", "Roof"))
    assert set(found.values()) == {Verdict.KEPT}
    assert len(found) == len(made.changes())


def test_records_numbered_anew_are_known_again() -> None:
    made = document(*THREE)
    made.set_text(LIST, "1 3")
    found = prove(made, made.changes(), document(("1", "Gate"), ("2", "Yard"))).fields
    assert {each.verdict for each in found} == {Verdict.KEPT}
    assert [each.path for each in found] == [LIST, "lines[2]/id", "lines[2]/name"]


def test_a_new_record_that_was_not_taken() -> None:
    made = document(*THREE)
    made.set_text(LIST, "1 2 3 +1")
    found = outcome(made, *THREE)
    assert found == dict.fromkeys((LIST, "lines[+1]/id", "lines[+1]/name"), Verdict.IGNORED)


def test_a_record_that_stays_although_it_was_taken_out() -> None:
    made = document(*THREE)
    made.set_text(LIST, "1 3")
    found = outcome(made, *THREE)
    assert found == dict.fromkeys((LIST, "lines[2]/id", "lines[2]/name"), Verdict.IGNORED)


def test_an_order_of_the_device_s_own() -> None:
    made = document(*THREE)
    made.set_text(LIST, "3 2 1 +1")
    made.set_text("lines[+1]/name", "Roof")
    proof = prove(made, made.changes(), document(*THREE, ("4", "Roof")))
    order = proof.fields[0]
    assert (order.verdict, order.read_back) == (Verdict.ADJUSTED, "1 2 3 +1")
    assert "order of its own" in order.reason
    assert {each.verdict for each in proof.fields[1:]} == {Verdict.KEPT}


def test_a_value_changed_besides_is_found_at_its_new_place() -> None:
    made = document(*THREE)
    made.set_text(LIST, "3 1 2")
    proof = prove(made, made.changes(), document(("3", "Yard"), ("1", "Moved"), ("2", "Door")))
    assert [(each.path, each.verdict, each.read_back) for each in proof.fields] == [
        (LIST, Verdict.KEPT, "3 1 2"),
        ("lines[1]/name", Verdict.SIDE_EFFECT, "Moved"),
    ]


# -- somebody else -----------------------------------------------------------------------------------------------------


def test_an_order_is_carried_over_to_the_same_list() -> None:
    made = document(*THREE)
    made.set_text(LIST, "2 1 +1")
    fresh = document(*THREE)
    rebased = rebase(made, made.changes(), fresh)
    assert rebased.changes == made.changes()
    assert fresh.encode() == made.encode()


@pytest.mark.parametrize("now", [THREE[:2], (*THREE, ("4", "Roof")), (THREE[0], ("2", "Wall"), THREE[2])])
def test_an_order_given_to_another_list_is_a_conflict(now: tuple[tuple[str, str], ...]) -> None:
    made = document(*THREE)
    made.set_text(LIST, "2 1 +1")
    with pytest.raises(Conflict, match="Lines"):
        rebase(made, made.changes(), document(*now))


def test_a_list_that_holds_more_than_it_may_can_still_be_put_in_order() -> None:
    made = document(*THREE, most=2)
    made.set_text(LIST, "3 2 1")
    assert made.problem(LIST) == ""
    made.set_text(LIST, "1 2 3 +1")
    assert "at most 2" in made.problem(LIST)


def test_a_list_of_many_is_counted() -> None:
    spec = replace(document(*THREE).field(LIST).spec)
    assert values.display("1 2 3 +1", spec) == "Line 1, Line 2, Line 3, new line"
    assert values.display(" ".join(map(str, range(1, 20))), spec) == "19 entries"

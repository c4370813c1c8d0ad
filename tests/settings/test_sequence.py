"""In which order the documents of one Apply are sent."""

from __future__ import annotations

import asyncio

import pytest

from app.errors import Foreseen
from app.settings import sequence
from app.settings.document import Document
from app.settings.exclusion import Side
from app.settings.field import Field
from app.settings.sequence import in_order, off_first
from app.settings.spec import Kind, Spec
from tests.settings.test_depends import Bytes


def page(resource: str, path: str, old: str, new: str) -> Document:
    kind = Kind.BOOL if old in ("true", "false") else Kind.TEXT
    made = Document(resource, resource, [Field(path, old, Spec(kind, path))], Bytes())
    made.set_text(path, new)
    return made


ON, OFF = page("/on", "enabled", "false", "true"), page("/off", "enabled", "true", "false")
NAME, BLOCK = page("/name", "name", "a", "b"), page("/block", "Lamp/enabled", "true", "false")


@pytest.mark.parametrize(
    ("documents", "order"),
    [
        ((ON, OFF), (OFF, ON)),
        ((OFF, ON), (OFF, ON)),
        ((NAME, ON, BLOCK, OFF), (BLOCK, OFF, NAME, ON)),
        ((NAME, OFF), (NAME, OFF)),
        ((NAME, ON), (NAME, ON)),
        ((), ()),
    ],
)
def test_what_is_switched_off_makes_room_for_what_is_switched_on(documents, order):
    assert off_first(documents) == order


def test_each_stands_behind_those_that_go_before_it():
    assert in_order(("a", "b", "c"), {"a": {"c"}}) == ("c", "a", "b")
    assert in_order(("a", "b", "c"), {"a": {"b", "c"}, "b": {"c"}}) == ("c", "b", "a")
    assert in_order(("a",), {"a": {"elsewhere"}}) == ("a",)


def test_a_circle_loses_nothing():
    assert in_order(("a", "b"), {"a": {"b"}, "b": {"a"}}) == ("b", "a")
    assert sorted(in_order("abcd", {"a": {"b"}, "b": {"c"}, "c": {"a", "c"}, "d": {"d", "a"}})) == list("abcd")


def test_what_is_switched_off_on_the_refused_page_itself_needs_no_order():
    sides = (Side("/lines", "enabled", "false", "Lines"), Side("/field", "BLC/enabled", "false", "BLC"))
    assert sequence.behind(sides, "/field") == {"/field": {"/lines"}}
    assert sequence.behind(sides[1:], "/field") == {}


def test_what_is_foreseen_and_what_was_learned_count_together():
    async def foresee(documents):
        assert [each.resource for each in documents] == ["/off", "/on", "/name"]
        return {"/off": {"/name"}}

    plan = asyncio.run(sequence.planned((ON, NAME, OFF), foresee, {"/on": {"/off"}}))
    assert plan.resources == ("/name", "/off", "/on")
    assert plan.after == {"/on": {"/off"}, "/off": {"/name"}}


def test_what_is_foreseen_to_be_refused_has_no_order():
    async def foresee(documents):
        raise Foreseen("Not together.", path="/on")

    with pytest.raises(Foreseen):
        asyncio.run(sequence.planned((ON,), foresee))
    assert asyncio.run(sequence.planned((ON,), None)).resources == ("/on",)

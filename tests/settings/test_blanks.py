"""Blanks at the ends of a text: counted, told, and known again where a camera has taken them away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings import blanks, values
from app.settings.spec import Kind, Spec

SIGNS = st.sampled_from([" ", "\t", "\u00a0", "\u3000", "\u200b", "\n", "G", "日", "🚪"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Gate", ""),
        ("", ""),
        (" Gate", "Begins with a blank"),
        ("Gate\u00a0\u00a0", "Ends with 2 blanks"),
        ("\tGate\u200b\u200b", "Begins with a blank and ends with 2 blanks"),
        (" ", "Nothing but a blank"),
        ("\u3000 \u3000", "Nothing but 3 blanks"),
        ("North  gate", ""),
    ],
)
def test_blanks_are_told(text, said):
    assert blanks.told(text) == said


@given(st.text(SIGNS, max_size=8))
def test_the_blanks_and_what_is_between_them_are_the_text(text):
    before, behind = blanks.around(text)
    middle = text[before : len(text) - behind]
    assert all(map(blanks.is_blank, text[:before] + text[len(text) - behind :]))
    assert not middle or not (blanks.is_blank(middle[0]) or blanks.is_blank(middle[-1]))
    assert bool(before or behind) == bool(blanks.told(text))


@given(st.text(SIGNS, max_size=8), st.integers(0, 8), st.integers(0, 8))
def test_what_lacks_blanks_only_was_trimmed_and_what_lacks_more_was_not(text, before, behind):
    held = text[before : len(text) - behind] if before + behind <= len(text) else ""
    gone = text[:before] + text[len(text) - behind :] if before + behind <= len(text) else text
    at_the_ends = blanks.around(text)
    only_blanks = before <= at_the_ends[0] and behind <= at_the_ends[1]
    if held != text and only_blanks:
        assert blanks.trimmed(text, held)
    if not all(map(blanks.is_blank, gone)):
        assert not blanks.trimmed(text, held)


@pytest.mark.parametrize("kind", Kind)
def test_blanks_count_in_texts_and_in_nothing_else(kind):
    held = {
        Kind.BOOL: "true", Kind.INT: "5", Kind.FLOAT: "0.5", Kind.FPS100: "2500", Kind.PORT: "80", Kind.OPTION: "a",
        Kind.IPV4: "10.0.0.1", Kind.IPV6: "fe80::1", Kind.HOST: "a.example", Kind.MAC: "aa:bb:cc:00:11:22",
        Kind.DATETIME: "2026-01-31T18:00:00", Kind.TIME: "08:00:00", Kind.DATE: "2026-01-31",
        Kind.TIMEZONE: "CST-8:00:00", Kind.HEX: "00ff", Kind.COLOUR: "ff0000", Kind.WEEK: "Mon 08:00-18:00",
        Kind.LIST: "1 2",
    }.get(kind, "Gate")  # fmt: skip
    spec = Spec(kind, "Field")
    is_text = kind in (Kind.TEXT, Kind.OPAQUE, Kind.PASSWORD)
    assert values.is_text(kind) == is_text
    assert values.same(f" {held}\n", held, spec) != is_text
    assert (values.wire(f" {held} ", spec) == held) != is_text or kind in (Kind.WEEK, Kind.LIST)


def test_what_cannot_be_seen_is_shown_between_marks():
    assert values.display(" Gate", Spec(Kind.TEXT, "Name")) == "“ Gate”"
    assert values.display("Gate", Spec(Kind.TEXT, "Name")) == "Gate"
    assert values.display(" 5 ", Spec(Kind.INT, "Level", unit="s")) == "5 s"

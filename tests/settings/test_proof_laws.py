"""The law of the proof: whatever a camera makes of a document, the verdicts tell exactly that, no more and no less."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from app.families.isapi.dialect import V2
from app.families.isapi.loading import document_of
from app.settings.changes import Verdict
from app.settings.proof import prove
from app.wire.http import HttpAnswer

NUMBERS, WORDS = (
    [str(number) for number in range(2, 99)],
    ["gate", "yard", "dock 2", "ramp & lift", "Tür", " gate ", "yard\t"],
)
SWITCHES = ["true", "false"]
LEAVES = {
    "level": NUMBERS,
    "rate": NUMBERS,
    "on": SWITCHES,
    "label": WORDS,
    "Inner/depth": NUMBERS,
    "Inner/note": WORDS,
}
RECORDS = 3
PARTS = {"size": NUMBERS, "label": WORDS}


def paths():
    return [*LEAVES, *(f"ZoneList/Zone[{n}]/{name}" for n in range(1, RECORDS + 1) for name in PARTS)]


def choices(path):
    return LEAVES.get(path) or PARTS[path.rpartition("/")[2]]


def start():
    return {path: choices(path)[number % len(choices(path))] for number, path in enumerate(paths())}


def escaped(text):
    return text.replace("&", "&amp;")


def written(texts, order=(1, 2, 3), ids=("1", "2", "3"), *, end="", prefix="", namespace="urn:a"):
    """As a camera writes it. order: which record comes when; ids: the number of each by its record."""

    def leaf(path):
        name = path.rpartition("/")[2]
        return f"<{prefix}{name}>{escaped(texts[path])}</{prefix}{name}>{end}"

    def record(number):
        body = "".join(leaf(f"ZoneList/Zone[{number}]/{name}") for name in PARTS)
        return f"<{prefix}Zone>{end}<{prefix}id>{ids[number - 1]}</{prefix}id>{end}{body}</{prefix}Zone>{end}"

    flat = "".join(leaf(path) for path in ("level", "rate", "on", "label"))
    inner = f"<{prefix}Inner>{end}{leaf('Inner/depth')}{leaf('Inner/note')}</{prefix}Inner>{end}"
    zones = f"<{prefix}ZoneList>{end}{''.join(map(record, order))}</{prefix}ZoneList>{end}"
    declared = f'xmlns:{prefix[:-1]}="{namespace}"' if prefix else f'xmlns="{namespace}"'
    return f"<{prefix}Page {declared}>{end}{flat}{inner}{zones}</{prefix}Page>".encode()


def document(raw):
    return document_of(V2, "/ISAPI/Custom/page", HttpAnswer(200, (("Content-Type", "application/xml"),), raw), None)


def respelled(text):
    """The same for people in other letters, where there is such a spelling."""
    if text in SWITCHES:
        return text
    return f"\n\t{text}\n" if not text.isdigit() else f"0{text}" if len(text) == 1 else f" {text} "


@st.composite
def stories(draw):
    """(what was edited, what the camera made of each, what it changed besides, how it writes it)"""
    edited = draw(st.lists(st.sampled_from(paths()), min_size=1, max_size=5, unique=True))
    old = start()
    new = {path: draw(st.sampled_from([each for each in choices(path) if each != old[path]])) for path in edited}
    held, expected = dict(old), {}
    for path, text in new.items():
        others = [each for each in choices(path) if each not in (old[path], text)]
        trimmed = text.strip()
        fates = ["kept", "ignored", *(["adjusted"] if others else [])]
        fate = draw(st.sampled_from([*fates, "respelled" if trimmed == text else "trimmed"]))
        if fate == "adjusted":
            held[path] = draw(st.sampled_from(others))
        elif fate == "trimmed":
            held[path], fate = trimmed, "adjusted"
        elif fate == "ignored" and old[path] == trimmed != text:
            held[path], fate = trimmed, "adjusted"  # what it takes away makes it what it was
        else:
            held[path] = {"kept": text, "respelled": respelled(text), "ignored": old[path]}[fate]
        expected[path] = Verdict.KEPT if fate == "respelled" else Verdict(fate)
    besides = draw(st.lists(st.sampled_from([each for each in paths() if each not in new]), max_size=2, unique=True))
    for path in besides:
        held[path] = draw(st.sampled_from([each for each in choices(path) if each != old[path]]))
        expected[path] = Verdict.SIDE_EFFECT
    return new, held, expected


FORMS = st.fixed_dictionaries(
    {
        "end": st.sampled_from(["", "\n", "\r\n\t"]),
        "prefix": st.sampled_from(["", "h:"]),
        "namespace": st.sampled_from(["urn:a", "urn:b"]),
    }
)


def _other_in(one, another, new, held):
    """The paths at two places where something else was wanted, or is held, than there was."""
    old = start()
    other = {path for texts in (new, held) for path, text in texts.items() if text != old[path]}
    return {path for path in other if path.startswith((one, another))}


def _is_third_value(new, held, *places):
    """Whether anything at these places is neither what it was nor was to be, where more than two are another."""
    old = start()
    third = [
        path for path in paths() if held[path].strip() not in (old[path].strip(), new.get(path, old[path]).strip())
    ]
    return any(path.startswith(places) for path in third) and len(_other_in(*places, new, held)) > 2


def judged(new, raw):
    before = document(written(start()))
    for path, text in new.items():
        before.set_text(path, text)
    return {each.path: each for each in prove(before, before.changes(), document(raw)).fields}


@given(stories(), FORMS, st.sampled_from([("1", "2", "3"), ("3", "2", "1"), ("7", "8", "9")]))
def test_verdicts_tell_what_happened_and_nothing_else(story, form, ids):
    """ids: a camera that counts its records anew has changed nothing that anybody asked for."""
    new, held, expected = story
    if ids == ("3", "2", "1") and _is_third_value(new, held, "ZoneList/Zone[1]", "ZoneList/Zone[3]"):
        return  # where most is neither old nor wanted nobody can tell new numbers from another order
    proof = judged(new, written(held, ids=ids, **form))
    assert {path: each.verdict for path, each in proof.items()} == expected
    for path, each in proof.items():
        if each.verdict in (Verdict.ADJUSTED, Verdict.SIDE_EFFECT):
            assert each.read_back == held[path]


@given(stories(), FORMS, st.permutations([1, 2, 3]))
def test_records_in_another_order_are_known_by_their_numbers(story, form, order):
    new, held, expected = story
    if len(_other_in("ZoneList", "ZoneList", new, held)) > 1:
        # Where most is another, or was to be made like its neighbour, nobody can tell an order from a change.
        return
    proof = judged(new, written(held, order=tuple(order), **form))
    verdicts = {path: each.verdict for path, each in proof.items() if not path.endswith("[]")}
    assert verdicts == expected
    assert ("ZoneList/Zone[]" in proof) == (tuple(order) != (1, 2, 3))
    if "ZoneList/Zone[]" in proof:
        assert proof["ZoneList/Zone[]"].verdict is Verdict.SIDE_EFFECT
        assert proof["ZoneList/Zone[]"].read_back == " ".join(map(str, order))


def test_a_record_that_went_away_is_missed_and_the_others_are_still_themselves():
    proof = judged({"ZoneList/Zone[3]/size": "77"}, written(start() | {"ZoneList/Zone[3]/size": "77"}, order=(2, 3)))
    assert proof["ZoneList/Zone[3]/size"].verdict is Verdict.KEPT
    gone = {path for path, each in proof.items() if each.verdict is Verdict.SIDE_EFFECT and each.read_back is None}
    assert {re.sub(r"/\w+$", "", path) for path in gone} == {"ZoneList/Zone[1]"}
    assert proof["ZoneList/Zone[]"].read_back == "2 3"

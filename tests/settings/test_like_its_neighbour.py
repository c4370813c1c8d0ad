"""Records that were to be made like their neighbours, and a camera that does not do it: nothing has gone anywhere."""

from __future__ import annotations

import pytest

from app.families.isapi.dialect import V2
from app.families.isapi.loading import document_of
from app.settings.changes import Verdict
from app.settings.proof import prove
from app.wire.http import HttpAnswer

KEPT, IGNORED = Verdict.KEPT, Verdict.IGNORED
A, B, C, NEW = ("2", "a"), ("3", "b"), ("4", "c"), ("9", "n")
LIST = "ZoneList/Zone[]"


def page(*records, ids=()):
    """ids: the number of each record, where records have numbers."""
    numbers = [f"<id>{n}</id>" for n in ids] or [""] * len(records)
    body = "".join(
        f"<Zone>{number}<size>{size}</size><label>{label}</label></Zone>"
        for number, (size, label) in zip(numbers, records, strict=True)
    )
    raw = f'<Page xmlns="urn:a"><ZoneList size="8">{body}</ZoneList></Page>'.encode()
    answer = HttpAnswer(200, (("Content-Type", "application/xml"),), raw)
    return document_of(V2, "/ISAPI/Custom/page", answer, None)


def set_to(number, record):
    return {f"ZoneList/Zone[{number}]/size": record[0], f"ZoneList/Zone[{number}]/label": record[1]}


def verdicts(before, texts, after):
    for path, text in texts.items():
        before.set_text(path, text)
    return {each.path: each.verdict for each in prove(before, before.changes(), after).fields if "/id" not in each.path}


LIKE = set_to(1, B)
ADDED = {LIST: "1 2 3 +1", **set_to("+1", NEW)}
MADE_LIKE = dict.fromkeys(LIKE, IGNORED)


@pytest.mark.parametrize("ids", [(), ("1", "2", "3", "4")], ids=["without numbers", "with numbers"])
@pytest.mark.parametrize(
    ("texts", "held", "expected"),
    [
        ({}, (A, B, C), {}),
        (ADDED, (A, B, C, NEW), dict.fromkeys(ADDED, KEPT)),
        ({LIST: "1 2"}, (A, B), {LIST: KEPT, **dict.fromkeys(set_to(3, C), KEPT)}),
        ({LIST: "1 2"}, (A, B, C), {LIST: IGNORED, **dict.fromkeys(set_to(3, C), IGNORED)}),
        ({LIST: "2 1 3"}, (A, B, C), {LIST: IGNORED}),
    ],
    ids=["alone", "one added", "one taken out", "nothing taken out", "another order, ignored"],
)  # fmt: skip
def test_one_that_was_to_be_like_its_neighbour_and_is_not_was_ignored(texts, held, expected, ids):
    before, after = (page(*records, ids=ids[: len(records)]) for records in ((A, B, C), held))
    assert verdicts(before, {**LIKE, **texts}, after) == {**MADE_LIKE, **expected}


def test_two_that_were_to_change_places_and_only_got_new_numbers_were_ignored():
    texts = {**set_to(1, C), **set_to(3, A)}
    found = verdicts(page(A, B, C, ids="123"), texts, page(A, B, C, ids="321"))
    assert found == dict.fromkeys(texts, IGNORED)


def test_two_that_changed_places_as_they_should_were_kept_whatever_their_numbers():
    texts = {**set_to(1, C), **set_to(3, A)}
    for ids in ("123", "321"):
        assert verdicts(page(A, B, C, ids="123"), texts, page(C, B, A, ids=ids)) == dict.fromkeys(texts, KEPT)


def test_one_that_was_made_like_its_neighbour_was_kept():
    found = verdicts(page(A, B, C), {**LIKE, **ADDED}, page(B, B, C, NEW))
    assert found == dict.fromkeys({**LIKE, **ADDED}, KEPT)


def test_an_order_of_the_cameras_own_is_known_by_the_numbers_though_an_edit_was_ignored():
    found = verdicts(page(A, B, C, ids="123"), LIKE, page(B, A, C, ids="213"))
    assert found == {**MADE_LIKE, LIST: Verdict.SIDE_EFFECT}

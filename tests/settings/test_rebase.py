"""Edits on a document that has changed under them."""

from __future__ import annotations

import pytest

from app.errors import Conflict
from app.settings.changes import Verdict
from app.settings.document import Document
from app.settings.field import Field
from app.settings.rebase import rebase
from app.settings.spec import Access, Kind, Option, Spec


class Bytes:
    raw = b""
    media_type = ""

    def encode(self, edits):
        return b""


def number(path, text, title="Level", section=("Image",), **more):
    return Field(path, text, Spec(Kind.INT, title, **more), section)


def page(*fields):
    return Document("/x", "Image", fields, Bytes())


def edited(document, **texts):
    for path, text in texts.items():
        document.set_text(path, text)
    return document, document.changes()


def test_an_edit_moves_to_the_fresh_document():
    document, changes = edited(page(number("a", "5"), number("b", "1")), a="7")
    fresh = page(number("a", "05"), number("b", "9"))
    result = rebase(document, changes, fresh)
    assert [(each.path, each.old, each.new) for each in result.changes] == [("a", "05", "7")]
    assert result.held == ()
    assert fresh.text("a") == "7"
    assert fresh.text("b") == "9"


def test_what_somebody_else_has_set_to_the_same_is_not_sent():
    document, changes = edited(page(number("a", "5")), a="7")
    result = rebase(document, changes, page(number("a", "7")))
    assert result.changes == ()
    assert [each.verdict for each in result.held] == [Verdict.KEPT]
    assert "nothing was sent" in result.held[0].reason


def test_a_field_that_somebody_else_has_changed_is_a_conflict_with_three_sides():
    document, changes = edited(page(number("a", "5")), a="7")
    with pytest.raises(Conflict) as conflict:
        rebase(document, changes, page(number("a", "6")))
    assert conflict.value.path == "a"
    assert (conflict.value.held, conflict.value.found) == ("5", "6")
    assert "Level was 5" in conflict.value.summary
    assert "Nothing was sent" in conflict.value.hint


@pytest.mark.parametrize(
    ("fresh", "words"),
    [
        (page(number("b", "5")), "no longer has"),
        (page(number("a", "5", section=("User 2",))), "now belongs to"),
        (page(number("a", "5", access=Access.READ_ONLY)), "only be read"),
        (page(number("a", "5", minimum=0, maximum=6)), "Use 0 to 6"),
        (
            page(Field("a", "5", Spec(Kind.OPTION, "Level", options=(Option("5", ""), Option("6", ""))), ("Image",))),
            "5",
        ),
    ],
)
def test_a_page_that_changed_under_the_form_says_so(fresh, words):
    document, changes = edited(page(number("a", "5")), a="7")
    with pytest.raises(Conflict, match=words) as conflict:
        rebase(document, changes, fresh)
    assert conflict.value.path == "a"


def test_the_same_document_is_no_conflict():
    document, changes = edited(page(number("a", "5")), a="7")
    assert rebase(document, changes, document).changes == changes


def test_a_password_is_sent_whatever_the_device_shows():
    def with_mask(mask):
        return page(Field("p", mask, Spec(Kind.PASSWORD, "Password", access=Access.WRITE_ONLY), present=bool(mask)))

    document, changes = edited(with_mask("***"), p="Secret-1")
    for mask in ("####", ""):
        assert rebase(document, changes, with_mask(mask)).changes == changes

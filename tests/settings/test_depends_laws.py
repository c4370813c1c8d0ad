"""Laws of dependence, whatever hangs on whatever: circles, deciders that are missing, read-only or unheard of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from app.errors import InvalidSetting
from app.settings.depends import Case, Choice, Depends, Need, texts
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Access, Kind, Spec
from tests.settings.test_depends import Bytes, options

PATHS = ("a", "b", "c", "d")
VALUES = ("1", "2", "unheard", "")
paths, values = st.sampled_from(PATHS), st.sampled_from(VALUES)
elsewhere = st.sampled_from((*PATHS, "missing"))  # a decider that the document does not have
needs = st.builds(
    lambda path, on, wanted, negated: Need(path, on, texts(*wanted), f"Set {on} first.", negated=negated),
    paths,
    elsewhere,
    st.lists(values, min_size=1, max_size=2),
    st.booleans(),
)
cases = st.builds(
    lambda on, text, offered, top: Case(((on, text),), options(*offered), maximum=None if offered else top),
    elsewhere,
    values,
    st.lists(values.filter(bool), max_size=2, unique=True),
    st.sampled_from((None, 1, 5)),
)
# Cases may leave gaps and overlap.
choices = st.builds(lambda path, found: Choice(path, tuple(found)), paths, st.lists(cases, min_size=1, max_size=4))
edits = st.lists(st.tuples(paths, values), max_size=8)


def opened(found_needs, found_choices, read_only) -> Document:
    depends = Depends(tuple(found_needs), tuple(found_choices))
    fields = [
        Field(path, "1", Spec(Kind.TEXT, path, access=Access.READ_ONLY if path in read_only else Access.READ_WRITE))
        for path in PATHS
    ]
    return Document("/p", "Page", fields, Bytes(), depends)


@limits(max_examples=150, deadline=None)
@given(st.lists(needs, max_size=6), st.lists(choices, max_size=3), st.sets(paths, max_size=2), edits)
def test_nothing_is_hidden_and_only_what_was_edited_is_sent(found_needs, found_choices, read_only, made):
    document = opened(found_needs, found_choices, read_only)
    heard: list[str] = []
    document.subscribe(heard.append)
    for path, text in made:
        if path in read_only:
            continue
        before = {each: (document.enabled(each), document.spec(each)) for each in PATHS}
        heard.clear()
        document.set_text(path, text)
        changed = {each for each in PATHS if (document.enabled(each), document.spec(each)) != before[each]}
        assert changed <= set(heard), "the form is told of everything that looks different now"
    assert [each.path for each in document.shown] == list(PATHS)
    for path in PATHS:
        possible, reason = document.enabled(path)
        assert possible or reason, "what cannot be edited says why"
    last = {path: text for path, text in made if path not in read_only}
    assert set(document.edited_paths) == {path for path, text in last.items() if text != "1"}
    if document.problems:
        assert set(document.problems) <= set(document.edited_paths), "what nobody edited is nobody's mistake"
        with pytest.raises(InvalidSetting):
            document.changes()
    else:
        assert {change.path for change in document.changes()} == set(document.edited_paths)
    document.revert()
    assert document.changes() == ()

"""Recorded values in the words that forms and comparisons use: 2048 kbps, Variable, On.

The journal keeps what was sent, as it was sent. Of which kind a value is, its unit and the titles of its options are
asked of the family's catalog when it is shown; what the catalog does not know is told as it was sent.
"""

from __future__ import annotations

from dataclasses import replace

from app import families
from app.settings import values
from app.site.records import ChangeSet, RecordedField
from app.site.summary import Entry, entries


def worded_entries(change_set: ChangeSet) -> tuple[Entry, ...]:
    """`summary.entries` of a change set, their values in words."""
    return tuple(replace(each, field=_worded(change_set, each.field)) for each in entries(change_set.fields))


def value_words(change_set: ChangeSet, path: str, text: str) -> str:
    """A value of one of its fields in words. "" stays "": nothing was there."""
    try:
        family = families.family(change_set.family)
    except KeyError:  # written by a Camwright that spoke more protocols
        return text
    spec = family.field_spec(change_set.resource, path, text) if text else None
    return text if spec is None else values.display(text, spec)


def _worded(change_set: ChangeSet, field: RecordedField) -> RecordedField:
    if field.secret:
        return field
    old, new = (value_words(change_set, field.path, text) for text in (field.old, field.new))
    read_back = field.read_back and value_words(change_set, field.path, field.read_back)
    return replace(field, old=old, new=new, read_back=read_back)

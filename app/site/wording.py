"""Recorded values in the words that forms and comparisons use: 2048 kbps, Variable, On.

The journal keeps what was sent, as it was sent. Of which kind a value is, its unit and the titles of its options are
asked of the family's catalog when it is shown; what the catalog does not know is told as it was sent.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from app import families
from app.families.base import Family
from app.settings import values
from app.settings.document import Document
from app.settings.spec import Spec
from app.settings.telling import order_told
from app.site.compare import Difference
from app.site.records import ChangeSet, RecordedField
from app.site.summary import Entry, Happening, entries


def worded_entries(change_set: ChangeSet, before: bytes | None = None) -> tuple[Entry, ...]:
    """`summary.entries` of a change set, their values in words. before: the document of before the change, which has
    the names of the records where a list was put in order; parsing it may take a while."""
    found = entries(change_set.fields)
    listed = before is not None and any(each.what is Happening.ORDERED for each in found)
    document = kept_document(change_set, before) if listed and before is not None else None
    return tuple(replace(each, field=_entry_worded(change_set, each, document)) for each in found)


def kept_document(change_set: ChangeSet, raw: bytes) -> Document | None:
    """What the bytes kept with a change set say, as far as the protocol's text goes."""
    family = _family(change_set.family)
    return family.kept_document(change_set.resource, raw) if family is not None else None


def value_words(change_set: ChangeSet, path: str, text: str) -> str:
    """A value of one of its fields in words. "" stays "": nothing was there."""
    return _value_words(change_set.family, change_set.resource, path, text) if text else text


def difference_words(found: Difference, text: str) -> str:
    """A value of one side of a comparison in words."""
    told = _value_words(found.family, found.resource, found.path, text) if text else text
    return values.display(text, Spec(found.kind, found.title)) if told == text else told


@lru_cache(maxsize=8192)
def _value_words(key: str, resource: str, path: str, text: str) -> str:
    family = _family(key)
    spec = family.field_spec(resource, path, text) if family is not None else None
    return text if spec is None else values.display(text, spec)


def _family(key: str) -> Family | None:
    try:
        return families.family(key)
    except KeyError:  # written by a Camwright that spoke more protocols
        return None


def _entry_worded(change_set: ChangeSet, told: Entry, before: Document | None) -> RecordedField:
    if told.what is not Happening.ORDERED:
        return _worded(change_set, told.field)
    field, of = told.field, before.list_at(told.field.path) if before is not None else None
    numbers = {str(number): name for number, name in enumerate(of.names, 1)} if of is not None else {}

    def ordered(wanted: str) -> str:
        return order_told(lambda token: numbers.get(token, f"No. {token}"), field.old.split(), wanted.split())

    read_back = field.read_back and ordered(field.read_back)
    return replace(field, old="", new=ordered(field.new), read_back=read_back)


def _worded(change_set: ChangeSet, field: RecordedField) -> RecordedField:
    if field.secret:
        return field
    old, new = (value_words(change_set, field.path, text) for text in (field.old, field.new))
    read_back = field.read_back and value_words(change_set, field.path, field.read_back)
    return replace(field, old=old, new=new, read_back=read_back)

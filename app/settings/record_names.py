"""What the records of a document are called while somebody edits it: a name follows the field that holds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.settings import lists, naming
from app.settings.document import Document
from app.settings.lists import RecordList


def names(document: Document, of: RecordList) -> dict[str, str]:
    """The working names of all records of a list, by their tokens, new ones among them."""
    edits = _naming_edits(document)
    return {token: _name(document, of, token, edits) for token in dict.fromkeys((*of.order, *document.order(of.path)))}


def section(document: Document, titles: tuple[str, ...]) -> tuple[str, ...]:
    """A chain of titles with the working names of the records in it."""
    edits = _naming_edits(document)
    if not edits or not titles:
        return titles
    renamed = {
        (*of.section, of.name(token)): _name(document, of, token, edits)
        for of in _lists(document)
        for token in document.order(of.path)
    }
    return tuple(renamed.get(titles[: depth + 1], title) for depth, title in enumerate(titles))


def _naming_edits(document: Document) -> dict[str, str]:
    """By the last two steps a path may name a record; which one, is asked later."""
    return {path: document.text(path) for path in document.edited_paths if naming.can_name(path.rpartition("/")[2])}


def _name(document: Document, of: RecordList, token: str, edits: Mapping[str, str]) -> str:
    """A new record is a copy of another one: what it is called by has to be typed."""
    place = of.place(token)
    own = {lists.relative(path, place): text for path, text in edits.items() if lists.inside(path, place)}
    if not any(map(naming.can_name, own)):
        return of.name(token)
    if lists.is_new(token):
        return naming.labelled(naming.held_name(own), of.name(token))
    held = {lists.relative(f.path, place): f.text for f in document.fields if lists.inside(f.path, place)}
    return naming.labelled(naming.held_name(held | own), of.kind(token))


def _lists(document: Document) -> Iterator[RecordList]:
    """Those in new records too."""
    waiting = list(document.lists)
    while waiting:
        of = waiting.pop(0)
        yield of
        new = filter(lists.is_new, document.order(of.path))
        waiting += [each for token in new for each in of.fresh_lists(token)]

"""Undo of changes to lists of records: where each record stands by now, and what brings a removed one back. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from app.settings import lists, values
from app.settings.document import Document
from app.settings.lists import Order, RecordList
from app.site.records import RecordedField


@dataclass(frozen=True, slots=True)
class Moved:
    """A list of a change set as it stands now. tokens: the records of then in the order that the device took; back:
    the order that sets everything back, in the words of the document of now.

    known is False where the list is not the one that the change left behind. was is its path of then: a list in a
    record goes where the record goes. A record that comes back has lists as long as they were: orders are theirs, fits
    the places in them that get another name by it, one after the other.
    """

    was: str
    of: RecordList
    tokens: Order
    back: Order
    names: Mapping[str, str]  # record of then -> its name in the document of now, "+1" for one to be made anew
    known: bool
    orders: tuple[tuple[str, str], ...] = ()
    fits: tuple[Mapping[str, str], ...] = ()

    def is_about(self, recorded: str) -> bool:
        """Whether a path of then is the list, or in one of its records."""
        stem = self.was.removesuffix(lists.MARK)
        return recorded.startswith((f"{stem}[", f"{stem}/")) or recorded == stem

    def path(self, recorded: str) -> str:
        """The path of now for a field of then; "" for one whose record only has to go."""
        stem = self.was[:-1]
        for token, now in self.names.items():
            for spelling in (f"{stem}{token}]", *(self._alone() if token == "1" else ())):
                if lists.inside(recorded, spelling):
                    path = lists.joined(self.of.place(now), lists.relative(recorded, spelling))
                    return reduce(lists.moved, self.fits, path)
        return "" if lists.split_fresh(recorded) else recorded

    def _alone(self) -> tuple[str, ...]:
        """How a record is called that is the only one."""
        return (self.was.removesuffix(lists.MARK),)


def moved_lists(document: Document, fields: Sequence[RecordedField], *, untouched: bool) -> tuple[Moved, ...]:
    """The lists among the fields of a change set, outer ones first. untouched: the document is as the change left it.
    Lists in new records go with them."""
    found: list[Moved] = []
    ordered = (field for field in fields if lists.is_list(field.path) and not lists.split_fresh(field.path))
    for field in sorted(ordered, key=lambda each: each.path.count("/")):
        around = innermost(found, field.path)
        if around is None or around.known:
            of = document.list_at(around.path(field.path) if around is not None else field.path)
            if of is not None:
                found.append(_fitting(_moved(document, of, field, fields, untouched), fields))
    return tuple(found)


def innermost(found: Sequence[Moved], recorded: str) -> Moved | None:
    """The list that a path of then is, or is in."""
    return next((each for each in reversed(found) if each.is_about(recorded)), None)


def _moved(
    document: Document, of: RecordList, field: RecordedField, fields: Sequence[RecordedField], untouched: bool
) -> Moved:
    taken = field.new if field.read_back is None else field.read_back
    try:
        before, tokens = lists.parse_order(field.old), lists.parse_order(taken)
    except ValueError:  # with a record that nobody knew
        return Moved(field.path, of, (), of.order, {}, False)
    names = {token: str(number) for number, token in enumerate(tokens, 1) if not lists.is_new(token)}
    for token in (each for each in before if each not in tokens):
        names[token] = lists.next_new([*names.values(), *before])
    back = tuple(names[token] for token in before)
    made = Moved(field.path, of, tokens, back, names, len(tokens) == len(of.members))
    return replace(made, known=made.known and (untouched or _holds_ours(document, made, fields)))


def _fitting(made: Moved, fields: Sequence[RecordedField]) -> Moved:
    """With the lists inside of records that come back: the record that they are copies of may have others."""
    paths = [path for field in fields if lists.is_in_new(path := made.path(field.path), made.of.path)]
    waiting = [each for name in made.names.values() if lists.is_new(name) for each in made.of.fresh_lists(name)]
    orders: list[tuple[str, str]] = []
    fits: list[Mapping[str, str]] = []
    while waiting:
        of = waiting.pop(0)
        length = _length(of.path.removesuffix(lists.MARK), paths)
        new = tuple(f"+{number}" for number in range(1, length - len(of.members) + 1))
        order = (*of.order[:length], *new)
        orders.append((of.path, lists.format_order(order)))
        places = _spelled(of, order)
        paths = [lists.moved(path, places) for path in paths]
        fits.append(places)
        waiting += [each for token in new for each in of.fresh_lists(token)]
    return replace(made, orders=tuple(orders), fits=tuple(fits))


def _length(stem: str, paths: Sequence[str]) -> int:
    """How many records a list had, by the paths of what was in them."""
    numbers = (re.match(r"\[(\d+)\]/|/", path[len(stem) :]) for path in paths if path.startswith(stem))
    return max((int(found[1] or 1) for found in numbers if found), default=0)


def _spelled(of: RecordList, order: Order) -> dict[str, str]:
    """The places in a list by their numbers, a single one without."""
    stem = of.path.removesuffix(lists.MARK)
    if len(order) == 1:
        return {stem: of.place(order[0])}
    return {f"{stem}[{number}]": of.place(token) for number, token in enumerate(order, 1)}


def _holds_ours(document: Document, made: Moved, fields: Sequence[RecordedField]) -> bool:
    """Whether the records that the change made still hold what it gave them, and nothing speaks for another order.
    A list that was only put in order looks the same whoever did it since."""
    if set(made.tokens) == set(made.names):
        return False
    for field in fields:
        found = lists.split_fresh(field.path)
        if lists.is_in_new(field.path, made.was) and (lists.is_list(field.path) or (found and found[0] != made.was)):
            return False  # a new record with a list of its own that was put in order, too
        if found is None or found[0] != made.was or found[1] not in made.tokens or field.secret:
            continue
        place = made.of.members[made.tokens.index(found[1])]
        path = lists.joined(place, found[2])
        held = next((each for each in document.fields if each.path == path), None)
        if held is None or not values.same(held.text, field.new, held.spec):
            return False
    return True

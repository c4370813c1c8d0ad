"""Undo of changes to lists of records: where each record stands by now, and what brings a removed one back. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.settings import lists, values
from app.settings.document import Document
from app.settings.lists import Order, RecordList
from app.site.records import RecordedField


@dataclass(frozen=True, slots=True)
class Moved:
    """A list of a change set as it stands now. tokens: the records of then in the order that the device took; back:
    the order that sets everything back, in the words of the document of now.

    known is False where the list is not the one that the change left behind.
    """

    of: RecordList
    tokens: Order
    back: Order
    names: Mapping[str, str]  # record of then -> its name in the document of now, "+1" for one to be made anew
    known: bool

    def is_about(self, recorded: str) -> bool:
        """Whether a path of then is the list, or in one of its records."""
        stem = self.of.path.removesuffix(lists.MARK)
        return recorded.startswith((f"{stem}[", f"{stem}/")) or recorded == stem

    def path(self, recorded: str) -> str:
        """The path of now for a field of then; "" for one whose record only has to go."""
        stem = self.of.path[:-1]
        for token, now in self.names.items():
            for spelling in (f"{stem}{token}]", *(self._alone() if token == "1" else ())):
                if lists.inside(recorded, spelling):
                    return lists.joined(self.of.place(now), lists.relative(recorded, spelling))
        return "" if lists.split_fresh(recorded) else recorded

    def _alone(self) -> tuple[str, ...]:
        """How a record is called that is the only one."""
        return (self.of.path.removesuffix(lists.MARK),)


def moved_lists(document: Document, fields: Sequence[RecordedField], *, untouched: bool) -> tuple[Moved, ...]:
    """The lists among the fields of a change set. untouched: the document is as the change left it."""
    found = []
    for field in fields:
        of = next((each for each in document.lists if each.path == field.path), None)
        if of is not None and lists.is_list(field.path):
            found.append(_moved(document, of, field, fields, untouched))
    return tuple(found)


def _moved(
    document: Document, of: RecordList, field: RecordedField, fields: Sequence[RecordedField], untouched: bool
) -> Moved:
    taken = field.new if field.read_back is None else field.read_back
    try:
        before, tokens = lists.parse_order(field.old), lists.parse_order(taken)
    except ValueError:  # with a record that nobody knew
        return Moved(of, (), of.order, {}, False)
    names = {token: str(number) for number, token in enumerate(tokens, 1) if not lists.is_new(token)}
    for token in (each for each in before if each not in tokens):
        names[token] = lists.next_new([*names.values(), *before])
    back = tuple(names[token] for token in before)
    made = Moved(of, tokens, back, names, len(tokens) == len(of.members))
    return replace(made, known=made.known and (untouched or _holds_ours(document, made, fields)))


def _holds_ours(document: Document, made: Moved, fields: Sequence[RecordedField]) -> bool:
    """Whether the records that the change made still hold what it gave them, and nothing speaks for another order.
    A list that was only put in order looks the same whoever did it since."""
    if set(made.tokens) == set(made.names):
        return False
    for field in fields:
        found = lists.split_fresh(field.path)
        if found is None or found[0] != made.of.path or found[1] not in made.tokens or field.secret:
            continue
        place = made.of.members[made.tokens.index(found[1])]
        path = lists.joined(place, found[2])
        held = next((each for each in document.fields if each.path == path), None)
        if held is None or not values.same(held.text, field.new, held.spec):
            return False
    return True

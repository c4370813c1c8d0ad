"""The lists of a document while they are edited: their working order, and the fields of new records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from app.settings import lists, naming
from app.settings.field import Field
from app.settings.lists import Order, RecordList


class WorkingLists:
    """held are the lists as the device sent them. edits are the document's, by path: they are read, never changed."""

    def __init__(self, held: Iterable[RecordList], edits: Mapping[str, str]) -> None:
        self.held = tuple(held)
        self._by_path = {each.path: each for each in self.held}
        self._edits = edits

    def at(self, path: str) -> RecordList | None:
        """The list at path, also one in a new record."""
        if path in self._by_path or not (found := lists.split_fresh(path)):
            return self._by_path.get(path)
        around = self.at(found[0])
        inner = around.fresh_lists(found[1]) if around is not None else ()
        return next((each for each in inner if each.path == path), None)

    def order(self, of: RecordList) -> Order:
        """The working order; that of the device while somebody's text is none."""
        text = self._edits.get(of.path, of.text)
        return of.order if of.problem(text) else lists.parse_order(text)

    def edited(self) -> Iterator[RecordList]:
        """Those whose order is another, each before the lists in its new records."""
        waiting = list(self.held)
        while waiting:
            of = waiting.pop(0)
            if of.path in self._edits:
                yield of
                new = filter(lists.is_new, self.order(of))
                waiting[:0] = [each for token in new for each in of.fresh_lists(token)]

    def removed(self) -> tuple[str, ...]:
        """The places of the records that are taken out."""
        orders = ((of, self.order(of)) for of in self.edited())
        return tuple(of.place(token) for of, order in orders for token in of.order if token not in order)

    def remaining(self) -> Iterator[RecordList]:
        """Of `edited`, those that are not in a record that is taken out."""
        gone = self.removed()
        return (of for of in self.edited() if not is_in(of.path, gone))

    def new_field(self, path: str) -> Field | None:
        """A field of a new record, also of one that is not in its list (yet, or any more)."""
        found = lists.split_fresh(path)
        of = self.at(found[0]) if found else None
        if found is None or of is None:
            return None
        order = self.order(of)
        order = order if found[1] in order else (*order, found[1])
        return next((each for each in of.fresh(found[1], order) if each.path == path), None)

    def new_fields(self, of: RecordList) -> Iterator[Field]:
        """Those of the new records of a list."""
        order, gone = self.order(of), self.removed()
        made = (field for token in order if lists.is_new(token) for field in of.fresh(token, order))
        return (field for field in made if not is_in(field.path, gone))

    def new_lists(self, of: RecordList) -> tuple[str, ...]:
        """Those in the new records of a list: as they begin they may hold too few."""
        new = filter(lists.is_new, self.order(of))
        return tuple(each.path for token in new for each in of.fresh_lists(token))

    def name_around(self, path: str) -> str:
        """What the record is called that a field is in, as the device sent it; "" for none."""
        fresh = lists.split_fresh(path)
        if fresh is not None and not lists.is_list(path) and (of := self.at(fresh[0])) is not None:
            return of.name(fresh[1])
        around = [
            (place, name)
            for of in self.held
            for place, name in zip(of.members, of.names, strict=True)
            if lists.inside(path, place)
        ]
        return max(around)[1] if around else ""

    def named_by(self, path: str) -> tuple[str, ...]:
        """The list in which a record may be called by what stands at path."""
        if not naming.can_name(path.rpartition("/")[2]):
            return ()
        if found := lists.split_fresh(path):
            return (found[0],)
        around = [of.path for of in self.held if any(lists.inside(path, place) for place in of.members)]
        return (max(around, key=len),) if around else ()

    def edits_of_new(self, paths: Iterable[str]) -> list[str]:
        """The edits in new records of those of the paths that are lists."""
        chosen = [path for path in paths if lists.is_list(path)]
        return [path for path in self._edits if any(lists.is_in_new(path, of) for of in chosen)]


def is_in(path: str, places: Iterable[str]) -> bool:
    """Whether path is one of these places, or in one."""
    return any(lists.inside(path, place) for place in places)

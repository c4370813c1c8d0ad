"""The fields of a document as people see them while its lists are edited. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from app.settings import lists
from app.settings.field import Field
from app.settings.lists import Order, RecordList

OrderOf = Callable[[RecordList], Order]


def laid_out(
    fields: Sequence[Field], found: Sequence[RecordList], order_of: OrderOf, field_of: Callable[[RecordList], Field]
) -> Iterator[Field]:
    """Each list before its records, the records in their working order, new ones among them, removed ones not."""
    if not found:
        yield from fields
        return
    outer = [each for each in found if not any(_holds(other, each) for other in found)]
    places = {place: (each, token) for each in outer for place, token in zip(each.members, each.order, strict=True)}
    members: dict[tuple[str, str], list[Field]] = {}
    owners = [_owner(field.path, places) for field in fields]
    for field, owner in zip(fields, owners, strict=True):
        if owner is not None:
            members.setdefault((owner[0].path, owner[1]), []).append(field)
    waiting = {each.path: each for each in outer}
    for field, owner in zip(fields, owners, strict=True):
        if owner is None:
            yield field
        elif waiting.pop(owner[0].path, None) is not None:
            yield from _list(owner[0], members, found, order_of, field_of)
    for each in waiting.values():
        yield from _list(each, members, found, order_of, field_of)


def _list(
    of: RecordList,
    members: dict[tuple[str, str], list[Field]],
    found: Sequence[RecordList],
    order_of: OrderOf,
    field_of: Callable[[RecordList], Field],
) -> Iterator[Field]:
    yield field_of(of)
    order = order_of(of)
    for token in order:
        if lists.is_new(token):
            yield from laid_out(of.fresh(token, order), of.fresh_lists(token), order_of, field_of)
        else:
            place = of.place(token)
            inner = [each for each in found if lists.inside(each.path, place)]
            yield from laid_out(members.get((of.path, token), ()), inner, order_of, field_of)


def _holds(outer: RecordList, inner: RecordList) -> bool:
    return any(inner is not outer and lists.inside(inner.path, place) for place in outer.members)


def _owner(path: str, places: dict[str, tuple[RecordList, str]]) -> tuple[RecordList, str] | None:
    while path:
        if path in places:
            return places[path]
        path = path.rpartition("/")[0]
    return None

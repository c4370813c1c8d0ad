"""What became of lists: the records of a document that was read back, told apart as those of the one that was sent.
Pure.

Devices number their records anew, sort them, or drop one: a record is known again by everything it shall hold, then by
its number, then by what it held before, then by its place. Of several that are alike the one at its own place is meant:
a record that was to be made like its neighbour and is not has not gone to the neighbour's place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.settings import lists, values
from app.settings.changes import Change, FieldProof, Verdict
from app.settings.document import Document
from app.settings.field import Field
from app.settings.lists import Order, RecordList

_GONE = "The camera took it out."
_STAYS = "The camera still holds it."
_REFUSED = "The camera did not take the new one."
_SORTED = "The camera keeps them in an order of its own."
_HELD = "The camera still holds the old list."

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Followed:
    """held is what the device holds now, by the paths that the edited document and its changes use; orders are the
    lists of changes as they stand now, in the same words ("1 3 +1", "?4" for a record that nobody knows). moved are
    the lists that nobody put in order and that the device did."""

    held: Mapping[str, Field]
    orders: Mapping[str, Order]
    moved: Mapping[str, Order] = field(default_factory=dict)


def follow(before: Document, changes: Sequence[Change], after: Document) -> Followed:
    held = {field.path: field for field in after.fields if field.present}
    orders: dict[str, Order] = {}
    listed = {each.path: each.members for each in after.lists}
    for change in sorted(changes, key=lambda each: each.path.count("/")):  # outer lists first
        of = before.list_at(change.path) if lists.is_list(change.path) else None
        if of is not None:
            places = listed.get(of.path, ())
            order = lists.parse_order(change.new)
            wanted, old = _wanted(before, of, changes, order), _old_records(before, of)
            found = [_texts(held, place) for place in places]
            tokens = _untouched(of, order, wanted, old, found) or _known_again(wanted, old, found, of.key)
            orders[of.path] = tokens
            names = dict(zip(places, map(_placed(of), tokens), strict=True))
            held, listed = _called(held, listed, names)
    moved: dict[str, Order] = {}
    wanted_texts = _new_texts(before, changes)
    for of in sorted(before.lists, key=lambda each: each.path.count("/")):
        places = listed.get(of.path, ())
        tokens = () if of.path in orders else _by_key(of, places, held, wanted_texts, _old_records(before, of))
        if tokens:
            moved[of.path] = tokens
            held, listed = _called(held, listed, dict(zip(places, map(_placed(of), tokens), strict=True)))
    return Followed(held, orders, moved)


def _called(
    held: Mapping[str, Field], listed: Mapping[str, tuple[str, ...]], names: Mapping[str, str]
) -> tuple[dict[str, Field], dict[str, tuple[str, ...]]]:
    """Both with their records called by other names."""
    lists_now = {lists.moved(path, names): _all_moved(within, names) for path, within in listed.items()}
    return _renamed(held, names), lists_now


def _by_key(
    of: RecordList, places: Sequence[str], held: Mapping[str, Field], wanted: Texts, old: Mapping[str, Texts]
) -> Order:
    """The records of a list that nobody touched, by their numbers; () where they are where they were, or where the
    device has counted them anew: then the same things stand in the same places under other numbers."""
    if not of.key:
        return ()
    numbers = (held.get(lists.joined(place, of.key)) for place in places)
    keys = tuple("" if number is None else number.text for number in numbers)
    own = dict(zip(of.keys, of.order, strict=False))
    if keys == of.keys or not all(keys) or len(set(keys)) < len(keys) or len(own) < len(of.members):
        return ()
    found = [_texts(held, place) for place in places]
    numbered = [*of.order, *(f"?{number}" for number in range(len(of.order) + 1, len(places) + 1))]
    in_place = tuple(numbered[: len(places)])
    by_key = tuple(own.get(key, f"?{number}") for number, key in enumerate(keys, 1))

    def unlike(order: Order) -> int:
        """How many texts are neither what they were nor what they were to be, if the places are called so."""
        there = dict(zip(order, found, strict=True))
        return sum(
            there.get(token, {}).get(path, "").strip() not in (text.strip(), old[token].get(path, "").strip())
            for token in of.order
            for path, text in _under(wanted, of.place(token)).items()
            if path != of.key
        )

    return by_key if unlike(by_key) < unlike(in_place) else ()


def _new_texts(before: Document, changes: Sequence[Change]) -> Texts:
    old = {each.path: each.text for each in before.fields if each.present}
    return old | {each.path: each.new for each in changes if not each.gone and not lists.is_list(each.path)}


def side_effects(before: Document, followed: Followed) -> Iterator[FieldProof]:
    """A verdict for each list that the device has put in another order by itself."""
    for path, order in followed.moved.items():
        of = before.list_at(path)
        if of is not None:
            now = lists.format_order(order)
            reason = _SORTED if len(order) == len(of.order) else _missing([*of.order], [*order])
            yield FieldProof(path, of.title, of.text, of.text, Verdict.SIDE_EFFECT, now, reason)


def judged(change: Change, followed: Followed) -> FieldProof | None:
    """The verdict on the order of a list, or on a field that goes with its record; None for other changes."""
    proof = FieldProof(change.path, change.title, change.old, change.new, Verdict.KEPT, None)
    if change.gone:
        still = followed.held.get(change.path)
        if change.secret:
            proof = replace(proof, old=values.MASK, secret=True)
        if still is None:
            return replace(proof, read_back="", reason=_GONE)
        held = values.MASK if change.secret else still.text
        return replace(proof, verdict=Verdict.IGNORED, read_back=held, reason=_STAYS)
    missing = change.path not in followed.held and not followed.orders.get(change.path)
    if lists.split_fresh(change.path) and missing and change.new and not change.secret:
        return replace(proof, verdict=Verdict.IGNORED, reason=_REFUSED)
    if change.path not in followed.orders:
        return None
    now = lists.format_order(followed.orders[change.path])
    proof = replace(proof, read_back=now)
    if now == change.new:
        return proof
    if now == change.old:
        return replace(proof, verdict=Verdict.IGNORED, reason=_HELD)
    reordered = sorted(now.split()) == sorted(change.new.split())
    reason = _SORTED if reordered else _missing(change.new.split(), now.split())
    return replace(proof, verdict=Verdict.ADJUSTED, reason=reason)


def _missing(wanted: list[str], now: list[str]) -> str:
    return f"The camera holds {len(now)} of them instead of {len(wanted)}."


def _wanted(before: Document, of: RecordList, changes: Sequence[Change], order: Order) -> dict[str, Texts]:
    """What each record shall hold, by its name."""
    new = _new_texts(before, changes)
    gone = {change.path for change in changes if change.gone}
    staying: Texts = {path: text for path, text in new.items() if path not in gone}
    places = [of.place(token) for token in order]
    ordered = (each for each in changes if lists.is_list(each.path))
    inner = [each for each in ordered if any(lists.inside(each.path, place) for place in places)]
    for change in sorted(inner, key=lambda each: -each.path.count("/")):
        staying = _settled(staying, before.list_at(change.path), lists.parse_order(change.new))
    wanted = {token: _under(staying, of.place(token)) for token in order}
    return wanted | {token: _under(new, of.place(token)) for token in of.order if token not in order}


def _settled(texts: Texts, of: RecordList | None, order: Order) -> Texts:
    """With the records of a list called by their places in this order."""
    if of is None:
        return texts
    places = {of.place(token): f"{of.path[:-1]}{number}]" for number, token in enumerate(order, 1)}
    return {lists.moved(path, places): text for path, text in texts.items()}


def _under(texts: Texts, place: str) -> Texts:
    """What is at a place. The first of several in it is called as if it were alone: the others may have gone."""
    inside = ((path, text) for path, text in texts.items() if lists.inside(path, place))
    return {lists.relative(path, place).replace("[1]", ""): text for path, text in inside}


def _texts(held: Mapping[str, Field], place: str) -> Texts:
    return _under({path: field.text for path, field in held.items()}, place)


def _untouched(
    of: RecordList, order: Order, wanted: Mapping[str, Texts], old: Mapping[str, Texts], found: Sequence[Texts]
) -> Order:
    """The order where the device holds exactly what was wanted, else exactly what it held before; () where neither."""
    for each, texts in ((order, wanted), (of.order, old)):
        if each and [dict(texts[token]) for token in each] == [dict(mine) for mine in found]:
            return each
    return ()


def _old_records(before: Document, of: RecordList) -> dict[str, Texts]:
    """What each record held, by its name."""
    texts = {each.path: each.text for each in before.fields if each.present}
    return {token: _under(texts, of.place(token)) for token in of.order}


def _known_again(
    wanted: Mapping[str, Texts], old: Mapping[str, Texts], found: Sequence[Texts], key: str
) -> Order:  # fmt: skip
    """A name for each record that was read back; the names of wanted come in their order."""
    tokens: list[str] = [""] * len(found)
    free = dict.fromkeys(wanted)
    own = dict(enumerate(wanted))
    for same in _likeness(wanted, old, key):
        for at_home in (True, False):
            for number, texts in enumerate(found):
                fitting = (t for t in free if (not at_home or own.get(number) == t) and same(t, texts))
                token = "" if tokens[number] else next(fitting, "")
                if token:
                    tokens[number] = token
                    del free[token]
    rest = iter([*free])
    blank = tokens.count("")
    by_place = blank == len(free)
    return tuple(each or (next(rest) if by_place else f"?{number}") for number, each in enumerate(tokens, 1))


def _likeness(
    wanted: Mapping[str, Texts], old: Mapping[str, Texts], key: str
) -> Iterator[Callable[[str, Texts], bool]]:  # fmt: skip
    """Whether the record of a name is the one that holds these texts, the surest way of telling first."""

    def bare(texts: Texts) -> list[tuple[str, str]]:
        return sorted((path, text.strip()) for path, text in texts.items() if path != key)

    yield lambda token, texts: dict(wanted[token]) == dict(texts)
    yield lambda token, texts: bare(wanted[token]) == bare(texts)
    if key:
        yield lambda token, texts: bool(texts.get(key)) and wanted[token].get(key) == texts.get(key)
    yield lambda token, texts: token in old and bare(old[token]) == bare(texts)


def _placed(of: RecordList) -> Callable[[str], str]:
    return lambda token: f"{of.path[:-1]}{token}]" if token.startswith("?") else of.place(token)


def _renamed(held: Mapping[str, Field], names: Mapping[str, str]) -> dict[str, Field]:
    renamed = (replace(field, path=lists.moved(field.path, names)) for field in held.values())
    return {field.path: field for field in renamed}


def _all_moved(places: Sequence[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(lists.moved(place, names) for place in places)

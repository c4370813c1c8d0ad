"""What became of lists: the records of a document that was read back, told apart as those of the one that was sent.
Pure.

Devices number their records anew, sort them, or drop one: a record is known again by everything it holds, then by its
number, then by its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.settings import lists
from app.settings.changes import Change, FieldProof, Verdict
from app.settings.document import Document, Field
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
    lists of changes as they stand now, in the same words ("1 3 +1", "?4" for a record that nobody knows)."""

    held: Mapping[str, Field]
    orders: Mapping[str, Order]


def follow(before: Document, changes: Sequence[Change], after: Document) -> Followed:
    held = {field.path: field for field in after.fields if field.present}
    orders: dict[str, Order] = {}
    after_lists = {each.path: each for each in after.lists}
    for change in changes:
        of = next((each for each in before.lists if each.path == change.path), None)
        if of is not None:
            now = after_lists.get(of.path)
            places = now.members if now is not None else ()
            wanted = _wanted(before, of, changes, lists.parse_order(change.new))
            tokens = _known_again(wanted, [_texts(held, place) for place in places], of.key)
            orders[of.path] = tokens
            held = _renamed(held, dict(zip(places, map(_placed(of), tokens), strict=True)))
    return Followed(held, orders)


def judged(change: Change, followed: Followed) -> FieldProof | None:
    """The verdict on the order of a list, or on a field that goes with its record; None for other changes."""
    proof = FieldProof(change.path, change.title, change.old, change.new, Verdict.KEPT, None)
    if change.gone:
        still = followed.held.get(change.path)
        if still is None:
            return replace(proof, read_back="", reason=_GONE, secret=change.secret)
        return replace(proof, verdict=Verdict.IGNORED, read_back=still.text, reason=_STAYS, secret=change.secret)
    if lists.split_fresh(change.path) and change.path not in followed.held and not change.secret:
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
    new = {change.path: change.new for change in changes if not change.gone}
    old = {field.path: field.text for field in before.fields if field.present} | new
    return {
        token: _under(old, of.place(token)) for token in (*order, *(each for each in of.order if each not in order))
    }


def _under(texts: Texts, place: str) -> Texts:
    return {lists.relative(path, place): text for path, text in texts.items() if lists.inside(path, place)}


def _texts(held: Mapping[str, Field], place: str) -> Texts:
    return _under({path: field.text for path, field in held.items()}, place)


def _known_again(wanted: Mapping[str, Texts], found: Sequence[Texts], key: str) -> Order:
    """A name for each record that was read back; the names of wanted come in their order."""

    def bare(texts: Texts) -> list[tuple[str, str]]:
        return sorted((path, text.strip()) for path, text in texts.items() if path != key)

    tokens: list[str] = [""] * len(found)
    free = dict(wanted)
    for same in _likeness(key, bare):
        for number, texts in enumerate(found):
            token = "" if tokens[number] else next((each for each, mine in free.items() if same(mine, texts)), "")
            if token:
                tokens[number] = token
                del free[token]
    rest = iter([*free])
    blank = tokens.count("")
    by_place = blank == len(free)
    return tuple(each or (next(rest) if by_place else f"?{number}") for number, each in enumerate(tokens, 1))


def _likeness(key: str, bare: Callable[[Texts], list[tuple[str, str]]]) -> Iterator[Callable[[Texts, Texts], bool]]:
    yield lambda mine, theirs: dict(mine) == dict(theirs)
    yield lambda mine, theirs: bare(mine) == bare(theirs)
    if key:
        yield lambda mine, theirs: bool(mine.get(key)) and mine.get(key) == theirs.get(key)


def _placed(of: RecordList) -> Callable[[str], str]:
    return lambda token: f"{of.path[:-1]}{token}]" if token.startswith("?") else of.place(token)


def _renamed(held: Mapping[str, Field], places: Mapping[str, str]) -> dict[str, Field]:
    """All records at once: two may change places."""
    renamed: dict[str, Field] = {}
    for path, field in held.items():
        place = next((each for each in places if lists.inside(path, each)), None)
        now = path if place is None else lists.joined(places[place], lists.relative(path, place))
        renamed[now] = field if now == path else replace(field, path=now)
    return renamed

"""Lists of records in a document, edited as one text each. Pure, and the same for every kind of document.

The text of a list names its members in order: "1 2 3" are those that the device sent, by their place, and "+1" is a
new one: "3 1 +1" puts the third first, takes the second out and adds one. The path of a list ends in "[]". Fields of
a new member have its name where others have a number: "LineItem[+1]/name". Members may hold lists of their own, new
ones too: "LineItem[+1]/Point[]", "LineItem[+1]/Point[+2]/x".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import count, islice

from app.settings.field import Field
from app.settings.spec import Kind, Option, Spec

MARK = "[]"
_TOKEN = re.compile(r"\+?[1-9]\d{0,3}")
_FRESH = re.compile(r"(.*)\[(\+[1-9]\d{0,3})\](?:/(.*))?")
_NUMBERED = re.compile(r"(.*?)(\d{1,9})")
_SHOWN = 6  # records that are named, more are counted
_SLOTS = 64  # numbers up to this are places of a list that may have gaps, higher ones begin where they begin

Order = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordList:
    """members are the paths of the records as the device sent them, names what people call them ("guest (User 2)"),
    kinds what they are called without what they hold ("User 2"), where that is less. template has the
    fields of a new record, with paths relative to it, and inner the lists in it, likewise; key is the one by which the
    device numbers them, "" for none.

    most is None where nobody says how many there may be; an optional list may also be left out. section is where the
    list stands in the form.
    """

    path: str
    title: str
    member: str
    members: tuple[str, ...]
    names: tuple[str, ...]
    template: tuple[Field, ...]
    key: str = ""
    keys: tuple[str, ...] = ()
    most: int | None = None
    least: int = 0
    section: tuple[str, ...] = ()
    inner: tuple[RecordList, ...] = ()
    kinds: tuple[str, ...] = ()
    optional: bool = False

    @property
    def order(self) -> Order:
        """As the device sent it."""
        return tuple(str(number + 1) for number in range(len(self.members)))

    @property
    def text(self) -> str:
        return format_order(self.order)

    def spec(self) -> Spec:
        """options name the members that the device sent."""
        options = tuple(map(Option, self.order, self.names))
        return Spec(
            Kind.LIST,
            self.title,
            minimum=self.least or None,
            maximum=self.most,
            options=options,
            open_options=True,
            unit=self.member.lower(),
            source="device",
        )

    def field(self) -> Field:
        """The list itself, as one setting."""
        return Field(self.path, self.text, self.spec(), self.section)

    def name(self, token: str) -> str:
        """A member as people call it."""
        return f"New {self.member.lower()} {token[1:]}" if is_new(token) else self.names[int(token) - 1]

    def kind(self, token: str) -> str:
        """As `name`, without what the member holds."""
        return self.name(token) if is_new(token) or not self.kinds else self.kinds[int(token) - 1]

    def place(self, token: str) -> str:
        """The path of a member."""
        return f"{self.path[:-1]}{token}]" if is_new(token) else self.members[int(token) - 1]

    def problem(self, text: str) -> str:
        """Why this order cannot be sent, "" when it can."""
        try:
            order = parse_order(text)
        except ValueError:
            return "Use places like 1 3 2, and +1 for a new one"
        unknown = next((each for each in order if not is_new(each) and int(each) > len(self.members)), "")
        if unknown:
            return f"There is no number {unknown}: the camera has {len(self.members)}"
        if len(set(order)) < len(order):
            return "Each one can stand in the list only once"
        if self.most is not None and len(order) > max(self.most, len(self.members)):
            return f"The camera takes at most {self.most} (yours has {len(order)})"
        if len(order) < self.least and (order or not self.optional):
            return f"The camera needs at least {self.least} (yours has {len(order)})"
        if any(map(is_new, order)) and not self.template:
            return "The camera does not say what a new one looks like"
        return ""

    def fresh(self, token: str, order: Order) -> tuple[Field, ...]:
        """The fields of a new member. Its key is the lowest number that is free in order."""
        place, number = self.place(token), self.number(token, order)
        section = (*self.section, self.name(token))
        return tuple(
            replace(
                each,
                path=joined(place, each.path),
                text=number if each.path == self.key else each.text,
                section=(*section, *each.section),
            )
            for each in self.template
        )

    def fresh_lists(self, token: str) -> tuple[RecordList, ...]:
        """The lists in a new member, as the member that it is a copy of has them."""
        place, section = self.place(token), (*self.section, self.name(token))
        return tuple(
            replace(
                each,
                path=joined(place, each.path),
                members=tuple(joined(place, member) for member in each.members),
                section=(*section, *each.section),
            )
            for each in self.inner
        )

    def within(self, place: str, depth: int) -> RecordList:
        """The list as a record at place has it, which stands under depth titles."""
        members = tuple(relative(each, place) for each in self.members)
        return replace(self, path=relative(self.path, place), members=members, section=self.section[depth:])

    def number(self, token: str, order: Order) -> str:
        """The key that a new member gets, "" where the device numbers nothing."""
        if not self.key:
            return ""
        stem, first = _numbering(self.keys, self.most)
        taken = {self.keys[int(each) - 1] for each in order if not is_new(each)}
        free = (key for number in count(first) if (key := f"{stem}{number}") not in taken)
        return next(islice(free, [each for each in order if is_new(each)].index(token), None))


def are_numbered(keys: Iterable[str]) -> bool:
    """Whether these are numbers, or names that end in one."""
    return all(map(_NUMBERED.fullmatch, keys))


def _numbering(keys: tuple[str, ...], most: int | None) -> tuple[str, int]:
    """What stands before the number in the keys, and the first number: "VMD-1" counts from 1, 101 from 101."""
    found = [match for each in keys if (match := _NUMBERED.fullmatch(each))]
    stem = found[-1][1] if found else ""
    lowest = min((int(match[2]) for match in found if match[1] == stem), default=1)
    return stem, 1 if 1 <= lowest <= (most or _SLOTS) else lowest


def is_list(path: str) -> bool:
    return path.endswith(MARK)


def is_new(token: str) -> bool:
    return token.startswith("+")


def is_in_new(path: str, of: str) -> bool:
    """Whether this is in a new member of the list at of, in the lists inside it too."""
    return path.startswith(f"{of[:-1]}+")


def split_fresh(path: str) -> tuple[str, str, str] | None:
    """The list, the member and the path in it of a field of a new member; None for any other path."""
    found = _FRESH.fullmatch(path)
    return None if found is None else (f"{found[1]}{MARK}", found[2], found[3] or "")


def joined(place: str, relative: str) -> str:
    """The path of a field in a member; a member may be a single value itself."""
    return f"{place}/{relative}" if relative else place


def inside(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}/")


def relative(path: str, place: str) -> str:
    """The inverse of `joined`."""
    return path[len(place) + 1 :]


def moved(path: str, places: Mapping[str, str]) -> str:
    """A path in one of these places, in the place that it has by now. For all at once: two may change places."""
    place = next((each for each in places if inside(path, each)), None)
    return path if place is None else joined(places[place], relative(path, place))


def parse_order(text: str) -> Order:
    """ValueError for anything that is no order."""
    order = tuple(text.split())
    if not all(map(_TOKEN.fullmatch, order)):
        raise ValueError(text)
    return order


def format_order(order: Iterable[str]) -> str:
    return " ".join(order)


def summary(order: Order, spec: Spec) -> str:
    """For people: the names of the records, or how many there are."""
    if len(order) > _SHOWN:
        return f"{len(order)} entries"
    titles = {option.value: option.title for option in spec.options}
    return ", ".join(titles.get(each) or f"new {spec.unit}".strip() for each in order) or "none"


def next_new(order: Iterable[str]) -> str:
    """A name for one more new member."""
    taken = set(order)
    return next(name for number in count(1) if (name := f"+{number}") not in taken)


def commanded(order: Order, text: str) -> str:
    """The order after a short command: "+" adds one at the end, "-2" takes out what stands second, "3>1" puts what
    stands third first. Several are parted by commas. Any other text is an order itself. ValueError for a place that
    is not there."""
    if not re.fullmatch(r"\s*(?:\+|-\d+|\d+>\d+)(?:\s*,\s*(?:\+|-\d+|\d+>\d+))*\s*", text):
        return text
    now, out = list(order), set()
    for part in (each.strip() for each in text.split(",")):
        if part == "+":
            now.append(next_new(now))
        elif part.startswith("-"):
            out.add(_standing(order, part[1:]))
        else:
            moved = _standing(order, part.partition(">")[0])
            place = int(part.partition(">")[2])
            if not 1 <= place <= len(now):
                raise ValueError(text)
            now.remove(moved)
            now.insert(place - 1, moved)
    return format_order(each for each in now if each not in out)


def _standing(order: Order, place: str) -> str:
    if not 1 <= int(place) <= len(order):
        raise ValueError(place)
    return order[int(place) - 1]


def wanted_orders(edits: Mapping[str, str]) -> dict[str, Order]:
    """The orders among edits, those of inner lists first. Lists in new records come with their records."""
    found = {path: parse_order(text) for path, text in edits.items() if is_list(path) and not split_fresh(path)}
    return dict(sorted(found.items(), key=lambda each: (-each[0].count("/"), each[0])))

"""What a change set did, in fewer lines than it has fields: a record that came or went is one of them. Pure.

Documents that were sent as a whole (drawn regions, raw texts) tell every leaf of a new record, and call the record
that was there by another path once there are two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.settings import lists, naming
from app.settings.changes import Verdict
from app.site.records import RecordedField

_CORNER = re.compile(r"(.*?)/?[^/]*(?:Coordinates(?:List)?(?:@size|/.*position[XY])|points_(?:num|[xy]))$")
_NUMBERED = re.compile(r"region_info_\d+")  # a region that is a name, and no entry of a list
_BOOKKEEPING = re.compile(r".*@(?:version|size)")  # what a document says of itself, and no setting of the device
_WORST = (Verdict.IGNORED, Verdict.ADJUSTED, Verdict.SIDE_EFFECT, None, Verdict.NOT_VERIFIABLE, Verdict.KEPT)


class Happening(StrEnum):
    SET = "set"  # one value
    CAME = "added"
    WENT = "taken out"
    DRAWN = "moved"  # corners
    ORDERED = "put in order"  # a list


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. name is what a record is called, "" where the field says it all; field is the one that speaks for
    all of them, with the worst verdict."""

    what: Happening
    field: RecordedField
    name: str = ""


def entries(fields: Sequence[RecordedField]) -> tuple[Entry, ...]:
    """In the order of the fields; none for a record that is only called by another path since."""
    places = _by_place(fields)
    came = {place: found for place, found in places.items() if _is_whole(place, found, new=True)}
    went = {place: found for place, found in places.items() if _is_whole(place, found, new=False)}
    stayed = _stayed(came, went)
    paired = {place for pair in stayed for place in pair}
    done: dict[str, Entry] = {}
    for at, field in enumerate(fields):
        place = _place(field.path)
        if place in paired or _is_silent(field):
            continue
        if place in came or place in went:
            group = came.get(place) or went[place]
            what = Happening.CAME if place in came else Happening.WENT
            done.setdefault(place, Entry(what, _worst(group), _name(place, group)))
        elif corner := _CORNER.match(field.path):
            key = f"{corner[1]} corners"
            group = [each for each in fields if (its := _CORNER.match(each.path)) and its[1] == corner[1]]
            done.setdefault(key, Entry(_drawn(group), _worst(group), _bare_name(place, group)))
        elif lists.is_list(field.path):
            done[str(at)] = Entry(Happening.ORDERED, field)
        else:
            done[str(at)] = Entry(Happening.SET, field)
    for old, new in stayed:
        for entry in _inside(went[old], came[new], old, new):
            done.setdefault(f"{new} {entry.what} {entry.field.path}", entry)
    found = list(done.values())
    records = any(entry.what in (Happening.CAME, Happening.WENT) for entry in found)
    told = [each for each in found if not (records and each.what is Happening.ORDERED and _says_no_more(each))]
    return tuple(each for each in told if not _is_bookkeeping(each)) or tuple(told)


def _is_silent(field: RecordedField) -> bool:
    """Neither asked for nor brought by the camera."""
    return not field.secret and field.old == field.new == "" and not field.read_back


def _is_bookkeeping(entry: Entry) -> bool:
    """What failed is told all the same: the outcome of the change set speaks of it."""
    field = entry.field
    is_fine = field.verdict not in (Verdict.IGNORED, Verdict.ADJUSTED)
    return is_fine and entry.what is Happening.SET and _BOOKKEEPING.fullmatch(field.path) is not None


def _drawn(corners: Sequence[RecordedField]) -> Happening:
    """Some cameras keep the place of a region that was taken out, without corners: the first one goes last."""
    places = [corner for corner in corners if "@" not in corner.path]
    if not any("Coordinates[1]/" in corner.path for corner in places):
        return Happening.DRAWN
    if not any(corner.new for corner in places):
        return Happening.WENT
    return Happening.DRAWN if any(corner.old for corner in places) else Happening.CAME


def _says_no_more(entry: Entry) -> bool:
    """Whether the order of a list tells nothing but what came and went."""
    kept = [each for each in entry.field.new.split() if not each.startswith("+")]
    return kept == [each for each in entry.field.old.split() if each in kept]


def _by_place(fields: Iterable[RecordedField]) -> dict[str, list[RecordedField]]:
    found: dict[str, list[RecordedField]] = {}
    for field in fields:
        if place := _place(field.path):
            found.setdefault(place, []).append(field)
    return found


def _place(path: str) -> str:
    """The path of the outermost record around a leaf, "" for none: the first step that is counted, or that stands
    in a list."""
    steps = path.partition("@")[0].split("/")
    for at, step in enumerate(steps):
        listed = at > 0 and steps[at - 1].endswith("List") and at < len(steps) - 1
        numbered = _NUMBERED.fullmatch(step) is not None and at < len(steps) - 1
        if (step.endswith("]") and not lists.is_list(step)) or listed or numbered:
            return "/".join(steps[: at + 1])
    return ""


def _is_whole(place: str, fields: Sequence[RecordedField], *, new: bool) -> bool:
    """Whether all of a record came (or went): its number with it, or it was added or taken out in a form."""
    if place.endswith("]") and place.rpartition("[")[2].startswith("+"):
        return new
    gone = [field.old if new else field.new for field in fields]
    told = _relative(fields, place)
    known = told.get("id") or (told.get("points_num") if _NUMBERED.fullmatch(place) else None)
    return not any(gone) and (known is not None or (len(fields) > 1 and _is_told(fields)))


def _is_told(fields: Sequence[RecordedField]) -> bool:
    """A record that a form took out: the proof says of each of its fields that it is gone."""
    return all(field.read_back == "" and field.reason for field in fields)


def _relative(fields: Iterable[RecordedField], place: str) -> dict[str, RecordedField]:
    return {field.path[len(place) :].lstrip("/"): field for field in fields}


def _stayed(
    came: Mapping[str, list[RecordedField]], went: Mapping[str, list[RecordedField]]
) -> tuple[tuple[str, str], ...]:
    """Records that went at one path and came at another under the same number."""
    numbers = {_number(place, found): place for place, found in went.items() if _number(place, found)}
    pairs = ((numbers.get(_number(place, found), ""), place) for place, found in came.items())
    return tuple((old, new) for old, new in pairs if old and _stem(old) == _stem(new))


def _number(place: str, fields: Sequence[RecordedField]) -> str:
    told = _relative(fields, place).get("id")
    return (told.new or told.old) if told is not None else ""


def _stem(place: str) -> str:
    return re.sub(r"\[[^\]]*\]$", "", place)


def _inside(old: Sequence[RecordedField], new: Sequence[RecordedField], old_place: str, new_place: str) -> list[Entry]:
    """What differs inside a record that is called by another path since."""
    before, after = _relative(old, old_place), _relative(new, new_place)
    name = _name(new_place, new)
    found: list[Entry] = []
    for path in dict.fromkeys((*before, *after)):
        was, now = before.get(path), after.get(path)
        if was is not None and now is not None and was.old == now.new:
            continue
        known = now or was
        assert known is not None
        title = (was.title if was is not None else known.title).rpartition(": ")[2]  # the record is told beside it
        field = replace(known, title=title, old=was.old if was else "", new=now.new if now else "")
        corner = _CORNER.match(path)
        if corner and any(each.what is Happening.DRAWN for each in found):
            continue
        found.append(Entry(Happening.DRAWN if corner else Happening.SET, field, name))
    return found


def _worst(fields: Sequence[RecordedField]) -> RecordedField:
    return min(fields, key=lambda field: _WORST.index(field.verdict))


def _name(place: str, fields: Sequence[RecordedField]) -> str:
    """What people call a record: by what it holds, its kind and number ("guest (User 2)", "Line 2")."""
    if _NUMBERED.fullmatch(place):
        return _bare_name(place, fields)
    number = _number(place, fields)
    told = {path: field.new or field.old for path, field in _relative(fields, place).items() if not field.secret}
    return naming.labelled(naming.held_name(told), f"{_kind(place)} {number}" if number else _bare_name(place))


def _bare_name(place: str, fields: Sequence[RecordedField] = ()) -> str:
    if _NUMBERED.fullmatch(place) and fields:
        return fields[0].title.partition(": ")[0]  # its settings are called by it
    found = re.search(r"\[(\d+)\]$", place)
    return f"{_kind(place)} {found[1]}" if found else _kind(place)


def _kind(place: str) -> str:
    """A “LineItemList/LineItem[2]” is a line."""
    name = _stem(place).rpartition("/")[2]
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", name).lower().removesuffix(" item")
    return words[:1].upper() + words[1:]

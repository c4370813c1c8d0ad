"""Members of a list put in, taken out and moved inside the bytes of an answer.

Each member takes the blanks before it along when it goes and brings some when it comes; comments and elements that
are no members stay where they are. So adding a member and taking it out again, or moving one there and back, gives
the very same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import InvalidSetting
from app.wire.xml import Element, XmlDocument
from app.wire.xml_shape import blanks_before, raw_between, span

_START_TAG = re.compile(r"<([^\s/>]+)(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a member stands. other is what is before it and no member, blanks what is right before it."""

    other: bytes
    blanks: bytes
    body: bytes


def markup(document: XmlDocument, path: str) -> bytes:
    """An element with its tags, as it came."""
    return raw_between(document, *span(document, path))


def rearranged(document: XmlDocument, group: str, name: str, order: Sequence[int | bytes]) -> bytes:
    """The raw bytes with the children `name` of the element at group in this order: numbers are those that are
    there, from 0; bytes are new ones, as they shall stand in the document.

    InvalidSetting where there is no such element or child.
    """
    found = document.element(group)
    if found is None:
        raise InvalidSetting(f"The document has no list at “{group}”.", path=group)
    members = [child.path for child in found.children if child.name == name]
    numbers = [each for each in order if isinstance(each, int)]
    if len(set(numbers)) < len(numbers) or not set(numbers) <= set(range(len(members))):
        raise InvalidSetting("The list has no such member.", path=group)
    if not members:
        return _filled(document, found, [each for each in order if isinstance(each, bytes)])
    text = document._reading.text
    tag = _START_TAG.match(text, span(document, group)[0])
    begin = tag.end() if tag is not None else 0
    slots = _slots(document, begin, [span(document, path) for path in members])
    end = span(document, members[-1])[1]
    head, tail = raw_between(document, 0, begin), raw_between(document, end, len(text))
    return b"".join([document.raw[: document._reading.bom], head, _joined(slots, order), tail])


def _slots(document: XmlDocument, begin: int, places: Sequence[tuple[int, int]]) -> list[_Slot]:
    slots, at = [], begin
    for start, end in places:
        blanks = max(at, blanks_before(document._reading.text, start))
        parts = (raw_between(document, *part) for part in ((at, blanks), (blanks, start), (start, end)))
        slots.append(_Slot(*parts))
        at = end
    return slots


def _joined(slots: Sequence[_Slot], order: Sequence[int | bytes]) -> bytes:
    """Those that stay fill the slots that are left, in their order. A new one stands behind the one before it; one in
    front of all others stands where the first of them stood, which then follows it."""
    kept = {each for each in order if isinstance(each, int)}
    later = slots[min(1, len(slots) - 1)].blanks
    out: list[bytes] = []
    front: list[bytes] = []
    at = 0
    for each in order:
        if isinstance(each, bytes):
            (out if at else front).append(later + each if at else each)
            continue
        at = _skip(slots, kept, at, out)
        slot = slots[at]
        out += [slot.other, *(slot.blanks + new for new in front), slot.blanks, slots[each].body]
        front, at = [], at + 1
    out += [slots[0].blanks + new for new in front]  # none of the old ones stays
    _skip(slots, kept, at, out)
    return b"".join(out)


def _skip(slots: Sequence[_Slot], kept: set[int], at: int, out: list[bytes]) -> int:
    """Passes slots whose member goes; what else stands before it stays."""
    while at < len(slots) and at not in kept:
        out.append(slots[at].other)
        at += 1
    return at


def _filled(document: XmlDocument, group: Element, fresh: Sequence[bytes]) -> bytes:
    """An empty list with its first members, indented as the document is."""
    start, end = span(document, group.path)
    text, reading = document._reading.text, document._reading
    tag = _START_TAG.match(text, start)
    if not fresh or tag is None:
        return document.raw
    lead = text[blanks_before(text, start) : start]
    depth = group.path.count("/") + 1 if group.path else 0
    indent = lead.rpartition("\n")[2]
    lead += indent[: len(indent) // depth] if depth else ""
    inner = b"".join(reading.write(lead) + each for each in fresh)
    bom, behind = document.raw[: reading.bom], raw_between(document, end, len(text))
    if tag[0].endswith("/>"):
        opened = raw_between(document, 0, tag.end() - 2).rstrip() + reading.write(">")
        return b"".join([bom, opened, inner, reading.write(f"</{tag[1]}>"), behind])
    return b"".join([bom, raw_between(document, 0, tag.end()), inner, raw_between(document, tag.end(), end), behind])

"""The titles above the fields of an ISAPI document: a block by its kind, a record of a list by what tells it apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.families.isapi.titles import Titles
from app.settings import lists, naming
from app.wire.xml import Element

_TELLING = ("protocol", "eventType")  # what a record is for: it needs no other name
_STREAMS = ("StreamingChannel",)


def above(group: Element, titles: Titles) -> dict[str, tuple[str, str]]:
    """The titles above the elements in a group, by path, with and without what they hold."""
    members = [child for child in group.children if child.children]
    plain = {child.path: _title(child, group, titles) for child in members}
    same: dict[tuple[str, str], list[Element]] = {}
    for child in members:
        same.setdefault((child.name, plain[child.path]), []).append(child)
    for (name, title), equal in same.items():
        if title and len(equal) > 1:
            for child, number in zip(equal, _numbers(equal), strict=True):
                plain[child.path] = titles.numbered(name, title, number)
    return {child.path: (_named(child, plain[child.path], group), plain[child.path]) for child in members}


def is_wrapper(element: Element) -> bool:
    """<UserList><User/>…: the list itself needs no title above its entries'."""
    return element.name.endswith("List") and len({child.name for child in element.children}) == 1


def _title(element: Element, group: Element, titles: Titles) -> str:
    """Without what it holds; "" for one that needs none."""
    is_record = _is_record(element, group)
    if not is_record and not element.text_of("dayOfWeek"):
        return titles.group(element.name)
    if element.name in _STREAMS and element.text_of("id"):
        return titles.page(f"/Streaming/channels/{element.text_of('id')}")
    key = next((name for name in (*_TELLING, "id", "dayOfWeek") if element.text_of(name)), "")
    number = re.search(r"\[(\d+)\]$", element.path)
    which = element.text_of(key) if key else (number[1] if number else "1" if is_record else "")
    return titles.member(element.name, key, which)


def _numbers(equal: Sequence[Element]) -> list[str]:
    """What tells equal titles apart: the channel at the end of the ids, else the place."""
    numbers = [_trailing_number(child.text_of("id")) for child in equal]
    if "" in numbers or len(set(numbers)) < len(numbers):
        return [str(place) for place in range(1, len(equal) + 1)]
    return numbers


def _named(child: Element, title: str, group: Element) -> str:
    """A record of a list by what it holds; a block that stands alone is called by its kind, whatever is in it."""
    if not _is_record(child, group) or child.name in _STREAMS or any(child.text_of(each) for each in _TELLING):
        return title
    leaves = {lists.relative(each.path, child.path): each.text for each in child.iter() if each.is_leaf}
    return naming.labelled(naming.held_name(leaves), title)


def _is_record(child: Element, group: Element) -> bool:
    """One of several, or of a list that has one for now."""
    named = group.name.lower().endswith("list") or "size" in group.attributes
    return named or sum(each.name == child.name for each in group.children) > 1


def _trailing_number(text: str) -> str:
    found = re.search(r"\d{1,9}$", text)
    return found[0] if found else ""

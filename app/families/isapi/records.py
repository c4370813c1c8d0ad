"""A list written record by record, for devices that refuse it as a whole. Pure.

Where the staying records keep their order, what goes is deleted and what is new posted, each under the list's own
path; devices put a new record where they like, mostly at the end: what became of it is for the proof to tell.

Another order is written by content. The text gives a record a number under the list (8.1.5 and 8.13.15 for example)
and no place beside it: numbers are the places, and a list in another order is one in whose places other contents
stand. So each place whose content differs is PUT. That would be wrong where a number stands for more than a place:
accounts, whose rights hang on their number and whose password, which nobody can read, would stay behind and then
belong to another name; and records called by names ("email"), which are what they are called.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from app.families.isapi import kinds, rungs
from app.families.isapi.document import XmlSource
from app.families.isapi.rearranging import Shape
from app.settings import lists
from app.settings.lists import Order
from app.wire import xml, xml_lists
from app.wire.xml import Element, XmlDocument

_DECLARATION = re.compile(rb"\s*<\?xml[^>]*\?>\s*")
_START = re.compile(rb"<[^\s/>]+")


def removed(source: XmlSource, edits: Mapping[str, str]) -> tuple[str, ...]:
    """The places of the records that the edits take out."""
    orders = lists.wanted_orders(edits)
    return tuple(
        place
        for path, order in orders.items()
        for number, place in enumerate(source.shapes[path].members, 1)
        if str(number) not in order
    )


def stay(edits: Mapping[str, str], gone: Collection[str], ordered: Collection[str]) -> dict[str, str]:
    """The edits of what was there before and stays there, without those that go with the lists ordered."""
    return {
        path: text
        for path, text in edits.items()
        if path not in ordered
        and not any(lists.is_in_new(path, each) for each in ordered)
        and not any(lists.inside(path, place) for place in gone)
    }


def ids_of(source: XmlSource, shape: Shape, order: Order) -> tuple[str, ...] | None:
    """The ids of the records that are not in the order; None where one has none by which it could be asked for."""
    gone = [place for number, place in enumerate(shape.members, 1) if str(number) not in order]
    elements = (source.document.root.find(place) for place in gone)
    found = tuple(rungs.id_of(each) if each is not None else "" for each in elements)
    return None if "" in found else found


@dataclass(frozen=True, slots=True)
class Step:
    """What is asked of the device for one record. id is "" for the list itself."""

    method: str
    id: str
    body: bytes = b""


def moves(order: Order) -> bool:
    """Whether records that stay shall stand in another order, or a new one before one that stays."""
    return order != (*sorted(filter(_stays, order), key=int), *filter(lists.is_new, order))


def reorders(order: Order) -> bool:
    """Whether records that stay shall stand in another order."""
    stay = [int(token) for token in order if _stays(token)]
    return stay != sorted(stay)


def _stays(token: str) -> bool:
    return not lists.is_new(token)


def unsafe(source: XmlSource, shape: Shape) -> str:
    """Why other contents must not be put into the places of this list, "" where they may."""
    members = [each for place in shape.members if (each := source.document.root.find(place)) is not None]
    ids = [rungs.id_of(each) for each in members]
    if not all(each.isascii() and each.isdigit() for each in ids) or len(set(ids)) < len(ids):
        return "they have no numbers of their own that could change places"
    names = {path.rpartition("/")[2] for path in source.absent if any(lists.inside(path, m) for m in shape.members)}
    names |= {leaf.name for each in members for leaf in each.iter() if leaf.is_leaf}
    if any(map(kinds.is_secret, names)):
        return "their passwords cannot be read, and each would stay with a number that is another's by then"
    return ""


def placed(source: XmlSource, path: str, edits: Mapping[str, str]) -> tuple[Step, ...]:
    """The list in its new order, written place by place, for lists that are not `unsafe`."""
    shape, order = source.shapes[path], lists.parse_order(edits[path])
    around = path.removesuffix(lists.MARK)
    own = {each: text for each, text in edits.items() if each == path or each.startswith((f"{around}[", f"{around}/"))}
    now = xml.parse(source.encode(own))
    group = now.element(shape.group)
    wanted = [child for child in group.children if child.name == shape.name] if group is not None else []
    old = [each for place in shape.members if (each := source.document.root.find(place)) is not None]
    places = [each.text_of("id") for each in old]
    extra = [each.text_of("id") for token, each in zip(order, wanted, strict=True) if lists.is_new(token)]
    put: list[Step] = []
    post: list[Step] = []
    for at, record in enumerate(wanted):
        number = places[at] if at < len(places) else extra[at - len(places)]
        body = _numbered(alone(now, record), number)
        if at >= len(places):
            post.append(Step("POST", "", body))
        elif texts(xml.parse(body).root) != texts(old[at]):
            put.append(Step("PUT", number, body))
    gone = [Step("DELETE", number) for number in places[len(wanted) :]]
    return (*gone, *put, *post)


def apart(source: XmlSource, path: str, edits: Mapping[str, str]) -> tuple[Step, ...]:
    """What goes and what is new, where the others stay as they stand."""
    ids = ids_of(source, source.shapes[path], lists.parse_order(edits[path])) or ()
    new = (Step("POST", "", body) for body in fresh(source, path, edits))
    return (*(Step("DELETE", each) for each in ids), *new)


def _numbered(body: bytes, number: str) -> bytes:
    document = xml.parse(body)
    return document.splice({"id": number}) if document.root.child("id") is not None else body


def texts(record: Element) -> dict[str, str]:
    """Its leaves by their paths in it."""
    start = len(record.path) + 1 if record.path else 0
    return {each.path[start:]: each.value for each in record.iter() if each.is_leaf}


def renumbered(source: XmlSource, edits: Mapping[str, str]) -> str:
    """The list of which a record shall get another number by hand, "" for none."""
    gone = removed(source, edits)
    staying = ((path, place) for path, shape in source.shapes.items() for place in shape.members if place not in gone)
    return next((path for path, place in staying if f"{place}/id" in edits), "")


def shares(source: XmlSource, edits: Mapping[str, str]) -> tuple[dict[str, str], ...]:
    """The edits of each record of the outermost lists, and those beside them, apart from each other."""
    outer = [place for shape in source.shapes.values() for place in shape.members]
    found: dict[str, dict[str, str]] = {}
    for path, text in edits.items():
        around = min((place for place in outer if lists.inside(path, place)), key=len, default="")
        found.setdefault(around, {})[path] = text
    return tuple(found.values())


def fresh(source: XmlSource, path: str, edits: Mapping[str, str]) -> Iterator[bytes]:
    """The new records of a list, each as a document of its own."""
    order = lists.parse_order(edits[path])
    own = {each: text for each, text in edits.items() if each == path or lists.is_in_new(each, path)}
    now = xml.parse(source.encode(own))
    shape = source.shapes[path]
    group = now.element(shape.group)
    records = [child for child in group.children if child.name == shape.name] if group is not None else []
    for token, record in zip(order, records, strict=True):
        if lists.is_new(token):
            yield alone(now, record)


def alone(document: XmlDocument, record: Element) -> bytes:
    """A record as a document of its own, as it stands in this one."""
    declaration = _DECLARATION.match(document.raw[document._reading.bom :])
    body = xml_lists.markup(document, record.path)
    start = _START.match(body)
    if record.namespace and start is not None and b"xmlns" not in body[: body.index(b">")]:
        body = start[0] + f" xmlns={quoteattr(record.namespace)}".encode() + body[start.end() :]
    return (declaration[0] if declaration else b"") + body

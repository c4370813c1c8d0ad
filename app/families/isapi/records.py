"""A list written record by record, for devices that refuse it as a whole: what goes is deleted, what is new posted,
each under the list's own path. Pure.

Devices put a new record where they like, mostly at the end: what became of the order is for the proof to tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import quoteattr

from app.families.isapi import rungs
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


def stay(edits: Mapping[str, str], gone: tuple[str, ...]) -> dict[str, str]:
    """The edits of what was there before and stays there."""
    return {
        path: text
        for path, text in edits.items()
        if not lists.is_list(path)
        and lists.split_fresh(path) is None
        and not any(lists.inside(path, place) for place in gone)
    }


def ids_of(source: XmlSource, shape: Shape, order: Order) -> tuple[str, ...] | None:
    """The ids of the records that are not in the order; None where one has none by which it could be asked for."""
    gone = [place for number, place in enumerate(shape.members, 1) if str(number) not in order]
    elements = (source.document.root.find(place) for place in gone)
    found = tuple(rungs.id_of(each) if each is not None else "" for each in elements)
    return None if "" in found else found


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
            yield _alone(now, record)


def _alone(document: XmlDocument, record: Element) -> bytes:
    declaration = _DECLARATION.match(document.raw[document._reading.bom :])
    body = xml_lists.markup(document, record.path)
    start = _START.match(body)
    if record.namespace and start is not None and b"xmlns" not in body[: body.index(b">")]:
        body = start[0] + f" xmlns={quoteattr(record.namespace)}".encode() + body[start.end() :]
    return (declaration[0] if declaration else b"") + body

"""Edits spliced into an XML answer: leaves replaced or put in, and records added, taken out and moved. Pure.

Which edits stand for records is told in `app.settings.lists`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from app.errors import InvalidSetting
from app.settings import lists
from app.wire import xml, xml_lists, xml_shape
from app.wire.xml import Element, XmlDocument


@dataclass(frozen=True, slots=True)
class Shape:
    """A list: the element around it, the name of its records, their places. model is what a record looks like by the
    capabilities, where there is none to copy."""

    group: str
    name: str
    members: tuple[str, ...]
    model: Element | None = field(default=None, repr=False)


def edited(
    document: XmlDocument,
    edits: Mapping[str, str],
    absent: Mapping[str, tuple[str, ...]],
    shapes: Mapping[str, Shape],
) -> bytes:
    """The raw bytes with these edits and nothing else changed. absent: leaves that are not in the document, with the
    names that stand before them."""
    orders = lists.wanted_orders(edits)
    if not orders:
        return _with_leaves(document, edits, absent)
    for path in orders:
        if path not in shapes:
            raise InvalidSetting(f"The document has no list at “{path}”.", path=path)
    gone = [
        place
        for path, order in orders.items()
        for number, place in enumerate(shapes[path].members, 1)
        if str(number) not in order
    ]
    plain = {
        path: text
        for path, text in edits.items()
        if not lists.is_list(path) and not lists.split_fresh(path) and not _is_in(path, gone)
    }
    out = _with_leaves(document, plain, absent)
    for path, order in orders.items():
        shape = shapes[path]
        if not _is_in(shape.group, gone):
            wanted = [_fresh(document, path, token, edits, absent, shapes) if lists.is_new(token) else int(token) - 1
                      for token in order]  # fmt: skip
            out = xml_lists.rearranged(xml.parse(out), shape.group, shape.name, wanted)
    return out


def within(shapes: Mapping[str, Shape], group: str) -> dict[str, Shape]:
    """The lists inside an element, as a document sees them whose root is that element."""
    if not group:
        return dict(shapes)
    start = f"{group}/"
    return {
        path.removeprefix(start): Shape(
            shape.group.removeprefix(group).lstrip("/"),
            shape.name,
            tuple(each.removeprefix(start) for each in shape.members),
            shape.model,
        )
        for path, shape in shapes.items()
        if path.startswith(start)
    }


def _with_leaves(document: XmlDocument, edits: Mapping[str, str], absent: Mapping[str, tuple[str, ...]]) -> bytes:
    out = document.splice({path: text for path, text in edits.items() if path not in absent})
    for path, before in absent.items():
        if path in edits:
            parent, _, name = path.rpartition("/")
            out = xml_shape.with_leaf(xml.parse(out), parent, name, edits[path], after=before)
    return out


def _fresh(
    document: XmlDocument,
    path: str,
    token: str,
    edits: Mapping[str, str],
    absent: Mapping[str, tuple[str, ...]],
    shapes: Mapping[str, Shape],
) -> bytes:
    """A new record: a copy of the last one with the texts and the lists of the new one, secrets only where one was
    typed."""
    shape = shapes[path]
    start = f"{path[:-1]}{token}]"
    texts = {lists.relative(each, start): text for each, text in edits.items() if lists.inside(each, start)}
    if not shape.members:
        return _made(shape.model, texts).encode("ascii", "xmlcharrefreplace")
    last = shape.members[-1]
    copied = edited(document, {lists.joined(last, each): text for each, text in texts.items()}, absent, shapes)
    return xml_lists.markup(xml.parse(copied), last)


def _made(model: Element | None, texts: Mapping[str, str]) -> str:
    """A record as the capabilities show one, without their attributes."""
    if model is None:
        raise InvalidSetting("The camera does not say what a new one looks like.")

    def written(element: Element) -> str:
        if element.is_leaf:
            if not texts.get(lists.relative(element.path, model.path)):
                return ""  # it may be left out
            text = escape(texts.get(lists.relative(element.path, model.path), ""))
            return f"<{element.name}>{text}</{element.name}>"
        return f"<{element.name}>{''.join(map(written, element.children))}</{element.name}>"

    return written(model)


def _is_in(path: str, places: list[str]) -> bool:
    return any(lists.inside(path, place) for place in places)

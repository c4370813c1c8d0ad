"""Edits spliced into an XML answer: leaves replaced or put in, and records added, taken out and moved. Pure.

Which edits stand for records is told in `app.settings.lists`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.errors import InvalidSetting
from app.settings import lists
from app.wire import xml, xml_lists, xml_markup, xml_shape
from app.wire.xml import Element, XmlDocument

_FIRST = ("userName", "id")  # what stands before a leaf of which nobody says where it belongs


@dataclass(frozen=True, slots=True)
class Shape:
    """A list: the element around it, the name of its records, their places. model is what a record is made from where
    there is none to copy. before: where the element around it is not there, the names that would stand before it."""

    group: str
    name: str
    members: tuple[str, ...]
    model: Model | None = field(default=None, repr=False)
    before: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A record as the capabilities show one, as a document of its own, and the lists in it."""

    document: XmlDocument = field(repr=False)
    shapes: Mapping[str, Shape]

    def made(self, texts: Mapping[str, str]) -> bytes:
        """A record with these texts. Leaves without one are left out; lists that are empty are not."""
        absent = {path: _FIRST for path in texts if not _is_told(path) and self.document.element(path) is None}
        now = xml.parse(edited(self.document, texts, absent, self.shapes))
        groups = {each.name for each in self.document.root.iter() if not each.is_leaf}
        groups |= {shape.group.rpartition("/")[2] for shape in self.shapes.values()}
        bare = [each.path for each in now.root.iter() if each.is_leaf and not each.text and each.name not in groups]
        raw = xml_shape.without(now, bare) if bare else now.raw
        return raw.decode("utf-8").encode("ascii", "xmlcharrefreplace")


def model(element: Element, texts: Mapping[str, str], shapes: Mapping[str, Shape]) -> Model:
    """element is what the capabilities show, texts are its leaves by their paths in it; attributes stay behind."""

    def written(each: Element) -> str:
        path = lists.relative(each.path, element.path)
        inner = "".join(map(written, each.children)) if each.children else xml_markup.escaped(texts.get(path, ""))
        return f"<{each.name}>{inner}</{each.name}>"

    return Model(xml.parse(written(element).encode()), shapes)


def _is_told(path: str) -> bool:
    """Whether it is a list, or in a new record of one."""
    return lists.is_list(path) or lists.split_fresh(path) is not None


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
        if not _is_in(shape.group, gone) and (order or shape.before is None):
            wanted = [_fresh(document, path, token, edits, absent, shapes) if lists.is_new(token) else int(token) - 1
                      for token in order]  # fmt: skip
            out = xml_lists.rearranged(xml.parse(_with_group(out, shape)), shape.group, shape.name, wanted)
    return out


def _with_group(raw: bytes, shape: Shape) -> bytes:
    """With the element around a list, which may not be there yet."""
    if shape.before is None:
        return raw
    parent, _, name = shape.group.rpartition("/")
    return xml_shape.with_leaf(xml.parse(raw), parent, name, "", after=shape.before)


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
            shape.before,
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
        if shape.model is None:
            raise InvalidSetting("The camera does not say what a new one looks like.")
        return shape.model.made(texts)
    last = shape.members[-1]
    copied = edited(document, {lists.joined(last, each): text for each, text in texts.items()}, absent, shapes)
    return xml_lists.markup(xml.parse(copied), last)


def _is_in(path: str, places: list[str]) -> bool:
    return any(lists.inside(path, place) for place in places)

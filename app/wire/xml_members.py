"""Whole elements copied and put into an answer, for lists whose members come and go.

Like `XmlDocument.splice`, no other byte changes; what is put in takes the blanks of what stands before it.
"""

from __future__ import annotations

import re

from app.errors import InvalidSetting
from app.wire.xml import XmlDocument
from app.wire.xml_shape import _START_TAG, _raw_place, blanks_before, raw_between, span

_NAME = re.compile(r"<([^\s/>]+)")


def prefix_of(document: XmlDocument, path: str) -> str:
    """What stands before the local name in the element's tag: "" or "ns:"."""
    start, _ = span(document, path)
    name = _tag_name(document._reading.text[start : start + 500])
    return name[: name.index(":") + 1] if ":" in name else ""


def with_copy(document: XmlDocument, path: str) -> bytes:
    """The raw bytes with the element at path once more, behind itself."""
    start, end = span(document, path)
    text = document._reading.text
    lead = raw_between(document, blanks_before(text, start), start)
    return _replaced(document, end, end, lead + raw_between(document, start, end))


def with_markup(document: XmlDocument, parent: str, markup: str, *, after: str = "") -> bytes:
    """The raw bytes with new markup put into parent: behind the child at after, else behind its last child, else as
    its only content. Characters that the document's encoding lacks are written as references.

    InvalidSetting where parent or the child is not there.
    """
    text = document._reading.text
    group = document._by_path.get(parent)
    if group is None or (after and after not in document._by_path):
        raise InvalidSetting(f"Nothing can be put into “{parent}” of this document.", path=parent)
    sibling = after or (group.children[-1].path if group.children else "")
    write = document._reading.write
    if sibling:
        start, end = span(document, sibling)
        return _replaced(document, end, end, write(text[blanks_before(text, start) : start] + markup))
    start, end = span(document, parent)
    whole = text[start:end]
    lead = text[blanks_before(text, start) : start]
    if whole.endswith("/>"):
        closed = f"{lead}{markup}{lead}</{_tag_name(whole)}>"
        return _replaced(document, end - 2, end, write(f">{closed}"))
    close = start + whole.rindex("</")
    return _replaced(document, blanks_before(text, close), close, write(f"{lead}{markup}{lead}"))


def _tag_name(markup: str) -> str:
    found = _NAME.match(markup)
    return found[1] if found is not None else ""


def _replaced(document: XmlDocument, start: int, end: int, fresh: bytes) -> bytes:
    """The raw bytes with the characters from start to end replaced."""
    tail = raw_between(document, end, len(document._reading.text))
    return document.raw[: _raw_place(document, start)] + fresh + tail


def with_content(document: XmlDocument, source: XmlDocument, path: str) -> bytes:
    """The raw bytes of document with the content of its root replaced by that of the element at path of source."""
    start, end = _content(document, "")
    text = source._reading.text
    first, last = _content(source, path)
    same = source._reading.codec == document._reading.codec
    inner = raw_between(source, first, last) if same else document._reading.write(text[first:last])
    return _replaced(document, start, end, inner)


def _content(document: XmlDocument, path: str) -> tuple[int, int]:
    """Where the content of an element with content stands in the text; InvalidSetting for one without."""
    start, end = span(document, path)
    whole = document._reading.text[start:end]
    tag = _START_TAG.match(whole)
    if tag is None or whole.endswith("/>"):
        raise InvalidSetting("An empty element has no content to replace.", path=path)
    return start + tag.end(), start + whole.rindex("</")

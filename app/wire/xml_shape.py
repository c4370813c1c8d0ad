"""Elements cut out of an answer, put into it, or picked out of it: for devices that do not take what they gave.

Like `XmlDocument.splice`, nothing but the named elements changes where the answer itself is edited.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

from app.errors import InvalidSetting
from app.wire import xml_markup
from app.wire.xml import Element, XmlDocument

_START_TAG = re.compile(r"<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_BLANK_LINE = re.compile(r"[ \t]*(\r\n|\n|\r)?")


def without(document: XmlDocument, paths: Iterable[str]) -> bytes:
    """The raw bytes without these elements and the line ends behind them. Unknown paths are left out of account;
    InvalidSetting for the root."""
    spans: list[tuple[int, int]] = []
    text = document._reading.text
    for path in paths:
        element = document._by_path.get(path)
        if element is None:
            continue
        if element is document.root:
            raise InvalidSetting("A document cannot be sent without its root.", path=path)
        start, end = span(document, path)
        trail = _BLANK_LINE.match(text, end)
        spans.append((start, trail.end() if trail is not None and trail[1] else end))
    out: list[bytes] = []
    at = 0
    for start, end in sorted(spans):
        if end <= at:
            continue  # inside one that is cut already
        out.append(raw_between(document, at, start))
        at = end
    return b"".join([document.raw[: document._reading.bom], *out, raw_between(document, at, len(text))])


def with_leaf(document: XmlDocument, parent: str, name: str, text: str, *, after: Collection[str] = ()) -> bytes:
    """The raw bytes with one more leaf in parent: behind its last child of those names, else behind its last child.

    InvalidSetting where there is no such parent, it has no children, or the text cannot be sent.
    """
    group = document._by_path.get(parent)
    if group is None or not group.children or not _NAME.fullmatch(name):
        raise InvalidSetting(f"“{name}” cannot be added to this document.", path=f"{parent}/{name}".strip("/"))
    bad = xml_markup.FORBIDDEN.search(text)
    if bad:
        raise InvalidSetting(f"{name} cannot hold the character U+{ord(bad[0]):04X}.", path=f"{parent}/{name}")
    named = [child for child in group.children if child.name in after]
    sibling = (named or list(group.children))[-1]
    whole = document._reading.text
    start, end = span(document, sibling.path)
    tag = whole[start + 1 :].split(":", 1)[0] if _prefixed(whole, start) else ""
    full = f"{tag}:{name}" if tag else name
    lead = whole[blanks_before(whole, start) : start]
    fresh = f"{lead}<{full}>{xml_markup.escaped(text)}</{full}>".encode("ascii", "xmlcharrefreplace").decode("ascii")
    place = _raw_place(document, end)
    return document.raw[:place] + document._reading.write(fresh) + document.raw[place:]


def picked(document: XmlDocument, edits: Mapping[str, str], keep: Collection[str]) -> bytes:
    """A new document with the edited leaves, the leaves in keep and the elements around them, in the device's own
    order and namespaces; whatever stands in an element named by keep stays whole. Characters outside ASCII are
    written as references, so that no guess at an encoding can spoil them."""
    wanted = set(edits) | set(keep)
    lines: list[str] = ['<?xml version="1.0" encoding="UTF-8"?>\r\n']
    _pick(document.root, edits, wanted, set(keep), None, lines, whole=False)
    return "".join(lines).encode("ascii", "xmlcharrefreplace")


def _pick(
    element: Element,
    edits: Mapping[str, str],
    wanted: set[str],
    keep: set[str],
    around: str | None,
    lines: list[str],
    *,
    whole: bool,
) -> None:
    whole = whole or (element.path in keep and element.path != "")
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in element.attributes.items())
    if element.namespace != around and (element.namespace or around):
        attributes += f" xmlns={quoteattr(element.namespace)}"
    if element.is_leaf:
        edit = edits.get(element.path)
        text = escape(element.text) if edit is None else xml_markup.escaped(edit)  # layout stays layout
        lines.append(f"<{element.name}{attributes}>{text}</{element.name}>\r\n")
        return
    lines.append(f"<{element.name}{attributes}>\r\n")
    for child in element.children:
        start = f"{child.path}/"
        if whole or child.path in wanted or any(path.startswith(start) for path in wanted):
            _pick(child, edits, wanted, keep, element.namespace, lines, whole=whole)
    lines.append(f"</{element.name}>\r\n")


def span(document: XmlDocument, path: str) -> tuple[int, int]:
    """Where an element stands in the text, both tags included."""
    start, end = document._places[path]
    at = len(document._fed[:start].decode())
    text = document._reading.text
    tag = _START_TAG.match(text, at)
    if tag is not None and tag[0].endswith("/>"):
        return at, tag.end()
    close = at + len(document._fed[start:end].decode())
    return at, text.index(">", close) + 1


def _raw_place(document: XmlDocument, at: int) -> int:
    reading = document._reading
    return reading.bom + len(reading.back(reading.text[:at]))


def raw_between(document: XmlDocument, start: int, end: int) -> bytes:
    """The bytes of a part of the text."""
    return document._reading.back(document._reading.text[start:end])


def blanks_before(text: str, at: int) -> int:
    """Where the blanks begin that stand right before at."""
    while at > 0 and text[at - 1] in xml_markup.BLANKS:
        at -= 1
    return at


def _prefixed(text: str, start: int) -> bool:
    tag = re.match(r"<([^\s/>]+)", text[start : start + 200])
    return tag is not None and ":" in tag[1]

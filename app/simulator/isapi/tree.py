"""XML as the simulated camera keeps it: a small tree, read by expat without DTDs, written as cameras write it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

DEPTH_LIMIT = 48
CAPABILITY = ("min", "max", "range", "opt", "def", "reqReboot", "dynamic", "size")
LIST_SIZE = "size"


class BadXml(ValueError):
    """Not well-formed, or more than a camera would read."""


@dataclass(slots=True)
class Node:
    """An element. name is the local name; attributes never hold namespaces; text only counts without children."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def copy(self) -> Node:
        return Node(self.name, dict(self.attributes), self.text, [child.copy() for child in self.children])

    def child(self, name: str) -> Node | None:
        return next((child for child in self.children if child.name == name), None)

    def find(self, path: str) -> Node | None:
        """By local names, `Video/maxFrameRate`; the first of equals."""
        node: Node | None = self
        for name in path.split("/"):
            node = node.child(name) if node is not None else None
        return node

    def value(self, path: str, default: str = "") -> str:
        node = self.find(path)
        return default if node is None else node.text

    def put(self, path: str, text: str) -> None:
        """Sets an existing leaf; a missing one stays missing."""
        node = self.find(path)
        if node is not None:
            node.text = text

    def item(self, key: str) -> Node | None:
        """The list member whose id is key."""
        return next((child for child in self.children if child.value("id") == key), None)

    def walk(self, path: str = "") -> Iterator[tuple[str, Node]]:
        """This node and all below, with paths that start at this node's own name."""
        here = f"{path}/{self.name}" if path else self.name
        yield here, self
        for child in self.children:
            yield from child.walk(here)


def parse(body: bytes) -> Node:
    """The document's root; BadXml for anything else."""
    top: list[Node] = []
    stack: list[Node] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) >= DEPTH_LIMIT:
            raise BadXml("nested too deep")
        node = Node(name.rpartition(":")[2], dict(attributes))
        (stack[-1].children if stack else top).append(node)
        stack.append(node)

    def end(name: str) -> None:
        node = stack.pop()
        node.text = "" if node.children else _without_layout(node.text)

    def text(data: str) -> None:
        if stack:
            stack[-1].text += data

    def doctype(*unused: object) -> None:
        raise BadXml("a DTD")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise BadXml(str(error)) from error
    return top[0]


def _without_layout(text: str) -> str:
    """Blanks with a line break among them only lay a document out; others are part of the text."""
    if not text.strip():
        return "" if "\n" in text else text
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    return text[start if "\n" in text[:start] else 0 : end if "\n" in text[end:] else len(text)]


@dataclass(frozen=True, slots=True)
class Style:
    """How a camera writes: its namespace, the one of inner blocks, line ends, and spellings."""

    namespace: str = "http://www.hikvision.com/ver20/XMLSchema"
    inner_namespace: str = ""
    newline: str = "\r\n"
    bom: bool = False
    odd_attributes: bool = False
    both_defaults: bool = False
    wrong_sizes: bool = False
    encode: Callable[[str], bytes] = lambda text: text.encode("utf-8")


def write(root: Node, style: Style, *, capabilities: bool = False) -> bytes:
    """The document in one line per element and without indentation, as cameras send it.

    Template attributes: block gives an inner element its own version and namespace; ro, wo, t and live are never
    written. Without capabilities the limits are left out too, and so are write-only leaves.
    """
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    _lines(root, style, capabilities, True, lines)
    text = style.newline.join(lines) + style.newline
    return (b"\xef\xbb\xbf" if style.bom else b"") + style.encode(text)


def _lines(node: Node, style: Style, capabilities: bool, root: bool, lines: list[str]) -> None:
    if "wo" in node.attributes and not capabilities:
        return
    head = node.name
    namespace = style.namespace if root else (style.inner_namespace or style.namespace)
    if root or "block" in node.attributes:
        head += ' version="2.0"' + (f' xmlns="{namespace}"' if style.namespace else "")
    for name in CAPABILITY:
        if name in node.attributes and (capabilities or name == LIST_SIZE):
            head += _attribute(name, node, style, capabilities)
    if node.children:
        lines.append(f"<{head}>")
        for child in node.children:
            _lines(child, style, capabilities, False, lines)
        lines.append(f"</{node.name}>")
    else:
        lines.append(f"<{head}>{escape(node.text)}</{node.name}>")


def _attribute(name: str, node: Node, style: Style, capabilities: bool) -> str:
    value = node.attributes[name]
    if name == LIST_SIZE and style.wrong_sizes and node.children and not capabilities:
        value = str(len(node.children) - 1)
    if name == "def" and (style.odd_attributes or (style.both_defaults and len(node.name) % 2)):
        name = "default"
    if style.odd_attributes and name == "opt":
        value = value.replace(",", ", ")
    return f" {name}={quoteattr(value)}"

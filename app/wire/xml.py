"""XML answers that are read with suspicion and written back byte for byte.

`parse` reads the kind of XML that devices send, recovers from the sins that leave no doubt about the meaning and
names each in `flaws`; everything else is a ProtocolError. A document is never serialised: `splice` replaces the
content of the edited leaves inside the original bytes. The parser is the standard library's expat without DTD,
entities or network.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from xml.parsers import expat

from app.errors import InvalidSetting, ProtocolError
from app.wire import xml_encoding, xml_markup
from app.wire.xml_encoding import Reading
from app.wire.xml_markup import BLANKS

_NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})
_STEP = re.compile(r"([^\[\]]+)(?:\[([1-9]\d{0,8})\])?")
_NO_ELEMENTS = expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]
_CUT = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """One element. name is local, namespace its URI or ""; attributes go by local name, without declarations.

    text is the element's own character data, entities resolved, blanks kept; layout counts the characters at its
    beginning and end that only lay the document out (`xml_markup.layout`). path is relative to the root
    (whose path is ""): local names joined by "/", with [n] from 1 only where siblings share a name.
    """

    name: str
    namespace: str
    attributes: Mapping[str, str]
    text: str
    children: tuple[Element, ...]
    path: str
    layout: tuple[int, int] = (0, 0)

    @property
    def is_leaf(self) -> bool:
        return not self.children

    @property
    def value(self) -> str:
        """The text without its layout: what a person would call the value, blanks that are part of it included."""
        before, behind = self.layout
        return self.text[before : len(self.text) - behind]

    def child(self, name: str) -> Element | None:
        """The first child with this local name."""
        return next((each for each in self.children if each.name == name), None)

    def find(self, path: str) -> Element | None:
        """The first match of "A/B" or "A[2]/B" below this element; "" is the element itself."""
        if not path:
            return self
        return next(self._matches(path.split("/")), None)

    def text_of(self, path: str, default: str = "") -> str:
        """The text at path without outer blanks; default where there is no such element."""
        found = self.find(path)
        return default if found is None else found.text.strip(BLANKS)

    def iter(self) -> Iterator[Element]:
        """All descendants in document order, without the element itself."""
        waiting = list(reversed(self.children))
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))

    def _matches(self, steps: list[str]) -> Iterator[Element]:
        step = _STEP.fullmatch(steps[0])
        if step is None:
            return
        same = [each for each in self.children if each.name == step[1]]
        if step[2]:
            same = same[int(step[2]) - 1 : int(step[2])]
        for each in same:
            if len(steps) == 1:
                yield each
            else:
                yield from each._matches(steps[1:])


@dataclass(frozen=True, slots=True, eq=False)
class XmlDocument:
    """A parsed answer. raw is what came, encoding what it was read in, flaws what had to be forgiven.

    leaves are the elements without element children, in document order.
    """

    raw: bytes = field(repr=False)
    encoding: str
    root: Element
    flaws: tuple[str, ...]
    leaves: tuple[Element, ...] = field(repr=False)
    _by_path: Mapping[str, Element] = field(repr=False)
    _places: Mapping[str, tuple[int, int]] = field(repr=False)
    _reading: Reading = field(repr=False)
    _fed: bytes = field(repr=False)

    @property
    def writer(self) -> str:
        """The encoding that new text is written in."""
        return self._reading.writer

    @property
    def text(self) -> str:
        """The answer as it was read, with what could not be decoded replaced."""
        return self._reading.text.encode("utf-8", "replace").decode("utf-8")

    def element(self, path: str) -> Element | None:
        """The element with exactly this path, else the first that `Element.find` finds."""
        return self._by_path.get(path) or self.root.find(path)

    def splice(self, edits: Mapping[str, str]) -> bytes:
        """The raw bytes with the content of the given leaves replaced and nothing else.

        The new content is the text to the character, so layout around an old value goes with it. A text that
        equals the current one, with or without that layout, changes nothing. InvalidSetting: no such leaf, or a
        character that XML cannot carry.
        """
        wanted = {path: text for path, text in edits.items() if self._differs(path, text)}
        if not wanted:
            return self.raw
        out = self._spliced(wanted)
        if self._reading.flaws and xml_encoding.read(out).codec != self._reading.codec:
            # The guess at the encoding hung on the old text: say the new one in pure ASCII.
            out = self._spliced(wanted, ascii_only=True)
        return out

    def _differs(self, path: str, text: str) -> bool:
        leaf = self._by_path.get(path)
        if leaf is None or leaf.children:
            raise InvalidSetting(f"The document has no single value at “{path}”.", path=path)
        bad = xml_markup.FORBIDDEN.search(text)
        if bad:
            raise InvalidSetting(
                f"{leaf.name} cannot hold the character U+{ord(bad[0]):04X}.",
                path=path,
                hint="Remove control characters from the text.",
            )
        return text not in (leaf.text, leaf.value)

    def _spliced(self, wanted: Mapping[str, str], *, ascii_only: bool = False) -> bytes:
        """Walks the edited leaves in document order, so that each character is measured once."""
        reading = self._reading
        writer = "ascii" if ascii_only else reading.writer
        out: list[bytes] = []
        at, chars, raw, copied = 0, 0, reading.bom, 0  # the same place in _fed, in the text and in raw
        for path in sorted(wanted, key=lambda each: self._places[each]):
            start, end = self._places[path]
            before = reading.text[chars : chars + len(self._fed[at:start].decode())]
            markup = reading.text[chars + len(before) :][: len(self._fed[start:end].decode())]
            raw += len(reading.back(before))
            out.append(self.raw[copied:raw])
            for piece in xml_markup.rewrite(markup, wanted[path], writer):
                write = reading.write(piece.text, ascii_only=ascii_only) if piece.fresh else reading.back(piece.text)
                out.append(write)
            at, chars = end, chars + len(before) + len(markup)
            raw += len(reading.back(markup))
            copied = raw
        out.append(self.raw[copied:])
        return b"".join(out)


def parse(data: bytes, *, limit: int = 16 * 1024 * 1024, depth: int = 64, nodes: int = 200_000) -> XmlDocument:
    """Reads one answer. limit is in bytes, depth in levels, nodes counts elements and attributes together.

    ProtocolError: too large, empty, a web page, JSON, with a document type, cut short, malformed, too deep.
    """
    if len(data) > limit:
        raise ProtocolError("The device's answer is too large to be settings.", detail=f"{len(data)} bytes")
    reading = xml_encoding.read(data)
    xml_markup.refuse_other_formats(reading.text)
    mended = xml_markup.mend(reading.text)
    fed = mended.text.encode()
    builder = _Builder(depth, nodes)
    leftovers = builder.run(fed)
    elements, places = builder.elements(fed, mended.restore)
    flaws = reading.flaws + mended.flaws + leftovers + tuple(builder.flaws)
    return XmlDocument(
        raw=data,
        encoding=reading.codec,
        root=elements[0],
        flaws=flaws,
        leaves=tuple(each for each in elements if not each.children),
        _by_path={each.path: each for each in elements},
        _places=places,
        _reading=reading,
        _fed=fed,
    )


class _Node:
    """An element under construction. start and end are byte places in what the parser was fed; every blank of a
    literal one counts (xml:space)."""

    __slots__ = ("attributes", "children", "end", "is_literal", "name", "namespace", "parent", "start", "texts")

    def __init__(
        self, parent: int, name: str, namespace: str, attributes: dict[str, str], start: int, *, is_literal: bool
    ) -> None:
        self.parent = parent
        self.name = name
        self.namespace = namespace
        self.attributes = attributes
        self.start = start
        self.end = start
        self.is_literal = is_literal
        self.texts: list[str] = []
        self.children: list[int] = []


class _Builder:
    """Listens to expat. Nodes are kept in document order, parents before their children."""

    def __init__(self, depth: int, nodes: int) -> None:
        self.flaws: dict[str, None] = {}
        self._depth = depth
        self._left = nodes
        self._nodes: list[_Node] = []
        self._open: list[int] = []
        self._scopes: list[dict[str, str]] = [{"xml": "http://www.w3.org/XML/1998/namespace"}]
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def run(self, fed: bytes) -> tuple[str, ...]:
        """Parses everything; gives the flaws found behind the root."""
        try:
            self._parser.Parse(fed, True)
        except expat.ExpatError as error:
            if self._nodes and not self._open:
                return ("something follows the root element",)
            raise _explained(error, started=bool(self._nodes)) from None
        return ()

    def elements(self, fed: bytes, restore: Callable[[str], str]) -> tuple[list[Element], dict[str, tuple[int, int]]]:
        """All elements in document order, and where each stands: from its start tag to before its end tag."""
        paths = self._paths()
        built: list[Element | None] = [None] * len(self._nodes)
        places: dict[str, tuple[int, int]] = {}
        for n in range(len(self._nodes) - 1, -1, -1):  # children before their parents
            node = self._nodes[n]
            children = tuple([child for c in node.children if (child := built[c]) is not None])
            attributes = {name: restore(value) for name, value in node.attributes.items()}
            text = restore("".join(node.texts))
            built[n] = Element(
                name=node.name,
                namespace=node.namespace,
                attributes=MappingProxyType(attributes) if attributes else _NO_ATTRIBUTES,
                text=text,
                children=children,
                path=paths[n],
                layout=(0, 0) if children or node.is_literal else _layout(text, node, fed),
            )
            places[paths[n]] = (node.start, node.end)
        return [each for each in built if each is not None], places

    def _paths(self) -> list[str]:
        paths = [""] * len(self._nodes)
        for n, node in enumerate(self._nodes):
            if not node.children:
                continue  # most of them: an alert is parsed five hundred times a second
            above = f"{paths[n]}/" if n else ""
            names = [self._nodes[child].name for child in node.children]
            if len(set(names)) < len(names):
                names = list(_numbered(names))
            for child, name in zip(node.children, names, strict=True):
                paths[child] = above + name
        return paths

    def _doctype(self, *_: object) -> None:
        raise ProtocolError(
            "The device's answer carries a document type, which settings never need.",
            hint="It was refused, because such answers can be made to exhaust the computer.",
        )

    def _start(self, tag: str, found: dict[str, str]) -> None:
        self._left -= 1 + len(found)
        if self._left < 0:
            raise ProtocolError("The device's answer has too many elements.")
        if len(self._open) >= self._depth:
            raise ProtocolError("The device's answer is nested too deeply.", detail=f"over {self._depth} levels")
        scope, attributes = self._scope(found) if found else (self._scopes[-1], {})
        self._scopes.append(scope)
        prefix, colon, name = tag.partition(":")
        if not colon:
            prefix, name = "", tag
        if prefix and prefix not in scope:
            self.flaws["a namespace prefix without a namespace"] = None
        parent = self._open[-1] if self._open else -1
        is_literal = parent >= 0 and self._nodes[parent].is_literal
        if "xml:space" in found:
            is_literal = found["xml:space"] == "preserve"
        if parent >= 0:
            self._nodes[parent].children.append(len(self._nodes))
        self._open.append(len(self._nodes))
        at = self._parser.CurrentByteIndex
        self._nodes.append(_Node(parent, name, scope.get(prefix, ""), attributes, at, is_literal=is_literal))

    def _scope(self, found: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Namespaces in force, and the attributes by local name; one without a prefix wins over one with."""
        scope = self._scopes[-1]
        attributes: dict[str, str] = {}
        for name, value in found.items():
            prefix, colon, local = name.partition(":")
            if prefix == "xmlns":
                scope = {**scope, local: value}
            elif not colon:
                attributes[name] = value
            elif local not in found:
                attributes[local] = value
        return scope, attributes

    def _text(self, text: str) -> None:
        self._nodes[self._open[-1]].texts.append(text)

    def _end(self, _: str) -> None:
        self._nodes[self._open.pop()].end = self._parser.CurrentByteIndex
        self._scopes.pop()


def _layout(text: str, node: _Node, fed: bytes) -> tuple[int, int]:
    """Hardly any leaf has any: only those are looked at again that have a line break at an end."""
    ends = text[: len(text) - len(text.lstrip(BLANKS))], text[len(text.rstrip(BLANKS)) :]
    if "\n" not in ends[0] and "\n" not in ends[1]:
        return 0, 0
    return xml_markup.layout(fed[node.start : node.end].decode())


def _numbered(names: list[str]) -> Iterator[str]:
    """Those that stand there more than once, with their number among their like."""
    counts, seen = Counter(names), Counter[str]()
    for name in names:
        seen[name] += 1
        yield f"{name}[{seen[name]}]" if counts[name] > 1 else name


def _explained(error: expat.ExpatError, *, started: bool) -> ProtocolError:
    place = f"line {error.lineno}, column {error.offset + 1}: {expat.ErrorString(error.code)}"
    if error.code == _NO_ELEMENTS and not started:
        return ProtocolError("The device's answer holds no settings.", detail=place)
    if error.code in _CUT:
        return ProtocolError(
            "The device's answer was cut short.", hint="Load it again; nothing of it was used.", detail=place
        )
    return ProtocolError("The device's answer is malformed XML.", detail=place)

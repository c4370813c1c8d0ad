"""JSON answers that are read with suspicion and written back byte for byte, as `app.wire.xml` does it for XML.

`parse` reads the JSON that devices send, forgives the sins that leave no doubt about the meaning and names each in
`flaws`; everything else is a ProtocolError. A document is never serialised: `splice` replaces the edited leaves inside
the original bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.errors import InvalidSetting, ProtocolError

LIMIT = 4 * 1024 * 1024  # bytes; the largest answer seen is a list of recordings below 100 KB
DEPTH = 32  # levels
NODES = 100_000

_BLANKS = " \t\r\n\0"
_BLANK = re.compile(r"[ \t\r\n\0\ufeff]*")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_WORD = re.compile(r"[-+.0-9A-Za-z_]+")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_LOOSE_NUMBER = re.compile(r"[-+]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|[-+]?\.\d+", re.ASCII)
_CONTROL = re.compile("[\x00-\x1f]")
_STRAY = re.compile("[\ud800-\udfff]")  # bytes that are no UTF-8, and halves of a pair
_NO_NUMBERS = ("nan", "-nan", "inf", "-inf", "infinity", "-infinity")
_SIMPLE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "/": "/"}


class JsonKind(StrEnum):
    OBJECT = "object"
    ARRAY = "array"  # one that holds objects or arrays; of plain values only it is a LIST
    LIST = "list"
    STRING = "string"
    NUMBER = "number"
    BOOL = "bool"
    NULL = "null"


_GROUPS = (JsonKind.OBJECT, JsonKind.ARRAY)


@dataclass(frozen=True, slots=True, eq=False)
class JsonNode:
    """One value. path is relative to the root (whose path is ""): names joined by "/", entries of arrays as [n] from 1.

    text: a string's characters, a number as it is written, "true" or "false", "" for null, for a LIST its entries as
    compact JSON. "~", "/", "[" and "]" in names are written ~0, ~1, ~2 and ~3. Of several members with one name the
    last one counts, as for most readers of JSON. start and end are characters of the document's text.
    """

    kind: JsonKind
    name: str
    path: str
    text: str
    children: tuple[JsonNode, ...]
    start: int
    end: int

    @property
    def is_leaf(self) -> bool:
        return self.kind not in _GROUPS

    def child(self, name: str) -> JsonNode | None:
        return next((each for each in reversed(self.children) if each.name == name), None)

    def text_of(self, name: str, default: str = "") -> str:
        """The text of a member that is a leaf; default where there is none, or where it is null."""
        found = self.child(name)
        return found.text if found is not None and found.is_leaf and found.kind is not JsonKind.NULL else default

    def items(self) -> tuple[str, ...]:
        """The entries of a LIST as texts, in order; () for anything else."""
        if self.kind is not JsonKind.LIST:
            return ()
        return tuple(each if isinstance(each, str) else _plain(each) for each in _read_list(self.text))

    def iter(self) -> Iterator[JsonNode]:
        """All descendants in document order, without the node itself."""
        waiting = list(reversed(self.children))
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))


@dataclass(frozen=True, slots=True, eq=False)
class JsonDocument:
    """A parsed answer. raw is what came, flaws what had to be forgiven."""

    raw: bytes = field(repr=False)
    text: str = field(repr=False)
    root: JsonNode
    flaws: tuple[str, ...]
    _by_path: Mapping[str, JsonNode] = field(repr=False)

    def element(self, path: str) -> JsonNode | None:
        return self._by_path.get(path)

    @property
    def leaves(self) -> tuple[JsonNode, ...]:
        return tuple(each for each in self.root.iter() if each.is_leaf)

    def slice(self, node: JsonNode) -> str:
        """The node as it is written."""
        return self.text[node.start : node.end]

    def strict(self, node: JsonNode) -> str:
        """The node as JSON that every reader takes: as it is written where nothing had to be forgiven."""
        if not self.flaws:
            return self.slice(node)
        match node.kind:
            case JsonKind.OBJECT:
                members = (f"{_quoted(each.name)}:{self.strict(each)}" for each in node.children)
                return "{" + ",".join(members) + "}"
            case JsonKind.ARRAY:
                return "[" + ",".join(map(self.strict, node.children)) + "]"
            case JsonKind.LIST:
                return node.text
        return _compact(node)

    def splice(self, edits: Mapping[str, str]) -> bytes:
        """The raw bytes with the given leaves replaced and nothing else. A text equal to the current one changes
        nothing. A leaf keeps its type: InvalidSetting for a text that is none of it, and for what is no leaf."""
        wanted = {path: text for path, text in edits.items() if self._leaf(path).text != text}
        out: list[str] = []
        at = 0
        for path in sorted(wanted, key=lambda each: self._leaf(each).start):
            node = self._leaf(path)
            out += [self.text[at : node.start], written(node, wanted[path])]
            at = node.end
        return "".join([*out, self.text[at:]]).encode("utf-8", "surrogateescape")

    def _leaf(self, path: str) -> JsonNode:
        node = self._by_path.get(path)
        if node is None or not node.is_leaf or not path:
            raise InvalidSetting(f"The document has no single value at “{path}”.", path=path)
        return node


def written(node: JsonNode, text: str) -> str:
    """A text as JSON of the leaf's own type. InvalidSetting where it has no such form."""
    if _STRAY.search(text):
        raise InvalidSetting(f"{node.name} cannot hold these characters.", path=node.path)
    bare = text.strip()
    match node.kind:
        case JsonKind.STRING:
            return json.dumps(text, ensure_ascii=False)
        case JsonKind.NUMBER if _NUMBER.fullmatch(bare):
            return bare
        case JsonKind.BOOL if bare.lower() in ("true", "false"):
            return bare.lower()
        case JsonKind.NULL:
            return (
                bare if _NUMBER.fullmatch(bare) or bare in ("true", "false") else json.dumps(text, ensure_ascii=False)
            )
        case JsonKind.LIST:
            return _written_list(node, bare)
    raise InvalidSetting(f"{node.name} takes a {node.kind.value}, not “{text[:40]}”.", path=node.path)


def _written_list(node: JsonNode, text: str) -> str:
    try:
        parsed = parse(text.encode()).root
    except ProtocolError:
        parsed = None
    if parsed is None or parsed.kind is not JsonKind.LIST:
        raise InvalidSetting(f"{node.name} takes a list like [1, 2], not “{text[:40]}”.", path=node.path)
    return json.dumps(_read_list(parsed.text), ensure_ascii=False, separators=(",", ":"))


def _read_list(text: str) -> list[object]:
    found = json.loads(text)
    return list(found)


def _plain(value: object) -> str:
    return json.dumps(value)


def parse(data: bytes, *, limit: int = LIMIT, depth: int = DEPTH, nodes: int = NODES) -> JsonDocument:
    """Reads one answer. limit is in bytes, depth in levels. ProtocolError: too large, empty, no JSON, cut short, too
    deep, too many values."""
    if len(data) > limit:
        raise ProtocolError("The device's answer is too large to be settings.", detail=f"{len(data)} bytes")
    text = data.decode("utf-8", "surrogateescape")
    reader = _Reader(text, depth, nodes)
    root = reader.document()
    flaws = list(dict.fromkeys(reader.flaws))
    if _STRAY.search(text):
        flaws.append("bytes that are no UTF-8")
    by_path: dict[str, JsonNode] = {"": root}
    for node in root.iter():
        by_path[node.path] = node
    return JsonDocument(data, text, root, tuple(flaws), by_path)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1").replace("[", "~2").replace("]", "~3")


class _Reader:
    """One pass from left to right; every method leaves `at` behind what it has read."""

    def __init__(self, text: str, depth: int, nodes: int) -> None:
        self.flaws: list[str] = []
        self._text = text
        self._at = 0
        self._depth = depth
        self._room = nodes

    def document(self) -> JsonNode:
        self._skip()
        if self._at >= len(self._text):
            raise ProtocolError("The device sent an empty answer.")
        if self._text[self._at] not in "{[":
            raise ProtocolError(
                "The device's answer is no JSON.", detail=f"it begins with {self._text[self._at :][:20]!a}"
            )
        root = self._value("", "", 0)
        self._skip()
        if self._at < len(self._text):
            self.flaws.append("something follows the end")
        return root

    def _skip(self) -> None:
        found = _BLANK.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _sign(self) -> str:
        """The next character that is no blank; ProtocolError at the end."""
        self._skip()
        if self._at >= len(self._text):
            raise ProtocolError("The device's answer is cut short.", detail=f"after {self._at} characters")
        return self._text[self._at]

    def _value(self, name: str, path: str, level: int) -> JsonNode:
        self._room -= 1
        if self._room < 0:
            raise ProtocolError("The device's answer holds too many values to be settings.")
        if level > self._depth:
            raise ProtocolError("The device's answer is nested too deeply to be settings.")
        start_sign = self._sign()
        start = self._at
        if start_sign == "{":
            children = self._members(path, level)
            return JsonNode(JsonKind.OBJECT, name, path, "", children, start, self._at)
        if start_sign == "[":
            return self._array(name, path, level, start)
        if start_sign == '"':
            return JsonNode(JsonKind.STRING, name, path, self._string(), (), start, self._at)
        kind, text = self._word()
        return JsonNode(kind, name, path, text, (), start, self._at)

    def _members(self, path: str, level: int) -> tuple[JsonNode, ...]:
        found: dict[str, JsonNode] = {}
        self._at += 1
        while self._sign() != "}":
            if self._text[self._at] != '"':
                raise self._broken("a name in quotes is missing")
            name = self._string()
            if self._sign() != ":":
                raise self._broken("a colon is missing")
            self._at += 1
            below = _escaped(name)
            if name in found:
                self.flaws.append(f"“{name[:40]}” is there twice")
                del found[name]
            found[name] = self._value(name, f"{path}/{below}" if path else below, level + 1)
            self._comma("}")
        self._at += 1
        return tuple(found.values())

    def _array(self, name: str, path: str, level: int, start: int) -> JsonNode:
        entries: list[JsonNode] = []
        self._at += 1
        while self._sign() != "]":
            number = len(entries) + 1
            entries.append(self._value(f"[{number}]", f"{path}[{number}]", level + 1))
            self._comma("]")
        self._at += 1
        if any(each.kind in _GROUPS or each.kind is JsonKind.LIST for each in entries):
            return JsonNode(JsonKind.ARRAY, name, path, "", tuple(entries), start, self._at)
        text = "[" + ",".join(map(_compact, entries)) + "]"
        return JsonNode(JsonKind.LIST, name, path, text, (), start, self._at)

    def _comma(self, end: str) -> None:
        """Between two entries, with what devices write instead."""
        sign = self._sign()
        if sign in ",，":
            if sign != ",":
                self.flaws.append("another sign in place of a comma")
            self._at += 1
            if self._sign() == end:
                self.flaws.append("a comma too many")
            elif self._text[self._at] == ",":
                raise self._broken("a value is missing")
        elif sign != end:
            if sign in "}]":
                raise self._broken("a bracket is of the wrong kind")
            self.flaws.append("a missing comma")

    def _string(self) -> str:
        found = _STRING.match(self._text, self._at)
        if found is None:
            raise ProtocolError("The device's answer is cut short.", detail="in the middle of a text")
        self._at = found.end()
        text = found[1]
        if _CONTROL.search(text):
            self.flaws.append("control characters in a text")
        if "\\" in text:
            text = self._unescaped(text)
        return _STRAY.sub("\ufffd", text)

    def _unescaped(self, text: str) -> str:
        def one(found: re.Match[str]) -> str:
            what = found[1]
            if what[0] == "u" and len(what) == 5:
                return chr(int(what[1:], 16))
            if what not in _SIMPLE:
                self.flaws.append(f"the unknown escape \\{what}")
            return _SIMPLE.get(what, what)

        plain = _ESCAPE.sub(one, text)
        # Two halves of a pair are one character.
        return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _STRAY.search(plain) else plain

    def _word(self) -> tuple[JsonKind, str]:
        found = _WORD.match(self._text, self._at)
        if found is None:
            raise self._broken("no value")
        self._at = found.end()
        word = found[0]
        if word in ("true", "false"):
            return JsonKind.BOOL, word
        if word == "null":
            return JsonKind.NULL, ""
        if _NUMBER.fullmatch(word):
            return JsonKind.NUMBER, word
        low = word.lower()
        if low in ("true", "false", "null", "none"):
            self.flaws.append(f"“{word}” in place of {low}")
            return (JsonKind.NULL, "") if low in ("null", "none") else (JsonKind.BOOL, low)
        if _LOOSE_NUMBER.fullmatch(word) or low in _NO_NUMBERS:
            self.flaws.append(f"“{word[:40]}” is no proper number")
            return JsonKind.NUMBER, word
        raise self._broken(f"{word[:20]!a} is no value")

    def _broken(self, what: str) -> ProtocolError:
        return ProtocolError("The device's answer is no proper JSON.", detail=f"{what}, at character {self._at + 1}")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _compact(entry: JsonNode) -> str:
    """An entry of a list, in JSON that the standard reader takes."""
    match entry.kind:
        case JsonKind.NULL:
            return "null"
        case JsonKind.BOOL:
            return entry.text
        case JsonKind.NUMBER if _NUMBER.fullmatch(entry.text):
            return entry.text
    return json.dumps(entry.text, ensure_ascii=False)

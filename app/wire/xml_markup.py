"""XML as text: what is mended before the parser sees it, and how the content of one leaf is replaced.

Mending never moves a character: each one that the parser would choke on is exchanged for exactly one other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from app.errors import ProtocolError

BLANKS = " \t\r\n"
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_DECLARATION = r"<\?xml(?=[\s?])[^>]*?\?>"
_PROLOG = re.compile(rf"[\s\x00]*(?:{_DECLARATION}[\s\x00]*)*")
_GOOD_DECLARATION = re.compile(
    r"<\?xml\s+version\s*=\s*([\"'])1\.\d\1(?:\s+encoding\s*=\s*([\"'])[A-Za-z][\w.-]*\2)?"
    r"(?:\s+standalone\s*=\s*([\"'])(?:yes|no)\3)?\s*\?>"
)
# An unterminated construct swallows the rest, so that no input is scanned twice.
_BARE = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)"
    r"|&(?!(?:#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos);)",
    re.DOTALL,
)
_COMMENTS = re.compile(r"(?:\s+|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z))*", re.DOTALL)
_WEB_PAGE = re.compile(r"<!doctype\s+html|<(?:html|head|body)[\s>]", re.IGNORECASE)

_START_TAG = re.compile(r"<([^\s/>]+)(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
_CONTENT = re.compile(r"(<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>)", re.DOTALL)
_CDATA = "<![CDATA["
_FEED, _FED = "\n", "&#10;"


def refuse_other_formats(text: str) -> None:
    """ProtocolError for answers that are plainly no XML: said by name, because it tells people what to do."""
    head = text.lstrip(BLANKS + "\0")
    if not head:
        raise ProtocolError("The device sent an empty answer.")
    body = head[_COMMENTS.match(head).end() :]  # type: ignore[union-attr]  # it matches the empty text
    if _WEB_PAGE.match(body):
        raise ProtocolError(
            "The device answered with a web page instead of settings.",
            hint="Check that the address and port are the camera's own.",
        )
    if head[0] in "{[":
        raise ProtocolError("The device answered with JSON instead of XML.")
    if head[0] != "<":
        raise ProtocolError("The device answered with something that is not XML.", detail=_shown(head))


def _shown(head: str) -> str:
    """The kind of text it is, not the text: an answer may hold secrets."""
    return f"It starts with U+{ord(head[0]):04X} and has {len(head)} characters."


@dataclass(frozen=True, slots=True)
class Mended:
    """text has as many characters as the answer; ampersand stands for "&" in it ("" when nothing does)."""

    text: str
    ampersand: str
    flaws: tuple[str, ...]

    def restore(self, text: str) -> str:
        return text.replace(self.ampersand, "&") if self.ampersand else text


def mend(text: str) -> Mended:
    """Blanks the prolog out (the encoding is known by now), and swaps bare ampersands and lost characters."""
    flaws: list[str] = []
    prolog = _PROLOG.match(text)
    if prolog and prolog[0]:
        flaws += _prolog_flaws(prolog[0])
        text = re.sub(r"[^\n]", " ", prolog[0]) + text[prolog.end() :]
    ampersand = ""
    if "&" in text:
        ampersand = next((char for char in _stand_ins() if char not in text), "&")
        mended = _BARE.sub(lambda found: ampersand if found[0] == "&" else found[0], text)
        if mended == text:
            ampersand = ""
        else:
            text = mended
            flaws.append("a bare & was read as text")
    kept = text.rstrip("\0")
    if kept != text:
        flaws.append("zero bytes after the end")
        text = kept + " " * (len(text) - len(kept))
    if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", text):
        flaws.append("characters that XML does not allow")
    return Mended(FORBIDDEN.sub("\ufffd", text), ampersand, tuple(flaws))


def _stand_ins() -> Iterator[str]:
    """Characters that XML allows and hardly anybody uses, the shortest first."""
    yield "\x7f"
    yield from map(chr, range(0xE000, 0xF900))


def _prolog_flaws(prolog: str) -> list[str]:
    declarations = re.findall(_DECLARATION, prolog)
    flaws = []
    if declarations and not prolog.startswith("<?xml"):
        flaws.append("blanks before the XML declaration")
    if len(declarations) > 1:
        flaws.append("more than one XML declaration")
    if any(not _GOOD_DECLARATION.fullmatch(each) for each in declarations):
        flaws.append("a malformed XML declaration")
    return flaws


@dataclass(frozen=True, slots=True)
class Piece:
    """Markup of an edited leaf; fresh says that it is ours and not the device's."""

    text: str
    fresh: bool


def rewrite(markup: str, value: str, writer: str) -> list[Piece]:
    """Replaces the value in a leaf. markup runs from its start tag to just before its end tag, or is `<x/>`."""
    tag = _START_TAG.match(markup)
    if tag is None:
        raise ValueError("this is no start tag")
    if tag[0].endswith("/>"):
        return [
            Piece(tag[0][:-2].rstrip(BLANKS), False),
            Piece(f">{escaped(value)}</", True),
            Piece(tag[1], False),
            Piece(">", True),
        ]
    return [Piece(tag[0], False), *_rewrite_content(markup[tag.end() :], value, writer)]


def _rewrite_content(content: str, value: str, writer: str) -> list[Piece]:
    parts = _CONTENT.split(content)  # texts at even places, markup at odd ones
    values = [n for n, part in enumerate(parts) if n % 2 == 0 or part.startswith(_CDATA)]
    filled = [n for n in values if _inner(parts[n]).strip(BLANKS)]
    sections = [n for n in values if n % 2]
    target = filled[0] if filled else (sections or values)[0]
    pieces: list[Piece] = []
    for n, part in enumerate(parts):
        if n == target:
            pieces += _replaced(value, writer if n % 2 else "")
        elif n not in values:
            pieces.append(Piece(part, False))
    return pieces


def _replaced(value: str, section_writer: str) -> list[Piece]:
    """section_writer is the encoding where the value stood in a CDATA section, "" elsewhere."""
    if section_writer and value and _plain(value, section_writer):
        inner = value.replace("]]>", "]]]]>" + _CDATA + ">")
        return [Piece(_CDATA, False), Piece(inner, True), Piece("]]>", False)]
    return [Piece(escaped(value), True)]


def layout(markup: str) -> tuple[int, int]:
    """How many characters at the beginning and at the end of a leaf's text only lay the document out: blanks with a
    line break among them that stand there themselves, not in a CDATA section and not as references.

    markup runs from the start tag to just before the end tag. Blanks without a line break are part of a value.
    """
    tag = _START_TAG.match(markup)
    if tag is None or tag[0].endswith("/>"):
        return 0, 0
    content = markup[tag.end() :].replace("\r\n", "\n").replace("\r", "\n")  # as the parser counts them
    parts = [part for part in _CONTENT.split(content) if part and not part.startswith(("<!--", "<?"))]
    before = _run(parts, lambda part: part[: len(part) - len(part.lstrip(BLANKS))])
    if len(before) == sum(map(len, parts)):
        return (len(before), 0) if "\n" in before else (0, 0)
    behind = _run(parts[::-1], lambda part: part[len(part.rstrip(BLANKS)) :])
    return (len(before) if "\n" in before else 0), (len(behind) if "\n" in behind else 0)


def _run(parts: Iterable[str], blanks: Callable[[str], str]) -> str:
    """The blanks at one end of a content, over parts that hold nothing else."""
    run: list[str] = []
    for part in parts:
        if part.startswith(_CDATA):
            break
        run.append(blanks(part))
        if len(run[-1]) < len(part):
            break
    return "".join(run)


def _inner(part: str) -> str:
    return part[len(_CDATA) : -3] if part.startswith(_CDATA) else part


def _plain(value: str, writer: str) -> bool:
    """Whether a CDATA section can hold this: it knows no character references."""
    try:
        value.encode(writer)
    except UnicodeEncodeError:
        return False
    return "\r" not in value


def escaped(value: str) -> str:
    """The value as content of an element. Line breaks at its ends are written as references: standing there
    themselves they would be read back as layout."""
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    value = value.replace("\r", "&#13;")  # a bare one would be read back as a line feed
    start, end = len(value) - len(value.lstrip(BLANKS)), len(value.rstrip(BLANKS))
    if start >= end:
        return value.replace("\n", "&#10;")
    return f"{value[:start].replace(_FEED, _FED)}{value[start:end]}{value[end:].replace(_FEED, _FED)}"

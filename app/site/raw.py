"""A document as people edit it by hand: its characters with the secrets hidden, and back to bytes. Pure.

Lines that nobody touched keep their very bytes, whatever encoding, line ends and broken characters they have. A hidden
secret stands as ***hidden-1***; where that mark stays, the secret itself is sent, never the mark.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from app.settings.document import Document
from app.settings.secrecy import is_hidden
from app.site import secrets
from app.wire import xml_encoding
from app.wire.xml_encoding import Reading

CONTEXT = 2  # lines around a difference
Step = tuple[str, int, int, int, int]  # as difflib's opcodes
MARK = re.compile(r"\*\*\*hidden-(\d+)\*\*\*")
_LINE_END = re.compile("(\r\n|\r|\n)")
_UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\u2028\u2029\ud800-\udfff\ufdd0\ufdd1]")  # editors change these
_REPLACED = "\ufffd"
_STRAYS = re.compile("([\udc80-\udcff]+)")
_ATTRIBUTE = re.compile(r'(?i)\b\w*(?:password|passwd|pwd|secret|token)\s*=\s*"([^"<>]+)"')
_TAG_BEFORE = re.compile(r"<([^\s<>/!?]+)[^<>]*(?:>[^<>]*)?\Z")
_SHORTEST = 4  # characters; shorter secrets are hidden in their own place only


@dataclass(frozen=True, slots=True)
class Paper:
    """`Paper.of(document)`. shown is for an editor, with "\\n" as the only line end."""

    shown: str
    _lines: tuple[str, ...] = field(repr=False)  # as shown, but with every original character
    _ends: tuple[str, ...] = field(repr=False)
    _hidden: tuple[str, ...] = field(repr=False)  # the characters behind each mark
    _names: tuple[str, ...] = field(repr=False)  # the element that each mark stands in
    _reading: Reading = field(repr=False)
    _order_mark: bytes = field(repr=False)

    @classmethod
    def of(cls, document: Document) -> Paper:
        raw = document.source.raw
        reading = xml_encoding.read(raw)
        hidden: list[str] = []
        names: list[str] = []
        pieces: list[str] = []
        at = 0
        for start, end in _secret_places(document, reading.text):
            pieces.append(reading.text[at:start])
            names.append(_element_around(reading.text[:start]))
            hidden.append(reading.text[start:end])
            pieces.append(f"***hidden-{len(hidden)}***")
            at = end
        parts = _LINE_END.split("".join([*pieces, reading.text[at:]]))
        lines, ends = tuple(parts[::2]), (*parts[1::2], "")
        shown = "\n".join(_UNSHOWN.sub(_REPLACED, line) for line in lines)
        return cls(shown, lines, ends, tuple(hidden), tuple(names), reading, raw[: reading.bom])

    def problem(self, edited: str) -> str:
        """Why a text cannot become a document again; "" when it can. Says nothing of its grammar."""
        for found in MARK.finditer(edited):
            number = int(found[1]) - 1
            if number >= len(self._hidden):
                return f"“{found[0]}” hides nothing. Type the value itself."
            if _element_around(edited[: found.start()]) != self._names[number]:
                return f"“{found[0]}” stands for a value of <{self._names[number]}>. Type the value itself here."
        for number, (line, fresh) in enumerate(self._restored(edited), 1):
            if fresh and _REPLACED in line:
                return f"Line {number} has a character that could not be read ({_REPLACED}). Delete or replace it."
        wanted = "".join(_decoded(self._reading, line, fresh) for line, fresh in self._restored(edited))
        again = xml_encoding.read(self.body(edited))
        if again.text != wanted or set(again.flaws) - set(self._reading.flaws):
            return "The text does not fit the encoding that its first line declares."
        return ""

    def body(self, edited: str) -> bytes:
        """What would be sent, secrets in their places."""
        return self._bytes(edited)

    def _bytes(self, edited: str, *, hide: bool = False) -> bytes:
        return self._order_mark + b"".join(
            _encoded(self._reading, line) if fresh else self._reading.back(line)
            for line, fresh in self._restored(edited, hide=hide)
        )

    def diff(self, edited: str) -> tuple[str, ...]:
        """What was taken out (-) and put in (+), with two lines around; marks stay marks."""
        was, now = self.shown.split("\n"), edited.split("\n")
        found: list[str] = []
        for group in _groups(_steps(was, now)):
            found.append(f"@@ line {group[0][3] + 1} @@")
            for what, i1, i2, j1, j2 in group:
                if what == "equal":
                    found += [f" {line}" for line in was[i1:i2]]
                else:
                    found += [f"-{line}" for line in was[i1:i2]] + [f"+{line}" for line in now[j1:j2]]
        return tuple(found)

    def _restored(self, edited: str, *, hide: bool = False) -> Iterator[tuple[str, bool]]:
        """Each line with its end and its secrets (or still their marks), and whether somebody touched it."""
        now = edited.split("\n")
        usual = max(self._ends[:-1], key=self._ends[:-1].count, default="\n")
        for number, (text, old) in enumerate(self._matched(now)):
            end = "" if number == len(now) - 1 else (self._ends[old] if old is not None else "") or usual
            fresh = old is None or text != self._lines[old] or end != self._ends[old]
            yield (text if hide else MARK.sub(self._unhidden, text)) + end, fresh

    def _matched(self, now: list[str]) -> Iterator[tuple[str, int | None]]:
        """Each edited line with its original characters where it has any, and the original line's number."""
        shown = self.shown.split("\n")
        for what, i1, i2, j1, j2 in _steps(shown, now):
            if what == "equal":
                yield from ((self._lines[i], i) for i in range(i1, i2))
            elif what == "replace" and i2 - i1 == j2 - j1:
                for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
                    yield _carried_over(self._lines[i], shown[i], now[j]), i
            else:
                yield from ((now[j], None) for j in range(j1, j2))

    def _unhidden(self, mark: re.Match[str]) -> str:
        number = int(mark[1]) - 1
        return self._hidden[number] if number < len(self._hidden) else mark[0]

    def curl(self, url: str, user: str, media_type: str = "", edited: str | None = None) -> str:
        """The request as a command for a POSIX shell: without edited what reads the document, else what writes it.

        curl asks for the password. A hidden value becomes a variable without which the shell refuses to run it.
        """
        globbing = ["-g"] if set(url) & set("[]{}") else []
        words = ["curl", "--digest", *globbing, "-u", user]
        if edited is None:
            return shlex.join([*words, url])
        words += ["-X", "PUT", "-H", f"Content-Type: {media_type or 'application/xml'}"]
        pieces = self._pieces(edited)
        values = [_variable(number) for number in self._marks(edited)]
        if all(map(_is_typed, pieces)):
            quoted = [shlex.quote(piece.decode()) for piece in pieces]
            body = "".join(a + b for a, b in zip(quoted, [*values, ""], strict=True))
            return f"{shlex.join(words)} --data-raw {body} {shlex.quote(url)}"
        form = "%s".join(_octal(piece) for piece in pieces)
        return f"printf '{form}' {' '.join(values)} | {shlex.join(words)} --data-binary @- {shlex.quote(url)}"

    def _marks(self, edited: str) -> tuple[int, ...]:
        return tuple(int(found[1]) for found in MARK.finditer(edited))

    def _pieces(self, edited: str) -> list[bytes]:
        """The body between its hidden values."""
        whole, found, at = self._bytes(edited, hide=True), [], 0
        for number in self._marks(edited):
            mark = self._reading.write(f"***hidden-{number}***")
            place = whole.index(mark, at)
            found.append(whole[at:place])
            at = place + len(mark)
        return [*found, whole[at:]]


def _secret_places(document: Document, text: str) -> list[tuple[int, int]]:
    """Where secrets stand in the document's characters, from left to right, without overlaps."""
    hidden = [f for f in document.fields if f.present and f.text.strip() and is_hidden(f)]
    places = _spliced_places(document, text, [f.path for f in hidden])
    places += [found.span(1) for found in _ATTRIBUTE.finditer(text)]
    for secret in secrets.secrets_of(document):
        if len(secret) >= _SHORTEST:
            for spelling in secrets.spellings(secret):
                places += [found.span() for found in re.finditer(re.escape(spelling), text)]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(set(places), key=lambda place: (place[0], -place[1])):
        if start < end and (not kept or start >= kept[-1][1]) and set(text[start:end]) not in ({"*"}, {"•"}):
            kept.append((start, end))
    return kept


def _steps(was: list[str], now: list[str]) -> list[Step]:
    """`SequenceMatcher.get_opcodes`, fast where most of it is the same: it is asked while somebody types."""
    head = _common_head(was, now)
    tail = _common_tail(was, now, head)
    end, last = len(was) - tail, len(now) - tail
    middle = SequenceMatcher(None, was[head:end], now[head:last], autojunk=False).get_opcodes()
    steps: list[Step] = [("equal", 0, head, 0, head)] if head else []
    steps += [(what, i1 + head, i2 + head, j1 + head, j2 + head) for what, i1, i2, j1, j2 in middle]
    return [*steps, ("equal", end, len(was), last, len(now))] if tail else steps


def _groups(steps: list[Step]) -> Iterator[list[Step]]:
    """The steps that change something, together where at most twice the context lies between them."""
    group: list[Step] = []
    for number, (what, i1, i2, j1, j2) in enumerate(steps):
        if what != "equal":
            group.append((what, i1, i2, j1, j2))
            continue
        first, last = number == 0, number == len(steps) - 1
        if group and (last or i2 - i1 > 2 * CONTEXT):
            yield [*group, (what, i1, min(i2, i1 + CONTEXT), j1, min(j2, j1 + CONTEXT))]
            group = []
        if not last and (first or not group):
            group = [(what, max(i1, i2 - CONTEXT), i2, max(j1, j2 - CONTEXT), j2)]
        elif group:
            group.append((what, i1, i2, j1, j2))
    if group:
        yield group


def _spliced_places(document: Document, text: str, paths: list[str]) -> list[tuple[int, int]]:
    """The source itself says where a field stands: by what becomes another text when the field does.

    Two other texts, as one of them may begin or end as the secret does.
    """
    found = []
    for path in paths:
        others = [xml_encoding.read(document.source.encode({path: sign})).text for sign in "~@"]
        heads = [_common_head(text, other) for other in others]
        tails = [_common_tail(text, other, head) for head, other in zip(heads, others, strict=True)]
        found.append((min(heads), len(text) - min(tails)))
    return found


def _common_head(one: Sequence[str], other: Sequence[str]) -> int:
    differing = (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differing, min(len(one), len(other)))


def _common_tail(one: Sequence[str], other: Sequence[str], head: int) -> int:
    """Characters or lines at the end that are the same, none of them within the first head ones."""
    room = min(len(one), len(other)) - head
    return next((n for n in range(room) if one[-1 - n] != other[-1 - n]), room)


def _element_around(before: str) -> str:
    """The name of the element whose start tag was the last one in this text."""
    found = _TAG_BEFORE.search(before)
    return found[1] if found else ""


def _carried_over(exact: str, shown: str, now: str) -> str:
    """The edited line with the original characters where its beginning and end are as they were shown."""
    if shown == now:
        return exact
    head = _common_head(shown, now)
    tail = _common_tail(shown, now, head)
    return exact[:head] + now[head : len(now) - tail] + exact[len(exact) - tail :]


def _encoded(reading: Reading, text: str) -> bytes:
    """Characters of an editor, among them such as stand for a byte that is no character."""
    parts = _STRAYS.split(text)
    return b"".join(reading.back(part) if n % 2 else reading.write(part) for n, part in enumerate(parts))


def _decoded(reading: Reading, text: str, fresh: bool) -> str:
    """What `_encoded` makes of it, read again."""
    if not fresh:
        return text
    parts = _STRAYS.split(text)
    return "".join(part if n % 2 else reading.write(part).decode(reading.writer) for n, part in enumerate(parts))


def _is_typed(piece: bytes) -> bool:
    """Whether a terminal takes these bytes as they are."""
    try:
        text = piece.decode()
    except UnicodeDecodeError:
        return False
    return all(sign in "\n\t" or sign.isprintable() for sign in text)


def _octal(piece: bytes) -> str:
    """For printf, in single quotes."""
    plain = {*range(32, 127)} - set(b"%\\'")
    return "".join(chr(byte) if byte in plain else f"\\{byte:03o}" for byte in piece)


def _variable(number: int) -> str:
    return f'"${{HIDDEN_{number}:?}}"'

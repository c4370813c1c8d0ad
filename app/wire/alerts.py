"""A stream of alerts over HTTP, sans-IO: documents with their pictures, found whatever the camera thinks of its rules.

`app.wire.multipart` finds parts by their boundaries and gives each when the next one begins. An alert must not wait
for the next sign of life, so this reader goes by what stands in the parts: a document ends with its root element
(JSON with its last brace), a picture with its end marker. Boundaries and heads only help to find the way back.

Seen: boundaries that are not the announced ones, none at all, several documents in a part, a Content-Length that
counts too much, too little, or is missing, junk between the parts, documents cut by the next part, and a stream that
ends in the middle of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.wire.multipart import boundary_pattern, part_headers, token_pattern

DOCUMENT_LIMIT = 1024 * 1024  # bytes of one alert; the largest seen has some thousand
PICTURE_LIMIT = 16 * 1024 * 1024
_HEAD_LIMIT = 16 * 1024
_PROLOG_LIMIT = 8 * 1024  # bytes before the end of the root's start tag
_LINE_ENDS = 4  # bytes that a Content-Length may count or not: two line ends are nobody's lie
_LISTS = (b"List", b"Alerts", b"Array")  # roots that hold whole alerts
_TAIL = 300  # bytes at the end of what was searched that may hold the start of a boundary
_BLANKS = b" \t\r\n\0\xef\xbb\xbf"
_SEPARATOR = re.compile(rb"(?:\A|\n)(--[^\s<>]{0,200})[ \t]*\r?\n(?=[\w-]+[ \t]*:|\r?\n)")
_START = re.compile(rb"<\?xml[\s?]|<(?:[\w.-]+:)?EventNotificationAlert(?:List|s|Array)?[\s/>]")
_PROLOG = re.compile(rb"(?:\s+|<\?[^<>]*\?>|<!--.*?-->)*", re.DOTALL)
_OPENING = re.compile(rb"<(?:[?!A-Za-z_]|\Z)")
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(/?)>")
_HEAD_LINE = re.compile(rb"\r?\n|[\w-]+[ \t]*:[^\r\n]*\r?\n")
_HALF_LINE = re.compile(rb"\r?|[\w-]+[ \t]*(?::[^\n]*)?")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_JSON_SIGN = re.compile(rb'[{}\[\]"]')
_IN_STRING = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)
_PICTURE, _PICTURE_END = b"\xff\xd8\xff", b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class AlertDocument:
    """One document, XML or JSON, as it came."""

    body: bytes = field(repr=False)
    is_json: bool = False


@dataclass(frozen=True, slots=True)
class AlertPicture:
    """A JPEG; it belongs to the document before it."""

    jpeg: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Dropped:
    """Bytes that were of no use, and why."""

    reason: str
    size: int


Piece = AlertDocument | AlertPicture | Dropped


class AlertReader:
    """Feed it bytes as they come, `end` it when the connection has ended. It never raises.

    dropped counts bytes that came to nothing, lies the parts whose Content-Length was wrong.
    """

    def __init__(
        self, content_type: str = "", *, document_limit: int = DOCUMENT_LIMIT, picture_limit: int = PICTURE_LIMIT
    ) -> None:
        self.dropped = 0
        self.lies = 0
        self._document_limit = document_limit
        self._picture_limit = picture_limit
        self._announced = boundary_pattern(content_type)
        self._learned: re.Pattern[bytes] | None = None
        self._buffer = bytearray()
        self._searched = 0  # bytes at the beginning of the buffer that were looked through in vain
        self._json: _JsonScan | None = None
        self._length: int | None = None  # of the part at hand, as announced
        self._used = 0  # bytes of the part at hand that are done with
        self._junk = 0  # bytes dropped since the last piece

    def feed(self, data: bytes) -> list[Piece]:
        """Everything that is complete now, in the order of the stream."""
        self._buffer += data
        found: list[Piece] = []
        while self._step(found):
            pass
        return found

    def end(self) -> list[Piece]:
        """What is left when the connection has ended."""
        found: list[Piece] = []
        rest = self._buffer.strip(_BLANKS)
        if rest.startswith((b"<", b"{", b"[")):
            self._cut(found, len(self._buffer))
        elif rest.startswith(_PICTURE):
            self._give_picture(found, len(self._buffer))
        elif self._boundary_here() is None and not re.fullmatch(rb"-+[^\s<>]{0,200}", rest):
            self._junk += len(rest)
        self._tell_junk(found)
        self._buffer.clear()
        return found

    # What comes next

    def _step(self, found: list[Piece]) -> bool:
        """False when more bytes are needed."""
        buffer = self._buffer
        if not self._searched and self._json is None:
            self._take(len(buffer) - len(buffer.lstrip(_BLANKS)))
        if not buffer:
            return False
        boundary = self._boundary_here()
        if boundary is not None:
            return self._head(found, boundary)
        if _OPENING.match(buffer):
            return self._document(found)
        if buffer.startswith((b"{", b"[")):
            return self._json_document(found)
        if buffer.startswith(_PICTURE):
            return self._picture(found)
        return self._seek(found)

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        self._used += size
        self._searched = 0
        return taken

    @property
    def _waste(self) -> int:
        """How much of what is too much can go: all but what may be the start of something, and never nothing."""
        return max(len(self._buffer) - _TAIL, 1)

    # Boundaries, heads and what stands between the parts

    @property
    def _patterns(self) -> Iterator[re.Pattern[bytes]]:
        """The announced boundary and the one that is really used; as long as none was seen, anything like one."""
        if self._announced is not None:
            yield self._announced
        if self._learned is not self._announced or self._learned is None:
            yield self._learned or _SEPARATOR

    def _boundary_here(self) -> re.Match[bytes] | None:
        return next((place for each in self._patterns if (place := each.match(self._buffer)) is not None), None)

    def _boundary(self, start: int) -> re.Match[bytes] | None:
        """The next one from a place in the buffer on."""
        found = [place for each in self._patterns if (place := each.search(self._buffer, start)) is not None]
        return min(found, key=lambda place: place.start(), default=None)

    def _head(self, found: list[Piece], boundary: re.Match[bytes]) -> bool:
        buffer, start = self._buffer, boundary.end()
        line = _HEAD_LINE.match(buffer, start)
        if line is None:
            if _HALF_LINE.fullmatch(buffer, start, start + _HEAD_LIMIT) and len(buffer) - start < _HEAD_LIMIT:
                return False
            return self._next_part(found, boundary, start, {})
        if not line[0].strip():
            return self._next_part(found, boundary, line.end(), {})
        end = _HEAD_END.search(buffer, start, start + _HEAD_LIMIT)
        if end is not None:
            return self._next_part(found, boundary, end.end(), part_headers(bytes(buffer[start : end.start()])))
        if len(buffer) - start < _HEAD_LIMIT:
            return False
        self._next_part(found, boundary, start, {})
        self._drop(found, "A part of the stream has endless headers.", len(self._take(_HEAD_LIMIT)))
        return True

    def _next_part(self, found: list[Piece], boundary: re.Match[bytes], end: int, headers: Mapping[str, str]) -> bool:
        """The part before the boundary is over, the next one's body begins at end."""
        if self._learned is None:
            announced = boundary.re is self._announced
            self._learned = self._announced if announced else token_pattern(boundary[1].lstrip(b"-"))
        length = self._length
        if length is not None and not self._used - _LINE_ENDS <= length <= self._used + _LINE_ENDS:
            self.lies += 1
        self._tell_junk(found)
        self._take(end)
        text = headers.get("content-length", "").strip()
        self._length = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
        self._used = 0
        return True

    def _seek(self, found: list[Piece]) -> bool:
        """Over what makes no sense, to where something does."""
        places = [place.start() for place in (self._boundary(0), _START.search(self._buffer)) if place is not None]
        picture = self._buffer.find(_PICTURE)
        places += [picture] if picture >= 0 else []
        if places:
            self._junk += len(self._take(min(places)).strip(_BLANKS))
            return True
        waste = len(self._buffer) - _TAIL
        if waste > 0:
            self._junk += len(self._take(waste).strip(_BLANKS))
            if self._junk > self._document_limit:
                self._tell_junk(found)
        return False

    def _tell_junk(self, found: list[Piece]) -> None:
        if self._junk:
            size, self._junk = self._junk, 0
            self._drop(found, "Between the parts of the stream stood something that is no alert.", size)

    def _drop(self, found: list[Piece], reason: str, size: int) -> None:
        self.dropped += size
        found.append(Dropped(reason, size))

    # What alerts are made of

    def _document(self, found: list[Piece]) -> bool:
        """From the first sign of a document to the end of its root element."""
        buffer = self._buffer
        prolog = _PROLOG.match(buffer, 0, _PROLOG_LIMIT)
        start = prolog.end() if prolog is not None else 0
        root = _ROOT.match(buffer, start, _PROLOG_LIMIT)
        if root is None:
            other = self._cut_before(start + 1, b"", len(buffer))
            if other is not None:
                return self._cut(found, other)
            if len(buffer) < _PROLOG_LIMIT:
                return self._unended(found)
            self._junk += len(self._take(1))
            return True
        if root[2]:
            return self._give(found, root.end())
        ends = re.compile(rb"</" + re.escape(root[1]) + rb"[ \t\r\n]*>")
        end = ends.search(buffer, max(root.end(), self._searched - _TAIL))
        cut = self._cut_before(root.end(), root[1], len(buffer) if end is None else end.start())
        if cut is not None:
            return self._cut(found, cut)
        return self._unended(found) if end is None else self._give(found, end.end())

    def _cut_before(self, start: int, root: bytes, end: int) -> int | None:
        """Where something else begins inside of a document: the next part, or another alert."""
        searched = self._searched - _TAIL
        starts = [self._boundary(max(1, searched))]
        if not root.endswith(_LISTS):
            starts.append(_START.search(self._buffer, max(start, searched)))
        return min((each.start() for each in starts if each is not None and each.start() < end), default=None)

    def _give(self, found: list[Piece], size: int, *, is_json: bool = False) -> bool:
        self._tell_junk(found)
        found.append(AlertDocument(self._take(size), is_json))
        self._json = None
        return True

    def _json_document(self, found: list[Piece]) -> bool:
        scan = self._json = self._json or _JsonScan()
        end = scan.end_in(self._buffer)
        if end is not None:
            return self._give(found, end, is_json=True)
        cut = self._boundary(max(1, self._searched - _TAIL))
        return self._unended(found) if cut is None else self._cut(found, cut.start())

    def _unended(self, found: list[Piece]) -> bool:
        """It goes on in what is still to come, unless it is too much already."""
        self._searched = len(self._buffer)
        if len(self._buffer) <= self._document_limit:
            return False
        self._json = None
        self._tell_junk(found)
        self._drop(found, "An alert has no end.", len(self._take(self._waste)))
        return True

    def _cut(self, found: list[Piece], size: int) -> bool:
        self._json = None
        self._tell_junk(found)
        self._drop(found, "An alert was cut off.", len(self._take(size)))
        return True

    def _picture(self, found: list[Piece]) -> bool:
        """Up to its announced length where that is its end, else up to the next part."""
        buffer, length = self._buffer, self._length
        if length is not None:
            length -= self._used
            if 4 <= length <= len(buffer) and buffer[:length].rstrip(_BLANKS).endswith(_PICTURE_END):
                return self._give_picture(found, length)
        place = self._boundary(max(self._searched - _TAIL, 0))
        if place is not None:
            return self._give_picture(found, place.start())
        self._searched = len(buffer)
        if len(buffer) > self._picture_limit:
            self._tell_junk(found)
            self._drop(found, "A picture has no end.", len(self._take(self._waste)))
            return True
        return False

    def _give_picture(self, found: list[Piece], size: int) -> bool:
        self._tell_junk(found)
        jpeg = self._take(size).rstrip(_BLANKS)
        end = jpeg.rfind(_PICTURE_END)
        if end < 0:
            self._drop(found, "A picture was cut off.", len(jpeg))
        else:
            found.append(AlertPicture(jpeg[: end + 2]))
        return True


class _JsonScan:
    """Finds the last brace of a JSON text that comes in pieces; every byte is looked at once."""

    def __init__(self) -> None:
        self._at = 0
        self._depth = 0
        self._in_string = False

    def end_in(self, buffer: bytearray) -> int | None:
        """Where the text ends. The buffer must begin with it and may only have grown since the last call."""
        while True:
            if self._in_string:
                inner = _IN_STRING.match(buffer, self._at)
                self._at = self._at if inner is None else inner.end()
                if buffer[self._at : self._at + 1] != b'"':
                    return None
                self._at, self._in_string = self._at + 1, False
            sign = _JSON_SIGN.search(buffer, self._at)
            if sign is None:
                self._at = len(buffer)
                return None
            self._at = sign.end()
            if sign[0] == b'"':
                self._in_string = True
                continue
            self._depth += 1 if sign[0] in b"{[" else -1
            if self._depth <= 0:
                return self._at

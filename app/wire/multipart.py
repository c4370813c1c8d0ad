"""Multipart streams over HTTP (pictures, alerts), sans-IO: parts are found whatever the camera thinks of its rules.

Tolerated: a boundary with or without its dashes, in the header, on the wire or in neither; quotes around it; parts
without a line end before the boundary; a Content-Length that is missing or wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from app.errors import ProtocolError, TooLarge

PART_LIMIT = 16 * 1024 * 1024  # bytes of one part
_HEAD_LIMIT = 16 * 1024
_TAIL = 300  # bytes at the end of what was searched that may hold the start of a boundary
_UNKNOWN = re.compile(rb"(?:\A|\n)(--[^\s]{1,200})[ \t]*\r?\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Part:
    """headers with lower-case names; body without the line end before the next boundary."""

    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def content_type(self) -> str:
        """Lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class MultipartReader:
    """Feed it bytes as they come. skipped counts bytes outside of parts, lies the lengths that were wrong.

    A part is given as soon as its Content-Length is reached, once the first part showed that the camera counts
    right; otherwise when the next boundary comes.
    """

    def __init__(self, content_type: str, *, limit: int = PART_LIMIT) -> None:
        self.skipped = 0
        self.lies = 0
        self._limit = limit
        self._buffer = bytearray()
        self._boundary = boundary_pattern(content_type)
        self._headers: dict[str, str] | None = None  # of the part at hand
        self._in_head = False
        self._searched = 0
        self._trust: bool | None = None  # in lengths; None before the first one was seen to be right
        self._given = False  # what follows up to the boundary was already given or is worth nothing

    def feed(self, data: bytes) -> list[Part]:
        """Every part that is complete now. TooLarge for a part, ProtocolError for a head, without an end."""
        self._buffer += data
        found: list[Part] = []
        while self._step(found):
            pass
        return found

    def _step(self, found: list[Part]) -> bool:
        """False when more bytes are needed."""
        if self._in_head:
            return self._head()
        if self._headers is None or self._given:
            return self._seek()
        return self._body(found)

    def _seek(self) -> bool:
        """To the boundary, over whatever stands before it."""
        place = self._next_boundary()
        if place is None:
            waste = max(len(self._buffer) - _TAIL, 0)
            if self._given and waste and self._trust:
                self._distrust()
            self._skip(waste)
            return False
        if place.start() and self._given and self._trust:
            self._distrust()
        self._skip(place.start())
        self._take(place.end() - place.start())
        return True

    def _distrust(self) -> None:
        """More bytes than announced: the part was given too early."""
        self.lies += 1
        self._trust = False

    def _take(self, size: int) -> None:
        """The boundary; a part's head follows."""
        del self._buffer[:size]
        self._searched = 0
        self._in_head, self._given, self._headers = True, False, None

    def _skip(self, size: int) -> None:
        if not self._given:
            self.skipped += len(bytes(self._buffer[:size]).strip())
        del self._buffer[:size]
        self._searched = 0

    def _head(self) -> bool:
        buffer = self._buffer
        if buffer[:2] == b"\r\n" or buffer[:1] == b"\n":
            size = 2 if buffer[:1] == b"\r" else 1
            self._headers = {}
        else:
            end = _HEAD_END.search(buffer, 0, _HEAD_LIMIT)
            if end is None:
                if len(buffer) >= _HEAD_LIMIT:
                    raise ProtocolError("A part of the stream has endless headers.", detail=repr(bytes(buffer[:64])))
                return False
            self._headers, size = part_headers(bytes(buffer[: end.start()])), end.end()
        del buffer[:size]
        self._searched, self._in_head = 0, False
        return True

    def _body(self, found: list[Part]) -> bool:
        assert self._headers is not None
        buffer, length = self._buffer, self._length()
        place = self._next_boundary()
        if length is not None and self._trust and len(buffer) >= length and (place is None or place.start() >= length):
            found.append(Part(self._headers, bytes(buffer[:length])))
            del buffer[:length]
            self._searched, self._given = 0, True
            return True
        if place is None:
            if len(buffer) > self._limit:
                raise TooLarge("A part of the stream has no end.", detail=f"more than {self._limit} bytes")
            return False
        body = bytes(buffer[: place.start()])
        if length is not None:
            self._judge(length, body, bytes(buffer[: place.end()]))
            if self._trust and length > len(body):
                body = bytes(buffer[:length])  # its last line end belongs to it
        found.append(Part(self._headers, body))
        self._take(place.end())
        return True

    def _judge(self, length: int, body: bytes, with_boundary: bytes) -> None:
        """The length may count a line end at the end of the body as part of it."""
        right = len(body) <= length and with_boundary[len(body) : length] in (b"", b"\n", b"\r\n")
        if not right:
            self.lies += 1
        self._trust = right and self._trust is not False

    def _length(self) -> int | None:
        text = (self._headers or {}).get("content-length", "").strip()
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
        return number if number is not None and number <= self._limit else None

    def _next_boundary(self) -> re.Match[bytes] | None:
        start = max(self._searched - _TAIL, 0)
        self._searched = len(self._buffer)
        if self._boundary is None:
            found = _UNKNOWN.search(self._buffer, start)
            if found is None:
                return None
            self._boundary = token_pattern(found[1].lstrip(b"-"))
        return self._boundary.search(self._buffer, start)


def boundary_pattern(content_type: str) -> re.Pattern[bytes] | None:
    """What separates the parts, None where the header does not say."""
    found = re.search(r';\s*boundary\s*=\s*(?:"([^"]*)"|([^;,\s]*))', content_type, re.IGNORECASE)
    text = (found[1] or found[2] or "") if found else ""
    token = text.strip().lstrip("-").encode("latin-1", "replace")
    return token_pattern(token) if token else None


def token_pattern(token: bytes) -> re.Pattern[bytes]:
    """With dashes anywhere; without them only as a line of its own."""
    name = re.escape(token[:200])
    if not token:
        return re.compile(rb"(?:\r?\n|\A)--+[ \t]*\r?\n")
    return re.compile(rb"(?:\r?\n)?--+" + name + rb"(?:--)?[ \t]*\r?\n|(?:\r?\n|\A)" + name + rb"[ \t]*\r?\n")


def part_headers(block: bytes) -> dict[str, str]:
    pairs = (line.partition(":") for line in block.decode("latin-1").splitlines())
    return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}

"""A tolerant reader of HTTP/1 answers, sans-IO: it accepts what cameras send and lists what was wrong with it."""

from __future__ import annotations

import re
from enum import Enum, auto

from app.errors import ProtocolError, TooLarge
from app.wire.http import Headers

MAX_HEAD = 128 * 1024  # bytes of status line, headers and trailers together
MAX_INTERIM = 8  # answers of the 1xx kind before the real one

_STATUS = re.compile(rb"HTTP(?:/\d(?:\.\d)?)?[ \t]*(\d{3})(?!\d)", re.IGNORECASE)
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})([ \t]*)(?:;.*)?")
_SNIPPET = 80


class Truncated(ProtocolError):
    """The connection ended before the answer did."""


class _State(Enum):
    START = auto()
    HEADERS = auto()
    FIXED = auto()
    CHUNK_SIZE = auto()
    CHUNK_DATA = auto()
    CHUNK_END = auto()
    TRAILERS = auto()
    UNTIL_CLOSE = auto()
    DONE = auto()


class ResponseReader:
    """Reads one answer to a request with the given method.

    Call `feed` with bytes as they come and `end` when the connection ends. Then `head_complete`, `status`,
    `headers`, `take()` (body bytes so far, each once), `flaws` and `done` tell what has been read. Raises
    ProtocolError for what is no answer, TooLarge for endless headers, Truncated from `end`.
    """

    def __init__(self, method: str) -> None:
        self.status = 0
        self.headers: Headers = ()
        self.flaws: list[str] = []
        self._method = method.upper()
        self._state = _State.START
        self._input = bytearray()
        self._searched = 0  # bytes of the input known to hold no line end
        self._head_bytes = 0
        self._interim = 0
        self._fields: list[tuple[str, str]] = []
        self._missing = 0
        self._body = bytearray()
        self._is_old = False  # HTTP/1.0, which closes unless it says otherwise

    @property
    def connection_lasts(self) -> bool:
        """The answer has ended where it said, broke no rule, and the connection takes another request."""
        said = {word.strip().lower() for value in self._all("connection") for word in value.split(",")}
        counted = any(name.lower() in ("content-length", "transfer-encoding") for name, _ in self._fields)
        return (
            self.done and not self.flaws and counted and ("keep-alive" in said if self._is_old else "close" not in said)
        )

    @property
    def done(self) -> bool:
        return self._state is _State.DONE

    @property
    def head_complete(self) -> bool:
        return self._state not in (_State.START, _State.HEADERS)

    def take(self) -> bytes:
        body = bytes(self._body)
        self._body.clear()
        return body

    def feed(self, data: bytes) -> None:
        self._input += data
        while self._step():
            pass
        if self.done and self._input:
            self._flaw("more bytes than announced")
            self._input.clear()

    def end(self) -> None:
        """The connection has ended. Truncated when the answer has not."""
        if self._state is _State.START and self._input.strip() and not self._looks_like_http():
            self._without_head()
            self.feed(b"")
        if self._state is _State.UNTIL_CLOSE:
            self._state = _State.DONE
        if self.done:
            return
        if self._state is _State.START and not self._input:
            raise Truncated("The connection was closed before the answer began.")
        missing = f"{self._missing} bytes of the body are missing" if self._missing else "the end is missing"
        raise Truncated("The connection was closed in the middle of the answer.", detail=missing)

    def _step(self) -> bool:
        """Handles one piece of the input; False when more is needed."""
        match self._state:
            case _State.START:
                return self._start()
            case _State.HEADERS:
                return self._header_line()
            case _State.CHUNK_SIZE:
                return self._chunk_size()
            case _State.CHUNK_END:
                return self._chunk_end()
            case _State.TRAILERS:
                return self._trailer_line()
            case _State.FIXED | _State.CHUNK_DATA:
                return self._counted()
            case _State.UNTIL_CLOSE:
                self._body += self._input
                self._input.clear()
        return False

    def _flaw(self, text: str) -> None:
        if text not in self.flaws:
            self.flaws.append(text)

    def _line(self) -> bytes | None:
        """The next line without its end, None while it is not complete."""
        at = self._input.find(b"\n", self._searched)
        if at < 0:
            self._searched = len(self._input)
            if self._head_bytes + len(self._input) > MAX_HEAD:
                raise TooLarge("The head of the answer has no end.")
            return None
        line = bytes(self._input[:at])
        del self._input[: at + 1]
        self._searched = 0
        self._head_bytes += at + 1
        if self._head_bytes > MAX_HEAD:
            raise TooLarge("The head of the answer has no end.")
        if line.endswith(b"\r"):
            return line[:-1]
        self._flaw("lines that end without a carriage return")
        return line

    def _looks_like_http(self) -> bool:
        return b"HTTP/".startswith(bytes(self._input[:5]).upper())

    def _start(self) -> bool:
        blank = len(self._input) - len(self._input.lstrip())
        if blank:
            del self._input[:blank]
            self._searched = 0
            self._head_bytes += blank
            self._flaw("blanks before the status line")
            if self._head_bytes > MAX_HEAD:
                raise TooLarge("The head of the answer has no end.")
        if not self._input:
            return False
        if not self._looks_like_http():
            self._without_head()
            return True
        line = self._line()
        if line is None:
            return False
        found = _STATUS.match(line)
        if not found:
            raise ProtocolError("The status line makes no sense.", detail=_snippet(line))
        if not re.match(rb"HTTP/1\.[01] \d{3}(?: |$)", line):
            self._flaw("an odd status line")
        self._is_old = b"/1.0" in line[:9]
        self.status = int(found.group(1))
        if self.status < 100:
            raise ProtocolError("The status line makes no sense.", detail=_snippet(line))
        self._state = _State.HEADERS
        return True

    def _without_head(self) -> None:
        """Some ports answer with the bare document, as HTTP/0.9 did. Anything else is another protocol."""
        if not self._input.startswith((b"<", b"{")):
            raise ProtocolError("The answer is not HTTP.", detail=_snippet(bytes(self._input)))
        self._flaw("no status line and no headers")
        self.status = 200
        self._state = _State.UNTIL_CLOSE

    def _header_line(self) -> bool:
        line = self._line()
        if line is None:
            return False
        if not line.strip():
            self._end_of_head()
        elif line[:1] in b" \t" and self._fields:
            self._flaw("a header continued on the next line")
            name, value = self._fields[-1]
            self._fields[-1] = (name, f"{value} {_text(line)}")
        else:
            self._field(line)
        return True

    def _field(self, line: bytes) -> None:
        name, colon, value = line.partition(b":")
        if name != name.strip():
            self._flaw("blanks around the name of a header")
            name = name.strip()
        if colon and _NAME.fullmatch(name):
            self._fields.append((_text(name), _text(value)))
        else:
            self._flaw("a header line without a name")

    def _end_of_head(self) -> None:
        if self.status < 200 and self.status != 101:
            self._interim += 1
            if self._interim > MAX_INTERIM:
                raise ProtocolError("The device keeps announcing an answer that does not come.")
            self._fields.clear()
            self._state = _State.START
            return
        self.headers = tuple(self._fields)
        if self._method == "HEAD" or self.status in (101, 204, 304):
            self._state = _State.DONE
        elif any("chunked" in value.lower() for value in self._all("transfer-encoding")):
            self._state = _State.CHUNK_SIZE
        else:
            self._by_length()

    def _all(self, wanted: str) -> list[str]:
        return [value for name, value in self._fields if name.lower() == wanted]

    def _by_length(self) -> None:
        texts = {text.strip() for value in self._all("content-length") for text in value.split(",")}
        lengths = {int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= 15}
        if len(lengths) > 1:
            raise ProtocolError("The answer announces two different lengths.", detail=", ".join(sorted(texts)))
        if len(lengths) < len(texts) and not lengths:
            self._flaw("a Content-Length that is no number")
        if not lengths:
            self._state = _State.UNTIL_CLOSE
            return
        self._missing = lengths.pop()
        self._state = _State.FIXED if self._missing else _State.DONE

    def _counted(self) -> bool:
        part = self._input[: self._missing]
        if not part:
            return False
        self._body += part
        self._missing -= len(part)
        del self._input[: len(part)]
        if self._missing == 0:
            self._state = _State.DONE if self._state is _State.FIXED else _State.CHUNK_END
        return True

    def _chunk_size(self) -> bool:
        self._head_bytes = 0  # an endless stream of chunks has an endless number of these lines
        line = self._line()
        if line is None:
            return False
        found = _CHUNK.fullmatch(line)
        if not found:
            raise ProtocolError("The size of a chunk makes no sense.", detail=_snippet(line))
        if found.group(2) or line[:1] in (b" ", b"\t"):
            self._flaw("blanks around the size of a chunk")
        self._missing = int(found.group(1), 16)
        self._state = _State.CHUNK_DATA if self._missing else _State.TRAILERS
        return True

    def _chunk_end(self) -> bool:
        line = self._line()
        if line is None:
            return False
        if line.strip():
            raise ProtocolError("A chunk is longer than its size says.", detail=_snippet(line))
        self._state = _State.CHUNK_SIZE
        return True

    def _trailer_line(self) -> bool:
        line = self._line()
        if line is None:
            return False
        if not line.strip():
            self._state = _State.DONE
        return True


def _text(raw: bytes) -> str:
    return raw.decode("latin-1").strip()


def _snippet(raw: bytes) -> str:
    return repr(raw[:_SNIPPET])[1:]

"""RTSP 1.0 (RFC 2326): messages and the byte stream they share with interleaved packets."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from app.errors import ProtocolError

HEADER_LIMIT = 16 * 1024  # bytes of one message's start line and headers
BODY_LIMIT = 256 * 1024
GARBAGE_LIMIT = 256 * 1024  # bytes skipped between two readable things before the stream is given up

Headers = tuple[tuple[str, str], ...]

_DOLLAR = 0x24
_START = re.compile(
    rb"RTSP/\d\.\d[ \t]+(\d{3})(?:[ \t]+([^\r\n]*))?\r?\n|([A-Z][A-Z_]{2,24})[ \t]+(\S{1,4096})[ \t]+RTSP/\d\.\d\r?\n"
)
_END = re.compile(rb"\r?\n\r?\n")
_PLAUSIBLE = re.compile(rb"RTSP/\d\.\d \d{3}|\$")
_MAY_START = re.compile(rb"[A-Z][A-Z_]{2,24}[ \t]|RTSP/\d\.\d[ \t]|[A-Z][A-Z_]{0,24}\Z|RTSP/?\d?\.?\d?\Z")


@dataclass(frozen=True, slots=True)
class Request:
    """headers without CSeq, Session and Authorization, which the conversation adds."""

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Message:
    """What came besides media. status is 0 for a request of the server, whose method and url are set then."""

    status: int
    reason: str
    headers: Headers
    body: bytes = field(default=b"", repr=False)
    method: str = ""
    url: str = ""

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.headers if key.lower() == name.lower())

    def header(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    @property
    def cseq(self) -> int | None:
        text = self.header("cseq").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@dataclass(frozen=True, slots=True)
class Interleaved:
    """One `$` frame: a packet on one of the channels that SETUP agreed on."""

    channel: int
    payload: bytes


def encode(start: str, headers: Headers, body: bytes = b"") -> bytes:
    """A message's bytes; ProtocolError where a text would break out of its line."""
    lines = [start, *(f"{name}: {value}" for name, value in headers)]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    if any(sign in line for line in lines for sign in "\r\n\0"):
        raise ProtocolError("The camera sent an address that cannot be asked for.", detail=repr(start))
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace") + body


class Parser:
    """Feed it bytes as they come. channels are the ones agreed on; anything else between messages is skipped.

    skipped counts bytes that made no sense. pausing: `feed` ends after each message, because what follows it can only
    be read once the message was understood (it may name new channels); `feed(b"")` goes on.
    """

    def __init__(self) -> None:
        self.pausing = False
        self.channels: Collection[int] = ()
        self.skipped = 0
        self._buffer = bytearray()
        self._in_garbage = 0

    def feed(self, data: bytes) -> list[Message | Interleaved]:
        """Everything that is now complete. ProtocolError when a message is too large or nothing makes sense."""
        buffer = self._buffer
        buffer += data
        found: list[Message | Interleaved] = []
        at = 0
        while at < len(buffer):
            if buffer[at] == _DOLLAR and (frame_end := self._frame_end(at)) is not None:
                if frame_end > len(buffer):
                    break
                found.append(Interleaved(buffer[at + 1], bytes(buffer[at + 4 : frame_end])))
                self._in_garbage = 0
                at = frame_end
                continue
            if buffer[at] in b"\r\n":
                at += 1
                continue
            if not _MAY_START.match(buffer, at):
                at = self._skip(at)
                continue
            taken = self._message(at)
            if taken is None:
                break
            message, at = taken
            if message is not None:
                self._in_garbage = 0
                found.append(message)
                if self.pausing:
                    break
        del buffer[:at]
        return found

    def _frame_end(self, at: int) -> int | None:
        """Where the `$` frame at this place ends (perhaps later than the buffer); None when it is no frame."""
        buffer = self._buffer
        if len(buffer) < at + 4:
            return len(buffer) + 1 if len(buffer) == at + 1 or buffer[at + 1] in self.channels else None
        if buffer[at + 1] not in self.channels:
            return None
        if self._in_garbage and len(buffer) > at + 4 and buffer[at + 4] >> 6 != 2:
            return None  # in doubt a frame must hold RTP or RTCP
        return at + 4 + (buffer[at + 2] << 8 | buffer[at + 3])

    def _message(self, at: int) -> tuple[Message | None, int] | None:
        """The message at this place and where it ends; (None, further) for garbage; None when bytes are missing."""
        buffer = self._buffer
        line_end = buffer.find(b"\n", at, at + HEADER_LIMIT)
        if line_end < 0:
            self._check_length(at)
            return None
        start = _START.match(buffer, at)
        if start is None:
            return None, self._skip(at)
        end = _END.search(buffer, max(line_end - 1, at), at + HEADER_LIMIT)
        if end is None:
            self._check_length(at)
            return None
        headers = _headers(bytes(buffer[line_end + 1 : end.start()])) if end.start() > line_end else ()
        size = _content_length(headers)
        if len(buffer) < end.end() + size:
            return None
        body = bytes(buffer[end.end() : end.end() + size])
        if start[1]:
            message = Message(int(start[1]), _text(start[2] or b""), headers, body)
        else:
            message = Message(0, "", headers, body, _text(start[3]), _text(start[4]))
        return message, end.end() + size

    def _check_length(self, at: int) -> None:
        if len(self._buffer) - at >= HEADER_LIMIT:
            raise ProtocolError("The camera's answer has endless headers.", detail=_sample(self._buffer, at))

    def _skip(self, at: int) -> int:
        """The next place where something may start."""
        following = _PLAUSIBLE.search(self._buffer, at + 1)
        # A start that is cut at the end of the buffer is worth keeping.
        end = following.start() if following else max(at + 1, len(self._buffer) - 11)
        self.skipped += end - at
        self._in_garbage += end - at
        if self._in_garbage > GARBAGE_LIMIT:
            raise ProtocolError("The camera sends something that is not a stream.", detail=_sample(self._buffer, at))
        return end


def _headers(block: bytes) -> Headers:
    found: list[tuple[str, str]] = []
    for line in block.split(b"\n"):
        text = _text(line).rstrip("\r")
        if text[:1] in (" ", "\t") and found:  # folded
            found[-1] = (found[-1][0], f"{found[-1][1]} {text.strip()}")
            continue
        name, colon, value = text.partition(":")
        if colon:
            found.append((name.strip(), value.strip()))
    return tuple(found)


def _content_length(headers: Headers) -> int:
    text = next((value for name, value in headers if name.lower() == "content-length"), "0").strip()
    if not (text.isascii() and text.isdigit()):
        raise ProtocolError("The camera's answer has a wrong length.", detail=f"Content-Length: {text[:80]}")
    if len(text) > 9 or int(text) > BODY_LIMIT:
        raise ProtocolError("The camera's answer is too long.", detail=f"Content-Length: {text[:80]}")
    return int(text)


def _text(data: bytes | bytearray) -> str:
    return bytes(data).decode("latin-1").strip("\r\n")


def _sample(buffer: bytearray, at: int) -> str:
    return repr(bytes(buffer[at : at + 64]))

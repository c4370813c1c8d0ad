"""The framing of subscribeMsg. Its delimiter looks like the end of everything ("----boundary--"), lengths and line ends
differ: what counts are the JSON objects, whatever stands between them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST = 64 * 1024  # bytes of one message
_OPEN, _CLOSE, _QUOTE, _ESCAPE = b'{}"\\'
_BETWEEN = (b"--", b"content-", b"cache-control", b"connection", b"date", b"server", b"transfer-encoding", b"http/1.")
_LONGEST_LINE = 1024  # bytes between two messages without a line end that are kept to be judged


@dataclass(frozen=True, slots=True)
class Surplus:
    """Bytes that are neither a message nor what stands between messages."""

    reason: str
    size: int


Piece = bytes | Surplus


class MessageReader:
    """Bytes in any pieces -> messages in order. read counts all bytes so far."""

    def __init__(self) -> None:
        self.read = 0
        self._inside = bytearray()
        self._outside = bytearray()
        self._depth = 0
        self._quoted = self._escaped = False
        self._dropping = 0  # bytes of a message that became too large

    def feed(self, data: bytes) -> list[Piece]:
        self.read += len(data)
        found: list[Piece] = []
        for byte in data:
            if self._depth:
                self._take(byte, found)
            elif byte == _OPEN:
                found += self._judged()
                self._depth = 1
                self._inside += b"{"
            else:
                self._outside.append(byte)
                if byte == 10 or len(self._outside) > _LONGEST_LINE:
                    found += self._judged()
        return found

    def _take(self, byte: int, found: list[Piece]) -> None:
        if self._dropping:
            self._dropping += 1
        else:
            self._inside.append(byte)
        if self._quoted:
            self._quoted = byte != _QUOTE or self._escaped
            self._escaped = byte == _ESCAPE and not self._escaped
        elif byte == _QUOTE:
            self._quoted = True
        elif byte == _OPEN:
            self._depth += 1
        elif byte == _CLOSE:
            self._depth -= 1
        if not self._depth:
            size = self._dropping
            found.append(Surplus("A message without end.", size) if size else bytes(self._inside))
            self._inside.clear()
            self._dropping = 0
        elif len(self._inside) > LARGEST:
            self._dropping = len(self._inside)
            self._inside.clear()
        elif self._dropping > 16 * LARGEST:
            found.append(Surplus("A message without end.", self._dropping))
            self._depth, self._dropping, self._quoted, self._escaped = 0, 0, False, False

    def _judged(self) -> list[Piece]:
        """What stood between two messages: delimiters and headers are expected there."""
        line = bytes(self._outside).strip()
        self._outside.clear()
        if not line or line.lower().startswith(_BETWEEN):
            return []
        return [Surplus("Bytes between two messages.", len(line))]

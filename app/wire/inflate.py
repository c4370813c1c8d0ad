"""Content-Encoding undone with a bound on what comes out: a small answer may hold a very large one."""

from __future__ import annotations

import zlib

from app.errors import ProtocolError, TooLarge

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_PIECE = 256 * 1024


class ContentDecoder:
    """Decodes the pieces of one body. encoding is the header's text; limit bounds the decoded bytes.

    TooLarge as soon as the limit is passed; ProtocolError for broken or unknown encodings.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        self._limit = limit
        self._total = 0
        self._first = True
        names = [name.strip().lower() for name in encoding.split(",")]
        names = [name for name in names if name not in ("", "identity")]
        if not names:
            self._inflate = None
        elif names in (["gzip"], ["x-gzip"], ["deflate"]):
            self._inflate = zlib.decompressobj(_GZIP_OR_ZLIB)
        else:
            raise ProtocolError("The answer is packed in a way nobody asked for.", detail=encoding[:80])

    def feed(self, data: bytes) -> bytes:
        if self._inflate is None:
            return self._counted(data)
        if not data or self._inflate.eof:
            return b""
        return self._unpack(data)

    def finish(self) -> None:
        """The body has ended; ProtocolError when its packing has not."""
        if self._inflate is not None and not self._first and not self._inflate.eof:
            raise ProtocolError("The packed answer ends too early.")

    def _unpack(self, data: bytes) -> bytes:
        assert self._inflate is not None
        out = bytearray()
        pending, full = data, False
        while (pending or full) and not self._inflate.eof:
            try:
                piece = self._inflate.decompress(pending, _PIECE)
            except zlib.error as error:
                if not self._first:
                    raise ProtocolError("The packed answer is damaged.", detail=str(error)) from None
                # Many servers mean the bare stream when they say deflate.
                self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
                self._first = False
                continue
            self._first = False
            out += self._counted(piece)
            pending, full = self._inflate.unconsumed_tail, len(piece) == _PIECE
        return bytes(out)

    def _counted(self, data: bytes) -> bytes:
        self._total += len(data)
        if self._total > self._limit:
            raise TooLarge("The answer is larger than it may be.", detail=f"more than {self._limit} bytes")
        return data

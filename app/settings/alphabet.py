"""The characters that a document of a device has room for, and how many bytes they take there. Pure."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_WHOLE = ("utf-", "gb18030")  # these have all characters
_NAMES = {"gbk": "GBK", "gb2312": "GB2312", "iso8859-1": "Latin-1", "big5": "Big5"}


@dataclass(frozen=True, slots=True)
class Alphabet:
    """codec is Python's name of the encoding that new text is written in."""

    codec: str = "utf-8"

    @property
    def name(self) -> str:
        """For people."""
        own = codecs.lookup(self.codec).name
        return _NAMES.get(own, own.upper())

    def lacking(self, text: str) -> str:
        """The first character that cannot be written, "" for none.

        In a document of plain ASCII all others are written as references, which is the only way that leaves.
        """
        if text.isascii() or self.codec == "ascii" or self.codec.startswith(_WHOLE):
            return ""
        return next((sign for sign in text if not self._has(sign)), "")

    def size(self, text: str) -> int:
        """In bytes."""
        return len(text.encode(self.codec, "replace"))

    def _has(self, sign: str) -> bool:
        try:
            sign.encode(self.codec)
        except UnicodeEncodeError:
            return False
        return True


UNICODE = Alphabet()

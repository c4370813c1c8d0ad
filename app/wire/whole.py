"""Whether a body that ended before its announced length is a whole document all the same.

Some cameras announce more bytes than they send (48 too many were seen) and close the connection. Only a document that
says itself where it ends can be believed then: XML and web pages to the end of their root, JSON to its last bracket.
"""

from __future__ import annotations

from app.errors import ProtocolError
from app.wire import json_text, xml

TOO_FEW_BYTES = "fewer bytes than announced"  # as a flaw of the answer

_LARGEST = 1024 * 1024  # bytes; the largest settings seen are below 100 KB, and this is read in one step
_BLANKS = b" \t\r\n\0"


def is_whole(body: bytes) -> bool:
    """The body is one XML or JSON document, or a web page, with its end. Nothing marks the end of text or a picture."""
    trimmed = body.strip(_BLANKS)
    if len(trimmed) > _LARGEST:
        return False
    if trimmed.lower().endswith(b"</html>"):
        return True
    try:
        if trimmed.endswith(b">"):
            xml.parse(trimmed)
        elif trimmed.endswith((b"}", b"]")):
            json_text.parse(trimmed)
        else:
            return False
    except ProtocolError:
        return False
    return True

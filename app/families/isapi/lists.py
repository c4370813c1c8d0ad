"""Lists that some devices answer with an error although their entries are there (FIELD 32). Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

from app.wire.xml import XmlDocument

_TRIGGERS = (
    "IO-1", "IO-2", "VMD-1", "tamper-1", "videoloss-1", "linedetection-1", "fielddetection-1", "facedetection-1",
    "regionEntrance-1", "regionExiting-1", "scenechangedetection-1", "unattendedBaggage-1", "attendedBaggage-1",
    "audioexception-1", "defocus-1", "PIR-1", "diskfull", "diskerror", "nicbroken", "ipconflict", "illaccess",
)  # fmt: skip
_PORTS = ("1", "2", "3", "4")

# Path without prefix -> the ids its entries have on real devices.
_PROBES = {
    "/Event/triggers": _TRIGGERS,
    "/Streaming/channels": ("101", "102", "103"),
    "/System/IO/inputs": _PORTS,
    "/System/IO/outputs": _PORTS,
    "/System/Video/inputs/channels": ("1",),
    "/Image/channels": ("1",),
}
_DECLARATION = re.compile(r"\s*(?:<\?xml[^>]*\?>\s*)*")


def probes(tail: str) -> tuple[str, ...]:
    """The ids to be tried where this list does not answer, () where nothing is known."""
    return _PROBES.get(tail, ())


def compose(block: str, entries: Sequence[XmlDocument]) -> bytes | None:
    """The list that the device would have given: its entries as they came, one after another. None without any."""
    if not entries:
        return None
    root = entries[0].root
    name = block if re.fullmatch(r"[A-Za-z]\w*", block, re.ASCII) else f"{root.name}List"
    namespace = f" xmlns={quoteattr(root.namespace)}" if root.namespace else ""
    body = "\r\n".join(_DECLARATION.sub("", each.text.lstrip("\ufeff"), count=1).strip() for each in entries)
    return f'<?xml version="1.0" encoding="UTF-8"?>\r\n<{name}{namespace}>\r\n{body}\r\n</{name}>\r\n'.encode()

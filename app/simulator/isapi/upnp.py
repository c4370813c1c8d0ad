"""The UPnP description document of a simulated camera."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

PATH = "/upnpdevicedesc.xml"


def description(
    texts: Mapping[str, str], presentation: str, device_type: str = "urn:schemas-upnp-org:device:Basic:1"
) -> bytes:
    """A device without services, as cameras are; texts in the order that UPnP wants."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<root xmlns="urn:schemas-upnp-org:device-1-0">',
        "<specVersion><major>1</major><minor>0</minor></specVersion>",
        "<device>",
        f"<deviceType>{device_type}</deviceType>",
        *(f"<{name}>{escape(text)}</{name}>" for name, text in texts.items()),
        f"<presentationURL>{escape(presentation)}</presentationURL>",
        "</device>",
        "</root>",
    ]
    return ("\r\n".join(lines) + "\r\n").encode()

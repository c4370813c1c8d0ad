"""The description document that a UPnP device names in its LOCATION."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import ProtocolError
from app.wire import xml

LIMIT = 256 * 1024  # bytes; real ones are a few kilobytes


@dataclass(frozen=True, slots=True)
class Description:
    """What the root device says of itself; empty texts mean "not said"."""

    device_type: str = ""
    name: str = ""
    manufacturer: str = ""
    model: str = ""
    model_number: str = ""
    serial: str = ""
    udn: str = ""
    presentation_url: str = ""


def read_description(data: bytes) -> Description:
    """ProtocolError: not XML, too deep, or another document (a web page) in its place."""
    root = xml.parse(data, limit=LIMIT, depth=32, nodes=5_000).root
    device = root if root.name == "device" else root.find("device")
    if device is None:
        raise ProtocolError("The description is another document.", detail=f"its root is <{root.name[:40]}>")
    return Description(
        device.text_of("deviceType"),
        device.text_of("friendlyName"),
        device.text_of("manufacturer"),
        device.text_of("modelName"),
        device.text_of("modelNumber"),
        device.text_of("serialNumber"),
        device.text_of("UDN"),
        device.text_of("presentationURL"),
    )

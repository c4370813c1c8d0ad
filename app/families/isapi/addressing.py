"""Which fields of a page are an interface's addresses and a camera's own ports, and what is said of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.settings import networks
from app.settings.field import Field
from app.settings.hints import Advise, TextOf

INTERFACES = re.compile(r"/(System/)?Network/interfaces(/[^/]+(/ipAddress)?)?$", re.IGNORECASE)
PORTS = re.compile(r"/Security/adminAccesses(/[^/]+)?$", re.IGNORECASE)
OTHERS = ("DefaultGateway", "PrimaryDNS", "SecondaryDNS", "Discovery")  # addresses of somebody else
_PORT, _PROTOCOL = "portNo", "protocol"
_IN_BROWSERS = ("HTTP", "HTTPS")


def advice(resource: str, fields: Sequence[Field]) -> Advise | None:
    """What to say of the page's working values, None for a page without addresses or ports of the camera."""
    paths = [field.path for field in fields]
    if INTERFACES.search(resource):
        groups = [_around(path) for path in paths if _name(path) == "ipAddress" and not any(o in path for o in OTHERS)]
        return lambda text_of: _of_addresses(groups, text_of)
    if PORTS.search(resource):
        return lambda text_of: _of_ports({path: text_of(path) for path in paths})
    return None


def _of_addresses(groups: Sequence[str], text_of: TextOf) -> dict[str, str]:
    said: dict[str, str] = {}
    for group in groups:
        if text_of(f"{group}addressingType").lower() not in ("", "static"):
            continue  # what a DHCP server gives is not ours to judge
        address, mask = text_of(f"{group}ipAddress"), text_of(f"{group}subnetMask")
        way = f"{group}DefaultGateway/ipAddress"
        said[f"{group}subnetMask"] = networks.mask_problem(mask)
        said[f"{group}ipAddress"] = "" if address in networks.NO_ADDRESS else networks.address_problem(address, mask)
        said[way] = networks.gateway_problem(text_of(way), address, mask)
    return {path: text for path, text in said.items() if text}


def _of_ports(texts: Mapping[str, str]) -> dict[str, str]:
    seen = {
        path: networks.browser_problem(text)
        for path, text in texts.items()
        if _name(path) == _PORT and texts.get(f"{_around(path)}{_PROTOCOL}", "").upper() in _IN_BROWSERS
    }
    return {path: text for path, text in seen.items() if text} | shared_ports(texts)


def shared_ports(texts: Mapping[str, str]) -> dict[str, str]:
    """By path, of a page's texts: the ports that several services were given."""
    ports = {path: text for path, text in texts.items() if _name(path) == _PORT}
    names = {path: texts.get(f"{_around(path)}{_PROTOCOL}", "") or path for path in ports}
    said = networks.port_problems({names[path]: text for path, text in ports.items()})
    return {path: said[number] for path, text in ports.items() if (number := text.lstrip("0")) in said}


def _around(path: str) -> str:
    """What stands before the last name, with its slash."""
    return path[: len(path) - len(_name(path))]


def _name(path: str) -> str:
    return path.rpartition("/")[2]

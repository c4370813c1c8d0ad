"""Whether the addresses and ports of one device go together. Pure.

Each answers in a sentence for people, "" where nothing speaks against it or where a text is no address: the same words
are a hint while somebody types and the reason why nothing is sent.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Final

NO_ADDRESS: Final = ("", "0.0.0.0")  # what devices show for none
_ONES = 0xFFFF_FFFF
# The ports that browsers do not open, by the Fetch standard ("bad port").
_REFUSED: Final = frozenset(
    (
        1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
        110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
        531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190,
        5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
    )
)  # fmt: skip


def mask_problem(mask: str) -> str:
    """A mask is ones and then zeros."""
    found = _ip(mask)
    if found is None:
        return ""
    zeros = int(found) ^ _ONES
    return f"{mask} is no subnet mask: masks are like 255.255.255.0" if zeros & (zeros + 1) else ""


def address_problem(address: str, mask: str) -> str:
    host, network = _ip(address), _network(address, mask)
    if host is None:
        return ""
    if host.is_multicast or host.is_unspecified or host.is_reserved:
        return f"{host} cannot be the address of a camera"
    if network is None or network.prefixlen > 30:
        return ""
    if host == network.network_address:
        return f"{host} is the {network} network itself, not an address in it"
    return f"{host} is for everybody in the {network} network, not for one" if host == network.broadcast_address else ""


def gateway_problem(gateway: str, address: str, mask: str) -> str:
    way, network = _ip(gateway), _network(address, mask)
    if way is None or gateway in NO_ADDRESS or network is None:
        return ""
    if gateway == address:
        return f"{gateway} is the camera itself: a gateway is another device"
    return "" if way in network else f"The gateway {gateway} is outside the network {network} of the camera's address"


def port_problems(ports: Mapping[str, str]) -> dict[str, str]:
    """By port number, of services by their names: which services share one. Other texts are left out."""
    users: dict[str, list[str]] = {}
    for name, port in ports.items():
        if port.isascii() and port.isdigit():
            users.setdefault(str(int(port[:9])), []).append(name)
    return {
        port: f"Port {port} is used by {' and by '.join(names)}: each service needs one of its own"
        for port, names in users.items()
        if len(names) > 1
    }


def browser_problem(port: str) -> str:
    """Of a port at which a device shows its own pages."""
    is_number = port.isascii() and port.isdigit() and len(port) < 6
    return f"Web browsers refuse to open port {port}" if is_number and int(port) in _REFUSED else ""


def network(address: str, mask: str) -> ipaddress.IPv4Network | None:
    """The network around an address, None where the two make none. Without a mask it is the address alone."""
    return None if mask_problem(mask) else _network(address, mask or "255.255.255.255")


def _network(address: str, mask: str) -> ipaddress.IPv4Network | None:
    host, bits = _ip(address), _ip(mask)
    if host is None or bits is None or mask in NO_ADDRESS or mask_problem(mask):
        return None
    return ipaddress.IPv4Network((int(host), int(bits).bit_count()), strict=False)


def _ip(text: str) -> ipaddress.IPv4Address | None:
    try:
        return ipaddress.IPv4Address(text.strip())
    except ValueError:
        return None

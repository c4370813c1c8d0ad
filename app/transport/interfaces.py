"""The local IPv4 addresses that discovery may use. psutil knows them on Linux, Windows and macOS alike."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

import psutil

from app.errors import InvalidSetting

VARIABLE = "CAMWRIGHT_INTERFACES"

_LOOPBACK = ipaddress.IPv4Network("127.0.0.0/8")
_LOOPBACK_NAME = "lo"


@dataclass(frozen=True, slots=True)
class LocalInterface:
    """One IPv4 address of this computer: the adapter's name, the address, the length of its network prefix."""

    name: str
    address: str
    prefix: int

    @property
    def network(self) -> ipaddress.IPv4Network:
        return ipaddress.IPv4Interface(f"{self.address}/{self.prefix}").network

    @property
    def is_loopback(self) -> bool:
        return ipaddress.IPv4Address(self.address) in _LOOPBACK

    def reaches(self, host: str) -> bool:
        """Whether the host's IPv4 address lies in this interface's network, so that no router is needed."""
        try:
            return ipaddress.IPv4Address(host) in self.network
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"{self.name} {self.address}"


def local_interfaces() -> tuple[LocalInterface, ...]:
    """Every IPv4 address of an adapter that is up; tunnels from one point to another are left out."""
    states = psutil.net_if_stats()
    found = []
    for name, addresses in psutil.net_if_addrs().items():
        state = states.get(name)
        if state is None or not state.isup or "pointopoint" in state.flags:
            continue
        found += [
            LocalInterface(name, each.address, _prefix(each.netmask))
            for each in addresses
            if each.family == socket.AF_INET and not each.ptp
        ]
    return tuple(found)


def allowed_interfaces(
    text: str | None = None, environment: Mapping[str, str] = os.environ
) -> tuple[LocalInterface, ...]:
    """What an option (or CAMWRIGHT_INTERFACES where the option is absent) allows; all of them without either.

    The text is a comma list of local addresses or adapter names. Any address of 127.0.0.0/8 counts as an
    address of the loopback adapter. InvalidSetting names the first entry that is neither, or an empty list.
    """
    wanted = text if text is not None else environment.get(VARIABLE)
    if wanted is None:
        return local_interfaces()
    known = local_interfaces()
    chosen: dict[str, LocalInterface] = {}
    for entry in filter(None, (part.strip() for part in wanted.split(","))):
        for interface in _matching(entry, known):
            chosen[interface.address] = interface
    if not chosen:
        raise InvalidSetting("The list of interfaces is empty.", hint=_choices(known), path="interfaces")
    return tuple(chosen.values())


def _matching(entry: str, known: tuple[LocalInterface, ...]) -> tuple[LocalInterface, ...]:
    matching = tuple(each for each in known if entry in (each.name, each.address))
    if matching:
        return matching
    try:
        loopback = ipaddress.IPv4Address(entry) in _LOOPBACK
    except ValueError:
        loopback = False
    if not loopback:
        raise InvalidSetting(
            f"“{entry}” is neither an address nor an interface of this computer.",
            hint=_choices(known),
            path="interfaces",
        )
    return (LocalInterface(_LOOPBACK_NAME, entry, _LOOPBACK.prefixlen),)


def _choices(known: tuple[LocalInterface, ...]) -> str:
    return f"There are: {', '.join(map(str, known)) or 'none'}."


def _prefix(netmask: str | None) -> int:
    """An address without a mask is alone in its network."""
    return ipaddress.IPv4Network(f"0.0.0.0/{netmask}").prefixlen if netmask else 32

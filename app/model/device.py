"""What is known of a device: where it answers, who it says it is, how it was found."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


def one_mac(mac: str) -> str:
    """A MAC address in lower case with colons, however a protocol spells it; what is none stays as it is."""
    digits = "".join(sign for sign in mac.casefold() if sign not in ":-. ")
    if len(digits) != 12 or any(sign not in "0123456789abcdef" for sign in digits):
        return mac.casefold()
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A host and, where it is not the family's default, a port. `str()` and `parse()` are inverse."""

    host: str
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> Address:
        """`192.168.1.64`, `cam.local:8080`, `[fe80::1]:80`; ValueError says what is wrong with anything else."""
        text = text.strip()
        for prefix in ("http://", "https://"):
            text = text.removeprefix(prefix)
        text = text.rstrip("/")
        host, port = text, ""
        if text.startswith("["):
            host, bracket, rest = text[1:].partition("]")
            if not bracket or (rest and not rest.startswith(":")):
                raise ValueError(f"“{text}” is not an address: a bracket is missing")
            port = rest[1:]
        elif text.count(":") == 1:
            host, _, port = text.partition(":")
        if not host or any(sign in host for sign in "/@?# \t"):
            raise ValueError(f"“{text}” is not an address: type a host name or an IP address")
        if not port:
            return cls(host)
        if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
            raise ValueError(f"“{port}” is not a port: use 1 to 65535")
        return cls(host, int(port))

    def with_default_port(self, port: int) -> Address:
        return self if self.port else Address(self.host, port)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    @property
    def sort_key(self) -> tuple[int, int, str, int]:
        """IP addresses in numeric order before names."""
        try:
            number = int(ipaddress.ip_address(self.host.partition("%")[0]))
        except ValueError:
            return (1, 0, self.host, self.port or 0)
        return (0, number, "", self.port or 0)


class DeviceState(StrEnum):
    """What the site pane says of a device before anybody has logged in."""

    FOUND = "found"
    NEEDS_SETUP = "needs setup"
    FOREIGN_SUBNET = "foreign subnet"
    LOST = "lost"
    UNKNOWN = "unknown"  # answers, but no family knows it


@dataclass(frozen=True, slots=True)
class Recognition:
    """A family's claim on an answer. confidence 0..100; empty texts mean "not said". host is where the answer says that
    it comes from, which counts only where no sender is known."""

    family: str
    dialect: str
    confidence: int
    name: str = ""
    model: str = ""
    serial: str = ""
    mac: str = ""
    firmware: str = ""
    port: int | None = None
    needs_setup: bool = False
    host: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One entry of the site pane, merged from every answer with a common identity key."""

    address: Address
    family: str
    dialect: str
    name: str
    model: str
    serial: str
    mac: str
    firmware: str
    state: DeviceState
    source: str  # "ssdp", "ssdp notify", "address", ...
    interface: str  # the local address it was heard on, "" when added by hand
    first_seen: float  # seconds of time.monotonic()
    last_seen: float
    conflict: str = ""  # set when another device claims the same serial or MAC
    note: str = ""  # what stands in the way: the description was refused and why, how to reach a foreign subnet

    @property
    def keys(self) -> frozenset[str]:
        """Identity is a set: any common key makes two answers one device."""
        keys = {f"at:{self.address}"}
        if self.serial:
            keys.add(f"serial:{self.serial.casefold()}")
        if self.mac:
            keys.add(f"mac:{one_mac(self.mac)}")
        return frozenset(keys)


@dataclass(frozen=True, slots=True)
class Clock:
    """The device's clock against ours. offset is device minus this computer; zone is the device's own text."""

    device_time: datetime
    offset: timedelta
    zone: str = ""
    mode: str = ""  # "NTP", "manual", ...


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """The overview page. Empty text or None means that the device does not say."""

    name: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = ""
    mac: str = ""
    device_type: str = ""
    uptime: timedelta | None = None
    clock: Clock | None = None
    notes: tuple[str, ...] = field(default=())  # "The clock did not answer: …"

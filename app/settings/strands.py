"""Changes after which a device may no longer be where it was, or no longer take the password it took."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.model.device import Address


class StrandKind(StrEnum):
    ADDRESS = "address"
    PORT = "port"
    TLS = "tls"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Strand:
    """One such change. text says the consequence in words; target is where the device will answer then, None where
    nobody can know (an address from a DHCP server) or where it stays."""

    kind: StrandKind
    path: str
    text: str
    target: Address | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """A device that did not come back. hint says what to do; stranger is the serial number of another device that
    answers at the new place."""

    summary: str
    hint: str
    stranger: str = ""

"""HTTPS to devices with certificates of their own: the fingerprint is pinned at first use, a change stops.

Cameras sign their own certificates, so no authority can vouch for them; what can be known is that the device is
the same one as the first time.
"""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from app.model.device import Address
from app.transport.failures import CertificateChanged, chain


@dataclass(frozen=True, slots=True)
class MadeThere:
    """A certificate that a device has made itself, before anybody has seen it: what the device said of it."""

    name: str
    serial: int

    def is_this(self, der: bytes) -> bool:
        """Of this name and number, and signed by its own key."""
        from cryptography import x509  # only those who have had one made need it
        from cryptography.exceptions import InvalidSignature

        try:
            shown = x509.load_der_x509_certificate(der)
            shown.verify_directly_issued_by(shown)
        except (ValueError, TypeError, InvalidSignature):
            return False
        names = shown.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return shown.serial_number == self.serial and [str(each.value) for each in names] == [self.name]


class PinStore(Protocol):
    """Fingerprints by address: SHA-256 of the certificate, lower-case hex."""

    def get(self, address: Address) -> str | None: ...

    def set(self, address: Address, fingerprint: str) -> None: ...

    def expect(self, host: str, fingerprint: str) -> None:
        """Whoever answers at this host may show this certificate from now on instead of the pinned one."""

    def is_expected(self, host: str, fingerprint: str) -> bool: ...

    def expect_made(self, host: str, name: str, serial: int) -> None:
        """The same for one that the device has made itself and that nobody has seen yet: the first that has this name
        and number, and is signed by its own key, becomes the one that is expected."""

    def take_made(self, host: str, der: bytes) -> bool:
        """Whether this is the one that the device has made; from then on it is expected like any other."""

    def replaced_from_here(self, host: str) -> bool:
        """Whether `expect` or `expect_made` was called for it."""


class MemoryPins:
    """Pins that last as long as the program."""

    def __init__(self) -> None:
        self._pins: dict[Address, str] = {}
        self._expected: dict[str, set[str]] = {}
        self._made: dict[str, MadeThere] = {}
        self._replaced: set[str] = set()

    def get(self, address: Address) -> str | None:
        return self._pins.get(address)

    def set(self, address: Address, fingerprint: str) -> None:
        self._pins[address] = fingerprint

    def expect(self, host: str, fingerprint: str) -> None:
        self._expected.setdefault(host, set()).add(fingerprint)
        self._replaced.add(host)

    def is_expected(self, host: str, fingerprint: str) -> bool:
        return fingerprint in self._expected.get(host, ())

    def expect_made(self, host: str, name: str, serial: int) -> None:
        self._made[host] = MadeThere(name, serial)
        self._replaced.add(host)

    def take_made(self, host: str, der: bytes) -> bool:
        made = self._made.get(host)
        if made is None or not made.is_this(der):
            return False
        del self._made[host]  # whoever shows these names another time has copied them
        self.expect(host, fingerprint_of(der))
        return True

    def replaced_from_here(self, host: str) -> bool:
        return host in self._replaced


def fingerprint_of(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()


class _PinMismatch(ssl.SSLError):
    """Must be an SSLError: only those end a handshake in an orderly way."""

    def __init__(self, pinned: str, shown: str, replaced: bool) -> None:
        super().__init__(f"pinned {pinned}, shown {shown}")
        self.pinned = pinned
        self.shown = shown
        self.replaced = replaced


def pinning_context(address: Address, pins: PinStore) -> ssl.SSLContext:
    """A context whose handshake fails before anything is sent when the certificate is not the pinned one."""

    class PinnedObject(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            der = self.getpeercert(binary_form=True) or b""
            shown, pinned = fingerprint_of(der), pins.get(address)
            if pinned is None or pins.is_expected(address.host, shown):
                pins.set(address, shown)
            elif pinned != shown:
                if not pins.take_made(address.host, der):
                    raise _PinMismatch(pinned, shown, pins.replaced_from_here(address.host))
                pins.set(address, shown)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslobject_class = PinnedObject
    return context


@cache
def unused_context() -> ssl.SSLContext:
    """For clients that speak plain HTTP only; making a context for each would read all authorities each time."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def pin_problem(address: Address, error: BaseException) -> CertificateChanged | None:
    """The pin that an error is about, None for any other error."""
    for each in chain(error):
        if isinstance(each, _PinMismatch):
            return CertificateChanged(address, pinned=each.pinned, shown=each.shown, replaced=each.replaced)
    return None

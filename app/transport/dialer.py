"""Opens the channels to devices; the composition root makes one and passes it in."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable

from app.model.device import Address
from app.transport.http import Guard, HttpxChannel
from app.transport.login import UserAndPassword
from app.transport.tls import MemoryPins, PinStore, pinning_context

HTTPS_PORTS = frozenset({443, 8443})


def everywhere(address: Address) -> bool:
    """The guard that allows all."""
    return True


def loopback_only(address: Address) -> bool:
    """Allows this computer alone, without asking any name server."""
    if address.host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def guard_for(interfaces: Iterable[str]) -> Guard:
    """The guard for the local addresses that Camwright may use: none named, or one that is not loopback, allows all.

    A computer restricted to loopback must not send a byte to the network.
    """
    named = [Address(each.strip()) for each in interfaces if each.strip()]
    return loopback_only if named and all(loopback_only(each) for each in named) else everywhere


class NetworkDialer:
    """Dialer over the real network. allowed guards every connection, pins remember certificates."""

    def __init__(
        self,
        *,
        allowed: Guard = everywhere,
        pins: PinStore | None = None,
        allow_basic: bool = True,
        is_secure: Callable[[Address], bool] = lambda address: address.port in HTTPS_PORTS,
    ) -> None:
        self._allowed = allowed
        self._pins = pins if pins is not None else MemoryPins()
        self._allow_basic = allow_basic
        self._is_secure = is_secure

    def http(
        self, address: Address, credentials: UserAndPassword | None, *, secure: bool | None = None
    ) -> HttpxChannel:
        """secure: inside TLS or not; None: by the port."""
        encrypted = self._is_secure(address) if secure is None else secure
        context = pinning_context(address, self._pins) if encrypted else None
        return HttpxChannel(
            address,
            credentials,
            context=context,
            allow_basic=self._allow_basic,
            allowed=self._allowed,
            pins=self._pins,
        )

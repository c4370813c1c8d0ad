"""Answers to probes that families read themselves: recognised, listed, and told to whoever asked one host directly."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Sequence

from app.discovery.recognise import entry, foreign_note, recognise
from app.discovery.registry import Registry
from app.discovery.sockets import ProbeSockets
from app.families.base import Clue, Family
from app.model.device import Address, Found, Recognition
from app.transport.udp import Datagram

DIRECT = 1.0  # seconds for the answer of one address to a datagram
_KEPT = float("inf")  # rows do not run out by themselves: silence in the next scans is what counts


class Answers:
    """Lives in the event loop."""

    def __init__(
        self, families: Sequence[Family], registry: Registry, sockets: ProbeSockets, clock: Callable[[], float]
    ) -> None:
        self._families = families
        self._registry = registry
        self._sockets = sockets
        self._clock = clock
        self._awaited: dict[str, asyncio.Future[Found]] = {}  # hosts that were asked directly

    def take(self, kind: str, datagram: Datagram) -> str:
        """The host of the device that answered and is listed now; "" for what nobody asked for or knows."""
        host, interface = datagram.sender[0], datagram.handle.interface
        strange = self._sockets.is_foreign(datagram)
        recognition = None if strange else recognise(self._families, Clue(kind, Address(host), {}, datagram.payload))
        if recognition is not None and datagram.handle.link:
            host = _own_host(recognition)
        if recognition is None or not host:
            return ""
        foreign = not self._sockets.reaches(host)
        found = entry(
            self._families,
            recognition,
            host,
            source=kind,
            interface=interface.address,
            now=self._clock(),
            foreign=foreign,
            note=foreign_note(host, interface) if foreign else "",
        )
        self._registry.see(found, _KEPT, searchable=True)
        waiter = self._awaited.get(host)
        if waiter is not None and not waiter.done():
            waiter.set_result(self._registry.get(found.address) or found)
        return host

    async def ask(self, host: str) -> Found | None:
        """The row of what one host answers to the direct probes; None when it keeps silent."""
        waiter = self._awaited.setdefault(host, asyncio.get_running_loop().create_future())
        try:
            if not self._sockets.ask(host):
                return None
            async with asyncio.timeout(DIRECT):
                return await asyncio.shield(waiter)
        except TimeoutError:
            return None
        finally:
            self._awaited.pop(host, None)


def _own_host(recognition: Recognition) -> str:
    """Where an answer without a sender says that it is, "" for anything but an address of a device."""
    try:
        told = ipaddress.IPv4Address(recognition.host)
    except ValueError:
        return ""
    return "" if told.is_multicast or told.is_unspecified or told.is_reserved else str(told)

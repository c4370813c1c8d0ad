"""The engine put together for one process: who speaks, which passwords, which networks. Made once, passed on."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass

from app.discovery import Discovery
from app.discovery.identify import identify
from app.errors import SiteError
from app.families import families, family
from app.families.base import Credentials, Dialer, Family, Session
from app.model.device import Address, Recognition
from app.site.credentials import Vault, open_vault
from app.site.journal import journalled, recall
from app.site.records import Origin
from app.site.site import Site
from app.transport.dialer import NetworkDialer, guard_for
from app.transport.interfaces import allowed_interfaces
from app.video.still import with_stills


@dataclass(frozen=True, slots=True)
class Engine:
    """The parts that the window and the command line share. interfaces is the list as the user wrote it.

    site None: nothing is journalled. Whoever opened the site closes it.
    """

    families: tuple[Family, ...]
    dialer: Dialer
    vault: Vault
    interfaces: str | None
    site: Site | None = None
    origin: Origin = Origin.FORM  # what the journal says of where changes come from
    report: Callable[[SiteError], None] | None = None  # told when the outcome of a write is not in the journal

    @classmethod
    async def create(
        cls,
        interfaces: str | None = None,
        vault: Vault | None = None,
        site: Site | None = None,
        origin: Origin = Origin.FORM,
        report: Callable[[SiteError], None] | None = None,
    ) -> Engine:
        """interfaces: local addresses or names, by comma; None takes CAMWRIGHT_INTERFACES, and all without it.

        A list of loopback addresses only keeps every connection on this computer.
        """
        wanted = interfaces if interfaces is not None else os.environ.get("CAMWRIGHT_INTERFACES")
        dialer = NetworkDialer(allowed=guard_for((wanted or "").split(",")))
        if vault is None:
            vault = await asyncio.to_thread(open_vault)
        return cls(families(), dialer, vault, wanted, site, origin, report)

    def discovery(self) -> Discovery:
        """Not started."""
        allowed_interfaces(self.interfaces)  # a wrong name is said now, a cable plugged in later is seen later
        return Discovery(self.families, self.dialer, lambda: allowed_interfaces(self.interfaces))

    async def search(self, serial: str) -> tuple[Address, ...]:
        """As `base.Search`: one scan."""
        async with self.discovery() as discovery:
            return await discovery.search(serial)

    async def identify(self, address: Address) -> Recognition:
        """NotSupported when no family knows what answers, TransportError when nobody does."""
        return await identify(self.families, self.dialer, address)

    def place(self, address: Address, recognition: Recognition) -> Address:
        """The address with its port: as it was asked for, else as the device says, else the family's own."""
        return address.with_default_port(recognition.port or family(recognition.family).default_port)

    async def open(self, address: Address, recognition: Recognition, credentials: Credentials) -> Session:
        """One try of the credentials, at the port that the device says or that was asked for.

        With a site every write of the session goes through its journal.
        """
        there = self.place(address, recognition)
        session = await family(recognition.family).connect(self.dialer, there, recognition.dialect, credentials)
        session = with_stills(session)
        session.use_search(self.search)
        if self.site is None:
            return session
        session.use_memory(self.site.ladder)
        await recall(session, self.site, recognition)
        return journalled(session, self.site, self.origin, recognition=recognition, report=self.report)

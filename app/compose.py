"""The engine put together for one process: who speaks, which passwords, which networks. Made once, passed on."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass

from app.discovery.service import Discovery
from app.errors import CameraError, NotSupported
from app.families import families, family
from app.families.base import Credentials, Dialer, Family, Session
from app.model.device import Address, Recognition
from app.site.credentials import Vault, open_vault
from app.transport.dialer import NetworkDialer
from app.transport.interfaces import allowed_interfaces

SURE = 80  # confidence from which no other family needs to be asked


@dataclass(frozen=True, slots=True)
class Engine:
    """The parts that the window and the command line share."""

    families: tuple[Family, ...]
    dialer: Dialer
    vault: Vault

    @classmethod
    async def create(cls, vault: Vault | None = None) -> Engine:
        return cls(families(), NetworkDialer.from_environment(), vault or await asyncio.to_thread(open_vault))

    def discovery(self, interfaces: str | None = None) -> Discovery:
        """Not started. interfaces: comma list; None takes CAMWRIGHT_INTERFACES, else every usable one."""
        wanted = interfaces if interfaces is not None else os.environ.get("CAMWRIGHT_INTERFACES")
        return Discovery(self.families, self.dialer, allowed_interfaces(wanted))

    async def identify(self, address: Address) -> Recognition:
        """Which family answers at address; NotSupported when none of ours does, TransportError when nobody does."""
        return await identify(self.families, self.dialer, address)

    async def open(self, address: Address, recognition: Recognition, credentials: Credentials) -> Session:
        """One try of the credentials."""
        chosen = family(recognition.family)
        return await chosen.connect(self.dialer, address, recognition.dialect, credentials)

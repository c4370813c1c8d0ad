"""A device that goes elsewhere, followed by its serial number."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.errors import BadCredentials, CameraError, LockedOut, TransportError
from app.families.base import Credentials, HttpChannel, Search
from app.families.isapi import identity
from app.families.isapi.client import Client, called
from app.model.device import Address
from app.patience import Sleep
from app.settings.strands import Lost

PAUSE = 3.0  # seconds between two looks
LOOKS = 30  # a minute and a half of them
LOOKS_AT_RESTART = 70  # a camera that restarts may take three minutes
STAYS = 8  # looks after which a device that was never away has not gone anywhere

Connect = Callable[[Address, Credentials], Awaitable[Client]]


@dataclass(frozen=True, slots=True)
class Arrived:
    """It answers there, and it is the same device."""

    channel: HttpChannel
    address: Address


@dataclass(frozen=True, slots=True)
class Stayed:
    """It answers where it was."""


@dataclass
class Follower:
    """connect logs in once. old is the way to the place that is being left."""

    connect: Connect
    old: Client
    sleep: Sleep

    async def follow(
        self, place: Address, credentials: Credentials, serial: str, *, restarts: bool = False
    ) -> Arrived | Stayed | Lost:
        """Looks every few seconds. A device with another serial number is never taken for ours, and no password is
        tried twice anywhere."""
        stranger, was_away, tries = "", False, True
        same_place = place == self.old.channel.address
        looks = LOOKS_AT_RESTART if restarts else LOOKS
        clock = asyncio.get_running_loop().time
        until = clock() + looks * PAUSE  # a place where nobody is takes its time to say so
        for look in range(looks):
            if clock() > until:
                break
            await self.sleep(PAUSE)
            found = await self._who(place, credentials) if tries else None
            if isinstance(found, (BadCredentials, LockedOut)):
                tries = False
                if same_place:
                    return Stayed() if await self._still_here(serial) else self._lost(place, "", refused=True)
            elif isinstance(found, tuple):
                client, who = found
                if who.serial == serial:
                    return Arrived(client.channel, place)
                stranger = who.serial or "unknown"
                await client.channel.close()
            if same_place:
                continue
            here = await self._still_here(serial)
            was_away = was_away or not here
            if here and (was_away or look >= STAYS):
                return Stayed()
        return self._lost(place, stranger, refused=not tries)

    async def seek(
        self, search: Search, credentials: Credentials, serial: str, *, restarts: bool = False
    ) -> Arrived | Stayed | Lost:
        """As `follow`, where nobody knows the place: whoever is heard with this serial number is asked."""
        was_away = False
        looks = LOOKS_AT_RESTART if restarts else LOOKS
        clock = asyncio.get_running_loop().time
        until = clock() + looks * PAUSE
        tried: set[Address] = {self.old.channel.address}
        for look in range(looks):
            if clock() > until:
                break
            await self.sleep(PAUSE)
            here = await self._still_here(serial)
            was_away = was_away or not here
            if here and (was_away or look >= STAYS):
                return Stayed()
            for place in [] if here else await search(serial):
                if place in tried:
                    continue
                found = await self._who(place, credentials)
                if isinstance(found, (BadCredentials, LockedOut)):
                    tried.add(place)
                elif isinstance(found, tuple):
                    client, who = found
                    if who.serial == serial:
                        return Arrived(client.channel, place)
                    tried.add(place)
                    await client.channel.close()
        return Lost(
            f"{self.old.camera} has asked a DHCP server for its address and was not found on the networks of this "
            "computer.",
            "Look into the list of the DHCP server for it, then add its address by hand. Where nobody gives it one, "
            "many cameras take 192.168.1.64 or one that begins with 169.254.",
        )

    async def _who(
        self, place: Address, credentials: Credentials
    ) -> tuple[Client, identity.Who] | BadCredentials | LockedOut | None:
        try:
            client = await self.connect(place, credentials)
        except (BadCredentials, LockedOut) as refused:
            return refused
        except CameraError:
            return None
        try:
            return client, await identity.ask(client)
        except CameraError:
            await client.channel.close()
            return None

    async def _still_here(self, serial: str) -> bool:
        try:
            return (await identity.ask(self.old)).serial == serial
        except TransportError:
            return False
        except CameraError:
            return False

    def _lost(self, place: Address, stranger: str, *, refused: bool) -> Lost:
        there = called(place)
        if stranger:
            return Lost(
                f"At {there} another device answers, with the serial number {stranger}.",
                "Two devices may share this address now. Take one off the network, then scan again.",
                stranger,
            )
        if refused:
            return Lost(
                f"What answers at {there} refuses the password; it was tried once.",
                "Check that this is the same camera, then log in there by hand.",
            )
        return Lost(
            f"{self.old.camera} has not come back, neither at {there} nor where it was.",
            f"Scan again in a minute. If it stays away, look at its power and its cable, and whether {there} can be "
            "reached from this computer.",
        )

"""What was heard by SSDP, per address and LOCATION: decides what is read, lists it, lets it go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.discovery.descriptions import DescriptionReader, Place, Reading, place_of
from app.discovery.recognise import entry, foreign_note, plain, recognise, unknown
from app.discovery.registry import Registry
from app.errors import ProtocolError
from app.families.base import Clue, Family
from app.model.device import Address, Found
from app.transport.interfaces import LocalInterface
from app.wire.ssdp import SsdpKind, SsdpMessage

TOTAL_LIMIT = 10_000  # sightings
HOST_LIMIT = 1024  # of them at one address, so that one liar cannot fill the list
LIFE = (60.0, 1800.0, 86400.0)  # seconds: shortest, where max-age is not said, longest
READ_AGAIN = 1.0  # seconds between two readings of one description, whatever the device claims


@dataclass(frozen=True, slots=True)
class OtherDevice:
    """Something that described itself well and is no camera of a known family: a router, a television."""

    address: Address
    name: str
    model: str
    interface: str


@dataclass(slots=True)
class _Sighting:
    message: SsdpMessage  # the newest
    host: str
    interface: LocalInterface
    location: str
    searchable: bool
    expires: float
    ids: set[str] = field(default_factory=set)
    read_at: float = 0.0
    read_version: tuple[str, str] | None = None
    failed_in: int | None = None  # the scan in which the description could not be read
    task: asyncio.Task[None] | None = None
    row: Address | None = None
    other: OtherDevice | None = None

    @property
    def source(self) -> str:
        return "ssdp" if self.searchable else "ssdp notify"


class Sightings:
    """Lives in the event loop; `hear` is cheap for everything that is not news."""

    def __init__(
        self,
        families: Sequence[Family],
        registry: Registry,
        reader: DescriptionReader,
        reaches: Callable[[str], bool],
        clock: Callable[[], float],
    ) -> None:
        self.refused = 0
        self._families = families
        self._registry = registry
        self._reader = reader
        self._reaches = reaches
        self._clock = clock
        self._scan = 0
        self._hosts: dict[str, dict[str, _Sighting]] = {}  # by address, then by LOCATION
        self._count = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def others(self) -> tuple[OtherDevice, ...]:
        return tuple(dict.fromkeys(each.other for each in self._all() if each.other is not None))

    def scan_started(self) -> None:
        """Descriptions that could not be read get another chance."""
        self._scan += 1

    def hear(self, message: SsdpMessage, host: str, interface: LocalInterface, *, searched: bool) -> None:
        if message.kind is SsdpKind.BYEBYE:
            self._bye(message, host)
            return
        sighting = self._sighting(message, host, interface, searched)
        if sighting is None:
            return
        if message.uuid and len(sighting.ids) < 16:
            sighting.ids.add(message.uuid)
        if self._wants_reading(sighting):
            self._read(sighting)
        elif sighting.row is not None:
            self._registry.touch(sighting.row, self._clock(), sighting.expires, searchable=sighting.searchable)

    def age(self, now: float) -> None:
        for sighting in self._all():
            if sighting.expires <= now:
                self._drop(sighting)

    def forget(self, address: Address) -> None:
        """The next answer from there is read anew."""
        for sighting in self._of(address.host):
            if sighting.row == address:
                self._drop(sighting)

    async def settled(self, timeout: float) -> None:
        """Waits until every description asked for so far has been read, at most so many seconds."""
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=timeout)

    async def close(self) -> None:
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._hosts.clear()

    def _sighting(self, message: SsdpMessage, host: str, interface: LocalInterface, searched: bool) -> _Sighting | None:
        shortest, usual, longest = LIFE
        life = usual if message.max_age is None else min(max(message.max_age, shortest), longest)
        expires = self._clock() + life
        here = self._hosts.get(host, {})
        known = here.get(message.location)
        if known is not None:
            known.message, known.expires = message, expires
            known.searchable = known.searchable or searched
            return known
        if self._count >= TOTAL_LIMIT or len(here) >= HOST_LIMIT:
            self.refused += 1
            return None
        self._count += 1
        known = _Sighting(message, host, interface, message.location, searched, expires)
        self._hosts.setdefault(host, {})[message.location] = known
        return known

    def _wants_reading(self, sighting: _Sighting) -> bool:
        if sighting.task is not None:
            return False
        if sighting.read_version is None:
            return True
        if self._clock() - sighting.read_at < READ_AGAIN:
            return False
        if sighting.failed_in is not None:
            return sighting.failed_in != self._scan
        return _restarted(sighting) or (sighting.row is not None and self._registry.get(sighting.row) is None)

    def _read(self, sighting: _Sighting) -> None:
        sighting.read_at, sighting.read_version = self._clock(), sighting.message.version
        if not self._reaches(sighting.host):
            # Asking a device of another network would send the request to a router that knows nothing of it.
            self._list(sighting, Reading(note=foreign_note(sighting.host, sighting.interface)), None)
            return
        try:
            place = place_of(sighting.message.location, sighting.host)
        except ProtocolError as error:
            self._list(sighting, Reading(note=error.summary), None)
            return
        sighting.task = asyncio.get_running_loop().create_task(self._fetch(sighting, place))
        self._tasks.add(sighting.task)
        sighting.task.add_done_callback(self._tasks.discard)

    async def _fetch(self, sighting: _Sighting, place: Place) -> None:
        try:
            reading = await self._reader.read(place)
        finally:
            sighting.task = None
        if self._hosts.get(sighting.host, {}).get(sighting.location) is sighting:
            self._list(sighting, reading, place.address.port)

    def _list(self, sighting: _Sighting, reading: Reading, port: int | None) -> None:
        sighting.failed_in = self._scan if reading.note else None
        found = self._entry(sighting, reading, port)
        sighting.other = None
        if found is None:
            described = reading.description
            model = plain(f"{described.manufacturer} {described.model}")
            sighting.other = OtherDevice(
                Address(sighting.host, port), plain(described.name), model, sighting.interface.address
            )
        previous, sighting.row = sighting.row, found.address if found else None
        if previous is not None and previous != sighting.row and not self._holds(previous):
            self._registry.forget(previous)
        if found is not None:
            self._registry.see(found, sighting.expires, searchable=sighting.searchable)
        else:
            self._registry.announce()

    def _entry(self, sighting: _Sighting, reading: Reading, port: int | None) -> Found | None:
        """None for a device that described itself and that no family knows."""
        now, headers = self._clock(), sighting.message.headers
        foreign = not self._reaches(sighting.host)
        address = Address(sighting.host, port)
        recognition = recognise(self._families, Clue("ssdp", address, headers, reading.body))
        interface = sighting.interface.address
        if recognition is not None:
            return entry(
                self._families,
                recognition,
                sighting.host,
                source=sighting.source,
                interface=interface,
                now=now,
                foreign=foreign,
                note=reading.note,
            )
        if not reading.note:
            return None
        server = plain(headers.get("SERVER", ""))
        note = f"{reading.note} It calls itself “{server}”." if server else reading.note
        return unknown(address, source=sighting.source, interface=interface, now=now, foreign=foreign, note=note)

    def _all(self) -> list[_Sighting]:
        return [sighting for here in self._hosts.values() for sighting in here.values()]

    def _of(self, host: str) -> list[_Sighting]:
        return list(self._hosts.get(host, {}).values())

    def _holds(self, row: Address) -> bool:
        return any(each.row == row for each in self._of(row.host))

    def _bye(self, message: SsdpMessage, host: str) -> None:
        """Believed only from the address that the device itself has."""
        for sighting in self._of(host):
            if message.uuid not in sighting.ids:
                continue
            self._drop(sighting)
            if sighting.row is not None:
                self._registry.lose(sighting.row)

    def _drop(self, sighting: _Sighting) -> None:
        here = self._hosts[sighting.host]
        del here[sighting.location]
        if not here:
            del self._hosts[sighting.host]
        self._count -= 1
        if sighting.task is not None:
            sighting.task.cancel()
        if sighting.other is not None:
            self._registry.announce()


def _restarted(sighting: _Sighting) -> bool:
    """Whether boot or configuration differ from those of the last reading; what is not said differs from nothing."""
    read, said = sighting.read_version or ("", ""), sighting.message.version
    sighting.read_version = (read[0] or said[0], read[1] or said[1])
    return any(new and new != old for new, old in zip(said, sighting.read_version, strict=True))

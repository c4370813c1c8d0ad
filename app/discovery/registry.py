"""The list of devices: merges what is heard of one device, ages it, and tells listeners in batches.

A row is known by its address (host and port). Serial and MAC tie addresses together: a device that has moved
takes its row along, two live addresses with one serial stay two rows that say so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from app.model.device import Address, DeviceState, Found, one_mac

BATCH = 0.1  # seconds between two change sets
MISSED_SCANS = 2  # searches without an answer before a device counts as lost
NAMED_IN_CONFLICT = 8  # addresses; beyond that a number is a placeholder of the maker
LIMIT = 10_000  # rows; what a flood invents beyond them is only counted


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows by address. Empty when only the progress of a scan has changed."""

    added: tuple[Found, ...] = ()
    changed: tuple[Found, ...] = ()
    removed: tuple[Found, ...] = ()


Listener = Callable[[Changes], None]


@dataclass(slots=True)
class _Row:
    found: Found
    state: DeviceState  # what it is while it is not lost
    expires: float
    searchable: bool  # has answered a search, so that silence at the next one means something
    missed: int = 0


class Registry:
    """Lives in the event loop. Times are seconds of the clock that the callers use."""

    def __init__(self) -> None:
        self.refused = 0
        self._rows: dict[Address, _Row] = {}
        self._by_key: dict[str, set[Address]] = {}
        self._listeners: list[Listener] = []
        self._told: dict[Address, Found] = {}
        self._touched: dict[Address, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def found(self) -> tuple[Found, ...]:
        return tuple(row.found for row in self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, address: Address) -> Found | None:
        row = self._rows.get(address)
        return row.found if row else None

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """The listener first gets what is already there. The answer ends the subscription."""
        self._listeners.append(listener)
        if self._told:
            listener(Changes(added=tuple(self._told.values())))

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def see(self, heard: Found, expires: float, *, searchable: bool) -> None:
        """A device has been heard and read: a new row, or news for the row of its address."""
        row = self._rows.get(heard.address)
        keys = heard.keys
        if row is None:
            if len(self._rows) >= LIMIT:
                self.refused += 1
                return
            row = self._rows[heard.address] = _Row(heard, heard.state, expires, searchable)
        else:
            keys |= row.found.keys
            self._unindex(row.found)
            # An answer that no family knows (another service of the same box) takes nothing away.
            known = not (row.found.family and not heard.family)
            row.found = _merged(row.found, heard) if known else row.found
            self._revive(row, heard.state if known else row.state, heard.last_seen, expires, searchable)
        self._index(row.found)
        self._settle(keys)
        self._touch(heard.address)

    def touch(self, address: Address, now: float, expires: float, *, searchable: bool) -> bool:
        """A known device has said nothing new but that it is there. False when the row is gone."""
        row = self._rows.get(address)
        if row is None:
            return False
        was_lost = row.found.state is DeviceState.LOST
        self._revive(row, row.state, now, expires, searchable)
        if was_lost:
            self._settle(row.found.keys)
            self._touch(address)
        return True

    def lose(self, address: Address) -> None:
        """The row stays, as LOST, unless the same device is alive at another address."""
        row = self._rows.get(address)
        if row is None or row.found.state is DeviceState.LOST:
            return
        row.found = replace(row.found, state=DeviceState.LOST)
        self._settle(row.found.keys)
        self._touch(address)

    def forget(self, address: Address) -> bool:
        row = self._rows.pop(address, None)
        if row is None:
            return False
        self._unindex(row.found)
        self._settle(row.found.keys)
        self._touch(address)
        return True

    def age(self, now: float) -> None:
        """Loses every row whose promise to be there has run out."""
        for address in [a for a, row in self._rows.items() if row.expires <= now]:
            self.lose(address)

    def scan_ended(self, started: float) -> None:
        """Counts who kept silent during the scan that started then."""
        for address, row in list(self._rows.items()):
            if not row.searchable or row.found.last_seen >= started:
                continue
            row.missed += 1
            if row.missed >= MISSED_SCANS:
                self.lose(address)

    def announce(self) -> None:
        """Schedules a change set even if no row has changed."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(BATCH, self.flush)

    def flush(self) -> None:
        """Tells the listeners now what they have not been told yet."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        changes = self._collect()
        for listener in tuple(self._listeners):
            listener(changes)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._listeners.clear()

    def _revive(self, row: _Row, state: DeviceState, now: float, expires: float, searchable: bool) -> None:
        row.state = state
        row.found = replace(row.found, state=state, last_seen=now)
        row.expires = expires
        row.missed = 0
        row.searchable = row.searchable or searchable

    def _settle(self, keys: Iterable[str]) -> None:
        """Brings every row that claims one of these identities into order."""
        addresses: set[Address] = set()
        for key in filter(_is_identity, keys):
            addresses |= self._by_key.get(key, set())
        for address in addresses:
            found = self._rows[address].found
            if found.state is DeviceState.LOST and self._moved(found):
                self._unindex(self._rows.pop(address).found)
                self._touch(address)
        for address in addresses & self._rows.keys():
            row = self._rows[address]
            conflict = self._conflict(row.found)
            if conflict != row.found.conflict:
                row.found = replace(row.found, conflict=conflict)
                self._touch(address)

    def _moved(self, lost: Found) -> bool:
        """Whether the device is alive elsewhere and was never heard here after it had appeared there."""
        return any(
            self._rows[other].found.first_seen >= lost.last_seen
            for key in filter(_is_identity, lost.keys)
            for other in self._live(key, lost.address)
        )

    def _conflict(self, found: Found) -> str:
        for key in sorted(filter(_is_identity, found.keys), reverse=True):  # the serial before the MAC
            title = "serial number" if key.startswith("serial:") else "MAC address"
            if len(self._by_key[key]) > NAMED_IN_CONFLICT:
                return f"Many other addresses claim the same {title}."
            others = sorted(self._live(key, found.address), key=lambda address: address.sort_key)
            if others:
                return f"The same {title} also answers at {', '.join(map(str, others))}."
        return ""

    def _live(self, key: str, but: Address) -> list[Address]:
        return [
            address
            for address in self._by_key[key]
            if address != but and self._rows[address].found.state is not DeviceState.LOST
        ]

    def _index(self, found: Found) -> None:
        for key in found.keys:
            self._by_key.setdefault(key, set()).add(found.address)

    def _unindex(self, found: Found) -> None:
        for key in found.keys:
            holders = self._by_key.get(key, set())
            holders.discard(found.address)
            if not holders:
                self._by_key.pop(key, None)

    def _touch(self, address: Address) -> None:
        self._touched[address] = None
        self.announce()

    def _collect(self) -> Changes:
        added, changed, removed = [], [], []
        for address in self._touched:
            before, now = self._told.get(address), self.get(address)
            if now is None:
                if before is not None:
                    removed.append(self._told.pop(address))
                continue
            self._told[address] = now
            if before is None:
                added.append(now)
            elif _visible(before) != _visible(now):
                changed.append(now)
        self._touched.clear()
        return Changes(tuple(added), tuple(changed), tuple(removed))


def _is_identity(key: str) -> bool:
    return key.startswith(("serial:", "mac:"))


def _visible(found: Found) -> Found:
    """Without the time of the last sign of life, which alone is no news."""
    return replace(found, last_seen=0.0)


def _merged(old: Found, new: Found) -> Found:
    """What the newer answer does not say is kept, unless another device has taken the address over."""
    if _differ(old.serial, new.serial) or _differ(one_mac(old.mac), one_mac(new.mac)):
        return new
    return replace(
        new,
        name=new.name or old.name,
        model=new.model or old.model,
        serial=new.serial or old.serial,
        mac=new.mac or old.mac,
        firmware=new.firmware or old.firmware,
        first_seen=old.first_seen,
        conflict=old.conflict,
    )


def _differ(one: str, other: str) -> bool:
    return bool(one and other and one.casefold() != other.casefold())

"""Who a device is: a set of keys, any common one of which makes two sightings one device. Pure.

Serial numbers and MAC addresses identify; an address does so only for a device that gives neither, since the next
camera may get the same address. What contradicts itself (two serials in one set) is kept and shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.model.device import one_mac

_TITLES = {"serial": "serial numbers", "mac": "MAC addresses"}
_NO_SERIAL = {"unknown", "none", "null", "n/a", "default", "undefined"}
_SHORTEST_SERIAL = 4
_MAC = re.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}")


@dataclass(frozen=True, slots=True)
class Identity:
    """keys: "serial:…", "mac:…", "at:host:port", as `of` writes them."""

    keys: frozenset[str]

    @classmethod
    def of(cls, serial: str = "", mac: str = "", address: str = "") -> Identity:
        """Placeholders that whole product lines share (zeros, "unknown") are no keys."""
        keys = set()
        serial, address = serial.strip().casefold(), address.strip().casefold()
        mac = one_mac(mac)
        if len(serial) >= _SHORTEST_SERIAL and serial not in _NO_SERIAL and len(set(serial)) > 1:
            keys.add(f"serial:{serial}")
        if _MAC.fullmatch(mac) and len(set(mac) - {":"}) > 1:
            keys.add(f"mac:{mac}")
        if address:
            keys.add(f"at:{address}")
        return cls(frozenset(keys))

    def values(self, kind: str) -> tuple[str, ...]:
        return tuple(sorted(key.partition(":")[2] for key in self.keys if key.startswith(f"{kind}:")))

    @property
    def strong(self) -> frozenset[str]:
        """The keys that stay with the device."""
        return frozenset(key for key in self.keys if not key.startswith("at:"))

    @property
    def conflicts(self) -> tuple[str, ...]:
        return tuple(
            f"{len(found)} {title}: {', '.join(found)}"
            for kind, title in _TITLES.items()
            if len(found := self.values(kind)) > 1
        )

    def joined(self, other: Identity) -> Identity:
        return Identity(self.keys | other.keys)

    def is_same(self, other: Identity) -> bool:
        """A common serial or MAC; a common address where one of the two has nothing better."""
        if self.strong and other.strong:
            return bool(self.strong & other.strong)
        return bool(self.keys & other.keys)


def merge(known: Sequence[Identity], seen: Identity) -> tuple[int, ...]:
    """The places in known (newest sighting first) that are the device seen: several when it joins them.

    An address alone points at the newest device there and joins nothing.
    """
    if seen.strong:
        common = tuple(n for n, each in enumerate(known) if each.strong & seen.strong)
        return common or tuple(n for n, each in enumerate(known) if not each.strong and each.keys & seen.keys)[:1]
    return tuple(n for n, each in enumerate(known) if each.keys & seen.keys)[:1]


def partition(identities: Iterable[Identity]) -> frozenset[frozenset[str]]:
    """The devices, as sets of their lasting keys, that a series of sightings amounts to, whatever its order."""
    groups: list[Identity] = []
    for seen in identities:
        same = set(merge(groups, seen))
        joined = seen
        for place in same:
            joined = joined.joined(groups[place])
        groups = [joined, *(each for place, each in enumerate(groups) if place not in same)]
    return frozenset(group.strong for group in groups if group.strong)

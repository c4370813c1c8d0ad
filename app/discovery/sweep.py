"""Asks every address of a range for the families that may be asked so: politely, a few at a time."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import Callable, Sequence

from app.errors import CameraError, InvalidSetting
from app.families.base import Dialer, Family
from app.model.device import Address, Recognition

AT_ONCE = 24  # addresses that are asked at the same time
PATIENCE = 3.0  # seconds for one address; a camera of the local network answers within a tenth of it
MOST = 4096  # addresses of one range

_RANGE = re.compile(r"\s*\d+\.\d+\.\d+\.\d+\s*[-/]")

Progress = Callable[[int, int], None]
Take = Callable[[Address, Recognition], None]


def is_range(text: str) -> bool:
    """Whether somebody meant a range, right or wrong, and not one address."""
    return _RANGE.match(text) is not None


def hosts_of(text: str) -> tuple[str, ...]:
    """ "192.168.1.10-192.168.1.60", "192.168.1.10-60" or "192.168.1.0/24" as addresses. InvalidSetting says what is
    wrong with anything else."""
    text = text.strip()
    first, dash, last = (part.strip() for part in text.partition("-"))
    try:
        if "/" in text:
            network = ipaddress.IPv4Network(text, strict=False)
            low, high = int(network.network_address), int(network.broadcast_address)
            if network.prefixlen < 31:
                low, high = low + 1, high - 1
        else:
            low = int(ipaddress.IPv4Address(first))
            ending = last if "." in last or not dash else f"{first.rpartition('.')[0]}.{last}"
            high = int(ipaddress.IPv4Address(ending)) if dash else low
    except ValueError:
        raise InvalidSetting(
            f"“{text[:60]}” is no range of addresses.", hint="Write 192.168.1.10-60 or 192.168.1.0/24.", path="range"
        ) from None
    if high < low:
        raise InvalidSetting(f"“{text[:60]}” ends before it begins.", path="range")
    if high - low >= MOST:
        raise InvalidSetting(f"“{text[:60]}” has more than {MOST} addresses.", hint="Sweep it in parts.", path="range")
    return tuple(str(ipaddress.IPv4Address(number)) for number in range(low, high + 1))


async def sweep(
    families: Sequence[Family], dialer: Dialer, hosts: Sequence[str], take: Take, tell: Progress = lambda *_: None
) -> None:
    """Calls take for everything that is recognised, and tell(asked, all) after each address. Whoever does not answer,
    or answers something else, is passed over."""
    asked = tuple(family for family in families if family.swept)
    slots = asyncio.Semaphore(AT_ONCE)
    done = 0

    async def one(host: str) -> None:
        nonlocal done
        async with slots:
            for family in asked:
                address = Address(host, family.default_port)
                recognition = await _ask(family, dialer, address)
                if recognition is not None:
                    take(address, recognition)
                    break
        done += 1
        tell(done, len(hosts))

    async with asyncio.TaskGroup() as group:
        for host in hosts:
            group.create_task(one(host))


async def _ask(family: Family, dialer: Dialer, address: Address) -> Recognition | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await family.fingerprint(dialer, address)
    except (CameraError, TimeoutError):
        return None

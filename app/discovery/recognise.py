"""From a clue to an entry of the list: every family is asked, the surest one names the device."""

from __future__ import annotations

from collections.abc import Sequence

from app.families.base import Clue, Family
from app.model.device import Address, DeviceState, Found, Recognition
from app.transport.interfaces import LocalInterface

_TEXT_LIMIT = 200  # characters; a device may call itself anything
_TELLING = 9  # characters of a serial number that nobody shares by chance


def recognise(families: Sequence[Family], clue: Clue) -> Recognition | None:
    """The claim with the highest confidence; among equals that of the family asked first."""
    claims = (family.recognise(clue) for family in families)
    return max((claim for claim in claims if claim is not None), key=_confidence, default=None)


def entry(
    families: Sequence[Family],
    recognition: Recognition,
    host: str,
    *,
    source: str,
    interface: str,
    now: float,
    port: int | None = None,
    foreign: bool = False,
    note: str = "",
) -> Found:
    """A row for a recognised device. Its port is the one it says, else the given one, else its family's."""
    if foreign:
        state = DeviceState.FOREIGN_SUBNET
    else:
        state = DeviceState.NEEDS_SETUP if recognition.needs_setup else DeviceState.FOUND
    port = recognition.port or port or next(f.default_port for f in families if f.key == recognition.family)
    return Found(
        address=Address(host, port),
        family=recognition.family,
        dialect=recognition.dialect,
        name=plain(recognition.name),
        model=plain(recognition.model),
        serial=plain(recognition.serial),
        mac=plain(recognition.mac),
        firmware=plain(recognition.firmware),
        state=state,
        source=source,
        interface=interface,
        first_seen=now,
        last_seen=now,
        note=note,
    )


def unknown(address: Address, *, source: str, interface: str, now: float, foreign: bool, note: str) -> Found:
    """A row for something that answers but cannot be told apart, with the reason in its note."""
    return Found(
        address=address,
        family="",
        dialect="",
        name="",
        model="",
        serial="",
        mac="",
        firmware="",
        state=DeviceState.FOREIGN_SUBNET if foreign else DeviceState.UNKNOWN,
        source=source,
        interface=interface,
        first_seen=now,
        last_seen=now,
        note=note,
    )


def foreign_note(host: str, ours: LocalInterface) -> str:
    """What to do about a device that answers from outside our network."""
    return (
        f"It answers on {ours.name} from {host}, outside {ours.network}. To reach it, give this "
        f"computer an address in the camera's network, or give the camera one in this network."
    )


def plain(text: str) -> str:
    """One line without control characters, cut to a length that a row can show."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * _TEXT_LIMIT]).split())[:_TEXT_LIMIT]


def _confidence(recognition: Recognition) -> int:
    return recognition.confidence


def same_serial(one: str, other: str) -> bool:
    """Some devices announce the number alone and put their model in front of it elsewhere."""
    short, long = sorted((one.strip().casefold(), other.strip().casefold()), key=len)
    return short == long != "" or (len(short) >= _TELLING and long.endswith(short))

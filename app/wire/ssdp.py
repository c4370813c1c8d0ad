"""SSDP, the search part of UPnP: HTTP-like text in datagrams. Pure functions between bytes and values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.errors import ProtocolError

GROUP = "239.255.255.250"
PORT = 1900

_HEADERS_LIMIT = 100
_VALUE_LIMIT = 4096  # characters of one header
_MAX_AGE = re.compile(r"max-age\s*=\s*\"?\s*([0-9]{1,9})", re.IGNORECASE)
_STATUS = re.compile(r"HTTP/1\.[0-9]\s+([0-9]{3})(\s|$)", re.IGNORECASE)
_CONTROLS = dict.fromkeys([*range(0x20), 0x7F], " ")


class SsdpKind(StrEnum):
    SEARCH = "search"  # somebody asks
    ANSWER = "answer"  # to a search
    ALIVE = "alive"
    UPDATE = "update"
    BYEBYE = "byebye"


_ANNOUNCEMENTS = {
    "ssdp:alive": SsdpKind.ALIVE,
    "ssdp:update": SsdpKind.UPDATE,
    "ssdp:byebye": SsdpKind.BYEBYE,
}


@dataclass(frozen=True, slots=True)
class SsdpMessage:
    """One datagram. headers have upper-case names; texts are empty and max_age (seconds) None where not said."""

    kind: SsdpKind
    headers: Mapping[str, str]
    usn: str = ""
    location: str = ""
    max_age: int | None = None

    @property
    def target(self) -> str:
        """What was found or announced: ST of an answer, NT of an announcement."""
        return self.headers.get("ST") or self.headers.get("NT", "")

    @property
    def uuid(self) -> str:
        """The device's own part of the USN, in small letters: all its services share it."""
        return self.usn.partition("::")[0].strip().casefold()

    @property
    def version(self) -> tuple[str, str]:
        """(boot id, configuration id): the description may differ when either does."""
        boot = self.headers.get("NEXTBOOTID.UPNP.ORG") if self.kind is SsdpKind.UPDATE else None
        return (
            boot or self.headers.get("BOOTID.UPNP.ORG", ""),
            self.headers.get("CONFIGID.UPNP.ORG", ""),
        )


def search(target: str = "ssdp:all", mx: int = 1, *, host: str = f"{GROUP}:{PORT}") -> bytes:
    """An M-SEARCH. mx is the number of seconds over which the devices spread their answers."""
    lines = (
        "M-SEARCH * HTTP/1.1",
        f"HOST: {host}",
        'MAN: "ssdp:discover"',
        f"MX: {mx}",
        f"ST: {target}",
        "USER-AGENT: Camwright UPnP/1.1",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def parse(data: bytes) -> SsdpMessage:
    """Reads what real devices send: names in any case, bare line feeds, missing headers, lines that are none.

    ProtocolError: the first line is neither an answer, an announcement nor a search; an answer whose status is
    not 200; an announcement of an unknown sort.
    """
    start, *lines = _text(data).split("\n")
    start = start.strip()
    headers = _headers(lines)
    kind = _kind(start, headers)
    age = _MAX_AGE.search(headers.get("CACHE-CONTROL", ""))
    return SsdpMessage(
        kind,
        headers,
        headers.get("USN", ""),
        headers.get("LOCATION") or headers.get("AL", ""),
        int(age[1]) if age else None,
    )


def _text(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").lstrip("\n")


def _headers(lines: list[str]) -> dict[str, str]:
    """The first value of a repeated name counts; the empty line ends the headers."""
    headers: dict[str, str] = {}
    name = ""
    for line in lines:
        if not line.strip() or len(headers) == _HEADERS_LIMIT:
            break
        if line[0] in " \t" and name:  # folded, as old HTTP allowed
            headers[name] = _value(f"{headers[name]} {line}")
            continue
        name, colon, value = line.partition(":")
        name = name.strip().upper() if colon else ""
        if name and name not in headers:
            headers[name] = _value(value)
        else:
            name = ""
    return headers


def _value(text: str) -> str:
    return text.translate(_CONTROLS).strip()[:_VALUE_LIMIT]


def _kind(start: str, headers: Mapping[str, str]) -> SsdpKind:
    status = _STATUS.match(start)
    if status:
        if status[1] != "200":
            raise ProtocolError("A device refused the search.", detail=start[:80])
        return SsdpKind.ANSWER
    method = start.partition(" ")[0].upper()
    if method == "M-SEARCH":
        return SsdpKind.SEARCH
    if method != "NOTIFY":
        raise ProtocolError("A datagram that is no discovery message.", detail=repr(start[:80]))
    sort = headers.get("NTS", "").lower()
    if not sort and headers.get("LOCATION"):
        return SsdpKind.ALIVE
    kind = _ANNOUNCEMENTS.get(sort)
    if kind is None:
        raise ProtocolError("An announcement of an unknown sort.", detail=f"NTS: {sort[:80]!r}")
    return kind

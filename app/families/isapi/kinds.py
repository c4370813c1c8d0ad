"""What kind of value a leaf holds when nobody says: from its name and the text it holds. Pure."""

from __future__ import annotations

import ipaddress
import re

from app.settings import parsers
from app.settings.spec import Kind

_INT = re.compile(r"[+-]?\d{1,18}")
_FLOAT = re.compile(r"[+-]?\d+\.\d+")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
_TIME = re.compile(r"\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MAC = re.compile(r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}")
_HEX = re.compile(r"([0-9A-Fa-f]{2})*")
_COLOUR = re.compile(r"(#|0x)?[0-9A-Fa-f]{6}")
_PORT_NAME = re.compile(r"(port|portno|(dest|multicast|server|local|http|https|rtsp|custom|sdk|ssh)port(no)?)$", re.I)
_NOT_A_PORT = re.compile(r"(input|output|io|serial|alarm|src|sub|id)\w*port", re.I)
_SECRET = re.compile(
    r"(password|passwd|passphrase|secretkey|sharedkey|secret|wpakey|encryptkey)$|^(superPassword|pinCode|psk)$", re.I
)
_TEXT_NAME = re.compile(r"(name|description|location|contact|number|version|info|model|address|id)$", re.I)
_NAMED = {
    "ipaddress": Kind.IPV4,
    "ipv4address": Kind.IPV4,
    "subnetmask": Kind.IPV4,
    "destipaddress": Kind.IPV4,
    "ipv6address": Kind.IPV6,
    "macaddress": Kind.MAC,
    "timezone": Kind.TIMEZONE,
    "gridmap": Kind.HEX,
    "frontcolor": Kind.COLOUR,
    "fontcolor": Kind.COLOUR,
    "backcolor": Kind.COLOUR,
    "transparentcolor": Kind.COLOUR,
    "hostname": Kind.HOST,
    "maxframerate": Kind.FPS100,
}


def is_secret(name: str) -> bool:
    """Whether a leaf of this name holds a password or key."""
    return bool(_SECRET.search(name))


def fits(kind: Kind, text: str) -> bool:
    """Whether a text the device holds can be of this kind. An empty text fits all but numbers and switches."""
    if kind is Kind.BOOL:
        return text in ("true", "false")
    if not text:
        return True
    match kind:
        case Kind.INT | Kind.FPS100:
            return bool(_INT.fullmatch(text))
        case Kind.PORT:
            return text.isascii() and text.isdigit() and int(text) < 65536
        case Kind.FLOAT:
            return bool(_FLOAT.fullmatch(text) or _INT.fullmatch(text))
        case Kind.IPV4 | Kind.IPV6:
            return _is_ip(text, 4 if kind is Kind.IPV4 else 6)
        case Kind.MAC:
            return bool(_MAC.fullmatch(text))
        case Kind.DATETIME:
            return bool(_DATETIME.fullmatch(text))
        case Kind.TIME:
            return bool(_TIME.fullmatch(text))
        case Kind.DATE:
            return bool(_DATE.fullmatch(text))
        case Kind.HEX:
            return bool(_HEX.fullmatch(text))
        case Kind.COLOUR:
            return bool(_COLOUR.fullmatch(text))
        case Kind.TEXT | Kind.HOST:
            return not parsers.has_lines(text)
    return True


def _is_ip(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False


def by_name(name: str, text: str) -> Kind | None:
    """The kind that the leaf's name gives away, where its text does not speak against it."""
    if is_secret(name) and text not in ("true", "false"):
        return Kind.PASSWORD
    kind = _NAMED.get(name.lower())
    if kind is None and _PORT_NAME.search(name) and not _NOT_A_PORT.search(name):
        kind = Kind.PORT
    if kind is Kind.IPV4 and ":" in text:
        kind = Kind.IPV6
    return kind if kind is not None and fits(kind, text) else None


def by_shape(name: str, text: str) -> Kind:
    """The kind of the text itself; a name that promises words keeps its number a text."""
    if _TEXT_NAME.search(name) and fits(Kind.INT, text):
        return Kind.TEXT
    for kind in (Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.DATETIME, Kind.TIME, Kind.DATE, Kind.IPV4, Kind.MAC):
        if text and fits(kind, text):
            return kind
    return Kind.OPAQUE if parsers.has_lines(text) else Kind.TEXT

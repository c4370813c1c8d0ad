"""What to say about a text that has no value but shows what was meant: a number with a comma, an address with a port,
the first half of a MAC. `on` answers "" where nothing better is known than what the kind itself says."""

from __future__ import annotations

import re
from typing import Final

from app.settings.spec import Kind, Spec

_GROUPED: Final = re.compile(r"[+-]?[0-9]{1,3}(?:([ ,.'’\u00a0\u202f])[0-9]{3})(?:\1[0-9]{3})*")
_COMMA: Final = re.compile(r"([+-]?[0-9]{1,9}),([0-9]{1,9})")
_UNIT: Final = re.compile(r"([+-]?[0-9]{1,15}(?:\.[0-9]{1,9})?)\s*[A-Za-z%°/]{1,8}")
_PART_OF_IPV4: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){0,2}\.?|(?:[0-9]{1,3}\.){3}")
_PORT: Final = re.compile(r"\[?([0-9A-Za-z.:_-]{1,253}?)\]?:([0-9]{1,5})")
_PREFIX: Final = re.compile(r"([0-9A-Fa-f.:]{2,45})/([0-9]{1,3})")
_SCHEME: Final = re.compile(r"[a-z]{2,8}://([^/\s]{1,253}).*", re.IGNORECASE)
_PART_OF_MAC: Final = re.compile(r"(?:[0-9A-Fa-f]{2}([:-]?))?(?:[0-9A-Fa-f]{2}\1?){0,5}[0-9A-Fa-f]?")
_PART_OF_IPV6: Final = re.compile(r"[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6}:?")
_PART_OF_TIME: Final = re.compile(r"[0-2]?[0-9]?:?|[0-2][0-9]:[0-5]?(?:[0-9]:[0-5]?)?")
_SHORT_TIME: Final = re.compile(r"([0-9])[:.]([0-5][0-9])")
_ADDRESSES: Final = (Kind.IPV4, Kind.IPV6, Kind.HOST)
_NUMBERS: Final = (Kind.INT, Kind.FLOAT, Kind.PORT, Kind.FPS100)


def on(text: str, spec: Spec) -> str:
    """A short sentence that says how to write what was meant."""
    text = text.strip()
    if not text or len(text) > 300:
        return ""
    if spec.kind in _NUMBERS:
        return _number(text, spec.kind)
    if spec.kind in _ADDRESSES:
        return _address(text, spec.kind)
    if spec.kind is Kind.MAC and is_begun(text, spec):
        digits = len(re.sub("[:-]", "", text))
        return f"A MAC address has 12 digits (yours has {digits})"
    if spec.kind is Kind.TIME and (short := _SHORT_TIME.fullmatch(text)):
        return f"Write 0{short[1]}:{short[2]}"
    return ""


def is_begun(text: str, spec: Spec) -> bool:
    """Whether more typing may make a good value of it. Texts that are only too short are begun as well."""
    text = text.strip()
    if len(text) > 300:
        return False
    match spec.kind:
        case Kind.IPV4:
            return _PART_OF_IPV4.fullmatch(text) is not None and _are_bytes(text)
        case Kind.IPV6:
            return _PART_OF_IPV6.fullmatch(text) is not None
        case Kind.HOST:
            return text.endswith(("-", ".")) or (_PART_OF_IPV4.fullmatch(text) is not None and _are_bytes(text))
        case Kind.MAC:
            return _PART_OF_MAC.fullmatch(text) is not None
        case Kind.TIME:
            return _PART_OF_TIME.fullmatch(text) is not None
        case Kind.TEXT | Kind.PASSWORD | Kind.HEX:
            return len(text) < (spec.min_length or 0)
    return False


def _are_bytes(text: str) -> bool:
    return all(int(part) < 256 for part in text.split(".") if part)


def _number(text: str, kind: Kind) -> str:
    if _GROUPED.fullmatch(text):
        plain = re.sub("[^0-9+-]", "", text)
        if kind is Kind.FLOAT and "," in text:
            return f"Write {plain} or {text.replace(',', '.')}: a comma can mean both"
        return f"Write {plain}, without separators"
    if (comma := _COMMA.fullmatch(text)) and kind is Kind.FLOAT:
        return f"Write {comma[1]}.{comma[2]}, with a point"
    if unit := _UNIT.fullmatch(text):
        return f"Write {unit[1]} alone: the unit is understood"
    return ""


def _address(text: str, kind: Kind) -> str:
    if scheme := _SCHEME.fullmatch(text):
        return f"Write the address alone: {scheme[1]}"
    if prefix := _PREFIX.fullmatch(text):
        return f"Write {prefix[1]} alone: the mask is a setting of its own"
    if kind is not Kind.IPV6 and text.count(":") == 1 and (port := _PORT.fullmatch(text)):
        return f"Write {port[1]} alone: the port is a setting of its own"
    if kind is not Kind.HOST and text.startswith("[") and text.endswith("]"):
        return f"Write {text[1:-1]} without brackets"
    if kind is Kind.IPV4 and _PART_OF_IPV4.fullmatch(text) and _are_bytes(text):
        return "An IPv4 address has four numbers, like 192.168.1.64"
    return ""

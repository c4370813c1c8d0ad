"""How an accepted text is spelt when it is sent: as the device itself spells such values.

People paste what other programs wrote: a MAC with dashes, a colour with #, a number with a plus. Cameras take one
spelling. IP addresses and names stay as they were typed, which is right in every spelling.
"""

from __future__ import annotations

import re
from datetime import time

from app.settings import parsers
from app.settings.spec import Kind, Spec

BY_VALUE = frozenset(
    (Kind.BOOL, Kind.INT, Kind.PORT, Kind.FPS100, Kind.FLOAT, Kind.IPV4, Kind.IPV6, Kind.MAC, Kind.HEX, Kind.COLOUR)
)  # two spellings of one value are one setting; the capitals of a name or the zone of a moment may be what is changed
_ISO = re.compile(r"([0-9-]{10})[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:\.[0-9]+)?)?(.*)")
_CLOCK = re.compile(r"([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:\.[0-9]+)?)?(.*)")
_HEAD = re.compile("#|0x", re.IGNORECASE)


def spelt(text: str, spec: Spec, like: str) -> str:
    """text, which has a value of spec's kind, in the spelling of like: what the device holds, "" for nothing."""
    match spec.kind:
        case Kind.INT | Kind.PORT | Kind.FPS100:
            return str(parsers.integer(text))
        case Kind.FLOAT:
            return text.removeprefix("+")
        case Kind.MAC:
            return _mac(text, like)
        case Kind.COLOUR:
            return _colour(text, like)
        case Kind.HEX:
            return _case(text, like)
        case Kind.TIME:
            return _time(text, like)
        case Kind.DATETIME:
            return _moment(text, like)
    return text


def _mac(text: str, like: str) -> str:
    like = like.strip()
    digits = _case(parsers.mac(text), like)
    try:
        parsers.mac(like)
    except ValueError:
        return digits
    between = "" if len(like) == 12 else like[2]
    return digits.replace(":", between)


def _colour(text: str, like: str) -> str:
    head = _HEAD.match(like.strip())
    digits = parsers.colour(text)
    return (head[0] if head else "") + _case(digits, like.strip()[len(head[0]) if head else 0 :])


def _case(digits: str, like: str) -> str:
    """In capitals or not, as like shows it; as typed where it shows none."""
    if any(each.isupper() for each in like):
        return digits.upper()
    return digits.lower() if any(each.islower() for each in like) else digits


def _time(text: str, like: str) -> str:
    clock, seconds, rest = _parts(_CLOCK, text)
    held = _CLOCK.fullmatch(like.strip())
    if held is not None and held[2] is None and parsers.clock_time(text) in (parsers.END_OF_DAY, _whole_minute(text)):
        seconds = ""  # this camera counts in minutes
    elif held is None or held[2] is not None:
        seconds = seconds or ":00"
    return f"{clock}{seconds}{rest}"


def _whole_minute(text: str) -> time:
    return parsers.clock_time(text).replace(second=0, microsecond=0)


def _moment(text: str, like: str) -> str:
    """With seconds, and with the T that XML asks for unless the camera writes a blank."""
    match = _ISO.fullmatch(text)
    if match is None:
        return text
    day, clock, seconds, rest = match.groups()
    return f"{day}{' ' if ' ' in like.strip() else 'T'}{clock}{seconds or ':00'}{rest}"


def _parts(pattern: re.Pattern[str], text: str) -> tuple[str, str, str]:
    match = pattern.fullmatch(text)
    return (match[1], match[2] or "", match[3]) if match else (text, "", "")

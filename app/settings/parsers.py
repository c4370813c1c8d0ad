"""Wire text -> Python value for each kind, and back. A parser raises ValueError for anything it is not sure of.

Only ASCII digits count as digits, and exponents, hexadecimal and digit grouping do not: cameras take none of them.
"""

from __future__ import annotations

import ipaddress
import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

END_OF_DAY = time.max  # how "24:00:00", the end of a schedule, is held in Python
_TRUE = frozenset({"true", "1", "ture", "yes", "on", "enable", "enabled"})  # "ture" is a real firmware's spelling
_FALSE = frozenset({"false", "0", "flase", "no", "off", "disable", "disabled"})
_INT = re.compile(r"[+-]?[0-9]{1,20}")
_LOWEST, _HIGHEST = -(2**63), 2**64 - 1  # what a device can hold in a whole number, signed or not
_FLOAT = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?")
_LINE_BREAK = re.compile("[\r\n\u2028\u2029]")
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_MAC = re.compile(r"[0-9a-f]{2}(?:([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}|[0-9a-f]{10})")
_OFFSET = r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_CLOCK = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
_TIME = re.compile(_CLOCK + _OFFSET)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(rf"{_DATE.pattern}[T ]{_CLOCK}{_OFFSET}")
_NAME = r"(?:[A-Za-z]{3,10}|<[A-Za-z0-9+-]{3,10}>)"
_SPAN = r"[+-]?[0-9]{1,2}(?::[0-9]{2}(?::[0-9]{2})?)?"
_DAY = r"(?:M[0-9]{1,2}\.[1-5]\.[0-6]|J?[0-9]{1,3})"
_RULE = rf"{_DAY}(?:/{_SPAN})?"
_ZONE = re.compile(rf"({_NAME})({_SPAN})(?:({_NAME})({_SPAN})?(?:,({_RULE}),({_RULE}))?)?")


def boolean(text: str) -> bool:
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError(text)


def integer(text: str) -> int:
    number = int(_whole(_INT, text.strip()))
    if not _LOWEST <= number <= _HIGHEST:
        raise ValueError(text)
    return number


def rate(text: str) -> int:
    """Frames a second times 100: none are taken backwards."""
    number = integer(text)
    if number < 0:
        raise ValueError(text)
    return number


def decimal(text: str) -> float:
    return float(_whole(_FLOAT, text.strip()))


def exact(text: str) -> Decimal:
    """A number of any kind, for comparing: a camera may answer 5.0 for 5."""
    return Decimal(_whole(_NUMBER, text.strip()))


def decimal_text(value: float) -> str:
    """As short as it can be, without an exponent; ValueError for what is no finite number."""
    if not math.isfinite(value):
        raise ValueError(value)
    shown = format(Decimal(repr(float(value))), "f")
    return shown.removesuffix(".0")


def text(text: str) -> str:
    return text


def has_lines(text: str) -> bool:
    """Whether it is broken into lines: an editor of one line would lose that."""
    return _LINE_BREAK.search(text) is not None


def trimmed(text: str) -> str:
    return text.strip()


def ipv4(text: str) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(text.strip())


def ipv6(text: str) -> ipaddress.IPv6Address:
    return ipaddress.IPv6Address(text.strip())


def host(text: str) -> str:
    """A name or an address; "" means that none is set."""
    name = text.strip()
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        labels = name.removesuffix(".").split(".") if name else []
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(text)
    if labels and labels[-1].isdigit():  # meant as an address, and wrong as one
        raise ValueError(text)
    return name


def mac(text: str) -> str:
    """Lower case with colons."""
    digits = re.sub("[:-]", "", _whole(_MAC, text.strip().lower()))
    return ":".join(digits[n : n + 2] for n in range(0, 12, 2))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(_whole(_DATETIME, text.strip()))


def clock_time(text: str) -> time:
    text = _whole(_TIME, text.strip())
    return END_OF_DAY if text in ("24:00", "24:00:00") else time.fromisoformat(text)


def same_clock(one: time, other: time) -> bool:
    """Cameras add and drop the offset of a time of day freely: where only one has it, the clock face decides."""
    if one.tzinfo is None or other.tzinfo is None:
        return one.replace(tzinfo=None) == other.replace(tzinfo=None)
    return one == other


def clock_text(value: time) -> str:
    return "24:00:00" if value == END_OF_DAY else value.isoformat()


def day(text: str) -> date:
    return date.fromisoformat(_whole(_DATE, text.strip()))


def hexadecimal(text: str) -> str:
    """Lower case; any number of digits."""
    return _whole(re.compile("[0-9a-f]*"), text.strip().lower())


def colour(text: str) -> str:
    """Six digits, lower case, without the # or 0x that some devices put before them."""
    digits = text.strip().lower().removeprefix("#").removeprefix("0x")
    return _whole(re.compile("[0-9a-f]{6}"), digits)


@dataclass(frozen=True, slots=True)
class Zone:
    """A POSIX time zone. Offsets are west of Greenwich as POSIX counts them: CST-8 is eight hours east.

    saving is the summer offset as written (None: there is none), begins and ends its rules.
    """

    name: str
    offset: timedelta
    saving_name: str = ""
    saving: timedelta | None = None
    begins: tuple[str, timedelta] | None = None
    ends: tuple[str, timedelta] | None = None
    text: str = ""

    def __str__(self) -> str:
        return self.text

    @property
    def meaning(self) -> tuple[object, ...]:
        """Equal for two spellings of one zone."""
        return (self.name, self.offset, self.saving_name, self.saving, self.begins, self.ends)


def zone(text: str) -> Zone:
    text = text.strip()
    found = _ZONE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    name, offset, saving_name, saving, begins, ends = found.groups()
    return Zone(
        name,
        _span(offset, 24),
        saving_name or "",
        _span(saving, 24) if saving else None,
        _rule(begins) if begins else None,
        _rule(ends) if ends else None,
        text,
    )


def _rule(text: str) -> tuple[str, timedelta]:
    """A change of clocks: the day, and the time of day (two o'clock unless it says so)."""
    when, _, at = text.partition("/")
    if when.startswith("M"):
        month, week, weekday = map(int, when[1:].split("."))
        fits, when = 1 <= month <= 12, f"M{month}.{week}.{weekday}"
    else:
        number = int(when.removeprefix("J"))
        fits, when = (1 if when.startswith("J") else 0) <= number <= 365, f"{when[: when.startswith('J')]}{number}"
    if not fits:
        raise ValueError(text)
    return when, _span(at, 167) if at else timedelta(hours=2)


def _span(text: str, most_hours: int) -> timedelta:
    hours, minutes, seconds = map(int, (text.lstrip("+-") + ":0:0").split(":")[:3])
    if hours > most_hours or minutes > 59 or seconds > 59:
        raise ValueError(text)
    span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -span if text.startswith("-") else span


def _whole(pattern: re.Pattern[str], text: str) -> str:
    if pattern.fullmatch(text) is None:
        raise ValueError(text)
    return text

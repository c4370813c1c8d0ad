"""Values of settings: one row per kind, and what may be said of a text before and after it was sent.

Texts are wire texts everywhere. `problem` and `oddity` answer in sentences for people and never raise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from app.errors import InvalidSetting
from app.settings import advice, blanks, lists, parsers, spelling, week
from app.settings.spec import Kind, Option, Spec

MASK = "••••"
_LONGEST = 65_536
_UNSENDABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SHOWN_OPTIONS = 8
_SHOWN_INTERVALS = 12
_SHOWN_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Row:
    """parse raises ValueError; format is its inverse for values parse gives. want says what to type instead.

    meaning makes two spellings of one value equal. bounds says what minimum and maximum count: the value
    ("number"), its characters ("length") or nothing ("").
    """

    parse: Callable[[str], Any]
    format: Callable[[Any], str]
    want: str
    bounds: str = ""
    meaning: Callable[[Any], object] = lambda value: value


def _bool_text(value: bool) -> str:
    return "true" if value else "false"


def _fold(value: str) -> str:
    return value.strip().casefold()


def _name(value: str) -> str:
    """Names on the net have no capitals, and may end in the dot of the root."""
    return _fold(value).removesuffix(".")


def _iso(value: date | datetime) -> str:
    return value.isoformat()


def _int_text(value: int) -> str:
    return str(int(value))


ROWS: Mapping[Kind, Row] = {
    Kind.BOOL: Row(parsers.boolean, _bool_text, "Use true or false"),
    Kind.INT: Row(parsers.integer, _int_text, "Use a whole number", "number"),
    Kind.FLOAT: Row(parsers.decimal, parsers.decimal_text, "Use a number like 1.5", "number"),
    Kind.TEXT: Row(parsers.text, str, "Use a text", "length"),
    Kind.OPTION: Row(parsers.trimmed, str, "Use one of the options", "", _fold),
    Kind.PASSWORD: Row(parsers.text, str, "Use a password", "length"),
    Kind.IPV4: Row(parsers.ipv4, str, "Use an IPv4 address like 192.168.1.64"),
    Kind.IPV6: Row(parsers.ipv6, str, "Use an IPv6 address like fe80::1"),
    Kind.HOST: Row(parsers.host, str, "Use a host name or an IP address", "length", _name),
    Kind.PORT: Row(parsers.integer, _int_text, "Use a port number", "number"),
    Kind.MAC: Row(parsers.mac, str, "Use a MAC address like 00:11:22:aa:bb:cc"),
    Kind.DATETIME: Row(parsers.moment, _iso, "Use a date and time like 2026-01-31T18:00:00+01:00"),
    Kind.TIME: Row(parsers.clock_time, parsers.clock_text, "Use a time like 18:00:00"),
    Kind.DATE: Row(parsers.day, _iso, "Use a date like 2026-01-31"),
    Kind.TIMEZONE: Row(
        parsers.zone,
        str,
        "Use a time zone like CST-8:00:00 (the sign is minus east of Greenwich)",
        "",
        lambda z: z.meaning,
    ),
    Kind.HEX: Row(parsers.hexadecimal, str, "Use hexadecimal digits, 0 to 9 and a to f", "length"),
    Kind.COLOUR: Row(parsers.colour, str, "Use a colour like ff8000, two digits each for red, green and blue"),
    Kind.FPS100: Row(parsers.rate, _int_text, "Use a number of frames per second, like 25 or 12.5", "number"),
    Kind.WEEK: Row(week.parse_week, week.format_week, "Use days and times like Mon 08:00-18:00"),
    Kind.LIST: Row(lists.parse_order, lists.format_order, "Use places like 1 3 2, and +1 for a new one"),
    Kind.OPAQUE: Row(parsers.text, str, "Use a text", "length"),
}


def parse(text: str, spec: Spec) -> Any:
    """The Python value: bool, int, float, str, an address of `ipaddress`, datetime, time (time.max for 24:00:00),
    date, or `parsers.Zone`. Limits are not looked at. InvalidSetting for a text that has no value."""
    try:
        return ROWS[spec.kind].parse(text)
    except ValueError:
        raise InvalidSetting(_wrong_form(spec)) from None


def format_value(value: Any, spec: Spec, like: str = "") -> str:
    """The wire text of a value as `parse` gives it, in the device's own spelling where its options, the text
    it holds now (like) or its default show one."""
    if spec.kind is Kind.BOOL:
        return _bool_like(bool(value), [*(o.value for o in spec.options), like, spec.default or ""])
    if spec.kind is Kind.TIME and isinstance(value, time) and re.fullmatch(r"\d\d:\d\d", like.strip()):
        return ROWS[Kind.TIME].format(value)[:5]
    if spec.kind is Kind.MAC and "-" in like:
        return ROWS[Kind.MAC].format(value).replace(":", "-")
    return ROWS[spec.kind].format(value)


def wire(text: str, spec: Spec, like: str = "") -> str:
    """What is sent for a typed text: pasted blanks around anything but a text are dropped, an option is sent in its own
    words, and the value is spelt like what the device holds. A text without a value comes back as it is."""
    row = ROWS[spec.kind]
    if is_text(spec.kind):
        return text
    text = text.strip()
    if len(text) > _LONGEST:
        return text
    if (option := _option(text, spec)) is not None:
        return like.strip() if like and same(like, option.value, spec) else option.value
    try:
        value = row.parse(text)
    except ValueError:
        return text
    if like and spec.kind in spelling.BY_VALUE and same(text, like, spec):
        return like  # nothing is changed by another spelling
    return format_value(value, spec, like) if spec.kind is Kind.BOOL else spelling.spelt(text, spec, like)


def is_text(kind: Kind) -> bool:
    """Whether every character counts, the blanks around it as well."""
    return ROWS[kind].parse is parsers.text


def same(one: str, other: str, spec: Spec) -> bool:
    """Whether two wire texts mean one value: 05 and 5, TRUE and true. What is no text is compared without the blanks
    around it, what has no value otherwise as it stands."""
    row = ROWS[spec.kind]
    if is_text(spec.kind):
        return one == other
    if max(len(one), len(other)) > _LONGEST:
        return one.strip() == other.strip()
    if spec.kind is Kind.OPTION and _are_two_options(one.strip(), other.strip(), spec):
        return False
    try:
        if spec.kind is Kind.TIME:
            return parsers.same_clock(row.parse(one), row.parse(other))
        read = parsers.exact if row.bounds == "number" else row.parse
        return bool(row.meaning(read(one)) == row.meaning(read(other)))
    except ValueError:
        return one.strip() == other.strip()


def _are_two_options(one: str, other: str, spec: Spec) -> bool:
    """Where a device lists both, their capitals tell them apart."""
    listed = {option.value for option in spec.options}
    return one != other and one in listed and other in listed


def problem(text: str, spec: Spec) -> str:
    """Why this text cannot be sent, in a short sentence; "" when it can."""
    unsendable = _UNSENDABLE.search(text)
    if unsendable:
        return f"Remove the character U+{ord(unsendable[0]):04X}: it cannot be sent"
    try:
        value = ROWS[spec.kind].parse(text) if len(text) <= _LONGEST else None
    except ValueError:
        return advice.on(text, spec) or _wrong_form(spec)
    if value is None:
        return f"At most {_LONGEST} characters (yours has {len(text)})"
    if spec.options and not spec.open_options:
        return "" if _option(text, spec) else _use_one_of(spec.options)
    bounds = ROWS[spec.kind].bounds
    if bounds == "number":
        return "" if _inside(value, spec) else _use_limits(spec)
    return _length_problem(len(text), spec) if bounds == "length" else ""


def oddity(text: str, spec: Spec) -> str:
    """What is odd about a value that the device holds; "" when nothing is. Never shows a secret."""
    row = ROWS[spec.kind]
    if spec.kind is Kind.PASSWORD or not text.strip() or len(text) > _LONGEST:
        return ""
    held = f"The camera holds {_clipped(text)}"
    whose = {"device": "its own", "catalog": "the documented"}.get(spec.source, "the usual")
    try:
        value = row.parse(text)
    except ValueError:
        return f"{held}, which is not what this setting takes. {_wrong_form(spec)}."
    if spec.options and not spec.open_options:
        return "" if _option(text, spec) else f"{held}, which is not one of {whose} options"
    if row.bounds == "number" and not _inside(value, spec):
        return f"{held}, outside {whose} limits {_with_unit(ranges_text(spec), spec)}"
    if row.bounds == "length" and _length_problem(len(text), spec):
        return f"The camera holds {_characters(len(text))}, outside {whose} limits: {ranges_text(spec)}"
    return ""


def display(text: str, spec: Spec) -> str:
    """The value for people: option title, On or Off, number with unit, a mask for secrets; a text that begins or ends
    with a blank in quotation marks."""
    if spec.kind is Kind.PASSWORD:
        return MASK if text else ""
    if len(text) > _LONGEST:
        return text
    option = _option(text, spec)
    if option is not None and option.title:
        return option.title
    if is_text(spec.kind):
        return f"“{text}”" if any(blanks.around(text)) else text
    try:
        value = ROWS[spec.kind].parse(text)
    except ValueError:
        return text
    if spec.kind is Kind.BOOL:
        return "On" if value else "Off"
    if spec.kind is Kind.WEEK:
        return week.summary(value)
    if spec.kind is Kind.LIST:
        return lists.summary(value, spec)
    if spec.kind is Kind.FPS100:
        return f"{_number(value / 100)} fps" if value else "full rate"
    return _with_unit(text.strip(), spec) if text.strip() else ""


def ranges_text(spec: Spec) -> str:
    """The limits without their unit: "256 to 16384", "0, 456 or 1674 to 2009", "at most 32 characters", "" for none."""
    bounds = ROWS[spec.kind].bounds
    if spec.kind is Kind.LIST:
        return "" if spec.maximum is None else f"at most {_number(spec.maximum)}"
    if bounds == "number":
        intervals = _intervals(spec)
        shown = [_interval(low, high, spec) for low, high in intervals[:_SHOWN_INTERVALS]]
        more = len(intervals) - len(shown)
        return f"{', '.join(shown)} and {more} more" if more else _listed(shown)
    if bounds != "length" or (not spec.min_length and spec.max_length is None):
        return ""
    if spec.max_length is None:
        return f"at least {_characters(spec.min_length or 0)}"
    if not spec.min_length:
        return f"at most {_characters(spec.max_length)}"
    if spec.min_length == spec.max_length:
        return f"exactly {_characters(spec.max_length)}"
    return f"{spec.min_length} to {_characters(spec.max_length)}"


def _wrong_form(spec: Spec) -> str:
    """What to type instead of a text that has no value."""
    if spec.options and not spec.open_options:
        return _use_one_of(spec.options)
    row = ROWS[spec.kind]
    return (_use_limits(spec) if row.bounds == "number" else "") or row.want


def _use_limits(spec: Spec) -> str:
    limits = ranges_text(spec)
    return f"Use {_with_unit(limits, spec)}" if limits else ""


def _use_one_of(options: tuple[Option, ...]) -> str:
    titles = [each.title or each.value for each in options]
    if len(titles) == 1:
        return f"Only {titles[0]} is possible"
    more = len(titles) - _SHOWN_OPTIONS
    if more > 1:
        return f"Use one of {', '.join(titles[:_SHOWN_OPTIONS])} and {more} more"
    return f"Use one of {', '.join(titles)}"


def _option(text: str, spec: Spec) -> Option | None:
    """The option that is meant: spelt the same, else the same value where the kind has values.

    Words must be spelt as the device spells them, a switch may be spelt any way.
    """
    exact = next((each for each in spec.options if each.value == text.strip()), None)
    if exact is not None or spec.kind is Kind.OPTION:
        return exact
    return next((each for each in spec.options if same(each.value, text, spec)), None)


def _intervals(spec: Spec) -> tuple[tuple[float | None, float | None], ...]:
    if spec.ranges:
        return spec.ranges
    low, high = spec.minimum, spec.maximum
    if spec.kind is Kind.PORT:
        low, high = 1 if low is None else low, 65535 if high is None else high
    return () if low is None and high is None else ((low, high),)


def _inside(value: float, spec: Spec) -> bool:
    if spec.minimum is not None and value < spec.minimum:
        return False
    if spec.maximum is not None and value > spec.maximum:
        return False
    allowed = _intervals(spec)
    return not allowed or any(
        (low is None or low <= value) and (high is None or value <= high) for low, high in allowed
    )


def _interval(low: float | None, high: float | None, spec: Spec) -> str:
    if spec.kind is Kind.FPS100:
        low, high = (None if each is None else each / 100 for each in (low, high))
    if low is None:
        return f"at most {_number(high or 0)}"
    if high is None:
        return f"at least {_number(low)}"
    return _number(low) if low == high else f"{_number(low)} to {_number(high)}"


def _length_problem(length: int, spec: Spec) -> str:
    if spec.max_length is not None and spec.min_length == spec.max_length != length:
        return f"Exactly {_characters(spec.max_length)} (yours has {length})"
    if spec.max_length is not None and length > spec.max_length:
        return f"At most {_characters(spec.max_length)} (yours has {length})"
    if spec.min_length is not None and length < spec.min_length:
        return f"At least {_characters(spec.min_length)} (yours has {length})"
    return ""


def _bool_like(value: bool, samples: Iterable[str]) -> str:
    """The spelling of value in the first sample that tells one."""
    for sample in filter(None, samples):
        try:
            means = parsers.boolean(sample)
        except ValueError:
            continue
        if means is value:
            return sample.strip()
    style = next((each.strip() for each in samples if each.strip()), "")
    return ("1" if value else "0") if style in ("0", "1") else _bool_text(value)


def _with_unit(text: str, spec: Spec) -> str:
    unit = "fps" if spec.kind is Kind.FPS100 else spec.unit
    return f"{text} {unit}" if unit and ROWS[spec.kind].bounds == "number" else text


def _characters(count: int) -> str:
    return "1 character" if count == 1 else f"{count} characters"


def _clipped(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else parsers.decimal_text(value)


def _listed(parts: list[str]) -> str:
    return " or ".join([*([", ".join(parts[:-1])] if parts[:-1] else []), *parts[-1:]])

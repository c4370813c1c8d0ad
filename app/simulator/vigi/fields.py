"""What one field of a setting may hold, as the data file says it: ["whole", 0, 100, 50] and the like.

The last part of each is the factory value. Numbers are taken as texts as well, for the protocol text does both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

_ZONE = re.compile(r"UTC[+-](0\d|1[0-4]):[0-5]\d")
_PERIOD = re.compile(r"([01]\d|2[0-3])([0-5]\d)-(?:([01]\d|2[0-3])([0-5]\d)|2400):[12]")
Rule = Sequence[Any]


class BadValue(Exception):
    """A value that the camera does not take; the text says which."""


def factory(rule: Rule) -> Any:
    """The value that a field has when the camera is new."""
    return rule[-1]


def checked(name: str, rule: Rule, value: object) -> Any:
    """The value as the camera keeps it; BadValue outside the limits."""
    kept = _CHECKS[rule[0]](rule, value)
    if kept is None:
        raise BadValue(name)
    return kept


def whole(value: object) -> int | None:
    """A whole number, also one that comes as a text; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,12}", value):
        return int(value)
    return None


def _whole(rule: Rule, value: object) -> int | None:
    number = whole(value)
    return number if number is not None and rule[1] <= number <= rule[2] else None


def _choice(rule: Rule, value: object) -> str | None:
    return value if isinstance(value, str) and value in rule[1] else None


def _text(rule: Rule, value: object) -> str | None:
    return value if isinstance(value, str) and rule[1] <= len(value) <= rule[2] else None


def _zone(rule: Rule, value: object) -> str | None:
    return value if isinstance(value, str) and _ZONE.fullmatch(value) else None


def _periods(rule: Rule, value: object) -> list[str] | None:
    """Each "0800-1730:1", in any order but none across another; 1 is continuous, 2 on events."""
    if not isinstance(value, list) or len(value) > rule[1]:
        return None
    if not all(isinstance(each, str) and _PERIOD.fullmatch(each) for each in value):
        return None
    spans = sorted(each[:9].split("-") for each in value)
    in_order = all(begin < end for begin, end in spans)
    apart = all(before[1] <= after[0] for before, after in pairwise(spans))
    return list(value) if in_order and apart else None


_CHECKS: dict[str, Callable[[Rule, object], Any]] = {
    "whole": _whole,
    "choice": _choice,
    "text": _text,
    "zone": _zone,
    "periods": _periods,
}

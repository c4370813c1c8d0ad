"""What may be said of one setting: kind, limits, options, access."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a value is read, checked and edited. `settings.values` has one row for each."""

    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    TEXT = "text"
    OPTION = "option"
    PASSWORD = "password"
    IPV4 = "ipv4"
    IPV6 = "ipv6"
    HOST = "host"
    PORT = "port"
    MAC = "mac"
    DATETIME = "datetime"
    TIME = "time"
    DATE = "date"
    TIMEZONE = "timezone"
    HEX = "hex"  # with open options: each option's value is one bit of a mask, in hexadecimal
    COLOUR = "colour"  # six hexadecimal digits, red green blue
    FPS100 = "fps100"  # frames a second times 100; 0 means full rate
    WEEK = "week"  # stretches of time in a week, made of a device's time blocks
    LIST = "list"  # the order of records, see `app.settings.lists`
    OPAQUE = "opaque"  # a text of several lines, or one of a form of its own: shown and edited as it is


class Access(StrEnum):
    READ_WRITE = "rw"
    READ_ONLY = "ro"
    WRITE_ONLY = "wo"


@dataclass(frozen=True, slots=True)
class Option:
    """value as on the wire, title for people."""

    value: str
    title: str


@dataclass(frozen=True, slots=True)
class Spec:
    """Constraints on one field, in the value's own unit.

    minimum and maximum bound numbers; min_length and max_length bound texts. ranges, when not empty, lists the
    allowed closed intervals inside minimum..maximum (holes between them). options are exhaustive unless
    open_options. source says where the strongest constraint came from: "device", "catalog" or "value".
    """

    kind: Kind
    title: str
    help: str = ""
    minimum: float | None = None
    maximum: float | None = None
    ranges: tuple[tuple[float, float], ...] = ()
    min_length: int | None = None
    max_length: int | None = None
    options: tuple[Option, ...] = ()
    open_options: bool = False
    default: str | None = None
    unit: str = ""
    access: Access = Access.READ_WRITE
    reboot: bool = False
    dynamic: bool = False
    source: str = "value"

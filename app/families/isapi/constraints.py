"""Capability attributes, catalog and the value itself -> `settings.Spec`. Pure.

Strongest first: the device's capabilities document, attributes on the document itself, the catalog, the shape of the
value. Nothing is refused here: a device may hold values outside the limits it declares.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.families.isapi import kinds
from app.families.isapi.catalog import CatalogField
from app.families.isapi.titles import Label, Titles
from app.settings import parsers
from app.settings.spec import Access, Kind, Option, Spec
from app.wire.xml import Element

_ATTRIBUTES = ("min", "max", "range", "opt", "def", "default", "reqreboot", "dynamic")
_MOST_OPTIONS = 4096
_NUMBERS = {Kind.INT, Kind.FLOAT, Kind.PORT, Kind.FPS100}
_TEXTS = {Kind.TEXT, Kind.PASSWORD, Kind.HOST, Kind.HEX, Kind.OPAQUE}
_SWITCH = {"true", "false"}
_SLOW_FPS = {"0": "Full rate", "6": "1/16 fps", "12": "1/8 fps", "25": "1/4 fps", "50": "1/2 fps"}

# Facts about the picture or the device that no write changes, also where no text says so.
_READ_ONLY = {
    "id", "normalizedScreenWidth", "normalizedScreenHeight", "rowGranularity", "columnGranularity",
    "serialNumber", "subSerialNumber", "macAddress", "MACAddress", "model", "firmwareVersion",
    "firmwareReleasedDate", "encoderVersion", "encoderReleasedDate", "bootVersion", "bootReleasedDate",
    "hardwareVersion", "deviceID", "devIndex", "OEMCode", "manufacturer", "firmwareVersionInfo", "inputPort",
    "deviceType", "resDesc",
}  # fmt: skip
_OTHERS = re.compile(r"(Filter|User)\w*(\[\d+\])?/")


@dataclass(frozen=True, slots=True)
class Limits:
    """What capability attributes say. Numbers may be values or lengths: the kind decides."""

    minimum: float | None = None
    maximum: float | None = None
    ranges: tuple[tuple[float, float], ...] = ()
    options: tuple[str, ...] = ()
    default: str | None = None
    reboot: bool = False
    dynamic: bool = False
    told: bool = False  # anything was said at all


def read_limits(*sources: Mapping[str, str]) -> Limits:
    """Limits from attributes; the first source that has an attribute decides on it. Nonsense is ignored."""
    said: dict[str, str] = {}
    for source in sources:
        for name, text in source.items():
            key = name.lower()
            if key in _ATTRIBUTES and text.strip():
                said.setdefault(key, text.strip())
    minimum, maximum = number(said.get("min")), number(said.get("max"))
    if minimum is not None and maximum is not None and minimum > maximum:
        minimum = maximum = None
    listed = said.get("opt", "").split(",", _MOST_OPTIONS)
    options = tuple(dict.fromkeys(each.strip() for each in listed if each.strip()))
    if len(listed) > _MOST_OPTIONS:
        options = ()  # nobody can choose from that many
    return Limits(
        minimum=minimum,
        maximum=maximum,
        ranges=read_ranges(said.get("range", "")),
        options=() if [each.lower() for each in options] == ["all"] else options,
        default=said.get("def", said.get("default")),
        reboot=said.get("reqreboot", "").lower() == "true",
        dynamic=said.get("dynamic", "").lower() == "true",
        told=bool(said),
    )


def number(text: str | None) -> float | None:
    """A plain decimal number, None for anything else. Whole ones come as int."""
    if text is None or len(text) > 20:
        return None
    if kinds.fits(Kind.INT, text) and text:
        return int(text)
    return float(text) if text and kinds.fits(Kind.FLOAT, text) else None


def read_ranges(text: str) -> tuple[tuple[float, float], ...]:
    """ "0, 456, 1674~2009" -> closed intervals in order; () when any part is no number."""
    found: list[tuple[float, float]] = []
    for part in filter(None, (each.strip() for each in text.split(",", _MOST_OPTIONS))):
        low_text, tilde, high_text = part.partition("~")
        low = number(low_text.strip())
        high = number(high_text.strip()) if tilde else low
        if low is None or high is None or low > high:
            return ()
        found.append((low, high))
    return tuple(sorted(found))


def spec_of(
    leaf: Element,
    capability: Element | None,
    known: CatalogField | None,
    label: Label,
    titles: Titles,
    *,
    read_only: bool,
    block: str = "",
) -> Spec:
    """The constraints on one leaf of a document, whose root is called block."""
    text = leaf.text.strip()
    limits = read_limits(capability.attributes if capability else {}, leaf.attributes)
    sample = text or (capability.text.strip() if capability else "")
    options = limits.options
    kind = _kind(leaf.name, text, sample, limits, known)
    if kind is Kind.TEXT and parsers.has_lines(leaf.value):
        kind = Kind.OPAQUE
    if not options and known and known.options and kind in (Kind.TEXT, Kind.INT):
        options = known.options
        kind = Kind.OPTION
    if kind is Kind.BOOL:
        options = ()
    minimum, maximum = limits.minimum, limits.maximum
    if minimum is None and maximum is None and known and known.kind != "group":
        minimum, maximum = known.minimum, known.maximum
    numeric = kind in _NUMBERS
    lengths = kind in _TEXTS
    return Spec(
        kind=kind,
        title=label.title,
        help=label.help,
        minimum=minimum if numeric else None,
        maximum=maximum if numeric else None,
        ranges=limits.ranges if numeric else (),
        min_length=_length(minimum) if lengths else None,
        max_length=_length(maximum) if lengths else None,
        options=tuple(Option(value, option_title(kind, leaf.name, value, titles)) for value in options),
        open_options=bool(options) and (not limits.options or text not in options),
        default=limits.default,
        unit=label.unit or (known.unit if known else ""),
        access=_access(kind, known, read_only=read_only or _is_fact(f"{block}/{leaf.path}", leaf.name)),
        reboot=limits.reboot,
        dynamic=limits.dynamic,
        source="device" if limits.told else "catalog" if known else "value",
    )


def _kind(name: str, text: str, sample: str, limits: Limits, known: CatalogField | None) -> Kind:
    if limits.options:
        if set(limits.options) <= _SWITCH:
            return Kind.BOOL if text in ("true", "false", "") else Kind.OPTION
        if kinds.by_name(name, text) is Kind.FPS100:
            return Kind.FPS100
        return Kind.OPTION
    declared = Kind(known.kind) if known and known.kind != "group" else None
    kind = declared
    if declared in (None, Kind.TEXT, Kind.INT):
        kind = kinds.by_name(name, text) or declared
    elif declared is Kind.HEX and text and kinds.by_name(name, text) is Kind.COLOUR:
        kind = Kind.COLOUR
    if kind is None:
        kind = kinds.by_shape(name, sample)
    if kind is Kind.TEXT and limits.told and kinds.by_shape(name, sample) is Kind.INT:
        kind = Kind.INT  # the device gives bounds for a number where the text says string
    # A value that does not fit what the text says: the device is right, the text is not.
    return kind if kinds.fits(kind, text) or (kind is Kind.BOOL and not text) else kinds.by_shape(name, text)


def _length(bound: float | None) -> int | None:
    return int(bound) if bound is not None and bound >= 0 else None


def option_title(kind: Kind, name: str, value: str, titles: Titles) -> str:
    """An option for people; frame rates are told in frames a second."""
    if kind is Kind.FPS100:
        if value in _SLOW_FPS:
            return _SLOW_FPS[value]
        rate = number(value)
        return value if rate is None else f"{rate / 100:g} fps"
    return titles.option(name, value)


def with_slow_rates(spec: Spec) -> Spec:
    """A frame rate with words for those below one a second, which devices tell as options."""
    if spec.kind is not Kind.FPS100:
        return spec
    slow = tuple(Option(value, title) for value, title in _SLOW_FPS.items())
    return replace(spec, options=slow, open_options=True)


def _is_fact(path: str, name: str) -> bool:
    """A MAC address is the device's own, but for those of others that it lets in or keeps out."""
    if name.lower() == "macaddress" and _OTHERS.search(path):
        return False
    return name in _READ_ONLY or name.startswith("isSupport")


def _access(kind: Kind, known: CatalogField | None, *, read_only: bool) -> Access:
    if read_only:
        return Access.READ_ONLY
    if kind is Kind.PASSWORD:
        return Access.WRITE_ONLY
    return Access(known.access) if known else Access.READ_WRITE

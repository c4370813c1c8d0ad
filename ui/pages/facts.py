"""Words for the facts of the overview."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QCoreApplication

from app.model.device import Clock
from app.settings import parsers, zones

CLOSE_ENOUGH = 1.0  # seconds; below this two clocks agree


def _tr(text: str) -> str:
    return QCoreApplication.translate("Facts", text)


def span_words(span: timedelta) -> str:
    """The two largest units: "3 d 4 h", "12 min 5 s", "8 s"."""
    seconds = int(abs(span.total_seconds()))
    parts = [
        f"{count} {unit}"
        for count, unit in (
            (seconds // 86400, _tr("d")),
            (seconds // 3600 % 24, _tr("h")),
            (seconds // 60 % 60, _tr("min")),
            (seconds % 60, _tr("s")),
        )
        if count
    ]
    return " ".join(parts[:2]) or f"0 {_tr('s')}"


def offset_words(offset: timedelta) -> str:
    """offset is device minus this computer."""
    if abs(offset.total_seconds()) < CLOSE_ENOUGH:
        return _tr("same as this computer")
    if offset.total_seconds() < 0:
        return _tr("{} behind this computer").format(span_words(offset))
    return _tr("{} ahead of this computer").format(span_words(offset))


def clock_words(clock: Clock) -> str:
    """The device's own time, and how it is set."""
    time = f"{clock.device_time:%Y-%m-%d %H:%M:%S}"
    known = {"manual": _tr("set by hand"), "local": _tr("set by hand"), "NTP": _tr("from an NTP server")}
    return f"{time} ({known.get(clock.mode, clock.mode)})" if clock.mode else time


def zone_words(zone: str) -> str:
    """What the device's own text means; a text that means nothing as it is."""
    try:
        known = parsers.zone(zone)
    except ValueError:
        return zone
    offset = zones.offset_text(zones.ahead(known))
    return (_tr("{}, no summer time") if zones.added(known) is None else _tr("{}, with summer time")).format(offset)

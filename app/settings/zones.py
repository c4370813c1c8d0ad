"""POSIX time zones for people: what a text means, and places to choose from. Pure.

The sign of the text runs against everyday use: CST-8:00:00 is eight hours ahead of UTC. Cameras write the summer
time as what it adds (`DST01:00:00`); the POSIX way, a second offset, is understood as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.settings import parsers
from app.settings.parsers import Zone

_EUROPE = "M3.5.0/{0:02}:00:00,M10.5.0/{1:02}:00:00"  # everywhere at one o'clock UTC
_AMERICA = "M3.2.0/02:00:00,M11.1.0/02:00:00"
_AUSTRALIA = "M10.1.0/02:00:00,M4.1.0/03:00:00"
_NEW_ZEALAND = "M9.5.0/02:00:00,M4.1.0/03:00:00"
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
_WEEKS = ("first", "second", "third", "fourth", "last")
_MOST_ADDED = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Place:
    """cities share offset (minutes ahead of UTC) and rule ("" without summer time). key is the name in the tz data."""

    cities: str
    offset: int
    key: str
    rule: str = ""

    @property
    def text(self) -> str:
        """The wire text as cameras write it."""
        hours, minutes = divmod(abs(self.offset), 60)
        standard = f"CST{'-' if self.offset > 0 else '+'}{hours}:{minutes:02}:00"
        return f"{standard}DST01:00:00,{self.rule}" if self.rule else standard

    @property
    def title(self) -> str:
        return f"{offset_text(timedelta(minutes=self.offset))}  {self.cities}"


PLACES = (
    Place("Pago Pago", -660, "Pacific/Pago_Pago"),
    Place("Honolulu", -600, "Pacific/Honolulu"),
    Place("Anchorage", -540, "America/Anchorage", _AMERICA),
    Place("Los Angeles, Vancouver", -480, "America/Los_Angeles", _AMERICA),
    Place("Denver", -420, "America/Denver", _AMERICA),
    Place("Phoenix", -420, "America/Phoenix"),
    Place("Chicago, Winnipeg", -360, "America/Chicago", _AMERICA),
    Place("Mexico City, Guatemala", -360, "America/Mexico_City"),
    Place("New York, Toronto", -300, "America/New_York", _AMERICA),
    Place("Bogota, Lima, Panama", -300, "America/Bogota"),
    Place("Halifax", -240, "America/Halifax", _AMERICA),
    Place("Caracas, La Paz", -240, "America/Caracas"),
    Place("Sao Paulo, Buenos Aires", -180, "America/Sao_Paulo"),
    Place("Fernando de Noronha", -120, "America/Noronha"),
    Place("Cape Verde", -60, "Atlantic/Cape_Verde"),
    Place("UTC, Accra, Reykjavik", 0, "Etc/UTC"),
    Place("London, Dublin, Lisbon", 0, "Europe/London", _EUROPE.format(1, 2)),
    Place("Lagos, Algiers, Tunis", 60, "Africa/Lagos"),
    Place("Berlin, Paris, Rome, Madrid", 60, "Europe/Berlin", _EUROPE.format(2, 3)),
    Place("Johannesburg, Harare", 120, "Africa/Johannesburg"),
    Place("Athens, Helsinki, Bucharest, Kyiv", 120, "Europe/Athens", _EUROPE.format(3, 4)),
    Place("Istanbul, Moscow, Riyadh, Nairobi", 180, "Europe/Istanbul"),
    Place("Tehran", 210, "Asia/Tehran"),
    Place("Dubai, Baku, Tbilisi", 240, "Asia/Dubai"),
    Place("Kabul", 270, "Asia/Kabul"),
    Place("Karachi, Tashkent", 300, "Asia/Karachi"),
    Place("Delhi, Mumbai, Colombo", 330, "Asia/Kolkata"),
    Place("Kathmandu", 345, "Asia/Kathmandu"),
    Place("Dhaka", 360, "Asia/Dhaka"),
    Place("Yangon", 390, "Asia/Yangon"),
    Place("Bangkok, Jakarta, Hanoi", 420, "Asia/Bangkok"),
    Place("Beijing, Singapore, Perth", 480, "Asia/Shanghai"),
    Place("Tokyo, Seoul", 540, "Asia/Tokyo"),
    Place("Darwin", 570, "Australia/Darwin"),
    Place("Adelaide", 570, "Australia/Adelaide", _AUSTRALIA),
    Place("Brisbane, Port Moresby", 600, "Australia/Brisbane"),
    Place("Sydney, Melbourne", 600, "Australia/Sydney", _AUSTRALIA),
    Place("Noumea, Honiara", 660, "Pacific/Noumea"),
    Place("Fiji", 720, "Pacific/Fiji"),
    Place("Auckland", 720, "Pacific/Auckland", _NEW_ZEALAND),
    Place("Apia, Tongatapu", 780, "Pacific/Apia"),
)


def ahead(zone: Zone) -> timedelta:
    """How far local time without summer time is ahead of UTC."""
    return -zone.offset


def added(zone: Zone) -> timedelta | None:
    """What the summer time adds; None where there is none."""
    if not zone.saving_name:
        return None
    if zone.saving is None:
        return timedelta(hours=1)
    if zone.saving_name == "DST" and timedelta(0) < zone.saving <= _MOST_ADDED:
        return zone.saving
    return zone.offset - zone.saving


def explain(text: str) -> str:
    """The meaning in one or two sentences; "" for a text that is no time zone."""
    try:
        zone = parsers.zone(text)
    except ValueError:
        return ""
    offset = ahead(zone)
    said = f"{zone.name}{text.strip()[len(zone.name) :].partition(zone.saving_name or ',')[0]} is {offset_text(offset)}"
    summer = added(zone)
    if summer is None:
        return f"{said}, no summer time"
    if zone.begins is None or zone.ends is None:
        return f"{said}, summer time {_span(summer)}, without a rule when"
    return f"{said}, {_span(summer)} from {_day(*zone.begins)} to {_day(*zone.ends)}"


def offset_text(offset: timedelta) -> str:
    """ "UTC", "UTC+1", "UTC−3:30"."""
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    if not minutes:
        return "UTC"
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")


def _span(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    shown = f"{abs(minutes) // 60} h" if minutes % 60 == 0 else f"{abs(minutes)} min"
    return f"{'+' if minutes >= 0 else '−'}{shown}"


def _day(day: str, at: timedelta) -> str:
    minutes = round(at.total_seconds() / 60)
    clock = f"{minutes // 60:02}:{minutes % 60:02}"
    if not day.startswith("M"):
        return f"day {day.removeprefix('J')} of the year {clock}"
    month, week, weekday = map(int, day[1:].split("."))
    return f"the {_WEEKS[week - 1]} {_DAYS[weekday]} in {_MONTHS[month - 1]} {clock}"

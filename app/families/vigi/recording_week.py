"""The recording schedule: seven lists of "0800-1730:1" (text, section 4.14), as two weeks, one for each kind. Pure.

Each day's list is shown as two settings, "monday/1" (always) and "monday/2" (on events), whose texts are stretches
like "08:00-12:00 13:00-17:30". Entries of a kind that nobody has described stay in the list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from app.errors import InvalidSetting
from app.settings.depends import Combined
from app.settings.spec import Kind, Spec
from app.settings.week import DAYS, format_week, parse_week, week_of
from app.wire.json_text import JsonKind, JsonNode

KINDS = {"1": "Continuous recording", "2": "Recording on events"}
_HELP = {
    "1": "The camera records all the time in these hours",
    "2": "The camera records in these hours when a detection with “Record it” reports something",
}
MOST = 24  # stretches of one day, of both kinds together
_DAYS = tuple(day.lower() for day in DAYS)
_ENTRY = re.compile(r"\s*(\d\d)(\d\d)-(\d\d)(\d\d):(\d+)\s*")
_STRETCH = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


@dataclass(frozen=True, slots=True)
class RecordingWeek(Combined):
    """One kind of recording as a week: its parts are the texts of the seven days."""

    def spec(self) -> Spec:
        return Spec(Kind.WEEK, self.title, self.help, source="device")

    def join(self, texts: Iterable[str]) -> str:
        """The week; what was kept in the first part because it is none comes back as it is."""
        given = tuple(texts)
        blocks = []
        for day, text in enumerate(given):
            for stretch in text.split():
                found = _STRETCH.fullmatch(stretch)
                if found is None:
                    return given[0]
                h1, m1, h2, m2 = map(int, found.groups())
                blocks.append((day, h1 * 3600 + m1 * 60, h2 * 3600 + m2 * 60))
        return format_week(week_of(blocks))

    def split(self, text: str) -> tuple[str, ...]:
        try:
            week = parse_week(text)
        except ValueError:
            return ()
        return tuple(" ".join(f"{_clock(b)}-{_clock(e)}" for b, e in stretches) for stretches in week.days)

    def problem(self, text: str) -> str:
        days = self.split(text)
        if not days:
            return "Use days and times like Mon 08:00-18:00"
        if any(len(day.split()) > MOST for day in days):
            return f"The camera has room for {MOST} stretches a day"
        return ""


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"


def day_lists(holder: JsonNode) -> dict[str, JsonNode]:
    """The lists of the days, {} where one of them cannot be read as stretches."""
    found = {each.name.lower(): each for each in holder.children if each.name.lower() in _DAYS}
    readable = all(
        each.kind is JsonKind.LIST and all(_ENTRY.fullmatch(entry) for entry in each.items()) for each in found.values()
    )
    return found if readable and len(found) == len(_DAYS) else {}


def weeks() -> tuple[RecordingWeek, ...]:
    """For a document with the settings of `texts`."""
    return tuple(
        RecordingWeek(f"week/{kind}", title, tuple(f"{day}/{kind}" for day in _DAYS), (), _HELP[kind])
        for kind, title in KINDS.items()
    )


def texts(lists: Mapping[str, JsonNode]) -> dict[str, str]:
    """The two settings of each day."""
    return {
        f"{day}/{kind}": " ".join(_shown(entry) for entry in lists[day].items() if _kind(entry) == kind)
        for day in _DAYS
        for kind in KINDS
    }


def _kind(entry: str) -> str:
    found = _ENTRY.fullmatch(entry)
    return str(int(found[5])) if found else ""


def _shown(entry: str) -> str:
    found = _ENTRY.fullmatch(entry)
    return f"{found[1]}:{found[2]}-{found[3]}:{found[4]}" if found else ""


def edited(lists: Mapping[str, JsonNode], edits: Mapping[str, str]) -> dict[str, str]:
    """The new lists, by the name of the day. InvalidSetting for a text that is no stretches, and for two kinds that
    overlap: no camera could do both."""
    made = {}
    for day in dict.fromkeys(path.partition("/")[0] for path in edits):
        kept = [e for e in lists[day].items() if f"{day}/{_kind(e)}" not in edits]
        held = {_shown(each): each for each in lists[day].items()}
        for kind in KINDS:
            text = edits.get(f"{day}/{kind}")
            for stretch in (text or "").split():
                if not _STRETCH.fullmatch(stretch):
                    raise InvalidSetting(f"“{stretch[:40]}” is no time like 08:00-12:00.", path=f"{day}/{kind}")
                same = held.get(stretch, "")
                kept.append(same if _kind(same) == kind else f"{stretch.replace(':', '')}:{kind}")
        kept.sort()
        for one, other in pairwise(kept):
            if other.strip()[:4] < one.strip()[5:9]:
                raise InvalidSetting(
                    f"Two recordings overlap on {day.capitalize()}: {_shown(one)} and {_shown(other)}.",
                    hint="A time is either recorded always or on events.",
                    path=f"{day}/{_kind(other)}",
                )
        made[lists[day].name] = json.dumps(kept, separators=(",", ":"))
    return made

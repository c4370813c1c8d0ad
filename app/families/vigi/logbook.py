"""searchSystemLog: what the camera has noted, by time and kind (text, section 4.2.5)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from app.errors import InvalidSetting, NotSupported
from app.families.vigi.client import Client
from app.model.log import LogEntry, LogFound, LogLevel
from app.wire.json_text import JsonNode

METHOD = "searchSystemLog"
LEVELS = (
    LogLevel("all", "Everything"),
    LogLevel("alarm", "Alarms"),
    LogLevel("exception", "Exceptions"),
    LogLevel("operation", "Operations"),
    LogLevel("information", "Information"),
)
_ENTRY = re.compile(r"\s*<(\d)>\s*(\d{1,11})((?:\[[^\]]*\])*)(.*)", re.DOTALL)
_SAID = {"1": "Alarm", "2": "Exception", "3": "Operation", "4": "Information"}
_LATEST = 253_402_300_799  # seconds of the year 9999


class VigiLog:
    """Implements `base.SystemLog`."""

    levels = LEVELS

    def __init__(self, client: Client) -> None:
        self._client = client

    async def search(self, start: datetime, end: datetime, level: str = "") -> LogFound:
        wanted = level or LEVELS[0].id
        if wanted not in [each.id for each in LEVELS]:
            known = ", ".join(each.id for each in LEVELS)
            raise InvalidSetting(f"“{level[:40]}” is no kind of entry.", hint=f"There are: {known}.")
        if end < start:
            raise InvalidSetting("The end is before the beginning.", hint="Choose another time span.")
        values = (await self._client.call(METHOD, params(start, end, wanted))).values(("syslog", "total"))
        if values is None:
            raise NotSupported(f"{self._client.camera} keeps no log that can be read.", detail=METHOD)
        rows = values.child("syslog")
        texts = _texts(rows) if rows is not None else ()
        read = [entry(text) for text in texts]
        entries = tuple(sorted((each for each in read if each is not None), key=_time, reverse=True))
        told = values.text_of("total").strip()
        total = int(told) if told.isascii() and told.isdigit() and len(told) < 10 else len(texts)
        return LogFound(entries, max(total, len(texts)), len(texts) - len(entries))


def params(start: datetime, end: datetime, level: str) -> dict[str, str]:
    """Seconds since 1970 as texts, as the text's own example has them."""
    first, last = (max(0, int(moment.timestamp())) for moment in (start, end))
    return {"start_time": str(first), "end_time": str(last), "log_type": level}


def entry(text: str) -> LogEntry | None:
    """ "<4>1692612202[NSD][SNTPC]Init over": kind, time, parts of the camera, what it says. None for anything else."""
    found = _ENTRY.fullmatch(text)
    if found is None:
        return None
    source = found[3].strip("[]").replace("][", " ")
    return LogEntry(_moment(found[2]), _SAID.get(found[1], ""), source, found[4].strip())


def _texts(rows: JsonNode) -> tuple[str, ...]:
    """Each entry is in an object of its own, under a name with its number; a plain list does as well."""
    return rows.items() or tuple(leaf.text for leaf in rows.iter() if leaf.is_leaf)


def _moment(text: str) -> datetime | None:
    return datetime.fromtimestamp(int(text), UTC) if 0 < int(text) <= _LATEST else None


def _time(entry: LogEntry) -> float:
    """Those without a time come last."""
    return entry.at.timestamp() if entry.at is not None else float("-inf")

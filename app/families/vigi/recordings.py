"""Recordings on the memory card: searchVideoCalendar, searchVideoList and getMediaList (sections 4.10, 4.11)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

from app.errors import DeviceFault, Forbidden, NotSupported, ProtocolError
from app.families.vigi.client import Client
from app.families.vigi.multitrans import Door
from app.model.recording import Clip
from app.model.region import Purpose
from app.model.stream import StreamEndpoint
from app.wire import multitrans
from app.wire.json_text import JsonNode

_PAGE = 100  # pieces that are asked for at once
_MOST = 5000  # of one day; beyond that the camera does not tell the truth
_REFUSALS = (NotSupported, Forbidden, ProtocolError, DeviceFault)
_ZONE = re.compile(r"UTC([+-])(\d{1,2}):(\d\d)")
_KINDS: dict[str, tuple[str, Purpose | None]] = {
    "Timing": ("Continuous", None),
    "MotionDetection": ("Motion", Purpose.MOTION),
    "TamperDetection": ("Tampering", Purpose.TAMPER),
    "CrossLineDetection": ("Line crossing", Purpose.LINE),
    "InvasionDetection": ("Intrusion", Purpose.INTRUSION),
    "AreaEntryDetection": ("Area entered", Purpose.ENTRANCE),
    "AreaLeaveDetection": ("Area left", Purpose.EXIT),
    "PeopleDetection": ("People", Purpose.PEOPLE),
    "VehicleDetection": ("Vehicles", Purpose.VEHICLE),
    "DropAndTakeDetection": ("Left or taken", Purpose.DROP_TAKE),
    "LoiterDetection": ("Loitering", Purpose.LOITERING),
    "SceneChangeDetection": ("Scene changed", Purpose.OTHER),
    "AudioAnomalyDetection": ("Unusual sound", Purpose.OTHER),
}


class VigiRecordings:
    """Implements `media.Recordings`. `clips` learns the way to the streams that the endpoints use."""

    def __init__(self, client: Client, door: Callable[[], Awaitable[Door]]) -> None:
        self._client = client
        self._find_door = door
        self._door: Door | None = None
        self._zone: timezone | None = None
        self._name = secrets.token_hex(8)  # client_id: our own, and nobody else's

    async def days(self, first: date, last: date) -> tuple[date, ...]:
        params = {"start_date": f"{first:%Y%m}", "end_date": f"{last:%Y%m}"}
        values = (await self._client.call("searchVideoCalendar", params)).values(("dates", "search_results"))
        listed = values.child("dates") or values.child("search_results") if values is not None else None
        found = {_day(text) for text in listed.items()} if listed is not None else set()
        return tuple(sorted(day for day in found if day is not None and first <= day <= last))

    async def clips(self, day: date) -> tuple[Clip, ...]:
        self._door = await self._find_door()
        zone = await self._own_zone()
        found: list[Clip] = []
        while len(found) < _MOST:
            params = {"date": f"{day:%Y%m%d}", "start_index": len(found), "end_index": len(found) + _PAGE - 1}
            values = (await self._client.call("searchVideoList", params)).values(("search_video_results",))
            rows = values.child("search_video_results") if values is not None else None
            page = [_clip(each, zone) for each in _rows(rows)]
            found += [each for each in page if each is not None]
            if len(page) < _PAGE or not any(page):
                break
        ordered = sorted(found, key=lambda each: (each.start, each.end))
        return await self._with_files(ordered)

    def playback(self, clip: Clip, at: datetime) -> StreamEndpoint:
        start, end = _seconds(max(at, clip.start)), _seconds(clip.end)
        return self._known_door().endpoint(multitrans.playback(self._name, start, end, (clip.kind,)), end - start)

    def transfer(self, clip: Clip, begin: int = 0) -> StreamEndpoint:
        start, end = _seconds(clip.start), _seconds(clip.end)
        return self._known_door().endpoint(multitrans.download(1, start, end, clip.kind, clip.id, begin))

    def _known_door(self) -> Door:
        if self._door is None:
            raise ValueError("a clip comes from clips()")
        return self._door

    async def _own_zone(self) -> timezone:
        if self._zone is None:
            self._zone = await self._ask_zone()
        return self._zone

    async def _ask_zone(self) -> timezone:
        """UTC for cameras that do not say."""
        for method in ("getTimeZone", "getTimezone"):
            try:
                values = (await self._client.call(method)).values(("timezone",))
            except _REFUSALS:
                continue
            found = _ZONE.fullmatch(values.text_of("timezone").strip()) if values is not None else None
            if found is not None:
                ahead = timedelta(hours=int(found[2]), minutes=int(found[3]))
                return timezone(-ahead if found[1] == "-" else ahead) if ahead < timedelta(hours=24) else UTC
        return UTC

    async def _with_files(self, clips: list[Clip]) -> tuple[Clip, ...]:
        """With the names and sizes of their files, where the camera has the list of them."""
        if not clips:
            return ()
        params = {
            "start_time": str(_seconds(clips[0].start)),
            "end_time": str(_seconds(max(each.end for each in clips))),
            "event_type": sorted({each.kind for each in clips}),
            "media_type": ["video"],
        }
        try:
            values = (await self._client.call("getMediaList", params)).values(("file_id",))
        except _REFUSALS:
            return tuple(clips)
        files = _files(values) if values is not None else {}
        return tuple(_named(each, files) for each in clips)


_Key = tuple[int, int, str]


def _files(media: JsonNode) -> dict[_Key, tuple[str, int | None]]:
    """Parallel lists to name and size by start, end and kind."""
    names = ("start_time", "end_time", "event_type", "file_id", "size")
    columns = [list(column.items()) if (column := media.child(name)) is not None else [] for name in names]
    columns[-1] = columns[-1] or ["" for _ in columns[0]]
    found: dict[_Key, tuple[str, int | None]] = {}
    for start, end, kind, file, size in zip(*columns, strict=False):
        if _is_number(start) and _is_number(end):
            found[int(start), int(end), kind] = (file, int(size) if _is_number(size) and int(size) else None)
    return found


def _named(clip: Clip, files: dict[_Key, tuple[str, int | None]]) -> Clip:
    file = files.get((_seconds(clip.start), _seconds(clip.end), clip.kind))
    return clip if file is None else replace(clip, id=file[0], size=file[1])


def _rows(rows: JsonNode | None) -> list[JsonNode]:
    """Each row is wrapped in an object with a name of its own; some firmware leaves that out."""
    found = []
    for each in rows.children if rows is not None else ():
        inner = each.children[0] if len(each.children) == 1 and each.children[0].children else each
        found.append(inner)
    return found


def _clip(row: JsonNode, zone: timezone) -> Clip | None:
    """None for what makes no sense."""
    start, end, kind = row.text_of("startTime"), row.text_of("endTime"), row.text_of("video_type")
    if not _is_number(start) or not _is_number(end) or int(end) <= int(start):
        return None
    title, purpose = _KINDS.get(kind, (kind or "Recording", None))
    begin, finish = (datetime.fromtimestamp(int(text), zone) for text in (start, end))
    return Clip(begin, finish, kind, title, purpose)


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text.strip(), "%Y%m%d").date()
    except ValueError:
        return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())

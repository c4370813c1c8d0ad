"""The overview interface: who the camera is, how long it runs, how wrong its clock is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from app.errors import AuthError, CameraError, Forbidden, NotSupported, TransportError
from app.families.vigi import catalog
from app.families.vigi.client import Client
from app.families.vigi.discovery import spelled_mac
from app.model.device import Clock, DeviceFacts
from app.wire.json_text import JsonNode

_LONGEST_NAME = 64
_ZONE = re.compile(r"UTC([+-])(\d{1,2}):(\d{2})", re.IGNORECASE)


def utc_now() -> datetime:
    return datetime.now(UTC)


class VigiOverview:
    """Implements `base.Overview`. now gives this computer's time as an aware value."""

    def __init__(self, client: Client, *, now: Callable[[], datetime] = utc_now) -> None:
        self._client = client
        self._now = now

    async def facts(self) -> DeviceFacts:
        """Each part that fails becomes a note; only a lost camera or a refused password ends it. Messages call the
        camera by this name from now on."""
        notes: list[str] = []
        info = await self._part("getDeviceInfo", "The device information", notes)
        status = await self._part("getDeviceStatus", "The status", notes)
        clock = await self._clock(notes)
        said, state = (part.text_of if part is not None else _nothing for part in (info, status))
        name = said("alias") or state("dev_alias")
        self._client.name = name[:_LONGEST_NAME]
        return DeviceFacts(
            name=name,
            model=said("model") or state("device_model"),
            firmware=said("swVer").strip(),
            serial=said("deviceId"),
            mac=spelled_mac(said("mac") or state("mac")),
            device_type=said("type"),
            uptime=_uptime(state("uptime")),
            clock=clock,
            notes=tuple(notes),
        )

    async def _part(self, method: str, title: str, notes: list[str]) -> JsonNode | None:
        try:
            reply = await self._client.call(method)
            found = reply.values({name.partition("/")[0] for name in catalog.methods()[method].values})
            if found is None:
                raise NotSupported("it says OK and nothing else.")
            return found
        except Forbidden as problem:
            notes.append(f"{title} did not answer: {problem.summary}")
        except (TransportError, AuthError):
            raise
        except CameraError as problem:
            notes.append(f"{title} did not answer: {problem.summary}")
        return None

    async def _clock(self, notes: list[str]) -> Clock | None:
        before = self._now()
        found = await self._part("getSystemTime", "The clock", notes)
        middle = before + (self._now() - before) / 2  # the camera wrote its time about halfway
        text = found.text_of("system_time").strip() if found is not None else ""
        if not text.isascii() or not text.isdigit() or len(text) > 11:
            return None
        place = await self._part("getTimeZone", "The time zone", notes)
        zone = place.text_of("timezone") if place is not None else ""
        told = datetime.fromtimestamp(int(text), _zone(zone))
        return Clock(device_time=told, offset=told - middle, zone=zone)


def _zone(text: str) -> timezone:
    found = _ZONE.fullmatch(text.strip())
    span = timedelta(hours=int(found[2]), minutes=int(found[3])) if found else timedelta()
    if found is None or span >= timedelta(hours=24):
        return UTC
    return timezone(-span if found[1] == "-" else span)


def _nothing(_: str) -> str:
    return ""


def _uptime(text: str) -> timedelta | None:
    text = text.strip()
    return timedelta(seconds=int(text)) if text.isascii() and text.isdigit() and len(text) < 11 else None

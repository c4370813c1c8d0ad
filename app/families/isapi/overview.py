"""The overview interface: who the device is, how long it runs, how wrong its clock is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app.errors import AuthError, CameraError, Forbidden, TransportError
from app.families.isapi import clock
from app.families.isapi.client import Client
from app.families.isapi.titles import titles
from app.model.device import Clock, DeviceFacts
from app.patience import patiently
from app.wire.xml import Element

Now = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class IsapiOverview:
    """Implements `base.Overview`. now gives this computer's time as an aware value."""

    def __init__(self, client: Client, *, now: Now = utc_now) -> None:
        self._client = client
        self._now = now

    async def facts(self) -> DeviceFacts:
        """Each part that fails becomes a note; only a lost device or a refused password ends it."""
        notes: list[str] = []
        info = await self._part("/System/deviceInfo", "The device information", notes)
        status = await self._part("/System/status", "The status", notes)
        device_clock = await self._clock(notes)
        said = info.text_of if info is not None else _nothing
        return DeviceFacts(
            name=said("deviceName"),
            model=said("model"),
            firmware=" ".join(filter(None, (said("firmwareVersion"), said("firmwareReleasedDate")))),
            serial=said("serialNumber"),
            mac=said("macAddress"),
            device_type=titles().option("deviceType", said("deviceType")),
            uptime=_uptime(status),
            clock=device_clock,
            notes=tuple(notes),
        )

    async def _part(self, path: str, title: str, notes: list[str]) -> Element | None:
        try:
            return (await patiently(lambda: self._client.read(path))).root
        except Forbidden as problem:
            notes.append(_note(title, problem))
        except (TransportError, AuthError):
            raise
        except CameraError as problem:
            notes.append(_note(title, problem))
        return None

    async def _clock(self, notes: list[str]) -> Clock | None:
        before = self._now()
        root = await self._part("/System/time", "The clock", notes)
        after = self._now()
        if root is None:
            return None
        # The device wrote its time about halfway through the exchange.
        middle = before + (after - before) / 2
        zone = root.text_of("timeZone")
        local = root.text_of("localTime")
        time = clock.device_time(local, clock.parse_zone(zone), middle)
        if time is None:
            notes.append(f"The clock did not answer: “{local[:40]}” is no time.")
            return None
        return Clock(device_time=time, offset=time - middle, zone=zone, mode=root.text_of("timeMode"))


def _note(title: str, problem: CameraError) -> str:
    return f"{title} did not answer: {problem.summary}"


def _nothing(_: str) -> str:
    return ""


def _uptime(status: Element | None) -> timedelta | None:
    text = status.text_of("deviceUpTime") if status is not None else ""
    return timedelta(seconds=int(text)) if text.isascii() and text.isdigit() and len(text) < 11 else None

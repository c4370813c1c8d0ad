"""A site without a network: discovery, sessions and a vault that do what the tests tell them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QImage

from app.discovery import Changes, DoctorReport, InterfaceReport, ScanProgress
from app.errors import NotSupported
from app.families.base import Credentials, Overview, Session
from app.families.media import Snapshot
from app.model.device import Address, Clock, DeviceFacts, DeviceState, Found

MODELS = ("DS-2CD2386G2-I", "DS-2DE4425IW", "DS-2CD2143G2", "TC-C35WS")
NAMES = ("Gate", "Loading dock", "Office", "Yard north", "Ramp", "Server room")


def found(
    number: int, *, state: DeviceState = DeviceState.FOUND, name: str | None = None, host: str = "", note: str = ""
) -> Found:
    return Found(
        address=Address(host or f"127.18.{number // 250}.{number % 250 + 1}", 80),
        family="fake",
        dialect="",
        name=NAMES[number % len(NAMES)] + (f" {number}" if number >= len(NAMES) else "") if name is None else name,
        model=MODELS[number % len(MODELS)],
        serial=f"SN{number:06}",
        mac=f"44:47:cc:00:{number // 256:02x}:{number % 256:02x}",
        firmware="V5.7.3",
        state=state,
        source="ssdp",
        interface="127.0.0.1",
        first_seen=0.0,
        last_seen=0.0,
        note=note,
    )


class FakeDiscovery:
    def __init__(self, *devices: Found) -> None:
        self._rows = {each.address: each for each in devices}
        self._listeners: list[Callable[[Changes], None]] = []
        self.progress = ScanProgress()
        self.rescans = 0
        self.answers: dict[Address, Found] = {}
        self.swept = asyncio.Event()

    @property
    def found(self) -> tuple[Found, ...]:
        return tuple(self._rows.values())

    def subscribe(self, listener: Callable[[Changes], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        listener(Changes(added=self.found))
        return lambda: self._listeners.remove(listener)

    def tell(self, changes: Changes) -> None:
        for each in changes.removed:
            self._rows.pop(each.address, None)
        for each in (*changes.added, *changes.changed):
            self._rows[each.address] = each
        for listener in tuple(self._listeners):
            listener(changes)

    def rescan(self) -> None:
        self.rescans += 1

    async def add(self, address: Address) -> Found:
        await asyncio.sleep(0)
        if address not in self.answers:
            raise NotSupported(f"{address} answers, but not like a camera.", hint="Check the address.")
        device = self.answers[address]
        self.tell(Changes(added=(device,)))
        return device

    async def sweep(self, text: str, tell: Callable[[int, int], None]) -> int:
        """Every known answer of the range, one at a time; `swept` lets it go on."""
        for number, device in enumerate(self.answers.values(), 1):
            tell(number, len(self.answers))
            await self.swept.wait()
            self.tell(Changes(added=(device,)))
        return len(self.answers)

    def forget(self, device: Found) -> None:
        self.tell(Changes(removed=(device,)))

    def report(self) -> DoctorReport:
        lo = InterfaceReport("lo", "127.0.0.1", "127.0.0.0/8", 6, 0, 0, True)
        return DoctorReport((lo,), len(self._rows), 0, 0, 0, 0, ("Nobody answered on lo (127.0.0.1).",))


def jpeg(width: int = 640, height: int = 360) -> bytes:
    picture = QImage(width, height, QImage.Format.Format_RGB32)
    picture.fill(QColor("#4A6076"))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert picture.save(buffer, "JPG")
    return bytes(data.data())


class FakeOverview:
    def __init__(self, device: Found) -> None:
        self._device = device
        self.error: Exception | None = None

    async def facts(self) -> DeviceFacts:
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        device = self._device
        return DeviceFacts(
            name=device.name,
            model=device.model,
            firmware=device.firmware,
            serial=device.serial,
            mac=device.mac,
            device_type="IPCamera",
            uptime=timedelta(days=3, hours=4, seconds=5),
            clock=Clock(datetime(2026, 5, 4, 12, 30, 1), timedelta(seconds=-3), "UTC+2", "NTP"),
        )


class FakeSnapshot:
    error: Exception | None = None

    async def jpeg(self, channel: int = 1) -> bytes:
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        return jpeg()


class FakeSession(Session):
    family, family_title, dialect = "fake", "Fake", ""

    def __init__(self, device: Found, user: str, more: Mapping[type, object] = MappingProxyType({})) -> None:
        self.more = more
        self.address = device.address
        self.user = user
        self.closed = False
        self.overview = FakeOverview(device)
        self.snapshot = FakeSnapshot()

    def interfaces(self) -> Mapping[type, object]:
        return {Overview: self.overview, Snapshot: self.snapshot, **self.more}

    async def close(self) -> None:
        await asyncio.sleep(0)
        self.closed = True


class FakeConnect:
    """Takes one password; counts every try. error, when set, is raised once instead of looking at the password."""

    def __init__(self, password: str = "secret") -> None:
        self.password = password
        self.tries: list[Credentials] = []
        self.sessions: list[FakeSession] = []
        self.refusal: Callable[[], Exception] | None = None
        self.offers: dict[type, object] = {}  # besides what every session has
        self.gate: asyncio.Event | None = None  # nobody gets an answer before

    async def __call__(self, device: Found, credentials: Credentials) -> Session:
        self.tries.append(credentials)
        await (asyncio.sleep(0) if self.gate is None else self.gate.wait())
        if credentials.password != self.password and self.refusal is not None:
            raise self.refusal()
        session = FakeSession(device, credentials.user, self.offers)
        self.sessions.append(session)
        return session

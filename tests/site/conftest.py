"""A site file, a device in memory behind the real codec, and real simulated cameras."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.compose import Engine
from app.families.base import Credentials, Overview, Session, SettingsTree
from app.model.device import Address, DeviceFacts
from app.settings import proof
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Access, Kind, Spec
from app.settings.tree import Node, NodeKind
from app.simulator.camera import CameraPlan
from app.simulator.farm import Farm
from app.simulator.quirks import Quirks
from app.site.credentials import MemoryVault
from app.site.journal import journalled
from app.site.records import Origin
from app.site.site import Site

PASSWORD = "Right-1234"
_hosts = (f"127.23.{high}.{low}" for high, low in itertools.product(range(100, 250), range(1, 250)))


class LineSource:
    """A document of `path=text` lines."""

    media_type = "text/plain"

    def __init__(self, values):
        self.values = dict(values)

    @property
    def raw(self) -> bytes:
        return "\n".join(f"{path}={text}" for path, text in self.values.items()).encode()

    def encode(self, edits):
        return LineSource({**self.values, **edits}).raw


SPECS = {
    "name": Spec(Kind.TEXT, "Name", max_length=32),
    "rate": Spec(Kind.INT, "Bitrate", minimum=0, maximum=9999, unit="kbps"),
    "geometry": Spec(Kind.TEXT, "Geometry"),
    "adminPassword": Spec(Kind.PASSWORD, "Password"),
    "snmpCommunity": Spec(Kind.TEXT, "Community"),
    "url": Spec(Kind.TEXT, "Server"),
    "uptime": Spec(Kind.INT, "Uptime", access=Access.READ_ONLY),
}
START = {
    "name": "Gate",
    "rate": "2048",
    "geometry": "f0f0",
    "adminPassword": "",
    "snmpCommunity": "",
    "url": "ftp://files/",
    "uptime": "5",
}


class MemorySettings:
    """A SettingsTree whose device is a dictionary per resource. meanwhile(values) plays what the device does."""

    def __init__(self):
        self.resources = {"/one": dict(START), "/two": dict(START)}
        self.refuse = None
        self.meanwhile = lambda values: None
        self.sent = []

    async def tree(self):
        leaves = tuple(Node(path, path, NodeKind.SETTINGS, writable=True) for path in [*self.resources, "/refused"])
        return Node("all", "Settings", NodeKind.GROUP, readable=False, children=leaves)

    async def load(self, resource):
        if resource not in self.resources:
            from app.errors import NotSupported

            raise NotSupported("The device does not have this.")
        values = self.resources[resource]
        fields = [Field(path, text, SPECS[path]) for path, text in values.items()]
        return Document(resource, f"Page {resource}", fields, LineSource(values))

    def request_text(self, document):
        return "PUT"

    async def apply(self, document, changes):
        self.sent.append((document.resource, changes))
        if self.refuse is not None:
            raise self.refuse
        values = self.resources[document.resource]
        values |= {change.path: change.new for change in changes}
        self.meanwhile(values)
        after = await self.load(document.resource)
        return proof.prove(document, changes, after), after


class MemoryOverview:
    def __init__(self, facts):
        self._facts = facts

    async def facts(self):
        return self._facts


class MemorySession(Session):
    family, family_title, dialect, user = "memory", "Memory", "v1", "installer"

    def __init__(self, settings, serial="SERIAL-1", address="127.23.0.1:80"):
        self.address = Address.parse(address)
        facts = DeviceFacts(name="Dock 2", model="M-1", serial=serial, mac="00:11:22:33:44:55" if serial else "")
        self._map = {SettingsTree: settings, Overview: MemoryOverview(facts)}

    def interfaces(self):
        return self._map

    async def close(self):
        return None


@pytest.fixture
def memory():
    return MemorySettings()


@pytest.fixture
def memory_session():
    return MemorySession


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "test.camwright"


@pytest.fixture
def open_site(place: Path):
    @contextlib.asynccontextmanager
    async def opened(path: Path = place) -> AsyncIterator[Site]:
        site = await Site.open(path)
        try:
            yield site
        finally:
            await site.close()

    return opened


@pytest.fixture
def journal_of(memory):
    """A journalled session around the device in memory."""

    def made(site, origin=Origin.FORM, **more):
        session = MemorySession(more.pop("settings", memory), **more)
        return journalled(session, site, origin)

    return made


@pytest.fixture
def run_camera():
    """`async with run_camera(site, "quirk") as session`: a real simulated camera, logged in, journalled."""

    @contextlib.asynccontextmanager
    async def run(site: Site | None, *quirks: str, **more: object) -> AsyncIterator[Session]:
        given = {"family": "isapi", "http_port": 0, "rtsp_port": 0, "password": PASSWORD, **more}
        plan = CameraPlan(host=next(_hosts), quirks=Quirks.parse(quirks), **given)
        farm = Farm([plan], snapshot=lambda *_: b"\xff\xd8", ssdp=False)
        await farm.start()
        try:
            engine = await Engine.create("127.0.0.1", MemoryVault(), site)
            line = farm.camera_lines()[0]
            address = Address(str(line["address"]), int(str(line.get("control_port") or line["http_port"])))
            session = await engine.open(address, await engine.identify(address), Credentials("admin", PASSWORD))
            try:
                yield session
            finally:
                await session.close()
        finally:
            await farm.stop()

    return run


def every_byte(path: Path) -> bytes:
    """The file, its write-ahead log, and every compressed body unpacked: where a secret could hide."""
    found = b"".join(each.read_bytes() for each in path.parent.glob(path.name + "*"))
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for table in ("documents", "snapshots"):
            found += b"".join(zlib.decompress(row[0]) for row in connection.execute(f"SELECT body FROM {table}"))
    return found


@pytest.fixture(name="every_byte")
def every_byte_fixture():
    return every_byte

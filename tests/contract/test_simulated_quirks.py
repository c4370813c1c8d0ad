"""Every profile of the simulator and every quirk that a camera can have, end to end over real sockets: what the
installer gets to see, in the value, the verdict and the words."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from app.families.base import Credentials, Session, SettingsTree
from app.families.isapi import FAMILY
from app.model.device import Address
from app.settings.changes import Verdict
from app.settings.document import Document
from app.settings.tree import Node
from app.simulator.camera import CameraPlan
from app.simulator.farm import Farm
from app.simulator.isapi import v1
from app.simulator.isapi.model import MODELS
from app.simulator.quirks import Quirks
from app.transport.dialer import NetworkDialer, loopback_only

HOSTS = "127.85.20"
IMAGE = "/ISAPI/Image/channels/1"
MAIN = "/ISAPI/Streaming/channels/101"
INFO = "/ISAPI/System/deviceInfo"
TRIGGERS = "/ISAPI/Event/triggers"
BRIGHT = "Color/brightnessLevel"
KEPT, IGNORED, ADJUSTED, SIDE_EFFECT = Verdict.KEPT, Verdict.IGNORED, Verdict.ADJUSTED, Verdict.SIDE_EFFECT

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def opened(number: int, *quirks: str, model: str = "") -> AsyncIterator[tuple[Session, SettingsTree]]:
    plan = CameraPlan("isapi", f"{HOSTS}.{number}", 0, 0, quirks=Quirks.parse(quirks), model=model)
    farm = Farm([plan], ssdp=False)
    await farm.start()
    try:
        line = farm.camera_lines()[0]
        address = Address(str(line["address"]), int(str(line["http_port"])))
        dialer = NetworkDialer(allowed=loopback_only)
        found = await FAMILY.fingerprint(dialer, address)
        assert found is not None
        credentials = Credentials(str(line["user"]), str(line["password"]))
        session = await FAMILY.connect(dialer, address, found.dialect, credentials)
        try:
            settings = session.offer(SettingsTree)
            assert settings is not None
            yield session, settings
        finally:
            await session.close()
    finally:
        await farm.stop()


def nodes(top: Node, way: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Page and the titles on the way to it."""
    yield top.id, " › ".join((*way, top.title))
    for child in top.children:
        yield from nodes(child, (*way, top.title))


@dataclass(frozen=True)
class Profile:
    """What somebody looks for in the tree of a model, a change that it keeps, and values outside their own limits."""

    model: str
    ways: tuple[tuple[str, str], ...]
    page: str = MAIN
    path: str = "Video/GovLength"
    new: str = "40"
    odd: tuple[str, ...] = ()


PROFILES = (
    Profile(
        "CW-L1M",  # old: only Basic, ids from 1, no index
        (("/ISAPI/Streaming/channels/1", "Settings › Video & audio › Main stream"),),
        "/ISAPI/Image/channels/1",
        BRIGHT,
        "41",
        ("Gain/GainLevel", "Gain/GainLimit"),
    ),
    Profile(
        "CW-G4A",
        (
            (TRIGGERS, "Settings › Events › Events and actions"),
            ("/ISAPI/Smart/FieldDetection/1", "Settings › Detection › Intrusion"),
            ("/ISAPI/System/Audio/channels/1", "Settings › Video & audio › Audio channel"),
        ),
    ),
    Profile("CW-P2D", (("/ISAPI/PTZCtrl/channels/1/presets", "Settings › PTZ › PTZ › Presets"),)),
    Profile(
        "CW-N8R",
        (
            ("/ISAPI/Streaming/channels/801", "Settings › Video & audio › Channel 8: Yard › Main stream"),
            ("/ISAPI/ContentMgmt/Storage/hdd/2", "Settings › Storage › Storage › Disks › Disk 2"),
        ),
        "/ISAPI/Streaming/channels/801",
        "Video/fixedQuality",
        "75",
    ),
    Profile(
        "CW-H2T",
        (
            (
                "/ISAPI/Thermal/channels/2/thermometry/basicParam",
                "Settings › Detection › Thermal channel › Channel 2: Thermal › Temperature rules › "
                "Temperature measurement",
            ),
            ("/ISAPI/Image/channels/2/palettes", "Settings › Image › Picture settings › Channel 2: Thermal › Palette"),
        ),
    ),
    Profile(
        v1.MODEL.name,
        (
            ("/Streaming/channels/1", "Settings › Video & audio › Main stream"),
            ("/MotionDetection/1", "Settings › Detection › Motion detection"),
            ("/Network/interfaces/1", "Settings › Network › TCP/IP"),
        ),
        "/Streaming/channels/1",
        "Video/constantBitRate",
        "1024",
    ),
)


@pytest.mark.parametrize("profile", PROFILES, ids=[profile.model for profile in PROFILES])
async def test_each_profile_opens_and_keeps_a_change(profile: Profile) -> None:
    async with opened(PROFILES.index(profile) + 1, model=profile.model) as (_, settings):
        ways = dict(nodes(await settings.tree()))
        for page, way in profile.ways:
            assert ways.get(page) == way
        document = await settings.load(profile.page)
        assert tuple(field.path for field in document.fields if document.note(field.path)) == profile.odd
        document.set_text(profile.path, profile.new)
        proof, after = await settings.apply(document, document.changes())
        assert (profile.path, KEPT) in [(each.path, each.verdict) for each in proof.fields]
        assert after.text(profile.path) == profile.new


def test_no_profile_is_left_out() -> None:
    assert {"CW-L1M", "CW-G4A", "CW-P2D", "CW-N8R", "CW-H2T"} <= {model.name for model in MODELS}


@dataclass(frozen=True)
class Write:
    """A change on a camera with quirks, and what comes of it: verdict, value and words of each field that is told."""

    quirks: tuple[str, ...]
    page: str
    path: str
    new: str
    told: tuple[tuple[str, Verdict, str, str], ...]


def kept(*quirks: str, page: str = IMAGE, path: str = BRIGHT, new: str = "31") -> Write:
    return Write(quirks, page, path, new, ((path, KEPT, new, ""),))


WRITES = (
    kept("full_document_only"),
    kept("sub_resources_only", path="WDR/WDRLevel", new="77"),
    kept("partial_only"),
    Write(
        ("ignores_field=SharpnessLevel",),
        IMAGE,
        "Sharpness/SharpnessLevel",
        "80",
        (("Sharpness/SharpnessLevel", IGNORED, "50", "The camera still holds the old value."),),
    ),
    Write(
        ("clamps=Color/saturationLevel:20:60",),
        IMAGE,
        "Color/saturationLevel",
        "90",
        (("Color/saturationLevel", ADJUSTED, "60", "The camera set 60 instead."),),
    ),
    Write(
        ("side_effect",),
        IMAGE,
        BRIGHT,
        "31",
        ((BRIGHT, KEPT, "31", ""), ("Color/contrastLevel", SIDE_EFFECT, "51", "It changed without being asked.")),
    ),
    kept("busy=2"),
    kept("slow=0.1"),
    kept("def_and_default"),
    kept("odd_attributes"),
    kept("mixed_namespaces"),
    kept("no_namespace"),
    kept("isapi_namespace"),
    kept("crlf"),
    kept("lf"),
    kept("bom"),
    kept("gb2312_text", page=INFO, path="deviceName", new="仓库"),
    kept("raw_ampersand", page=INFO, path="deviceName", new="Gate & yard <1>"),
    kept("wrong_list_size", page="/ISAPI/Streaming/channels", path="StreamingChannel[2]/Video/GovLength", new="40"),
    kept("short_ids", page="/ISAPI/Streaming/channels/1", path="Video/GovLength", new="40"),
    kept(
        "list_500=Streaming/channels",
        page="/ISAPI/Streaming/channels",
        path="StreamingChannel[2]/Video/GovLength",
        new="40",
    ),
    kept("no_index"),
    kept("no_capabilities"),
    kept("gzip"),
)


@pytest.mark.parametrize("case", WRITES, ids=[f"{' '.join(case.quirks)}" for case in WRITES])
async def test_what_each_quirk_makes_of_a_change(case: Write) -> None:
    async with opened(20 + WRITES.index(case), *case.quirks) as (_, settings):
        document = await settings.load(case.page)
        before = document.source.raw
        assert document.encode() == before
        document.set_text(case.path, case.new)
        proof, after = await settings.apply(document, document.changes())
        told = [(each.path, each.verdict, each.read_back, each.reason) for each in proof.fields]
        assert told == list(case.told)
        assert after.text(case.path) == next(value for path, _, value, _ in case.told if path == case.path)
        expected = {path: value for path, _, value, _ in case.told}
        assert differing(document, after) <= set(expected), "nothing else was touched"


def differing(before: Document, after: Document) -> set[str]:
    now = {field.path: field.text for field in after.fields}
    return {field.path for field in before.fields if now.get(field.path) != field.text}


async def test_option_lists_that_change_after_a_change() -> None:
    async with opened(60, "swaps_options") as (_, settings):
        document = await settings.load(IMAGE)
        slow = document.field("Shutter/ShutterLevel").spec.options[0]
        document.set_text("Shutter/ShutterLevel", slow.value)
        _, document = await settings.apply(document, document.changes())
        assert document.text("Shutter/ShutterLevel") == slow.value
        document.set_text("WDR/mode", "open")
        proof, after = await settings.apply(document, document.changes())
        verdicts = {each.path: each.verdict for each in proof.fields}
        assert verdicts == {"WDR/mode": KEPT, "Shutter/ShutterLevel": SIDE_EFFECT}
        fresh = await settings.load(IMAGE)
        assert slow not in fresh.field("Shutter/ShutterLevel").spec.options
        assert after.text("Shutter/ShutterLevel") == fresh.text("Shutter/ShutterLevel") != slow.value


@pytest.mark.parametrize(
    ("quirk", "page", "path", "shown"),
    [
        ("gb2312_text", INFO, "deviceName", "大门"),
        ("raw_ampersand", INFO, "deviceName", "& yard"),
    ],
)
async def test_texts_are_read_as_they_are_meant(quirk: str, page: str, path: str, shown: str) -> None:
    number = 61 if quirk == "gb2312_text" else 62
    async with opened(number, quirk) as (_, settings):
        assert shown in (await settings.load(page)).text(path)


async def test_a_list_that_fails_is_put_together_from_its_entries() -> None:
    async with opened(63, "list_500=Event/triggers") as (_, settings):
        document = await settings.load(TRIGGERS)
        assert document.title == "Events and actions"
        assert {"Motion detection", "Line crossing"} <= {field.section[0] for field in document.fields if field.section}


async def test_a_wrong_size_hides_no_entry_and_short_ids_are_streams() -> None:
    async with opened(64, "wrong_list_size", "short_ids") as (_, settings):
        document = await settings.load("/ISAPI/Streaming/channels")
        assert len({re.match(r"StreamingChannel\[\d+\]", field.path)[0] for field in document.fields}) == 3  # type: ignore[index]
        assert [field.section[0] for field in document.fields if field.path.endswith("]/id")] == [
            "Main stream",
            "Sub-stream",
            "Third stream",
        ]


async def test_either_spelling_of_a_default_is_one() -> None:
    async with opened(65, "def_and_default") as (_, settings):
        document = await settings.load(IMAGE)
        defaults = {field.path: field.spec.default for field in document.fields if field.spec.default}
        assert defaults[BRIGHT] == "50"
        assert len(defaults) > 5

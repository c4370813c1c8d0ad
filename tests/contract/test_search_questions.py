"""What installers ask for, on every simulated profile, before anything was read and afterwards: what they mean is among
the first three. A profile without it has no row that could be taken for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from app.errors import CameraError
from app.families.base import Credentials, Family, Session, SettingsOutline, SettingsTree
from app.families.isapi import FAMILY as ISAPI
from app.families.vigi import FAMILY as VIGI
from app.model.device import Address
from app.settings.search import Search
from app.settings.tree import Node, NodeKind
from app.simulator.camera import CONTROL_PORT, CameraPlan
from app.simulator.farm import Farm
from app.transport.dialer import NetworkDialer, loopback_only

FIRST = 3
PLAIN, OLD, G2, DOME = "CW-D4M", "CW-L1M", "CW-G4A", "CW-P2D"
RECORDER, THERMAL, OTHER = "CW-N8R", "CW-H2T", "CW-V340"
EVERY = {PLAIN, OLD, G2, DOME, RECORDER, THERMAL, OTHER}
# What is typed, what the resource and path of one of the first three must hold, the profiles that have no such thing.
QUESTIONS = (
    ("ntp", r"ntpServers|getSystemTime|timeMode", {OTHER}),
    ("ntp server", r"ntpServers.* .*hostName|ntpServers", {OTHER}),
    ("bitrate", r"constantBitRate|vbrUpperCap", {OTHER}),
    ("flip picture", r"ImageFlip|mirror", {RECORDER, OTHER}),
    ("upside down", r"ImageFlip|mirror", {RECORDER, OTHER}),
    ("ir", r"ircut|irLight|DayNight", {THERMAL, RECORDER}),
    ("night", r"ircut|DayNight", {THERMAL, RECORDER}),
    ("password", r"Security/users", {OTHER}),
    ("change password", r"Security/users", {OTHER}),
    ("new user", r"Security/users", {OTHER}),
    ("dhcp", r"addressingType", {OTHER}),
    ("ip address", r"interfaces/1|getDeviceStatus ip", set()),
    ("gateway", r"DefaultGateway|Gateway", {OTHER}),
    ("dns", r"PrimaryDNS|SecondaryDNS", {OTHER}),
    ("osd name", r"channelNameOverlay|DeviceAlias", set()),
    ("hide text", r"overlays.* .*(TextOverlay|displayText|enabled)", {OTHER}),
    ("on screen text", r"/overlays", {OTHER}),
    ("date format", r"dateStyle", {OTHER}),
    ("http port", r"adminAccesses", {OTHER}),
    ("rtsp port", r"adminAccesses|getStreamPort", set()),
    ("smtp", r"mailing|Event/notification", {OTHER}),
    ("email when motion", r"triggers/VMD|triggers ", {OLD, OTHER}),
    ("snapshot ftp", r"ftp", {OLD, RECORDER, OTHER}),
    ("wdr", r"WDR", {RECORDER, OTHER}),
    ("summer time", r"System/time .*timeZone|System/time |getTimeZone", set()),
    ("daylight saving", r"System/time|getTimeZone", set()),
    ("time zone", r"timeZone", set()),
    ("rtsp auth", r"Security/(enabled|certificateType)|Security/RTSP", {RECORDER, OTHER}),
    ("sd card format", r"/format|formatSdCard", {PLAIN, THERMAL, OLD, DOME}),
    ("privacy", r"privacyMask", {RECORDER, OTHER}),
    ("speaker volume", r"speakerVolume|getSpeakerVolume|AudioOut", {PLAIN, THERMAL, OLD, RECORDER, DOME}),
    ("microphone", r"audioInputChannelID|getMicrophone|AudioIn", {PLAIN, THERMAL, RECORDER, DOME}),
    ("frame rate", r"maxFrameRate", {OTHER}),
    ("resolution", r"videoResolution|getResolution", set()),
    ("codec", r"videoCodecType", {OTHER}),
    ("h265", r"H265|SmartCodec|videoCodecType", {OTHER}),
    ("key frame interval", r"GovLength|keyFrameInterval", {RECORDER, OTHER}),
    ("motion sensitivity", r"motionDetection.* .*sensitivity|getMotionDetectionRegion", set()),
    ("line crossing", r"LineDetection|Crossline", {OLD}),
    ("intrusion time", r"FieldDetection.* .*timeThreshold|getInvasionDetectionRegion .*threshold", {OLD}),
    ("tamper", r"tamper|shelter", set()),
    ("alarm output", r"IO/outputs", {OTHER}),
    ("relay", r"IO/outputs", {OTHER}),
    ("alarm server", r"httpHosts", {OTHER}),
    ("reboot", r"/reboot", {OTHER}),
    ("factory reset", r"factoryReset|doSoftReset", set()),
    ("firmware", r"firmware|updateFirmware|swVer|DeviceInfo", set()),
    ("serial number", r"serialNumber", {OTHER}),
    ("mac address", r"mac", set()),
    ("multicast", r"Multicast", {RECORDER, OTHER}),
    ("brightness", r"brightnessLevel", {OTHER}),
    ("shutter", r"Shutter", {RECORDER, OTHER}),
    ("white balance", r"WhiteBal", {THERMAL, RECORDER, OTHER}),
    ("noise reduction", r"NoiseReduce", {RECORDER, OTHER}),
    ("50 hz", r"powerLineFrequency|videoFormat", {OTHER}),
    ("preset", r"presets|PresetPoint", {PLAIN, G2, THERMAL, OLD, RECORDER, OTHER}),
    ("park", r"parkaction", {PLAIN, G2, THERMAL, OLD, RECORDER, OTHER}),
    ("ssh", r"ssh", {OTHER}),
    ("upnp", r"upnp", {OTHER}),
    ("https certificate", r"serverCertificate", {OTHER}),
    ("user level", r"userLevel", {OTHER}),
    ("recording schedule", r"record/tracks|RecordSchedule", {PLAIN, G2, THERMAL, RECORDER, DOME}),
    ("temperature alarm", r"alarmRules|triggers/thermometry", {PLAIN, G2, OLD, RECORDER, DOME, OTHER}),
    ("substream resolution", r"/\d*02 |channels/2 |getResolution minor", set()),
)
# No text says what the lists of a recorder's pages hold: that is known once they were read.
NOT_READ = {("motion sensitivity", RECORDER), ("intrusion time", RECORDER)}


def nodes(top: Node) -> Iterator[Node]:
    yield top
    for child in top.children:
        yield from nodes(child)


async def logged_in(family: Family, line: dict[str, object]) -> Session:
    address = Address(str(line["address"]), int(str(line.get(CONTROL_PORT) or line["http_port"])))
    dialer = NetworkDialer(allowed=loopback_only)
    found = await family.fingerprint(dialer, address)
    assert found is not None
    return await family.connect(dialer, address, found.dialect, Credentials(str(line["user"]), str(line["password"])))


def unanswered(search: Search, model: str, *, read: bool) -> list[str]:
    found = []
    for question, meant, lacking in QUESTIONS:
        hits = [f"{hit.entry.resource} {hit.entry.path}" for hit in search.query(question, FIRST)]
        answered = any(re.search(meant, hit, re.IGNORECASE) for hit in hits)
        if read and answered is (model in lacking):
            found.append(f"{question}: {hits}" if model not in lacking else f"{question}: {model} has it by now")
        elif not read and not answered and model not in lacking and (question, model) not in NOT_READ:
            found.append(f"{question}, not read: {hits}")
    return found


@pytest.mark.anyio
@pytest.mark.parametrize(("number", "model"), list(enumerate(sorted(EVERY), 1)))
async def test_what_is_meant_is_among_the_first_three(number: int, model: str) -> None:
    family, kind = (VIGI, "vigi") if model == OTHER else (ISAPI, "isapi")
    farm = Farm([CameraPlan(kind, f"127.86.42.{number}", 0, 0, model=model)], ssdp=False)
    await farm.start()
    try:
        session = await logged_in(family, dict(farm.camera_lines()[0]))
        try:
            settings, outline = session.offer(SettingsTree), session.offer(SettingsOutline)
            assert settings is not None
            assert outline is not None
            search, top = Search(), await settings.tree()
            search.add_tree(top)
            pages = [node.id for node in nodes(top) if node.kind in (NodeKind.SETTINGS, NodeKind.STATUS)]
            for page in pages:
                search.add_catalogued(page, outline.catalogued(page))
            assert unanswered(search, model, read=False) == []
            for page in pages:
                try:
                    search.add(await settings.load(page))
                except CameraError:
                    search.forget(page)  # refused: what the text says of it is none of this device
            assert unanswered(search, model, read=True) == []
        finally:
            await session.close()
    finally:
        await farm.stop()

"""Is it one of ours? From a UPnP description, and from two questions asked without a password."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from app.errors import AuthError, ProtocolError, TransportError
from app.families.base import Clue, Dialer, HttpChannel, Probe
from app.families.isapi.client import DEFAULT_PORT
from app.families.isapi.dialect import DIALECTS, V2, Dialect
from app.families.isapi.status import status_of
from app.model.device import Address, Recognition
from app.transport.failures import LoginAsked
from app.wire import ssdp, upnp, xml
from app.wire.http import HttpAnswer, HttpRequest

FAMILY = "isapi"
ENOUGH = 40  # below, a clue could be a router's or a television's
SURE = 90  # from here on the device told who it is

PROBES = (
    Probe(
        kind="ssdp",
        port=ssdp.PORT,
        group=ssdp.GROUP,
        payloads=(ssdp.search("upnp:rootdevice", 1), ssdp.search("ssdp:all", 1)),
    ),
)

_MAKERS = re.compile(r"hikvision|hangzhou hik|camwright", re.IGNORECASE)
_MODELS = re.compile(r"(i?DS-\d|DS-[A-Z0-9]|HW[IN]-|IPC-[A-Z]\d|HiWatch|NVR-\d)", re.IGNORECASE)
_OTHERS = re.compile(
    r"InternetGatewayDevice|WANDevice|WFADevice|Media(Server|Renderer)|Printer|ZonePlayer|:dial:", re.I
)
_CAMERA_TYPE = re.compile(r"EmbeddedNetDevice|NetworkCamera|DigitalSecurityCamera", re.IGNORECASE)
_REALM = re.compile(r"IP Camera|DS-\d|DVRNVRDVS|Embedded Net|Hikvision|DVR|NVR|i?DS-", re.IGNORECASE)
_PAGE_NAME = "/upnpdevicedesc.xml"


def recognise(clue: Clue) -> Recognition | None:
    """A claim on an SSDP clue, None when it says too little or names something else."""
    if clue.kind != "ssdp":
        return None
    location = clue.headers.get("LOCATION", "")
    points = 15 if location.lower().partition("?")[0].endswith(_PAGE_NAME) else 0
    if _MAKERS.search(clue.headers.get("SERVER", "")):
        points += 35
    said = _description(clue.body)
    if said is None:
        return _claim(points, upnp.Description(), _port(location)) if points >= ENOUGH else None
    if _OTHERS.search(said.device_type):
        return None
    if _MAKERS.search(said.manufacturer):
        points += 60
    if _CAMERA_TYPE.search(said.device_type):
        points += 20
    if _MODELS.match(said.model_number) or _MODELS.match(said.model):
        points += 25
    if _MAKERS.search(said.name):
        points += 10
    if points < ENOUGH:
        return None
    return _claim(points, said, _port(said.presentation_url) or _port(location))


def _claim(points: int, said: upnp.Description, port: int | None) -> Recognition:
    return Recognition(
        family=FAMILY,
        dialect=V2.key,
        confidence=min(points, 95),
        name=said.name,
        model=said.model_number or said.model,
        serial=said.serial,
        port=port,
    )


def _description(body: bytes) -> upnp.Description | None:
    if not body.strip():
        return None
    try:
        return upnp.read_description(body)
    except ProtocolError:
        return None


def _port(url: str) -> int | None:
    """The port of an http URL, 80 where it names none; None where there is no such URL."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme != "http" or not parts.hostname:
        return None
    return port or DEFAULT_PORT


async def fingerprint(dialer: Dialer, address: Address) -> Recognition | None:
    """Asks for the device information and for a page that nobody has, both without a password.

    A server that refuses every path alike is no camera of ours merely because it refuses this one.
    TransportError: nobody is there.
    """
    channel = dialer.http(address.with_default_port(DEFAULT_PORT), None)
    try:
        spoken, points, facts, guarded = await _best(channel)
        if 0 < points < SURE and guarded:
            other = await _ask(channel, "/camwright-asks/for-nothing")
            if other is not None and other.status == 401:
                points -= 30
    finally:
        await channel.close()
    if points < ENOUGH:
        return None
    said = facts.get
    return Recognition(
        family=FAMILY,
        dialect=spoken.key,
        confidence=points,
        name=said("name", ""),
        model=said("model", ""),
        serial=said("serial", ""),
        mac=said("mac", ""),
        firmware=said("firmware", ""),
        port=channel.address.port,
    )


async def _best(channel: HttpChannel) -> tuple[Dialect, int, dict[str, str], bool]:
    """The dialect that the device information speaks for, the newer one where both are as likely; how sure that is,
    what it says, and whether it wants a password first."""
    best: tuple[Dialect, int, dict[str, str], bool] = (V2, 0, {}, False)
    for spoken in DIALECTS.values():
        answer = await _ask(channel, spoken.path("/System/deviceInfo"))
        if answer is None:
            break  # no proper HTTP: another path will not mend it
        points, facts = judge(answer)
        guarded = answer.status == 401
        if not spoken.prefix and points < SURE and not guarded:
            points = 0  # other families refuse such a path in much the same words
        if points > best[1]:
            best = (spoken, points, facts, guarded)
        if points >= SURE or (points and guarded):
            break
    return best


async def _ask(channel: HttpChannel, path: str) -> HttpAnswer | None:
    """The answer, a 401 included; None where the other side speaks no proper HTTP or wants another login."""
    try:
        return await channel.send(HttpRequest("GET", path))
    except LoginAsked as asked:
        return asked.answer
    except TransportError:
        raise
    except (AuthError, ProtocolError):
        return None


def judge(answer: HttpAnswer) -> tuple[int, dict[str, str]]:
    """Confidence 0..100 that this answer to deviceInfo is ours, and what it says of the device."""
    root = None
    try:
        root = xml.parse(answer.body).root if answer.body.strip() else None
    except ProtocolError:
        pass  # HTML behind a 401 is what real cameras send
    if root is not None and root.name == "DeviceInfo":
        facts = {
            "name": root.text_of("deviceName"),
            "model": root.text_of("model"),
            "serial": root.text_of("serialNumber"),
            "mac": root.text_of("macAddress"),
            "firmware": root.text_of("firmwareVersion"),
        }
        return (95 if facts["model"] or facts["serial"] else 70), facts
    if root is not None and root.name == "userCheck":
        return 85, {}
    if root is not None and status_of(root) is not None:
        return 80, {}
    if answer.status != 401:
        return 0, {}
    challenges = " ".join(answer.all("www-authenticate"))
    points = 45 if re.search(r"\b(digest|basic)\b", challenges, re.IGNORECASE) else 0
    if points and _REALM.search(challenges):
        points += 35
    return points, {}

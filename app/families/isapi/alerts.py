"""EventNotificationAlert -> what people call an event. Pure; the protocol text is A 8.12.59, B 8.11.10.

Cameras change the namespace between two messages, leave the channel empty or say 0 for the only one, put several
regions into one alert, and use the end of a video loss that never was as a sign of life.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.errors import ProtocolError
from app.families.isapi import titles
from app.families.isapi.clock import device_time
from app.model.event import DeviceEvent, Heartbeat, Report, Skipped
from app.model.region import Purpose
from app.wire import xml
from app.wire.alerts import AlertDocument
from app.wire.xml import Element

_LIMIT = 1024 * 1024
_LOSS = "videoloss"

# eventType in lower case: the purpose of the regions it comes from, and what people call it.
KINDS: Mapping[str, tuple[Purpose | None, str]] = {
    "vmd": (Purpose.MOTION, "Motion"),
    "motiondetection": (Purpose.MOTION, "Motion"),
    "linedetection": (Purpose.LINE, "Line crossing"),
    "fielddetection": (Purpose.INTRUSION, "Intrusion"),
    "regionentrance": (Purpose.ENTRANCE, "Region entrance"),
    "regionexiting": (Purpose.EXIT, "Region exit"),
    "loitering": (Purpose.LOITERING, "Loitering"),
    "group": (Purpose.GROUP, "People gathering"),
    "rapidmove": (Purpose.RAPID_MOVE, "Fast moving"),
    "parking": (Purpose.PARKING, "Parking"),
    "unattendedbaggage": (Purpose.UNATTENDED, "Object left behind"),
    "attendedbaggage": (Purpose.REMOVAL, "Object removed"),
    "peopledetection": (Purpose.PEOPLE, "People"),
    "tamperdetection": (Purpose.TAMPER, "Tampering"),
    "shelteralarm": (Purpose.TAMPER, "Tampering"),
    "vehicledetection": (Purpose.VEHICLE, "Vehicle"),
    "anpr": (Purpose.PLATE, "Number plate"),
    "thermometry": (Purpose.THERMAL, "Temperature"),
    "scenechangedetection": (None, "Scene change"),
    "facedetection": (None, "Face"),
    "audioexception": (None, "Sound"),
    "defocus": (None, "Out of focus"),
    "pir": (None, "Infrared sensor (PIR)"),
    "io": (None, "Alarm input"),
    _LOSS: (None, "Video loss"),
    "diskfull": (None, "Disk full"),
    "diskerror": (None, "Disk error"),
    "nicbroken": (None, "Network lost"),
    "ipconflict": (None, "IP address in use twice"),
    "illaccess": (None, "Refused login"),
}
_TARGETS = {"human": "person", "people": "person", "person": "person", "vehicle": "vehicle", "car": "vehicle"}
_SIGNS_OF_LIFE = ("heartbeat", "heart_beat")


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as it was said: texts by path below its root, and of each region its texts by leaf."""

    texts: Mapping[str, str]
    regions: tuple[Mapping[str, str], ...]

    def said(self, *paths: str) -> str:
        """The first text that is there and not empty."""
        return next((self.texts[path] for path in paths if self.texts.get(path)), "")


def read_alert(document: AlertDocument, received: float, losses: set[int] | None = None) -> tuple[Report, ...]:
    """The reports in one document. losses holds the channels without video and is kept up to date."""
    losses = set() if losses is None else losses
    try:
        alerts = _from_json(document.body) if document.is_json else _from_xml(document.body)
    except ProtocolError as error:
        return (Skipped(received, error.summary, len(document.body)),)
    return tuple(report for alert in alerts for report in _reports(alert, received, losses))


def _from_xml(body: bytes) -> list[Alert]:
    root = xml.parse(body, limit=_LIMIT, depth=16, nodes=20_000).root
    members = [root] if root.child("eventType") is not None else list(root.children)
    alerts = [_alert_of(each) for each in members if each.child("eventType") is not None]
    if not alerts:
        raise ProtocolError("The camera sent a document that is no alert.")
    return alerts


def _alert_of(root: Element) -> Alert:
    texts = {each.path.removeprefix(f"{root.path}/"): each.text.strip() for each in root.iter() if each.is_leaf}
    regions = root.child("DetectionRegionList")
    entries = regions.children if regions is not None else ()
    said = tuple({leaf.name: leaf.text.strip() for leaf in entry.children if leaf.is_leaf} for entry in entries)
    return Alert(texts, said)


def _from_json(body: bytes) -> list[Alert]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise ProtocolError("The camera sent an alert that is no readable JSON.") from None
    members = found if isinstance(found, list) else [found]
    alerts = [_alert_of_json(each) for each in members if isinstance(each, dict) and "eventType" in each]
    if not alerts:
        raise ProtocolError("The camera sent a document that is no alert.")
    return alerts


def _alert_of_json(said: Mapping[str, object]) -> Alert:
    texts = {name: str(value) for name, value in said.items() if isinstance(value, (str, int, float))}
    listed = said.get("DetectionRegionList")
    regions = []
    for entry in listed if isinstance(listed, list) else ():
        inner = entry.get("DetectionRegionEntry", entry) if isinstance(entry, dict) else None
        if isinstance(inner, dict):
            regions.append({name: str(value) for name, value in inner.items() if isinstance(value, (str, int, float))})
    return Alert(texts, tuple(regions))


def _reports(alert: Alert, received: float, losses: set[int]) -> Iterator[Report]:
    kind = alert.said("eventType")
    if kind.lower() == "duration":  # that something goes on: what, stands inside
        kind = alert.said("DurationList/Duration/relationEvent") or kind
    channel = _number(alert.said("channelID")) or _number(alert.said("dynChannelID")) or 1
    active = alert.said("eventState").lower() != "inactive"
    if kind.lower() in _SIGNS_OF_LIFE or (kind.lower() == _LOSS and not active and channel not in losses):
        yield Heartbeat(received)
        return
    if kind.lower() == _LOSS:
        (losses.add if active else losses.discard)(channel)
    for region in alert.regions or ({},):
        yield _event(alert, kind, channel, active, region, received)


def _event(
    alert: Alert, kind: str, channel: int, active: bool, region: Mapping[str, str], received: float
) -> DeviceEvent:
    purpose, title = KINDS.get(kind.lower(), (None, titles.words(kind)))
    target = (region.get("detectionTarget") or alert.said("detectionTarget", "targetType")).lower()
    port = alert.said("inputIOPortID", "dynInputIOPortID")
    return DeviceEvent(
        type=kind,
        title=f"{title} {port}" if port else title,
        purpose=purpose,
        received=received,
        active=active,
        channel=channel,
        region=region.get("regionID", ""),
        layer=f"{purpose.value}-{channel}" if purpose is not None else "",  # as `regions.table` numbers them
        target=_TARGETS.get(target, target),
        at=_moment(alert.said("dateTime"), received),
        description=alert.said("eventDescription"),
        count=_number(alert.said("activePostCount")),
    )


def _moment(text: str, received: float) -> datetime | None:
    return device_time(text, None, datetime.fromtimestamp(received).astimezone())


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

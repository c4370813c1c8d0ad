"""Every resource of this protocol that draws on the picture: one row each, and which rows a resource has.

Origins: the protocol's Coordinate type counts from the bottom-left corner (text A, 6.2), and recorded cameras do so
in every Smart document. Masks and on-screen texts of v2 say that they count from the top left (A, 8.4.9, 8.4.23).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from app.families.isapi.regions.points import FROM_LOWER_LEFT, FROM_UPPER_LEFT
from app.families.isapi.regions.row import Clearing, Form, Row
from app.families.isapi.regions.traffic import TRAFFIC
from app.model.region import Purpose


def _smart(purpose: Purpose, title: str, name: str, member: str, **more: object) -> Row:
    """A detection below /Smart. Regions are lists of corners that may be there and empty."""
    event = name if name[0].islower() else name.lower()
    schedule = f"/Event/schedules/{name[0].lower()}{name[1:]}s"
    row = Row(
        purpose.value,
        purpose,
        title,
        f"/Smart/{name}/{{channel}}",
        name[0].upper() + name[1:],
        f"{member}List",
        member,
        clearing=Clearing.CORNERS,
        items="regions",
        event=event,
        schedule=schedule,
    )
    return replace(row, **more)  # type: ignore[arg-type]


_INPUT = "/System/Video/inputs/channels/{channel}"
_PROXY = "/ContentMgmt/InputProxy/channels/{channel}/video"
_GRID = Row(
    "motion", Purpose.MOTION, "Motion", f"{_INPUT}/motionDetection", "MotionDetection", "", "MotionDetectionLayout",
    Form.GRID, points="layout/gridMap", lower_left=False, id="", most=1, when=("regionType", ("grid", "")),
    clearing=Clearing.NEVER, event="VMD", schedule="/Event/schedules/motionDetections",
)  # fmt: skip
_TAMPER = Row(
    "tamper", Purpose.TAMPER, "Covered lens", f"{_INPUT}/tamperDetection", "TamperDetection",
    "TamperDetectionRegionList", "TamperDetectionRegion", Form.RECTANGLE, size=None, few=4, many=4, most=1,
    event="tamper", schedule="/Event/schedules/tamperDetections",
)  # fmt: skip
_MASK = Row(
    "privacy", Purpose.PRIVACY, "Privacy masks", f"{_INPUT}/privacyMask", "PrivacyMask", "PrivacyMaskRegionList",
    "PrivacyMaskRegion", Form.RECTANGLE, size=None, sized_upper_left=True, order=FROM_UPPER_LEFT, few=4, many=4,
    name="privacymaskName",
)  # fmt: skip
_SHIPS = _smart(
    Purpose.OTHER, "Ships", "shipsDetection", "ShipsDetectionRegion", key="ships",
    schedule="/Event/schedules/shipsDetections",
)  # fmt: skip
_V2 = (
    _GRID,
    replace(
        _GRID, listed="MotionDetectionLayout/layout/RegionList", member="Region", form=Form.POLYGON, id="id",
        points="RegionCoordinatesList/RegionCoordinates", lower_left=True, when=("regionType", ("roi", "region")),
        few=2, most=4, clearing=Clearing.MEMBER,
    ),
    Row(
        "motion-expert", Purpose.MOTION, "Motion, expert mode", f"{_INPUT}/motionDetectionExt", "MotionDetectionExt",
        "MotionDetectionRegionList", "MotionDetectionRegion", most=8, event="VMD",
        schedule="/Event/schedules/motionDetections",
        hint="These areas hold while the expert mode of motion detection is on; the grid holds in normal mode.",
        mode="activeMode", awake="expert",
        asleep="The camera's motion detection is in normal mode: the grid holds, these areas do not.",
    ),
    _smart(
        Purpose.LINE, "Line crossing", "LineDetection", "LineItem", form=Form.LINE, items="lineItem",
        points="CoordinatesList/Coordinates", few=2, many=2,
    ),
    _smart(Purpose.INTRUSION, "Intrusion", "FieldDetection", "FieldDetectionRegion"),
    _smart(Purpose.ENTRANCE, "Region entrance", "regionEntrance", "RegionEntranceRegion"),
    _smart(Purpose.EXIT, "Region exiting", "regionExiting", "RegionExitingRegion"),
    _smart(Purpose.LOITERING, "Loitering", "loitering", "LoiteringRegion"),
    _smart(Purpose.GROUP, "People gathering", "group", "GroupRegion"),
    _smart(Purpose.RAPID_MOVE, "Fast moving", "rapidMove", "RapidMoveRegion"),
    _smart(Purpose.PARKING, "Parking", "parking", "ParkingRegion"),
    _smart(Purpose.UNATTENDED, "Unattended baggage", "unattendedBaggage", "UnattendedBaggageRegion"),
    _smart(Purpose.REMOVAL, "Object removal", "attendedBaggage", "AttendedBaggageRegion"),
    _smart(
        Purpose.PEOPLE, "People detection", "peopleDetection", "RegionPeopleDetection", many=5,
        schedule="/Event/schedules/peopleDetections",
    ),
    _SHIPS,
    replace(
        _SHIPS, key="ships-line", title="Trigger lines for ships", form=Form.LINE, few=2, many=2,
        points="TriggerLineCoordinatesList/TriggerLineCoordinates",
    ),
    _TAMPER,
    _MASK,
    Row(
        "roi", Purpose.ROI, "Region of interest", "/Smart/ROI/channels/{stream}", "ROI", "ROIRegionList", "ROIRegion",
        Form.RECTANGLE, few=4, many=4, name="name",
    ),
    Row(
        "text", Purpose.TEXT, "On-screen text", f"{_INPUT}/overlays", "VideoOverlay", "TextOverlayList", "TextOverlay",
        Form.LABEL, size=(704, 576), lower_left=False, clearing=Clearing.TEXT, armed="", most=None,
        singles=(
            ("DateTimeOverlay", "Date and time"),
            ("channelNameOverlay", "Channel name"),
            ("BatteryPowerOverlay", "Battery"),
        ),
    ),
    Row(
        "picture", Purpose.TEXT, "On-screen pictures", f"{_INPUT}/image", "ImageOverlayList", "", "ImageOverlay",
        Form.LABEL, size=(704, 576), lower_left=False, clearing=Clearing.NEVER, armed="", most=None, name="imageName",
    ),
    Row(
        "counting", Purpose.COUNTING, "Counting line", f"{_INPUT}/counting", "Counting", "CountingLineItemList",
        "CountingLineItem", Form.COUNTING_LINE, points="LineCoordinatesList/Coordinates", few=2, many=2, most=1,
        when=("CountingRegionType", ("line",)), event="PDC",
    ),
    Row(
        "counting", Purpose.COUNTING, "Counting area", f"{_INPUT}/counting", "Counting", "CountingRegionList",
        "CountingRegion", most=1, when=("CountingRegionType", ("region", "")), event="PDC",
    ),
    Row(
        "counting-text", Purpose.TEXT, "Counts on the picture", f"{_INPUT}/counting", "Counting", "", "", Form.LABEL,
        lower_left=False, armed="", most=1, id="", clearing=Clearing.NEVER,
        singles=(("OverlayConfiguration", "Counts"),),
    ),
    Row(
        "climate", Purpose.TEXT, "Temperature and humidity", "/System/externalDevice/THScreen", "THScreen", "", "",
        Form.SIGN, size=(704, 576), lower_left=False, most=1, id="", clearing=Clearing.NEVER,
        singles=(("THOSDDisplay", "Temperature and humidity"),),
    ),
    Row(
        "heat-map", Purpose.HEAT_MAP, "Heat map", f"{_INPUT}/heatMap", "HeatMap", "HeatMapRegionList",
        "HeatMapRegion", few=4, most=8,
    ),
    Row(
        "clip", Purpose.CLIP, "Cut-out", "/Streaming/channels/{stream}/regionClip", "RegionClip", "ClipRegionList",
        "ClipRegion", Form.RECTANGLE, few=4, many=4, most=1, id="", clearing=Clearing.NEVER,
    ),
    Row(
        "thermal", Purpose.THERMAL, "Temperature points, lines and areas",
        "/Thermal/channels/{channel}/thermometry/{sid}/regions", "ThermometryRegionList", "", "ThermometryRegion",
        Form.THERMOMETER, most=None, name="name", armed="", event="thermometry", told_above=True,
    ),
    *TRAFFIC,
    Row(
        "tracking", Purpose.OTHER, "Area that the dome follows",
        "/MasterSlaveTracking/channels/{channel}/slaveCamera/{sid}/tracking", "Tracking", "", "Tracking",
        points="ManualRegionCoordinatesList/RegionCoordinates", few=4, many=4, most=1, armed="", id="",
        clearing=Clearing.NEVER,
    ),
    replace(_GRID, path=f"{_PROXY}/motionDetection"),
    replace(_TAMPER, path=f"{_PROXY}/tamperDetection", size=(704, 576)),
)  # fmt: skip

_V1 = (
    Row(
        "motion", Purpose.MOTION, "Motion", "/MotionDetection/{channel}", "MotionDetection",
        "MotionDetectionRegionList", "MotionDetectionRegion", Form.RECTANGLE, size=(22, 18), few=4, many=4, most=16,
        event="VMD", dialect="v1",
        hint="An area with “Mask enabled” is taken away from the others. All areas share one sensitivity.",
    ),
    replace(_MASK, dialect="v1", order=FROM_LOWER_LEFT, sized_upper_left=False),
    Row(
        "tamper", Purpose.TAMPER, "Covered lens", f"{_INPUT}/shelterAlarm", "ShelterAlarm", "ShelterAlarmRegionList",
        "ShelterAlarmRegion", Form.RECTANGLE, size=None, few=4, many=4, most=1, event="tamper", dialect="v1",
    ),
    Row(
        "text", Purpose.TEXT, "On-screen text", f"{_INPUT}/overlays/text", "TextOverlayList", "", "TextOverlay",
        Form.OLD_LABEL, size=(704, 576), lower_left=False, step_y=16, clearing=Clearing.TEXT, armed="", most=None,
        dialect="v1",
    ),
    Row(
        "clock", Purpose.TEXT, "Date and time", f"{_INPUT}/osdDatetime", "OsdDatetime", "", "", Form.OLD_LABEL,
        size=(704, 576), lower_left=False, step_y=16, clearing=Clearing.NEVER, armed="", most=1, id="", dialect="v1",
        singles=(("", "Date and time"),),
    ),
    Row(
        "exposure", Purpose.OTHER, "Area by which the gain is set", "/Image/channels/{channel}/Gain", "Gain", "", "",
        size=None, armed="", many=None, most=1, id="", clearing=Clearing.NEVER, dialect="v1",
        singles=(("GainWindow", "Window"),),
    ),
)  # fmt: skip

ROWS = (*_V2, *_V1)


@dataclass(frozen=True, slots=True)
class Found:
    """A resource of a device, by its tail. rows are those that its document may be; number tells streams apart."""

    rows: tuple[Row, ...]
    tail: str
    channel: int
    number: str

    @property
    def id(self) -> str:
        return f"{self.rows[0].key}-{self.number}"

    @property
    def title(self) -> str:
        return self.rows[0].title


_PLACES = {"{channel}": r"(?P<channel>\d+)", "{stream}": r"(?P<stream>\d+)", "{sid}": r"(?P<sid>\d+)"}


def found(tail: str, dialect: str) -> tuple[Found, ...]:
    """The layers that the resource at this tail holds."""
    by_key: dict[str, list[Row]] = {}
    where: dict[str, re.Match[str]] = {}
    for row in ROWS:
        match = re.fullmatch(_pattern(row.path), tail, re.IGNORECASE) if row.dialect == dialect else None
        if match is not None:
            by_key.setdefault(row.key, []).append(row)
            where[row.key] = match
    return tuple(Found(tuple(rows), tail, *_place(where[key])) for key, rows in by_key.items())


def found_item(tail: str, dialect: str) -> tuple[Found, ...]:
    """The layers that have this resource for one of their regions."""
    above, _, _ = tail.rpartition("/")
    holder, _, name = above.rpartition("/")
    wanted = ((each, tuple(row for row in each.rows if row.items == name)) for each in found(holder, dialect))
    return tuple(replace(each, rows=rows) for each, rows in wanted if name and rows)


def _pattern(path: str) -> str:
    return re.sub(r"\{\w+\}", lambda place: _PLACES[place[0]], path)


def _place(match: re.Match[str]) -> tuple[int, str]:
    told = match.groupdict()
    if told.get("stream"):
        stream = told["stream"]
        return int(stream[:-2] or 1) if len(stream) > 2 else 1, stream
    channel = told.get("channel") or "1"
    scene = told.get("sid") or ""
    return int(channel), channel if scene in ("", "1") else f"{channel}-{scene}"


def place(layer: Found) -> tuple[int, int, str]:
    """Where a layer stands among the others: by channel, then as in the table."""
    return layer.channel, ROWS.index(layer.rows[0]), layer.number

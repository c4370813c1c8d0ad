"""An ISAPI camera's documents as regions on the picture.

Smart detections count from the lower left, as the protocol's Coordinate type says and recorded cameras do; a grid
counts from the upper left; so do masks that say a normalised size.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.model.geometry import Point
from app.model.region import Cells, Direction, Line, Polygon, Purpose, Shape
from app.simulator.armed import Watched
from app.simulator.isapi.drawn import picture_size
from app.simulator.isapi.state import State
from app.simulator.isapi.tree import Node

_DIGIT_BITS = 4
_DIRECTIONS = {"any": Direction.BOTH, "left-right": Direction.A_TO_B, "right-left": Direction.B_TO_A}
_TARGETS = {"human": "person", "vehicle": "vehicle"}


@dataclass(frozen=True, slots=True)
class _Detection:
    """One kind of document. path: the resource, with {n} where each channel has its own, else with one member for
    each channel. members: from the document to its regions; points: from a region to its corners."""

    purpose: Purpose
    event: str
    path: str
    members: str
    points: str = "RegionCoordinatesList"
    upper_left: bool = False


def _smart(purpose: Purpose, name: str, members: str, points: str = "RegionCoordinatesList") -> _Detection:
    return _Detection(purpose, name.lower(), f"Smart/{name}", members, points)


_INPUT = "System/Video/inputs/channels/{n}"
_PROXY = "ContentMgmt/InputProxy/channels/{n}/video"
_DETECTIONS = (
    _smart(Purpose.LINE, "LineDetection", "LineItemList", "CoordinatesList"),
    _smart(Purpose.INTRUSION, "FieldDetection", "FieldDetectionRegionList"),
    _smart(Purpose.ENTRANCE, "regionEntrance", "RegionEntranceRegionList"),
    _smart(Purpose.EXIT, "regionExiting", "RegionExitingRegionList"),
    _smart(Purpose.LOITERING, "loitering", "LoiteringRegionList"),
    _smart(Purpose.GROUP, "group", "GroupRegionList"),
    _smart(Purpose.RAPID_MOVE, "rapidMove", "RapidMoveRegionList"),
    _smart(Purpose.PARKING, "parking", "ParkingRegionList"),
    _smart(Purpose.UNATTENDED, "unattendedBaggage", "UnattendedBaggageRegionList"),
    _smart(Purpose.REMOVAL, "attendedBaggage", "AttendedBaggageRegionList"),
    _smart(Purpose.PEOPLE, "peopleDetection", "RegionPeopleDetectionList"),
    _Detection(Purpose.MOTION, "VMD", f"{_INPUT}/motionDetectionExt", "MotionDetectionRegionList"),
    _Detection(Purpose.MOTION, "VMD", f"{_INPUT}/motionDetection", "MotionDetectionRegionList"),
    _Detection(Purpose.TAMPER, "tamperdetection", f"{_INPUT}/tamperDetection", "TamperDetectionRegionList"),
    _Detection(Purpose.TAMPER, "tamperdetection", f"{_PROXY}/tamperDetection", "TamperDetectionRegionList"),
    _Detection(Purpose.TAMPER, "tamperdetection", f"{_INPUT}/shelterAlarm", "ShelterAlarmRegionList"),
    _Detection(Purpose.PRIVACY, "", f"{_INPUT}/privacyMask", "PrivacyMaskRegionList", upper_left=True),
    _Detection(Purpose.COUNTING, "PDC", f"{_INPUT}/counting", "CountingRegionList"),
    _Detection(Purpose.COUNTING, "PDC", f"{_INPUT}/counting", "CountingLineItemList", "LineCoordinatesList"),
)
_GRIDS = (f"{_INPUT}/motionDetection", f"{_PROXY}/motionDetection")


def watched(state: State) -> tuple[Watched, ...]:
    """Every region of the camera that has a shape."""
    return (*_grids(state), *_drawn(state))


def masks(state: State) -> tuple[Watched, ...]:
    """What is hidden from everybody."""
    return tuple(_drawn(state, [each for each in _DETECTIONS if each.purpose is Purpose.PRIVACY]))


def guards_lens(state: State, channel: int) -> bool:
    """Whether a camera would say that its lens is covered."""
    covered = _drawn(state, [each for each in _DETECTIONS if each.purpose is Purpose.TAMPER])
    return any(each.armed and each.channel == channel for each in covered)


def _documents(state: State, path: str) -> Iterator[tuple[int, Node]]:
    """The documents at a path with their channels."""
    if "{n}" not in path:
        resource = state.catalog.resources.get(path)
        for member in state.read(resource).children if resource is not None else ():
            yield int(member.value("id", "1") or 1), member
        return
    shape = re.compile(re.escape(path).replace(re.escape("{n}"), r"(\d+)"))
    for known, resource in state.catalog.resources.items():
        found = shape.fullmatch(known)
        if found is not None and resource.template is not None:
            yield int(found[1]), state.read(resource)


def _grids(state: State) -> Iterator[Watched]:
    for path in _GRIDS:
        for channel, document in _documents(state, path):
            text = document.value("MotionDetectionLayout/layout/gridMap")
            if not text or document.value("regionType") != "grid":
                continue
            rows, columns = (_number(document, f"Grid/{axis}Granularity", 1) for axis in ("row", "column"))
            yield Watched(
                Purpose.MOTION,
                "VMD",
                channel,
                "1",
                cells(text, columns, rows),
                armed=document.value("enabled") == "true",
                sensitivity=_number(document, "MotionDetectionLayout/sensitivityLevel", 50) / 100,
                targets=_targets(document.value("MotionDetectionLayout/targetType")),
                name="motion",
            )


def _drawn(state: State, detections: Iterable[_Detection] = _DETECTIONS) -> Iterator[Watched]:
    for detection in detections:
        for channel, document in _documents(state, detection.path):
            members = document.child(detection.members)
            size = size_of(document)
            lower_left = not detection.upper_left or size is None
            for member in members.children if members is not None else ():
                shape = _shape(member, detection, size or picture_size(state.catalog), lower_left=lower_left)
                if shape is not None:
                    yield _watched(detection, channel, document, member, shape)


def _watched(detection: _Detection, channel: int, document: Node, member: Node, shape: Shape) -> Watched:
    scale = 5 if detection.purpose is Purpose.MOTION and document.child("Grid") is not None else 100
    level = member.value("sensitivityLevel") or document.value(f"{detection.members}/sensitivityLevel", "50")
    return Watched(
        detection.purpose,
        detection.event,
        channel,
        member.value("id", "1"),
        shape,
        armed=document.value("enabled") == "true" and member.value("enabled", "true") == "true",
        hidden=member.value("maskEnabled") == "true",
        sensitivity=min(1.0, (int(level) if level.isdigit() else 50) / scale),
        targets=_targets(member.value("detectionTarget")),
        seconds=float(_number(member, "timeThreshold", 0)),
        occupation=_number(member, "objectOccupation", 0) / 100,
        name=member.value("name") or member.value("privacymaskName"),
    )


def _shape(member: Node, detection: _Detection, size: tuple[int, int], *, lower_left: bool) -> Shape | None:
    """None for a region that was never drawn: no corners, or all of them in one place."""
    listed = member.child(detection.points)
    points = tuple(
        _point(each, size, lower_left=lower_left) for each in (listed.children if listed is not None else ())
    )
    if len(set(points)) < 2:
        return None
    if detection.purpose is Purpose.LINE or detection.points == "LineCoordinatesList":
        return Line(points, _DIRECTIONS.get(member.value("directionSensitivity"), Direction.BOTH))
    return Polygon(points)


def _point(corner: Node, size: tuple[int, int], *, lower_left: bool) -> Point:
    x, y = (_number(corner, f"position{axis}", 0) for axis in "XY")
    return Point(x / size[0], (size[1] - y if lower_left else y) / size[1])


def size_of(document: Node) -> tuple[int, int] | None:
    """The scale that the document counts in; None where it counts in pixels."""
    for block in ("normalizedScreenSize", "ROI", "Region"):
        width = _number(document, f"{block}/normalizedScreenWidth", 0)
        height = _number(document, f"{block}/normalizedScreenHeight", 0)
        if width and height:
            return width, height
    columns, rows = _number(document, "Grid/columnGranularity", 0), _number(document, "Grid/rowGranularity", 0)
    return (columns, rows) if columns and rows else None


def cells(text: str, columns: int, rows: int) -> Cells:
    """A gridMap: whole bytes a row, from the upper left, used bits at the left."""
    digits = len(text) // rows
    on = {
        (column, row)
        for row in range(rows)
        for column in range(min(columns, digits * _DIGIT_BITS))
        if int(text[row * digits : (row + 1) * digits] or "0", 16) >> (digits * _DIGIT_BITS - 1 - column) & 1
    }
    return Cells(columns, rows, frozenset(on))


def _targets(text: str) -> tuple[str, ...]:
    return tuple(_TARGETS[each] for each in text.split(",") if each in _TARGETS)


def _number(node: Node, path: str, default: int) -> int:
    text = node.value(path)
    return int(text) if text.isascii() and text.isdigit() else default

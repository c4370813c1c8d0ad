"""A VIGI camera's settings as regions on the picture: squares of 10,000 from the upper left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.model.geometry import Point
from app.model.region import Direction, Line, Polygon, Purpose
from app.simulator.armed import Watched
from app.simulator.vigi.state import SIDE, State

_WHOLE = Polygon((Point(0, 0), Point(1, 0), Point(1, 1), Point(0, 1)))
# The text's rule: the left hand lies on the picture, palm down, its base on the first point and its fingers towards
# the second; A is where the thumb points. That is the right-hand side, where the seam's own A is the left.
_DIRECTIONS = {"AtoB": Direction.B_TO_A, "BtoA": Direction.A_TO_B}

# A region of the detection of things left or taken may watch for one of both.
_DROPS = {"drop": Purpose.UNATTENDED, "take": Purpose.REMOVAL}


@dataclass(frozen=True, slots=True)
class _Detection:
    """event as on the wire; name is the start of the pair of settings; whole: it watches all of the picture."""

    event: str
    name: str
    purpose: Purpose
    target: str = ""
    whole: bool = False


DETECTIONS = (
    _Detection("MotionDetection", "MotionDetection", Purpose.MOTION),
    _Detection("TamperDetection", "TamperDetection", Purpose.TAMPER, whole=True),
    _Detection("CrossLineDetection", "CrosslineDetection", Purpose.LINE),
    _Detection("InvasionDetection", "InvasionDetection", Purpose.INTRUSION),
    _Detection("AreaEntryDetection", "AreaEntryDetection", Purpose.ENTRANCE),
    _Detection("AreaLeaveDetection", "AreaLeaveDetection", Purpose.EXIT),
    _Detection("PeopleDetection", "PeopleDetection", Purpose.PEOPLE, "person"),
    _Detection("VehicleDetection", "VehicleDetection", Purpose.VEHICLE, "vehicle"),
    _Detection("DropAndTakeDetection", "DropAndTakeDetection", Purpose.DROP_TAKE),
    _Detection("LoiterDetection", "LoiterDetection", Purpose.LOITERING),
    _Detection("SceneChangeDetection", "SceneChangeDetection", Purpose.OTHER, whole=True),
    _Detection("AudioAnomalyDetection", "AudioAnomalyDetection", Purpose.OTHER, whole=True),
)
EVENTS = tuple(each.event for each in DETECTIONS)
SWITCHES = {each.event: f"{each.name}Switch" for each in DETECTIONS}


def watched(state: State) -> tuple[Watched, ...]:
    """Every region of the detections that the model has."""
    return tuple(_watched(state))


def _watched(state: State) -> Iterator[Watched]:
    for each in DETECTIONS:
        switch = state.document(f"{each.name}Switch")
        if switch is None:
            continue
        values = state.read(switch)
        regions = state.regions(f"{each.name}Region") if not each.whole else [{}]
        for number, region in enumerate(regions, 1):
            said = values | region
            yield Watched(
                _DROPS.get(region.get("detect", ""), each.purpose),
                each.event,
                1,
                str(region.get("id", number)),
                _WHOLE if each.whole else _shape(region),
                armed=values["enabled"] == "on",
                sensitivity=said.get("sensitivity", 50) / 100,
                targets=(each.target,) if each.target else _targets(said),
                seconds=float(region.get("threshold", 0)),
            )


def _shape(region: Mapping[str, Any]) -> Polygon | Line:
    count = region["points_num"]
    corners = zip(region["points_x"][:count], region["points_y"][:count], strict=True)
    points = tuple(Point(x / SIDE, y / SIDE) for x, y in corners)
    if "direction" in region:
        return Line(points, _DIRECTIONS.get(region["direction"], Direction.BOTH))
    return Polygon(points)


def _targets(said: Mapping[str, Any]) -> tuple[str, ...]:
    kinds = {"person": "people_enhance", "vehicle": "vehicle_enhance"}
    return tuple(target for target, name in kinds.items() if said.get(name) == "on")

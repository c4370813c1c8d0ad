"""The rows of cameras at roads: plates, lanes, rules, and what their calibration is drawn with (text A, 8.17, 8.20)."""

from __future__ import annotations

from dataclasses import replace

from app.families.isapi.regions.row import Clearing, Form, Row
from app.model.region import Purpose

_TRAFFIC = "/Traffic/channels/{channel}"
_NO_PARKING = f"{_TRAFFIC}/IllegalParkingDetections/{{sid}}"
_PLATES = f"{_TRAFFIC}/vehicleDetects/{{sid}}"
_SCENE = (
    Row(
        "plate", Purpose.PLATE, "Number plate areas", _PLATES, "VehicleDetectScene",
        "PlateRecogParam/PlateRecogRegionList", "PlateRecogRegion", most=None,
    ),
    Row(
        "plate-lane", Purpose.LANE, "Lane lines", _PLATES, "VehicleDetectScene", "LaneConfig/LaneList", "Lane",
        Form.LINE, few=2, many=2, most=None, id="laneId",
    ),
    Row(
        "plate-line", Purpose.PLATE, "Capture line", _PLATES, "VehicleDetectScene", "", "", Form.LINE, few=2, many=2,
        most=1, id="", clearing=Clearing.NEVER, singles=(("AtRoadsideCalib", "Capture line"),),
    ),
)  # fmt: skip
# What stands on the road with a known size, and a line by which that is checked.
_FRAME = Row(
    "traffic-frame", Purpose.OTHER, "Calibration frame", f"{_TRAFFIC}/calibration/{{sid}}", "Calibration", "",
    "Calibration", points="DemarcationPosition/RegionCoordinatesList/RegionCoordinates", few=4, many=4, most=1,
    armed="", id="", clearing=Clearing.NEVER,
)  # fmt: skip
TRAFFIC = (
    *_SCENE,
    *(
        replace(
            row, key=f"mixed-{row.key}", title=f"{row.title}, mixed traffic", root="HVTVehicleDetectScene",
            path=f"{_TRAFFIC}/HVTVehicleDetects/{{sid}}",
        )
        for row in _SCENE
    ),
    Row(
        "lane", Purpose.LANE, "Lanes", f"{_TRAFFIC}/lane/{{sid}}", "Lane", "LaneRuleList", "LaneRegion", most=None,
        armed="",
    ),
    Row(
        "vehicle", Purpose.VEHICLE, "Areas without vehicles", f"{_TRAFFIC}/shieldRegions/{{sid}}", "Shield",
        "ShieldRegionList", "ShieldRegion", most=None, armed="",
    ),
    Row(
        "reference", Purpose.VEHICLE, "Reference areas", f"{_TRAFFIC}/referenceRegions/{{sid}}", "Reference",
        "ReferenceRegionList", "ReferenceRegion", most=None, armed="",
    ),
    Row(
        "coil", Purpose.LANE, "Virtual loops", f"{_TRAFFIC}/MprParam/{{sid}}", "MprParam", "VirtualLaneList",
        "VirtualLane", most=None, armed="", id="", clearing=Clearing.NEVER,
    ),
    Row(
        "police-lane", Purpose.LANE, "Lane lines of the traffic camera", "/ITC/VideoEpolice", "VideoEpolice",
        "LaneList", "Lane", Form.LINE, few=2, many=2, most=2, armed="", id="laneId",
    ),
    Row(
        "traffic-rule", Purpose.VEHICLE, "Traffic rules", f"{_TRAFFIC}/eventRule/{{sid}}", "EventRule",
        "EventRuleInfoList", "EventRuleInfo", Form.RULE, few=2, most=None, armed="", id="ruleId",
        clearing=Clearing.NEVER,
    ),
    Row(
        "illegal-parking", Purpose.PARKING, "Illegal parking", f"{_NO_PARKING}/region",
        "IllegalParkingDetectionRegion", "", "IllegalParkingDetectionRegion", many=None, most=1, armed="", id="",
        clearing=Clearing.NEVER,
    ),
    _FRAME,
    replace(_FRAME, key="traffic-line", title="Calibration line", form=Form.ENDS, points="", few=2, many=2),
    Row(
        "vehicle-calibration", Purpose.OTHER, "Calibration of vehicles", f"{_TRAFFIC}/vehicleCalibration",
        "Calibration", "CalibrationRegionList", "CalibrationRegion", few=4, many=4, most=1, armed="",
        clearing=Clearing.NEVER,
    ),
)  # fmt: skip

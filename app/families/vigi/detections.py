"""What this protocol can detect: the names of each detection in methods, modules and events, which differ. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.model.region import Purpose


@dataclass(frozen=True, slots=True)
class Detection:
    """name as in the methods, event as in messages and modules. drawn: it has regions; numbered: they have ids."""

    name: str
    event: str
    purpose: Purpose
    drawn: bool = True
    numbered: bool = True

    @property
    def switch(self) -> str:
        return f"get{self.name}Switch"

    @property
    def region(self) -> str:
        """The page of the regions, "" for none; also the id of their layer."""
        return f"get{self.name}Region" if self.drawn else ""


DETECTIONS = (
    Detection("MotionDetection", "MotionDetection", Purpose.MOTION, numbered=False),
    Detection("CrosslineDetection", "CrossLineDetection", Purpose.LINE),
    Detection("InvasionDetection", "InvasionDetection", Purpose.INTRUSION),
    Detection("PeopleDetection", "PeopleDetection", Purpose.PEOPLE),
    Detection("VehicleDetection", "VehicleDetection", Purpose.VEHICLE),
    Detection("AreaEntryDetection", "AreaEntryDetection", Purpose.ENTRANCE),
    Detection("AreaLeaveDetection", "AreaLeaveDetection", Purpose.EXIT),
    Detection("DropAndTakeDetection", "DropAndTakeDetection", Purpose.DROP_TAKE),
    Detection("LoiterDetection", "LoiterDetection", Purpose.LOITERING),
    Detection("TamperDetection", "TamperDetection", Purpose.TAMPER, drawn=False),
    Detection("SceneChangeDetection", "SceneChangeDetection", Purpose.OTHER, drawn=False),
    Detection("AudioAnomalyDetection", "AudioAnomalyDetection", Purpose.OTHER, drawn=False),
)
_BY_EVENT = {each.event.lower(): each for each in DETECTIONS}
_BY_REGION = {each.region: each for each in DETECTIONS if each.drawn}


def of_event(name: str) -> Detection | None:
    """The detection that an event is of; real cameras differ in the capitals."""
    return _BY_EVENT.get(name.lower())


def of_layer(layer: str) -> Detection | None:
    return _BY_REGION.get(layer)

"""The models that can be simulated, and the settings that they share."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from app.simulator.vigi.fields import Rule

_BASIC = (
    "system",
    "dateTime",
    "audio_speaker",
    "audio_microphone",
    "video",
    "dayNightMode",
    "sdCard",
    "motionDetection",
    "sound_alarm_enabled",
    "light_alarm_enabled",
    "playback",
    "download",
    "StreamPort",
)
_SMART = (
    "CrossLineDetection",
    "InvasionDetection",
    "AreaEntryDetection",
    "AreaLeaveDetection",
    "PeopleDetection",
    "VehicleDetection",
    "DropAndTakeDetection",
    "tamperDetection",
    "msgPush",
    "recordSchedule",
    "LoiterDetection",
    "SceneChangeDetection",
    "AudioAnomalyDetection",
)
# Bits of the masks of getEventEnhanceCapability.
ENHANCED = {
    "MotionDetection": 1,
    "CrossLineDetection": 2,
    "InvasionDetection": 4,
    "AreaEntryDetection": 8,
    "AreaLeaveDetection": 16,
    "LoiterDetection": 32,
}


@dataclass(frozen=True, slots=True)
class Model:
    """A profile. The sizes are "width*height"; enhanced is the mask of detections that
    tell people and vehicles apart; manners are quirks that it always has."""

    name: str
    firmware: str
    modules: tuple[str, ...]
    main_sizes: tuple[str, ...]
    minor_sizes: tuple[str, ...] = ("640*480", "352*288", "320*240")
    enhanced: int = 63
    size: str = "1920*1080"  # the factory's
    codec: str = "h264"
    manners: tuple[str, ...] = ()


_HD = ("1920*1080", "1280*720")
MODELS = (
    Model(
        "CW-V340",
        "2.2.0 Build 250926 Rel.53599n",
        (*_BASIC, *_SMART),
        ("2560*1440", "2304*1296", *_HD),
        manners=("quoted_digest",),
    ),
    Model(
        "CW-V540",
        "2.3.3 Build 250905 Rel.41230n",
        (*_BASIC, *_SMART, "ptz", "ptz_zoom"),
        ("2560*1440", *_HD),
        manners=("quoted_digest",),
    ),
    Model("CW-V230", "1.1.0 Build 220311 Rel.6021n", _BASIC, ("2304*1296", *_HD), enhanced=0, manners=("md5_login",)),
)


@dataclass(frozen=True, slots=True)
class Regions:
    """A setting that is a set of regions: least and most points of one, whether they have ids, and the factory's."""

    points: tuple[int, int]
    numbered: bool
    factory: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Document:
    """What `get<name>` answers and `set<name>` takes."""

    name: str
    module: str
    fields: Mapping[str, Rule]
    factory: Mapping[str, Any] = field(default_factory=dict)
    regions: Regions | None = None
    enhance: str = ""  # the detection whose mask bit says whether the *_enhance fields are there


@cache
def documents() -> Mapping[str, Document]:
    """Every setting by the name of its pair of methods."""
    text = importlib.resources.files("resources").joinpath("simulator/vigi/settings.json").read_text("utf-8")
    data = json.loads(text)
    return {entry["name"]: _document(entry, data["groups"]) for entry in data["documents"]}


def _document(entry: Mapping[str, Any], groups: Mapping[str, Mapping[str, Rule]]) -> Document:
    fields: dict[str, Rule] = {}
    for group in entry.get("groups", ()):
        fields.update(groups[group])
    fields.update(entry.get("fields", {}))
    shapes = entry.get("regions")
    regions = None
    if shapes is not None:
        least, most = shapes["points"]
        regions = Regions((least, most), shapes["numbered"], tuple(shapes["factory"]))
    return Document(entry["name"], entry["module"], fields, entry.get("factory", {}), regions, entry.get("enhance", ""))


def has(document: Document, model: Model) -> bool:
    return document.module in model.modules


def fields_of(document: Document, model: Model) -> Mapping[str, Rule]:
    """Without what this model cannot tell apart."""
    able = not document.enhance or model.enhanced & ENHANCED[document.enhance]
    return {name: rule for name, rule in document.fields.items() if able or "enhance" not in name}

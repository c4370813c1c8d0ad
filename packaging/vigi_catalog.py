"""The catalog of VIGI OpenAPI from its inventory: facts only, as `build_catalog` says.

{"methods": [{"m" name, "k" get, set, do or auth, "d" module of the camera that has it, "t" the method that undoes or
reads it, "p" rows of parameters, "f" rows of values}]}. A row is [name, kind, options, min, max, default], trailing
blanks cut; names of parameters are without the list they stand in.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

NAME = "vigi"
_CALLS = ("get", "set", "do", "auth")  # the rest is another protocol: datagrams and streams
# The camera's own names of what it may have (table of section 4.1.2); the text's methods spell some otherwise.
_MODULES = (
    "system", "dateTime", "video", "dayNightMode", "sdCard", "motionDetection", "CrossLineDetection",
    "InvasionDetection", "AreaEntryDetection", "AreaLeaveDetection", "PeopleDetection", "VehicleDetection",
    "DropAndTakeDetection", "tamperDetection", "LoiterDetection", "SceneChangeDetection", "AudioAnomalyDetection",
    "ptz", "playback", "download", "StreamPort", "msgPush", "recordSchedule",
)  # fmt: skip
_WHO = {"Speaker": "audio_speaker", "Microphone": "audio_microphone"}
_KINDS = {
    "string": "text", "int": "int", "float": "float", "uint32": "int", "uint64": "int", "int64": "int", "number": "int",
    "bool": "bool", "string (integer)": "int", "string (float)": "float", "object": "group", "array": "group",
    "object[]": "group",
}  # fmt: skip
_LENGTHS = {"alias": (1, 32), "timezone": (1, 15), "area": (1, 63)}  # in the text as prose
_WRAPPERS = ("deviceInfo", "sdCardInfo", "set_region_info[]", "moduleList[]")
_NO_SETTING = ("getPresetPoint", "setPresetPoint")  # stores where the camera looks; the list itself cannot be written
# What the text spells in two ways: the spelling of its headings and examples.
_SPELLED = {"setTimezone": "setTimeZone", "getTimezone": "getTimeZone"}


def catalog(folder: Path) -> dict[str, Any]:
    found = json.loads((folder / f"{NAME}.json").read_text("utf-8"))
    wanted = [each for each in found if each["kind"] in _CALLS or each["method"] == "subscribeMsg"]
    methods = [_method(each) for each in wanted]
    return {"methods": [{key: value for key, value in each.items() if value not in ("", [])} for each in methods]}


def _method(entry: dict[str, Any]) -> dict[str, Any]:
    name = _SPELLED.get(entry["method"], entry["method"])
    pair = "" if name in _NO_SETTING else entry.get("pair") or ""
    return {
        "m": name,
        "k": entry["kind"],
        "d": _module(name, entry["module"]),
        "t": _SPELLED.get(pair, pair),
        "p": _rows(entry["params"]),
        "f": _rows(entry["result"]),
    }


def _module(method: str, chapter: str) -> str:
    """The camera's own name of what must be there for the method."""
    bare = re.sub(r"^(get|set)", "", method)
    for word, module in _WHO.items():
        if bare.startswith(word):
            return module
    detection = re.sub(r"(Switch|Region)$", "", bare).lower()
    known = {name.lower(): name for name in _MODULES}
    return known.get(detection) or known.get(chapter.lower(), "")


def _rows(fields: list[dict[str, Any]] | None) -> list[list[Any]]:
    rows = (_row(field) for field in fields or ())
    return [row for row in rows if row]


def _row(field: dict[str, Any]) -> list[Any]:
    name = field["name"]
    for wrapper in _WRAPPERS:
        name = name.removeprefix(f"{wrapper}.")
    kind = _KINDS.get(field["type"] or "string", "list" if (field["type"] or "").endswith("]") else "text")
    kind = "list" if "[]" in (field["type"] or "") and kind != "group" else kind
    if kind == "group" or " " in name:
        return []
    enum = field.get("enum") or ()
    options = [re.sub(r" \(.*", "", option) for option in enum] if kind != "list" else []
    if set(options) == {"on", "off"} or options == ["1", "0"]:
        kind = "bool"
    elif options:
        kind = "option"
    low, high = field.get("min"), field.get("max")
    if low is None and high is None and name in _LENGTHS:
        low, high = _LENGTHS[name]
    row = [name.replace(".", "/"), kind, options, low, high, field.get("default")]
    while row and row[-1] in ("", [], None):
        row.pop()
    return row

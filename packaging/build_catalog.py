"""Distils the protocol inventories into the catalogs that are shipped.

    python packaging/build_catalog.py [FOLDER_OF_INVENTORIES]

Facts only: paths, methods, levels, kinds, limits, options and units. Comments and sentences of the protocol texts
stay behind. The result is compact because it is read at every start; each family's `catalog` module explains its own.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
import vigi_catalog

ROOT = Path(__file__).resolve().parent.parent
INVENTORIES = ROOT.parent / "shared" / "specs" / "inventory"
TARGET = ROOT / "resources" / "catalog"
# What the texts get wrong or leave in prose, by hand: fields [path or "*", field, changes, why], resources [path,
# changes, why],
# depends [names of dependent fields, names of the siblings that decide, best first], values [names of dependent
# fields, name of the one that decides, its texts for which they hold; behind a "!" those for which they do not]. A
# field that depends on one of another page names it as PAGE#FIELD.
CORRECTIONS = json.loads((Path(__file__).resolve().parent / "catalog_corrections.json").read_text("utf-8"))

KINDS = {
    "string": "text",
    "integer": "int",
    "float": "float",
    "boolean": "bool",
    "hexstring": "hex",
    "datetime": "datetime",
    "time": "time",
    "date": "date",
    "group": "group",
    "ref": "group",
}
LETTERS = {"GET": "G", "PUT": "P", "POST": "O", "DELETE": "D"}
MAX_OPTIONS = 64  # longer lists in the texts are tables that ran together

# Transfers of files and endless streams: no form can show them.
BINARY = re.compile(
    r"/(updateFirmware|firmwareUpgrade|configurationData|configurationFile|picture|httppreview|audioData|transData"
    r"|sendData|receiveData|transChanSendData|transChanRecvData|command|dbglog|deviceCertificate|alertStream"
    r"|serverCertificate/certificate|downloadCertSignReq|GUIDFileData|calibPanoramicPic|calibPanoramicFlashPic"
    r"|plateList|licensePlateAuditData)$"
)
CAPABILITIES = re.compile(
    r"/([a-z]*capabilit(y|ies)|dynamicCap\w*|triggersCap|\w+Cap|index|indexr|description)$", re.IGNORECASE
)

# The v2 text has no chapters for these services although its devices answer them: the v1 resources, prefixed.
BORROWED = ("/Image", "/PTZCtrl")

# Met on real devices, described in neither text. (path, methods, block, kind)
MET = (
    ("/Image/channels/{channel}/supplementLight", "GP", "SupplementLight", "settings"),
    ("/Image/channels/{channel}/WhiteBalance", "GP", "WhiteBalance", "settings"),
    ("/System/Video/inputs/channels/{channel}/videoLoss", "GP", "VideoLoss", "settings"),
    ("/ContentMgmt/Storage", "G", "storage", "status"),
    ("/ContentMgmt/Storage/hdd", "G", "hddList", "status"),
    ("/ContentMgmt/InputProxy/channels", "G", "InputProxyChannelList", "status"),
    ("/ContentMgmt/InputProxy/channels/{channel}", "GP", "InputProxyChannel", "settings"),
    ("/ContentMgmt/InputProxy/channels/status", "G", "InputProxyChannelStatusList", "status"),
    ("/ContentMgmt/InputProxy/channels/{channel}/video/motionDetection", "GP", "MotionDetection", "settings"),
    ("/ContentMgmt/InputProxy/channels/{channel}/video/tamperDetection", "GP", "TamperDetection", "settings"),
    ("/ContentMgmt/InputProxy/channels/{channel}/video/videoLoss", "GP", "VideoLoss", "settings"),
    ("/ContentMgmt/record/tracks", "GP", "TrackList", "settings"),
    ("/ContentMgmt/Storage/hdd/{id}", "GP", "hdd", "settings"),
    ("/ContentMgmt/Storage/hdd/{id}/format", "P", "", "action"),
    ("/ContentMgmt/Storage/hdd/{id}/formatStatus", "G", "formatStatus", "status"),
    ("/ContentMgmt/Storage/nas", "GP", "nasList", "settings"),
    ("/ContentMgmt/Storage/nas/{id}", "GPD", "nas", "settings"),
    ("/ContentMgmt/Storage/quota", "GP", "diskQuotaList", "settings"),
    ("/ContentMgmt/Storage/quota/{id}", "GP", "diskQuota", "settings"),
    ("/ContentMgmt/capabilities", "G", "RacmCap", "capabilities"),
    ("/ContentMgmt/record/tracks/{id}", "GP", "Track", "settings"),
    ("/ContentMgmt/search", "O", "CMSearchDescription", "command"),
    ("/ContentMgmt/logSearch", "O", "CMSearchDescription", "command"),
    ("/ContentMgmt/download", "G", "downloadRequest", "command"),
    ("/ContentMgmt/InputProxy/channels/{channel}/status", "G", "InputProxyChannelStatus", "status"),
    ("/Image/channels/{channel}/FFC", "GP", "FFC", "settings"),
    ("/Image/channels/{channel}/palettes", "GP", "Palettes", "settings"),
    ("/Thermal/channels", "G", "ThermalChannelList", "status"),
    ("/Thermal/channels/{channel}", "G", "ThermalChannel", "status"),
    ("/Thermal/channels/{channel}/thermometry", "GP", "ThermometrySceneList", "settings"),
    ("/Security/RTSP", "GP", "RTSPCertificate", "settings"),
)


def service_of(path: str, prefix: str) -> str:
    parts = path.removeprefix(prefix).strip("/").split("/")
    deep = {"Network", "Video", "Audio", "TwoWayAudio", "IO", "Serial", "Hardware", "Storage"}
    return parts[1] if len(parts) > 1 and parts[0] == "System" and parts[1] in deep else parts[0]


def kind_of(path: str, methods: dict[str, bool]) -> str:
    """methods: letter -> whether it takes a body."""
    if CAPABILITIES.search(path):
        return "capabilities"
    if BINARY.search(path):
        return "binary"
    if "P" in methods and "G" in methods:
        return "settings"
    if "G" in methods:
        return "query" if methods["G"] or "O" in methods else "status"
    if methods:
        return "command" if any(methods.values()) else "action"
    return "service"


def field_row(field: dict[str, Any], others: set[str]) -> list[Any] | None:
    """[path, kind, required, access, options, min, max, unit, depends, marks, values], trailing blanks cut; None for
    what has no name. required: "r" always, "d" where another field decides. depends: path of that field. marks: "b"
    when a change wants a reboot. values: see `decide`."""
    kind = KINDS.get(field["type"] or "string", "text")
    if not field["path"] or any(sign in field["path"] for sign in " <>"):
        return None
    options = [text.strip() for text in field.get("enum") or ()]
    if len(options) > MAX_OPTIONS or len(set(options)) < len(options) or any(" " in o or not o for o in options):
        options = []
    if len(options) == 1 or any("..." in o for o in options):
        options = []  # an example, or a range that was taken for a list
    unit = field.get("unit") or ""
    row: list[Any] = [
        field["path"],
        kind,
        {"req": "r", "dep": "d"}.get(field["required"] or "", ""),
        "" if field["access"] in (None, "rw") else field["access"],
        options,
        field.get("min"),
        field.get("max"),
        "" if unit == "coordinate" else unit,
        depends_on(field, others),
        "",
        [],
    ]
    return row


def depends_on(field: dict[str, Any], others: set[str]) -> str:
    """The field that decides on this one: the one its comment names, else the sibling that usually does."""
    above, _, name = field["path"].rpartition("/")
    comment = re.sub(r"\s+", "", field.get("comment") or "")
    said = re.search(r"(?:dependson|dep|依赖于|if)<(\w+)", comment)
    if said:
        return nearest(said[1], above, others - {field["path"]})
    if field["required"] != "dep":
        return ""
    for names, deciders in CORRECTIONS["depends"]:
        if name in names:
            for decider in deciders:
                found = nearest(decider, above, others)
                if found:
                    return found
    return f"{above}/enabled".lstrip("/") if f"{above}/enabled".lstrip("/") in others and name != "enabled" else ""


def nearest(name: str, above: str, others: set[str]) -> str:
    """The path of a field called name: beside, or beside one of the groups around. "" where there is none."""
    while True:
        path = f"{above}/{name}".lstrip("/")
        if path in others:
            return path
        if not above:
            return ""
        above = above.rpartition("/")[0]


def rows_of(resource: dict[str, Any]) -> list[list[Any]]:
    fields = resource["fields"] or ()
    others = {field["path"] for field in fields if field["path"]}
    rows = (field_row(field, others) for field in fields)
    return [row for row in rows if row is not None]


_COLUMNS = {"kind": 1, "access": 3, "options": 4, "min": 5, "max": 6, "unit": 7, "depends": 8, "values": 10}


def _rows_of(entries: list[dict[str, Any]], prefix: str, path: str, name: str) -> Iterator[list[Any]]:
    """path "*": the field of that name wherever it stands, whatever it is inside of."""
    for each in entries:
        for row in each["f"] if path in ("*", each["p"].removeprefix(prefix)) else ():
            if row[0] == name or (path == "*" and "/" not in name and row[0].endswith("/" + name)):
                yield row


def _correct_row(row: list[Any], changes: dict[str, Any], prefix: str) -> None:
    for key, value in changes.items():
        if key == "reboot":
            row[9] = "b"
        else:
            elsewhere = key == "depends" and "#" in value
            row[_COLUMNS[key]] = prefix + value if elsewhere else value


def correct(entries: list[dict[str, Any]], prefix: str) -> None:
    """Applies the corrections by hand; a correction that fits nowhere in either text is a mistake of ours."""
    for path, name, changes, _why in CORRECTIONS["fields"]:
        for row in _rows_of(entries, prefix, path, name):
            _correct_row(row, changes, prefix)
    by_path = {each["p"].removeprefix(prefix): each for each in entries}
    for path, changes, _why in CORRECTIONS["resources"]:
        each = by_path.get(path)
        if each is not None:
            each["b"] = changes.get("block", each["b"])
            if "fields" in changes:
                each["f"] = [[*row, *BLANK_ROW[len(row) :]] for row in changes["fields"]]
            each["r"] = bool(changes.get("reboot", False))
            each["o"] = changes.get("order", "")
            each["x"] = bool(changes.get("fixed", False))


BLANK_ROW: list[Any] = ["", "", "", "", [], None, None, "", "", "", []]


def decide(rows: list[list[Any]]) -> None:
    """Says for which values of the deciding field each dependent one holds, where that is known. A switch decides by
    being on."""
    deciders = {row[0]: row for row in rows}
    for row in rows:
        decider = deciders.get(row[8])
        if decider is None or row[10]:
            continue
        name, on = (path.rpartition("/")[2] for path in (row[0], row[8]))
        if decider[1] == "bool" or set(decider[4]) == {"true", "false"}:
            row[10] = ["true"]
        for names, by, values in CORRECTIONS["values"]:
            if name in names and by == on:
                row[10] = values


def trimmed(row: list[Any]) -> list[Any]:
    row = list(row)
    while row[-1] in ("", None, []):
        row.pop()
    return row


def entry(resource: dict[str, Any], prefix: str) -> dict[str, Any]:
    methods: dict[str, bool] = {}
    levels: dict[str, str] = {}
    for operation in resource["operations"]:
        letter = LETTERS[operation["method"]]
        methods[letter] = methods.get(letter, False) or bool(operation["inbound"])
        if operation["user_level"]:
            levels[letter] = operation["user_level"]
    path = resource["path"]
    return {
        "p": path,
        "a": list(resource.get("alt_paths") or ()),
        "m": "".join(letter for letter in "GPOD" if letter in methods),
        "l": levels,
        "b": resource["xml_block"] or "",
        "s": service_of(path, prefix),
        "k": kind_of(path, methods),
        "f": rows_of(resource),
    }


def merge(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One entry per path: the texts define some resources twice, with differing fields."""
    merged: dict[str, dict[str, Any]] = {}
    for each in entries:
        known = merged.setdefault(each["p"], each)
        if known is each:
            continue
        have = {row[0] for row in known["f"]}
        known["f"] += [row for row in each["f"] if row[0] not in have]
        known["m"] = "".join(letter for letter in "GPOD" if letter in known["m"] + each["m"])
        known["l"] |= each["l"]
        known["b"] = known["b"] or each["b"]
        known["a"] = list(dict.fromkeys(known["a"] + each["a"]))
        if known["k"] in ("service", "status", "query"):
            known["k"] = each["k"] if each["k"] != "service" else known["k"]
    return list(merged.values())


def lend_blocks(entries: list[dict[str, Any]]) -> None:
    """A page without a chapter holds a block that another chapter describes: a recorder has its cameras' motion
    detection at a path of its own."""
    met = {path for path, *_ in MET}
    told = {each["b"]: each["f"] for each in reversed(entries) if each["b"] and len(each["f"]) > 1}
    for each in entries:
        if not each["f"] and each["p"].removeprefix("/ISAPI") in met:
            each["f"] = [list(row) for row in told.get(each["b"], ())]


def add_blocks(entries: list[dict[str, Any]]) -> None:
    """A list resource names its members only by their block: give it the members' fields below it."""
    by_block = {each["b"]: each.get("f", []) for each in entries if each.get("b")}
    for each in entries:
        rows = each.get("f", [])
        extra = []
        for row in rows:
            inner = by_block.get(row[0]) if len(rows) < 8 and row[1] == "group" else None
            if inner and row[0] != each.get("b"):
                extra += [moved(below, row[0]) for below in inner]
        if extra:
            have = {row[0] for row in rows}
            each["f"] = rows + [row for row in extra if row[0] not in have]


def moved(row: list[Any], above: str) -> list[Any]:
    """A field of a member, in the list that holds it."""
    beside = row[8] and "#" not in row[8]
    return [f"{above}/{row[0]}", *row[1:8], f"{above}/{row[8]}" if beside else row[8], *row[9:]]


def prefixed(resource: dict[str, Any], prefix: str) -> dict[str, Any]:
    return resource | {
        "path": prefix + resource["path"],
        "alt_paths": [prefix + path for path in resource.get("alt_paths") or ()],
    }


def catalog(folder: Path, version: str) -> dict[str, Any]:
    def read(name: str) -> list[dict[str, Any]]:
        found = json.loads((folder / f"isapi_{name}.json").read_text("utf-8"))
        return [each for each in found if each["path"].startswith("/")]

    prefix = "/ISAPI" if version == "v2" else ""
    resources = read(version)
    if version == "v2":
        resources += [prefixed(each, prefix) for each in read("v1") if each["path"].startswith(BORROWED)]
    entries = [entry(each, prefix) for each in resources]
    if version == "v2":
        for path, methods, block, kind in MET:
            entries.append(
                {"p": prefix + path, "a": [], "m": methods, "l": {}, "b": block, "k": kind, "f": []}
                | {"s": service_of(path, "")}
            )
    merged = merge(entries)
    correct(merged, prefix)
    for each in merged:
        decide(each["f"])
    lend_blocks(merged)
    add_blocks(merged)
    for each in merged:
        each["f"] = [trimmed(row) for row in each["f"]]
    shipped = [{key: value for key, value in each.items() if value} for each in merged]
    return {"prefix": prefix, "resources": shipped}


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments else INVENTORIES
    if not folder.is_dir():
        print(f"{folder} is not a folder of inventories", file=sys.stderr)
        return 2
    TARGET.mkdir(parents=True, exist_ok=True)
    for version in ("v2", "v1"):
        built = catalog(folder, version)
        target = TARGET / f"isapi_{version}.json"
        text = json.dumps(built, ensure_ascii=False, separators=(",", ":"))
        target.write_text(text.replace('{"p":', '\n{"p":') + "\n", "utf-8", newline="\n")
        fields = sum(len(each.get("f", ())) for each in built["resources"])
        print(f"{target.name}: {len(built['resources'])} resources, {fields} fields, {target.stat().st_size} bytes")
    target = TARGET / f"{vigi_catalog.NAME}.json"
    methods = vigi_catalog.catalog(folder)
    text = json.dumps(methods, ensure_ascii=False, separators=(",", ":"))
    target.write_text(text.replace('{"m":', '\n{"m":') + "\n", "utf-8", newline="\n")
    print(f"{target.name}: {len(methods['methods'])} methods, {target.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Everything that the inventories of the protocol texts hold is in the shipped catalog, and where the two differ a
correction by hand says why. Knows nothing of the builder: reads what it was given and what was shipped."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "resources" / "catalog"
LEAST = {"v1": (160, 500), "v2": (620, 4000)}  # resources, fields
_LETTERS = {"GET": "G", "PUT": "P", "POST": "O", "DELETE": "D"}
_KINDS = {
    None: "text", "string": "text", "integer": "int", "float": "float", "boolean": "bool", "hexstring": "hex",
    "datetime": "datetime", "time": "time", "date": "date", "group": "group", "ref": "group",
}  # fmt: skip
_COLUMNS = ("path", "kind", "required", "access", "options", "min", "max", "unit")
_BLANK: dict[str, Any] = {"required": "", "access": "", "options": [], "min": None, "max": None, "unit": ""}

pytestmark = pytest.mark.shared
Definitions = dict[str, list[dict[str, Any]]]


def inventory(shared: Path, version: str) -> list[dict[str, Any]]:
    return json.loads((shared / "specs" / "inventory" / f"isapi_{version}.json").read_text("utf-8"))


def defined(shared: Path, version: str) -> Definitions:
    """Path -> its definitions: the texts have some resources in two chapters."""
    found: Definitions = defaultdict(list)
    for each in inventory(shared, version):
        if each["path"].startswith("/"):
            found[each["path"]].append(each)
    return found


def shipped(version: str) -> dict[str, dict[str, Any]]:
    found = json.loads((SHIPPED / f"isapi_{version}.json").read_text("utf-8"))["resources"]
    assert len({each["p"] for each in found}) == len(found), "one entry for each path"
    return {each["p"]: each for each in found}


def rows(resource: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row[0]: _BLANK | dict(zip(_COLUMNS, row, strict=False)) for row in resource.get("f", ())}


class Corrections:
    def __init__(self) -> None:
        given = json.loads((ROOT / "packaging" / "catalog_corrections.json").read_text("utf-8"))
        self.fields, self.resources = (
            given["fields"],
            {path: (changes, why) for path, changes, why in given["resources"]},
        )

    def of_field(self, tail: str, field: str) -> tuple[dict[str, Any], list[str]]:
        """What is corrected of a field, and why."""
        changes: dict[str, Any] = {}
        reasons = []
        for path, name, changed, why in self.fields:
            if path in ("*", tail) and (field == name or (path == "*" and field.endswith("/" + name))):
                changes |= changed
                reasons.append(why)
        return changes, reasons


def as_told(field: dict[str, Any]) -> dict[str, Any]:
    """A field of an inventory in the words of the catalog. One option alone is the value of an example and no choice,
    "coordinate" is no unit that anybody could read behind a number."""
    options = field["enum"] or []
    unit = field["unit"] or ""
    return {
        "kind": _KINDS[field["type"]],
        "access": "" if field["access"] in (None, "rw") else field["access"],
        "options": options if len(options) > 1 else [],
        "min": field["min"],
        "max": field["max"],
        "unit": "" if unit == "coordinate" else unit,
        "required": {"req": "r", "dep": "d"}.get(field["required"] or "", ""),
    }


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_every_resource_has_its_path_methods_levels_and_block(shared: Path, version: str) -> None:
    held, corrections = shipped(version), Corrections()
    count = 0
    for path, definitions in defined(shared, version).items():
        entry = held[path]
        operations = [operation for each in definitions for operation in each["operations"]]
        assert set(entry.get("m", "")) == {_LETTERS[each["method"]] for each in operations}, path
        for each in operations:
            level = entry.get("l", {}).get(_LETTERS[each["method"]])
            told = {other["user_level"] for other in operations if other["method"] == each["method"]}
            assert level in told or (level is None and told == {None}), (path, each["method"])
        changed, why = corrections.resources.get(path.removeprefix("/ISAPI"), ({}, ""))
        blocks = {each["xml_block"] or "" for each in definitions}
        if changed.get("block", "") != "":
            assert why, path
            assert entry["b"] == changed["block"], path
        else:
            assert entry.get("b", "") in blocks - ({""} if blocks != {""} else set()), path
        spellings = {other for each in definitions for other in each.get("alt_paths") or ()}
        assert spellings <= set(entry.get("a", ())), path
        count += 1
    assert count >= LEAST[version][0], count


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_every_field_has_its_row_with_kind_limits_options_unit_and_access(shared: Path, version: str) -> None:
    held, corrections = shipped(version), Corrections()
    count = 0
    for path, definitions in defined(shared, version).items():
        tail, known = path.removeprefix("/ISAPI"), rows(held[path])
        replaced, why = corrections.resources.get(tail, ({}, ""))
        by_field: Definitions = defaultdict(list)
        for field in (field for each in definitions for field in each["fields"] or ()):
            by_field[field["path"]].append(as_told(field))
        for name, told in by_field.items():
            count += 1
            if "fields" in replaced:
                assert why, path
                continue
            assert name in known, f"{path}: {name} has no row"
            difference_is_explained(f"{path}: {name}", known[name], told, *corrections.of_field(tail, name))
    assert count >= LEAST[version][1], count


def difference_is_explained(
    place: str, row: dict[str, Any], told: list[dict[str, Any]], changes: dict[str, Any], reasons: list[str]
) -> None:
    for what in ("kind", "access", "options", "min", "max", "unit"):
        if what in changes:
            assert row[what] == changes[what], f"{place}: {what} is not what the correction says"
            assert all(reasons), f"{place} is corrected and nobody says why"
        else:
            assert row[what] in [each[what] for each in told], f"{place}: {what} is {row[what]}"
    assert row["required"] in [each["required"] for each in told], place


RELATIONS = {"depends", "values", "reboot"}  # what no inventory has a column for


def test_a_correction_says_why_and_changes_something(shared: Path) -> None:
    """One that says what the text says by now is not needed any more."""
    corrections = Corrections()
    assert all(why and why[0].isupper() for *_, why in corrections.fields)
    assert all(why and why[0].isupper() for _, why in corrections.resources.values())
    idle = {(path, name) for path, name, changes, _ in corrections.fields if not set(changes) & RELATIONS}
    for version in ("v1", "v2"):
        for path, definitions in defined(shared, version).items():
            for field in (field for each in definitions for field in each["fields"] or ()):
                idle -= set(differing(corrections, path.removeprefix("/ISAPI"), field))
    assert idle == set()


def differing(corrections: Corrections, tail: str, field: dict[str, Any]) -> Iterator[tuple[str, str]]:
    told = as_told(field)
    for path, name, changes, _ in corrections.fields:
        fits = field["path"] == name or (path == "*" and field["path"].endswith("/" + name))
        if path in ("*", tail) and fits and any(told.get(what) != value for what, value in changes.items()):
            yield path, name


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_what_is_no_path_of_its_own_is_told_in_the_readme(shared: Path, version: str) -> None:
    """Rules for every resource, and what a camera calls elsewhere: nothing that could be opened."""
    told = (SHIPPED / "README.md").read_text("utf-8")
    loose = [each["path"] for each in inventory(shared, version) if not each["path"].startswith("/")]
    assert len(loose) == {"v1": 4, "v2": 5}[version]
    assert [path for path in loose if f"`{path}`" not in told] == []

"""All that is drawn for a camera as one JSON document, and such a document read again, without forgiveness.

    {"layers": [{"layer": "line-1", "armed": true, "notifies": true, "regions": [{"id": "1", …}], …}]}

Regions are as in `app.regions.text`, with the camera's own ids: a region without one, or with "", is a new one, and
one that is left out is deleted. What else stands in a layer (title, limits, …) is for people and is not read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.errors import InvalidSetting
from app.model.region import Limits, Region
from app.regions.text import from_data, to_data
from app.settings.layer import LayerInfo, RegionLayer, Switch

MOST = 4_000_000  # characters
_TOLD = ("layer", "purpose", "title", "channel", "resource", "limits", "writable", "note", "reason")
_READ = ("regions", "armed", "notifies")
_REGION = ("id", "purpose", "name", "enabled", "shape", "properties")
_SHAPES: Mapping[str, tuple[str, ...]] = {
    "polygon": ("points",),
    "line": ("points", "direction"),
    "cells": ("columns", "rows", "on"),
    "label": ("at", "width", "height", "text", "sized"),
    "spot": ("at",),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a document says of one layer. armed and notifies are None where it says nothing."""

    layer: str
    regions: tuple[Region, ...]
    armed: bool | None = None
    notifies: bool | None = None


def listed(layer: RegionLayer) -> dict[str, Any]:
    return {
        **told(layer.info),
        "writable": layer.writable,
        "note": layer.note,
        "limits": _limits(layer.limits),
        "armed": _state(layer.armed),
        "notifies": _state(layer.notifies),
        "regions": [{"id": region.id, **to_data(region)} for region in layer.regions],
    }


def told(info: LayerInfo, reason: str = "") -> dict[str, Any]:
    """A layer that cannot be read has a reason and no regions."""
    row = {
        "layer": info.id,
        "purpose": info.purpose.value,
        "title": info.title,
        "channel": info.channel,
        "resource": info.resource,
    }
    return {**row, "reason": reason} if reason else row


def _state(switch: Switch | None) -> bool | None:
    return switch.is_on if switch is not None else None


def _limits(limits: Limits) -> dict[str, Any]:
    return {
        "shapes": [kind.value for kind in limits.shapes],
        "most_regions": limits.most_regions,
        "min_points": limits.min_points,
        "max_points": limits.max_points,
        "steps": list(limits.steps),
        "upright": limits.upright,
        "convex": limits.convex,
        "directions": [each.value for each in limits.directions],
        "free_ids": list(limits.ids),
    }


def read(text: str) -> tuple[Wanted, ...]:
    """InvalidSetting names the layer, the region and what is wrong with it. Layers without "regions" are left out."""
    if len(text) > MOST:
        raise InvalidSetting("This file is too large to hold regions.")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidSetting("This file is no JSON.", detail=str(error)) from error
    if not isinstance(data, dict) or not isinstance(data.get("layers"), list):
        raise InvalidSetting("This file has no list “layers”.", hint="Use what “regions HOST --json” prints.")
    wanted = [_layer(row) for row in data["layers"] if not (isinstance(row, dict) and "regions" not in row)]
    names = [each.layer for each in wanted]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise InvalidSetting(f"The layer {twice} is there twice.")
    return tuple(wanted)


def _layer(row: Any) -> Wanted:
    if not isinstance(row, dict) or not isinstance(row.get("layer"), str):
        raise InvalidSetting("A layer has no name “layer”.")
    name = row["layer"]
    _known(row, (*_TOLD, *_READ), name)
    regions = row["regions"]
    if not isinstance(regions, list):
        raise InvalidSetting(f"{name}: “regions” is no list.")
    return Wanted(
        name,
        tuple(_region(each, f"{name}, {_called(each, number)}") for number, each in enumerate(regions, 1)),
        _switch(row, "armed"),
        _switch(row, "notifies"),
    )


def _called(row: Any, number: int) -> str:
    key = row.get("id") if isinstance(row, dict) else None
    return f"region {key}" if isinstance(key, str) and key else f"region number {number} of the file"


def _switch(row: Mapping[str, Any], name: str) -> bool | None:
    value = row.get(name)
    if value is not None and not isinstance(value, bool):
        raise InvalidSetting(f"{row['layer']}: “{name}” is neither true nor false.")
    return value


def _region(row: Any, place: str) -> Region:
    if not isinstance(row, dict):
        raise InvalidSetting(f"{place}: this is no region.")
    _known(row, _REGION, place)
    key, shape, properties = row.get("id", ""), row.get("shape"), row.get("properties", {})
    if not isinstance(key, str):
        raise InvalidSetting(f"{place}: “id” is no text.")
    if not isinstance(shape, dict) or shape.get("kind") not in _SHAPES:
        raise InvalidSetting(f"{place}: “shape” has no kind.", hint=f"There are {', '.join(_SHAPES)}.")
    _known(shape, ("kind", *_SHAPES[shape["kind"]]), f"{place}, shape")
    if not isinstance(properties, dict) or not all(isinstance(text, str) for text in properties.values()):
        raise InvalidSetting(f"{place}: “properties” are texts by their paths.")
    try:
        return replace(from_data(row), id=key)
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        what = f"“{error.args[0]}” is missing" if isinstance(error, KeyError) else str(error)
        raise InvalidSetting(f"{place}: {what}.") from error


def _known(row: Mapping[str, Any], names: Sequence[str], place: str) -> None:
    strange = next((name for name in row if name not in names), None)
    if strange is not None:
        raise InvalidSetting(f"{place}: there is no “{strange}”.", hint=f"There are {', '.join(names)}.")

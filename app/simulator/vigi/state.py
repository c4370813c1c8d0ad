"""The settings of one simulated camera: what was set, within what its model takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.simulator.quirks import Quirks
from app.simulator.vigi.fields import BadValue, checked, factory, whole
from app.simulator.vigi.model import Document, Model, Regions, documents, fields_of, has

SIDE = 10000  # of the square in which regions are drawn
MOST_REGIONS = 4
_GEOMETRY = ("points_num", "points_x", "points_y")
_Values = dict[str, Any]


class State:
    """Values by document name. version goes up with every change, for those who keep what they have read."""

    def __init__(self, model: Model, quirks: Quirks, alias: Callable[[], str]) -> None:
        self.model = model
        self.version = 0
        self._quirks = quirks
        self._alias = alias  # of a camera that was never given one
        self._values: dict[str, _Values] = {}
        self._regions: dict[str, list[_Values]] = {}
        self.sizes = {"main": "", "minor": ""}
        self.reset()

    def document(self, name: str) -> Document | None:
        """None: this model has no such setting."""
        found = documents().get(name)
        return found if found is not None and has(found, self.model) else None

    def addressed(self, method: str) -> Document | None:
        """The setting that a method reads or writes."""
        verb, name = method[:3], method[3:]
        if verb not in ("get", "set"):
            return None
        if name in ("TimeZone", "Timezone"):
            # The text spells it both ways; some firmware knows one.
            spelled = name == "Timezone" or "old_time_zone_only" not in self._quirks
            return self.document("TimeZone") if spelled else None
        return self.document(name)

    def value(self, name: str, field: str) -> Any:
        """One value; None where there is none."""
        return self._values.get(name, {}).get(field)

    def regions(self, name: str) -> list[_Values]:
        return self._regions.get(name, [])

    def read(self, document: Document) -> _Values:
        """What the get method answers under `result`."""
        if document.regions is None:
            return dict(self._values[document.name])
        return {f"region_info_{at}": dict(each) for at, each in enumerate(self._regions[document.name], 1)}

    def write(self, document: Document, params: Mapping[str, Any]) -> None:
        """Takes what it knows of params and leaves out the rest; BadValue changes nothing."""
        if document.regions is None:
            was_on = self.value(document.name, "enabled") == "on"
            self._write_values(document, params)
            if self._quirks.all("moves_others") and document.name.endswith("Switch") and not was_on:
                self._run_alone(document.name)
        else:
            self._write_regions(document, document.regions, params.get("set_region_info"))
        self.version += 1

    def _run_alone(self, name: str) -> None:
        """A detection that was switched on switches the others off."""
        if self.value(name, "enabled") == "on":
            for other, values in self._values.items():
                if other != name and other.endswith("DetectionSwitch") and values.get("enabled") == "on":
                    values["enabled"] = "off"

    def resize(self, main: object, minor: object) -> None:
        """Sizes of the two streams, None for what stays; BadValue for one that the model does not have."""
        wanted = {"main": (main, self.model.main_sizes), "minor": (minor, self.model.minor_sizes)}
        asked = {stream: pair for stream, pair in wanted.items() if pair[0] is not None}
        bad = [stream for stream, (size, sizes) in asked.items() if size not in sizes]
        if bad or not asked:
            raise BadValue(f"{bad[0] if bad else 'main'}_resolution")
        for stream, (size, _) in asked.items():
            if f"Resolution/{stream}_resolution" not in self._quirks.all("ignores_field"):
                self.sizes[stream] = str(size)
        self.version += 1

    def reset(self) -> None:
        """Factory values."""
        for document in documents().values():
            if not has(document, self.model):
                continue
            fields = fields_of(document, self.model)
            new = {name: factory(rule) for name, rule in fields.items()} | dict(document.factory)
            new = {name: value for name, value in new.items() if name in fields}
            if document.regions is None:
                self._values[document.name] = new
            else:
                self._regions[document.name] = [_in_order(each, new) for each in document.regions.factory]
        self._values["DeviceAlias"]["alias"] = self._alias()
        self.sizes = {"main": self.model.size, "minor": self.model.minor_sizes[0]}
        self.version += 1

    def _write_values(self, document: Document, params: Mapping[str, Any]) -> None:
        fields = fields_of(document, self.model)
        known = {name: checked(name, fields[name], value) for name, value in params.items() if name in fields}
        if not known:
            raise BadValue("params")
        self._values[document.name].update(self._bent(document.name, known))

    def _write_regions(self, document: Document, shape: Regions, sent: object) -> None:
        if not isinstance(sent, list) or len(sent) > MOST_REGIONS:
            raise BadValue("set_region_info")
        new = [self._region(document, shape, each) for each in sent]
        ids = [each["id"] for each in new if "id" in each]
        if len(set(ids)) != len(ids):
            raise BadValue("id")
        if f"{document.name}/set_region_info" not in self._quirks.all("ignores_field"):
            self._regions[document.name] = new

    def _region(self, document: Document, shape: Regions, sent: object) -> _Values:
        if not isinstance(sent, Mapping):
            raise BadValue("set_region_info")
        fields = fields_of(document, self.model)
        new: _Values = {}
        if shape.numbered:
            new["id"] = checked("id", ("whole", 1, MOST_REGIONS, 1), sent.get("id"))
        new |= _geometry(shape, sent)
        values = {n: checked(n, rule, sent[n]) if n in sent else factory(rule) for n, rule in fields.items()}
        return _in_order(new, self._bent(document.name, values))

    def _bent(self, name: str, values: _Values) -> _Values:
        """What the camera keeps of values that it said OK to."""
        kept = {key: value for key, value in values.items() if f"{name}/{key}" not in self._quirks.all("ignores_field")}
        for text in self._quirks.all("clamps"):
            path, low, high = text.rsplit(":", 2)
            key = path.removeprefix(f"{name}/")
            if path != key and isinstance(kept.get(key), int):
                kept[key] = min(max(kept[key], int(float(low))), int(float(high)))
        return kept


def _geometry(shape: Regions, sent: Mapping[str, Any]) -> _Values:
    least, most = shape.points
    count = checked("points_num", ("whole", least, most, least), sent.get("points_num"))
    new: _Values = {"points_num": count}
    for name in ("points_x", "points_y"):
        numbers = sent.get(name)
        if not isinstance(numbers, list) or not count <= len(numbers) <= most:
            raise BadValue(name)
        read = [whole(each) for each in numbers]
        if any(each is None or not 0 <= each <= SIDE for each in read):
            raise BadValue(name)
        new[name] = [*read[:count], *[0] * (most - count)]
    return new


def _in_order(region: Mapping[str, Any], values: Mapping[str, Any]) -> _Values:
    """id and corners first, as cameras list them."""
    return {name: list(value) if isinstance(value, list) else value for name, value in region.items()} | dict(values)

"""What a device would refuse of changed regions, said before anything is sent. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.errors import InvalidSetting
from app.families.isapi.regions.drawing import Drawing
from app.families.isapi.regions.row import Clearing
from app.families.isapi.regions.slots import Slot
from app.model.region import Label, Region
from app.settings import values
from app.settings.field import Field
from app.settings.layer import RegionLayer


def check(layer: RegionLayer, held: Drawing, changed: Mapping[str, Region], count: int) -> None:
    """count is how many regions there would be. InvalidSetting with the name of the region and what is wrong."""
    before = {region.id: region for region in layer.regions}
    specs = {each.path: each for each in layer.properties}
    here = {slot.id: slot for slot in held.slots}
    for id_, region in changed.items():
        old = before.get(id_)
        problem = (
            _shape_problem(layer, held, region, old, count, known=id_ in here)
            or _value_problem(region, old, specs)
            or _text_problem(layer, held, region, old, here.get(id_))
        )
        if problem:
            raise InvalidSetting(f"{layer.info.title}, {called(region, id_)}: {problem}", path=id_)


def _shape_problem(
    layer: RegionLayer, held: Drawing, region: Region, old: Region | None, count: int, *, known: bool
) -> str:
    if old is not None:
        return "" if old.shape == region.shape else layer.limits.problem(region.shape)
    if held.row.clearing is Clearing.NEVER and not known:
        return "No further one can be added."
    return layer.limits.problem(region.shape) or layer.limits.too_many(count)


def _value_problem(region: Region, old: Region | None, specs: Mapping[str, Field]) -> str:
    for path, text in region.properties:
        if old is not None and old.value(path) == text:
            continue
        if path not in specs:
            return f"There is no setting “{path}”."
        problem = values.problem(text, specs[path].spec)
        if problem:
            return f"{specs[path].spec.title}: {problem}"
    return ""


def _text_problem(layer: RegionLayer, held: Drawing, region: Region, old: Region | None, slot: Slot | None) -> str:
    """The name and the text of a label, by what the document says of a place of its kind."""
    example = slot or next((each for each in held.slots if not each.fixed), None)
    if example is None or held.items:
        return ""
    fields = {field.path: field for field in layer.document.fields}
    for leaf, text, was in _texts(held, region, old):
        field = fields.get(f"{example.element.path}/{leaf}" if example.element.path else leaf)
        problem = values.problem(text, field.spec) if field is not None and text not in ("", was) else ""
        if field is not None and problem:
            return f"{field.spec.title}: {problem}"
    return ""


def _texts(held: Drawing, region: Region, old: Region | None) -> Iterator[tuple[str, str, str]]:
    if held.row.name:
        yield held.row.name, region.name, old.name if old is not None else ""
    if isinstance(region.shape, Label):
        was = old.shape.text if old is not None and isinstance(old.shape, Label) else ""
        for leaf in ("displayText", "message"):
            yield leaf, region.shape.text, was


def called(region: Region, id_: str = "") -> str:
    """How messages name a region."""
    number = id_ or region.id
    return f"“{region.name}”" if region.name else f"region {number}" if number else "a new region"

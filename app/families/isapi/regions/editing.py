"""Other regions into the documents of a layer. Pure: nothing is asked, and what does not differ keeps its bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from app.errors import InvalidSetting
from app.families.isapi.document import XmlSource
from app.families.isapi.regions import slots
from app.families.isapi.regions.checking import called, check
from app.families.isapi.regions.draft import Draft, leaf
from app.families.isapi.regions.drawing import Drawing, drawing
from app.families.isapi.regions.row import Clearing, Form, Row
from app.families.isapi.regions.slots import Slot
from app.model.geometry import bounds, is_upright
from app.model.region import Label, Polygon, Region
from app.settings.document import Document
from app.settings.layer import RegionEdit, RegionLayer
from app.wire.xml import XmlDocument


def rounded(layer: RegionLayer, region: Region) -> Region:
    """The region as the camera will hold it."""
    held = drawing(layer)
    shape = layer.limits.rounded(region.shape)
    if isinstance(shape, Polygon) and layer.limits.upright and is_upright(shape.points):
        shape = Polygon(bounds(shape.points).corners)
    slot = next((each for each in held.slots if each.id == region.id), None)
    if isinstance(shape, Label):
        shape = _label(shape, slot)
    switch = slot if slot is not None else next((each for each in held.slots if not each.fixed), None)
    can_be_off = switch is not None and switch.element.child("enabled") is not None
    name = region.name if held.row.name else (slot.region.name if slot and slot.region else "")
    known = {each.path for each in layer.properties}
    own = tuple((path, text) for path, text in region.properties if path in known)
    return Region(region.id, held.row.purpose, shape, name, region.enabled or not can_be_off, own)


def _label(shape: Label, slot: Slot | None) -> Label:
    """Clocks and names of channels have no text of their own, and few labels can be resized."""
    texts = slot is None or any(slot.element.child(name) is not None for name in ("displayText", "message"))
    if not shape.sized:
        shape = Label(shape.at, text=shape.text)
    return shape if texts else replace(shape, text="")


def edits(layer: RegionLayer, regions: tuple[Region, ...]) -> tuple[RegionEdit, ...]:
    """Implements `base.Regions.edits`."""
    held = drawing(layer)
    before = {region.id: region for region in layer.regions}
    wanted = _with_ids(layer, held, regions)
    changed = {id_: region for id_, region in wanted.items() if not _same(before.get(id_), region)}
    gone = [id_ for id_ in before if id_ not in wanted]
    if not changed and not gone:
        return ()
    check(layer, held, changed, len(wanted))
    rounds = {id_: rounded(layer, region) for id_, region in changed.items()}
    if held.items:
        return tuple(_items(held, before, rounds, gone))
    body = _body(_xml(layer.document), held, before, rounds, gone)
    return (RegionEdit(layer.document, body),) if body != layer.document.source.raw else ()


def _same(before: Region | None, region: Region) -> bool:
    if before is None:
        return False
    given = dict(before.properties) | dict(region.properties)
    mine = (before.shape, before.name, before.enabled, dict(before.properties))
    return mine == (region.shape, region.name, region.enabled, given)


def _with_ids(layer: RegionLayer, held: Drawing, regions: Iterable[Region]) -> dict[str, Region]:
    """By id, new ones with the ids that they will have. InvalidSetting for ids that cannot be."""
    given = list(regions)
    known = {slot.id for slot in held.slots}
    made: dict[str, Region] = {}
    for region in given:
        if region.id and region.id not in known and region.id not in layer.limits.ids:
            free = ", ".join(layer.limits.ids[:8])
            hint = f"Leave the id empty for a new region, or take one of {free}." if free else ""
            raise InvalidSetting(f"{layer.info.title} has no place “{region.id}”.", hint=hint, path=region.id)
        if region.id in made:
            raise InvalidSetting(f"{layer.info.title} has two regions “{region.id}”.", path=region.id)
        if region.id:
            made[region.id] = region
    fresh = [region for region in given if not region.id]
    problem = layer.limits.too_many(len(made) + len(fresh)) if fresh else ""
    if problem:
        raise InvalidSetting(f"{layer.info.title}: {problem}")
    taken = {*made, *(slot.id for slot in held.slots if slot.region is not None)}
    free_ids = [each for each in layer.limits.ids if each not in taken]
    for region in fresh:
        made[free_ids.pop(0) if free_ids else _next(layer, {*made, *known})] = region
    return made


def _next(layer: RegionLayer, used: set[str]) -> str:
    if layer.limits.ids or layer.limits.most_regions is not None:
        raise InvalidSetting(
            f"{layer.info.title} has no free place.", hint="Delete a region and apply; its place is free afterwards."
        )
    return str(max((int(each) for each in used if each.isdigit()), default=0) + 1)


# -- documents ---------------------------------------------------------------------------------------------------------


def _xml(document: Document) -> XmlDocument:
    if not isinstance(document.source, XmlSource):
        raise InvalidSetting(f"{document.title} is no document with regions.")
    return document.source.document


def _items(
    held: Drawing, before: Mapping[str, Region], changed: Mapping[str, Region], gone: Iterable[str]
) -> Iterable[RegionEdit]:
    """Each region in its own resource: the collection of a device with several scenes takes none (text A, 8.13.30)."""
    for id_, region in changed.items():
        document = held.items.get(id_)
        if document is None:
            raise InvalidSetting(f"The camera has no place {id_} for a region.", path=id_)
        draft = Draft(_xml(document))
        slots.write(draft, "", held.row, held.scale, before.get(id_), region)
        if draft.body != document.source.raw:
            yield RegionEdit(document, draft.body)
    for id_ in gone:
        document = held.items[id_]
        draft = Draft(_xml(document))
        slots.clear(draft, "", held.row, before[id_].shape)
        yield RegionEdit(document, draft.body)


def _body(
    document: XmlDocument,
    held: Drawing,
    before: Mapping[str, Region],
    changed: Mapping[str, Region],
    gone: Iterable[str],
) -> bytes:
    draft = Draft(document)
    here = {slot.id: slot for slot in held.slots}
    for id_, region in changed.items():
        if id_ in here:
            slots.write(draft, here[id_].element.path, held.row, held.scale, before.get(id_), region)
    for id_, region in changed.items():
        if id_ not in here:
            _add(draft, held, id_, region)
    for id_ in gone:
        _take_away(draft, held, id_, before[id_])
    return draft.body


def _take_away(draft: Draft, held: Drawing, id_: str, region: Region) -> None:
    slot = next(each for each in held.slots if each.id == id_)
    if held.row.clearing is Clearing.NEVER or slot.fixed:
        raise InvalidSetting(
            f"{called(region)} cannot be deleted: it belongs to the camera.", hint="Switch it off instead.", path=id_
        )
    path = slots.member_path(draft.root, held.row, id_, held.scale)
    if held.row.clearing is Clearing.MEMBER:
        draft.drop([path])
    else:
        slots.clear(draft, path, held.row, region.shape)


def _add(draft: Draft, held: Drawing, id_: str, region: Region) -> None:
    """One more entry: a copy of the last one with everything in it that the device may want, else a new one."""
    row = held.row
    listed = draft.find(row.listed)
    if listed is None:
        above, _, name = row.listed.rpartition("/")
        draft.put(above, name)
    entries = [slot for slot in slots.slots(draft.root, row, held.scale) if not slot.fixed]
    if entries:
        draft.copy(entries[-1].element.path)
    else:
        draft.put(row.listed, row.member, _blank(row, region))
    listed = draft.find(row.listed)
    path = [each.path for each in (listed.children if listed is not None else ()) if each.name == row.member][-1]
    if row.id and draft.find(f"{path}/{row.id}") is not None:
        draft.set(f"{path}/{row.id}", id_)
    _drop_other_shapes(draft, path, row)
    slots.write(draft, path, row, held.scale, None, region)


def _drop_other_shapes(draft: Draft, path: str, row: Row) -> None:
    """An entry may hold a second list of corners, which belongs to another layer: a copy begins without."""
    mine = row.points.partition("/")[0]
    entry = draft.find(path)
    others = [
        each
        for each in (entry.children if entry is not None else ())
        if each.name.endswith("CoordinatesList") and each.name != mine
    ]
    draft.drop([corner.path for each in others for corner in each.children])


def _blank(row: Row, region: Region) -> str:
    """The least that the protocol's text asks for."""
    parts = [leaf(row.id, "0")] if row.id else []
    if row.armed and row.form is not Form.THERMOMETER:
        parts.append(leaf("enabled", "true" if region.enabled else "false"))
    if row.form is Form.THERMOMETER:
        parts += [leaf("enabled", "true"), leaf("name", region.name), leaf("type", "region")]
    return "".join(parts)

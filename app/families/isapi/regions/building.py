"""A resource's answer and what was asked besides -> `RegionLayer`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from app.errors import ProtocolError
from app.families.isapi.catalog import Resource
from app.families.isapi.document import XmlSource
from app.families.isapi.regions import properties, slots, triggers
from app.families.isapi.regions.drawing import Drawing
from app.families.isapi.regions.limits import limits, scale_of
from app.families.isapi.regions.row import Row
from app.families.isapi.regions.scale import Scale
from app.families.isapi.regions.slots import Slot
from app.families.isapi.titles import titles
from app.model.region import Limits
from app.settings.document import Document
from app.settings.layer import LayerInfo, RegionLayer, Related, Switch
from app.wire.xml import Element


@dataclass(frozen=True, slots=True)
class Asked:
    """What a device said. picture is the size of the channel's picture in pixels; items as `Drawing.items`."""

    document: Document
    capabilities: Element | None = None
    known: Resource | None = None
    picture: tuple[int, int] | None = None
    items: Mapping[str, Document] = field(default_factory=dict)
    trigger: Document | None = None


def build(info: LayerInfo, row: Row, asked: Asked, related: Iterable[Related] = (), *, writable: bool) -> RegionLayer:
    root = root_of(asked.document)
    told = _described(asked.capabilities, row)
    scale = scale_of(root, asked.capabilities, row, asked.picture)
    places = _slots(row, scale, root, asked.items)
    own = properties.of_document(asked.document, [each.element for each in places if not each.fixed], row)
    own = own or properties.of_capabilities(told, row, root.name, asked.known, titles())
    places = _slots(row, scale, root, asked.items, tuple(each.path for each in own))
    taken = limits(root, told, row, scale, places)
    return RegionLayer(
        info,
        taken,
        tuple(each.region for each in places if each.region is not None),
        asked.document,
        own,
        armed=_armed(row, asked.document, root),
        notifies=triggers.switch(asked.trigger) if asked.trigger is not None else None,
        related=tuple(related),
        writable=writable,
        note=_note(row, root, taken),
        asleep=row.asleep if _mode(row, root) not in ("", row.awake) else "",
        source=Drawing(row, scale, places, asked.items, asked.trigger),
    )


def root_of(document: Document) -> Element:
    if not isinstance(document.source, XmlSource):
        raise ProtocolError(f"{document.title} is no XML document.", detail=document.resource)
    return document.source.document.root


def is_about(row: Row, root: Element) -> bool:
    """Whether the row tells of a document with this outer element."""
    leaf, texts = row.when
    return root.name.lower() == row.root.lower() and (not leaf or root.text_of(leaf).lower() in texts)


def _mode(row: Row, root: Element) -> str:
    """What the device says of the mode in which the regions hold; "" where it says nothing."""
    return root.text_of(row.mode).strip().lower() if row.mode else ""


def _note(row: Row, root: Element, taken: Limits) -> str:
    if taken.most_regions == 0:
        return "This camera has no place for one."
    return "" if _mode(row, root) else row.hint


def ids(row: Row, document: Document) -> tuple[str, ...]:
    """The places of a list, drawn or not."""
    return tuple(slot.id for slot in slots.slots(root_of(document), row, Scale(1, 1, lower_left=False)))


def _slots(
    row: Row, scale: Scale, root: Element, items: Mapping[str, Document], own: tuple[str, ...] = ()
) -> tuple[Slot, ...]:
    if not items:
        return slots.slots(root, row, scale, own)
    alone = replace(row, listed="")
    found = [slots.slots(root_of(document), alone, scale, own) for document in items.values()]
    return tuple(slot for each in found for slot in each)


def _described(capabilities: Element | None, row: Row) -> Element | None:
    """Where capabilities tell of the document: at their root, or in a list of such documents."""
    if capabilities is None or capabilities.name.lower() == row.root.lower():
        return capabilities
    return next((each for each in capabilities.iter() if each.name.lower() == row.root.lower()), capabilities)


def _armed(row: Row, document: Document, root: Element) -> Switch | None:
    held = root.child(row.armed) if row.armed else None
    if held is None or not held.is_leaf:
        return None
    words = ("enable", "disable") if held.text.strip().lower() in ("enable", "disable") else ("true", "false")
    title = next((each.spec.title for each in document.fields if each.path == held.path), "Enabled")
    return Switch(title, document.resource, held.path, *words, is_on=held.text.strip().lower() == words[0])

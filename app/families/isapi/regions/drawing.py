"""What a layer of this family knows besides what every layer knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.errors import InvalidSetting
from app.families.isapi.regions.row import Row
from app.families.isapi.regions.scale import Scale
from app.families.isapi.regions.slots import Slot
from app.settings.document import Document
from app.settings.layer import RegionLayer


@dataclass(frozen=True, slots=True)
class Drawing:
    """`RegionLayer.source`. items are the documents of single regions by id, where the device
    takes regions only there."""

    row: Row
    scale: Scale
    slots: tuple[Slot, ...] = field(repr=False)
    items: Mapping[str, Document] = field(default_factory=dict, repr=False)
    trigger: Document | None = field(default=None, repr=False)


def drawing(layer: RegionLayer) -> Drawing:
    if not isinstance(layer.source, Drawing):
        raise InvalidSetting(f"{layer.info.title} belongs to another device.")
    return layer.source

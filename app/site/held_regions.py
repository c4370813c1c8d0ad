"""Regions of a journalled session: what is read to be drawn on counts as read for the look at other pages too."""

from __future__ import annotations

from app.families.base import Regions
from app.model.region import Region
from app.settings.layer import LayerInfo, RegionEdit, RegionLayer, Switch
from app.site.second_look import SecondLook


class HeldRegions:
    """Implements `base.Regions` around another one."""

    def __init__(self, inner: Regions, look: SecondLook) -> None:
        self._inner, self._look = inner, look

    async def layers(self) -> tuple[LayerInfo, ...]:
        return await self._inner.layers()

    async def load(self, layer: str) -> RegionLayer:
        found = await self._inner.load(layer)
        self._look.hold(found.document)
        return found

    def rounded(self, layer: RegionLayer, region: Region) -> Region:
        return self._inner.rounded(layer, region)

    def edits(self, layer: RegionLayer, regions: tuple[Region, ...]) -> tuple[RegionEdit, ...]:
        return self._inner.edits(layer, regions)

    def switched(self, layer: RegionLayer, switch: Switch, on: bool) -> tuple[RegionEdit, ...]:
        return self._inner.switched(layer, switch, on)

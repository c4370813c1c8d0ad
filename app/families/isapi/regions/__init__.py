"""Regions of this family: what is drawn on the picture, in both dialects. `table` has a row for each resource."""

from app.families.isapi.regions.back import IsapiRegionUndo
from app.families.isapi.regions.regions import IsapiRegions

__all__ = ["IsapiRegionUndo", "IsapiRegions"]

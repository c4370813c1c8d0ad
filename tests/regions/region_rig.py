"""Layers and regions for tests: real values, no camera."""

from __future__ import annotations

from app.model.geometry import Point
from app.model.region import Limits, Polygon, Purpose, Region
from app.settings.document import Document
from app.settings.field import Field
from app.settings.layer import LayerInfo, RegionLayer, Switch
from app.settings.spec import Kind, Spec


class NoBytes:
    raw = b""
    media_type = ""

    def encode(self, edits):
        return b""


def polygon(left: float, side: float = 0.1) -> Polygon:
    return Polygon((Point(left, 0.2), Point(left + side, 0.2), Point(left + side, 0.2 + side), Point(left, 0.2 + side)))


def region(id: str = "", left: float = 0.1) -> Region:
    return Region(id, Purpose.INTRUSION, polygon(left), properties=(("sensitivity", "50"),))


SENSITIVITY = Field("sensitivity", "50", Spec(Kind.INT, "Sensitivity", minimum=1, maximum=100))


def layer_of(regions=(), *, limits: Limits | None = None, armed: bool | None = None, id: str = "field") -> RegionLayer:
    switch = Switch("Intrusion detection", "/field", "enabled", "true", "false", armed) if armed is not None else None
    info = LayerInfo(id, Purpose.INTRUSION, "Intrusion", 1, "/field")
    return RegionLayer(
        info, limits or Limits(), tuple(regions), Document("/field", "Intrusion", (), NoBytes()), (SENSITIVITY,), switch
    )

"""A layer of regions: one detection (or mask, or overlay) of one channel, with everything that is drawn for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.model.region import Limits, Purpose, Region
from app.settings.document import Document
from app.settings.field import Field


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """What a device may have, before anybody asked for it. reason: why it was refused, "" while it was not."""

    id: str
    purpose: Purpose
    title: str
    channel: int
    resource: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Switch:
    """A setting that is on or off: the detection itself, or whether its events are sent anywhere."""

    title: str
    resource: str
    path: str
    on: str
    off: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Related:
    """A settings page that belongs to it: schedule, linkage."""

    title: str
    resource: str


@dataclass(frozen=True, slots=True)
class RegionLayer:
    """What the device holds. properties are the settings that each region has of its own: path and spec, the text is
    that of a new region. document is where the regions stand; source is the family's own note. asleep: why nothing
    that is drawn here holds, whatever its switches say; "" where it does, or nobody tells."""

    info: LayerInfo
    limits: Limits
    regions: tuple[Region, ...]
    document: Document = field(repr=False, compare=False)
    properties: tuple[Field, ...] = ()
    armed: Switch | None = None
    notifies: Switch | None = None
    related: tuple[Related, ...] = ()
    writable: bool = True
    note: str = ""
    asleep: str = ""
    source: object = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class RegionEdit:
    """One document with other regions in it: as bytes for `RawSettings.apply_raw`."""

    document: Document
    body: bytes

"""A change of regions taken back, although something else of the document has changed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.errors import CameraError
from app.families.isapi import catalog as catalogs
from app.families.isapi import document as documents
from app.families.isapi.client import Client
from app.families.isapi.regions import building, editing, table
from app.families.isapi.regions.building import Asked
from app.families.isapi.regions.row import Row
from app.families.isapi.regions.table import Found
from app.families.isapi.titles import titles
from app.model.region import Region
from app.settings.document import Document
from app.settings.layer import LayerInfo, RegionLayer
from app.wire import xml

_ANY_SCALE = (100_000, 100_000)
_SHAPE, _NAME, _ENABLED = "shape/", "name/", "enabled/"  # no paths of settings


class IsapiRegionUndo:
    """Implements `base.RegionUndo`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def set_back(self, document: Document, before: bytes, after: bytes) -> bytes | None:
        for found, row in self._rows(document):
            body = self._set_back(found, row, document, before, after)
            if body is not None:
                return body
        return None

    def _rows(self, document: Document) -> Iterator[tuple[Found, Row]]:
        """The rows of the table that tell of a document: a resource with regions, or a region's own."""
        dialect = self._client.dialect
        tail = dialect.tail(document.resource)
        root = building.root_of(document)
        for found in table.found(tail, dialect.key):
            yield from ((found, row) for row in found.rows if building.is_about(row, root))
        for found in table.found_item(tail, dialect.key):
            yield from ((found, row) for row in found.rows if row.member == root.name)

    def _set_back(self, found: Found, row: Row, document: Document, before: bytes, after: bytes) -> bytes | None:
        """Limits are not asked for: what the device held once it will take again."""
        try:
            now = self._layer(found, row, document)
            then, left = (_by_id(self._layer(found, row, self._read(document, raw))) for raw in (before, after))
            wanted = _wanted(_by_id(now), then, left)
            edits = editing.edits(now, tuple(wanted.values())) if wanted is not None else ()
        except CameraError:
            return None
        return edits[0].body if edits else None

    def _read(self, document: Document, raw: bytes) -> Document:
        known = catalogs.catalog(self._client.dialect).lookup(document.resource)
        return documents.build(
            documents.Context(document.resource, document.title, titles(), known), xml.parse(raw), None
        )

    def _layer(self, found: Found, row: Row, document: Document) -> RegionLayer:
        info = LayerInfo(found.id, row.purpose, found.title, found.channel, document.resource)
        if found.tail == self._client.dialect.tail(document.resource):
            return building.build(info, row, Asked(document), writable=True)
        # A region by itself says no scale. Any serves that holds its numbers: they come and go by the same one.
        alone = replace(row, size=_ANY_SCALE)
        id_ = building.root_of(document).text_of(row.id)
        return building.build(info, alone, Asked(document, items={id_: document}), writable=True)


def _wanted(
    now: Mapping[str, Region], then: Mapping[str, Region], left: Mapping[str, Region]
) -> dict[str, Region] | None:
    """All regions as they are now, what the change touched of them as it was then; None where it touched none, or one
    of them is not as the change left it."""
    touched = [id_ for id_ in {**then, **left} if then.get(id_) != left.get(id_)]
    wanted = dict(now)
    for id_ in touched:
        if now.get(id_) == left.get(id_):
            back = then.get(id_)
        else:
            back = _mended(now.get(id_), then.get(id_), left.get(id_))
            if back is None:
                return None
        if back is None:
            wanted.pop(id_, None)
        else:
            wanted[id_] = back
    return wanted if touched else None


def _mended(now: Region | None, then: Region | None, left: Region | None) -> Region | None:
    """The region as it is now, with what the change altered as it was then; None where somebody else altered that."""
    if now is None or then is None or left is None:
        return None
    parts = [_parts(each) for each in (now, then, left)]
    altered = [name for name in parts[1] if parts[1][name] != parts[2].get(name)]
    if any(parts[0].get(name) != parts[2].get(name) for name in altered):
        return None
    own = dict(now.properties) | {path: text for path, text in then.properties if path in altered}
    shape = then.shape if _SHAPE in altered else now.shape
    name = then.name if _NAME in altered else now.name
    enabled = then.enabled if _ENABLED in altered else now.enabled
    return replace(now, shape=shape, name=name, enabled=enabled, properties=tuple(own.items()))


def _parts(region: Region) -> dict[str, object]:
    """What can change of a region by itself: its own settings by their paths, and the rest."""
    return {_SHAPE: region.shape, _NAME: region.name, _ENABLED: region.enabled, **dict(region.properties)}


def _by_id(layer: RegionLayer) -> dict[str, Region]:
    return {region.id: region for region in layer.regions}

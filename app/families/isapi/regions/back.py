"""A change of regions taken back, although something else of the document has changed since."""

from __future__ import annotations

from collections.abc import Mapping

from app.errors import CameraError
from app.families.isapi import catalog as catalogs
from app.families.isapi import document as documents
from app.families.isapi.client import Client
from app.families.isapi.document import XmlSource
from app.families.isapi.regions import building, editing, table
from app.families.isapi.regions.building import Asked
from app.families.isapi.regions.table import Found, Row
from app.families.isapi.titles import titles
from app.model.region import Region
from app.settings.document import Document
from app.settings.layer import LayerInfo, RegionLayer
from app.wire import xml


class IsapiRegionUndo:
    """Implements `base.RegionUndo`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def set_back(self, document: Document, before: bytes, after: bytes) -> bytes | None:
        dialect = self._client.dialect
        for found in table.found(dialect.tail(document.resource), dialect.key):
            body = self._set_back(found, document, before, after)
            if body is not None:
                return body
        return None

    def _set_back(self, found: Found, document: Document, before: bytes, after: bytes) -> bytes | None:
        """Limits are not asked for: what the device held once it will take again."""
        try:
            root = building.root_of(document)
            row = next((each for each in found.rows if building.is_about(each, root)), None)
            if row is None:
                return None
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
        assert isinstance(document.source, XmlSource)
        return building.build(info, row, Asked(document), writable=True)


def _wanted(
    now: Mapping[str, Region], then: Mapping[str, Region], left: Mapping[str, Region]
) -> dict[str, Region] | None:
    """All regions as they are now, those that the change touched as they were then; None where it touched none, or one
    of them is not as the change left it."""
    touched = [id_ for id_ in {**then, **left} if then.get(id_) != left.get(id_)]
    if not touched or any(now.get(id_) != left.get(id_) for id_ in touched):
        return None
    kept = {id_: region for id_, region in now.items() if id_ not in touched}
    return {**kept, **{id_: then[id_] for id_ in touched if id_ in then}}


def _by_id(layer: RegionLayer) -> dict[str, Region]:
    return {region.id: region for region in layer.regions}

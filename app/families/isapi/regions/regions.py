"""The interface itself: which layers a device has, and reading them."""

from __future__ import annotations

from collections.abc import Iterator

from app.errors import CameraError, InvalidSetting, NotSupported, ProtocolError, TransportError
from app.families.isapi import catalog as catalogs
from app.families.isapi.client import Client
from app.families.isapi.regions import building, editing, table, triggers
from app.families.isapi.regions.building import Asked
from app.families.isapi.regions.drawing import drawing
from app.families.isapi.regions.row import Row
from app.families.isapi.regions.table import Found
from app.families.isapi.settings import IsapiSettings
from app.model.region import Region
from app.settings.document import Document
from app.settings.layer import LayerInfo, RegionEdit, RegionLayer, Related, Switch
from app.settings.tree import Node
from app.wire.xml import Element


class IsapiRegions:
    """Implements `base.Regions`."""

    def __init__(self, client: Client, settings: IsapiSettings) -> None:
        self._client = client
        self._settings = settings
        self._found: dict[str, Found] | None = None
        self._known: frozenset[str] = frozenset()  # resources of the device

    async def layers(self) -> tuple[LayerInfo, ...]:
        found = await self._layers()
        return tuple(self._info(each) for each in found.values())

    async def load(self, layer: str) -> RegionLayer:
        found = (await self._layers()).get(layer)
        if found is None:
            raise NotSupported(f"{self._client.camera} has no layer “{layer}”.")
        document = await self._settings.load(self._client.dialect.path(found.tail))
        root = building.root_of(document)
        row = next((each for each in found.rows if building.is_about(each, root)), None)
        if row is None:
            raise ProtocolError(
                f"{found.title} has a form here that is not known.",
                hint="It can be seen and changed in the settings.",
                detail=f"{document.resource}: <{root.name[:40]}>",
            )
        return await self._layer(found, row, document, root)

    def rounded(self, layer: RegionLayer, region: Region) -> Region:
        return editing.rounded(layer, region)

    def edits(self, layer: RegionLayer, regions: tuple[Region, ...]) -> tuple[RegionEdit, ...]:
        return editing.edits(layer, regions)

    def switched(self, layer: RegionLayer, switch: Switch, on: bool) -> tuple[RegionEdit, ...]:
        if switch == layer.notifies:
            trigger = drawing(layer).trigger
            edit = triggers.switched(trigger, on) if trigger is not None else None
            return () if edit is None else (edit,)
        if switch != layer.armed:
            raise InvalidSetting(f"{switch.title} is no switch of {layer.info.title}.")
        body = layer.document.source.encode({switch.path: switch.on if on else switch.off})
        return () if body == layer.document.source.raw else (RegionEdit(layer.document, body),)

    async def _layers(self) -> dict[str, Found]:
        if self._found is None:
            dialect = self._client.dialect
            known = [node.id for node in _nodes(await self._settings.tree()) if node.id.startswith("/")]
            each = (found for path in known for found in table.found(dialect.tail(path), dialect.key))
            self._found = {found.id: found for found in sorted(each, key=table.place)}
            self._known = frozenset(known)
        return self._found

    def _info(self, found: Found) -> LayerInfo:
        path = self._client.dialect.path(found.tail)
        reason = self._settings.loader.refused.get(path, "")
        return LayerInfo(found.id, found.rows[0].purpose, found.title, found.channel, path, reason)

    async def _layer(self, found: Found, row: Row, document: Document, root: Element) -> RegionLayer:
        known = catalogs.catalog(self._client.dialect).lookup(document.resource)
        asked = Asked(
            document,
            await self._settings.loader.capabilities(_describing(document.resource, row)),
            known,
            await self._picture(found, row),
            await self._items(row, document, root),
            await self._trigger(row, found),
        )
        # A list that was put together from its entries cannot be sent as one.
        listed = document.resource in self._settings.loader.composed
        writable = not listed and (known is None or "PUT" in known.methods)
        related = self._related(row, found, asked)
        return building.build(self._info(found), row, asked, related, writable=writable)

    async def _items(self, row: Row, document: Document, root: Element) -> dict[str, Document]:
        """The regions' own resources, where the device says that its list takes none."""
        if not row.items or root.text_of("isSupportMultiScene") != "true":
            return {}
        made: dict[str, Document] = {}
        for id_ in building.ids(row, document):
            try:
                made[id_] = await self._settings.load(f"{document.resource}/{row.items}/{id_}")
            except TransportError:
                raise
            except CameraError:
                return {}  # it says so and has no such resources: the list is all there is
        return made

    async def _picture(self, found: Found, row: Row) -> tuple[int, int] | None:
        """The size of the channel's main stream, for rows that count in pixels."""
        if row.size is not None:
            return None
        stream = self._client.dialect.stream_ids(str(found.channel))[0]
        root = await self._settings.loader.optional(self._client.dialect.path(f"/Streaming/channels/{stream}"))
        texts = [root.text_of(f"Video/videoResolution{side}") for side in ("Width", "Height")] if root else []
        if not texts or not all(text.isascii() and text.isdigit() and 0 < int(text) < 20000 for text in texts):
            return None
        return int(texts[0]), int(texts[1])

    async def _trigger(self, row: Row, found: Found) -> Document | None:
        """The trigger of a detection. Missing ones are no error: then nothing is said of its notification."""
        if not row.event:
            return None
        for name in (f"{row.event}-{found.channel}", f"{row.root.lower()}-{found.channel}"):
            path = self._client.dialect.path(f"/Event/triggers/{name}")
            if path in self._settings.loader.refused:
                continue
            try:
                return await self._settings.load(path)
            except TransportError:
                raise
            except CameraError:
                continue
        return None

    def _related(self, row: Row, found: Found, asked: Asked) -> Iterator[Related]:
        dialect = self._client.dialect
        for path in (dialect.path(f"{row.schedule}/{row.event}-{found.channel}"), dialect.path(row.schedule)):
            if row.schedule and path in self._known:
                yield Related("Schedule", path)
                break
        if asked.trigger is not None:
            yield Related("What it triggers", asked.trigger.resource)
        yield Related("All its settings", asked.document.resource)


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _nodes(child)


def _describing(resource: str, row: Row) -> str:
    """The resource whose capabilities tell of the regions."""
    return resource.rpartition("/")[0] if row.told_above else resource

"""The smallest part of a document that holds everything that differs, as a request under the part's own address.

For documents in which elements came or went: `writing.Ladder` knows how to send single values."""

from __future__ import annotations

from collections.abc import Mapping

from app.errors import CameraError, TransportError
from app.families.isapi import catalog as catalogs
from app.families.isapi import rungs, writing
from app.families.isapi.client import Client
from app.families.isapi.document import XmlSource
from app.patience import Sleep, patiently
from app.settings.document import Document
from app.wire import xml, xml_members
from app.wire.http import HttpRequest
from app.wire.xml import Element, XmlDocument


async def request(client: Client, base: Document, body: bytes, sleep: Sleep) -> HttpRequest | None:
    """None where the device shows no such part, or another one than the document holds."""
    if not isinstance(base.source, XmlSource):
        return None
    old, new = base.source.document, xml.parse(body)
    group = around(old.root, new.root)
    while group:
        if old.element(group) is not None and new.element(group) is not None:
            made = await _under_its_own(client, base.resource, old, new, group, sleep)
            if made is not None:
                return made
        group = group.rpartition("/")[0]
    return None


def around(old: Element, new: Element) -> str:
    """The path of the innermost element that holds every difference; "" for the root."""
    before, after = texts(old), texts(new)
    differing = [path for path in {*before, *after} if before.get(path) != after.get(path)]
    return rungs.common(differing) if differing else ""


def texts(element: Element) -> Mapping[str, str]:
    """Every leaf below an element by its path from there."""
    start = len(element.path) + 1 if element.path else 0
    return {each.path[start:]: each.value for each in element.iter() if each.is_leaf}


async def _under_its_own(
    client: Client, resource: str, old: XmlDocument, new: XmlDocument, group: str, sleep: Sleep
) -> HttpRequest | None:
    down = rungs.chain(old.root, group)
    held, wanted = old.element(group), new.element(group)
    if not down or held is None or wanted is None or not wanted.children:
        return None
    for address in rungs.addresses(catalogs.catalog(client.dialect), resource, old.root.name, down):
        found = await _read(client, address, sleep)
        if found is not None and found.root.name == held.name and texts(found.root) == texts(held):
            return writing.put(address, xml_members.with_content(found, new, group))
    return None


async def _read(client: Client, path: str, sleep: Sleep) -> XmlDocument | None:
    try:
        return await patiently(lambda: client.read(path), sleep)
    except TransportError:
        raise
    except CameraError:
        return None

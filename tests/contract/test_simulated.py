"""The laws of documents over every page of every simulated model of the ISAPI family, however it grows: what is not
edited goes back byte for byte, every leaf changes alone, every list goes there and back. And its rows can be told
apart and say what they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.errors import CameraError
from app.families.base import Credentials, SettingsTree
from app.families.isapi import FAMILY
from app.model.device import Address
from app.settings import lists
from app.settings.document import Document
from app.settings.tree import Node, NodeKind
from app.simulator.camera import CameraPlan
from app.simulator.farm import Farm
from app.simulator.isapi.model import MODELS
from app.transport.dialer import NetworkDialer, loopback_only
from app.wire import xml
from tests.contract.edits import editable
from tests.contract.rows import told_twice, with_help

LEAST_PAGES, LEAST_LEAVES = 25, 60
LEAST_EXPLAINED = 0.98  # of the rows that somebody gets to see


def nodes(top: Node) -> Iterator[Node]:
    yield top
    for child in top.children:
        yield from nodes(child)


def leaves(body: bytes) -> list[tuple[str, str]]:
    return [(leaf.path, leaf.text) for leaf in xml.parse(body).leaves]


@pytest.mark.anyio
@pytest.mark.parametrize(("number", "model"), list(enumerate(MODELS, 1)), ids=[model.name for model in MODELS])
async def test_every_page_obeys_the_laws(number: int, model) -> None:
    farm = Farm([CameraPlan("isapi", f"127.61.40.{number}", 0, 0, model=model.name)], ssdp=False)
    await farm.start()
    pages = changed = rows = explained = 0
    try:
        line = farm.camera_lines()[0]
        address = Address(str(line["address"]), int(str(line["http_port"])))
        dialer = NetworkDialer(allowed=loopback_only)
        found = await FAMILY.fingerprint(dialer, address)
        assert found is not None
        credentials = Credentials(str(line["user"]), str(line["password"]))
        session = await FAMILY.connect(dialer, address, found.dialect, credentials)
        try:
            settings = session.offer(SettingsTree)
            assert settings is not None
            seen: set[str] = set()
            for node in nodes(await settings.tree()):
                if node.kind is not NodeKind.SETTINGS:
                    continue
                try:
                    document = await settings.load(node.id)
                except CameraError:
                    continue  # refused pages are for other tests
                pages += 1
                shape = "\n".join(f.path for f in document.fields)
                if shape not in seen and document.source.raw.lstrip(b"\xef\xbb\xbf").startswith(b"<"):
                    seen.add(shape)  # sixteen streams of one shape are one case
                    changed += each_leaf_alone(document)
                    each_list_there_and_back(document)
                assert document.encode() == document.source.raw, node.id
                assert told_twice(document) == [], node.id
                rows, explained = rows + len(document.fields), explained + with_help(document)
        finally:
            await session.close()
    finally:
        await farm.stop()
    assert pages >= LEAST_PAGES, pages
    assert changed >= LEAST_LEAVES, changed
    assert explained >= rows * LEAST_EXPLAINED, f"{explained} of {rows} rows have help"
    print(f"{model.name}: {pages} pages, {rows} rows, {explained} with help, {changed} leaves changed alone")


def each_leaf_alone(document: Document) -> int:
    before, count = leaves(document.source.raw), 0
    for field, new in editable(document):
        if field.path in document.source.absent:  # type: ignore[attr-defined]
            continue
        document.set_text(field.path, new)
        assert leaves(document.source.encode({field.path: new})) == [
            (path, new if path == field.path else text) for path, text in before
        ], (document.resource, field.path)
        document.revert()
        count += 1
    return count


def each_list_there_and_back(document: Document) -> None:
    """By bytes where records change places, by the document where one comes and goes."""
    for of in document.lists:
        document.set_text(of.path, lists.format_order(reversed(of.order)))
        encoded = document.source.encode({of.path: document.text(of.path)})
        assert sorted(leaves_below(encoded)) == sorted(leaves_below(document.source.raw)), (document.resource, of.path)
        document.set_text(of.path, lists.format_order(of.order))
        assert document.edited_paths == ()


def leaves_below(body: bytes) -> list[tuple[str, str]]:
    """Without the numbers of entries, which moving changes."""
    return [(path.replace("]", "[").split("[")[0], text) for path, text in leaves(body)]

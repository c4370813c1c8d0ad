"""Recorded devices as a contract: each is replayed by the simulator and opened over real sockets, and all of its
pages become forms or views, are written back untouched byte for byte, and keep a single change as one."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.errors import CameraError
from app.families.base import Credentials, Session, SettingsTree
from app.families.isapi import FAMILY
from app.families.isapi.dialect import V2
from app.families.isapi.settings import document_of
from app.model.device import Address
from app.settings.changes import Verdict
from app.settings.document import Document
from app.settings.spec import Access, Kind
from app.settings.tree import Node, NodeKind
from app.simulator.farm import Farm, plan_cameras
from app.transport.dialer import NetworkDialer, guard_for
from app.twin.format import Twin, load_twin
from app.twin.importer import import_isapi
from app.wire import xml
from app.wire.http import HttpAnswer
from tests.contract.edits import editable
from tests.contract.rows import told_twice, with_help

pytestmark = pytest.mark.shared

HOSTS = "127.26.1"
LEAST_MODELS = 12
LEAST_DOCUMENTS = 400
LEAST_LEAVES = 9_000
LEAST_EXPLAINED = 0.9  # of the rows that somebody gets to see


@pytest.fixture(scope="session")
def folders(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return import_isapi(shared / "realdata" / "isapi", tmp_path_factory.mktemp("twins"))


@asynccontextmanager
async def opened(folder: Path, number: int) -> AsyncIterator[tuple[Twin, Session]]:
    """The recorded device on a loopback address of its own, and a real session with it."""
    twin = load_twin(folder)
    farm = Farm(plan_cameras(bind=f"{HOSTS}.{number}", twin=folder, http_port=0), ssdp=False)
    await farm.start()
    try:
        line = farm.camera_lines()[0]
        address = Address(str(line["address"]), int(line["http_port"]))
        dialer = NetworkDialer(allowed=guard_for(["127.0.0.1"]))
        found = await FAMILY.fingerprint(dialer, address)
        assert found is not None, f"{twin.model} is not recognised"
        assert (found.family, found.dialect) == ("isapi", "v2")
        session = await FAMILY.connect(dialer, address, found.dialect, Credentials(twin.auth.user, twin.auth.password))
        try:
            yield twin, session
        finally:
            await session.close()
    finally:
        await farm.stop()


def pages(twin: Twin) -> Iterator[str]:
    """Everything that the device answered."""
    for answer in twin.answers:
        if answer.method == "GET" and answer.status < 400:
            yield answer.path


def nodes(top: Node) -> Iterator[Node]:
    yield top
    for child in top.children:
        yield from nodes(child)


def is_view(document: Document) -> bool:
    return all(field.spec.access is Access.READ_ONLY for field in document.fields)


@pytest.mark.anyio
async def test_every_recorded_device_opens_as_forms_and_views(folders: tuple[Path, ...]) -> None:
    models: set[str] = set()
    forms = views = rows = explained = 0
    noted: set[tuple[str, str]] = set()
    for number, folder in enumerate(folders, 1):
        async with opened(folder, number) as (twin, session):
            settings = session.offer(SettingsTree)
            assert settings is not None
            tree = await settings.tree()
            assert tree.children, twin.model
            known = {node.id for node in nodes(tree)}
            assert len(known) == len(list(nodes(tree))), "every node has an id of its own"
            recorded = {answer.path: answer.body for answer in twin.answers if answer.method == "GET"}
            for path in pages(twin):
                document = await settings.load(path)
                assert document.encode() == recorded[path], path
                assert document.problems == {}
                assert all(field.spec.title for field in document.fields), path
                assert told_twice(document) == [], path
                if is_form(path):
                    rows, explained = rows + len(document.fields), explained + with_help(document)
                for field in document.fields:
                    assert document.text(field.path) == field.text
                    if document.note(field.path):
                        noted.add((twin.model, field.path))
                forms, views = forms + (not is_view(document)), views + is_view(document)
            models.add(twin.model)
    assert len(models) >= LEAST_MODELS
    assert forms >= LEAST_DOCUMENTS
    assert views >= 20
    assert explained >= rows * LEAST_EXPLAINED, f"{explained} of {rows} rows have help"
    assert ("DS-FB2127", "Gain/GainLevel") in noted, "60 where the camera says 0 to 15"
    assert any(model == "DS-7716NI-I4-16P" and "portNo" in path for model, path in noted), (
        "554 where it says 1024 and up"
    )


@pytest.mark.anyio
async def test_every_form_takes_one_change_and_gives_it_back(folders: tuple[Path, ...]) -> None:
    kept = 0
    for number, folder in enumerate(folders, 1):
        async with opened(folder, number + 100) as (twin, session):
            settings = session.offer(SettingsTree)
            assert settings is not None
            for path in pages(twin):
                document = await settings.load(path)
                field, new = next(editable(document), (None, ""))
                if field is None or not is_form(path):
                    continue
                document.set_text(field.path, new)
                sent = document.encode()
                proof, after = await settings.apply(document, document.changes())
                hidden = field.spec.kind is Kind.PASSWORD
                expected = Verdict.NOT_VERIFIABLE if hidden else Verdict.KEPT
                derived = "/RegionList/" if is_grid(document) else "nowhere"
                mine = [each for each in proof.fields if derived not in each.path]
                assert [(each.path, each.verdict) for each in mine] == [(field.path, expected)], path
                if not is_grid(document):
                    assert after.source.raw == sent, path
                kept += 1
    assert kept >= LEAST_DOCUMENTS


def is_grid(document: Document) -> bool:
    """A motion grid goes without the rectangles that the camera makes of it, so what only stores what it is sent (as
    a recorded device does) lacks them afterwards."""
    return any(field.path == "regionType" and field.text == "grid" for field in document.fields)


def is_form(path: str) -> bool:
    """Not one of the pages that say what others may hold."""
    last = path.partition("?")[0].rpartition("/")[2].lower()
    return "capabilities" not in last and not last.endswith("cap")


def leaves(body: bytes) -> list[tuple[str, str]]:
    return [(leaf.path, leaf.text) for leaf in xml.parse(body).leaves]


# What is recorded and is no document that somebody could open: kind -> why.
LEFT_OUT = {
    "error": "refusals: nothing to edit",
    "event": "reports of events: nothing to edit",
}


def test_every_leaf_of_every_document_changes_alone(shared: Path) -> None:
    """The law of the splice, through the forms: the bytes around the new value are the device's own. Over every
    recorded file; capabilities are opened and go back as they came."""
    folder = shared / "realdata" / "isapi"
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    told = {"manifest.json", "http_errors.json", "QUIRKS.md"}  # about the answers
    assert {each.name for each in folder.iterdir()} - told <= {entry["file"] for entry in manifest}
    tried = documents = left = 0
    for entry in manifest:
        raw = (folder / entry["file"]).read_bytes()
        if entry["kind"] in LEFT_OUT or entry["root"] == "ResponseStatus":
            left += 1
            continue
        media = "application/xml" if entry["file"].endswith(".xml") else "text/plain"
        document = document_of(V2, entry["path"], HttpAnswer(200, (("Content-Type", media),), raw), None)
        assert document.encode() == raw, entry["file"]
        if media == "application/xml" and entry["kind"] != "capabilities":  # which nobody writes
            tried += each_leaf_alone(entry["file"], document)
        documents += 1
        assert document.encode() == raw, entry["file"]
    assert documents + left == len(manifest)
    assert documents >= LEAST_DOCUMENTS
    assert tried >= LEAST_LEAVES, tried
    print(f"{documents} of {len(manifest)} recorded files, {tried} leaves changed alone, {left} refusals and reports")


def each_leaf_alone(name: str, document: Document) -> int:
    raw = document.source.raw
    before, tried = leaves(raw), 0
    for field, new in editable(document):
        document.set_text(field.path, new)
        encoded = document.encode()
        wanted = [(path, new if path == field.path else text) for path, text in before]
        assert leaves(encoded) == wanted, f"{name}: {field.path}"
        head, tail = common(raw, encoded)
        assert len(raw) - head - tail <= len(field.text.encode()) * 6 + 40, "only the leaf's own bytes changed"
        document.revert(field.path)
        tried += 1
    return tried


def common(one: bytes, other: bytes) -> tuple[int, int]:
    """How many bytes the two share at the start, and at the end of what remains."""
    head = shared_start(one, other)
    return head, shared_start(one[head:][::-1], other[head:][::-1])


def shared_start(one: bytes, other: bytes) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low


@pytest.mark.anyio
async def test_what_the_device_refused_is_greyed_with_the_reason(folders: tuple[Path, ...]) -> None:
    folder = next(each for each in folders if each.name == "DS-7732NI-M4")
    async with opened(folder, 250) as (twin, session):
        settings = session.offer(SettingsTree)
        assert settings is not None
        refused = [answer.path for answer in twin.answers if answer.status >= 400]
        assert refused
        before = {node.id for node in nodes(await settings.tree())}
        asked = [path for path in refused if path in before]
        for path in asked:
            with pytest.raises(CameraError) as refusal:
                await settings.load(path)
            assert refusal.value.summary
        after = {node.id: node for node in nodes(await settings.tree())}
        assert before <= set(after), "nothing disappears because it was refused"
        assert all(after[path].reason for path in asked if after[path].kind is not NodeKind.GROUP)

"""A camera of the first generation, simulated and opened for real: everything that a v2 camera offers works there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from app.errors import BadCredentials, CameraError, InvalidSetting, NotSupported
from app.families.base import Credentials, Maintenance, Overview, Session, SettingsTree
from app.families.isapi import FAMILY
from app.families.isapi.dialect import V1, V2
from app.families.media import Snapshot, Streams
from app.model.device import Address
from app.settings.changes import Verdict
from app.settings.tree import Node, NodeState
from app.simulator.farm import Farm, plan_cameras
from app.simulator.isapi import v1
from app.simulator.picture import VideoSource
from app.transport.dialer import NetworkDialer, guard_for

HOST = "127.26.20.1"
PASSWORD = "camera-1234"


def tiny_picture(source: VideoSource, stream_id: str, width: int, height: int) -> bytes:
    return f"\xff\xd8\xff\xe0 {stream_id} {width}x{height}".encode("latin-1")


def dialer() -> NetworkDialer:
    return NetworkDialer(allowed=guard_for(["127.0.0.1"]))


@asynccontextmanager
async def old_camera(model: str = v1.MODEL.name) -> AsyncIterator[Address]:
    plans = plan_cameras(family="isapi", model=model, bind=HOST, http_port=0, rtsp_port=0)
    farm = Farm(plans, snapshot=tiny_picture, ssdp=False)
    await farm.start()
    try:
        line = farm.camera_lines()[0]
        assert line["dialect"] == ("v1" if model == v1.MODEL.name else "v2")
        yield Address(str(line["address"]), int(line["http_port"]))
    finally:
        await farm.stop()


@asynccontextmanager
async def session(recognised: str | None = None) -> AsyncIterator[Session]:
    async with old_camera() as address:
        if recognised is None:
            found = await FAMILY.fingerprint(dialer(), address)
            assert found is not None
            recognised = found.dialect
        opened = await FAMILY.connect(dialer(), address, recognised, Credentials("admin", PASSWORD))
        try:
            yield opened
        finally:
            await opened.close()


def nodes(top: Node) -> Iterator[Node]:
    yield top
    for child in top.children:
        yield from nodes(child)


@pytest.mark.parametrize(
    ("tail", "path"),
    [
        ("/System/Network/interfaces/1", "/Network/interfaces/1"),
        ("/System/Video/inputs/channels", "/Video/inputs/channels"),
        ("/System/IO", "/IO"),
        ("/System/time", "/System/time"),
        ("/System/Networking", "/System/Networking"),
        ("/Security/adminAccesses", "/Security/adminAccess"),
        ("/Streaming/channels/1", "/Streaming/channels/1"),
    ],
)
def test_the_old_places_of_resources(tail: str, path: str) -> None:
    assert V1.path(tail) == path
    assert V1.path(path) == path
    assert V1.tail(path) == tail
    assert V2.tail(V2.path(tail)) == tail


@pytest.mark.anyio
async def test_only_an_old_camera_is_recognised_as_one() -> None:
    async with old_camera() as address:
        found = await FAMILY.fingerprint(dialer(), address)
        assert found is not None
        assert found.dialect == "v1"
    async with old_camera("CW-D4M") as address:
        found = await FAMILY.fingerprint(dialer(), address)
        assert found is not None
        assert found.dialect == "v2"


@pytest.mark.anyio
async def test_a_wrong_supposition_is_mended_with_the_same_password() -> None:
    async with session("v2") as opened:
        assert opened.dialect == "v1"
    async with old_camera() as address:
        with pytest.raises(BadCredentials):
            await FAMILY.connect(dialer(), address, "v2", Credentials("admin", "wrong"))


@pytest.mark.anyio
async def test_a_server_of_neither_generation_is_refused_in_words() -> None:
    async with old_camera() as address:
        with pytest.raises(NotSupported) as refused:
            await FAMILY.connect(Elsewhere(), address, "v2", Credentials("admin", PASSWORD))
        assert "ISAPI" in refused.value.summary


class Elsewhere(NetworkDialer):
    """Asks at a place where nobody answers any of the paths."""

    def __init__(self) -> None:
        super().__init__(allowed=guard_for(["127.0.0.1"]))

    def http(self, address, credentials):  # type: ignore[no-untyped-def]
        channel = super().http(address, credentials)
        send = channel.send

        async def elsewhere(request):  # type: ignore[no-untyped-def]
            object.__setattr__(request, "path", "/nowhere" + request.path)
            return await send(request)

        channel.send = elsewhere  # type: ignore[method-assign]
        return channel


@pytest.mark.anyio
async def test_overview_streams_and_snapshot() -> None:
    async with session() as opened:
        facts = await opened.offer(Overview).facts()  # type: ignore[union-attr]
        assert (facts.model, facts.notes) == (v1.MODEL.name, ())
        assert facts.clock is not None
        streams = opened.offer(Streams)
        assert streams is not None
        found = await streams.list()
        assert [(each.id, each.role) for each in found[:2]] == [("1", "main"), ("2", "sub")]
        assert streams.endpoint(found[0]).url.startswith(f"rtsp://{HOST}:")
        assert (await opened.offer(Snapshot).jpeg()).startswith(b"\xff\xd8\xff")  # type: ignore[union-attr]
        assert opened.offer(Maintenance) is not None


@pytest.mark.anyio
async def test_the_tree_has_old_places_under_the_usual_titles() -> None:
    async with session() as opened:
        settings = opened.offer(SettingsTree)
        assert settings is not None
        known = {node.id: node for node in nodes(await settings.tree())}
        assert not any(path.startswith("/ISAPI") for path in known)
        assert known["/Streaming/channels/1"].title == "Main stream"
        assert {
            "/MotionDetection/1",
            "/Network/interfaces/1",
            "/System/time",
            "/Image/channels/1",
            "/Security/users",
        } <= set(known)
        loaded = 0
        for path in [each for each in known if not each.startswith("group:") and known[each].readable]:
            try:
                document = await settings.load(path)
            except CameraError:
                continue
            assert document.encode() == document.source.raw
            loaded += 1
        assert loaded > 15
        again = {node.id: node for node in nodes(await settings.tree())}
        assert set(known) <= set(again), "what was refused stays, greyed"
        assert all(node.reason for node in again.values() if node.state is NodeState.REFUSED)


@pytest.mark.anyio
async def test_a_change_is_kept_and_proved() -> None:
    async with session() as opened:
        settings = opened.offer(SettingsTree)
        assert settings is not None
        document = await settings.load("/Streaming/channels/1")
        assert document.title == "Main stream"
        assert b"/ver10/" in document.source.raw
        with pytest.raises(InvalidSetting):
            document.set_text("channelName", "Yard")  # the first generation only shows it
        document.set_text("Video/constantBitRate", "1024")
        assert "PUT /Streaming/channels/1 " in settings.request_text(document)
        proof, after = await settings.apply(document, document.changes())
        assert [each.verdict for each in proof.fields] == [Verdict.KEPT]
        assert after.text("Video/constantBitRate") == "1024"

"""The family against the simulated camera, over real sockets on loopback."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest

from app.errors import BadCredentials, CameraError, LockedOut
from app.families.base import Credentials, Maintenance, Overview, SettingsTree
from app.families.isapi import FAMILY
from app.families.media import Snapshot, Streams
from app.model.device import Address
from app.settings.changes import Verdict
from app.simulator.camera import CameraPlan
from app.simulator.farm import Farm
from app.simulator.quirks import Quirks
from app.transport.dialer import NetworkDialer, loopback_only

HOST = "127.12.7.1"


@asynccontextmanager
async def camera(*quirks):
    farm = Farm([CameraPlan("isapi", HOST, 0, 0, quirks=Quirks.parse(quirks))], ssdp=False)
    await farm.start()
    try:
        line = farm.camera_lines()[0]
        yield Address(HOST, line["http_port"]), Credentials(line["user"], line["password"])
    finally:
        await farm.stop()


@asynccontextmanager
async def session(*quirks):
    async with camera(*quirks) as (address, credentials):
        opened = await FAMILY.connect(NetworkDialer(allowed=loopback_only), address, "v2", credentials)
        try:
            yield opened
        finally:
            await opened.close()


def walk(node):
    yield node
    for child in node.children:
        yield from walk(child)


@pytest.mark.anyio
@pytest.mark.parametrize("quirk", [None, "no_index", "no_namespace", "bom", "odd_attributes"])
async def test_every_node_of_the_tree_opens_or_says_why(quirk):
    async with session(*filter(None, [quirk])) as device:
        settings = device.offer(SettingsTree)
        opened = 0
        for node in walk(await settings.tree()):
            if not node.readable or node.kind not in ("settings", "status"):
                continue
            try:
                document = await settings.load(node.id)
            except CameraError:
                continue
            assert document.encode() == document.source.raw
            opened += 1
        assert opened > 30


@pytest.mark.anyio
async def test_a_change_is_kept_and_proved():
    async with session("mixed_namespaces") as device:
        settings = device.offer(SettingsTree)
        document = await settings.load("/ISAPI/Streaming/channels/101")
        assert document.field("Video/GovLength").spec.source == "device"
        document.set_text("Video/GovLength", "33")
        document.set_text("channelName", "Dock & gate")
        proof, after = await settings.apply(document, document.changes())
        assert [each.verdict for each in proof.fields] == [Verdict.KEPT, Verdict.KEPT]
        assert after.text("channelName") == "Dock & gate"


@pytest.mark.anyio
async def test_overview_streams_and_snapshot():
    async with session() as device:
        facts = await device.offer(Overview).facts()
        assert facts.model
        assert facts.notes == ()
        assert abs(facts.clock.offset.total_seconds()) < 60
        streams = device.offer(Streams)
        found = await streams.list()
        assert [each.role for each in found[:2]] == ["main", "sub"]
        assert streams.endpoint(found[0]).url.startswith(f"rtsp://{HOST}:")
        assert (await device.offer(Snapshot).jpeg()).startswith(b"\xff\xd8\xff")
        assert device.offer(Maintenance) is not None


@pytest.mark.anyio
async def test_a_camera_that_is_busy_at_first_is_waited_for():
    async with session("busy=2") as device:
        assert (await device.offer(Overview).facts()).model


@pytest.mark.anyio
async def test_wrong_passwords_count_down_to_the_lock():
    async with camera() as (address, _):
        dialer = NetworkDialer(allowed=loopback_only)
        left = []
        for attempt in range(9):
            with pytest.raises((BadCredentials, LockedOut)) as refused:
                await FAMILY.connect(dialer, address, "v2", Credentials("admin", f"wrong {attempt}"))
            if isinstance(refused.value, LockedOut):
                assert refused.value.seconds > 0
                break
            left.append(refused.value.tries_left)
        assert left == sorted(left, reverse=True)
        assert len(left) < 9


@pytest.mark.anyio
async def test_it_is_recognised_without_a_password():
    async with camera() as (address, _):
        found = await FAMILY.fingerprint(NetworkDialer(allowed=loopback_only), address)
        assert (found.family, found.dialect, found.port) == ("isapi", "v2", address.port)

"""Devices that nobody can know the way to: an address from a DHCP server, a protocol switched off under the session."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest

from app.compose import Engine
from app.families.base import Credentials, Overview, SettingsTree, Stranding
from app.families.isapi import FAMILY, following, stranding
from app.model.device import Address
from app.settings.changes import Change, Verdict
from app.settings.strands import StrandKind
from app.simulator.camera import CameraPlan
from app.simulator.farm import Farm
from app.simulator.quirks import Quirks
from app.transport.dialer import NetworkDialer, loopback_only
from tests.families.isapi_rig import place

INTERFACE = "/ISAPI/System/Network/interfaces/1"
PORTS = "/ISAPI/Security/adminAccesses"
TYPE = "IPAddress/addressingType"
pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(following, "PAUSE", 0.2)
    monkeypatch.setattr(following, "LOOKS", 100)
    monkeypatch.setattr(following, "LOOKS_AT_RESTART", 100)


class NoVault:
    """Nothing is stored."""

    async def get(self, key: str) -> Credentials | None:
        return None


@asynccontextmanager
async def announced(host: str, *quirks: str):
    """A camera that discovery hears, and a session as the window and the commands open it."""
    farm = Farm([CameraPlan("isapi", host, 0, 0, quirks=Quirks.parse(quirks), heartbeat=0.1)])
    await farm.start()
    try:
        address, credentials = place(farm)
        engine = await Engine.create("127.0.0.1", NoVault())
        opened = await engine.open(address, await engine.identify(address), credentials)
        try:
            yield opened, farm
        finally:
            await opened.close()
    finally:
        await farm.stop()


async def dynamic(opened):
    """The settings of the network with DHCP chosen."""
    document = await opened.offer(SettingsTree).load(INTERFACE)
    path = next(each.path for each in document.fields if each.path.endswith(TYPE))
    document.set_text(path, "dynamic")
    return document, path


async def test_a_camera_with_an_address_from_dhcp_is_found_by_its_serial_number():
    async with announced("127.87.2.1", "moves_at_once", "dhcp=127.87.2.77") as (opened, farm):
        document, path = await dynamic(opened)
        (strand,) = opened.offer(Stranding).strands(document, document.changes())
        assert strand.target is None
        assert "searched for by its serial number" in strand.text
        proof, after = await opened.offer(SettingsTree).apply(document, document.changes())
        assert farm.stations[0].place.host == "127.87.2.77"
        assert proof.lost is None
        assert proof.moved_to.host == "127.87.2.77"
        assert [each.verdict for each in proof.fields if each.path == path] == [Verdict.KEPT]
        assert after.text(path) == "dynamic"
        assert opened.address.host == "127.87.2.77"
        assert (await opened.offer(Overview).facts()).name  # the session goes on there


async def test_a_camera_that_gets_the_address_that_it_had_is_proved_there(monkeypatch):
    monkeypatch.setattr(following, "STAYS", 2)
    async with announced("127.87.2.2") as (opened, _):
        document, path = await dynamic(opened)
        proof, _ = await opened.offer(SettingsTree).apply(document, document.changes())
        assert (proof.moved_to, proof.stayed_at, proof.lost) == (None, None, None)
        assert [each.verdict for each in proof.fields if each.path == path] == [Verdict.KEPT]


async def test_a_camera_that_is_not_heard_is_lost_with_what_to_do(monkeypatch):
    monkeypatch.setattr(following, "LOOKS", 2)
    async with announced("127.87.2.3", "moves_at_once", "dhcp=127.87.2.79", "no_ssdp") as (opened, _):
        document, path = await dynamic(opened)
        proof, _ = await opened.offer(SettingsTree).apply(document, document.changes())
        assert "was not found on the networks of this computer" in proof.lost.summary
        assert "list of the DHCP server" in proof.lost.hint
        assert [each.verdict for each in proof.fields if each.path == path] == [Verdict.NOT_VERIFIABLE]


async def test_where_nobody_can_search_it_is_lost_and_not_just_unread():
    async with announced("127.87.2.4", "moves_at_once", "dhcp=127.87.2.80") as (_, farm):
        address, credentials = place(farm)
        alone = await FAMILY.connect(NetworkDialer(allowed=loopback_only), address, "v2", credentials)
        try:
            document, _ = await dynamic(alone)
            proof, _ = await alone.offer(SettingsTree).apply(document, document.changes())
            assert "has asked a DHCP server" in proof.lost.summary
            assert "Scan for it" in proof.lost.hint
        finally:
            await alone.close()


@asynccontextmanager
async def secure(host: str, *quirks: str):
    """A session inside TLS."""
    farm = Farm([CameraPlan("isapi", host, 0, 0, quirks=Quirks.parse(("https", *quirks)), heartbeat=0.1)], ssdp=False)
    await farm.start()
    try:
        line = farm.camera_lines()[0]
        address = Address(line["address"], line["https_port"])
        dialer = NetworkDialer(allowed=loopback_only, is_secure=lambda each: each.port == address.port)
        opened = await FAMILY.connect(dialer, address, "v2", Credentials(line["user"], line["password"]))
        try:
            yield opened, farm
        finally:
            await opened.close()
    finally:
        await farm.stop()


def off(document, protocol: str) -> tuple[Change, ...]:
    group = next(
        each.path.rpartition("/")[0]
        for each in document.fields
        if each.path.endswith("protocol") and each.text == protocol
    )
    return (Change(f"{group}/enabled", "true", "false"),)


async def test_https_switched_off_under_the_session_leads_to_http():
    async with secure("127.87.2.5", "moves_at_once") as (opened, farm):
        port = farm.stations[0].place.http_port
        document = await opened.offer(SettingsTree).load(PORTS)
        (change,) = off(document, "HTTPS")
        document.set_text(change.path, "false")
        (strand,) = opened.offer(Stranding).strands(document, document.changes())
        assert strand.kind is StrandKind.TLS
        assert f"followed to HTTP at port {port}" in strand.text
        assert "read along" in strand.text
        proof, _ = await opened.offer(SettingsTree).apply(document, document.changes())
        assert proof.lost is None
        assert proof.moved_to.port == port
        assert [each.verdict for each in proof.fields if each.path == change.path] == [Verdict.KEPT]
        assert farm.stations[0].place.https_port == 0
        assert (await opened.offer(Overview).facts()).name


async def test_http_switched_off_leads_to_https_and_nothing_on_is_said():
    async with secure("127.87.2.6") as (opened, farm):
        document = await opened.offer(SettingsTree).load(PORTS)
        place_ = farm.stations[0].place
        ground = stranding.Ground("Gate", Address(place_.host, place_.http_port), Credentials("admin", "x"))
        changes = off(document, "HTTP")
        (strand,) = stranding.strands(ground, document, changes)
        assert strand.target == Address(place_.host, place_.https_port)
        assert stranding.destination(ground, (strand,)) == strand.target
        assert "read along" not in strand.text
        document.set_text(off(document, "HTTPS")[0].path, "false")
        (strand,) = stranding.strands(ground, document, changes)
        assert strand.target is None
        assert "HTTPS is off as well" in strand.text

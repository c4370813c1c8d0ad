"""Simulated VIGI cameras found by every way there is: broadcast, one address, a range; each of them listed once."""

from __future__ import annotations

import asyncio
import json
import socket
import threading

import pytest

from app.discovery import Discovery
from app.errors import Unreachable
from app.families import families
from app.model.device import Address, DeviceState, Found
from app.transport.dialer import NetworkDialer, loopback_only
from app.transport.interfaces import LocalInterface
from app.wire import odp
from tests.families.vigi_rig import camera

pytestmark = pytest.mark.anyio

LO = LocalInterface("lo", "127.0.0.1", 8)
ALONE = LocalInterface("lo", "127.71.40.2", 8)  # where no other program of this computer listens


def searching(interface: LocalInterface = LO) -> Discovery:
    return Discovery(families(), NetworkDialer(allowed=loopback_only), (interface,), window=0.5)


def at(discovery: Discovery, host: str) -> list[Found]:
    return [each for each in discovery.found if each.address.host == host]


async def heard_at(discovery: Discovery, host: str) -> Found:
    """The only row of a host, once it is there; a datagram that got lost is asked for again."""
    async with asyncio.timeout(30):
        while not at(discovery, host):
            discovery.rescan()
            await asyncio.sleep(0.02)
    (row,) = at(discovery, host)
    return row


async def test_found_in_three_ways_it_is_one_row() -> None:
    async with camera("127.67.80.1") as address, searching() as discovery:
        heard = await heard_at(discovery, address.host)
        assert (heard.family, heard.source, heard.address) == ("vigi", "odp", address)
        assert heard.name
        assert heard.mac.count(":") == 5
        added = await discovery.add(Address(address.host, address.port))
        assert await discovery.sweep("127.67.80.0-2") == 1
        (row,) = at(discovery, address.host)
        assert (row.mac, row.name, added.address) == (heard.mac, heard.name, address)
        assert not row.conflict


@pytest.mark.parametrize("quirk", ["odp_wrong_checksum", "odp_foreign_serial", "odp_web_port"])
async def test_odd_answers_are_understood(quirk: str) -> None:
    """A broadcast's answer need not have our number, the checksum of answers is unknown, 80 is a web page's port."""
    async with camera("127.67.80.5", quirk) as address, searching() as discovery:
        assert (await heard_at(discovery, address.host)).family == "vigi"


async def test_a_camera_as_it_leaves_the_factory_needs_setup() -> None:
    async with camera("127.67.80.9", "factory_default") as address, searching() as discovery:
        assert (await heard_at(discovery, address.host)).state is DeviceState.NEEDS_SETUP


async def test_a_silent_one_is_found_by_its_address_and_by_a_range() -> None:
    async with camera("127.67.80.13", "no_odp") as address, searching() as discovery:
        await discovery.scan_once()
        assert not at(discovery, address.host)
        found = await discovery.add(Address(address.host))
        assert (found.family, found.source) == ("vigi", "address")
        discovery.forget(found)
        assert await discovery.sweep(f"{address.host}/32") == 1
        assert at(discovery, address.host)[0].source == "range"
        with pytest.raises(Unreachable):
            await discovery.add(Address("127.67.80.14"))


class Flood:
    """A thread that sends ten thousand datagrams a second and more, as far as the machine can: rubbish of every size,
    and answers of cameras that nobody asked. `sent` counts."""

    def __init__(self, host: str) -> None:
        self.sent = 0
        self._end = threading.Event()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self._thread = threading.Thread(target=self._run, name="flood")

    def __enter__(self) -> Flood:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        said = {"error_code": 0, "result": {"mac": "AABBCCDDEEFF", "device_model": "Flood"}}
        body = json.dumps(said).encode()
        while not self._end.wait(0.01):
            for number in range(self.sent, self.sent + 150):
                foreign = odp.encode(odp.OdpPacket(odp.OdpFlag.REPLY, number, body, result=odp.OK))
                packet = foreign if number % 2 else bytes([number % 256]) * (1, 15, 16, 1400, 60_000)[number // 2 % 5]
                self._socket.sendto(packet, (ALONE.address, odp.PORT))
                self.sent += 1


async def test_a_camera_is_found_in_the_middle_of_a_flood() -> None:
    """Nobody waits: the loop goes on turning, what comes from the flood is counted and not listed."""
    async with camera("127.71.40.1") as address, searching(ALONE) as discovery:
        with Flood("127.71.40.9") as flood:
            turns = 0
            async with asyncio.timeout(60):
                while flood.sent < 20_000 or not at(discovery, address.host):
                    discovery.rescan()
                    turns += 1
                    await asyncio.sleep(0.005)
            assert turns > 20
            assert at(discovery, address.host)[0].family == "vigi"
        assert not at(discovery, "127.71.40.9")
        assert not [each for each in discovery.found if each.model == "Flood"]
        report = discovery.report()
        assert report.garbage + report.dropped > 100


def link() -> socket.socket:
    """Frames of ODP on the loopback adapter, where this computer lets the test have them."""
    if not hasattr(socket, "AF_PACKET"):
        pytest.skip("no frames without IP on this system")
    try:
        made = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(odp.ETHER_TYPE))
    except PermissionError:
        pytest.skip("no right to raw sockets")
    made.bind((LO.name, odp.ETHER_TYPE))
    made.setblocking(False)
    return made


async def test_a_camera_of_another_network_is_found_without_ip() -> None:
    """It hears no IP from here. Its answer says where it is, and that is shown as another network."""
    with link() as frames:
        asked: list[odp.OdpPacket] = []

        def hear() -> None:
            data, sender = frames.recvfrom(65536)
            packet = odp.decode(data)
            if packet.is_reply or sender[2] == 4 or asked:
                return
            asked.append(packet)
            for ip in ("192.0.2.7", "not an address", "224.0.0.1"):
                said = {"ip": ip, "mac": "AABBCCDDEE07", "device_model": "C340"}
                body = json.dumps({"error_code": 0, "result": said}).encode()
                reply = odp.OdpPacket(odp.OdpFlag.REPLY, packet.serial, body, result=odp.OK)
                frames.sendto(odp.encode(reply), (LO.name, odp.ETHER_TYPE, 0, 0, b"\xff" * 6))

        asyncio.get_running_loop().add_reader(frames, hear)
        try:
            async with searching() as discovery:
                row = await heard_at(discovery, "192.0.2.7")
                assert {each.address.host for each in discovery.found if each.model == "C340"} == {"192.0.2.7"}
        finally:
            asyncio.get_running_loop().remove_reader(frames)
    assert asked[0].flags == odp.OdpFlag.REQUEST | odp.OdpFlag.BROADCAST
    assert "outside 127.0.0.0/8" in row.note
    assert (row.state, row.family, row.source) == (DeviceState.FOREIGN_SUBNET, "vigi", "odp")

"""ODP of the simulated VIGI cameras: by broadcast and at one address, and what they do to wrong questions."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.simulator.camera import CameraPlan
from app.simulator.farm import Farm
from app.simulator.quirks import Quirks
from app.simulator.vigi import odp
from tests.simulator.vigi_client import ask_odp

pytestmark = pytest.mark.anyio
QUESTION = odp.encode(odp.Packet(odp.REQUEST | odp.UNICAST, 0x12345678))


def test_the_checksum_is_the_rule_of_the_sibling_protocol():
    # A packet of version 1, operation 1 and flags 0x22, whose checksum was worked out by hand with zlib.
    packet = odp.encode(odp.Packet(0x22, 1))
    assert packet[:12].hex() == "010022000001000000000001"
    assert odp.decode(packet) == odp.Packet(0x22, 1)


@given(st.binary(max_size=300))
def test_nonsense_never_raises(data):
    odp.decode(data)


@given(st.integers(0, 255), st.integers(0, 2**32 - 1), st.binary(max_size=200))
def test_packets_come_back(flags, serial, payload):
    packet = odp.Packet(flags, serial, payload, odp.OK)
    assert odp.decode(odp.encode(packet)) == packet
    spoilt = odp.decode(odp.encode(packet, spoil=True))
    assert spoilt is not None
    assert spoilt.result == odp.PACKET_ERROR


async def test_a_camera_says_who_it_is(run_camera):
    async with run_camera(family="vigi", name="Gate") as farm:
        place = farm.stations[0].place
        ((data, sender),) = await ask_odp(place.host, QUESTION, 1)
        packet = odp.decode(data)
        assert packet is not None
        assert (packet.flags, packet.serial, packet.result) == (odp.REPLY | odp.UNICAST, 0x12345678, odp.OK)
        assert sender == place.host
        said = json.loads(packet.payload)
        assert said["error_code"] == 0
        mac = said["result"].pop("mac")
        assert len(mac) == 12
        assert mac == mac.upper()
        assert said["result"] == {
            "device_name": "Gate", "device_type": "SMART.IPCAMERA", "device_model": "CW-V340", "ip": place.host,
            "factory_default": False, "http_port": place.port,
        }  # fmt: skip


async def test_a_broadcast_reaches_every_camera():
    plans = [CameraPlan("vigi", f"127.68.20.{n}", 0, 0, model="CW-V340", number=n) for n in range(1, 21)]
    farm = Farm(plans, ssdp=False)
    await farm.start()
    try:
        packet = odp.encode(odp.Packet(odp.REQUEST | odp.TO_ALL, 7))
        hosts = {plan.host for plan in plans}
        answers = await ask_odp(odp.BROADCAST, packet, len(plans), among=hosts)
        assert {sender for _, sender in answers} == hosts
    finally:
        await farm.stop()


async def test_a_broken_question_gets_an_error_and_a_broken_broadcast_silence(run_camera):
    async with run_camera(family="vigi") as farm:
        host = farm.stations[0].place.host
        broken = QUESTION[:12] + bytes(4)
        ((data, _),) = await ask_odp(host, broken, 1)
        packet = odp.decode(data)
        assert packet is not None
        assert packet.result == odp.PACKET_ERROR
        # The broken broadcast goes first: what comes back belongs to the good question behind it.
        spoilt = odp.encode(odp.Packet(odp.REQUEST | odp.TO_ALL, 1), spoil=True)
        await ask_odp(odp.BROADCAST, spoilt, 0)
        ((data, _),) = await ask_odp(host, QUESTION, 1)
        packet = odp.decode(data)
        assert packet is not None
        assert packet.result == odp.OK


@pytest.mark.parametrize("quirk", ["odp_wrong_checksum", "odp_foreign_serial", "factory_default", "odp_web_port"])
async def test_odd_answers(run_camera, quirk):
    async with run_camera(quirk, family="vigi") as farm:
        place = farm.stations[0].place
        ((data, _),) = await ask_odp(place.host, QUESTION, 1)
        packet = odp.decode(data)
        assert packet is not None
        result = json.loads(packet.payload)["result"]
        assert (packet.result == odp.PACKET_ERROR) == (quirk == "odp_wrong_checksum")
        assert (packet.serial != 0x12345678) == (quirk == "odp_foreign_serial")
        assert result["factory_default"] == (quirk == "factory_default")
        assert (result["http_port"] == place.http_port) == (quirk == "odp_web_port")


async def test_a_camera_may_be_silent():
    quiet = CameraPlan("vigi", "127.68.21.1", 0, 0, quirks=Quirks.parse(["no_odp"]))
    loud = CameraPlan("vigi", "127.68.21.2", 0, 0, number=2)
    farm = Farm([quiet, loud], ssdp=False)
    await farm.start()
    try:
        hosts = {quiet.host, loud.host}
        packet = odp.encode(odp.Packet(odp.REQUEST | odp.TO_ALL, 7))
        # Both hear each question in the same turn of the loop: two answers are two of the loud one's.
        answers = await ask_odp(odp.BROADCAST, packet, 1, among=hosts)
        answers += await ask_odp(odp.BROADCAST, packet, 1, among=hosts)
        assert {sender for _, sender in answers} == {loud.host}
    finally:
        await farm.stop()

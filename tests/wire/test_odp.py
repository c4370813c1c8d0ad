"""The ODP packet: the rule of its checksum on packets of real programs, every field wrong in turn, rubbish."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ProtocolError
from app.wire import odp
from app.wire.odp import OdpFlag, OdpPacket

TDP_MAGIC = 0x5A6B7C8D
ANSWER = {
    "error_code": 0,
    "result": {
        "device_name": "Yard",
        "device_type": "SMART.IPCAMERA",
        "device_model": "VIGI C340",
        "ip": "127.67.1.1",
        "mac": "AABBCCDDEEFF",
        "factory_default": True,
        "http_port": 443,
    },
}
BODY = json.dumps(ANSWER).encode()


def reply(**fields: object) -> bytes:
    return odp.encode(OdpPacket(**{"flags": OdpFlag.REPLY, "serial": 7, "payload": BODY, "result": odp.OK} | fields))


@pytest.mark.shared
def test_the_checksum_rule_holds_for_packets_that_real_devices_answer(shared):
    real = shared / "realdata" / "vigi"
    vectors = json.loads((real / "tdp_vectors.json").read_text())
    files = ("tdp_query_davegut.hex", "tdp_query_python_kasa_0.12.0.hex")
    for vector, name in zip(vectors, files, strict=False):
        packet = bytes.fromhex((real / name).read_text().strip())
        assert packet[12:16].hex() == vector["checksum"]
        assert odp.checksum(packet, TDP_MAGIC).to_bytes(4, "big").hex() == vector["checksum"]
        assert odp.checksum(packet).to_bytes(4, "big").hex() != vector["checksum"]
    header_only = bytes.fromhex(vectors[2]["hex"])
    assert odp.checksum(header_only) == int.from_bytes(header_only[12:16], "big")


@given(st.builds(OdpPacket, st.integers(0, 255), st.integers(0, 2**32 - 1), st.binary(max_size=300),
                 st.just(odp.VERSION), st.integers(0, 255), st.integers(0, 255)))  # fmt: skip
def test_what_is_sent_is_read_again_without_a_flaw(packet):
    assert odp.decode(odp.encode(packet)) == packet


def test_a_question():
    packet = odp.decode(odp.request(0xCAFE0001, broadcast=True))
    assert (packet.flags, packet.serial, packet.payload) == (OdpFlag.REQUEST | OdpFlag.BROADCAST, 0xCAFE0001, b"")
    assert odp.decode(odp.request(1, broadcast=False)).flags == OdpFlag.REQUEST | OdpFlag.UNICAST
    with pytest.raises(ProtocolError):
        odp.read_answer(odp.request(1, broadcast=True))


def test_an_answer_is_read():
    device = odp.read_answer(reply())
    assert (device.name, device.model, device.mac, device.http_port) == ("Yard", "VIGI C340", "AABBCCDDEEFF", 443)
    assert device.factory_default


@pytest.mark.parametrize(
    ("wrong", "flaw"),
    [
        ({"version": 9}, "version 9"),
        ({"reserved": 200}, ""),
        ({"operation": 0x0100}, "operation code 256"),
        ({"result": 0}, ""),
        ({"flags": OdpFlag.REPLY | OdpFlag.COMPRESS}, ""),
    ],
)
def test_a_wrong_field_is_noted_and_the_answer_read(wrong, flaw):
    data = reply(**wrong)
    assert odp.read_answer(data).name == "Yard"
    assert [each for each in odp.decode(data).flaws if each == flaw] == ([flaw] if flaw else [])


def test_a_wrong_checksum_is_noted_and_the_answer_read():
    data = bytearray(reply())
    data[13] ^= 0xFF
    assert odp.read_answer(bytes(data)).name == "Yard"
    assert odp.decode(bytes(data)).flaws == ("the checksum does not match",)


@pytest.mark.parametrize("length", [0, 1, 20, len(BODY) - 1, len(BODY) + 1, 65535])
def test_a_wrong_length_falls_back_to_the_first_brace(length):
    data = bytearray(reply())
    struct.pack_into(">H", data, 6, length)
    assert odp.read_answer(bytes(data)).name == "Yard"


def test_bytes_before_and_behind_the_json():
    assert odp.read_answer(reply(payload=b"\x00\x01" + BODY)).name == "Yard"
    assert odp.read_answer(reply(payload=BODY + b"\0\0tail")).name == "Yard"


@pytest.mark.parametrize(
    "wrong",
    [
        {"flags": OdpFlag.REQUEST},
        {"flags": OdpFlag.NONE},
        {"result": odp.ERROR},
        {"payload": b""},
        {"payload": b"{"},
        {"payload": b"\x1f\x8b\x08packed", "flags": OdpFlag.REPLY | OdpFlag.COMPRESS},
        {"payload": b'{"error_code":-1}'},
    ],
)
def test_what_is_no_answer_is_refused(wrong):
    with pytest.raises(ProtocolError):
        odp.read_answer(reply(**wrong))


@pytest.mark.parametrize("size", [0, 1, 15, 16, 1024, 16 * 1024 + 1, 65507])
def test_rubbish_of_every_size_is_refused(size):
    with pytest.raises(ProtocolError):
        odp.read_answer(bytes(size))
    with pytest.raises(ProtocolError):
        odp.read_answer(b"\x01" * size)


def test_which_serial_an_answer_must_have():
    assert odp.expected_serial(reply()) == 7
    assert odp.expected_serial(reply(flags=OdpFlag.REPLY | OdpFlag.UNICAST)) == 7
    assert odp.expected_serial(reply(flags=OdpFlag.REPLY | OdpFlag.BROADCAST)) is None
    assert odp.expected_serial(b"short") is None
    assert odp.expected_serial(odp.request(9, broadcast=False)) is None


@pytest.mark.parametrize("text", ["98-BA-5F-01-02-03", "98:ba:5f:01:02:03", "98ba5f010203"])
def test_every_spelling_of_a_mac_is_one(text):
    assert odp.plain_mac(text) == "98BA5F010203"


def test_what_is_no_mac_is_none():
    assert odp.plain_mac("98-BA-5F-01-02") == odp.plain_mac("unknown") == odp.plain_mac("zz" * 6) == ""

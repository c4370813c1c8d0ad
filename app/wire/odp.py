"""ODP, the discovery of VIGI OpenAPI: one 16-byte header with JSON behind it, over UDP port 23001 (text, section 3).

The text names the fields and leaves the byte order and the checksum open. Both are taken from the sibling protocol of
the same maker, whose packets have this header: big-endian, and the CRC-32 of the whole packet while the checksum field
holds the magic number. Nothing is known of the checksum of answers, so a wrong one is noted and the answer read.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from enum import IntFlag

from app.errors import ProtocolError
from app.wire import json_text
from app.wire.json_text import JsonNode

PORT = 23001
ETHER_TYPE = 0x7210  # of the form without IP
MAGIC = 0x77805D05
VERSION = 1
DISCOVER = 1  # the only operation code there is
OK, ERROR = 0x01, 0xFF  # the result field
ANSWER_LIMIT = 16 * 1024  # bytes of an answer that are looked at; the text's own has 190
_HEADER = struct.Struct(">BBBBHHII")
_CHECKSUM_AT = 12


class OdpFlag(IntFlag):
    NONE = 0x00
    REPLY = 0x01
    REQUEST = 0x02
    COMPRESS = 0x04
    ENCRYPT = 0x08
    UNICAST = 0x10
    BROADCAST = 0x20


@dataclass(frozen=True, slots=True)
class OdpPacket:
    """flaws names what had to be forgiven while it was read."""

    flags: int
    serial: int
    payload: bytes = field(default=b"", repr=False)
    version: int = VERSION
    reserved: int = 0
    result: int = 0
    operation: int = DISCOVER
    flaws: tuple[str, ...] = ()
    surplus: bytes = field(default=b"", repr=False)  # what follows the announced payload

    @property
    def is_reply(self) -> bool:
        return bool(self.flags & OdpFlag.REPLY)


@dataclass(frozen=True, slots=True)
class OdpDevice:
    """What an answer says. mac: twelve digits in upper case; factory_default: it has no password yet."""

    name: str = ""
    type: str = ""
    model: str = ""
    ip: str = ""
    mac: str = ""
    factory_default: bool = False
    http_port: int | None = None


def checksum(packet: bytes, magic: int = MAGIC) -> int:
    """The CRC-32 of a whole packet, computed while its checksum field holds the magic number."""
    preset = packet[:_CHECKSUM_AT] + magic.to_bytes(4, "big") + packet[_HEADER.size :]
    return zlib.crc32(preset)


def encode(packet: OdpPacket, magic: int = MAGIC) -> bytes:
    """A packet as it is sent. The payload is at most 65,535 bytes."""
    head = _HEADER.pack(
        packet.version,
        packet.reserved,
        packet.flags,
        packet.result,
        packet.operation,
        len(packet.payload),
        packet.serial,
        magic,
    )
    whole = head + packet.payload
    return whole[:_CHECKSUM_AT] + checksum(whole, magic).to_bytes(4, "big") + packet.payload


def request(serial: int, *, broadcast: bool) -> bytes:
    """The question to everybody, or to one address."""
    return encode(OdpPacket(OdpFlag.REQUEST | (OdpFlag.BROADCAST if broadcast else OdpFlag.UNICAST), serial))


def decode(data: bytes, magic: int = MAGIC) -> OdpPacket:
    """ProtocolError for what is too short to have a header, or far too long. Everything else is read and noted."""
    if len(data) < _HEADER.size:
        raise ProtocolError("This is no ODP packet.", detail=f"{len(data)} bytes")
    if len(data) > ANSWER_LIMIT:
        raise ProtocolError("This ODP packet is larger than any answer.", detail=f"{len(data)} bytes")
    version, reserved, flags, result, operation, length, serial, check = _HEADER.unpack_from(data)
    body, flaws = data[_HEADER.size :], []
    if check != checksum(data, magic):
        flaws.append("the checksum does not match")
    if version != VERSION:
        flaws.append(f"version {version}")
    if operation != DISCOVER:
        flaws.append(f"operation code {operation}")
    if length != len(body):
        flaws.append(f"{length} bytes of payload announced, {len(body)} there")
    return OdpPacket(
        flags, serial, body[:length], version, reserved, result, operation, tuple(flaws), surplus=body[length:]
    )


def expected_serial(data: bytes) -> int | None:
    """The serial number that one of our questions must have had, None where any will do: an answer that was sent to
    everybody need not repeat it (text, section 3.1), and what is no answer has none."""
    try:
        packet = decode(data)
    except ProtocolError:
        return None
    return None if packet.flags & OdpFlag.BROADCAST or not packet.is_reply else packet.serial


def read_answer(data: bytes) -> OdpDevice:
    """The device that a reply describes. ProtocolError for a question, a refusal, and what makes no sense."""
    packet = decode(data)
    if not packet.is_reply:
        raise ProtocolError("This ODP packet is no answer.")
    if packet.result == ERROR:
        raise ProtocolError("The device could not read the question.")
    root = _json(packet)
    if root.text_of("error_code", root.text_of("errCode", "0")).strip() not in ("0", ""):
        raise ProtocolError("The device refused to describe itself.", detail=root.text_of("error_code"))
    said = root.child("result") or root
    return OdpDevice(
        name=said.text_of("device_name"),
        type=said.text_of("device_type"),
        model=said.text_of("device_model"),
        ip=said.text_of("ip"),
        mac=plain_mac(said.text_of("mac")),
        factory_default=said.text_of("factory_default").strip().lower() in ("true", "1", "on"),
        http_port=_port(said.text_of("http_port")),
    )


def _json(packet: OdpPacket) -> JsonNode:
    """By the announced length, else from the first brace on."""
    try:
        return json_text.parse(packet.payload).root
    except ProtocolError as problem:
        if packet.flags & (OdpFlag.COMPRESS | OdpFlag.ENCRYPT):
            raise ProtocolError("The answer is packed in a way that nobody has described.") from problem
        body = packet.payload + packet.surplus
        if b"{" not in body:
            raise
        return json_text.parse(body[body.index(b"{") :]).root


def plain_mac(text: str) -> str:
    """Twelve upper-case digits of any spelling, "" for what is no MAC address."""
    digits = "".join(sign for sign in text if sign not in ":-. ").upper()
    return digits if len(digits) == 12 and all(sign in "0123456789ABCDEF" for sign in digits) else ""


def _port(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 and 0 < int(text) < 65536 else None

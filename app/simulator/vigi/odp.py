"""ODP (section 3): UDP packets with a header of 16 bytes and JSON, asked by broadcast or at one address.

The checksum is the CRC-32 of the packet with the magic in its place, as in the vendor's sibling protocol; the text
does not say. Numbers are big-endian.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import sys
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

PORT = 23001
BROADCAST = "127.255.255.255"
MAGIC = 0x77805D05
REPLY, REQUEST, UNICAST, TO_ALL = 0x01, 0x02, 0x10, 0x20
OK, PACKET_ERROR = 0x01, 0xFF
OPERATION = 1
HEADER = struct.Struct(">BBBBHHII")
BATCH = 100  # packets read in one turn of the loop


@dataclass(frozen=True, slots=True)
class Packet:
    """serial is the asker's. payload is JSON text, empty in questions."""

    flags: int
    serial: int
    payload: bytes = b""
    result: int = 0
    operation: int = OPERATION
    version: int = 1


def encode(packet: Packet, *, spoil: bool = False) -> bytes:
    """spoil: with a checksum that is not the packet's."""
    fields = (packet.version, 0, packet.flags, packet.result, packet.operation, len(packet.payload), packet.serial)
    checksum = zlib.crc32(HEADER.pack(*fields, MAGIC) + packet.payload)
    return HEADER.pack(*fields, checksum ^ (0xFFFFFFFF if spoil else 0)) + packet.payload


def decode(data: bytes) -> Packet | None:
    """None for what is no ODP packet; a wrong length or checksum gives the result PACKET_ERROR."""
    if len(data) < HEADER.size:
        return None
    version, _, flags, result, operation, length, serial, checksum = HEADER.unpack_from(data)
    whole = data[:12] + MAGIC.to_bytes(4, "big") + data[16:]
    if length != len(data) - HEADER.size or zlib.crc32(whole) != checksum:
        result = PACKET_ERROR
    return Packet(flags, serial, data[HEADER.size :], result, operation, version)


@dataclass(frozen=True, slots=True)
class Manners:
    """How a camera answers; silent: not at all."""

    silent: bool = False
    wrong_checksum: bool = False
    foreign_serial: bool = False


class Answerer:
    """What a camera says to a packet, however it came. identity gives what it says of itself at each question."""

    def __init__(self, identity: Callable[[], Mapping[str, Any]], manners: Manners) -> None:
        self._identity = identity
        self._manners = manners

    def answer(self, data: bytes) -> bytes | None:
        """None for what is no question, and where it keeps silent."""
        question = decode(data)
        if question is None or self._manners.silent or not question.flags & REQUEST or question.flags & REPLY:
            return None
        to_all = bool(question.flags & TO_ALL)
        bad = question.result == PACKET_ERROR or question.operation != OPERATION
        if bad and to_all:
            return None  # a broadcast that is broken gets no storm of complaints
        said = {"error_code": -1} if bad else {"error_code": 0, "result": dict(self._identity())}
        serial = question.serial ^ (0x5A5A5A5A if self._manners.foreign_serial else 0)
        flags = REPLY | (TO_ALL if to_all else UNICAST)
        answer = Packet(flags, serial, json.dumps(said).encode(), PACKET_ERROR if bad else OK)
        return encode(answer, spoil=self._manners.wrong_checksum)


class OdpListener:
    """Implements Listener."""

    name = "odp_port"
    usual_port = PORT

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer
        self._own: socket.socket | None = None
        self._shared: socket.socket | None = None

    async def start(self, host: str, port: int) -> int:
        loop = asyncio.get_running_loop()
        self._own = _bound(host, port)
        loop.add_reader(self._own, self._heard, self._own)
        # Windows cannot bind to a broadcast address.
        self._shared = _bound("" if sys.platform == "win32" else BROADCAST, PORT, shared=True)
        loop.add_reader(self._shared, self._heard, self._shared)
        return int(self._own.getsockname()[1])

    async def stop(self) -> None:
        for sock in (self._own, self._shared):
            if sock is not None:
                asyncio.get_running_loop().remove_reader(sock)
                sock.close()
        self._own = self._shared = None

    def _heard(self, sock: socket.socket) -> None:
        for _ in range(BATCH):
            try:
                data, sender = sock.recvfrom(4096)
            except OSError:
                return  # nothing more to read, or the echo of an answer that nobody took
            said = self._answerer.answer(data) if sender[0].startswith("127.") else None
            if said is not None and self._own is not None:
                with contextlib.suppress(OSError):  # lost, as on any network: the asker asks again
                    self._own.sendto(said, sender)


def _bound(host: str, port: int, *, shared: bool = False) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        if shared:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if hasattr(socket, "SO_REUSEPORT") and sys.platform != "linux":
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.setblocking(False)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock

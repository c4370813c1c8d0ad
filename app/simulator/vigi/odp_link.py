"""ODP without IP (section 3): the same packets in Ethernet frames, where the system lets this program have them.

A camera whose address belongs to another network is found that way. It listens on the adapter that its plan names
and on no other: simulated cameras do not talk on real networks by themselves.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import sys

from app.simulator.vigi.odp import BATCH, HEADER, Answerer

ETHER_TYPE = 0x7210
_OUTGOING = 4  # Linux: a frame that this computer sends
_LENGTH = slice(6, 8)


class LinkListener:
    """Implements Listener; its port is the EtherType."""

    name = "odp_link"
    usual_port = ETHER_TYPE

    def __init__(self, answerer: Answerer, adapter: str) -> None:
        self._answerer = answerer
        self._adapter = adapter
        self._socket: socket.socket | None = None

    async def start(self, host: str, port: int) -> int:
        """OSError also where the system permits no such frames."""
        del host, port
        self._socket = _opened(self._adapter)
        asyncio.get_running_loop().add_reader(self._socket, self._heard, self._socket)
        return ETHER_TYPE

    async def stop(self) -> None:
        sock, self._socket = self._socket, None
        if sock is not None:
            asyncio.get_running_loop().remove_reader(sock)
            sock.close()

    def _heard(self, sock: socket.socket) -> None:
        for _ in range(BATCH):
            try:
                data, sender = sock.recvfrom(4096)
            except OSError:
                return  # nothing more to read, or the adapter has gone
            _, _, way, _, asker = sender
            said = self._answerer.answer(unpadded(data)) if way != _OUTGOING else None
            if said is not None:
                with contextlib.suppress(OSError):  # lost, as on any network: the asker asks again
                    sock.sendto(said, (self._adapter, ETHER_TYPE, 0, 0, asker))


def unpadded(data: bytes) -> bytes:
    """A packet without what Ethernet fills short frames up with."""
    end = HEADER.size + int.from_bytes(data[_LENGTH], "big")
    return data if data[end:].strip(b"\0") else data[:end]


def _opened(adapter: str) -> socket.socket:
    if sys.platform != "linux":
        raise OSError(errno.EOPNOTSUPP, "no frames without IP on this system")
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETHER_TYPE))
    try:
        opened.setblocking(False)
        opened.bind((adapter, ETHER_TYPE))
    except OSError:
        opened.close()
        raise
    return opened

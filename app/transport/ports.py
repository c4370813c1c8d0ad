"""Pairs of UDP ports for RTP and RTCP, of one stream in one thread."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator

from app.errors import ConnectionLost, Unreachable
from app.transport.line import Line

_AT_ONCE = 256  # datagrams taken before anything else gets its turn
_BUFFER = 2 * 1024 * 1024  # a key frame arrives as one burst


class Ports:
    """sockets: RTP and RTCP of the picture, then of the sound, as far as they are open. `line` waits for them."""

    def __init__(self, line: Line) -> None:
        self.sockets: list[socket.socket] = []
        self._line = line

    def open_pair(self, family: int, address: str) -> tuple[int, int]:
        """An even port and the next one on this own address. Unreachable where none is free."""
        pair = _pair(family, address)
        for each in pair:
            self._line.add(each)
        self.sockets += pair
        return pair[0].getsockname()[1], pair[1].getsockname()[1]

    def datagrams(self, each: socket.socket, server: str) -> Iterator[bytes]:
        """What waits there and comes from this host. ConnectionLost."""
        for _ in range(_AT_ONCE):
            try:
                data, sender = each.recvfrom(65536)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in (errno.ECONNREFUSED, errno.ECONNRESET):
                    continue  # an answer to a report of ours that found no listener
                raise ConnectionLost("The stream's receiving port failed.", detail=str(error)) from error
            if sender[0] == server:
                yield data

    def report(self, data: bytes, place: tuple[str, int], *, audio: bool) -> None:
        """An RTCP packet, best effort."""
        try:
            self.sockets[3 if audio else 1].sendto(data, place)
        except OSError:
            pass  # a report more or less; a lost connection shows in read

    def close(self) -> None:
        for each in self.sockets:
            self._line.remove(each)
            each.close()
        self.sockets.clear()


def _pair(family: int, address: str) -> tuple[socket.socket, socket.socket]:
    for _ in range(64):
        first = socket.socket(family, socket.SOCK_DGRAM)
        second = socket.socket(family, socket.SOCK_DGRAM)
        try:
            first.bind((address, 0))
            port = first.getsockname()[1]
            if port % 2 == 0:
                second.bind((address, port + 1))
                for each in (first, second):
                    each.setblocking(False)
                first.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
                return first, second
        except OSError:
            pass  # the neighbour is taken: another pair
        first.close()
        second.close()
    raise Unreachable("No pair of UDP ports is free on this computer.")

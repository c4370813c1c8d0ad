"""All datagrams of the process: plain sockets in one selector thread (asyncio's UDP is not dependable on Windows).

Beside UDP there are frames without IP, where the system lets this program have them (Linux, with the right to raw
sockets): they reach devices whose IP address belongs to another network.
"""

from __future__ import annotations

import errno
import itertools
import selectors
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from app.errors import TransportError
from app.transport.interfaces import LocalInterface

DATAGRAM_LIMIT = 65536  # bytes; no IPv4 datagram is larger
RECEIVE_BUFFER = 1 << 20  # bytes asked of the system: hundreds of devices answer within the same millisecond
MULTICAST_TTL = 2
_READS_PER_TURN = 64  # so that a flood on one socket leaves the others their turn
_OUTGOING = 4  # Linux: a frame that this computer sends
_IP_MULTICAST_ALL = 49  # Linux: without it a socket hears the groups that other programs joined elsewhere


@dataclass(frozen=True, slots=True)
class Datagram:
    """payload as it arrived; sender is (host, port), for frames without IP ("", 0); handle tells the socket and by it
    the interface."""

    payload: bytes = field(repr=False)
    sender: tuple[str, int]
    handle: Handle


@dataclass(frozen=True, slots=True)
class Handle:
    """An open socket of the thread. port is the local one that the system gave; group "" means not joined. link: frames
    without IP, whose port is their EtherType."""

    number: int
    interface: LocalInterface
    port: int
    group: str = ""
    link: bool = False


@dataclass(frozen=True, slots=True)
class SocketReport:
    """What went through one socket. errors are plain sentences, each once."""

    sent: int = 0
    received: int = 0
    errors: tuple[str, ...] = ()


Receiver = Callable[[Datagram], None]


@dataclass(slots=True)
class _Open:
    socket: socket.socket
    handle: Handle
    receive: Receiver
    sent: int = 0
    received: int = 0
    errors: dict[str, None] = field(default_factory=dict)


class DatagramThread:
    """Starts with `start`, ends with `stop`, which joins the thread and closes every socket.

    `open`, `send` and `close` may be called from any thread; receivers are called in the datagram thread and
    must be quick. Nothing that goes wrong with a datagram is raised: it is in the socket's report.
    """

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._numbers = itertools.count(1)
        self._open: dict[int, _Open] = {}
        self._orders: deque[Callable[[], None]] = deque()
        self._bell, self._ring = socket.socketpair()
        self._bell.setblocking(False)
        self._ring.setblocking(False)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="datagrams", daemon=True)

    def start(self) -> None:
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._thread.start()

    def stop(self) -> None:
        """Safe to call twice and without a start."""
        self._stopping = True
        self._wake()
        if self._thread.is_alive():
            self._thread.join()
        for each in self._open.values():
            each.socket.close()
        self._open.clear()
        self._selector.close()
        self._bell.close()
        self._ring.close()

    def open(
        self,
        interface: LocalInterface,
        receive: Receiver,
        *,
        port: int = 0,
        group: str = "",
        shared: bool = False,
    ) -> Handle:
        """A socket on one interface: for searches at its address, or joined to a group where that is given.

        port 0 takes a free one; shared lets other programs have the same port. TransportError says why the
        system refuses.
        """
        try:
            opened = _listener(interface, group, port) if group else _searcher(interface, port, shared)
        except OSError as error:
            raise TransportError(_sentence("cannot be used for discovery", interface, error)) from error
        return self._opened(opened, Handle(next(self._numbers), interface, opened.getsockname()[1], group), receive)

    def open_link(self, interface: LocalInterface, receive: Receiver, ether_type: int) -> Handle:
        """A socket for frames of one EtherType. TransportError where the system does not permit it."""
        try:
            opened = _link(interface, ether_type)
        except OSError as error:
            raise TransportError(_sentence("permits no frames without IP", interface, error)) from error
        return self._opened(opened, Handle(next(self._numbers), interface, ether_type, link=True), receive)

    def _opened(self, opened: socket.socket, handle: Handle, receive: Receiver) -> Handle:
        entry = self._open[handle.number] = _Open(opened, handle, receive)
        self._order(lambda: self._register(entry))
        return handle

    def send(self, handle: Handle, payload: bytes, to: tuple[str, int]) -> None:
        """to is not looked at for frames without IP, which go to everybody."""
        self._order(lambda: self._send(handle, payload, to))

    def close(self, handle: Handle) -> None:
        self._order(lambda: self._close(handle))

    def report(self, handle: Handle) -> SocketReport:
        """Empty for a socket that is closed."""
        entry = self._open.get(handle.number)
        if entry is None:
            return SocketReport()
        return SocketReport(entry.sent, entry.received, tuple(entry.errors))

    def _order(self, order: Callable[[], None]) -> None:
        self._orders.append(order)
        self._wake()

    def _wake(self) -> None:
        try:
            self._ring.send(b"!")
        except (BlockingIOError, OSError):
            return  # the bell is already ringing, or the thread has been stopped

    def _run(self) -> None:
        while not self._stopping:
            for key, _ in self._selector.select():
                if key.data is None:
                    self._empty_bell()
                else:
                    self._read(key.data)
            while self._orders and not self._stopping:
                self._orders.popleft()()

    def _empty_bell(self) -> None:
        try:
            while self._bell.recv(4096):
                continue
        except BlockingIOError:
            return

    def _register(self, entry: _Open) -> None:
        self._selector.register(entry.socket, selectors.EVENT_READ, entry)

    def _close(self, handle: Handle) -> None:
        entry = self._open.pop(handle.number, None)
        if entry is not None:
            self._selector.unregister(entry.socket)
            entry.socket.close()

    def _send(self, handle: Handle, payload: bytes, to: tuple[str, int]) -> None:
        entry = self._open.get(handle.number)
        if entry is None:
            return
        try:
            entry.socket.sendto(payload, _everybody(handle) if handle.link else to)
            entry.sent += 1
        except OSError as error:
            entry.errors[_sentence("could not send", handle.interface, error)] = None

    def _read(self, entry: _Open) -> None:
        for _ in range(_READS_PER_TURN):
            try:
                payload, sender = entry.socket.recvfrom(DATAGRAM_LIMIT)
            except BlockingIOError:
                return
            except ConnectionResetError:
                continue  # Windows reports an earlier datagram that nobody took
            except OSError as error:
                entry.errors[_sentence("could not receive", entry.handle.interface, error)] = None
                return
            if entry.handle.link:
                if sender[2] == _OUTGOING:
                    continue  # our own, on its way out
                sender = ("", 0)
            entry.received += 1
            entry.receive(Datagram(payload, sender[:2], entry.handle))


def _searcher(interface: LocalInterface, port: int, shared: bool) -> socket.socket:
    return _socket(interface, (interface.address, port), shared)


def _listener(interface: LocalInterface, group: str, port: int) -> socket.socket:
    """Bound to the group, so that it takes no other datagram from its port; Windows cannot bind to a group."""
    opened = _socket(interface, ("" if sys.platform == "win32" else group, port), shared=True)
    try:
        membership = socket.inet_aton(group) + socket.inet_aton(interface.address)
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        if sys.platform == "linux":
            opened.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)
    except OSError:
        opened.close()
        raise
    return opened


def _link(interface: LocalInterface, ether_type: int) -> socket.socket:
    """Without the link's own header, which the system reads and writes."""
    if sys.platform != "linux":
        raise OSError(errno.EOPNOTSUPP, "not on this system")
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ether_type))
    try:
        opened.setblocking(False)
        opened.bind((interface.name, ether_type))
    except OSError:
        opened.close()
        raise
    return opened


def _everybody(handle: Handle) -> tuple[str, int, int, int, bytes]:
    return (handle.interface.name, handle.port, 0, 0, b"\xff" * 6)


def _socket(interface: LocalInterface, bind: tuple[str, int], shared: bool) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        opened.setblocking(False)
        if shared:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if hasattr(socket, "SO_REUSEPORT"):
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, MULTICAST_TTL)
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(interface.address))
        _ignore_refusals(opened)
        opened.bind(bind)
    except OSError:
        opened.close()
        raise
    return opened


def _ignore_refusals(opened: socket.socket) -> None:
    """Windows fails the next receive after a datagram that met a closed port; SIO_UDP_CONNRESET turns that off."""
    if sys.platform == "win32":
        import ctypes

        off, returned = ctypes.c_uint32(0), ctypes.c_uint32(0)
        ctypes.windll.ws2_32.WSAIoctl(
            ctypes.c_size_t(opened.fileno()),
            ctypes.c_uint32(0x9800000C),
            ctypes.byref(off),
            4,
            None,
            0,
            ctypes.byref(returned),
            None,
            None,
        )


def _sentence(what: str, interface: LocalInterface, error: OSError) -> str:
    reason = error.strerror or str(error)
    if error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH) and sys.platform == "darwin":
        reason += "; allow this program in System Settings, Privacy & Security, Local Network"
    return f"{interface} {what}: {reason}."

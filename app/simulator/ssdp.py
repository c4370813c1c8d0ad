"""SSDP for all cameras of a farm: answers to searches and announcements, on the loopback interface only.

One socket listens to the group; each camera has a socket of its own at its address and port 1900, so that answers
come from the camera's own address and it can be searched by unicast as well.
"""

from __future__ import annotations

import asyncio
import random
import socket
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import formatdate

from app.simulator.camera import UpnpIdentity

GROUP = "239.255.255.250"
PORT = 1900
LOOPBACK = "127.0.0.1"
MAX_AGE = 1800  # seconds
_IP_MULTICAST_ALL = 49  # Linux: hear only groups that this very socket has joined
_WAIT_LIMIT = 5.0
_ANNOUNCE_SPREAD = 1.0  # seconds over which the announcements of a whole farm are spread


@dataclass(frozen=True, slots=True)
class Search:
    """An M-SEARCH. wait is its MX in seconds, None when it has none."""

    target: str
    wait: float | None


def read_search(data: bytes) -> Search | None:
    """None for anything that is not a proper search."""
    try:
        lines = data.decode("ascii").split("\r\n")
    except UnicodeDecodeError:
        return None
    if lines[0].split() != ["M-SEARCH", "*", "HTTP/1.1"]:
        return None
    headers = {
        name.strip().upper(): value.strip() for name, colon, value in (x.partition(":") for x in lines[1:]) if colon
    }
    if headers.get("MAN", "").strip('"') != "ssdp:discover" or not headers.get("ST"):
        return None
    wait = headers.get("MX")
    if wait is None:
        return Search(headers["ST"], None)
    if not wait.isdigit() or int(wait) < 1:
        return None
    return Search(headers["ST"], min(float(wait), _WAIT_LIMIT))


def targets_of(identity: UpnpIdentity) -> tuple[tuple[str, str], ...]:
    """What a camera is: pairs of search target and USN."""
    uuid = f"uuid:{identity.uuid}"
    return (
        ("upnp:rootdevice", f"{uuid}::upnp:rootdevice"),
        (uuid, uuid),
        (identity.device_type, f"{uuid}::{identity.device_type}"),
    )


def matches(identity: UpnpIdentity, target: str) -> tuple[tuple[str, str], ...]:
    """The answers that a search for target gets; none for what the camera is not."""
    if target == "ssdp:all":
        return targets_of(identity)
    return tuple(pair for pair in targets_of(identity) if pair[0] == target)


def search_answer(identity: UpnpIdentity, target: str, usn: str) -> bytes:
    quirks = identity.quirks
    age = () if "no_cache_control" in quirks else (("CACHE-CONTROL", f"max-age={MAX_AGE}"),)
    kind = (("NT", target), ("NTS", "ssdp:alive")) if "notify_form" in quirks else (("ST", target),)
    headers = (
        *age,
        ("DATE", formatdate(usegmt=True)),
        ("EXT", ""),
        ("LOCATION", identity.location),
        ("SERVER", identity.server),
        *kind,
        ("USN", usn),
    )
    return _message("HTTP/1.1 200 OK", headers)


def announcement(identity: UpnpIdentity, target: str, usn: str, *, alive: bool) -> bytes:
    host = (("HOST", f"{GROUP}:{PORT}"),)
    if not alive:
        return _message("NOTIFY * HTTP/1.1", (*host, ("NT", target), ("NTS", "ssdp:byebye"), ("USN", usn)))
    headers = (
        *host,
        ("CACHE-CONTROL", f"max-age={MAX_AGE}"),
        ("LOCATION", identity.location),
        ("NT", target),
        ("NTS", "ssdp:alive"),
        ("SERVER", identity.server),
        ("USN", usn),
    )
    return _message("NOTIFY * HTTP/1.1", headers)


def _message(first: str, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode()


class Responder:
    """All cameras of one farm. Use it in one event loop."""

    def __init__(self) -> None:
        self._group: socket.socket | None = None
        self._sockets: dict[str, socket.socket] = {}
        self._identities: dict[str, Callable[[], UpnpIdentity | None]] = {}
        self._announced: dict[str, UpnpIdentity] = {}
        self._timers: set[asyncio.TimerHandle] = set()
        self._again: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """OSError when the multicast port cannot be shared."""
        loop = asyncio.get_running_loop()
        self._group = _group_socket()
        loop.add_reader(self._group, self._heard_group)
        self._again = asyncio.create_task(self._repeat())

    async def stop(self) -> None:
        """Says goodbye for every camera."""
        for key in tuple(self._identities):
            self.remove(key)
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        if self._again is not None:
            self._again.cancel()
            await asyncio.gather(self._again, return_exceptions=True)
            self._again = None
        if self._group is not None:
            asyncio.get_running_loop().remove_reader(self._group)
            self._group.close()
            self._group = None

    def add(self, key: str, host: str, identity: Callable[[], UpnpIdentity | None]) -> None:
        """A camera is up at host; identity is asked at each search, for it may change or be switched off. key is
        any text that no other camera has."""
        sock = _camera_socket(host)
        self._sockets[key] = sock
        self._identities[key] = identity
        asyncio.get_running_loop().add_reader(sock, self._heard_unicast, key)
        self._later(random.uniform(0.0, _ANNOUNCE_SPREAD), self._announce, key)

    def remove(self, key: str) -> None:
        """A camera is gone, or is rebooting."""
        sock = self._sockets.pop(key, None)
        self._identities.pop(key, None)
        if sock is None:
            return
        identity = self._announced.pop(key, None)
        if identity is not None:
            for target, usn in targets_of(identity):
                _send(sock, announcement(identity, target, usn, alive=False), (GROUP, PORT))
        asyncio.get_running_loop().remove_reader(sock)
        sock.close()

    def _announce(self, key: str) -> None:
        identity = self._identity(key)
        if identity is None:
            return
        self._announced[key] = identity
        for target, usn in targets_of(identity):
            _send(self._sockets[key], announcement(identity, target, usn, alive=True), (GROUP, PORT))

    async def _repeat(self) -> None:
        while True:
            await asyncio.sleep(MAX_AGE / 3)
            for key in tuple(self._identities):
                self._later(random.uniform(0.0, MAX_AGE / 10), self._announce, key)

    def _identity(self, key: str) -> UpnpIdentity | None:
        ask = self._identities.get(key)
        return ask() if ask is not None else None

    def _heard_group(self) -> None:
        if self._group is not None:
            for data, sender in _drain(self._group):
                search = read_search(data)
                if search is not None and search.wait is not None:
                    for key in tuple(self._identities):
                        self._answer(key, search, sender)

    def _heard_unicast(self, key: str) -> None:
        for data, sender in _drain(self._sockets[key]):
            search = read_search(data)
            if search is not None:
                self._answer(key, Search(search.target, 0.0), sender)

    def _answer(self, key: str, search: Search, sender: tuple[str, int]) -> None:
        """Each answer after a random part of the searcher's patience, as the standard wants."""
        identity = self._identity(key)
        if identity is None:
            return
        for target, usn in matches(identity, search.target):
            wait = random.uniform(0.0, (search.wait or 0.0) * 0.9)
            self._later(wait, self._send_from, key, search_answer(identity, target, usn), sender)

    def _send_from(self, key: str, data: bytes, receiver: tuple[str, int]) -> None:
        sock = self._sockets.get(key)
        if sock is not None:
            _send(sock, data, receiver)

    def _later(self, seconds: float, call: Callable[..., None], *arguments: object) -> None:
        def run() -> None:
            self._timers.discard(timer)
            call(*arguments)

        timer = asyncio.get_running_loop().call_later(seconds, run)
        self._timers.add(timer)


def _group_socket() -> socket.socket:
    """Hears the group on the loopback interface and nothing else."""
    sock = _shared_socket()
    # A socket bound to the group hears only the group; Windows cannot do that.
    sock.bind(("" if sys.platform == "win32" else GROUP, PORT))
    if sys.platform == "linux":
        sock.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)
    member = socket.inet_aton(GROUP) + socket.inet_aton(LOOPBACK)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024 * 1024)
    return sock


def _camera_socket(host: str) -> socket.socket:
    """At a camera's own address; what it multicasts leaves by the loopback interface."""
    sock = _shared_socket()
    try:
        sock.bind((host, PORT))
    except OSError:
        # Somebody has the port for himself: searches by unicast will not reach us, answers still go out.
        sock.bind((host, 0))
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LOOPBACK))
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 1)
    return sock


def _shared_socket() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "SO_REUSEPORT") and sys.platform != "linux":
        # BSD and macOS share a multicast port only so; on Linux it would deal datagrams out in turns.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.setblocking(False)
    return sock


def _drain(sock: socket.socket) -> list[tuple[bytes, tuple[str, int]]]:
    found: list[tuple[bytes, tuple[str, int]]] = []
    while len(found) < 100:
        try:
            data, sender = sock.recvfrom(4096)
        except OSError:
            # Nothing more to read, or an echo of an answer that nobody took.
            break
        if sender[0].startswith("127."):
            found.append((data, (sender[0], sender[1])))
    return found


def _send(sock: socket.socket, data: bytes, receiver: tuple[str, int]) -> None:
    try:
        sock.sendto(data, receiver)
    except OSError:
        # A lost datagram, as on any network: the searcher asks again.
        return

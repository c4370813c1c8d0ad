"""Two computers in one: a camera in one network namespace, discovery in another, a cable (veth pair) between them.

Run as a program, so that nothing stays behind: the namespaces and the cable end with the processes. It prints one JSON
document; exit status 77 and a reason where the system permits no networks of one's own. No traffic leaves them.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import runpy
import socket
import struct
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from app.discovery import Discovery
from app.families import families
from app.model.device import Found
from app.simulator.camera import CameraPlan
from app.simulator.farm import Farm
from app.simulator.quirks import Quirks
from app.transport.dialer import NetworkDialer, loopback_only
from app.transport.interfaces import LocalInterface

ROOT = Path(__file__).parents[2]
NOT_PERMITTED = 77
OURS, THEIRS = "cw-desk", "cw-camera"  # the ends of the cable
DESK, CAMERA = "192.0.2.1", "198.51.100.7"  # of two networks that do not know each other
_PATIENCE = 60.0
own_loopback = runpy.run_path(str(ROOT / "packaging" / "all_tests.py"))["own_loopback"]


# -- the cable: rtnetlink by hand, because a machine for tests need not have a program for it -----------------------


def plug(process: int) -> None:
    """A veth pair: one end here, the other in the network of the process. OSError where it is not permitted."""
    peer = _attribute(1, bytes(16) + _name(THEIRS) + _attribute(19, struct.pack("=I", process)))  # IFLA_NET_NS_PID
    info = _attribute(1, b"veth\0") + _attribute(2, peer)
    body = struct.pack("=BxHiII", 0, 0, 0, 0, 0) + _name(OURS) + _attribute(18, info)  # IFLA_LINKINFO
    head = struct.pack("=IHHII", 16 + len(body), 16, 0x605, 1, 0)  # RTM_NEWLINK; create, exclusively, and say so
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as wire:
        wire.bind((0, 0))
        wire.send(head + body)
        error = -int(struct.unpack_from("=i", wire.recv(65536), 16)[0])
    if error:
        raise OSError(error, os.strerror(error))


def _name(text: str) -> bytes:
    return _attribute(3, text.encode() + b"\0")  # IFLA_IFNAME


def _attribute(kind: int, data: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def address(adapter: str, host: str) -> None:
    """Gives an adapter of this network its address with 24 bits of network, and turns it on."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        for order, value in ((0x8916, host), (0x891C, "255.255.255.0")):  # SIOCSIFADDR, SIOCSIFNETMASK
            place = struct.pack("=H2x4s8x", socket.AF_INET, socket.inet_aton(value))
            fcntl.ioctl(any_socket, order, struct.pack("16s16s", adapter.encode(), place))
        name = struct.pack("16sh14x", adapter.encode(), 0)
        (flags,) = struct.unpack("16xh14x", fcntl.ioctl(any_socket, 0x8913, name))
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", adapter.encode(), flags | 1))


# -- the two computers ----------------------------------------------------------------------------------------------


async def be_a_camera(quirks: Sequence[str], plugged: int, ready: int) -> None:
    """Until the other computer hangs up."""
    await asyncio.to_thread(os.read, plugged, 1)
    address(THEIRS, CAMERA)
    plan = CameraPlan("vigi", CAMERA, 0, 0, name="Far away", quirks=Quirks.parse(quirks), link=THEIRS)
    farm = Farm([plan], ssdp=False)
    await farm.start()
    try:
        os.write(ready, b"!")
        await asyncio.to_thread(os.read, plugged, 1)
    finally:
        await farm.stop()


async def look(wanted: bool) -> list[Found]:
    """What is found from the desk; wanted: scans until something is."""
    interface = LocalInterface(OURS, DESK, 24)
    dialer = NetworkDialer(allowed=loopback_only)
    async with asyncio.timeout(_PATIENCE), Discovery(families(), dialer, (interface,), window=0.5) as discovery:
        await discovery.scan_once()
        while wanted and not discovery.found:
            await discovery.scan_once()
        return list(discovery.found)


def camera_process(quirks: Sequence[str], plugged: tuple[int, int], ready: tuple[int, int]) -> int:
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        os.close(plugged[1])
        own_loopback()
        os.write(ready[1], b"!")
        asyncio.run(be_a_camera(quirks, plugged[0], ready[1]))
        status = 0
    finally:
        os._exit(status)


def main(quirks: Sequence[str]) -> int:
    plugged, ready = os.pipe(), os.pipe()
    try:
        own_loopback()
    except OSError as error:
        print(f"no network of one's own: {error.strerror or error}")
        return NOT_PERMITTED
    child = camera_process(quirks, plugged, ready)
    os.close(plugged[0])
    os.close(ready[1])
    try:
        os.read(ready[0], 1)
        try:
            plug(child)
        except OSError as error:
            print(f"no cable between two networks: {error.strerror or error}")
            return NOT_PERMITTED
        address(OURS, DESK)
        os.write(plugged[1], b"!")
        if not os.read(ready[0], 1):
            raise RuntimeError("the camera did not come up")
        found = asyncio.run(look("no_odp" not in quirks))
        print(json.dumps([asdict(each) | {"state": str(each.state)} for each in found]))
        return 0
    finally:
        os.close(plugged[1])
        os.waitpid(child, 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

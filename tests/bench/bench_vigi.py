#!/usr/bin/env python3
"""Opens simulated VIGI cameras: to a usable tree, against the time that its calls take one after another; and 200 of
them answering ODP at once.

usage: python tests/bench/bench_vigi.py [--rounds N]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time

from app.discovery import Discovery
from app.families.base import Credentials, SettingsTree
from app.families.vigi import FAMILY, auth
from app.model.device import Address
from app.simulator.farm import Farm, plan_cameras
from app.transport.dialer import NetworkDialer, guard_for
from app.transport.interfaces import LocalInterface
from app.wire.http import HttpRequest

HOST, PASSWORD, COUNT = "127.67.70.1", "bench-1234", 200
ADMIN = Credentials("admin", PASSWORD)


def dialer() -> NetworkDialer:
    return NetworkDialer(allowed=guard_for(["127.0.0.1"]))


async def opened(address: Address) -> float:
    begun = time.perf_counter()
    session = await FAMILY.connect(dialer(), address, "", ADMIN)
    await session.offer(SettingsTree).tree()
    spent = time.perf_counter() - begun
    await session.close()
    return spent


async def plain(address: Address) -> float:
    """The same three calls as bare requests, each on a connection of its own."""
    channel = dialer().http(address, None, secure=True)

    async def post(path: str, body: bytes) -> dict[str, object]:
        request = HttpRequest("POST", path, body=body, content_type="application/json")
        return dict(json.loads((await channel.send(request)).body))

    begun = time.perf_counter()
    asked = await post("/", auth.question())
    challenge = auth.Challenge(**{key: str(value) for key, value in dict(asked["authenticate"]).items()})
    token = (await post("/", auth.answer(challenge, ADMIN)))["stok"]
    await post(f"/stok={token}", b'{"method":"getModuleList"}')
    spent = time.perf_counter() - begun
    await channel.close()
    return spent


async def tree(rounds: int) -> None:
    plans = plan_cameras(family="vigi", bind=HOST, password=PASSWORD, http_port=0, rtsp_port=0)
    farm = Farm(plans, snapshot=lambda *_: b"", ssdp=False)
    await farm.start()
    try:
        line = farm.camera_lines()[0]
        address = Address(str(line["address"]), int(str(line["control_port"])))
        await opened(address)
        await plain(address)
        pairs = [(await opened(address), await plain(address)) for _ in range(rounds)]
    finally:
        await farm.stop()
    ours, bare = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    print(f"open to the tree {ours:.1f} ms, its calls one after another {bare:.1f} ms, ratio {ours / bare:.2f}")


async def found(window: float) -> None:
    bind = HOST.replace(".70.", ".71.")
    plans = plan_cameras(family="vigi", count=COUNT, bind=bind, password=PASSWORD, http_port=0, rtsp_port=0)
    farm = Farm(plans, snapshot=lambda *_: b"", ssdp=False)
    await farm.start()
    try:
        interface = LocalInterface("lo", "127.0.0.1", 8)
        begun = time.perf_counter()
        async with Discovery([FAMILY], dialer(), (interface,), window=window) as discovery:
            listed = 0.0
            while time.perf_counter() - begun < window:
                if len(discovery.found) >= COUNT and not listed:
                    listed = time.perf_counter() - begun
                await asyncio.sleep(0.005)
            report = discovery.report()
            said = f"{len(discovery.found)} of {COUNT} listed within {window:g} s, all after {listed:.2f} s"
            print(f"{said}, {report.dropped} datagrams dropped")
    finally:
        await farm.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    asyncio.run(tree(options.rounds))
    asyncio.run(found(3.0))


if __name__ == "__main__":
    sys.exit(main())

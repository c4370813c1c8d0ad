"""The way from the datagram thread into the loop."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from app.discovery import inbox
from app.discovery.inbox import Inbox
from app.transport.interfaces import LocalInterface
from app.transport.udp import Datagram, Handle

pytestmark = pytest.mark.anyio

HANDLE = Handle(1, LocalInterface("lo", "127.0.0.1", 8), 1900)


def datagram(n: int) -> Datagram:
    return Datagram(b"%d" % n, ("127.0.0.1", n), HANDLE)


async def test_order_is_kept_and_nothing_lost() -> None:
    taken: list[int] = []
    box = Inbox(asyncio.get_running_loop(), lambda d: taken.append(d.sender[1]))
    thread = threading.Thread(target=lambda: [box.put(datagram(n)) for n in range(10_000)])
    thread.start()
    async with asyncio.timeout(20):
        while len(taken) < 10_000:
            await asyncio.sleep(0.01)
    thread.join()
    assert taken == list(range(10_000))
    assert box.dropped == 0
    assert box.empty


async def test_flood_is_dropped_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "CAPACITY", 100)
    taken: list[Datagram] = []
    box = Inbox(asyncio.get_running_loop(), taken.append)
    for n in range(250):
        box.put(datagram(n))
    assert box.dropped == 150
    async with asyncio.timeout(20):
        while not box.empty:
            await asyncio.sleep(0.01)
    assert len(taken) == 100


async def test_others_get_their_turn_while_it_reads() -> None:
    box = Inbox(asyncio.get_running_loop(), lambda d: time.sleep(0.001))
    for n in range(300):
        box.put(datagram(n))
    turns = 0
    async with asyncio.timeout(20):
        while not box.empty:
            await asyncio.sleep(0)
            turns += 1
    assert turns > 30


async def test_closed_takes_nothing_more() -> None:
    taken: list[Datagram] = []
    box = Inbox(asyncio.get_running_loop(), taken.append)
    box.put(datagram(1))
    box.close()
    box.put(datagram(2))
    looked = asyncio.Event()
    asyncio.get_running_loop().call_soon_threadsafe(looked.set)  # after the turn that the first one has asked for
    await looked.wait()
    assert taken == []


def test_loop_that_has_ended_does_no_harm() -> None:
    loop = asyncio.new_event_loop()
    taken: list[Datagram] = []
    box = Inbox(loop, taken.append)
    loop.close()
    box.put(datagram(1))
    box.put(datagram(2))
    assert taken == []

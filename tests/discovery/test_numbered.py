"""Numbered questions by broadcast and to one address, foreign numbers, floods, ranges: real ODP packets."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from app.discovery import is_range
from app.discovery.inbox import CAPACITY_BYTES, Inbox
from app.discovery.sweep import hosts_of
from app.errors import InvalidSetting, ProtocolError, TransportError, Unreachable
from app.families.base import Clue, Credentials, Dialer, Family, Probe, Question, Session
from app.model.device import Address, DeviceState, Recognition
from app.transport.interfaces import LocalInterface
from app.transport.udp import Datagram, Handle
from app.wire import odp
from app.wire.odp import OdpFlag, OdpPacket

pytestmark = pytest.mark.anyio

CONTROL = 20443
LO = LocalInterface("lo", "127.0.0.1", 8)


def _recognise(clue: Clue) -> Recognition | None:
    if clue.kind != "odp":
        return None
    try:
        device = odp.read_answer(clue.body)
    except ProtocolError:
        return None
    return Recognition(
        "numbered", "v1", 90, device.name, device.model, mac=device.mac, needs_setup=device.factory_default
    )


async def _fingerprint(dialer: Dialer, address: Address) -> Recognition | None:
    if address.host.startswith("127.67.9."):
        return Recognition("numbered", "v1", 80, mac=f"aa:bb:cc:dd:ee:{int(address.host.rpartition('.')[2]):02x}")
    raise Unreachable(f"{address} is nobody.")


async def _connect(dialer: Dialer, address: Address, dialect: str, credentials: Credentials) -> Session:
    raise TransportError("Discovery logs in nowhere.")


PROBE = Probe(
    "odp",
    odp.PORT,
    "",
    question=Question(lambda number, everybody: odp.request(number, broadcast=everybody), odp.expected_serial),
    direct=True,
)
FAMILY = Family("numbered", "Numbered", 10, CONTROL, (PROBE,), _recognise, _fingerprint, _connect, swept=True)


def answer(serial: int, *, flags: int = OdpFlag.REPLY, setup: bool = False, mac: str = "AABBCCDDEE01") -> bytes:
    result = {"device_name": "Yard", "device_model": "C1", "mac": mac, "factory_default": setup}
    body = json.dumps({"error_code": 0, "result": result}).encode()
    return odp.encode(OdpPacket(flags, serial, body, result=odp.OK))


class Responder:
    """Cameras that answer every question that reaches them, from addresses of their own. One listens to everybody's
    questions, others to their own address only."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.sockets: list[socket.socket] = []
        self.asked: list[OdpPacket] = []
        self.foreign = False
        self.flags = OdpFlag.REPLY

    def listen(self, at: str, *answering: str, **facts: object) -> None:
        out = [self._socket(host, 0) for host in answering]
        here = self._socket(at, odp.PORT)

        def hear() -> None:
            data, asker = here.recvfrom(65536)
            packet = odp.decode(data)
            self.asked.append(packet)
            serial = packet.serial ^ (1 if self.foreign else 0)
            for number, each in enumerate(out):
                mac = f"AABBCCDD{number // 256:02X}{number % 256:02X}"
                each.sendto(answer(serial, flags=self.flags, mac=mac, **facts), asker)

        self._loop.add_reader(here, hear)

    def _socket(self, host: str, port: int) -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.setblocking(False)
        self.sockets.append(made)
        return made

    def close(self) -> None:
        for each in self.sockets:
            self._loop.remove_reader(each)
            each.close()


@pytest.fixture
async def responder() -> Iterator[Responder]:
    with closing(Responder()) as made:
        yield made


def rows(discovery: object) -> dict[str, object]:
    return {each.address.host: each for each in discovery.found}


async def test_a_broadcast_finds_and_says_what_needs_setup(discover, responder, until) -> None:
    responder.listen("127.255.255.255", "127.67.1.1", setup=True)
    async with discover(families=(FAMILY,), window=0.4) as discovery:
        await until(lambda: "127.67.1.1" in rows(discovery))
        found = rows(discovery)["127.67.1.1"]
    assert (found.address, found.name, found.source) == (Address("127.67.1.1", CONTROL), "Yard", "odp")
    assert found.state is DeviceState.NEEDS_SETUP
    assert all(packet.flags == OdpFlag.REQUEST | OdpFlag.BROADCAST for packet in responder.asked)
    assert len({packet.serial for packet in responder.asked}) == len(responder.asked)


async def test_an_answer_with_a_foreign_number_is_dropped(discover, responder, until) -> None:
    responder.foreign = True
    responder.listen("127.255.255.255", "127.67.2.1")
    async with discover(families=(FAMILY,), window=0.4) as discovery:
        await discovery.scan_once()
        await until(lambda: discovery.report().garbage >= 3)
        assert "127.67.2.1" not in rows(discovery)
        responder.flags = OdpFlag.REPLY | OdpFlag.BROADCAST  # to everybody: it need not repeat the number
        discovery.rescan()
        await until(lambda: "127.67.2.1" in rows(discovery))


async def test_a_camera_that_hears_no_broadcast_is_found_by_address(discover, responder, until) -> None:
    responder.listen("127.67.3.1", "127.67.3.1")
    async with discover(families=(FAMILY,), window=0.3) as discovery:
        found = await discovery.add(Address("127.67.3.1"))
        assert (found.address.host, found.source) == ("127.67.3.1", "odp")
        assert responder.asked[-1].flags == OdpFlag.REQUEST | OdpFlag.UNICAST
        with pytest.raises(Unreachable):
            await discovery.add(Address("127.67.3.2"))


async def test_found_in_three_ways_it_is_one_row(discover, responder, until) -> None:
    responder.listen("127.255.255.255", "127.67.9.1")
    async with discover(families=(FAMILY,), window=0.4) as discovery:
        await until(lambda: "127.67.9.1" in rows(discovery))
        await discovery.add(Address("127.67.9.1", CONTROL))
        told: list[tuple[int, int]] = []
        assert await discovery.sweep("127.67.9.0-2", lambda *each: told.append(each)) == 3
        assert [host for host in rows(discovery) if host.startswith("127.67.9.")] == [
            "127.67.9.1", "127.67.9.0", "127.67.9.2",
        ]  # fmt: skip
        assert len(discovery.found) == 3
        assert told[-1] == (3, 3)


async def test_two_hundred_answers_at_once_are_all_listed(discover, responder, until) -> None:
    hosts = [f"127.67.4.{number}" for number in range(1, 201)]
    responder.listen("127.255.255.255", *hosts)
    async with discover(families=(FAMILY,), window=1.0) as discovery:
        await until(lambda: set(hosts) <= rows(discovery).keys())
        assert discovery.report().dropped == 0


async def test_a_flood_of_every_size_does_no_harm(discover, responder, until) -> None:
    async with discover(families=(FAMILY,), window=0.3) as discovery:
        await discovery.scan_once()
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as flood:
            flood.bind(("127.67.5.1", 0))
            for number in range(10_000):
                size = (1, 15, 16, 200, 1400, 60_000)[number % 6]
                payload = answer(number) if size == 200 else bytes([number % 256]) * size
                flood.sendto(payload, ("127.0.0.1", odp.PORT))
                if not number % 100:
                    await asyncio.sleep(0)
        responder.listen("127.255.255.255", "127.67.5.2")
        await discovery.scan_once()
        discovery.rescan()
        await until(lambda: "127.67.5.2" in rows(discovery))
        assert "127.67.5.1" not in rows(discovery)
        assert len(discovery.found) == 1


async def test_waiting_datagrams_are_bounded_in_bytes() -> None:
    taken: list[Datagram] = []
    inbox = Inbox(asyncio.get_running_loop(), taken.append)
    large = bytes(65_000)
    for _ in range(2_000):
        inbox.put(Datagram(large, ("127.67.6.1", 1), Handle(1, LO, 1)))
    fit = CAPACITY_BYTES // len(large)
    assert inbox.dropped == 2_000 - fit
    async with asyncio.timeout(30):
        while not inbox.empty:
            await asyncio.sleep(0.01)
    assert len(taken) == fit
    inbox.put(Datagram(large, ("127.67.6.1", 1), Handle(1, LO, 1)))
    assert inbox.dropped == 2_000 - fit


def test_ranges() -> None:
    assert hosts_of("192.168.1.9-11") == hosts_of(" 192.168.1.9 - 192.168.1.11 ") == (
        "192.168.1.9", "192.168.1.10", "192.168.1.11",
    )  # fmt: skip
    assert hosts_of("10.0.0.0/30") == ("10.0.0.1", "10.0.0.2")
    assert hosts_of("10.0.0.8/32") == ("10.0.0.8",)
    assert len(hosts_of("10.0.0.0/20")) == 4094
    assert is_range("10.0.0.0/24")
    assert is_range("10.0.0.1-x")
    assert not is_range("cam-1.local")
    assert not is_range("10.0.0.1:80")


@pytest.mark.parametrize("text", ["", "cam", "10.0.0.1-", "10.0.0.9-1", "10.0.0.1-999", "10.0.0.0/8", "1.2.3/24"])
def test_what_is_no_range(text: str) -> None:
    with pytest.raises(InvalidSetting):
        hosts_of(text)

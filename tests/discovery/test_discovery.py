"""The whole of discovery on loopback: real multicast, real devices in another process, real HTTP."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from app.discovery import Changes
from app.discovery.descriptions import Place, place_of
from app.errors import NotSupported, ProtocolError, Unreachable
from app.model.device import Address, DeviceState
from app.transport.interfaces import LocalInterface
from app.transport.udp import DatagramThread

pytestmark = pytest.mark.anyio


def camera(address: str, **facts: Any) -> dict[str, Any]:
    return {"address": address, "serial": f"S-{address}", **facts}


async def test_finds_and_reads(discover, devices, row) -> None:
    running = devices(camera("127.14.1.1"), camera("127.14.1.2"))
    async with discover() as discovery:
        await discovery.scan_once()
        found = row(discovery, "127.14.1.2")
        assert row(discovery, "127.14.1.1")
    assert found.address == Address("127.14.1.2", running.ports["127.14.1.2"])
    assert (found.family, found.serial, found.name, found.model) == ("test", "S-127.14.1.2", "127.14.1.2", "T1")
    assert (found.state, found.source, found.interface) == (DeviceState.FOUND, "ssdp", "127.0.0.1")
    assert not found.conflict
    assert not found.note


async def test_progress_and_change_sets(discover, devices, until) -> None:
    devices(camera("127.14.2.1"))
    heard: list[Changes] = []
    async with discover() as discovery:
        discovery.subscribe(heard.append)
        assert not discovery.progress.done
        await until(lambda: discovery.progress.sent)
        assert 0 < discovery.progress.remaining <= 1.0
        await until(lambda: discovery.progress.done)
        assert discovery.progress.heard >= 1
        assert discovery.progress.remaining == 0
        await until(lambda: any(f.address.host == "127.14.2.1" for changes in heard for f in changes.added))
        late: list[Changes] = []
        end = discovery.subscribe(late.append)
        assert any(f.address.host == "127.14.2.1" for f in late[0].added)
        end()
        end()
    appeared = [f for changes in heard for f in changes.added if f.address.host == "127.14.2.1"]
    assert len(appeared) == 1


async def test_description_is_fetched_once(discover, devices, row, until) -> None:
    running = devices(camera("127.14.3.1", boot="1"))
    now = [1000.0]
    async with discover(window=0.5, clock=lambda: now[0]) as discovery:
        await discovery.scan_once()
        await discovery.scan_once()
        assert running.tell("alive", "127.14.3.1") == 1
        running.tell("serial", "127.14.3.1", "S-new")
        running.tell("boot", "127.14.3.1", "2")
        now[0] += 1.1  # a description is not read twice within a second
        running.tell("alive", "127.14.3.1")
        await until(lambda: row(discovery, "127.14.3.1").serial == "S-new")
    assert running.tell("alive", "127.14.3.1") == 2


async def test_boot_numbers_that_race_are_not_chased(discover, devices, row, until) -> None:
    running = devices(camera("127.14.3.5", boot="1"), camera("127.14.3.6", reply=False))
    async with discover(window=0.3, clock=lambda: 1000.0) as discovery:
        await discovery.scan_once()
        for boot in range(2, 30):
            running.tell("boot", "127.14.3.5", str(boot))
            running.tell("alive", "127.14.3.5")
        running.tell("alive", "127.14.3.6")  # sent last, so the others have been heard when this has
        await until(lambda: row(discovery, "127.14.3.6"))
        assert running.tell("silent", "127.14.3.5") == 1


async def test_announcements_without_a_search(discover, devices, row, until) -> None:
    running = devices(camera("127.14.4.1", reply=False))
    async with discover(window=0.3) as discovery:
        await discovery.scan_once()
        assert row(discovery, "127.14.4.1") is None
        running.tell("alive", "127.14.4.1")
        await until(lambda: row(discovery, "127.14.4.1"))
        assert row(discovery, "127.14.4.1").source == "ssdp notify"
        await discovery.scan_once()
        await discovery.scan_once()
        assert row(discovery, "127.14.4.1").state is DeviceState.FOUND, "it never answers searches"
        running.tell("byebye", "127.14.4.1")
        await until(lambda: row(discovery, "127.14.4.1").state is DeviceState.LOST)
        running.tell("alive", "127.14.4.1")
        await until(lambda: row(discovery, "127.14.4.1").state is DeviceState.FOUND)


async def test_byebye_counts_only_from_the_device(discover, devices, row, until) -> None:
    running = devices(camera("127.14.5.1"), camera("127.14.5.2"))
    async with discover(window=0.5) as discovery:
        await discovery.scan_once()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as liar:
            liar.bind(("127.14.5.9", 0))
            liar.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
            liar.sendto(
                b"NOTIFY * HTTP/1.1\r\nNTS: ssdp:byebye\r\nUSN: uuid:127.14.5.1\r\n\r\n", ("239.255.255.250", 1900)
            )
        running.tell("byebye", "127.14.5.2")  # sent later, so the lie has been heard when this has
        await until(lambda: row(discovery, "127.14.5.2").state is DeviceState.LOST)
        assert row(discovery, "127.14.5.1").state is DeviceState.FOUND


async def test_silence_at_two_scans_means_lost(discover, devices, row) -> None:
    running = devices(camera("127.14.6.1"), camera("127.14.6.2"))
    async with discover(window=0.4) as discovery:
        await discovery.scan_once()
        running.tell("silent", "127.14.6.1")
        await discovery.scan_once()
        assert row(discovery, "127.14.6.1").state is DeviceState.FOUND
        await discovery.scan_once()
        assert row(discovery, "127.14.6.1").state is DeviceState.LOST
        assert row(discovery, "127.14.6.2").state is DeviceState.FOUND
        discovery.forget(row(discovery, "127.14.6.1"))
        assert row(discovery, "127.14.6.1") is None


async def test_forgotten_but_alive_comes_back(discover, devices, row) -> None:
    devices(camera("127.14.6.5"))
    async with discover(window=0.4) as discovery:
        await discovery.scan_once()
        discovery.forget(row(discovery, "127.14.6.5"))
        assert row(discovery, "127.14.6.5") is None
        await discovery.scan_once()
        assert row(discovery, "127.14.6.5")


async def test_max_age_runs_out(discover, devices, row, until) -> None:
    devices(*(camera(f"127.14.7.{n}", max_age=age) for n, age in ((1, 120), (2, 7200), (3, 60))))
    now = [1000.0]
    async with discover(window=0.4, clock=lambda: now[0]) as discovery:
        await discovery.scan_once()
        assert row(discovery, "127.14.7.1").last_seen == 1000.0
        now[0] += 119
        await until(lambda: row(discovery, "127.14.7.3").state is DeviceState.LOST)  # so all were looked at
        assert row(discovery, "127.14.7.1").state is DeviceState.FOUND
        now[0] += 2
        await until(lambda: row(discovery, "127.14.7.1").state is DeviceState.LOST)
        assert row(discovery, "127.14.7.2").state is DeviceState.FOUND
        await discovery.scan_once()
        assert row(discovery, "127.14.7.1").state is DeviceState.FOUND


async def test_foreign_subnet_is_listed_and_left_alone(discover, devices, row) -> None:
    running = devices(camera("127.14.8.200"), camera("127.15.8.1"))
    near = LocalInterface("lo", "127.14.8.1", 24)
    async with discover(interfaces=(near,)) as discovery:
        await discovery.scan_once()
        inside, outside = row(discovery, "127.14.8.200"), row(discovery, "127.15.8.1")
        report = discovery.report()
    assert inside.state is DeviceState.FOUND
    assert outside.state is DeviceState.FOREIGN_SUBNET
    assert "127.14.8.0/24" in outside.note
    assert running.tell("alive", "127.15.8.1") == 0, "a request went out through the router"
    assert report.interfaces[0].foreign >= 1
    assert any("another network" in line for line in report.advice)


async def test_same_serial_at_two_addresses(discover, devices, row, until) -> None:
    running = devices(camera("127.14.9.1", serial="TWIN"), camera("127.14.9.2", serial="twin"), camera("127.14.9.3"))
    async with discover(window=0.4) as discovery:
        await discovery.scan_once()
        first, second = row(discovery, "127.14.9.1"), row(discovery, "127.14.9.2")
        assert str(second.address) in first.conflict
        assert str(first.address) in second.conflict
        assert not row(discovery, "127.14.9.3").conflict
        await discovery.scan_once()  # both are heard again: two devices, not one that has moved
        running.tell("byebye", "127.14.9.1")
        await until(lambda: row(discovery, "127.14.9.1").state is DeviceState.LOST)
        assert not row(discovery, "127.14.9.2").conflict


async def test_device_that_moved_keeps_one_row(discover, devices, row, until) -> None:
    running = devices(camera("127.14.10.1", serial="MOVER"), camera("127.14.10.2", serial="MOVER", reply=False))
    async with discover(window=0.4) as discovery:
        await discovery.scan_once()
        running.tell("byebye", "127.14.10.1")
        await until(lambda: row(discovery, "127.14.10.1").state is DeviceState.LOST)
        running.tell("alive", "127.14.10.2")
        await until(lambda: row(discovery, "127.14.10.2"))
        assert row(discovery, "127.14.10.1") is None
        assert not row(discovery, "127.14.10.2").conflict


async def test_bad_descriptions_are_listed_with_the_reason(discover, devices, row, until) -> None:
    bodies = ("html", "huge", "truncated", "missing", "redirect", "close", "slow")
    addresses = {body: f"127.14.11.{n}" for n, body in enumerate(bodies, 1)}
    running = devices(*(camera(address, body=body) for body, address in addresses.items()), camera("127.14.11.99"))
    async with discover() as discovery:
        await discovery.scan_once()
        rows = {body: row(discovery, address) for body, address in addresses.items()}
        assert row(discovery, "127.14.11.99").family == "test"
    for body, found in rows.items():
        assert found is not None, body
        assert found.state is DeviceState.UNKNOWN, body
        assert found.note.startswith("Its description"), body
        assert "Linux UPnP/1.0 Tester/1" in found.note
        assert running.tell("silent", addresses[body]) in (1, 2), body  # once per scan, and `start` began one
    assert "404" in rows["missing"].note
    assert "another place" in rows["redirect"].note
    assert len({found.note for found in rows.values()}) == len(bodies)


async def test_bad_description_gets_another_chance_at_the_next_scan(discover, devices, row) -> None:
    running = devices(camera("127.14.12.1", body="missing"))
    async with discover(window=1.2) as discovery:
        await discovery.scan_once()
        await discovery.scan_once()
        assert running.tell("silent", "127.14.12.1") >= 2
        assert len([f for f in discovery.found if f.address.host == "127.14.12.1"]) == 1


async def test_lies_are_not_followed(discover, devices, row) -> None:
    victim = "127.14.13.100"
    attacked = devices(camera(victim, reply=False))
    lies = {
        "127.14.13.1": f"http://{victim}:{attacked.ports[victim]}/d.xml",
        "127.14.13.2": "http://localhost:{port}/d.xml",
        "127.14.13.3": "https://127.14.13.3:{port}/d.xml",
        "127.14.13.4": "file:///etc/passwd",
        "127.14.13.5": "http://127.14.13.100@127.14.13.5:{port}/d.xml",
        "127.14.13.6": "http://127.14.13.6:99999/d.xml",
        "127.14.13.7": "",
        "127.14.13.8": "http://[::1/d.xml",
    }
    running = devices(*(camera(address, location=lie) for address, lie in lies.items()))
    async with discover() as discovery:
        await discovery.scan_once()
        rows = {address: row(discovery, address) for address in lies}
        assert row(discovery, victim) is None
    for address, found in rows.items():
        assert found is not None, address
        assert found.state is DeviceState.UNKNOWN
        assert found.note
        assert running.tell("silent", address) == 0, address
    assert attacked.tell("silent", victim) == 0
    assert f"points to {victim}" in rows["127.14.13.1"].note


def test_places() -> None:
    assert place_of("http://127.14.0.1/d.xml?a=b", "127.14.0.1") == Place(Address("127.14.0.1", 80), "/d.xml?a=b")
    assert place_of("http://127.14.0.1:8080", "127.14.0.1") == Place(Address("127.14.0.1", 8080), "/")
    for location in ("http://127.14.0.1/a b", "http://127.14.0.1/ä", "//127.14.0.1/", "http:///x", "127.14.0.1"):
        with pytest.raises(ProtocolError):
            place_of(location, "127.14.0.1")


async def test_other_devices_are_apart(discover, devices, row) -> None:
    devices(camera("127.14.14.1", maker="Router Works"))
    async with discover() as discovery:
        await discovery.scan_once()
        assert row(discovery, "127.14.14.1") is None
        others = {other.address.host: other for other in discovery.others}
    assert others["127.14.14.1"].model == "Router Works T1"


async def test_flood_and_garbage(discover, devices, row, until) -> None:
    """Ten thousand datagrams, half of them new devices at one address: the camera is found all the same."""
    running = devices(camera("127.14.15.1", reply=False))
    async with discover(window=0.3) as discovery:
        await discovery.scan_once()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flooder:
            flooder.bind(("127.14.15.9", 0))
            flooder.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
            for n in range(5000):
                text = f"HTTP/1.1 200 OK\r\nLOCATION: http://127.14.15.100:{n}/\r\nUSN: uuid:{n}\r\n\r\n"
                flooder.sendto(text.encode(), ("239.255.255.250", 1900))
                flooder.sendto(bytes([n % 256]) * 1400, ("239.255.255.250", 1900))
                if n % 100 == 0:
                    await asyncio.sleep(0)

        def found_at_last() -> object:
            running.tell("alive", "127.14.15.1")  # again and again: the system drops what its buffer cannot hold
            return row(discovery, "127.14.15.1")

        await until(found_at_last)
        report = discovery.report()
    assert report.garbage > 0
    invented = [f for f in discovery.found if f.address.host == "127.14.15.9"]
    assert len(invented) == 1, "lies of one address are one row"


async def test_add_by_address(discover, devices, row) -> None:
    running = devices(camera("127.14.16.1", reply=False), camera("127.14.16.2", reply=False, maker="Router Works"))
    async with discover(window=0.3) as discovery:
        found = await discovery.add(Address("127.14.16.1", running.ports["127.14.16.1"]))
        assert (found.source, found.state, found.serial) == ("address", DeviceState.FOUND, "S-127.14.16.1")
        assert found in discovery.found
        with pytest.raises(NotSupported):
            await discovery.add(Address("127.14.16.2", running.ports["127.14.16.2"]))
        with pytest.raises(Unreachable):
            await discovery.add(Address("127.14.16.1", 9))
        running.process.terminate()
        running.process.wait(timeout=20)
        await discovery.scan_once()
        assert row(discovery, "127.14.16.1").state is DeviceState.LOST
        discovery.forget(found)
        assert row(discovery, "127.14.16.1") is None


async def test_remembered_devices_are_lost_until_they_answer(discover, devices, row, until) -> None:
    running = devices(camera("127.14.16.5", reply=False), camera("127.14.16.6", serial="MOVED-6"))
    async with discover(window=0.3) as discovery:
        there = await discovery.add(Address("127.14.16.5", running.ports["127.14.16.5"]))
        discovery.forget(there)
        gone = replace(there, address=Address("127.14.16.7", 9), serial="GONE-7", mac="")
        moved = replace(there, address=Address("127.14.16.8", 9), serial="moved-6", mac="")
        discovery.remember((there, gone, moved))
        assert {row(discovery, each.address.host).state for each in (there, gone, moved)} == {DeviceState.LOST}
        await discovery.scan_once()
        assert row(discovery, "127.14.16.5").state is DeviceState.FOUND
        assert row(discovery, "127.14.16.7").state is DeviceState.LOST
        await until(lambda: row(discovery, "127.14.16.6"))
        assert row(discovery, "127.14.16.8") is None  # it answers elsewhere now


async def test_doctor_explains_silence(discover, family, until) -> None:
    quiet = replace(family, probes=(replace(family.probes[0], port=50114, group="239.255.14.2"),))
    gone = LocalInterface("eth9", "198.51.100.1", 24)
    lo = LocalInterface("lo", "127.14.17.1", 8)
    async with discover(families=(quiet,), interfaces=(lo, gone), window=0.3) as discovery:
        await discovery.scan_once()
        await until(lambda: discovery.report().interfaces[0].sent == 6)
        report = discovery.report()
    near, missing = report.interfaces
    assert near.sentence == "lo (127.14.17.1): asked 6 times, nobody answered."
    assert near.listening
    assert missing.sentence == "eth9 (198.51.100.1): nothing could be sent."
    assert any("cannot be used for discovery" in error for error in missing.errors)
    assert any("refused to send" in line for line in report.advice)
    assert report.devices == 0


async def test_no_interface_is_said(discover) -> None:
    async with discover(interfaces=(), window=0.2) as discovery:
        await discovery.scan_once()
        assert discovery.found == ()
        assert any("No network interface" in line for line in discovery.report().advice)


async def test_interface_that_appears_later_is_used(discover, devices, row) -> None:
    devices(camera("127.14.18.1"))
    known: list[LocalInterface] = []
    async with discover(interfaces=lambda: tuple(known), window=0.5) as discovery:
        await discovery.scan_once()
        assert row(discovery, "127.14.18.1") is None
        known.append(LocalInterface("lo", "127.0.0.1", 8))
        await discovery.scan_once()
        assert row(discovery, "127.14.18.1")


async def test_scans_by_itself(discover, devices, row, until) -> None:
    running = devices(camera("127.14.19.1", reply=False))
    async with discover(window=0.3, rescan_every=0.1) as discovery:
        await until(lambda: discovery.progress.done)
        await until(lambda: not discovery.progress.done)
        assert running.tell("silent", "127.14.19.1") == 0


async def test_equal_probes_are_sent_once(discover, family, until) -> None:
    probe = replace(family.probes[0], port=50115, group="239.255.14.3")
    twins = (replace(family, probes=(probe,)), replace(family, key="other", probes=(probe,)))
    async with discover(families=twins, window=0.2) as discovery:
        await discovery.scan_once()
        assert discovery.progress.sent == 6  # three rounds from two sockets


async def test_nothing_is_left_behind(discover, devices, until) -> None:
    running = devices(camera("127.14.20.1", body="slow"))
    threads, tasks = threading.active_count(), len(asyncio.all_tasks())
    async with discover(window=5.0) as discovery:
        await until(lambda: running.tell("count", "127.14.20.1"))  # its description is on the way, slowly
    await discovery.close()
    assert threading.active_count() == threads
    assert len(asyncio.all_tasks()) == tasks


async def test_thread_of_others_goes_on(discover) -> None:
    shared = DatagramThread()
    shared.start()
    try:
        async with discover(datagrams=shared, window=0.2) as discovery:
            await discovery.scan_once()
        async with discover(datagrams=shared, window=0.2) as discovery:
            await discovery.scan_once()
            assert discovery.report().interfaces[0].sent
    finally:
        shared.stop()


async def test_five_hundred_cameras(discover, devices, capsys) -> None:
    addresses = {f"127.14.{100 + n // 250}.{n % 250 + 1}" for n in range(500)}
    devices(*(camera(address) for address in sorted(addresses)))
    sets: list[Changes] = []
    late: list[float] = []
    listed: list[float] = []  # when each change set came

    async def watch() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            late.append(time.perf_counter() - before - 0.01)

    async with discover(window=3.0) as discovery:
        discovery.subscribe(lambda changes: (sets.append(changes), listed.append(time.perf_counter())))
        watching = asyncio.create_task(watch())
        begun = time.perf_counter()
        found = {}
        scans = 0
        while found.keys() != addresses and scans < 10:  # one is enough where nobody else works: see what is printed
            await discovery.scan_once()
            scans += 1
            found = {each.address.host: each for each in discovery.found if each.address.host in addresses}
        watching.cancel()
        report = discovery.report()
    assert found.keys() == addresses
    assert all(each.serial == f"S-{host}" for host, each in found.items())
    assert sum(f.address.host in addresses for changes in sets for f in changes.added) == 500
    took = max(at for at, changes in zip(listed, sets, strict=True) if changes.added) - begun
    late.sort()
    with capsys.disabled():
        print(
            f"\n500 cameras in {took:.2f} s, {scans} scans, {len(sets)} change sets, dropped {report.dropped}, "
            f"loop late p50 {late[len(late) // 2] * 1e3:.1f} p99 {late[len(late) * 99 // 100] * 1e3:.1f} "
            f"max {late[-1] * 1e3:.1f} ms"
        )

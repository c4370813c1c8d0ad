"""The datagram thread with real sockets on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from app.errors import TransportError
from app.transport.interfaces import LocalInterface
from app.transport.udp import Datagram, DatagramThread

LO = LocalInterface("lo", "127.0.0.1", 8)
GROUP = "239.255.14.1"


def wait(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.005)


@pytest.fixture
def thread() -> Iterator[DatagramThread]:
    running = DatagramThread()
    running.start()
    yield running
    running.stop()


def test_there_and_back(thread: DatagramThread) -> None:
    heard: list[Datagram] = []
    one = thread.open(LO, heard.append)
    other = thread.open(LocalInterface("lo", "127.14.1.2", 8), heard.append)
    thread.send(other, b"x" * 60_000, ("127.0.0.1", one.port))
    wait(lambda: heard)
    assert heard[0].sender == ("127.14.1.2", other.port)
    assert heard[0].handle == one
    assert heard[0].payload == b"x" * 60_000
    assert thread.report(other).sent == 1
    assert thread.report(one).received == 1


def test_group_is_heard_by_all_who_share_the_port(thread: DatagramThread) -> None:
    first: list[Datagram] = []
    second: list[Datagram] = []
    one = thread.open(LO, first.append, group=GROUP, shared=True)
    thread.open(LO, second.append, group=GROUP, port=one.port, shared=True)
    asker = thread.open(LO, second.append)
    thread.send(asker, b"who is there", (GROUP, one.port))
    wait(lambda: first and second)
    assert [d.payload for d in first] == [d.payload for d in second] == [b"who is there"]
    assert first[0].handle.group == GROUP


def test_listener_takes_no_datagrams_of_its_port(thread: DatagramThread) -> None:
    heard: list[Datagram] = []
    listener = thread.open(LO, heard.append, group=GROUP)
    asker = thread.open(LO, heard.append)
    thread.send(asker, b"unicast", ("127.0.0.1", listener.port))
    thread.send(asker, b"group", (GROUP, listener.port))
    wait(lambda: heard)
    assert [d.payload for d in heard] == [b"group"]


def test_failures_are_reported_not_raised(thread: DatagramThread) -> None:
    handle = thread.open(LO, lambda datagram: None)
    thread.send(handle, b"x" * 70_000, ("127.0.0.1", 9))
    thread.send(handle, b"x" * 70_000, ("127.0.0.1", 9))
    wait(lambda: thread.report(handle).errors)
    thread.send(handle, b"still alive", ("127.0.0.1", handle.port))
    wait(lambda: thread.report(handle).received)
    (error,) = thread.report(handle).errors
    assert error.startswith("lo 127.0.0.1 could not send")


def test_refused_port_does_not_hurt(thread: DatagramThread) -> None:
    heard: list[Datagram] = []
    handle = thread.open(LO, heard.append)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.bind(("127.0.0.1", 0))
        closed = gone.getsockname()[1]
    thread.send(handle, b"nobody", ("127.0.0.1", closed))
    thread.send(handle, b"me", ("127.0.0.1", handle.port))
    wait(lambda: heard)
    assert heard[0].payload == b"me"


def test_taken_port_says_why(thread: DatagramThread) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        with pytest.raises(TransportError, match=r"lo 127\.0\.0\.1 cannot be used"):
            thread.open(LO, lambda datagram: None, port=other.getsockname()[1])


def test_address_of_nobody_says_why(thread: DatagramThread) -> None:
    with pytest.raises(TransportError):
        thread.open(LocalInterface("eth9", "198.51.100.1", 24), lambda datagram: None)


def test_closed_handle_is_silent(thread: DatagramThread) -> None:
    handle = thread.open(LO, lambda datagram: None)
    thread.close(handle)
    thread.send(handle, b"x", ("127.0.0.1", 9))
    wait(lambda: thread.report(handle).sent == 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        wait(lambda: _binds(other, handle.port))


def _binds(other: socket.socket, port: int) -> bool:
    try:
        other.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def test_stop_leaves_nothing_behind() -> None:
    before = threading.active_count()
    thread = DatagramThread()
    thread.start()
    thread.open(LO, lambda datagram: None)
    thread.stop()
    thread.stop()
    assert threading.active_count() == before


def test_stop_without_start() -> None:
    thread = DatagramThread()
    thread.open(LO, lambda datagram: None)
    thread.stop()

"""The sockets of discovery: which are open on which interface, and what went through them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.discovery.doctor import InterfaceReport
from app.errors import TransportError
from app.families.base import Probe
from app.transport.interfaces import LocalInterface
from app.transport.udp import Datagram, DatagramThread, Handle, Receiver

NUMBERS_KEPT = 4096  # numbered questions whose answers are still welcome; the oldest are forgotten first


@dataclass(slots=True)
class _Line:
    """One probe on one interface."""

    probe: Probe
    searchers: tuple[Handle, ...]
    listener: Handle | None
    link: Handle | None = None  # without IP


@dataclass(slots=True)
class _Use:
    interface: LocalInterface
    lines: list[_Line] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    heard: int = 0
    foreign: int = 0


class ProbeSockets:
    """Per interface and probe: a free port, the probe's own port where it can be shared, and the group."""

    def __init__(self, datagrams: DatagramThread, probes: Iterable[Probe], receive: Receiver) -> None:
        self._datagrams = datagrams
        self._probes = tuple(dict.fromkeys(probes))  # equal probes of several families are sent once
        self._receive = receive
        self._uses: dict[LocalInterface, _Use] = {}
        self._kinds: dict[int, Probe] = {}
        self._numbers: dict[int, None] = {}  # of questions, oldest first

    @property
    def interfaces(self) -> tuple[LocalInterface, ...]:
        return tuple(self._uses)

    def use(self, interfaces: Sequence[LocalInterface]) -> None:
        """Opens what is new and closes what has gone; a cable plugged in later is used at the next scan."""
        for gone in self._uses.keys() - set(interfaces):
            self._close(self._uses.pop(gone))
        for interface in interfaces:
            if interface not in self._uses:
                self._uses[interface] = self._open(interface)

    def send(self, hosts: Iterable[str] = ()) -> int:
        """Every probe on every interface, direct ones also to each of these hosts; returns the number of datagrams
        handed over."""
        count = 0
        for use in self._uses.values():
            reached = tuple(host for host in hosts if use.interface.reaches(host))
            for line in use.lines:
                target = line.probe.group or str(use.interface.network.broadcast_address)
                count += self._send(line, target, everybody=True) + self._send_link(line)
                count += self._ask(line, reached)
        return count

    def ask(self, host: str) -> int:
        """Direct probes to one host, by the interface of its network, else by the first one there is."""
        near = [use for use in self._uses.values() if use.interface.reaches(host)] or list(self._uses.values())[:1]
        return sum(self._ask(line, (host,)) for use in near for line in use.lines)

    def _ask(self, line: _Line, hosts: Iterable[str]) -> int:
        return sum(self._send(line, host, everybody=False) for host in hosts) if line.probe.direct else 0

    def _send(self, line: _Line, target: str, *, everybody: bool) -> int:
        count = 0
        for handle in line.searchers:
            for payload in (*line.probe.payloads, *self._numbered(line.probe, everybody)):
                self._datagrams.send(handle, payload, (target, line.probe.port))
                count += 1
        return count

    def _send_link(self, line: _Line) -> int:
        if line.link is None:
            return 0
        payloads = (*line.probe.payloads, *self._numbered(line.probe, True))
        for payload in payloads:
            self._datagrams.send(line.link, payload, ("", 0))
        return len(payloads)

    def _numbered(self, probe: Probe, everybody: bool) -> tuple[bytes, ...]:
        if probe.question is None:
            return ()
        number = secrets.randbits(32)
        self._numbers[number] = None
        while len(self._numbers) > NUMBERS_KEPT:
            del self._numbers[next(iter(self._numbers))]
        return (probe.question.ask(number, everybody),)

    def kind(self, handle: Handle) -> str:
        """The probe's kind for a socket; empty for one that is closed."""
        probe = self._kinds.get(handle.number)
        return probe.kind if probe is not None else ""

    def is_foreign(self, datagram: Datagram) -> bool:
        """Whether it answers a numbered question that was never sent from here."""
        probe = self._kinds.get(datagram.handle.number)
        if probe is None or probe.question is None:
            return False
        number = probe.question.number(datagram.payload)
        return number is not None and number not in self._numbers

    def count(self, interface: LocalInterface, *, foreign: bool) -> None:
        use = self._uses.get(interface)
        if use is not None:
            use.heard += 1
            use.foreign += foreign

    def reaches(self, host: str) -> bool:
        return any(interface.reaches(host) for interface in self._uses)

    def reports(self) -> tuple[InterfaceReport, ...]:
        return tuple(map(self._report, self._uses.values()))

    def close(self) -> None:
        for use in self._uses.values():
            self._close(use)
        self._uses.clear()

    def _open(self, interface: LocalInterface) -> _Use:
        use = _Use(interface)
        for probe in self._probes:
            free = self._socket(use, probe)
            own = self._socket(use, probe, port=probe.port, shared=True)
            listener = None
            if probe.listen and probe.group:
                listener = self._socket(use, probe, port=probe.port, group=probe.group, shared=True)
            searchers = tuple(handle for handle in (free, own) if handle is not None)
            use.lines.append(_Line(probe, searchers, listener, self._link(use, probe)))
        return use

    def _socket(
        self, use: _Use, probe: Probe, *, port: int = 0, group: str = "", shared: bool = False
    ) -> Handle | None:
        try:
            handle = self._datagrams.open(use.interface, self._receive, port=port, group=group, shared=shared)
        except TransportError as error:
            use.problems.append(f"Port {port}: {error.summary}" if port else error.summary)
            return None
        self._kinds[handle.number] = probe
        return handle

    def _link(self, use: _Use, probe: Probe) -> Handle | None:
        """None also where the system does not permit it, as it seldom does: nobody misses it then."""
        if probe.ether_type is None:
            return None
        try:
            handle = self._datagrams.open_link(use.interface, self._receive, probe.ether_type)
        except TransportError:
            return None
        self._kinds[handle.number] = probe
        return handle

    def _close(self, use: _Use) -> None:
        for handle in _handles(use):
            self._kinds.pop(handle.number, None)
            self._datagrams.close(handle)

    def _report(self, use: _Use) -> InterfaceReport:
        sockets = [self._datagrams.report(handle) for handle in _handles(use)]
        errors = dict.fromkeys([*use.problems, *(text for each in sockets for text in each.errors)])
        return InterfaceReport(
            use.interface.name,
            use.interface.address,
            str(use.interface.network),
            sum(each.sent for each in sockets),
            use.heard,
            use.foreign,
            all(line.listener is not None for line in use.lines if line.probe.listen and line.probe.group),
            tuple(errors),
        )


def _handles(use: _Use) -> list[Handle]:
    return [
        handle for line in use.lines for handle in (*line.searchers, line.listener, line.link) if handle is not None
    ]
